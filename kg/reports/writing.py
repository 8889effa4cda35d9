"""What the writers share: names of rules, fingerprints of findings."""

from collections.abc import Mapping
from dataclasses import dataclass

from kg.findings import ValidationResult

__all__ = ["ReportContext", "fingerprint", "place", "rule_id"]


@dataclass(frozen=True)
class ReportContext:
    """What a report is about: the prefixes by which IRIs are shortened, and the IRI of the dataset."""

    prefixes: Mapping[str, str]
    dataset: str


def rule_id(result: ValidationResult, context: ReportContext) -> str:
    """Name the rule that a finding breaks: its shape, or of a shape without a name the kind of constraint."""
    return result.rule(context.prefixes)


def fingerprint(result: ValidationResult) -> str:
    """Give a digest by which a finding is known again when its line has moved."""
    return result.fingerprint


def place(result: ValidationResult) -> tuple[str, int, int]:
    """Give the file, the line and the column of a finding; one that no file speaks of stands at the beginning."""
    location = result.location
    return (location.path, location.line, location.column) if location else (".", 1, 1)

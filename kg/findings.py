"""
What a check found, and where it stands.

Source: SHACL, section 3.6, for the parts of a finding.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from kg.errors import GraphParseError

__all__ = [
    "Location",
    "Severity",
    "ValidationReport",
    "ValidationResult",
    "report_of_errors",
    "report_order",
]


class Severity(Enum):
    """How grave a validation result is, the gravest first."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Location:
    """
    A line and a column, from 1, of a file whose path is relative to the knowledge graph directory.

    ``end_column`` is the one just behind what is meant, where that is known and ends on the same line.
    """

    path: str
    line: int
    column: int = 1
    end_column: int | None = None


@dataclass(frozen=True)
class ValidationResult:
    """
    One finding.

    ``path`` and ``value`` are absent where the shape is about the focus node itself; ``location`` is absent where no
    file speaks of the focus node.
    """

    severity: Severity
    focus_node: str
    path: str | None
    value: str | None
    component: str
    source_shape: str
    message: str
    location: Location | None


@dataclass(frozen=True)
class ValidationReport:
    """What a validation found, the gravest first and then in the order of files and lines."""

    results: tuple[ValidationResult, ...]
    file_count: int
    triple_count: int
    shape_count: int

    def with_more(self, results: Iterable[ValidationResult]) -> "ValidationReport":
        """Give the report with other results among its own, in order."""
        return replace(self, results=tuple(sorted((*self.results, *results), key=report_order)))

    def about(self, paths: Container[str]) -> "ValidationReport":
        """Give the report with only those results that stand in some files."""
        kept = (result for result in self.results if result.location and result.location.path in paths)
        return replace(self, results=tuple(kept))

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation; warnings do not count."""
        return not self.count(Severity.VIOLATION)

    def count(self, severity: Severity) -> int:
        """Count the results of one severity."""
        return sum(result.severity is severity for result in self.results)


def report_of_errors(errors: Sequence[GraphParseError]) -> ValidationReport:
    """Tell what is wrong with files that do not parse in the form of a report, for those who read reports only."""
    results = [
        ValidationResult(
            severity=Severity.VIOLATION,
            focus_node="",
            path=None,
            value=None,
            component="#syntax",
            source_shape="",
            message=error.problem,
            location=Location(error.path, error.line, error.column),
        )
        for error in errors
    ]
    return ValidationReport(tuple(results), len(results), 0, 0)


def report_order(result: ValidationResult) -> tuple[int, str, int, str, str, str]:
    """Give the place of a result in a report: the gravest first, then by file and line."""
    where = result.location or Location("", 0)
    severity = list(Severity).index(result.severity)
    return severity, where.path, where.line, result.focus_node, result.source_shape, result.value or ""

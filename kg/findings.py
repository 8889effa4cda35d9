"""
What a check found, and where it stands.

Source: SHACL, section 3.6, for the parts of a finding.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from hashlib import sha256

from kg.errors import GraphParseError
from kg.namespaces import compact_iri

__all__ = [
    "AcceptedResult",
    "CheckRecord",
    "Confirmation",
    "Location",
    "RuleRecord",
    "Severity",
    "ValidationReport",
    "ValidationResult",
    "WaiverRecord",
    "report_order",
    "result_of_error",
]


class Severity(Enum):
    """How grave a validation result is, the gravest first."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """The place among the severities, 0 for the gravest."""
        return list(Severity).index(self)


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
    severity_iri: str | None = None
    """The severity that the shape states, where it is none of SHACL's own; it counts as a violation."""

    def rule(self, prefixes: Mapping[str, str]) -> str:
        """Name the rule that is broken: a shape as prefixed name, a rule beyond shapes by its own name."""
        if ":" in self.source_shape:
            return compact_iri(self.source_shape, prefixes)
        return self.component.rpartition("#")[2]

    @cached_property
    def fingerprint(self) -> str:
        """A digest by which the finding is known again when its line has moved."""
        facts = (self.source_shape, self.component, self.focus_node or self.message, self.path or "", self.value or "")
        path = self.location.path if self.location and not self.focus_node.startswith("http") else ""
        return sha256("\0".join((*facts, path)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True)
class Confirmation:
    """
    What pySHACL says of the findings of our own engine.

    ``asked`` counts those of the ``found`` that it was asked for, ``confirmed`` those that it has too, and
    ``not_judged`` those over which it passes for a known reason.
    """

    confirmed: int
    asked: int
    found: int
    not_judged: int


@dataclass(frozen=True)
class AcceptedResult:
    """A finding that does not count, and the reason that somebody gave for it."""

    result: ValidationResult
    reason: str


@dataclass(frozen=True)
class ValidationReport:
    """
    What a validation found, the gravest first and then in the order of files and lines.

    ``accepted`` are findings that were waived; ``remarks`` say what was not looked at.
    """

    results: tuple[ValidationResult, ...]
    file_count: int
    triple_count: int
    shape_count: int
    accepted: tuple[AcceptedResult, ...] = ()
    remarks: tuple[str, ...] = ()
    confirmation: Confirmation | None = None

    def with_more(self, results: Iterable[ValidationResult]) -> "ValidationReport":
        """Give the report with other results among its own, in order."""
        return replace(self, results=tuple(sorted((*self.results, *results), key=report_order)))

    def about(self, paths: Container[str]) -> "ValidationReport":
        """Give the report with only those results that stand in some files."""

        def stands_there(result: ValidationResult) -> bool:
            return result.location is not None and result.location.path in paths

        return replace(
            self,
            results=tuple(filter(stands_there, self.results)),
            accepted=tuple(one for one in self.accepted if stands_there(one.result)),
        )

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation; warnings do not count."""
        return not self.count(Severity.VIOLATION)

    def reaches(self, severity: Severity) -> bool:
        """Tell whether some finding is of a severity, or graver."""
        return any(result.severity.rank <= severity.rank for result in self.results)

    def count(self, severity: Severity) -> int:
        """Count the results of one severity."""
        return sum(result.severity is severity for result in self.results)


@dataclass(frozen=True)
class RuleRecord:
    """A rule that was applied: what it asks for, how many findings count, and how many were waived."""

    name: str
    severity: str
    asks: str
    found: int
    waived: int


@dataclass(frozen=True)
class WaiverRecord:
    """How many findings of a rule were waived for one reason, and in which files."""

    rule: str
    reason: str
    files: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class CheckRecord:
    """What a release keeps of its check; a release of an earlier version keeps nothing."""

    rules: tuple[RuleRecord, ...] = ()
    waived: tuple[WaiverRecord, ...] = ()


def result_of_error(error: GraphParseError) -> ValidationResult:
    """Tell what is wrong with a file that does not parse in the form of a finding."""
    return ValidationResult(
        severity=Severity.VIOLATION,
        focus_node="",
        path=None,
        value=None,
        component="#syntax",
        source_shape="",
        message=error.problem,
        location=Location(error.path, error.line, error.column),
    )


def report_order(result: ValidationResult) -> tuple[int, str, int, str, str, str]:
    """Give the place of a result in a report: the gravest first, then by file and line."""
    where = result.location or Location("", 0)
    return result.severity.rank, where.path, where.line, result.focus_node, result.source_shape, result.value or ""

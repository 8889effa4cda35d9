"""What the tests of reports share: reports that are made up, and reports of a graph."""

from pathlib import Path
from typing import Any

from harness import Kg
from rdflib import SH

from kg.findings import Location, Severity, ValidationReport, ValidationResult
from kg.reports import ReportContext

__all__ = ["PEOPLE", "REPORT_CONTEXT", "SHAPES", "TINY", "a_finding", "a_report", "lines_of_text", "report"]

PEOPLE = "graph_data/people.ttl"
SHAPES = "ontology/shapes/tiny.ttl"
TINY = "https://tiny.example/ns#"
REPORT_CONTEXT = ReportContext({"tiny": TINY}, "https://tiny.example/")


def report(kg: Kg, root: Path, *options: object, code: int = 1) -> str:
    """What ``kg check`` writes to standard output, as a form and with options."""
    result = kg("check", *(("--output", *options) if options else ()), root=root)
    assert result.returncode == code, result.stderr
    return str(result.stdout)


def lines_of_text(forms: Path) -> list[tuple[str, int]]:
    """The file and line of each finding in the text of :func:`forms`."""
    found = [line.split(":")[:2] for line in (forms / "text").read_text().splitlines() if line.startswith(PEOPLE)]
    return sorted((path, int(line)) for path, line in found)


def a_report(*results: ValidationResult) -> ValidationReport:
    """A report of some findings."""
    return ValidationReport(results, 1, 1, 1)


def a_finding(severity: Severity = Severity.VIOLATION, **facts: Any) -> ValidationResult:
    """A finding of which only the named facts matter."""
    usual = {
        "focus_node": TINY + "x",
        "path": None,
        "value": None,
        "component": str(SH) + "MinCountConstraintComponent",
    }
    more = {"source_shape": TINY + "Shape", "message": "Name it.", "location": Location(PEOPLE, 1)}
    return ValidationResult(severity, **{**usual, **more, **facts})

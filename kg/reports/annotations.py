"""
Findings as annotations of a change.

Source: GitHub, workflow commands; GitLab, code quality report format.
"""

import json

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, fingerprint, place, rule_id

__all__ = ["write_github", "write_gitlab"]

_MOST_OF_A_KIND = 10
"""How many annotations of one kind GitHub shows for a step."""
_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GITLAB = {Severity.VIOLATION: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def write_github(report: ValidationReport, context: ReportContext) -> str:
    """Write workflow commands: the first ten of each kind, then how many more there are."""
    lines = []
    for severity, command in _COMMANDS.items():
        results = [result for result in report.results if result.severity is severity]
        lines += [_command(command, result, context) for result in results[:_MOST_OF_A_KIND]]
        more = len(results) - _MOST_OF_A_KIND
        if more > 0:
            lines.append(f"::{command}::{more} more of this kind: the log and the other reports tell them all")
    return "".join(f"{line}\n" for line in lines)


def _command(command: str, result: ValidationResult, context: ReportContext) -> str:
    path, line, column = place(result)
    title = rule_id(result, context).translate(_PROPERTY)
    position = f"file={path.translate(_PROPERTY)},line={line},col={column},title={title}"
    return f"::{command} {position}::{result.message.translate(_DATA)}"


def write_gitlab(report: ValidationReport, context: ReportContext) -> str:
    """Write a code quality report."""
    seen: dict[str, int] = {}
    return json.dumps([_entry(result, context, seen) for result in report.results], indent=1) + "\n"


def _entry(result: ValidationResult, context: ReportContext, seen: dict[str, int]) -> dict[str, object]:
    path, line, _ = place(result)
    digest = fingerprint(result)
    seen[digest] = seen.get(digest, 0) + 1  # equal ones would swallow each other
    return {
        "description": result.message,
        "check_name": rule_id(result, context),
        "fingerprint": digest if seen[digest] == 1 else f"{digest}:{seen[digest]}",
        "severity": _GITLAB[result.severity],
        "location": {"path": path, "lines": {"begin": line}},
    }

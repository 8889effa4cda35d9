"""
Findings as annotations of a change.

Source: GitHub, workflow commands; GitLab, code quality report format.
"""

import json

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, clipped, fingerprints, rule_id

__all__ = ["write_github", "write_gitlab"]

_MOST_OF_A_KIND = 10
"""How many annotations of one kind GitHub shows for a step."""
_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GITLAB = {Severity.VIOLATION: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def write_github(report: ValidationReport, context: ReportContext) -> str:
    """Write workflow commands: the first of each kind, and if there are more than GitHub shows, how many."""
    lines = []
    for severity, command in _COMMANDS.items():
        results = [result for result in report.results if result.severity is severity]
        fit = len(results) if len(results) <= _MOST_OF_A_KIND else _MOST_OF_A_KIND - 1
        lines += [_command(command, result, context) for result in results[:fit]]
        if len(results) > fit:
            more = f"{len(results) - fit} more of this kind: the job summary and the other reports tell them"
            lines.append(f"::{command}::{more}")
    return "".join(f"{line}\n" for line in lines)


def _command(command: str, result: ValidationResult, context: ReportContext) -> str:
    properties = {}
    if result.location:
        where = result.location
        properties = {"file": where.path, "line": str(where.line), "col": str(where.column)}
        if where.end_column:
            properties |= {"endLine": str(where.line), "endColumn": str(where.end_column)}
    properties["title"] = rule_id(result, context)
    written = ",".join(f"{name}={text.translate(_PROPERTY)}" for name, text in properties.items())
    return f"::{command} {written}::{clipped(result.message).translate(_DATA)}"


def write_gitlab(report: ValidationReport, context: ReportContext) -> str:
    """Write a code quality report."""
    entries = [_entry(result, context, digest, number) for result, digest, number in fingerprints(report.results)]
    return json.dumps(entries, indent=1) + "\n"


def _entry(result: ValidationResult, context: ReportContext, digest: str, number: int) -> dict[str, object]:
    where = result.location or context.shape_places.get(result.source_shape)
    return {
        "description": clipped(result.message),
        "check_name": rule_id(result, context),
        "fingerprint": digest if number == 1 else f"{digest}:{number}",  # equal ones would swallow each other
        "severity": _GITLAB[result.severity],
        "location": {
            "path": where.path.removeprefix("./") if where else ".",
            "lines": {"begin": where.line if where else 1},
        },
    }

"""
A report in SARIF, for code scanning.

Source: Static Analysis Results Interchange Format (SARIF) 2.1.0; GitHub, SARIF support for code scanning (limits).
"""

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from kg.findings import AcceptedResult, Location, Severity, ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, clipped, fingerprints, is_unreadable, rule_id

__all__ = ["write_sarif"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_RESULTS: Final = 25_000
"""How many results of a run code scanning takes; it refuses a log with more."""
_LEVELS: Final = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_NOTIFICATIONS: Final = {
    "results-left-out": "There are more results than code scanning takes.",
    "unreadable-file": "A file could not be read, so that results may be missing.",
}


def write_sarif(report: ValidationReport, context: ReportContext) -> str:
    """Write a SARIF log with one run; findings keep their fingerprints when lines move."""
    gravest_first = sorted(report.results, key=lambda result: result.severity.rank)
    results = gravest_first[:_MOST_RESULTS]
    accepted = report.accepted[: _MOST_RESULTS - len(results)]
    named = [*results, *(one.result for one in accepted)]
    rules = {rule_id(result, context): result for result in reversed(named)}
    places = {name: index for index, name in enumerate(sorted(rules))}
    run = {
        "tool": {"driver": _driver(rules, context)},
        "invocations": [_invocation(report, len(results))],
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "kg-check/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The directory that was checked."}}},
        "results": [
            *(_result(*found, context, places) for found in fingerprints(results)),
            *(_suppressed(one, context, places) for one in accepted),
        ],
        "properties": {"conforms": report.conforms, "results": len(report.results)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _driver(rules: dict[str, ValidationResult], context: ReportContext) -> dict[str, Any]:
    return {
        "name": "kg check",
        "semanticVersion": version("agon-kg"),
        "rules": [_rule(name, rules[name], context) for name in sorted(rules)],
        "notifications": [{"id": name, "shortDescription": {"text": text}} for name, text in _NOTIFICATIONS.items()],
    }


def _rule(name: str, result: ValidationResult, context: ReportContext) -> dict[str, Any]:
    asks, mend = context.rules.get(name, (result.message or name, ""))
    return {
        "id": name,
        "shortDescription": {"text": clipped(asks, 250)},
        "fullDescription": {"text": clipped(asks, 1000)},
        "help": {"text": clipped(f"{asks} {mend}".strip(), 1000)},
        "defaultConfiguration": {"level": _LEVELS[result.severity]},
        "properties": {"tags": ["rdf", "shacl"], "precision": "very-high"},
    }


def _invocation(report: ValidationReport, told: int) -> dict[str, Any]:
    """Say whether all was read, and what of it the log leaves out."""
    unreadable = [result for result in report.results[:_MOST_RESULTS] if is_unreadable(result)]
    notes = [_notification("unreadable-file", "error", clipped(one.message), [one.location]) for one in unreadable]
    if told < len(report.results):
        total = len(report.results)
        text = f"{total - told} of {total} results are left out: code scanning takes {told}; kg check shows all"
        notes.append(_notification("results-left-out", "warning", text))
    return {"executionSuccessful": not unreadable, "toolExecutionNotifications": notes}


def _notification(name: str, level: str, text: str, places: Sequence[Location | None] = ()) -> dict[str, Any]:
    locations = [_location(place) for place in places if place]
    return {"descriptor": {"id": name}, "level": level, "message": {"text": text}, "locations": locations}


def _result(
    result: ValidationResult, digest: str, number: int, context: ReportContext, places: dict[str, int]
) -> dict[str, Any]:
    name = rule_id(result, context)
    shape = context.shape_places.get(result.source_shape)
    location = _location(result.location or shape or Location(".", 1))
    if result.focus_node:
        location["logicalLocations"] = [{"fullyQualifiedName": result.focus_node, "kind": "resource"}]
    written = {
        "ruleId": name,
        "ruleIndex": places[name],
        "level": _LEVELS[result.severity],
        "message": {"text": clipped(result.message) or name},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{number}", "kgCheck/v1": digest},
    }
    if shape:
        written["relatedLocations"] = [{"id": 1, **_location(shape), "message": {"text": "The shape."}}]
    return written


def _suppressed(accepted: AcceptedResult, context: ReportContext, places: dict[str, int]) -> dict[str, Any]:
    """Write a finding that does not count, with the reason (SARIF, section 3.35)."""
    written = _result(accepted.result, accepted.result.fingerprint, 1, context, places)
    return {**written, "suppressions": [{"kind": "external", "justification": accepted.reason}]}


def _location(place: Location) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": place.end_column or place.column + 1,
    }
    uri = quote(place.path, errors="surrogateescape")
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}, "region": region}}

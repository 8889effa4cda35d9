"""
A report in SARIF, for code scanning.

Source: Static Analysis Results Interchange Format (SARIF) 2.1.0; GitHub, SARIF support for code scanning (limits).
"""

import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, fingerprint, place, rule_id

__all__ = ["write_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_RESULTS = 25_000
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def write_sarif(report: ValidationReport, context: ReportContext) -> str:
    """Write a SARIF log with one run; findings keep their fingerprints when lines move."""
    shown = report.results[:_MOST_RESULTS]
    rules = {rule_id(result, context): result for result in reversed(shown)}
    places = {name: index for index, name in enumerate(sorted(rules))}
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "kg-check/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The knowledge graph directory."}}},
        "results": [_result(result, rule_id(result, context), places) for result in shown],
        "properties": {"conforms": report.conforms, "results": len(report.results)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _driver(rules: dict[str, ValidationResult]) -> dict[str, Any]:
    return {
        "name": "kg check",
        "semanticVersion": version("agon-kg"),
        "rules": [_rule(name, rules[name]) for name in sorted(rules)],
    }


def _rule(name: str, result: ValidationResult) -> dict[str, Any]:
    text = result.message or name
    return {
        "id": name,
        "shortDescription": {"text": text[:250]},
        "fullDescription": {"text": text[:1000]},
        "help": {"text": text[:1000]},
        "defaultConfiguration": {"level": _LEVELS[result.severity]},
        "properties": {"tags": ["rdf", "shacl"], "precision": "very-high"},
    }


def _result(result: ValidationResult, name: str, places: dict[str, int]) -> dict[str, Any]:
    path, line, column = place(result)
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": quote(path), "uriBaseId": "SRCROOT"}, "region": region}
    }
    if result.focus_node:
        location["logicalLocations"] = [{"fullyQualifiedName": result.focus_node, "kind": "resource"}]
    return {
        "ruleId": name,
        "ruleIndex": places[name],
        "level": _LEVELS[result.severity],
        "message": {"text": result.message or name},
        "locations": [location],
        "partialFingerprints": {
            "primaryLocationLineHash": fingerprint(result) + ":1",
            "kgCheck/v1": fingerprint(result),
        },
    }

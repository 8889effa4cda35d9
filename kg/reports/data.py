"""
A report for programs: in JSON, and as a SHACL validation report.

Source: SHACL, section 3.6.
"""

import io
import json
from collections.abc import Iterator

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.formats import ResultKind, named_format, write_graph
from kg.namespaces import PREFIXES
from kg.reports.writing import ReportContext, fingerprint, rule_id
from kg.terms import BlankNode, Literal, NamedNode, Triple

__all__ = ["write_json", "write_turtle"]

_SEVERITIES = {Severity.VIOLATION: "Violation", Severity.WARNING: "Warning", Severity.INFO: "Info"}


def write_json(report: ValidationReport, context: ReportContext) -> str:
    """Write the report in JSON: the counts, and each finding with all that is known of it."""
    facts = {
        "conforms": report.conforms,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "files": report.file_count,
        "triples": report.triple_count,
        "shapes": report.shape_count,
        "findings": [_facts(result, context) for result in report.results],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def _facts(result: ValidationResult, context: ReportContext) -> dict[str, object]:
    location = result.location
    return {
        "rule": rule_id(result, context),
        "severity": result.severity.value,
        "message": result.message,
        "file": location.path if location else None,
        "line": location.line if location else None,
        "column": location.column if location else None,
        "focus_node": result.focus_node or None,
        "path": result.path,
        "value": result.value,
        "component": result.component,
        "source_shape": result.source_shape,
        "fingerprint": fingerprint(result),
    }


def write_turtle(report: ValidationReport, _context: ReportContext) -> str:
    """Write a SHACL validation report in Turtle."""
    document = io.BytesIO()
    write_graph(_triples(report), named_format("turtle", ResultKind.GRAPH), document, prefixes=PREFIXES)
    return document.getvalue().decode("utf-8")


def _triples(report: ValidationReport) -> Iterator[Triple]:
    node = BlankNode("report")
    truth = Literal("false" if report.results else "true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))
    yield Triple(node, _TYPE, _sh("ValidationReport"))
    yield Triple(node, _sh("conforms"), truth)
    for number, result in enumerate(report.results):
        found = BlankNode(f"result{number}")
        yield Triple(node, _sh("result"), found)
        yield from _result(found, result)


def _result(node: BlankNode, result: ValidationResult) -> Iterator[Triple]:
    yield Triple(node, _TYPE, _sh("ValidationResult"))
    yield Triple(node, _sh("resultSeverity"), _severity(result))
    yield Triple(node, _sh("resultMessage"), Literal(result.message))
    named = {
        "focusNode": result.focus_node,
        "sourceConstraintComponent": result.component,
        "sourceShape": result.source_shape,
        "resultPath": result.path or "",
    }
    for name, iri in named.items():
        if iri.startswith(("http://", "https://", "urn:")):
            yield Triple(node, _sh(name), NamedNode(iri))
    if result.location:
        where = f"{result.location.path}#L{result.location.line}"
        yield Triple(node, NamedNode(PREFIXES["dcterms"] + "source"), Literal(where))


def _severity(result: ValidationResult) -> NamedNode:
    return NamedNode(result.severity_iri) if result.severity_iri else _sh(_SEVERITIES[result.severity])


def _sh(name: str) -> NamedNode:
    return NamedNode(PREFIXES["sh"] + name)


_TYPE = NamedNode(PREFIXES["rdf"] + "type")

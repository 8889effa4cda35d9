"""A report for programs, in JSON."""

import json

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, fingerprints, rule_id, shown

__all__ = ["write_json"]


def write_json(report: ValidationReport, context: ReportContext) -> str:
    """Write the report in JSON: the counts, and each finding with all that is known of it."""
    told = shown(report, context, usual=0)
    facts = {
        "conforms": report.conforms,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "files": report.file_count,
        "triples": report.triple_count,
        "shapes": report.shape_count,
        "limits": {"findings_per_rule": context.limit or None},
        "left_out": told.left_out,
        "remarks": list(report.remarks),
        "findings": [_facts(*found, context) for found in fingerprints(told.results)],
        "accepted": [
            {**_facts(one.result, one.result.fingerprint, 1, context), "reason": one.reason} for one in report.accepted
        ],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def _facts(result: ValidationResult, digest: str, number: int, context: ReportContext) -> dict[str, object]:
    location = result.location
    return {
        "rule": rule_id(result, context),
        "severity": result.severity.value,
        "message": result.message,
        "file": location.path if location else None,
        "line": location.line if location else None,
        "column": location.column if location else None,
        "end_column": location.end_column if location else None,
        "focus_node": result.focus_node or None,
        "path": result.path,
        "value": result.value,
        "component": result.component,
        "source_shape": result.source_shape,
        "fingerprint": digest if number == 1 else f"{digest}:{number}",
    }

"""A report as one HTML page that needs nothing else: no script, no style sheet, no font."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.namespaces import compact_iri
from kg.reports.excerpts import Excerpt, SourceLines
from kg.reports.writing import (
    COUNTED,
    UNNAMED,
    ReportContext,
    counts_text,
    fingerprints,
    held_text,
    one_line,
    path_text,
    remarks,
    rule_id,
    shown,
    value_text,
    visible,
)

__all__ = ["write_html"]

_SHOWN_OF_A_RULE: Final = 500
_NOWHERE: Final = "Without a place"
_TEMPLATES: Final = Environment(
    loader=PackageLoader("kg.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class _Finding:
    """What the page shows of a finding; ``anchor`` names it within the page, ``place`` is its line and column."""

    anchor: str
    severity: str
    rule: str
    rule_anchor: str
    file: str
    place: str
    message: str
    details: Sequence[tuple[str, str]]
    excerpt: Excerpt | None


@dataclass(frozen=True)
class _Group:
    """The findings of a file or of a rule; ``counts`` has them by severity, with those that are not shown."""

    anchor: str
    name: str
    counts: Sequence[int]
    findings: Sequence[_Finding]
    left_out: int = 0
    about: str = ""


def write_html(report: ValidationReport, context: ReportContext) -> str:
    """Write a page with the counts, the first findings of each rule by file, and all rules that are broken."""
    told = shown(report, context, usual=_SHOWN_OF_A_RULE)
    lines = SourceLines(context.texts)
    findings = [_finding(*found, context, lines) for found in fingerprints(told.results)]
    return _TEMPLATES.get_template("report.html").render(
        dataset=context.dataset,
        conforms=report.conforms,
        counts=counts_text(report),
        severities=[name.capitalize() for name in COUNTED.values()],
        held=held_text(report),
        remarks=remarks(report),
        accepted=[
            (_finding(one.result, one.result.fingerprint, 1, context, lines), one.reason) for one in report.accepted
        ],
        unnamed=UNNAMED,
        files=_files(report, findings),
        rules=_rules(report, context, findings, told.left_out),
    )


def _finding(
    result: ValidationResult, digest: str, number: int, context: ReportContext, lines: SourceLines
) -> _Finding:
    where, rule = result.location, rule_id(result, context)
    details = {
        "Focus node": one_line(compact_iri(result.focus_node, context.prefixes)) if result.focus_node else "",
        "Path": one_line(path_text(result.path, context.prefixes)) if result.path else "",
        "Found": value_text(result.value, context.prefixes) if result.value else "",
    }
    return _Finding(
        anchor=f"finding-{digest}" + f"-{number}" * (number > 1),
        severity=result.severity.value,
        rule=rule,
        rule_anchor=_rule_anchor(rule),
        file=_file(result),
        place=f"{where.line}:{where.column}" if where else "",
        message=one_line(result.message),
        details=[(name, text) for name, text in details.items() if text],
        excerpt=lines.excerpt(where) if where else None,
    )


def _file(result: ValidationResult) -> str:
    return visible(result.location.path) if result.location else _NOWHERE


def _files(report: ValidationReport, findings: Sequence[_Finding]) -> list[_Group]:
    """Group the findings by file; those without a place come first."""
    counts = _counts((_file(result), result) for result in report.results)
    by_file = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    names = sorted(counts, key=lambda name: (name != _NOWHERE, name))
    return [
        _Group(f"file-{number}", name, counts[name], by_file[name], sum(counts[name]) - len(by_file[name]))
        for number, name in enumerate(names, 1)
    ]


def _rules(
    report: ValidationReport, context: ReportContext, findings: Sequence[_Finding], left_out: Mapping[str, int]
) -> list[_Group]:
    counts = _counts((rule_id(result, context), result) for result in report.results)
    by_rule = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    about = {rule_id(result, context): _about(result, context) for result in report.results}
    return [
        _Group(_rule_anchor(name), name, counts[name], by_rule[name], left_out.get(name, 0), about[name])
        for name in sorted(counts)
    ]


def _about(result: ValidationResult, context: ReportContext) -> str:
    """Say what the rule of a finding asks for, or where its shape stands."""
    place = context.shape_places.get(result.source_shape)
    if place:
        return f"This shape stands in {visible(place.path)}, line {place.line}."
    return " ".join(context.rules.get(rule_id(result, context), ()))


def _rule_anchor(name: str) -> str:
    return "rule-" + quote(name, safe=":")


def _counts(named: Iterable[tuple[str, ValidationResult]]) -> dict[str, list[int]]:
    found = Counter((name, result.severity) for name, result in named)
    return {name: [found[name, severity] for severity in Severity] for name, _ in found}

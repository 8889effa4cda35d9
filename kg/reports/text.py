"""A validation report as text."""

from collections.abc import Iterator, Mapping
from typing import Final

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from kg.findings import Confirmation, Severity, ValidationReport, ValidationResult
from kg.namespaces import compact_iri
from kg.reports.excerpts import SourceLines
from kg.reports.writing import (
    UNNAMED,
    ReportContext,
    counts_text,
    held_text,
    one_line,
    path_text,
    remarks,
    rule_id,
    shown,
    value_text,
    visible,
)

__all__ = ["report_lines", "write_text"]

_SHOWN_OF_A_RULE: Final = 50
_PLACE: Final = Style(bold=True)
_RULE: Final = Style(color="cyan")
_QUIET: Final = Style(dim=True)
_SEVERITIES: Final = {
    Severity.VIOLATION: Style(color="red", bold=True),
    Severity.WARNING: Style(color="yellow", bold=True),
    Severity.INFO: Style(color="blue", bold=True),
}


def write_text(report: ValidationReport, context: ReportContext) -> str:
    """
    Write the first findings of each rule, then how many are left out, then a line that sums up.

    A finding has two lines, and with ``context.excerpt`` two more: the line of the file, and a row of carets below.
    """
    return "".join(f"{line}\n" for line in _lines(report, context))


def report_lines(report: ValidationReport, prefixes: Mapping[str, str]) -> Iterator[str]:
    """
    Write a report as :func:`write_text` does, without excerpts and colour.

    Args:
        report: What the validation found.
        prefixes: Names of namespaces, by which IRIs are shortened.
    """
    return _lines(report, ReportContext(prefixes, ""))


def _lines(report: ValidationReport, context: ReportContext) -> Iterator[str]:
    told = shown(report, context, usual=_SHOWN_OF_A_RULE)
    lines = SourceLines(context.texts)
    for result in told.results:
        yield from _result_lines(result, context, lines)
    for rule, count in told.left_out.items():
        yield f"{count} more of [{rule}] not shown: kg check --limit 0 shows all"
    yield from (f"note: {remark}" for remark in remarks(report))
    verdict = "conforms" if report.conforms else "does not conform"
    yield f"{verdict}: {counts_text(report)} in {held_text(report)}{_confirmed(report.confirmation)}"


def _confirmed(confirmation: Confirmation | None) -> str:
    if confirmation is None:
        return ""
    asked, found = confirmation.asked, confirmation.found
    whole = f" looked at, of {found}" if asked < found else ""
    gaps = f", {confirmation.not_judged} not judged (known gap)" if confirmation.not_judged else ""
    return f"; confirmed by pySHACL: {confirmation.confirmed} of {asked} findings{whole}{gaps}"


def _result_lines(result: ValidationResult, context: ReportContext, lines: SourceLines) -> Iterator[str]:
    where, rule = result.location, rule_id(result, context) or UNNAMED
    place = f"{visible(where.path)}:{where.line}:{where.column}: " if where else ""
    severity = _styled(result.severity.value, _SEVERITIES[result.severity], context)
    name = _styled(f"[{visible(rule)}]", _RULE, context)
    yield f"{_styled(place, _PLACE, context)}{severity}: {name} {one_line(result.message)}"
    details = _details(result, context)
    if details:
        yield _styled("    " + ", ".join(details), _QUIET, context)
    if context.excerpt:
        yield from _excerpt_lines(result, context, lines)


def _details(result: ValidationResult, context: ReportContext) -> list[str]:
    details = []
    if result.focus_node:
        details.append(f"focus node {one_line(compact_iri(result.focus_node, context.prefixes))}")
    if result.path:
        details.append(f"path {one_line(path_text(result.path, context.prefixes))}")
    if result.value:
        details.append(f"found {value_text(result.value, context.prefixes)}")
    return details


def _excerpt_lines(result: ValidationResult, context: ReportContext, lines: SourceLines) -> Iterator[str]:
    found = lines.excerpt(result.location) if result.location else None
    if found is None:
        return
    gutter, style = f"{found.line:>6} | ", _SEVERITIES[result.severity]
    yield _styled(gutter, _QUIET, context) + found.before + _styled(found.marked, style, context) + found.after
    carets = _styled("^" * max(1, cell_len(found.marked)), style, context)
    yield _styled(" " * (len(gutter) - 2) + "| ", _QUIET, context) + " " * cell_len(found.before) + carets


def _styled(text: str, style: Style, context: ReportContext) -> str:
    return style.render(text, color_system=ColorSystem.STANDARD) if context.colour and text else text

"""A report in Markdown, for the summary of a CI job or a comment on a change."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.reports.writing import COUNTED, ReportContext, counts_text, held_text, one_line, remarks, rule_id, shown

__all__ = ["cut_markdown", "write_markdown"]

_SHOWN_OF_A_RULE: Final = 50
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~&!$@])")


def write_markdown(report: ValidationReport, context: ReportContext) -> str:
    """Write the verdict, a table of the rules with their counts, and a table of the first findings of each rule."""
    return "".join(f"{line}\n" for line in _lines(report, context))


def cut_markdown(text: str, most_bytes: int) -> str:
    """Cut a text at the end of a line where it is longer than some number of bytes, and say so."""
    document = text.encode("utf-8", "backslashreplace")
    if len(document) <= most_bytes:
        return text
    note = "\nThe rest is cut: the other reports tell all.\n"
    kept = document[: max(0, most_bytes - len(note.encode()))]
    return kept[: kept.rfind(b"\n") + 1].decode() + note if b"\n" in kept else ""


def _lines(report: ValidationReport, context: ReportContext) -> Iterator[str]:
    told = shown(report, context, usual=_SHOWN_OF_A_RULE)
    yield f"## kg check: {'conforms' if report.conforms else 'does not conform'}"
    yield ""
    yield f"{counts_text(report)} in {held_text(report)}."
    yield from (line for remark in remarks(report) for line in ("", f"Note: {_escaped(remark)}."))
    if not report.results:
        return
    yield from _rules(report, context)
    yield from ["", "| Place | Severity | Rule | Finding |", "| --- | --- | --- | --- |"]
    for result in told.results:
        yield _row(result, context)
    yield from [""] * bool(told.left_out)
    for rule, number in told.left_out.items():
        yield f"- {number} more of {_code(rule)} are not shown."


def _rules(report: ValidationReport, context: ReportContext) -> Iterator[str]:
    counts: Counter[tuple[str, Severity]] = Counter(
        (rule_id(result, context), result.severity) for result in report.results
    )
    rules = sorted({rule for rule, _ in counts})
    yield from ["", "| Rule | " + " | ".join(COUNTED.values()) + " |", "| --- |" + " ---: |" * len(COUNTED)]
    for rule in rules:
        yield f"| {_code(rule)} | " + " | ".join(str(counts[rule, severity]) for severity in COUNTED) + " |"


def _row(result: ValidationResult, context: ReportContext) -> str:
    where = result.location
    place = _code(f"{where.path}:{where.line}:{where.column}") if where else ""
    return f"| {place} | {result.severity.value} | {_code(rule_id(result, context))} | {_escaped(result.message)} |"


def _code(text: str) -> str:
    return "`" + one_line(text).replace("`", "'").replace("|", "\\|") + "`" if text else ""


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", one_line(text))

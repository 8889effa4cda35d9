"""
The forms in which a report on a document can be asked for, by name and by media type.

Source: SARIF 2.1.0, section 3.1 (its media type); for RDF the table of :mod:`kg.formats`.
"""

import io
from dataclasses import dataclass
from typing import Final

from kg.checks import CheckedSources
from kg.config import Config
from kg.findings import Severity, ValidationReport
from kg.formats import ResultKind, formats_for, named_format, read_graph, write_graph
from kg.locator import Locator
from kg.reports import WRITERS, FileTexts, ReportContext
from kg.rules import RULES, SHAPES, RuleKind

__all__ = ["REPORT_FORMS", "ReportForm", "report_context", "write_report"]


@dataclass(frozen=True)
class ReportForm:
    """A form: its name, its media type, and others by which it can be asked for too."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()


_TURTLE = named_format("turtle", ResultKind.GRAPH)
_RDF_ROWS = {row.name: row for row in formats_for(ResultKind.GRAPH) if not row.holds_graphs}
_FORMS = (
    ReportForm("json", "application/json"),
    ReportForm("sarif", "application/sarif+json"),
    ReportForm("junit", "application/xml", ("text/xml", "application/junit+xml")),
    ReportForm("html", "text/html"),
    ReportForm("markdown", "text/markdown"),
    ReportForm("text", "text/plain"),
)
REPORT_FORMS: Final = (
    *(form for form in _FORMS if form.name in WRITERS),
    *(ReportForm(row.name, row.media_type, row.media_types[1:]) for row in _RDF_ROWS.values()),
)
"""All forms, the default first."""


def report_context(
    checked: CheckedSources,
    config: Config,
    names: frozenset[str],
    *,
    fail_on: Severity | None = Severity.VIOLATION,
    limit: int | None = None,
) -> ReportContext:
    """
    Give what the writers of reports are told beside the findings of a check.

    Args:
        checked: What was checked.
        config: The settings of the check.
        names: The names of the rules that were applied.
        fail_on: From which severity on a finding counts as a failure; None counts none.
        limit: How many findings of a rule are shown, 0 for all; None leaves it to the form.
    """
    locator = Locator(checked.sources.shapes, checked.texts)
    shapes = {result.source_shape for result in checked.report.results if ":" in result.source_shape}
    places = {shape: locator.find(shape, None, None) for shape in shapes}
    broken = {SHAPES} if shapes else set()  # findings bear the names of shapes, so that none has this name
    return ReportContext(
        prefixes=checked.prefixes,
        dataset=config.dataset_iri,
        texts=FileTexts(config.root, checked.texts),
        rules={
            name: (rule.asks, rule.mend)
            for name, rule in RULES.items()
            if name in names - broken and not (checked.errors and rule.kind is not RuleKind.FILES)
        },
        shape_places={shape: place for shape, place in places.items() if place},
        fail_on=fail_on,
        limit=limit,
    )


def write_report(report: ValidationReport, context: ReportContext, name: str) -> bytes:
    """
    Write a report in the form of a name in :data:`REPORT_FORMS`; in RDF it is a SHACL validation report.

    Args:
        report: What was found.
        context: What the writers need to know beside it.
        name: The name of the form.
    """
    row = _RDF_ROWS.get(name)
    if row is None or row == _TURTLE:
        return WRITERS[name](report, context).encode("utf-8", "replace")
    output = io.BytesIO()
    triples = read_graph(WRITERS["turtle"](report, context).encode("utf-8"), _TURTLE)
    write_graph(triples, row, output, prefixes=context.prefixes)
    return output.getvalue()

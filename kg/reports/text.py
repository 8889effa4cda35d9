"""A validation report as text."""

from collections.abc import Iterator, Mapping

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.namespaces import compact_iri
from kg.reports.writing import ReportContext

__all__ = ["report_lines", "write_text"]


def write_text(report: ValidationReport, context: ReportContext) -> str:
    """Write a report as :func:`report_lines` gives it."""
    return "".join(f"{line}\n" for line in report_lines(report, context.prefixes))


def report_lines(report: ValidationReport, prefixes: Mapping[str, str]) -> Iterator[str]:
    """
    Write a report: two lines a result, then a line that sums up.

    Args:
        report: What the validation found.
        prefixes: Names of namespaces, by which IRIs are shortened.
    """
    for result in report.results:
        yield from _result_lines(result, prefixes)
    verdict = "conforms" if report.conforms else "does not conform"
    counts = ", ".join(f"{report.count(severity)} {severity.value}s" for severity in Severity).replace("infos", "notes")
    yield (
        f"{verdict}: {counts} in {report.file_count} files, "
        f"{report.triple_count} triples held against {report.shape_count} node shapes"
    )


def _result_lines(result: ValidationResult, prefixes: Mapping[str, str]) -> Iterator[str]:
    place = f"{result.location.path}:{result.location.line}: " if result.location else ""
    shape = compact_iri(result.source_shape, prefixes) if ":" in result.source_shape else "a shape without a name"
    if not result.source_shape:
        shape = result.component.rpartition("#")[2]
    yield f"{place}{result.severity.value}: [{shape}] {result.message}"
    details = [f"focus node {compact_iri(result.focus_node, prefixes)}"]
    if result.path:
        details.append(f"path {compact_iri(result.path, prefixes) if result.path[0] != '^' else result.path}")
    if result.value:
        details.append(f"found {result.value}")
    yield "    " + ", ".join(details)

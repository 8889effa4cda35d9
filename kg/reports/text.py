"""A validation report as text."""

import re
from collections.abc import Iterator, Mapping

from kg.findings import Confirmation, Severity, ValidationReport, ValidationResult
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
        f"{report.triple_count} triples held against {report.shape_count} node shapes{_confirmed(report.confirmation)}"
    )


def _confirmed(confirmation: Confirmation | None) -> str:
    if confirmation is None:
        return ""
    asked, found = confirmation.asked, confirmation.found
    whole = f" looked at, of {found}" if asked < found else ""
    gaps = f", {confirmation.not_judged} not judged (known gap)" if confirmation.not_judged else ""
    return f"; confirmed by pySHACL: {confirmation.confirmed} of {asked} findings{whole}{gaps}"


def _result_lines(result: ValidationResult, prefixes: Mapping[str, str]) -> Iterator[str]:
    place = f"{result.location.path}:{result.location.line}: " if result.location else ""
    shape = compact_iri(result.source_shape, prefixes) if ":" in result.source_shape else "a shape without a name"
    if not result.source_shape:
        shape = result.component.rpartition("#")[2]
    yield f"{place}{result.severity.value}: [{shape}] {result.message}"
    details = [f"focus node {compact_iri(result.focus_node, prefixes)}"]
    if result.path:
        details.append(f"path {_path_text(result.path, prefixes)}")
    if result.value:
        details.append(f"found {result.value}")
    yield "    " + ", ".join(details)


def _path_text(path: str, prefixes: Mapping[str, str]) -> str:
    """Shorten the IRIs of a path, which is one IRI or a path in SPARQL."""
    if "<" not in path:
        return compact_iri(path, prefixes)
    return re.sub(r"<([^<>]*)>", lambda found: compact_iri(found[1], prefixes), path)

"""A report as JUnit results: one case for each rule and file, and one for each rule that found nothing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from junitparser import Attr, Error, Failure, IntAttr, JUnitXml, TestCase, TestSuite

from kg.findings import ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, clipped, is_unreadable, rule_id

__all__ = ["write_junit"]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ALL = "all files"


class _Case(TestCase):
    """A case that tells its file and line."""

    file = Attr()
    line = IntAttr()


def write_junit(report: ValidationReport, context: ReportContext) -> str:
    """
    Write JUnit XML.

    A case fails if it holds a finding at or above ``context.fail_on``; it tells the others in its output. A file that
    cannot be read is an error.
    """
    suite = TestSuite("kg check")
    for case in _cases(report, context):
        suite.append(case)  # type: ignore[no-untyped-call]
    document = JUnitXml()
    document.append(suite)  # type: ignore[no-untyped-call]
    document.update_statistics()  # type: ignore[no-untyped-call]
    return str(document.tostring().decode("utf-8")) + "\n"  # type: ignore[no-untyped-call]


def _cases(report: ValidationReport, context: ReportContext) -> Iterator[TestCase]:
    found: defaultdict[tuple[str, str], list[ValidationResult]] = defaultdict(list)
    for result in report.results:
        found[rule_id(result, context), result.location.path if result.location else _ALL].append(result)
    for (rule, path), results in sorted(found.items()):
        yield _case(rule, path, results, context)
    clean = sorted(context.rules.keys() - {rule for rule, _ in found})
    for rule in clean or ([] if found else ["kg check"]):
        yield _Case(_ALL, classname=_text(rule))


def _case(rule: str, path: str, results: Sequence[ValidationResult], context: ReportContext) -> TestCase:
    case = _Case(_text(path), classname=_text(rule))
    if results[0].location:
        case.file, case.line = _text(path), results[0].location.line
    failing = [result for result in results if context.fails(result)]
    if failing:
        case.result = [_failure(failing)]
    if len(failing) < len(results):
        case.system_out = _lines(result for result in results if not context.fails(result))
    return case


def _failure(results: Sequence[ValidationResult]) -> Failure | Error:
    more = f" (and {len(results) - 1} more)" if len(results) > 1 else ""
    kind = Error if is_unreadable(results[0]) else Failure
    entry = kind(_text(clipped(results[0].message)) + more, results[0].severity.value)
    entry.text = _lines(results)
    return entry


def _lines(results: Iterable[ValidationResult]) -> str:
    return "\n".join(_line(result) for result in results)


def _line(result: ValidationResult) -> str:
    place = f"{result.location.path}:{result.location.line}:{result.location.column}: " if result.location else ""
    return _text(f"{place}{result.severity.value}: {clipped(result.message)}")


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

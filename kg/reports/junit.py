"""A report as JUnit results: one case for each rule and file, with a failure for each finding."""

import re
from collections import defaultdict

from junitparser import Failure, JUnitXml, TestCase, TestSuite

from kg.findings import ValidationReport, ValidationResult
from kg.reports.writing import ReportContext, place, rule_id

__all__ = ["write_junit"]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_junit(report: ValidationReport, context: ReportContext) -> str:
    """Write JUnit XML; a report without findings is one case that passes."""
    found: defaultdict[tuple[str, str], list[ValidationResult]] = defaultdict(list)
    for result in report.results:
        found[rule_id(result, context), place(result)[0]].append(result)
    suite = TestSuite("kg check")
    for (rule, path), results in sorted(found.items()):
        case = TestCase(_text(path), classname=_text(rule))
        case.result = [_failure(result) for result in results]
        suite.add_testcase(case)
    if not found:
        suite.add_testcase(TestCase("all files", classname="kg check"))
    document = JUnitXml()
    document.add_testsuite(suite)
    return str(document.tostring().decode("utf-8")) + "\n"  # type: ignore[no-untyped-call]


def _failure(result: ValidationResult) -> Failure:
    path, line, _ = place(result)
    return Failure(_text(f"{path}:{line}: {result.message}"), result.severity.value)


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

"""
A validation report in the forms that people, editors and CI systems read.

Each writer takes a report and gives one text; :data:`WRITERS` names them.
"""

from collections.abc import Callable
from typing import Final

from kg.findings import ValidationReport
from kg.reports.annotations import write_github, write_gitlab
from kg.reports.data import write_json
from kg.reports.excerpts import FileTexts
from kg.reports.html import write_html
from kg.reports.junit import write_junit
from kg.reports.markdown import cut_markdown, write_markdown
from kg.reports.sarif import write_sarif
from kg.reports.shacl import write_turtle
from kg.reports.text import report_lines, write_text
from kg.reports.writing import ReportContext

__all__ = ["WRITERS", "FileTexts", "ReportContext", "cut_markdown", "report_lines"]

WRITERS: Final[dict[str, Callable[[ValidationReport, ReportContext], str]]] = {
    "text": write_text,
    "json": write_json,
    "html": write_html,
    "markdown": write_markdown,
    "sarif": write_sarif,
    "junit": write_junit,
    "github": write_github,
    "gitlab": write_gitlab,
    "turtle": write_turtle,
}
"""The forms of a report, the default first."""

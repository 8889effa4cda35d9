"""Where the reports of a check go: to standard output or to files, and what they are told beside the findings."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from kg.cli.output import write_file
from kg.errors import OutputError
from kg.findings import ValidationReport
from kg.reports import WRITERS, ReportContext, cut_markdown

__all__ = ["Output", "read_outputs", "write_reports"]

Output = tuple[str, Path | None]
"""The form of a report, and its file; None is standard output."""
_SUMMARY_BYTES: Final = 1 << 20
"""How much GitHub shows of the summary of a step."""


def read_outputs(texts: Sequence[str]) -> list[Output]:
    """
    Read ``FORMAT`` or ``FORMAT=FILE``; nothing stands for text to standard output.

    Raises:
        OutputError: The folder of a file does not exist.
        click.UsageError: There is no such form, or two would be written to one place.
    """
    outputs = [_output(text) for text in texts] or [("text", None)]
    seen: dict[Path | None, str] = {}
    for text, (_, path) in zip(texts, outputs, strict=False):
        where = path.resolve() if path else None
        if where in seen:
            place = str(path) if path else "standard output"
            raise click.UsageError(
                f"--output {seen[where]} and --output {text} both go to {place}: give one of them its own FORMAT=FILE"
            )
        seen[where] = text
    return outputs


def _output(text: str) -> Output:
    name, separator, file = text.partition("=")
    if name not in WRITERS or (separator and not file):
        raise click.UsageError(f'--output is "{text}", expected one of {", ".join(WRITERS)}, or FORMAT=FILE')
    path = Path(file) if file else None
    if path and not path.parent.is_dir():
        raise OutputError(f"{path} cannot be written: there is no folder {path.parent}; make it or give another file")
    if path and path.is_dir():
        raise OutputError(f"{path} cannot be written: it is a folder; give a file")
    return name, path


def write_reports(
    report: ValidationReport, context: ReportContext, outputs: Sequence[Output], *, excerpt: bool | None
) -> None:
    """
    Write a report in each form that is wanted, and where GitHub asks for it, the summary of the step.

    Args:
        report: What the check found.
        context: What the forms are told beside it.
        outputs: The forms, and where they go.
        excerpt: Whether text shows the lines of the files; None shows them on a terminal.

    Raises:
        OutputError: A file or standard output cannot be written.
    """
    for name, path in outputs:
        if path is None:
            _show(name, report, context, excerpt=excerpt)
        else:
            write_file(path, _encoded(WRITERS[name](report, replace(context, excerpt=bool(excerpt)))))
        if name == "github":
            _append_summary(report, context, os.environ)


def _show(name: str, report: ValidationReport, context: ReportContext, *, excerpt: bool | None) -> None:
    if sys.stdout is None:
        raise OutputError("standard output is closed: give a file with --output FORMAT=FILE")
    terminal = Console()
    coloured = terminal.color_system is not None and not terminal.no_color
    shown = replace(context, colour=coloured, excerpt=sys.stdout.isatty() if excerpt is None else excerpt)
    try:
        click.echo(_encoded(WRITERS[name](report, shown)), nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def _append_summary(report: ValidationReport, context: ReportContext, environment: Mapping[str, str]) -> None:
    path = environment.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("ab") as file:
            file.write(_encoded(cut_markdown(WRITERS["markdown"](report, context), _SUMMARY_BYTES - file.tell())))
    except OSError as error:
        raise OutputError(f"GITHUB_STEP_SUMMARY: {path} cannot be written: {error.strerror}") from error


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")

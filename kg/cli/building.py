"""``kg check`` and ``kg build``: from files to a checked release."""

import sys
from collections.abc import Container, Sequence
from pathlib import Path

import click

from kg.cli.session import Session
from kg.errors import MalformedFilesError, OutputError
from kg.findings import Severity, ValidationReport, report_of_errors
from kg.graph_rules import RULES
from kg.namespaces import PREFIXES
from kg.pipeline import ALL_RULES, SHAPES, CheckedSources, build_current_release, check_sources
from kg.reports import WRITERS, ReportContext, report_lines
from kg.validation import Engine

__all__ = ["build", "check"]

_DOES_NOT_CONFORM = 1
_GRAVEST_FIRST = [severity.value for severity in Severity]


@click.command()
@click.option(
    "--engine",
    type=click.Choice([engine.value for engine in Engine]),
    default=Engine.BOTH.value,
    show_default=True,
    help="Our own engine, and pySHACL for what it finds; or pySHACL alone, which takes long.",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Write the report as {', '.join(WRITERS)}, to standard output or to FILE; may be given several times. [text]",
)
@click.option(
    "--fail-on",
    type=click.Choice([*_GRAVEST_FIRST, "never"]),
    default=Severity.VIOLATION.value,
    show_default=True,
    help="From which severity on a finding makes the command end with 1.",
)
@click.option("--only", multiple=True, metavar="RULE", help="Apply only this rule; may be given several times.")
@click.option("--skip", multiple=True, metavar="RULE", help="Leave out this rule; may be given several times.")
@click.option("--list", "lists", is_flag=True, help="List the rules, and check nothing.")
@click.option("--explain", metavar="RULE", help="Say what a rule asks for and how to mend what breaks it.")
@click.pass_obj
def check(
    session: Session,
    engine: str,
    outputs: Sequence[str],
    fail_on: str,
    only: Sequence[str],
    skip: Sequence[str],
    lists: bool,
    explain: str | None,
) -> None:
    """
    Hold the files against the shapes and the rules for graphs.

    Ends with 0 if the graph conforms, 1 if it does not, 3 if a file does not parse.
    """
    names = (_known(only) or ALL_RULES) - _known(skip)
    if lists or explain:
        _tell_rules(_known([explain]) if explain else ALL_RULES, at_length=explain is not None)
        return
    wanted = [_output(text) for text in outputs] or [("text", None)]
    config = session.config
    try:
        checked = check_sources(config, progress=session.tell, engine=Engine(engine), names=names)
    except MalformedFilesError as error:
        context = ReportContext(PREFIXES, config.dataset_iri)
        _write(report_of_errors(error.errors), context, [pair for pair in wanted if pair[0] != "text"])
        raise
    _write(checked.report, ReportContext(checked.prefixes, config.dataset_iri), wanted)
    if any(checked.report.count(severity) for severity in _failing(fail_on)):
        sys.exit(_DOES_NOT_CONFORM)


def _known(names: Sequence[str]) -> frozenset[str]:
    for name in names:
        if name not in ALL_RULES:
            raise click.UsageError(f'found rule "{name}", expected one of {", ".join(sorted(ALL_RULES))}')
    return frozenset(names)


def _tell_rules(names: Container[str], *, at_length: bool) -> None:
    """Say what rules there are; shapes say themselves what they ask for."""
    if SHAPES in names:
        click.echo(f"{SHAPES}  violation, warning, info  What ontology/shapes/ asks for; each message tells the mend.")
    for rule in RULES:
        if rule.name in names:
            click.echo(f"{rule.name}  {rule.severity.value}  {rule.asks}" + f"\n{rule.mend}" * at_length)


def _failing(fail_on: str) -> list[Severity]:
    return list(Severity)[: _GRAVEST_FIRST.index(fail_on) + 1] if fail_on in _GRAVEST_FIRST else []


def _output(text: str) -> tuple[str, Path | None]:
    """Read ``FORMAT`` or ``FORMAT=FILE``."""
    name, _, path = text.partition("=")
    if name not in WRITERS:
        raise click.UsageError(f'--output is "{text}", expected one of {", ".join(WRITERS)}, or FORMAT=FILE')
    return name, Path(path) if path else None


def _write(report: ValidationReport, context: ReportContext, wanted: Sequence[tuple[str, Path | None]]) -> None:
    for name, path in wanted:
        text = WRITERS[name](report, context)
        if path is None:
            click.echo(text, nl=False)
            continue
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}; give another file") from error


@click.command()
@click.option("--allow-invalid", is_flag=True, help="Build although the graph does not conform; the release says so.")
@click.pass_obj
def build(session: Session, allow_invalid: bool) -> None:
    """
    Check the files and make a release of them.

    The new release becomes current in one step; if the graph does not conform, the old one stays.
    """
    outcome = build_current_release(session.config, allow_invalid=allow_invalid, progress=session.tell)
    if outcome.checked:
        _report(outcome.checked)
    release = outcome.release
    if release is None:
        session.words.print("no release was made; the current one stays as it is")
        sys.exit(_DOES_NOT_CONFORM)
    state = "built" if outcome.checked else "up to date"
    size = f"{release.triple_count} triples in {release.graph_count} named graphs"
    click.echo(f"release {release.digest[:12]} is {state}: {size}")


def _report(checked: CheckedSources) -> None:
    for line in report_lines(checked.report, checked.prefixes):
        click.echo(line)

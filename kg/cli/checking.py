"""``kg check``: what is wrong with the files, where, and how one mends it."""

import sys
from collections.abc import Container, Sequence
from pathlib import Path

import click

from kg.cli.session import Session
from kg.errors import MalformedFilesError, OutputError
from kg.findings import Severity, ValidationReport, report_of_errors
from kg.graph_rules import RULES
from kg.namespaces import PREFIXES
from kg.pipeline import ALL_RULES, SHAPES, check_sources
from kg.reports import WRITERS, ReportContext
from kg.revisions import changed_files
from kg.validation import Engine

__all__ = ["check"]

_DOES_NOT_CONFORM = 1
_GRAVEST_FIRST = [severity.value for severity in Severity]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--changed-since", metavar="REVISION", help="Report only on files that have changed since this revision.")
@click.option(
    "--engine",
    type=click.Choice([engine.value for engine in Engine]),
    default=Engine.BOTH.value,
    show_default=True,
    help="Our own engine, with its findings confirmed by pySHACL; our own alone; or pySHACL alone, which takes long.",
)
@click.option("--audit", type=click.IntRange(0), default=0, help="Nodes of each shape that pySHACL also looks at. [0]")
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
    paths: Sequence[Path],
    changed_since: str | None,
    engine: str,
    audit: int,
    outputs: Sequence[str],
    fail_on: str,
    only: Sequence[str],
    skip: Sequence[str],
    lists: bool,
    explain: str | None,
) -> None:
    """
    Hold the files against the shapes and the rules for graphs; with PATHS, report only on these.

    All files are read whatever is reported, since statements of one may break or mend what another says.

    Ends with 0 if the graph conforms, 1 if it does not, 3 if a file does not parse.
    """
    names = (_known(only) or ALL_RULES) - _known(skip)
    if lists or explain:
        _tell_rules(_known([explain]) if explain else ALL_RULES, at_length=explain is not None)
        return
    wanted = [_output(text) for text in outputs] or [("text", None)]
    config = session.config
    scope = _scope(config.root, paths, changed_since)
    session.tell(f"checking {config.root}")
    try:
        checked = check_sources(config, progress=session.tell, engine=Engine(engine), audited=audit, names=names)
    except MalformedFilesError as error:
        context = ReportContext(PREFIXES, config.dataset_iri)
        _write(report_of_errors(error.errors), context, [pair for pair in wanted if pair[0] != "text"])
        raise
    report = checked.report if scope is None else checked.report.about(scope)
    _write(report, ReportContext(checked.prefixes, config.dataset_iri), wanted)
    if any(report.count(severity) for severity in _failing(fail_on)):
        sys.exit(_DOES_NOT_CONFORM)


def _scope(root: Path, paths: Sequence[Path], revision: str | None) -> Container[str] | None:
    """Give the files that are reported on, by their paths in the knowledge graph directory; None means all."""
    if not paths and revision is None:
        return None
    for path in paths:
        if not path.resolve().is_relative_to(root):
            raise click.UsageError(f"{path} is not in the knowledge graph directory {root}: give its own with --root")
    given = [file.resolve() for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    found = {file.relative_to(root).as_posix() for file in given if file.is_relative_to(root)}
    return found | (changed_files(root, revision) if revision is not None else set())


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

"""``kg check``: what is wrong with the files, where, and how one mends it."""

import sys
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path

import click

from kg.checks import ALL_RULES, choose_rules
from kg.cli.check_run import CheckRun
from kg.cli.reporting import read_outputs
from kg.cli.scope import find_scope
from kg.cli.session import Session
from kg.config import with_baseline
from kg.findings import Severity
from kg.reports import WRITERS
from kg.rules import RULES
from kg.validation import Engine

__all__ = ["check"]

_GRAVEST_FIRST = [severity.value for severity in Severity]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True))
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Hold PATHS against this file or folder of shapes, outside of any knowledge graph directory.",
)
@click.option("--changed-since", metavar="REVISION", help="Report only on files that have changed since this revision.")
@click.option(
    "--stdin-filename",
    default="standard-input.ttl",
    show_default=True,
    metavar="FILE",
    help="Read standard input, given as -, in the place of this file of the directory.",
)
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
    "--limit",
    type=click.IntRange(min=0),
    help="Show so many findings of a rule, 0 for all; the forms for CI systems show all. [text, markdown 50; html 500]",
)
@click.option(
    "--excerpt/--no-excerpt",
    default=None,
    help="Show in text the line of the file that a finding is about. [on a terminal]",
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
@click.option("--deep", is_flag=True, help="Apply the rules too that take long.")
@click.option("--baseline", metavar="FILE", help="Count only findings that this file does not list.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl+C.")
@click.option("--list", "lists", is_flag=True, help="List the rules, and check nothing.")
@click.option("--explain", metavar="RULE", help="Say what a rule asks for and how to mend what breaks it.")
@click.pass_obj
def check(
    session: Session,
    paths: Sequence[Path],
    shapes: Sequence[Path],
    changed_since: str | None,
    stdin_filename: str,
    engine: str,
    audit: int,
    outputs: Sequence[str],
    limit: int | None,
    excerpt: bool | None,
    fail_on: str,
    only: Sequence[str],
    skip: Sequence[str],
    deep: bool,
    baseline: str | None,
    update_baseline: bool,
    watch: bool,
    lists: bool,
    explain: str | None,
) -> None:
    """
    Hold the files against the shapes and the rules; with PATHS, report only on these.

    All files are read whatever is reported, since statements of one may break or mend what another says. PATHS that
    lie in no knowledge graph directory are checked by themselves; - is standard input.

    Ends with 0 if the graph conforms, 1 if it does not, 3 if a file does not parse.
    """
    names = choose_rules(only, skip, deep=deep)
    if lists or explain:
        _tell_rules(choose_rules([explain], ()) if explain else ALL_RULES, at_length=explain is not None)
        return
    wanted = read_outputs(outputs)
    scope = find_scope(session, paths, shapes, revision=changed_since, input_name=stdin_filename)
    if baseline:
        scope = replace(scope, config=with_baseline(scope.config, baseline))
    grave = Severity(fail_on) if fail_on in _GRAVEST_FIRST else None
    run = CheckRun(session, scope, Engine(engine), audit, names, wanted, grave, limit, excerpt)
    if update_baseline:
        run.update_baseline()
    elif watch:
        run.watch()
    else:
        sys.exit(run.once())


def _tell_rules(names: Container[str], *, at_length: bool) -> None:
    """Say what rules there are."""
    for rule in RULES.values():
        if rule.name in names:
            click.echo(f"{rule.name}  {rule.severity.value}  {rule.asks}" + f"\n{rule.mend}" * at_length)

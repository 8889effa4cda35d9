"""``kg diff``: what two graphs differ in."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from kg.cli.output import write_file
from kg.cli.session import Session
from kg.comparison.comparing import compare_sides
from kg.comparison.data import write_json, write_patch
from kg.comparison.markdown import write_markdown
from kg.comparison.report import Comparison
from kg.comparison.sides import Side, open_side
from kg.comparison.text import write_text
from kg.errors import TermSyntaxError
from kg.terms import parse_term

__all__ = ["diff"]

_DIFFERS = 1


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "markdown", "json", "patch"]),
    default="text",
    show_default=True,
    help="How to write the difference: for reading, for a pull request, for programs, as an RDF Patch.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, not to standard output.")
@click.option("--check/--no-check", default=None, help="Tell which findings of kg check are new and which are fixed.")
@click.option("--queries/--no-queries", default=None, help="Tell which saved queries have another answer.")
@click.option("--rows", is_flag=True, help="Show the rows by which answers differ.")
@click.option("--moves", is_flag=True, help="Show each statement that has moved to another named graph.")
@click.option("--generated", is_flag=True, help="Compare also what kg build adds to the files.")
@click.option("--skolemise", metavar="IRI", help="In a patch, write IRIs that begin with this, not blank nodes.")
@click.pass_obj
def diff(
    session: Session,
    old: str,
    new: str | None,
    format_name: str,
    output: Path | None,
    check: bool | None,
    queries: bool | None,
    rows: bool,
    moves: bool,
    generated: bool,
    skolemise: str | None,
) -> None:
    """
    Tell what NEW says that OLD does not, and the other way round, entity by entity.

    Each is a file or folder of RDF, a knowledge graph directory, a revision such as main or HEAD~1, "current" or the
    digest of a release. Where a name means two things, put path:, rev: or release: before it. Without NEW, the files
    as they are.

    Between two knowledge graph directories or revisions, findings and answers are compared too.

    Ends with 0 if there is no difference, 1 if there is one, 2 if OLD or NEW is nothing known, 3 if it cannot be read.
    """
    base = _skolem_base(skolemise, format_name)
    with ExitStack() as opened:
        before, after = (
            opened.enter_context(open_side(one, session.config, generated=generated)) for one in (old, new)
        )
        comparison = compare_sides(
            before,
            after,
            session.config,
            check=_wanted("check", check, (before, after), format_name),
            queries=_wanted("queries", queries, (before, after), format_name),
            progress=session.tell,
        )
    comparison = replace(comparison, shows_moves=moves, shows_rows=rows)
    _write(session, comparison, format_name, output, base)
    if comparison:
        sys.exit(_DIFFERS)


def _wanted(name: str, wish: bool | None, sides: Sequence[Side], format_name: str) -> bool:
    """Say whether findings or answers are compared: where that can be done, unless the form has no place for them."""
    without = [side for side in sides if side.config is None]
    if wish and without:
        raise click.UsageError(
            f'--{name} needs two knowledge graph directories or revisions, found that "{without[0].name}" is a '
            f"{without[0].kind}"
        )
    return format_name != "patch" and not without and wish is not False


def _skolem_base(text: str | None, format_name: str) -> str:
    if text is None:
        return ""
    if format_name != "patch":
        raise click.UsageError("--skolemise is for patches: add --format patch")
    try:
        return str(parse_term(text, "iri").value)
    except TermSyntaxError as error:
        raise click.UsageError(f"--skolemise: {error}") from error


def _write(session: Session, comparison: Comparison, format_name: str, output: Path | None, skolem_base: str) -> None:
    if format_name == "text" and output is None and sys.stdout.isatty():
        console = Console(highlight=False)
        for line in write_text(comparison):
            console.print(line, soft_wrap=True)
        return
    text = _text(comparison, format_name, skolem_base)
    if format_name == "patch":
        for note in comparison.notes:
            session.tell(note)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, text.encode())


def _text(comparison: Comparison, format_name: str, skolem_base: str) -> str:
    if format_name == "markdown":
        return write_markdown(comparison)
    if format_name == "json":
        return write_json(comparison)
    if format_name == "patch":
        return write_patch(comparison, skolem_base=skolem_base)
    return "".join(f"{line.plain}\n" for line in write_text(comparison))

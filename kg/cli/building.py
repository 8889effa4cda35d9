"""``kg build``: from files to a checked release."""

import sys

import click

from kg.checks import CheckedSources
from kg.cli.session import Session
from kg.pipeline import build_current_release
from kg.reports import report_lines

__all__ = ["build"]

_DOES_NOT_CONFORM = 1


@click.command()
@click.option("--allow-invalid", is_flag=True, help="Build although the graph does not conform; the release says so.")
@click.pass_obj
def build(session: Session, allow_invalid: bool) -> None:
    """
    Check the files and make a release of them.

    The new release becomes current in one step; if the graph does not conform, the old one stays.
    """
    with session.steps() as steps:
        outcome = build_current_release(session.config, allow_invalid=allow_invalid, steps=steps)
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

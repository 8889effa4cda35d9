"""
The command ``kg``.

Answers go to standard output, words about them to standard error. Commands of other packages join through the
entry point group ``agon.commands``; so ``kg serve`` comes from the server, which the library does not know.
"""

import logging
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import click

from kg.cli.session import Session
from kg.errors import KgError

__all__ = ["main"]


_INTERRUPTED = 130
"""What a shell gives for a program that Ctrl+C has ended; 1 would say that a graph does not conform."""
_GROUP = "agon.commands"
_OWN = {
    "build": "kg.cli.building:build",
    "check": "kg.cli.checking:check",
    "diff": "kg.cli.comparing:diff",
    "format": "kg.cli.formatting:format_files",
    "import": "kg.cli.importing:import_data",
    "list": "kg.cli.querying:list_queries",
    "publish": "kg.cli.publishing:publish",
    "queries": "kg.cli.queries:queries",
    "query": "kg.cli.querying:query",
    "run": "kg.cli.querying:run",
    "search": "kg.cli.searching:search",
}
"""The commands of the library; each is imported only when it is asked for, so that none waits for the others."""


def _commands() -> dict[str, EntryPoint]:
    own = {name: EntryPoint(name, place, _GROUP) for name, place in _OWN.items()}
    return {**{each.name: each for each in entry_points(group=_GROUP)}, **own}


class _Commands(click.Group):
    """Turns what Agon can explain into one line and an exit code, and anything else into a fault of ours."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        """Load a command when it is asked for."""
        found = _commands().get(cmd_name)
        loaded = found.load() if found else None
        return loaded if isinstance(loaded, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KgError as error:
            if ctx.params["debug"]:
                raise
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(_INTERRUPTED)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                raise
            click.echo(
                f"kg: a fault of ours, {type(error).__name__}: run again with kg --debug and report it", err=True
            )
            sys.exit(KgError.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="agon-kg", prog_name="kg")
@click.option("--root", type=click.Path(path_type=Path), help="The knowledge graph directory [the one around here].")
@click.option("--build", type=click.Path(path_type=Path), help="The folder of the releases [build in the directory].")
@click.option("--debug", is_flag=True, help="Show the trace of a failure.")
@click.pass_context
def main(context: click.Context, root: Path | None, build: Path | None, debug: bool) -> None:
    """Check, build, query and serve a knowledge graph that is kept in Turtle files."""
    if not debug:  # rdflib logs the traceback of each literal that it cannot read; we report on those ourselves
        logging.getLogger("rdflib").setLevel(logging.ERROR)
    context.obj = Session(root, build)

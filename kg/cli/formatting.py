"""``kg format``: Turtle files in one layout."""

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from kg.cli.output import write_file
from kg.cli.session import Session
from kg.dataset import source_paths
from kg.errors import GraphParseError, MalformedFilesError
from kg.formatting import format_turtle

__all__ = ["format_files"]

_WOULD_CHANGE = 1
_STDIN = "-"
_SUFFIX = ".ttl"


@click.command("format")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True))
@click.option(
    "--check", "checks", is_flag=True, help="Write nothing; name the files that would change, and end with 1."
)
@click.option("--diff", "shows", is_flag=True, help="Write nothing; show what would change.")
@click.pass_obj
def format_files(session: Session, paths: Sequence[Path], checks: bool, shows: bool) -> None:
    """
    Bring Turtle files into one layout, PATHS or all of the knowledge graph directory; - is standard input.

    Comments, the order of statements and the way terms are written are kept; a file is written only if it still says
    the same. Files of other formats are not touched.

    Ends with 0 if all is done, 1 if --check finds a file to change, 3 if a file does not parse.
    """
    if [str(path) for path in paths] == [_STDIN]:
        content = sys.stdin.buffer.read()
        sys.stdout.buffer.write(format_turtle(content, f"standard input{_SUFFIX}"))
        return
    changed, errors = 0, []
    for path in _turtle_files(session, paths):
        try:
            changed += _format(path, checks=checks, shows=shows)
        except GraphParseError as error:
            errors.append(error)
        except MalformedFilesError as error:
            errors += error.errors
    if errors:
        raise MalformedFilesError(errors)
    if checks and changed:
        click.echo(f"{changed} files would change: run kg format", err=True)
        sys.exit(_WOULD_CHANGE)


def _turtle_files(session: Session, paths: Sequence[Path]) -> Iterator[Path]:
    if not paths:
        yield from (path for path in source_paths(session.config) if path.suffix == _SUFFIX)
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob(f"*{_SUFFIX}") if not file.is_dir())
        elif path.suffix == _SUFFIX:
            yield path
        else:
            click.echo(f"{path} is not formatted: only Turtle files ({_SUFFIX}) are", err=True)


def _format(path: Path, *, checks: bool, shows: bool) -> bool:
    """Bring one file into the layout, or tell what would change; gives whether it was in another."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GraphParseError(str(path), 1, 1, f"cannot be read: {error.strerror}") from error
    result = format_turtle(content, str(path))
    if result == content:
        return False
    if shows:
        before, after = (text.decode().splitlines(keepends=True) for text in (content, result))
        click.echo("".join(difflib.unified_diff(before, after, str(path), str(path))), nl=False)
    elif checks:
        click.echo(f"{path} would change")
    else:
        write_file(path, result, mend="it is left as it was")
        click.echo(f"{path} is formatted")
    return True

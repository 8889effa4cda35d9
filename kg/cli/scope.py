"""What ``kg check`` looks at: a knowledge graph directory, some files of it, or any RDF files."""

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from kg.cli.session import Session
from kg.config import Config, find_root, loose_config
from kg.errors import NotAKnowledgeGraphError
from kg.formats import SOURCE_SUFFIXES
from kg.revisions import changed_files

__all__ = ["STANDARD_INPUT", "Scope", "find_scope"]

STANDARD_INPUT = Path("-")
_QUERY_SUFFIX = ".rq"
_SUFFIXES = " or ".join(SOURCE_SUFFIXES)


@dataclass(frozen=True)
class Scope:
    """
    What is checked.

    ``paths`` are those that are reported on, None for all; ``replaced`` holds what stands in a file instead of what
    is on disk.
    """

    config: Config
    paths: Collection[str] | None = None
    replaced: Mapping[str, bytes] = field(default_factory=dict)


def find_scope(
    session: Session, given: Sequence[Path], shapes: Sequence[Path], *, revision: str | None, input_name: str
) -> Scope:
    """
    Find out what is checked.

    Args:
        session: The knowledge graph directory that was given, if any.
        given: Files and folders; ``-`` is standard input.
        shapes: Files and folders of shapes, other than those of the directory; with them, only what is given is read.
        revision: The revision since which files must have changed to be reported on.
        input_name: The file, relative to the directory, as which standard input is read.

    Raises:
        click.UsageError: A path lies outside of the directory that was given, or is no file of RDF.
        NotFoundError: Git does not know the revision.
    """
    paths = [path.resolve() for path in given if path != STANDARD_INPUT]
    is_loose = bool(shapes) or _lies_elsewhere(session, paths, bool(given))
    root = _common_folder(paths) if is_loose else session.config.root
    replaced = {_input_path(input_name, root): _standard_input()} if STANDARD_INPUT in given else {}
    if is_loose:
        _require_rdf([*(path for path in given if path != STANDARD_INPUT), *shapes])
        config = loose_config(root, paths, [path.resolve() for path in shapes])
        return Scope(config, None if revision is None else changed_files(config.root, revision), replaced)
    config = session.config
    if not given and revision is None:
        return Scope(config)
    outside = [path for path in paths if not path.is_relative_to(config.root)]
    if outside:
        raise click.UsageError(
            f"{outside[0]} is not in the knowledge graph directory {config.root}: give its own with --root, or --shapes"
        )
    for path in paths:
        if path.is_file() and path.suffix not in (*SOURCE_SUFFIXES, _QUERY_SUFFIX):
            click.echo(f"{path.relative_to(config.root)} is not looked at: it is no file of RDF and no query", err=True)
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    found = {file.relative_to(config.root).as_posix() for file in files} | set(replaced)
    return Scope(config, found | (changed_files(config.root, revision) if revision is not None else set()), replaced)


def _lies_elsewhere(session: Session, paths: Sequence[Path], is_given: bool) -> bool:
    """Tell whether what is given lies in no knowledge graph directory; one that was given with ``--root`` counts."""
    if session.root is not None or not is_given:
        return False
    here = Path.cwd()
    try:
        root = find_root(here)
    except NotAKnowledgeGraphError:
        return True
    return not all(path.is_relative_to(root) for path in [here, *paths])


def _require_rdf(paths: Sequence[Path]) -> None:
    """Refuse what is neither a folder nor a file of RDF."""
    for path in paths:
        if not path.is_dir() and path.suffix not in SOURCE_SUFFIXES:
            raise click.UsageError(f"{path} is no file of RDF: expected a folder, or one with {_SUFFIXES} at its end")
        if not path.is_dir() and not path.is_file():
            raise click.UsageError(f"{path} is no regular file: give its content to -, standard input")


def _input_path(name: str, root: Path) -> str:
    """Give the path, relative to a folder, of the file as which standard input is read."""
    path = os.path.relpath(root / name, root)
    if path.startswith(os.pardir):
        raise click.UsageError(f"--stdin-filename is {name}, expected a file in {root}")
    if Path(path).suffix not in SOURCE_SUFFIXES:
        raise click.UsageError(f'--stdin-filename is "{name}", expected a file with {_SUFFIXES} at its end')
    return Path(path).as_posix()


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise click.UsageError("standard input, given as -, is closed")
    return sys.stdin.buffer.read()


def _common_folder(paths: Sequence[Path]) -> Path:
    """Give the working directory, or where paths lie elsewhere the folder that holds them all."""
    here = Path.cwd()
    if all(path.is_relative_to(here) for path in paths):
        return here
    folders = [path if path.is_dir() else path.parent for path in paths]
    return Path(os.path.commonpath(folders))

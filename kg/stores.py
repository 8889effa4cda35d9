"""The stores of the engine, and files of N-Quads that fill them."""

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.terms import Quad

__all__ = ["QuadFile", "as_stored", "fill_store", "load_files", "load_store", "open_store", "quad_lines"]

_BATCH: Final = 100_000
_TYPED: Final = "^^<"
"""Stands in each line of N-Quads that has a literal with a datatype."""


def fill_store(folder: Path | None, quads: Iterable[Quad]) -> ox.Store:
    """
    Make a store of quads.

    Args:
        folder: An empty or absent folder for the store; None keeps it in memory.
        quads: What the store is to hold.
    """
    store = ox.Store(str(folder)) if folder else ox.Store()
    store.bulk_extend(quads)
    if folder:
        store.optimize()
        store.flush()
    return store


def load_files(folder: Path, files: Iterable[Path]) -> ox.Store:
    """
    Load files of N-Quads into a store on disk, and order it for reading.

    Args:
        folder: The folder of the store; a new one is made.
        files: The files, none of them larger in memory for being large.

    Raises:
        OSError: There is no room for the store.
    """
    with _ended_by_interrupts():
        store = ox.Store(str(folder))
        for file in files:
            store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
        store.optimize()
        store.flush()
    return store


@contextmanager
def _ended_by_interrupts() -> Iterator[None]:
    """Let Ctrl-C end the process at once: Python would hear of it only after the engine has done its work."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True)
class QuadFile(Iterable[Quad]):
    """The quads of a file of N-Quads, read anew from disk each time that one goes through them."""

    path: Path

    def __iter__(self) -> Iterator[Quad]:
        return iter(ox.parse(path=str(self.path), format=ox.RdfFormat.N_QUADS))


def quad_lines(quads: Iterable[Quad]) -> Iterator[str]:
    """Write quads in N-Quads, each on a line."""
    return (f"{quad} .\n" for quad in quads)


def as_stored(lines: Iterable[str]) -> Iterator[str]:
    """Spell numbers and dates in lines of N-Quads as a store does, and so as an endpoint does; the order is lost."""
    waiting = iter(lines)
    while batch := list(islice(waiting, _BATCH)):
        yield from (line for line in batch if _TYPED not in line)
        typed = "".join(line for line in batch if _TYPED in line)
        yield from quad_lines(fill_store(None, ox.parse(typed, format=ox.RdfFormat.N_QUADS)))


def load_store(dump: Path) -> ox.Store:
    """
    Hold the data of a release in memory.

    Blank nodes keep their labels, so that all who load the same release give the same bytes; ``Store.bulk_load`` makes
    new labels each time.

    Args:
        dump: They, in N-Quads.

    Raises:
        ReleaseError: The file is missing or damaged.
    """
    store = ox.Store()
    try:
        store.bulk_extend(ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS))
    except (OSError, SyntaxError) as error:
        raise ReleaseError(f"{dump} cannot be loaded: {error}; build the release anew") from error
    return store


def open_store(folder: Path) -> ox.Store:
    """
    Open the store of a release, for reading only.

    Raises:
        ReleaseError: It is missing or damaged.
    """
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise ReleaseError(f"the store {folder} cannot be opened: {error}; build the release anew") from error

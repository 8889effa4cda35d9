"""
Lines in the order of their bytes, each once, however many they are.

What does not fit in memory is sorted in runs, kept in files and merged. Strings compare by code points, which is the
order of their bytes in UTF-8.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

__all__ = ["merge_lines", "read_lines", "sort_lines", "write_lines"]

_RUN: Final = 500_000
"""How many lines are held in memory."""


def sort_lines(lines: Iterable[str], folder: Path) -> Iterator[str]:
    """
    Give lines in order, each once.

    Args:
        lines: Any lines, each ended by a line feed.
        folder: Where runs are kept until the last line is read, if there are several.
    """
    waiting = iter(lines)
    first, more = _sorted_run(waiting), _sorted_run(waiting)
    if not more:
        yield from first
        return
    with tempfile.TemporaryDirectory(prefix="runs-", dir=folder) as runs:
        paths = []
        for number, run in enumerate(chain((first, more), iter(lambda: _sorted_run(waiting), []))):
            paths.append(Path(runs) / str(number))
            write_lines(paths[-1], run)
            run.clear()
        yield from merge_lines(paths)


def _sorted_run(lines: Iterator[str]) -> list[str]:
    return sorted(set(islice(lines, _RUN)))


def merge_lines(paths: Iterable[Path]) -> Iterator[str]:
    """Give the lines of sorted files in order, each once."""
    last = ""
    for line in heapq.merge(*map(read_lines, paths)):
        if line != last:
            yield line
            last = line


def read_lines(path: Path) -> Iterator[str]:
    """Give the lines of a file; only a line feed ends one."""
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from file


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write lines to a file; gives how many they are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for count, line in enumerate(lines, start=1):  # noqa: B007 - it is given
            file.write(line)
    return count

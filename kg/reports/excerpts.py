"""The line of a file that a finding is about, with the place marked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.findings import Location
from kg.reports.writing import visible
from kg.text_lines import line_starts

__all__ = ["Excerpt", "FileTexts", "SourceLines"]

_WORD: Final = re.compile(r"\S+")
_TAB: Final = "    "
_MOST_CHARACTERS: Final = 100
_BEFORE: Final = 40
"""How many characters of a long line stand before the marked ones."""
_FILES_AT_HAND: Final = 32


@dataclass(frozen=True)
class Excerpt:
    """One line of a file, from 1: what stands before the marked characters, these, and what stands after."""

    line: int
    before: str
    marked: str
    after: str


class FileTexts(Mapping[str, str]):
    """The texts of the files in a directory by their paths: those that are known, others when they are asked for."""

    def __init__(self, root: Path, known: Mapping[str, str]) -> None:
        self._root = root
        self._known = known
        self._read = lru_cache(_FILES_AT_HAND)(self._text)

    def __getitem__(self, path: str) -> str:
        return self._known[path] if path in self._known else self._read(path)

    def __iter__(self) -> Iterator[str]:
        return (file.relative_to(self._root).as_posix() for file in sorted(self._root.rglob("*")) if file.is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _text(self, path: str) -> str:
        try:
            return (self._root / path).read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise KeyError(path) from error


class SourceLines:
    """Gives excerpts of files, whose lines it finds once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._starts = lru_cache(_FILES_AT_HAND)(self._line_starts)

    def excerpt(self, location: Location) -> Excerpt | None:
        """Give the line of a place, or a part of a long one; None where there is no such line."""
        line = self._line(location.path, location.line)
        if line is None:
            return None
        start = min(max(location.column, 1) - 1, len(line))
        if location.end_column:
            end = max(start + 1, location.end_column - 1)
        else:  # no more is known than where it begins, or only the line: the next word
            word = _WORD.search(line, start)
            start, end = word.span() if word else (start, start + 1)
        first = max(0, start - _BEFORE) if len(line) > _MOST_CHARACTERS else 0
        last = first + _MOST_CHARACTERS
        before, marked, after = line[first:start], line[start : min(end, last)], line[end:last]
        return Excerpt(
            location.line,
            "…" * bool(first) + _shown(before),
            _shown(marked),
            _shown(after) + "…" * (last < len(line)),
        )

    def _line(self, path: str, number: int) -> str | None:
        text, starts = self._texts.get(path), self._starts(path)
        if text is None or not 0 < number <= len(starts):
            return None
        end = starts[number] if number < len(starts) else len(text)
        return text[starts[number - 1] : end].rstrip("\r\n")

    def _line_starts(self, path: str) -> list[int]:
        return line_starts(self._texts.get(path, ""))


def _shown(text: str) -> str:
    return visible(text.replace("\t", _TAB))

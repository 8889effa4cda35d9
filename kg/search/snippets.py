"""The part of a text that shows why a document was found, with the hits marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.search.content import Field
from kg.search.words import together

__all__ = ["MARKS", "Segment", "Snippet", "marked_texts", "shortened"]

MARKS: Final = ("\x02", "\x03")
"""What the index puts before and after a hit; no text of the index holds them."""
_MARKED: Final = re.compile("\x02([^\x03]*)\x03")
_BEFORE, _LONGEST = 60, 240
_ELLIPSIS: Final = "…"


@dataclass(frozen=True)
class Segment:
    """A piece of a text, and whether it is a hit."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True)
class Snippet:
    """A text in which something was found; its segments make up the text, or a part of a long one."""

    field: Field
    language: str
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The text without marks."""
        return "".join(one.text for one in self.segments)


def marked_texts(columns: Sequence[str], languages: Sequence[Sequence[str]]) -> list[Snippet]:
    """
    Give the texts of a document in which something was found, whole; those with the most hits first in each field.

    Args:
        columns: The texts of each field as the index marks them, one on a line.
        languages: The language of each.
    """
    found = []
    for field, column, tags in zip(Field, columns, languages, strict=True):
        lines = [Snippet(field, tag, _segments(line)) for line, tag in zip(column.split("\n"), tags, strict=False)]
        hits = [line for line in lines if any(one.is_hit for one in line.segments)]
        found += sorted(hits, key=lambda line: -sum(one.is_hit for one in line.segments))
    return found


def shortened(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Cut a long text around its first hit, at blanks where there are any near."""
    text = "".join(one.text for one in segments)
    if len(text) <= _LONGEST:
        return segments
    first = next((place for place, one in enumerate(segments) if one.is_hit), 0)
    begin = max(0, sum(len(one.text) for one in segments[:first]) - _BEFORE)
    begin = max(begin, text.rfind(" ", 0, begin + 1) + 1) if begin else 0
    kept = tuple(_window(segments, begin, begin + _LONGEST))
    before = (Segment(_ELLIPSIS),) if begin else ()
    after = (Segment(_ELLIPSIS),) if begin + _LONGEST < len(text) else ()
    return (*before, *kept, *after)


def _segments(line: str) -> tuple[Segment, ...]:
    pieces = _MARKED.split(together(line))
    return tuple(Segment(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece)


def _window(segments: tuple[Segment, ...], begin: int, end: int) -> list[Segment]:
    kept, place = [], 0
    for one in segments:
        text = one.text[max(0, begin - place) : max(0, end - place)]
        place += len(one.text)
        if text:
            kept.append(Segment(text, one.is_hit))
    return kept

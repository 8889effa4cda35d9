"""
Lines of a text: where they begin, and on which one a place is.

A line ends with LF, CR or both, as in XML; the other characters at which ``str.splitlines`` cuts do not count.

Source: RDF 1.1 Turtle, section 6.2 (white space); XML 1.0, section 2.11 (ends of lines).
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

__all__ = ["LINE_END", "line_and_column", "line_starts", "position"]

LINE_END: Final = re.compile(r"\r\n|\n|\r")
"""What ends a line."""


def line_starts(text: str) -> list[int]:
    r"""
    Give the place at which each line begins, counted in characters from 0.

    >>> line_starts("one\r\ntwo\n")
    [0, 5, 9]

    Args:
        text: The content of a file.
    """
    return [0, *(found.end() for found in LINE_END.finditer(text))]


def line_and_column(text: str, place: int) -> tuple[int, int]:
    """
    Give the line and the column, from 1, of a place.

    Args:
        text: The content of a file.
        place: The place, counted in characters from 0.
    """
    return position(line_starts(text), place)


def position(starts: Sequence[int], place: int) -> tuple[int, int]:
    """
    Give the line and the column, from 1, of a place in a text whose lines are known, for whoever asks often.

    Args:
        starts: Where the lines of the text begin, as :func:`line_starts` gives them.
        place: The place, counted in characters from 0.
    """
    line = bisect_right(starts, place)
    return line, place - starts[line - 1] + 1

"""
An RDF file as text, whether it parses or not: where its strings, IRIs, comments and prefixes stand.

Source: RDF 1.1 Turtle, section 6.5 (terminals).
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from kg.findings import Location
from kg.text_lines import line_starts, position

__all__ = ["Declaration", "SourceReading"]

_TURTLE: Final = {".nq", ".nt", ".trig", ".ttl"}
_PIECE: Final = re.compile(
    r"""
      (?P<comment> \#[^\r\n]*+ )
    | (?P<iri>     < [^<>"\s]*+ > )
    | (?P<string>  \"{3} (?: [^"\\]++ | \\. | "{1,2} (?!") )*+ \"{3}
                 | '{3} (?: [^'\\]++ | \\. | '{1,2} (?!') )*+ '{3}
                 | " (?: [^"\\\r\n]++ | \\. )*+ " | ' (?: [^'\\\r\n]++ | \\. )*+ ' )
    | (?P<escape>  \\. )
    """,
    re.VERBOSE | re.DOTALL,
)
_DECLARATION: Final = re.compile(r"(?:@prefix|(?<![\w:.@\\%-])(?i:prefix))\s+(?P<name>[^\s:<]*):\s*")


@dataclass(frozen=True)
class Declaration:
    """A prefix, without its colon, the IRI that it stands for as the file writes it, and where its name stands."""

    prefix: str
    namespace: str
    start: int


@dataclass(frozen=True)
class SourceReading:
    """What a file says, letter by letter; ``is_parsed`` tells whether it is well-formed."""

    path: str
    content: bytes
    is_parsed: bool

    @cached_property
    def text(self) -> str:
        """Its text; what is no UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    @property
    def is_turtle(self) -> bool:
        """Tell whether it is well-formed Turtle or a format of its family, so that its pieces can be told apart."""
        return self.is_parsed and PurePosixPath(self.path).suffix in _TURTLE

    @cached_property
    def pieces(self) -> tuple[re.Match[str], ...]:
        """The strings, IRIs, comments and escapes, which are the groups of the matches; none but of Turtle."""
        return tuple(_PIECE.finditer(self.text)) if self.is_turtle else ()

    @cached_property
    def code(self) -> str:
        """The text with blanks in the place of its pieces: names, marks, numbers and language tags."""
        parts, end = [], 0
        for piece in self.pieces:
            parts += [self.text[end : piece.start()], " " * (piece.end() - piece.start())]
            end = piece.end()
        return "".join((*parts, self.text[end:])) if self.is_turtle else ""

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The prefixes, in the order in which they are declared."""
        found = []
        for declared in _DECLARATION.finditer(self.code):
            iri = _PIECE.search(self.text, declared.end("name"))
            found.append(Declaration(declared["name"], iri[0][1:-1] if iri else "", declared.start("name")))
        return tuple(found)

    def location(self, place: int) -> Location:
        """Give the line and column of a place that counts characters from 0."""
        return Location(self.path, *position(self._line_starts, place))

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.text)

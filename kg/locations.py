"""
Which line of a Turtle file states a triple.

The reader keeps the place of each triple that it reads, and trusts that the text is well-formed: the engine has
parsed it before. N-Triples is Turtle too.

Source: RDF 1.1 Turtle, sections 2 and 6.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from kg.namespaces import PREFIXES

__all__ = ["Statement", "locate_statements"]

_TOKEN: Final = re.compile(
    r"""
      (?P<space>   [ \t\r\n]+ | \#[^\r\n]* )
    | (?P<iri>     < [^<>"\s]* > )
    | (?P<string>  \"{3} (?: \"{0,2} (?: [^"\\] | \\. ) )* \"{3} | '{3} (?: '{0,2} (?: [^'\\] | \\. ) )* '{3}
                 | " (?: [^"\\\r\n] | \\. )* " | ' (?: [^'\\\r\n] | \\. )* ' )
    | (?P<prefix>  @prefix\b | PREFIX(?=\s) )
    | (?P<base>    @base\b | BASE(?=\s) )
    | (?P<tag>     @ [A-Za-z]+ (?: - [A-Za-z0-9]+ )* | \^\^ )
    | (?P<number>  [+-]? (?: [0-9]+ (?: \.[0-9]+ )? | \.[0-9]+ ) (?: [eE] [+-]? [0-9]+ )? (?![\w:]) )
    | (?P<name>    (?: \w (?: [\w.\-]* [\w\-] )? )? :
                   (?: (?: [\w:%] | \\. ) (?: (?: [\w.:%\-] | \\. )* (?: [\w:%\-] | \\. ) )? )? )
    | (?P<word>    \w+ )
    | (?P<mark>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_TYPE: Final = PREFIXES["rdf"] + "type"


@dataclass(frozen=True)
class Statement:
    """
    One triple as far as it can be told by IRIs, and the lines, from 1, on which its parts stand.

    ``subject`` and ``value`` are IRIs, the label of a blank node, or for a literal its text as it stands in the file.
    """

    subject: str
    predicate: str
    value: str
    subject_line: int
    predicate_line: int
    value_line: int


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def locate_statements(text: str, base_iri: str) -> Iterator[Statement]:
    r"""
    Read the triples of a well-formed Turtle text with the lines that state them.

    >>> text = "<http://a.example/s> a <http://a.example/C> ,\n  <http://a.example/D> ."
    >>> [statement.value_line for statement in locate_statements(text, "")]
    [1, 2]

    Args:
        text: The content of a file.
        base_iri: What relative IRIs are resolved against.

    Returns:
        The statements in the order in which they end; the cells of a list are left out, its members are given the
        subject and predicate of the list.
    """
    return _Reader(text, base_iri).statements()


class _Reader:
    """Walks over the tokens of one text."""

    def __init__(self, text: str, base_iri: str) -> None:
        self._tokens = _tokens(text)
        self._token = next(self._tokens)
        self._base = base_iri
        self._prefixes: dict[str, str] = {}
        self._blank_nodes = 0

    def statements(self) -> Iterator[Statement]:
        while self._token.kind != "end":
            if self._token.kind in {"prefix", "base"}:
                self._read_directive()
            else:
                line = self._token.line
                subject, inner = self._read_term()
                yield from inner
                yield from self._read_predicates(subject, line)
            if self._token.text == ".":
                self._next()

    def _next(self) -> _Token:
        token, self._token = self._token, next(self._tokens)
        return token

    def _read_directive(self) -> None:
        if self._next().kind == "prefix":
            name = self._next().text
            self._prefixes[name[:-1]] = self._resolved(self._next())
        else:
            self._base = self._resolved(self._next())

    def _read_predicates(self, subject: str, subject_line: int) -> Iterator[Statement]:
        """Read predicates and their values up to the end of the statement or of the brackets."""
        while self._token.text not in {".", "]"} and self._token.kind != "end":
            token = self._next()
            if token.text == ";":
                continue
            predicate = _TYPE if token.text == "a" else self._resolved(token)
            yield from self._read_values(subject, subject_line, predicate, token.line)

    def _read_values(self, subject: str, subject_line: int, predicate: str, predicate_line: int) -> Iterator[Statement]:
        closing = {";", ".", "]"}
        depth = 0  # of the lists around the value
        while depth or (self._token.text not in closing and self._token.kind != "end"):
            if self._token.text in {"(", ")", ","}:
                depth += {"(": 1, ")": -1, ",": 0}[self._next().text]
                continue
            line = self._token.line
            value, inner = self._read_term()
            yield Statement(subject, predicate, value, subject_line, predicate_line, line)
            yield from inner

    def _read_term(self) -> tuple[str, list[Statement]]:
        """Read one subject or value, and what its brackets state of it."""
        token = self._next()
        if token.text == "[":
            self._blank_nodes += 1
            label = f"_:line{token.line}n{self._blank_nodes}"
            inner = list(self._read_predicates(label, token.line))
            self._next()
            return label, inner
        if token.kind == "string":
            return token.text + self._read_tag(), []
        return (self._resolved(token) if token.kind in {"iri", "name"} else token.text), []

    def _read_tag(self) -> str:
        """Read the language tag or datatype behind a string."""
        if self._token.kind != "tag":
            return ""
        tag = self._next().text
        return tag if tag.startswith("@") else tag + f"<{self._resolved(self._next())}>"

    def _resolved(self, token: _Token) -> str:
        if token.kind == "iri":
            iri = _unescaped(token.text[1:-1])
            return iri if _ABSOLUTE.match(iri) else urljoin(self._base, iri)  # urljoin drops a "#" at the end
        prefix, _, local = token.text.partition(":")
        if prefix == "_":
            return token.text
        return self._prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)


def _tokens(text: str) -> Iterator[_Token]:
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "mark"
        if kind != "space":
            yield _Token(kind, found[0], bisect_right(starts, found.start()))
    while True:
        yield _Token("end", "", len(starts))


def _unescaped(iri: str) -> str:
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda found: chr(int(found[1] or found[2], 16)), iri)

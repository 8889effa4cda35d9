"""Turtle in awkward layouts, with what it states and where: every draw of a seed is another text."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

__all__ = ["Layout", "line_and_column"]

_SPACES = (
    *(" ", "  ", "\n", "\r\n", "\n\n", "\t", "\r"),
    *(" # <a:s> <a:p> 'no statement' .\n", '# """\r\n', "#\n", "\n# a . ; , ] ) [\n  "),
)
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LITERALS = (
    ("1", Literal("1", datatype=NamedNode(_XSD + "integer"))),
    ("-01", Literal("-01", datatype=NamedNode(_XSD + "integer"))),
    ("+.5", Literal("+.5", datatype=NamedNode(_XSD + "decimal"))),
    ("1.e-5", Literal("1.e-5", datatype=NamedNode(_XSD + "double"))),
    ("true", Literal("true", datatype=NamedNode(_XSD + "boolean"))),
    ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', Literal("1", datatype=NamedNode(_XSD + "integer"))),
    ('"x"@en-GB', Literal("x", language="en-gb")),
    ("'a \\' # . \\u00e9 \\U0001F600'", Literal("a ' # . é 😀")),
    ("''", Literal("")),
    ('""', Literal("")),
    (
        '"""two\nlines "" and \\""" ; # no comment\r\n."""@de',
        Literal('two\nlines "" and """ ; # no comment\r\n.', language="de"),
    ),
    ("'''it''s\r\n'''", Literal("it''s\r\n")),
    ('"<a:b> a <a:c> ."', Literal("<a:b> a <a:c> .")),
    ('"[ ( \\\\"', Literal("[ ( \\")),
)


@dataclass
class Layout:
    """
    A text that is put together at random.

    ``text`` is well-formed Turtle; ``stated`` holds a row for each triple: its terms, None for a blank node without a
    label, and the offsets of its three tokens. ``comments`` counts the comments.
    """

    seed: int
    redefines: bool = True
    text: str = ""
    stated: list[tuple[str | None, str, str | None, int, int, int]] = field(default_factory=list)
    namespaces: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        for prefix in ("a", "", "b.c", "é"):
            self._declare(prefix)
        for _ in range(self._random.randint(1, 6)):
            if self.redefines and self._random.random() < 0.3:
                self._declare(self._random.choice(list(self.namespaces)))
            self._statement()
        self.text += self._random.choice(["", *_SPACES])

    def _declare(self, prefix: str) -> None:
        namespace = f"http://{len(self.text)}.example/"
        if self._random.random() < 0.5:
            for token in ("@prefix", prefix + ":", f"<{namespace}>", "."):
                self._put(token)
        else:
            for token in (self._random.choice(["PREFIX", "prefix"]), prefix + ":", f"<{namespace}>"):
                self._put(token)
        self.namespaces[prefix] = namespace

    def _put(self, token: str) -> int:
        """Write a token, and before it whatever may stand there; gives its offset."""
        last = self.text[-1:]
        tight = token in {";", ",", "]", ")", "["} and last in '>";,([])'
        if self.text and not (tight and self._random.random() < 0.5):
            self.text += "".join(self._random.choice(_SPACES) for _ in range(self._random.choice([1, 1, 1, 2])))
        start = len(self.text)
        self.text += token
        return start

    def _statement(self) -> None:
        kind = self._random.random()
        if kind < 0.6:
            subject, offset = self._iri()
        elif kind < 0.7:
            label = self._random.choice(["x", "x.y", "0", "é"])
            subject, offset = "_:" + label, self._put("_:" + label)
        elif kind < 0.9:
            subject, offset = None, self._brackets(depth=2)
        else:
            subject, offset = self._list(depth=2)
        self._predicates(subject, offset, depth=3)
        self._put(".")

    def _predicates(self, subject: str | None, offset: int, depth: int) -> None:
        for number in range(self._random.randint(1, 3)):
            if number:
                for _ in range(self._random.choice([1, 1, 2])):
                    self._put(";")
            predicate, place = (_RDF + "type", self._put("a")) if self._random.random() < 0.2 else self._iri()
            for index in range(self._random.choice([1, 1, 2, 3])):
                if index:
                    self._put(",")
                row = len(self.stated)
                value, value_place = self._value(depth - 1)
                self.stated.insert(row, (subject, predicate, value, offset, place, value_place))
        for _ in range(self._random.choice([0, 0, 1, 2])):
            self._put(";")

    def _value(self, depth: int) -> tuple[str | None, int]:
        kind = self._random.random()
        if depth and kind < 0.2:
            return None, self._brackets(depth)
        if depth and kind < 0.35:
            return self._list(depth)
        if kind < 0.45:
            return "_:x", self._put("_:x")
        if kind < 0.7:
            return self._iri()
        source, literal = self._random.choice(_LITERALS)
        return str(literal), self._put(source)

    def _brackets(self, depth: int) -> int:
        offset = self._put("[")
        if self._random.random() < 0.8:
            self._predicates(None, offset, depth)
        self._put("]")
        return offset

    def _list(self, depth: int) -> tuple[str | None, int]:
        offset = self._put("(")
        cell = offset
        members = self._random.choice([0, 1, 2, 3])
        for index in range(members):
            value, place = self._value(depth - 1)
            if index:
                self.stated.append((None, _RDF + "rest", None, cell, place, place))
                cell = place
            self.stated.append((None, _RDF + "first", value, cell, place, place))
        end = self._put(")")
        if members:
            self.stated.append((None, _RDF + "rest", _RDF + "nil", cell, end, end))
        return (None if members else _RDF + "nil"), offset

    def _iri(self) -> tuple[str, int]:
        prefix = self._random.choice(list(self.namespaces))
        local, meant = self._random.choice(
            [
                ("s", "s"),
                ("", ""),
                ("x.y", "x.y"),
                ("a\\-b\\,c", "a-b,c"),
                ("%41:", "%41:"),
                ("é·1", "é·1"),
                ("0:z", "0:z"),
            ]
        )
        if self._random.random() < 0.7:
            return self.namespaces[prefix] + meant, self._put(f"{prefix}:{local}")
        source, iri = self._random.choice(
            [
                ("<http://i.example/\\u00e9#>", "http://i.example/é#"),
                ("<#z>", "http://base.example/d/f#z"),
                ("<../x;y?z>", "http://base.example/x;y?z"),
                ("<>", "http://base.example/d/f"),
            ]
        )
        return iri, self._put(source)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column of a place, counted the slow way."""
    lines: Sequence[str] = re.split(r"\r\n|\r|\n", text[:offset])
    return len(lines), len(lines[-1]) + 1

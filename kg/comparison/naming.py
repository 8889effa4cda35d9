"""Terms and nested values as people read them, in the manner of Turtle."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Postfix, Prefix

from kg.comparison.model import GraphName, Value
from kg.comparison.statements import TYPE
from kg.namespaces import PREFIXES, compact_iri, compact_iris
from kg.terms import DefaultGraph, Literal, NamedNode, Term

__all__ = ["Naming", "around_change"]

_LONGEST_TEXT: Final = 600
_CONTEXT: Final = 40
"""How many characters around the changed part of a long text are shown."""
_BARE: Final = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "boolean", "double")}
_BARE_FORM: Final = re.compile(r"true|false|[+-]?[0-9]+(\.[0-9]+)?")
_STRING: Final = PREFIXES["xsd"] + "string"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class Naming:
    """How things are named: the prefixes, and the path of the file of each named graph that is one."""

    prefixes: Mapping[str, str]
    files: Mapping[str, str]

    def term(self, term: Term) -> str:
        """Write a term, a text that is very long with its beginning only."""
        if isinstance(term, NamedNode):
            return compact_iri(term.value, self.prefixes)
        if isinstance(term, Literal):
            return self._literal(term)
        return str(term)

    def predicate(self, predicate: NamedNode) -> str:
        """Write a predicate."""
        return "a" if predicate == TYPE else self.term(predicate)

    def value(self, value: Value) -> str:
        """Write a value with all that hangs on it, on one line."""
        if value.items is not None:
            return f"( {' '.join(self.value(item) for item in value.items)} )"
        if value.statements is not None:
            inside = " ; ".join(f"{self.predicate(predicate)} {self.value(one)}" for predicate, one in value.statements)
            return f"[ {inside} ]"
        return self.term(value.term)

    def graph(self, name: GraphName) -> str:
        """Name a graph, by its file if it has one."""
        if isinstance(name, DefaultGraph):
            return "the default graph"
        return self.files.get(name.value) or self.term(name)

    def graphs(self, names: Iterable[GraphName]) -> str:
        """Name some graphs."""
        return ", ".join(self.graph(name) for name in names)

    def text(self, text: str) -> str:
        """Shorten the IRIs in a text, such as a row of an answer."""
        return compact_iris(text, self.prefixes)

    def _literal(self, term: Literal) -> str:
        datatype = term.datatype.value
        if datatype in _BARE and _BARE_FORM.fullmatch(term.value):
            return term.value
        cut = len(term.value) > _LONGEST_TEXT
        shown = f'"{_printable(term.value[:_LONGEST_TEXT])}{"…" if cut else ""}"'
        if term.language:
            shown += f"@{term.language}"
        elif datatype != _STRING:
            shown += f"^^{self.term(term.datatype)}"
        return f"{shown} ({len(term.value):,} characters)" if cut else shown


def around_change(old: Value, new: Value) -> tuple[Value, Value]:
    """Cut two long texts to the parts in which they differ, with some words around them."""
    one, other = old.term, new.term
    if not (isinstance(one, Literal) and isinstance(other, Literal)):
        return old, new
    head = Prefix.similarity(one.value, other.value)
    tail = Postfix.similarity(one.value[head:], other.value[head:])
    return Value(_cut(one, head, tail)), Value(_cut(other, head, tail))


def _cut(term: Literal, head: int, tail: int) -> Literal:
    text = term.value
    start = head - _CONTEXT
    end = len(text) - tail + _CONTEXT
    start = text.rfind(" ", 0, start) + 1 if start > _CONTEXT else 0
    space = text.find(" ", end)
    end = space if end < len(text) - _CONTEXT and space >= 0 else len(text)
    shown = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    if term.language:
        return Literal(shown, language=term.language)
    return Literal(shown, datatype=term.datatype)


def _printable(text: str) -> str:
    escaped = text.translate(_ESCAPES)
    return "".join(character if character.isprintable() else f"\\u{ord(character):04X}" for character in escaped)

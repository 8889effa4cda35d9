"""
The triples of a Turtle, TriG, N-Triples or N-Quads text, each with the places of its parts.

The reader trusts that the text is well-formed: the engine has parsed it before. It needs no recursion, so brackets may
be nested to any depth.

Source: RDF 1.1 Turtle, sections 2, 6 and 7; RDF 1.1 TriG, section 2; RDF 1.2 Turtle, sections 2.9 to 2.11.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.terms import BaseDirection, BlankNode, Literal, NamedNode, Term, Triple, prefixed
from kg.turtle.iris import resolve_iri
from kg.turtle.tokens import Token, tokens

__all__ = ["Statement", "locate_statements", "unescaped"]

_TYPE: Final = prefixed("rdf:type")
_FIRST: Final = prefixed("rdf:first")
_REST: Final = prefixed("rdf:rest")
_NIL: Final = prefixed("rdf:nil")
_REIFIES: Final = prefixed("rdf:reifies")
_BOOLEAN: Final = prefixed("xsd:boolean")
_INTEGER, _DECIMAL, _DOUBLE = map(prefixed, ("xsd:integer", "xsd:decimal", "xsd:double"))
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")


class Statement(NamedTuple):
    """
    One triple, the name of its graph if the text gives one, and the tokens that state it.

    Blank nodes have labels of the reader's own, in the order of their first occurrence. The token of a blank node in
    brackets is its ``[``, of a list its ``(``, of a triple term its ``<<``; the cells of a list stand at its members.
    """

    subject: Term
    predicate: NamedNode
    value: Term
    graph: Term | None
    subject_token: Token
    predicate_token: Token
    value_token: Token


@dataclass(slots=True)
class _Frame:
    """What is read between a pair of brackets, or from one full stop to the next."""

    kind: str
    token: Token
    subject: Term | None = None
    subject_token: Token | None = None
    predicate: NamedNode | None = None
    predicate_token: Token | None = None
    value: Term | None = None
    reifier: Term | None = None


def locate_statements(text: str, base_iri: str) -> Iterator[Statement]:
    r"""
    Read the triples of a well-formed text with the places that state them.

    >>> text = "<http://a.example/s> a <http://a.example/C> ,\n  <http://a.example/D> ."
    >>> [statement.value_token.line for statement in locate_statements(text, "")]
    [1, 2]

    Args:
        text: The content of a file.
        base_iri: What relative IRIs are resolved against.

    Returns:
        The statements in the order in which their values begin.
    """
    return _Reader(text, base_iri).statements()


def unescaped(text: str) -> str:
    """Resolve the escapes of a string or an IRI."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    number = found[1] or found[2]
    return chr(int(number, 16)) if number else _ESCAPES.get(found[3], found[0])


class _Reader:
    """Walks over the tokens of one text."""

    def __init__(self, text: str, base_iri: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._token = next(self._tokens, None)
        self._base = base_iri
        self._prefixes: dict[str, str] = {}
        self._names: dict[str, NamedNode] = {}
        self._labels: dict[str, BlankNode] = {}
        self._blank_nodes = 0
        self._graph: Term | None = None
        self._stack: list[_Frame] = []
        self._statements: list[Statement] = []
        self._marks = {
            ".": self._end_statement,
            ",": self._end_value,
            ";": self._end_values,
            "[": self._open_brackets,
            "]": self._close,
            "(": self._open_list,
            ")": self._close_list,
            "{": self._open_graph,
            "}": self._close_graph,
            "<<(": self._open_triple,
            ")>>": self._close_triple,
            "<<": self._open_triple,
            ">>": self._close_triple,
            "~": self._read_reifier,
            "{|": self._open_annotation,
            "|}": self._close,
        }

    def statements(self) -> Iterator[Statement]:
        while self._token is not None:
            token = self._next()
            if not self._stack:
                self._stack = [_Frame("statement", token)]
            if token.kind == "mark":
                self._marks.get(token.text, self._end_value)(token)
            elif token.kind == "at" or token.text.upper() in {"PREFIX", "BASE", "VERSION"}:
                self._read_directive(token)
            elif token.kind != "word" or token.text in {"a", "true", "false"}:
                self._accept(*self._term(token))
            if not self._stack:
                yield from self._statements
                self._statements.clear()
        yield from self._statements

    def _next(self) -> Token:
        """Take a token; behind the last one, it again."""
        token = self._token
        self._token = next(self._tokens, None)
        if token is None:
            raise ValueError("the text ends too early")
        return token

    def _read_directive(self, token: Token) -> None:
        kind = token.text.strip("@").upper()
        if kind == "PREFIX":
            name = self._next().text
            self._prefixes[name[:-1]] = self._iri(self._next().text)
            self._names.clear()
        elif kind == "BASE":
            self._base = self._iri(self._next().text)
        else:
            self._next()
        if token.kind != "at":
            self._stack.clear()

    def _term(self, token: Token) -> tuple[Term, Token]:
        """Read a term that has no brackets."""
        text = token.text
        if token.kind == "name":
            return self._name(text), token
        if token.kind == "iri":
            return NamedNode(self._iri(text)), token
        if token.kind == "blank":
            if text not in self._labels:
                self._labels[text] = self._blank_node()
            return self._labels[text], token
        if token.kind == "string":
            return self._literal(token)
        if token.kind == "number":
            datatype = _DOUBLE if "e" in text or "E" in text else _DECIMAL if "." in text else _INTEGER
            return Literal(text, datatype=datatype), token
        return _TYPE if text == "a" else Literal(text, datatype=_BOOLEAN), token

    def _literal(self, token: Token) -> tuple[Literal, Token]:
        """Read a string and the language tag or datatype behind it."""
        quotes = 3 if token.text[:3] in {'"""', "'''"} else 1
        value = unescaped(token.text[quotes:-quotes])
        last = self._token
        if last is None or not (last.kind == "at" or last.text == "^^"):
            return Literal(value), token
        self._next()
        if last.kind == "at":
            language, _, direction = last.text[1:].partition("--")
            literal = Literal(value, language=language, direction=BaseDirection(direction) if direction else None)
        else:
            last = self._next()
            literal = Literal(value, datatype=NamedNode(self._iri(last.text)))
        return literal, token._replace(kind="literal", text=self._text[token.start : last.end])

    def _name(self, text: str) -> NamedNode:
        found = self._names.get(text)
        if found is None:
            prefix, _, local = text.partition(":")
            found = NamedNode(self._prefixes.get(prefix, "") + _LOCAL_ESCAPE.sub(r"\1", local))
            self._names[text] = found
        return found

    def _iri(self, text: str) -> str:
        if not text.startswith("<"):
            return self._name(text).value
        return resolve_iri(unescaped(text[1:-1]), self._base)

    def _blank_node(self) -> BlankNode:
        self._blank_nodes += 1
        return BlankNode(f"n{self._blank_nodes}")

    def _accept(self, term: Term, token: Token) -> None:
        """Put a term where the frame has the next place for one."""
        frame = self._stack[-1]
        if frame.kind == "list":
            self._add_member(frame, term, token)
        elif frame.subject is None:
            frame.subject, frame.subject_token = term, token
        elif frame.predicate is None and isinstance(term, NamedNode):
            frame.predicate, frame.predicate_token = term, token
        elif frame.value is None:
            frame.value = term
            if frame.kind in {"statement", "brackets"}:
                self._add(frame, term, token)
        else:  # N-Quads has the name of the graph behind the value
            self._statements[-1] = self._statements[-1]._replace(graph=term)

    def _add(self, frame: _Frame, value: Term, token: Token) -> None:
        subject, predicate = frame.subject, frame.predicate
        if subject is None or predicate is None:
            raise ValueError(f"a statement without subject or predicate: line {token.line}")
        places = frame.subject_token or token, frame.predicate_token or token, token
        self._statements.append(Statement(subject, predicate, value, self._graph, *places))

    def _add_member(self, frame: _Frame, term: Term, token: Token) -> None:
        if frame.value is not None:
            cell = self._blank_node()
            self._add(_Frame("list", token, frame.subject, frame.subject_token, _REST, token), cell, token)
            frame.subject, frame.subject_token = cell, token
        frame.value = term
        self._add(_Frame("list", token, frame.subject, frame.subject_token, _FIRST, token), term, token)

    def _end_statement(self, _: Token) -> None:
        self._stack.clear()

    def _end_value(self, _: Token) -> None:
        self._stack[-1].value = None

    def _end_values(self, _: Token) -> None:
        self._stack[-1].value = self._stack[-1].predicate = None

    def _open_brackets(self, token: Token) -> None:
        node = self._blank_node()
        self._accept(node, token)
        self._stack.append(_Frame("brackets", token, node, token))

    def _close(self, _: Token) -> None:
        self._stack.pop()

    def _open_list(self, token: Token) -> None:
        if self._token is not None and self._token.text == ")":
            self._next()
            self._accept(_NIL, token)
            return
        node = self._blank_node()
        self._accept(node, token)
        self._stack.append(_Frame("list", token, node, token))

    def _close_list(self, token: Token) -> None:
        frame = self._stack.pop()
        self._add(_Frame("list", token, frame.subject, frame.subject_token, _REST, token), _NIL, token)

    def _open_graph(self, _: Token) -> None:
        self._graph = self._stack[-1].subject
        self._stack.clear()

    def _close_graph(self, _: Token) -> None:
        self._graph = None
        self._stack.clear()

    def _open_triple(self, token: Token) -> None:
        self._stack.append(_Frame("triple" if token.text == "<<(" else "reified", token))

    def _close_triple(self, _: Token) -> None:
        frame = self._stack.pop()
        if frame.kind == "triple":
            self._accept(_triple(frame), frame.token)
            return
        reifier = frame.reifier or self._blank_node()
        self._accept(reifier, frame.token)
        self._reify(reifier, _triple(frame), frame.token)

    def _read_reifier(self, token: Token) -> None:
        """Read what names the triple before it, such as ``~ _:r``."""
        frame, following = self._stack[-1], self._token
        if following is not None and following.kind in {"iri", "name", "blank"}:
            frame.reifier, token = self._term(self._next())
        else:
            frame.reifier = self._blank_node()
            if following is not None and following.text == "[":
                self._next()
                self._next()
        if frame.kind != "reified":
            self._reify(frame.reifier, _triple(frame), token)

    def _open_annotation(self, token: Token) -> None:
        frame = self._stack[-1]
        node = frame.reifier
        if node is None:
            node = self._blank_node()
            self._reify(node, _triple(frame), token)
        frame.reifier = None
        self._stack.append(_Frame("brackets", token, node, token))

    def _reify(self, reifier: Term, triple: Triple, token: Token) -> None:
        self._add(_Frame("statement", token, reifier, token, _REIFIES, token), triple, token)


def _triple(frame: _Frame) -> Triple:
    if not isinstance(frame.subject, NamedNode | BlankNode) or frame.predicate is None or frame.value is None:
        raise ValueError(f"a triple term without its three parts: line {frame.token.line}")
    return Triple(frame.subject, frame.predicate, frame.value)

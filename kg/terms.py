"""
Text from outside to an RDF term of a declared type, or a clear refusal.

Source: RDF 1.1 Concepts, sections 3.2 and 3.3; XML Schema 1.1 Part 2 for the lexical forms.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from pyoxigraph import BaseDirection, BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.errors import TermSyntaxError
from kg.namespaces import expand_iri

__all__ = [
    "TERM_TYPES",
    "BaseDirection",
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Quad",
    "Term",
    "Triple",
    "in_graph",
    "parse_term",
    "plain",
    "prefixed",
]

Term = NamedNode | BlankNode | Literal | Triple
"""What can stand in a triple."""

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_LANGUAGE_TAGGED = re.compile(r"(?P<words>.*)@(?P<language>[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)", re.DOTALL)

TERM_TYPES: Final[dict[str, str]] = {
    "iri": "https://example.org/id/source/7",
    "string": "any text",
    "langString": "some words@en",
    "boolean": "true",
    "integer": "7",
    "decimal": "2.5",
    "date": "2025-01-31",
    "dateTime": "2025-01-31T12:00:00Z",
}
"""The types that a text can be read as, each with an example."""


def in_graph(triple: Triple, graph: NamedNode) -> Quad:
    """Give a triple as a quad of a named graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def plain(term: Term) -> str:
    """Give a term as it stands in a finding: an IRI, a label or a text without marks, a triple as in N-Triples."""
    return str(term) if isinstance(term, Triple) else term.value


def prefixed(name: str) -> NamedNode:
    """
    Give a term of a well-known vocabulary.

    >>> str(prefixed("skos:prefLabel"))
    '<http://www.w3.org/2004/02/skos/core#prefLabel>'

    Args:
        name: Its name with one of :data:`kg.namespaces.PREFIXES`.
    """
    return NamedNode(expand_iri(name))


def parse_term(text: str, type_name: str) -> NamedNode | Literal:
    """
    Read a text as an RDF term.

    >>> str(parse_term("2025-01-31", "date"))
    '"2025-01-31"^^<http://www.w3.org/2001/XMLSchema#date>'

    Args:
        text: What came from outside; an IRI is absolute and stands without angle brackets.
        type_name: One of :data:`TERM_TYPES`.

    Raises:
        TermSyntaxError: The text is not in the lexical space of the type.
    """
    try:
        return _READERS[type_name](text)
    except ValueError as error:
        raise TermSyntaxError(text, type_name, TERM_TYPES[type_name]) from error


def _iri(text: str) -> NamedNode:
    _require(not any(character in text for character in ' <>"{}|\\^`') and text.isprintable())
    return NamedNode(text)


def _string(text: str) -> Literal:
    text.encode()  # a lone surrogate is no Unicode text; UnicodeEncodeError is a ValueError
    return Literal(text)


def _language_string(text: str) -> Literal:
    matched = _LANGUAGE_TAGGED.fullmatch(text)
    if not matched:
        raise ValueError
    _string(matched["words"])
    return Literal(matched["words"], language=matched["language"])


def _boolean(text: str) -> Literal:
    _require(text in {"true", "false", "1", "0"})
    return _typed(text, "boolean")


def _integer(text: str) -> Literal:
    _require(_INTEGER.fullmatch(text))
    return _typed(text, "integer")


def _decimal(text: str) -> Literal:
    _require(_DECIMAL.fullmatch(text))
    return _typed(text, "decimal")


def _date(text: str) -> Literal:
    _require(_DATE.fullmatch(text))
    date.fromisoformat(text)
    return _typed(text, "date")


def _date_time(text: str) -> Literal:
    _require(_DATE_TIME.fullmatch(text))
    datetime.fromisoformat(text)
    return _typed(text, "dateTime")


def _typed(text: str, local_name: str) -> Literal:
    return Literal(text, datatype=prefixed(f"xsd:{local_name}"))


def _require(condition: object) -> None:
    if not condition:
        raise ValueError


_READERS: Final[dict[str, Callable[[str], NamedNode | Literal]]] = {
    "iri": _iri,
    "string": _string,
    "langString": _language_string,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "dateTime": _date_time,
}

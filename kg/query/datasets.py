"""
The dataset clause of a query, taken out of its text, so that it can be given to an engine by the protocol.

Source: SPARQL 1.1 Query Language, sections 4.1.1 and 13.2; SPARQL 1.1 Protocol, section 2.1.4.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kg.query.tokens import Token, declared_prefixes, tokens
from kg.turtle import resolve_iri, unescaped

__all__ = ["DatasetClause", "asked_graphs", "split_dataset", "with_base"]

_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class DatasetClause:
    """A query without its dataset clause, and the IRIs of that clause."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def split_dataset(text: str, base_iri: str) -> DatasetClause:
    """
    Take the dataset clause out of a query.

    >>> split_dataset("SELECT * FROM <a> FROM NAMED <b> WHERE { }", "https://example.org/")
    DatasetClause(text='SELECT *   WHERE { }', default_graphs=('https://example.org/a',), \
named_graphs=('https://example.org/b',))

    Args:
        text: A query that parses.
        base_iri: Against which relative IRIs are resolved, if the query has no BASE of its own.
    """
    words, prefixes = list(tokens(text)), declared_prefixes(text)
    base_iri = _base_of(words, base_iri)
    default: list[str] = []
    named: list[str] = []
    kept: list[str] = []
    end = 0
    for place, word in enumerate(words):
        if not word.is_keyword("FROM"):
            continue
        is_named = words[place + 1].is_keyword("NAMED")
        graph = words[place + 1 + is_named]
        (named if is_named else default).append(_iri(graph, prefixes, base_iri))
        kept.append(text[end : word.start])
        end = graph.end
    return DatasetClause("".join([*kept, text[end:]]), tuple(default), tuple(named))


def asked_graphs(text: str, base_iri: str) -> frozenset[str] | None:
    """
    Give the IRIs of the graphs that a query names in its GRAPH patterns; None where a variable may be any graph.

    >>> asked_graphs("PREFIX g: <g#> ASK { GRAPH g:a { ?s ?p ?o } }", "https://example.org/")
    frozenset({'https://example.org/g#a'})
    >>> asked_graphs(r"ASK { GRAPH <caf\u00e9> { ?s ?p ?o } }", "https://example.org/")
    frozenset({'https://example.org/café'})

    Args:
        text: A query that parses.
        base_iri: As for :func:`split_dataset`.
    """
    words, prefixes = list(tokens(text)), declared_prefixes(text)
    base_iri = _base_of(words, base_iri)
    names = [name for keyword, name in pairwise(words) if keyword.is_keyword("GRAPH")]
    if any(name.kind == "variable" for name in names):
        return None
    return frozenset(_iri(name, prefixes, base_iri) for name in names)


def with_base(text: str, base_iri: str) -> str:
    """
    Give a query in which relative IRIs are resolved as :func:`split_dataset` says, whatever engine reads it.

    >>> with_base("ASK { <a> ?p ?o }", "https://example.org/")
    'BASE <https://example.org/> ASK { <a> ?p ?o }'
    """
    for keyword, iri in pairwise(tokens(text)):
        is_absolute = _ABSOLUTE.match(iri.text)
        if keyword.is_keyword("BASE") and is_absolute:
            break  # its own, and Virtuoso takes one only
        if iri.kind == "iri" and not is_absolute:
            return f"BASE <{base_iri}> {text}"
    return text


def _base_of(words: Sequence[Token], base_iri: str) -> str:
    for keyword, iri in pairwise(words):
        if keyword.is_keyword("BASE") and iri.kind == "iri":
            base_iri = _resolved(iri, base_iri)
    return base_iri


def _iri(word: Token, prefixes: dict[str, str], base_iri: str) -> str:
    if word.kind == "iri":
        return _resolved(word, base_iri)
    prefix, _, local = word.text.partition(":")
    return resolve_iri(unescaped(prefixes.get(prefix, "")), base_iri) + local.replace("\\", "")


def _resolved(iri: Token, base_iri: str) -> str:
    return resolve_iri(unescaped(iri.text[1:-1]), base_iri)

"""
Which variables a query can bind.

Source: SPARQL 1.1 Query Language, section 18.2.1 (variable scope); the grammar is the file ``sparql.lark``.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeGuard

from lark import ParseTree, Token, Tree

from kg.query.diagnosis import require_grammar

__all__ = ["bound_variables"]

_PATTERNS: Final = {"data_block", "triples_block"}
"""Parts of which every variable is bound."""
_AS: Final = {"group_condition", "select_clause"}
"""Parts that bind a variable behind an expression."""


@lru_cache(maxsize=256)
def bound_variables(text: str) -> frozenset[str]:
    """
    Give the variables that a pattern, BIND, VALUES, or an expression with AS can bind.

    >>> sorted(bound_variables("SELECT (1 + ?x AS ?y) WHERE { GRAPH ?g { ?s ?p (1 ?o) } FILTER (?z > 1) }"))
    ['g', 'o', 'p', 's', 'y']

    Args:
        text: A query.

    Raises:
        QuerySyntaxError: It is none.
    """
    parts = require_grammar(text).iter_subtrees_topdown()  # type: ignore[no-untyped-call]
    return frozenset(name[1:] for part in parts for name in _bound(part))


def _bound(part: ParseTree) -> Iterator[str]:
    if part.data in _PATTERNS:
        yield from _variables(part.scan_values(_is_token))
    elif part.data == "graph_pattern_not_triples":  # of BIND, or the name that GRAPH or SERVICE gives
        for child in part.children:
            yield from _variables(child.children if _is_part(child, "var_or_iri") else [child])
    elif part.data in _AS:
        yield from _variables(after for before, after in pairwise(part.children) if str(before).upper() == "AS")
    elif part.data == "construct_query" and not any(_is_part(child, "where_clause") for child in part.children):
        yield from _variables(part.scan_values(_is_token))  # CONSTRUCT WHERE: the template is the pattern


def _variables(children: Iterable[object]) -> Iterator[str]:
    return (str(child) for child in children if isinstance(child, Token) and child.type == "VAR")


def _is_part(child: Token | ParseTree, name: str) -> TypeGuard[ParseTree]:
    return isinstance(child, Tree) and child.data == name


def _is_token(value: object) -> bool:
    return isinstance(value, Token)

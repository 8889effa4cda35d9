"""
Triples that follow from others by CONSTRUCT rules, kept in a named graph of their own.

A rule is a file with one CONSTRUCT query over the union of all named graphs; rules see the files, not each other.
"""

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.dataset import fill_store
from kg.errors import InputError, LimitError, QueryHeaderError, RefusedError
from kg.evaluation.solving import solve
from kg.query import read_query
from kg.terms import BlankNode, NamedNode, Quad, in_graph

__all__ = ["derive"]


def derive(quads: Iterable[Quad], rules: Path, graph: NamedNode, *, max_bytes: int) -> tuple[Quad, ...]:
    """
    Apply the rules of a knowledge graph directory.

    Args:
        quads: What the rules are applied to.
        rules: The folder of the rules, one ``.rq`` file each; it may be absent.
        graph: The named graph of what they yield.
        max_bytes: How long the text of a rule may be, in UTF-8.

    Returns:
        The derived quads that are not among the given triples, in order.

    Raises:
        QueryHeaderError: A rule is no CONSTRUCT query, or yields blank nodes.
    """
    store = fill_store(None, quads)
    given = {quad.triple for quad in store}
    derived = {triple for path in sorted(rules.glob("*.rq")) for triple in _apply(store, path, max_bytes)}
    return tuple(sorted((in_graph(triple, graph) for triple in derived - given), key=str))


def _apply(store: ox.Store, path: Path, max_bytes: int) -> list[ox.Triple]:
    name = f"ontology/rules/{path.name}"
    try:
        rule = read_query(path.read_text(encoding="utf-8"), max_bytes=max_bytes)
        triples = solve(store, rule)
    except (OSError, UnicodeDecodeError, InputError, LimitError, RefusedError) as error:
        raise QueryHeaderError(name, f"cannot be applied: {error}") from error
    if not isinstance(triples, ox.QueryTriples):
        raise QueryHeaderError(name, f"a rule is a CONSTRUCT query, found one that answers with a {rule.kind.value}")
    derived = list(triples)
    if any(isinstance(term, BlankNode) for triple in derived for term in triple):
        raise QueryHeaderError(name, "a rule yields IRIs and literals, found blank nodes")
    return derived

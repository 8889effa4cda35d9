"""
Triples that follow from others by CONSTRUCT rules, kept in a named graph of their own.

A rule is a file with one CONSTRUCT query over the union of all named graphs; rules see the files, not each other.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import InputError, LimitError, QueryHeaderError, RefusedError
from kg.evaluation.solving import solve
from kg.query import read_query
from kg.sorting import sort_lines
from kg.stores import quad_lines
from kg.terms import BlankNode, NamedNode, Triple, in_graph

__all__ = ["derive"]


def derive(
    store: ox.Store, facts: Iterable[str], rules: Path, graph: NamedNode, *, max_bytes: int, folder: Path
) -> Iterator[str]:
    """
    Apply the rules of a knowledge graph directory.

    Args:
        store: What the rules are applied to.
        facts: The same in sorted N-Quads.
        rules: The folder of the rules, one ``.rq`` file each; it may be absent.
        graph: The named graph of what they yield.
        max_bytes: How long the text of a rule may be, in UTF-8.
        folder: Where what does not fit in memory is kept meanwhile.

    Returns:
        The derived quads that are not among the given triples, in sorted N-Quads.

    Raises:
        QueryHeaderError: A rule is no CONSTRUCT query, or yields blank nodes.
    """
    derived = (triple for path in sorted(rules.glob("*.rq")) for triple in _apply(store, path, max_bytes))
    lines = sort_lines(quad_lines(in_graph(triple, graph) for triple in derived), folder)
    return _without(lines, facts)


def _without(lines: Iterable[str], given: Iterable[str]) -> Iterator[str]:
    """Leave out of sorted N-Quads the triples that others state, in whatever graph."""
    others = map(_triple, given)
    other = next(others, None)
    for line in lines:
        triple = _triple(line)
        while other is not None and other < triple:
            other = next(others, None)
        if triple != other:
            yield line


def _triple(line: str) -> str:
    """Give a line of N-Quads up to the name of its graph: in this form triples keep the order of their lines."""
    return line[: line.rindex(" ", 0, -3) + 1]


def _apply(store: ox.Store, path: Path, max_bytes: int) -> Iterator[Triple]:
    name = f"ontology/rules/{path.name}"
    try:
        rule = read_query(path.read_text(encoding="utf-8"), max_bytes=max_bytes)
        triples = solve(store, rule)
    except (OSError, UnicodeDecodeError, InputError, LimitError, RefusedError) as error:
        raise QueryHeaderError(name, f"cannot be applied: {error}") from error
    if not isinstance(triples, ox.QueryTriples):
        raise QueryHeaderError(name, f"a rule is a CONSTRUCT query, found one that answers with a {rule.kind.value}")
    for triple in triples:
        if BlankNode in map(type, triple):
            raise QueryHeaderError(name, "a rule yields IRIs and literals, found blank nodes")
        yield triple

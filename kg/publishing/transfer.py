"""
Graphs of an engine, written and read: by the Graph Store Protocol, and by queries and updates where it has none.

Source: SPARQL 1.1 Graph Store HTTP Protocol, section 5; SPARQL 1.1 Update, section 3.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from kg.formats import ResultKind
from kg.remote import Endpoint, GraphChange
from kg.terms import NamedNode

__all__ = [
    "add_to_graph",
    "change_graph",
    "count_triples",
    "graph_triples",
    "read_through",
    "remove_graph",
    "replace_graph",
]

_ADD: Final = "INSERT DATA { GRAPH %s {\n%s} }"
_REMOVE: Final = "DROP SILENT GRAPH %s"
_TAKE_OUT: Final = (
    "DELETE { GRAPH %s { ?subject ?predicate ?object } } WHERE { GRAPH %s { ?subject ?predicate ?object } }"
)
_PUT_IN: Final = "ADD SILENT GRAPH %s TO GRAPH %s"
"""The holes are filled with graphs and with N-Triples, which write themselves."""
_TRIPLES: Final = "SELECT ?subject ?predicate ?object WHERE { ?subject ?predicate ?object }"
_STEP: Final = 1000
_COUNT: Final = "SELECT (COUNT(*) AS ?count) WHERE { ?subject ?predicate ?object }"


def replace_graph(endpoint: Endpoint, graph: str, content: bytes) -> None:
    """
    Replace a graph; it may be sent again.

    Args:
        endpoint: The engine.
        graph: The IRI of the graph.
        content: Its triples in N-Triples.

    Raises:
        EngineError: It was refused, or nobody knows whether it was done.
    """
    if endpoint.addresses.graph_store:
        endpoint.put_graph(graph, content)
    else:
        endpoint.update(f"{_REMOVE} ;\n{_ADD}" % (NamedNode(graph), NamedNode(graph), content.decode()))


def add_to_graph(endpoint: Endpoint, graph: str, content: bytes) -> None:
    """Add triples without blank nodes to a graph, as :func:`replace_graph` replaces one."""
    if endpoint.addresses.graph_store:
        endpoint.post_graph(graph, content)
    else:
        endpoint.update(_ADD % (NamedNode(graph), content.decode()))


def remove_graph(endpoint: Endpoint, graph: str) -> None:
    """Remove a graph; one that is not there is no error."""
    if endpoint.addresses.graph_store:
        endpoint.delete_graph(graph)
    else:
        endpoint.update(_REMOVE % NamedNode(graph))


def change_graph(endpoint: Endpoint, change: GraphChange) -> None:
    """Change a graph by what lies beside it; it may be done again."""
    graph = NamedNode(change.graph)
    if change.removed == change.graph:
        remove_graph(endpoint, change.graph)
    elif change.removed:
        endpoint.update(_TAKE_OUT % (graph, NamedNode(change.removed)))
    if change.added:
        endpoint.update(_PUT_IN % (NamedNode(change.added), graph))


@contextmanager
def graph_triples(
    endpoint: Endpoint, graph: str, advance: Callable[[int], None] = lambda _: None
) -> Iterator[Iterator[str]]:
    """
    Read a graph, however long that takes as long as something comes.

    Args:
        endpoint: The engine.
        graph: The IRI of the graph.
        advance: Is told of each so many triples that they were read.

    Raises:
        EngineError: As :meth:`Endpoint.read_graph` says.
    """
    if endpoint.addresses.graph_store:
        with endpoint.read_graph(graph, whole_seconds=math.inf) as triples:
            yield _counted(map(str, triples), advance)
    else:
        with endpoint.query(_TRIPLES, ResultKind.SOLUTIONS, default_graphs=[graph]) as rows:
            yield _counted((" ".join(map(str, row)) for row in rows), advance)  # type: ignore[union-attr]


def read_through(endpoint: Endpoint, graph: str, advance: Callable[[int], None] = lambda _: None) -> Iterator[str]:
    """Read a graph from its first triple to its last, as :func:`graph_triples` says."""
    with graph_triples(endpoint, graph, advance) as triples:
        yield from triples


def _counted(triples: Iterable[str], advance: Callable[[int], None]) -> Iterator[str]:
    number = 0
    for number, text in enumerate(triples, 1):
        if number % _STEP == 0:
            advance(_STEP)
        yield text
    advance(number % _STEP)


def count_triples(endpoint: Endpoint, graph: str) -> int:
    """Ask how many triples a graph has."""
    with endpoint.query(_COUNT, ResultKind.SOLUTIONS, default_graphs=[graph]) as rows:
        return sum(int(row[0].value) for row in rows)  # type: ignore[union-attr, misc]

"""
Graphs written to an engine: by the Graph Store Protocol, and by updates where an engine does not speak it.

Source: SPARQL 1.1 Graph Store HTTP Protocol, section 5; SPARQL 1.1 Update, section 3.
"""

from typing import Final

from kg.remote import Endpoint
from kg.terms import NamedNode

__all__ = ["add_to_graph", "remove_graph", "replace_graph"]

_ADD: Final = "INSERT DATA { GRAPH %s {\n%s} }"
_REMOVE: Final = "DROP SILENT GRAPH %s"
"""The holes are filled with a graph and with N-Triples, both of which write themselves."""


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

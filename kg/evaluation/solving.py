"""
Ask an open store one query.

What the engine raises is turned into the exceptions of :mod:`kg.errors`; how long it runs is bounded from outside, by
the workers.
"""

from typing import Any

import pyoxigraph as ox

from kg.query import QueryRequest, syntax_error

__all__ = ["solve"]


def solve(
    store: ox.Store, request: QueryRequest, *, base_iri: str | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """
    Ask a store a query; the answer is read lazily, while the store is open.

    Args:
        store: It is only read.
        request: The query and its dataset.
        base_iri: As :func:`answer` says; without one, a relative IRI is an error.

    Raises:
        QuerySyntaxError: The engine does not accept the text.
    """
    options: dict[str, Any] = {"use_default_graph_as_union": not request.has_dataset_clause}
    if request.default_graphs or request.named_graphs:
        options = {
            "default_graph": [ox.NamedNode(iri) for iri in request.default_graphs],
            "named_graphs": [ox.NamedNode(iri) for iri in request.named_graphs],
        }
    try:
        return store.query(request.text, base_iri=base_iri, **options)
    except SyntaxError as error:
        raise syntax_error(request.text, str(error)) from error

"""
Ask an open store one query and write its answer.

This is the only place where the engine meets text from outside. What it raises is turned into the exceptions of
:mod:`kg.errors`; how long it runs and how much it writes is bounded from outside, by the workers.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

import pyoxigraph as ox

from kg.entities import EntityRequest
from kg.errors import QueryEvaluationError
from kg.evaluation.entities import describe_entity
from kg.evaluation.labels import with_labels
from kg.formats import Format, write_graph, write_result
from kg.jsonld import compact_document
from kg.query import QueryRequest, syntax_error

__all__ = ["answer", "solve"]


def answer(
    store: ox.Store,
    request: QueryRequest | EntityRequest | None,
    row: Format,
    output: IO[bytes],
    *,
    base_iri: str,
    prefixes: Mapping[str, str],
) -> None:
    """
    Answer a query from a store, or describe an entity, in a format.

    Args:
        store: It is only read.
        request: The query and its dataset; without one, the default graph is the union of all named graphs. Or an
            entity, or None for all quads.
        row: A format that fits the kind of the answer.
        output: Where the bytes go, as soon as there are any.
        base_iri: Against which the relative IRIs of the query are resolved, if it has no BASE of its own.
        prefixes: Names of namespaces, for the formats that have them.

    Raises:
        QuerySyntaxError: The engine does not accept the text.
        QueryEvaluationError: The query asks for something that cannot be evaluated.
        FormatError: The answer holds something that the format cannot express.
        UnknownEntityError, MergedEntityError: As :func:`kg.evaluation.entities.describe_entity` says.
    """
    try:
        if request is None:
            write_graph(store, row, output, prefixes=prefixes)
        elif isinstance(request, EntityRequest):
            _write_entity(describe_entity(store, request), request, row, output, prefixes)
        else:
            result = solve(store, request, base_iri=base_iri)
            if request.labels and isinstance(result, ox.QuerySolutions):
                result = with_labels(result, store, request.labels)
            write_result(result, row, output, prefixes=prefixes)
    except (RuntimeError, ValueError) as error:
        raise QueryEvaluationError(f"the query cannot be evaluated: {error}") from error


def _write_entity(
    quads: Iterable[ox.Quad], request: EntityRequest, row: Format, output: IO[bytes], prefixes: Mapping[str, str]
) -> None:
    if row.name != "jsonld" or not (request.context and request.context.is_file()):
        write_graph(quads if row.holds_graphs else _once(quads), row, output, prefixes=prefixes)
        return
    expanded = io.BytesIO()
    write_graph(_once(quads), row, expanded, prefixes=prefixes)
    context = json.loads(request.context.read_text(encoding="utf-8"))["@context"]
    output.write(compact_document(expanded.getvalue(), context))


def _once(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Give each statement once, whatever number of named graphs it stands in."""
    return iter(dict.fromkeys(quad.triple for quad in quads))


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

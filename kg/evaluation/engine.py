"""
Ask a source one query and write its answer.

This is the only place where the engine meets text from outside. What it raises is turned into the exceptions of
:mod:`kg.errors`; how long it runs and how much it writes is bounded from outside, by the workers.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

import pyoxigraph as ox

from kg.entities import EntityRequest
from kg.errors import QueryEvaluationError
from kg.evaluation.entities import describe_entity
from kg.evaluation.labels import with_labels
from kg.evaluation.sources import Source
from kg.formats import Format, write_graph, write_result
from kg.jsonld import compact_document
from kg.query import QueryRequest
from kg.terms import Quad, Triple

__all__ = ["answer"]


def answer(
    source: Source,
    request: QueryRequest | EntityRequest | None,
    row: Format,
    output: IO[bytes],
    *,
    prefixes: Mapping[str, str],
) -> None:
    """
    Answer a query from a source, or describe an entity, in a format.

    Args:
        source: It is only read.
        request: The query and its dataset; without one, the default graph is the union of all named graphs. Or an
            entity, or None for all quads.
        row: A format that fits the kind of the answer.
        output: Where the bytes go, as soon as there are any.
        prefixes: Names of namespaces, for the formats that have them.

    Raises:
        QuerySyntaxError: The engine does not accept the text.
        QueryEvaluationError: The query asks for something that cannot be evaluated.
        FormatError: The answer holds something that the format cannot express.
        EngineError: The engine behind us fails.
        UnknownEntityError, MergedEntityError: As :func:`kg.evaluation.entities.describe_entity` says.
    """
    try:
        if request is None:
            with source.quads() as quads:
                write_graph(quads, row, output, prefixes=prefixes)
        elif isinstance(request, EntityRequest):
            with source.settled():
                _write_entity(describe_entity(source, request), request, row, output, prefixes)
        else:
            with source.solve(request) as result:
                if request.labels and isinstance(result, ox.QuerySolutions):
                    result = with_labels(result, source, request.labels)
                write_result(result, row, output, prefixes=prefixes)
    except (RuntimeError, ValueError) as error:
        raise QueryEvaluationError(f"the query cannot be evaluated: {error}") from error


def _write_entity(
    quads: Iterable[Quad], request: EntityRequest, row: Format, output: IO[bytes], prefixes: Mapping[str, str]
) -> None:
    if row.name != "jsonld" or not (request.context and request.context.is_file()):
        write_graph(quads if row.holds_graphs else _once(quads), row, output, prefixes=prefixes)
        return
    expanded = io.BytesIO()
    write_graph(_once(quads), row, expanded, prefixes=prefixes)
    context = json.loads(request.context.read_text(encoding="utf-8"))["@context"]
    output.write(compact_document(expanded.getvalue(), context))


def _once(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Give each statement once, whatever number of named graphs it stands in."""
    return iter(dict.fromkeys(quad.triple for quad in quads))

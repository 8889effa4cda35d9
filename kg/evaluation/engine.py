"""
Ask an open store one query and write its answer, within a bound of size.

This is the only place where the engine meets text from outside. What it raises is turned into the exceptions of
:mod:`kg.errors`; how long it runs is bounded from outside, by :mod:`kg.evaluation.pool`.
"""

import io
from collections.abc import Mapping
from typing import IO, Any

import pyoxigraph as ox

from kg.errors import QueryEvaluationError, ResultTooLargeError
from kg.formats import Format, write_result
from kg.query import QueryRequest, syntax_error

__all__ = ["answer", "solve"]


def answer(
    store: ox.Store, request: QueryRequest, row: Format, *, prefixes: Mapping[str, str], max_bytes: int
) -> bytes:
    """
    Answer a query from a store, in a format.

    Args:
        store: It is only read.
        request: The query and its dataset; without one, the default graph is the union of all named graphs.
        row: A format that fits the kind of the answer.
        prefixes: Names of namespaces, for the formats that have them.
        max_bytes: How large the answer may be.

    Raises:
        QuerySyntaxError: The engine does not accept the text.
        QueryEvaluationError: The query asks for something that cannot be evaluated.
        ResultTooLargeError: The answer is larger than ``max_bytes``.
        FormatError: The answer holds something that the format cannot express.
    """
    output = _BoundedBuffer(max_bytes)
    try:
        write_result(solve(store, request), row, output, prefixes=prefixes)
    except (RuntimeError, ValueError) as error:
        raise QueryEvaluationError(f"the query cannot be evaluated: {error}") from error
    return output.getvalue()


def solve(store: ox.Store, request: QueryRequest) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """
    Ask a store a query; the answer is read lazily, while the store is open.

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
        return store.query(request.text, **options)
    except SyntaxError as error:
        raise syntax_error(request.text, str(error)) from error


class _BoundedBuffer(io.BytesIO, IO[bytes]):
    """Bytes up to a bound; one more is refused."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._max_bytes:
            raise ResultTooLargeError(
                f"the result is larger than {self._max_bytes} bytes: add a LIMIT or ask for less",
                result_bytes=self._max_bytes,
            )
        return super().write(data)

"""
What an engine holds, compared with what a release states: as a stream, and where they differ, triple by triple.

Source: RDF 1.1 Concepts, section 3.6 (graph comparison).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Final, Protocol

from kg.errors import EngineAnswerError, PublicationDiffersError
from kg.publishing.differences import Differences, Triples
from kg.publishing.fingerprints import Fingerprint, fingerprint
from kg.publishing.transfer import count_triples, graph_triples, read_through
from kg.remote import Endpoint

__all__ = ["Watcher", "compare_graph"]

_EXAMPLES: Final = 3


class Watcher(Protocol):
    """Whoever wants to know how far it is."""

    def tell(self, remark: str) -> None:
        """Take a remark."""

    def watch(self, step: str, triples: int) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a step over so many triples; what it gives is told of each so many that they are done."""


def compare_graph(
    endpoint: Endpoint, graph: str, expected: Fingerprint, triples: Triples, watcher: Watcher
) -> frozenset[str]:
    """
    Compare a graph of an engine with what it should be.

    Args:
        endpoint: The engine.
        graph: The IRI of the graph.
        expected: What it should be.
        triples: Its triples; they are gone through only where something differs.
        watcher: Is told how far it is.

    Returns:
        The kinds of values that the engine spells in its own way.

    Raises:
        PublicationDiffersError: A triple is missing or is there without having been sent.
        EngineError: It cannot be read.
    """
    with (
        watcher.watch("comparing what arrived", expected.count) as advance,
        graph_triples(endpoint, graph, advance) as found,
    ):
        standing = fingerprint(found)
    if standing.is_like != expected.is_like:
        _require_whole_answer(endpoint, graph, standing.count)
        _require_alike(endpoint, graph, expected, standing.count, triples)
    return expected.differing_kinds(standing.spellings)


def _require_whole_answer(endpoint: Endpoint, graph: str, read: int) -> None:
    """Make sure that the engine gives all that it holds; some cut long answers off."""
    held = count_triples(endpoint, graph)
    if read < held:
        problem = f"gives {read} of the {held} triples in <{graph}>: let it give answers of any length"
        raise EngineAnswerError(endpoint.name, problem)


def _require_alike(endpoint: Endpoint, graph: str, expected: Fingerprint, found: int, triples: Triples) -> None:
    """
    Look at the triples themselves.

    Raises:
        PublicationDiffersError: They differ.
    """
    for missing, unexpected in Differences(triples, partial(read_through, endpoint, graph)).parts():
        if missing or unexpected:
            raise PublicationDiffersError(
                endpoint.name, graph, expected.count, found, missing[:_EXAMPLES], unexpected[:_EXAMPLES]
            )

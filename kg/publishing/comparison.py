"""
What an engine holds, compared with what a release states: as a stream, and where they differ, triple by triple.

Source: RDF 1.1 Concepts, section 3.6 (graph comparison).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from kg.errors import EngineAnswerError, PublicationDiffersError
from kg.formats import ResultKind
from kg.publishing.fingerprints import Fingerprint, number_of, read_line, statements
from kg.remote import Endpoint

__all__ = ["Watcher", "compare_graph", "graph_triples"]

_STEP: Final = 1000
_HELD: Final = 200_000
"""How many triples are held at once to find out which differ."""
_EXAMPLES: Final = 3
_TRIPLES: Final = "SELECT ?subject ?predicate ?object WHERE { ?subject ?predicate ?object }"
_COUNT: Final = "SELECT (COUNT(*) AS ?count) WHERE { ?subject ?predicate ?object }"

Triples = Callable[[], Iterable[str]]
"""Gives the triples of a graph from the start, as N-Triples writes them without the dot."""


class Watcher(Protocol):
    """Whoever wants to know how far it is."""

    def tell(self, remark: str) -> None:
        """Take a remark."""

    def watch(self, step: str, triples: int) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a step over so many triples; what it gives is told of each so many that they are done."""


@contextmanager
def graph_triples(endpoint: Endpoint, graph: str) -> Iterator[Iterator[str]]:
    """
    Read a graph of an engine, however long that takes as long as something comes.

    Raises:
        EngineError: As :meth:`Endpoint.read_graph` says.
    """
    if endpoint.addresses.graph_store:
        with endpoint.read_graph(graph, whole_seconds=math.inf) as triples:
            yield map(str, triples)
    else:
        with endpoint.query(_TRIPLES, ResultKind.SOLUTIONS, default_graphs=[graph]) as rows:
            yield (" ".join(map(str, row)) for row in rows)  # type: ignore[union-attr]


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
    with watcher.watch("comparing what arrived", expected.count) as advance, graph_triples(endpoint, graph) as found:
        fingerprint = _fingerprint(_counted(found, advance))
    if fingerprint.is_like != expected.is_like:
        _require_whole_answer(endpoint, graph, fingerprint.count)
        _require_alike(endpoint, graph, expected, fingerprint.count, triples)
    return expected.differing_kinds(fingerprint.spellings)


def _fingerprint(triples: Iterable[str]) -> Fingerprint:
    fingerprint = Fingerprint()
    for text in triples:
        fingerprint.add(read_line(text))
    return fingerprint.close()


def _counted(triples: Iterable[str], advance: Callable[[int], None]) -> Iterator[str]:
    number = 0
    for number, text in enumerate(triples, 1):
        if number % _STEP == 0:
            advance(_STEP)
        yield text
    advance(number % _STEP)


def _require_whole_answer(endpoint: Endpoint, graph: str, read: int) -> None:
    """Make sure that the engine gives all that it holds; some cut long answers off."""
    with endpoint.query(_COUNT, ResultKind.SOLUTIONS, default_graphs=[graph]) as rows:
        counts = [int(row[0].value) for row in rows]  # type: ignore[union-attr]
    if counts and read < counts[0]:
        problem = f"gives {read} of the {counts[0]} triples in <{graph}>: let it give answers of any length"
        raise EngineAnswerError(endpoint.name, problem)


def _require_alike(endpoint: Endpoint, graph: str, expected: Fingerprint, found: int, triples: Triples) -> None:
    """
    Look at the triples themselves, some of them at a time; two spellings of one value may be one triple there.

    Raises:
        PublicationDiffersError: They differ.
    """
    groups = max(expected.count, found) // _HELD + 1
    for group in _differing(endpoint, graph, triples, groups):
        ours = _group(triples(), group, groups)
        with graph_triples(endpoint, graph) as read:
            theirs = _group(read, group, groups)
        missing = [text for value, text in ours.items() if value not in theirs]
        unexpected = [text for value, text in theirs.items() if value not in ours]
        if missing or unexpected:
            raise PublicationDiffersError(
                endpoint.name, graph, expected.count, found, sorted(missing)[:_EXAMPLES], sorted(unexpected)[:_EXAMPLES]
            )


def _differing(endpoint: Endpoint, graph: str, triples: Triples, groups: int) -> list[int]:
    if groups == 1:
        return [0]
    with graph_triples(endpoint, graph) as read:
        theirs = _sums(read, groups)
    return [
        group for group, (one, other) in enumerate(zip(_sums(triples(), groups), theirs, strict=True)) if one != other
    ]


def _sums(triples: Iterable[str], groups: int) -> list[int]:
    sums = [0] * groups
    for value, _ in statements(triples):
        number = number_of(value)
        sums[number % groups] += number
    return sums


def _group(triples: Iterable[str], group: int, groups: int) -> dict[str, str]:
    return {value: text for value, text in statements(triples) if number_of(value) % groups == group}

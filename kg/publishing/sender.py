"""Sends graphs to an engine part by part, compares them there, and keeps count of it."""

from collections.abc import Callable

from kg.publishing.comparison import Watcher, compare_graph
from kg.publishing.differences import Triples
from kg.publishing.dump import parts
from kg.publishing.fingerprints import Fingerprint
from kg.publishing.transfer import add_to_graph, replace_graph
from kg.remote import Endpoint

__all__ = ["Sender"]


class Sender:
    """
    Whoever sends, in one publication.

    ``sent`` tells how many triples were sent for each named graph and for the union, ``respelt`` of which kinds the
    engine spells values in its own way.
    """

    def __init__(self, endpoint: Endpoint, watcher: Watcher) -> None:
        """
        Prepare; nothing is sent yet.

        Args:
            endpoint: The engine.
            watcher: Is told how far it is.
        """
        self.endpoint, self.watcher = endpoint, watcher
        self.sent: dict[str, int] = {}
        self.respelt: set[str] = set()

    def send(
        self,
        place: str,
        graph: Fingerprint,
        triples: Triples,
        *,
        step: str,
        name: str = "",
        done: int = 0,
        note: Callable[[int], None] = lambda _: None,
    ) -> int:
        """
        Put a graph in the place of whatever is there, and compare it.

        Args:
            place: The IRI under which it is to stand.
            graph: What it is.
            triples: Its triples.
            step: What that is to be called.
            name: The graph for which it is sent, if not the one of that IRI.
            done: How many parts are there already.
            note: Is told how many parts are there.

        Returns:
            How many bytes were sent.

        Raises:
            PublicationDiffersError: The engine does not hold what was sent.
            EngineError: It cannot be written or read.
        """
        size = 0
        with self.watcher.watch(step, graph.count) as advance:
            for number, part in enumerate(parts(triples(), graph.blank)):
                count = part.count(b"\n")
                if number >= done:
                    (add_to_graph if number else replace_graph)(self.endpoint, place, part)
                    self.sent[name or place] = self.sent.get(name or place, 0) + count
                    size += len(part)
                    note(number + 1)
                advance(count)
        self.compare(place, graph, triples)
        return size

    def compare(self, place: str, graph: Fingerprint, triples: Triples) -> None:
        """
        Compare a graph of the engine with what it should be.

        Raises:
            PublicationDiffersError: They differ.
            EngineError: It cannot be read.
        """
        self.respelt |= compare_graph(self.endpoint, place, graph, triples, self.watcher)

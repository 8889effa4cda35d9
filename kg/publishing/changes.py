"""How the named graphs of an engine become those of a release: as few triples as possible are sent for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.publishing.differences import HELD, Differences, Triples
from kg.publishing.fingerprints import Fingerprint, fingerprint, has_blank_nodes

__all__ = ["Change", "find_change"]


@dataclass(frozen=True)
class Change:
    """
    How one named graph becomes what it should be.

    ``standing`` triples are there, ``graph`` is what it should be and ``triples`` gives that. Where ``removed`` and
    ``added`` are not None, it is enough to take these triples out and to put those in.
    """

    name: str
    standing: int
    graph: Fingerprint
    triples: Triples
    removed: Sequence[str] | None = None
    added: Sequence[str] | None = None

    @property
    def size(self) -> int:
        """How many triples the engine has to take out and to put in."""
        return self.standing + self.graph.count if self.is_whole else self.sent

    @property
    def sent(self) -> int:
        """How many triples are sent for it."""
        return self.graph.count if self.is_whole else len(self.removed or ()) + len(self.added or ())

    @property
    def is_whole(self) -> bool:
        """Whether all that stands there goes, and all of the graph is sent."""
        return self.removed is None or self.added is None

    @property
    def coming(self) -> tuple[Fingerprint, Triples]:
        """The triples to be put in."""
        return (self.graph, self.triples) if self.added is None else _graph(self.added)

    @property
    def going(self) -> tuple[Fingerprint, Triples]:
        """The triples to be taken out, where these are not all."""
        return _graph(self.removed or ())


def _graph(texts: Sequence[str]) -> tuple[Fingerprint, Triples]:
    return fingerprint(texts), lambda: texts


def find_change(name: str, graph: Fingerprint, triples: Triples, found: Triples) -> Change:
    """
    Find out how a named graph becomes what it should be.

    Args:
        name: The IRI of the graph.
        graph: What it should be.
        triples: The triples of that.
        found: The triples that are there.

    Returns:
        The change; it is a whole one where that is less to send, where so much differs that it could not be held, where
        triples with blank nodes differ, since these have no names by which they could be taken out, and where one value
        is there in more or fewer spellings.
    """
    differences = Differences(triples, found)
    whole = Change(name, differences.standing, graph, triples)
    if differences.suspects > HELD:
        return whole
    missing, unexpected = next(differences.parts(), ([], []))
    is_shorter = len(missing) + len(unexpected) < graph.count
    if not is_shorter or differences.has_twins or any(map(has_blank_nodes, missing + unexpected)):
        return whole
    return Change(name, differences.standing, graph, triples, unexpected, missing)

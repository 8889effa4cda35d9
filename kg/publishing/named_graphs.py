"""
The last step of a publication: the named graphs become those of the release, and readers see it.

An engine has one set of named graphs, which readers ask by their own IRIs. So what changes in them is laid beside them
first, and compared there; what is left for the moment in which readers may have to wait is done within the engine.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

from kg.errors import EngineError, PublicationDiffersError
from kg.publishing.changes import Change, find_change
from kg.publishing.differences import Triples
from kg.publishing.dump import Spool, Survey, copied, spooled
from kg.publishing.fingerprints import Fingerprint
from kg.publishing.ledger import Ledger
from kg.publishing.sender import Sender
from kg.publishing.transfer import change_graph, count_triples, read_through, remove_graph
from kg.release import Release
from kg.remote import GraphChange, release_iri

__all__ = ["NamedGraphs"]

_AT_ONCE: Final = 100_000
"""So many triples are taken out and put in by one transaction, which takes Oxigraph a quarter of a minute."""
_AT_MOST: Final = 3_000_000
"""The same without transactions: a single graph of as many takes Virtuoso most of a minute."""


class NamedGraphs:
    """
    The named graphs of a release, on their way to an engine.

    ``changed`` are those that are not there as they should be, ``removed`` those that are there and not in the release.
    """

    def __init__(
        self, sender: Sender, release: Release, survey: Survey, ledger: Ledger, wrong: Collection[str] = ()
    ) -> None:
        """
        Find out what has to be done.

        Args:
            sender: Sends, and knows the engine.
            release: The release.
            survey: What it holds.
            ledger: What is known to stand in the engine.
            wrong: Named graphs that were found to be otherwise.
        """
        self._sender, self._release, self._survey, self._ledger = sender, release, survey, ledger
        self._endpoint, self._watcher = sender.endpoint, sender.watcher
        self._digest, standing = release.digest, ledger.named_graphs
        self._wanted = {name: graph.digest for name, graph in survey.graphs.items()}
        self.changed = [name for name, digest in self._wanted.items() if name in wrong or standing.get(name) != digest]
        self.removed = [name for name in standing if name not in survey.graphs]

    def plan(self) -> Mapping[str, int]:
        """
        Tell how many triples would be sent for each.

        Raises:
            EngineError: The engine cannot be read.
        """
        with spooled(self._release, self.changed) as spool:
            changes = {change.name: (change.sent, change.size) for change in self._changes(spool)}
        if self._going + sum(size for _, size in changes.values()) > self._most:
            return {name: self._survey.graphs[name].count for name in changes}
        return {name: sent for name, (sent, _) in changes.items()}

    def publish(self) -> None:
        """
        Bring them to the engine, and make the release the current one there.

        Raises:
            PublicationDiffersError: The engine does not hold what was sent to it.
            EngineError: It cannot be read or written.
        """
        if not self.changed and not self.removed:
            self._ledger.write(current=self._digest, named=self._digest)
            return
        with spooled(self._release, self.changed) as spool:
            changes = self._laid_beside(spool) if self._ledger.state.current else None
            if changes is None:
                self._hide()
                self._remove()
                self._replace(self.changed, spool)
                self._show(self._wanted)
            else:
                self._switch(changes, spool)
                self._compare(spool)

    def clear(self) -> None:
        """Remove what lies beside the named graphs; where that does not work out, it can wait for the next time."""
        beside = self._ledger.beside
        if not beside:
            return
        try:
            self._ledger.note_beside(dict.fromkeys(beside, ""))  # it is not whole any more
            for place in beside:
                remove_graph(self._endpoint, place)
            self._ledger.note_beside({})
        except EngineError as error:
            self._watcher.tell(f"what was laid beside the named graphs stays until the next kg publish: {error}")

    @property
    def _most(self) -> int:
        """How many triples may be taken out and put in where the named graphs are changed by what lies beside them."""
        return _AT_ONCE if self._endpoint.engine.has_transactions else _AT_MOST

    @property
    def _going(self) -> int:
        """How many triples are in the graphs that are to be removed."""
        return sum(count_triples(self._endpoint, name) for name in self.removed)

    def _changes(self, spool: Spool) -> Iterator[Change]:
        for name in self.changed:
            graph, triples = self._survey.graphs[name], partial(spool.triples, name)
            if name in self._ledger.named_graphs:
                with self._watcher.watch("finding what differs", graph.count) as advance:
                    standing = read_through(self._endpoint, name, advance)
                    with copied(self._release, standing) as found:
                        change = find_change(name, graph, triples, found)
                yield change
            else:
                yield Change(name, 0, graph, triples)

    def _laid_beside(self, spool: Spool) -> list[GraphChange] | None:
        """Lay what changes beside the named graphs, unless that is too much."""
        places = [self._places(number) for number in range(len(self.changed))]
        notes = _Notes(self._ledger.note_beside, {**dict.fromkeys(chain(*places), ""), **self._ledger.beside})
        notes.write()
        laid, size = [], self._going
        for change, (removed, added) in zip(self._changes(spool), places, strict=True):
            size += change.size
            if size > self._most:
                return None
            removed = change.name if change.is_whole else self._lay(removed, change.name, *change.going, notes)
            laid.append(GraphChange(change.name, removed, self._lay(added, change.name, *change.coming, notes)))
        return laid

    def _places(self, number: int) -> tuple[str, str]:
        """Give where the triples lie that are to be taken out of a graph, and those that are to be put in."""
        union = release_iri(self._release.base_iri, self._digest)
        return f"{union}/removed/{number}", f"{union}/added/{number}"

    def _lay(self, place: str, name: str, graph: Fingerprint, triples: Triples, notes: "_Notes") -> str:
        """Lay triples beside a named graph; give where they lie."""
        if not graph.count:
            return ""
        if notes.digests[place] == graph.digest and count_triples(self._endpoint, place) == graph.count:
            return place
        if notes.digests[place]:
            notes.digests[place] = ""
            notes.write()
        size = self._sender.send(place, graph, triples, step="sending what differs", name=name)
        notes.add(place, graph.digest, size)
        return place

    def _switch(self, changes: Sequence[GraphChange], spool: Spool) -> None:
        """Change the named graphs by what lies beside them."""
        if self._endpoint.engine.has_transactions:
            gone = [GraphChange(name, removed=name) for name in self.removed]
            self._show(self._unsure(self.changed), [*gone, *changes])
            return
        self._hide()
        self._remove()
        for change in changes:
            self._ledger.require_lock()
            change_graph(self._endpoint, change)
        self._replace([change.graph for change in changes if not self._has_all(change.graph, spool)], spool)
        self._show(self._unsure(self.changed))

    def _remove(self) -> None:
        for name in self.removed:
            self._ledger.require_lock()
            remove_graph(self._endpoint, name)

    def _has_all(self, name: str, spool: Spool) -> bool:
        """Tell whether a graph is as large as it should be, or equal: two spellings may be one triple there."""
        graph = self._survey.graphs[name]
        if count_triples(self._endpoint, name) == graph.count:
            return True
        try:
            self._sender.compare(name, graph, partial(spool.triples, name))
        except PublicationDiffersError:
            return False
        return True

    def _replace(self, names: Sequence[str], spool: Spool) -> None:
        """Send named graphs to the place where they stand."""
        notes = _Notes(self._ledger.note_graphs, {**self._ledger.named_graphs})
        for place, name in enumerate(names, 1):
            graph, step = self._survey.graphs[name], f"sending graph {place} of {len(names)}"
            self._ledger.require_lock()
            size = self._sender.send(name, graph, partial(spool.triples, name), step=step)
            notes.add(name, graph.digest, size)

    def _compare(self, spool: Spool) -> None:
        """Compare what readers see by now; if it differs, readers of named graphs wait until it is mended."""
        for place, name in enumerate(self.changed):
            try:
                self._sender.compare(name, self._survey.graphs[name], partial(spool.triples, name))
            except PublicationDiffersError:
                self._ledger.note_graphs(self._unsure(self.changed[place:]), named="")
                raise
        self._ledger.note_graphs(self._wanted)

    def _unsure(self, names: Iterable[str]) -> Mapping[str, str]:
        """Give what stands in the named graphs, of which some have not been compared yet."""
        return {**self._wanted, **dict.fromkeys(names, "")}

    def _hide(self) -> None:
        """Let those wait who read named graphs."""
        standing = {**self._ledger.named_graphs, **dict.fromkeys([*self.changed, *self.removed], "")}
        if self._ledger.state.named or standing != self._ledger.named_graphs:
            self._ledger.note_graphs(standing, named="")

    def _show(self, digests: Mapping[str, str], changes: Sequence[GraphChange] = ()) -> None:
        """Make the release the current one, named graphs and all."""
        self._ledger.note_graphs(digests, graphs=changes, current=self._digest, named=self._digest)


class _Notes:
    """Notes of what stands in graphs; they are written now and then, for they are long where there are many graphs."""

    def __init__(self, write: Callable[[Mapping[str, str]], None], digests: Mapping[str, str]) -> None:
        self.digests, self._write, self._bytes = {**digests}, write, 0
        self._enough = len(str(digests))

    def add(self, graph: str, digest: str, size: int) -> None:
        """Note what stands in a graph; writing takes no longer than sending so many bytes did."""
        self.digests[graph] = digest
        self._bytes += size
        if self._bytes > self._enough:
            self.write()

    def write(self) -> None:
        """Write what is noted."""
        self._write(self.digests)
        self._bytes = 0

"""
The steps by which a release comes to an engine.

First the union of the release, as one graph beside those of older releases, which nobody sees yet; then the named
graphs and the switch. What has been done is noted in the publication graph, so whoever comes after an interruption goes
on there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from kg.errors import EngineAnswerError, EngineError, PublicationDiffersError
from kg.publishing.comparison import Watcher, compare_graph
from kg.publishing.dump import PART_BYTES, Survey, merged_triples, spooled, survey_release
from kg.publishing.ledger import Ledger
from kg.publishing.named_graphs import NamedGraphs
from kg.publishing.sender import Sender
from kg.publishing.transfer import remove_graph
from kg.release import Release
from kg.remote import Endpoint, Publication, release_iri

__all__ = ["Outcome", "publish_release", "verify_release"]


@dataclass(frozen=True)
class Outcome:
    """
    What was done, or would be.

    ``sent`` are the graphs that were sent and how many of their triples, ``removed`` those that were removed;
    ``unchanged`` counts named graphs. ``is_new`` tells whether there was anything to do.
    """

    is_new: bool = False
    sent: Mapping[str, int] = field(default_factory=dict)
    unchanged: int = 0
    removed: Sequence[str] = ()

    @property
    def triples(self) -> int:
        """How many triples were sent."""
        return sum(self.sent.values())


def publish_release(
    endpoint: Endpoint,
    release: Release,
    watcher: Watcher,
    *,
    keep: int = 1,
    dry_run: bool = False,
    mend: bool = False,
) -> Outcome:
    """
    Bring a release to an engine and make it the current one there.

    Args:
        endpoint: The engine.
        release: The release.
        watcher: Is told how far it is.
        keep: How many older releases stay, for servers that still answer from them.
        dry_run: Whether it is only found out what would be sent.
        mend: Whether all that the engine holds is compared, and not only what differs by our notes is sent.

    Raises:
        ReleaseError: The release is damaged.
        PublicationLockedError: Somebody else is publishing.
        PublicationDiffersError: The engine does not hold what was sent to it.
        EngineError: The engine cannot be asked or written; ``kg publish`` goes on where it stopped.
    """
    ledger = Ledger(endpoint, release.base_iri, watcher.tell)
    work = _Publishing(endpoint, release, watcher, ledger, keep)
    if not mend and _is_published(ledger.state, release.digest) and not work.has_remains:
        return Outcome(unchanged=release.graph_count)
    if dry_run:
        return work.plan(mend=mend)
    with ledger:
        try:
            return work.do(mend=mend)
        except EngineError:
            watcher.tell(_remains(_known(ledger), release.digest))
            raise


def verify_release(endpoint: Endpoint, release: Release, watcher: Watcher) -> list[PublicationDiffersError]:
    """
    Compare all that an engine holds of a release.

    Raises:
        ReleaseError: The release is damaged.
        EngineError: The engine cannot be asked, or another release is published there.
    """
    state = Ledger(endpoint, release.base_iri, watcher.tell).state
    if not _is_published(state, release.digest):
        found = f"release {state.current}" if state.current else "no release of ours"
        if state.current == release.digest:
            found += ", of which not all graphs stand whole"
        raise EngineAnswerError(endpoint.name, f"holds {found}, expected release {release.digest}: publish that")
    survey = _survey(release, watcher)
    return [*_differences(endpoint, release, survey, watcher).values()]


def _differences(
    endpoint: Endpoint, release: Release, survey: Survey, watcher: Watcher, graphs: Iterable[str] | None = None
) -> dict[str, PublicationDiffersError]:
    """Compare some named graphs, or all of a release with its union."""
    union = release_iri(release.base_iri, release.digest)
    found: dict[str, PublicationDiffersError] = {}
    names = [union, *survey.graphs] if graphs is None else list(graphs)
    with spooled(release, [name for name in names if name != union]) as spool:
        for name in names:
            expected = survey.union if name == union else survey.graphs[name]
            triples = partial(merged_triples, release) if name == union else partial(spool.triples, name)
            try:
                compare_graph(endpoint, name, expected, triples, watcher)
            except PublicationDiffersError as error:
                found[name] = error
    return found


class _Publishing:
    """One call of :func:`publish_release`."""

    def __init__(self, endpoint: Endpoint, release: Release, watcher: Watcher, ledger: Ledger, keep: int) -> None:
        self._endpoint, self._release, self._watcher, self._ledger = endpoint, release, watcher, ledger
        self._digest, self._keep = release.digest, keep
        self._union = release_iri(release.base_iri, release.digest)
        self._sender = Sender(endpoint, watcher)

    def plan(self, *, mend: bool) -> Outcome:
        """Find out what would be sent."""
        survey = _survey(self._release, self._watcher)
        wrong = _differences(self._endpoint, self._release, survey, self._watcher) if mend else {}
        named = NamedGraphs(self._sender, self._release, survey, self._ledger, wrong)
        sent = {**named.plan()}
        if self._digest not in self._ledger.state.whole or self._union in wrong:
            sent[self._union] = survey.union.count
        return Outcome(
            bool(sent or named.removed) or not _is_published(self._ledger.state, self._digest),
            sent,
            len(survey.graphs) - len(named.changed),
            [*named.removed, *(release_iri(self._release.base_iri, digest) for digest in self.surplus())],
        )

    def do(self, *, mend: bool) -> Outcome:
        """Publish."""
        survey = _survey(self._release, self._watcher)
        wrong = self._mended(survey) if mend else {}
        self._send_union(survey)
        named = NamedGraphs(self._sender, self._release, survey, self._ledger, wrong)
        named.publish()
        if self._sender.respelt:
            kinds = ", ".join(sorted(self._sender.respelt))
            self._watcher.tell(f"the engine spells some values in its own way ({kinds}); they are equal")
        named.clear()
        removed = [*named.removed, *self._remove_surplus()]
        return Outcome(True, self._sender.sent, len(survey.graphs) - len(named.changed), removed)

    @property
    def has_remains(self) -> bool:
        """Whether the engine holds what need not stay, or what has not been compared."""
        return bool(self.surplus() or self._ledger.beside) or "" in self._ledger.named_graphs.values()

    def surplus(self) -> list[str]:
        """Give the digests of the releases that need not stay."""
        state, notes = self._ledger.state, self._ledger.releases
        known = [*notes, *sorted(state.whole - notes.keys())]
        others = [digest for digest in known if digest != self._digest]
        kept = [digest for digest in others if digest in state.whole][: self._keep]
        return [digest for digest in others if digest not in kept]

    def _mended(self, survey: Survey) -> dict[str, PublicationDiffersError]:
        """Compare all; what differs is not whole any more, and readers are told so before it is replaced."""
        state = self._ledger.state
        if self._digest not in state.whole:
            named = [name for name in survey.graphs if name in self._ledger.named_graphs]
            return _differences(self._endpoint, self._release, survey, self._watcher, named)
        wrong = _differences(self._endpoint, self._release, survey, self._watcher)
        if self._union in wrong:
            self._ledger.note_release(self._digest, self._note(0), whole=state.whole - {self._digest})
        for error in wrong.values():
            self._watcher.tell(f"to be mended: {error}")
        return wrong

    def _send_union(self, survey: Survey) -> None:
        """Send the union of the release, if it is not there."""
        state, done = self._ledger.state, self._parts_done()
        if self._digest in state.whole:
            if state.current != self._digest:  # of those that are kept, it is not the oldest any more
                self._ledger.note_release(self._digest, self._note(done))
            return
        triples = partial(merged_triples, self._release)
        self._note_parts(done)  # before anything stands there, so that it is removed if the next release is another
        try:
            self._sender.send(
                self._union, survey.union, triples, step="sending the release", done=done, note=self._note_parts
            )
        except PublicationDiffersError:
            self._note_parts(0)
            if not done:
                raise
            self._watcher.tell("what was sent before is not whole there any more: sending all of it")
            self._send_union(survey)
            return
        note = self._note(self._parts_done())
        self._ledger.note_release(self._digest, note, whole=self._ledger.state.whole | {self._digest})

    def _remove_surplus(self) -> list[str]:
        """Remove older releases; that can wait for the next time if it does not work out."""
        removed = []
        for digest in self.surplus():
            name = release_iri(self._release.base_iri, digest)
            try:
                self._ledger.note_release(digest, {}, whole=self._ledger.state.whole - {digest})
                remove_graph(self._endpoint, name)
                self._ledger.note_release(digest, None)
            except EngineError as error:
                self._watcher.tell(f"the old release {digest[:12]} stays until the next kg publish: {error}")
                break
            removed.append(name)
        return removed

    def _parts_done(self) -> int:
        note = self._ledger.releases.get(self._digest, {})
        return int(note.get("parts", 0)) if note.get("part_bytes") == PART_BYTES else 0

    def _note_parts(self, done: int) -> None:
        self._ledger.note_release(self._digest, self._note(done))

    def _note(self, done: int) -> dict[str, Any]:
        return {"parts": done, "part_bytes": PART_BYTES, "since": datetime.now(UTC).isoformat(timespec="seconds")}


def _survey(release: Release, watcher: Watcher) -> Survey:
    with watcher.watch("reading the release", release.triple_count) as advance:
        return survey_release(release, advance)


def _is_published(state: Publication, digest: str) -> bool:
    return state.current == state.named == digest and digest in state.whole


def _known(ledger: Ledger) -> Publication:
    """Give what stands in the engine, as far as it can be asked."""
    try:
        return ledger.refresh()
    except EngineError:
        return ledger.state


def _remains(state: Publication, digest: str) -> str:
    if state.current == digest and state.named:
        return "the release is published, but not all of it was compared: kg publish goes on where it stopped"
    if state.current == digest:
        return "the release is published, but queries that name graphs wait: kg publish goes on where it stopped"
    before = f"release {state.current[:12]} as before" if state.current else "nothing yet"
    waiting = "" if state.named or not state.current else ", and queries that name graphs wait"
    return f"not published: readers see {before}{waiting}; kg publish goes on where it stopped"

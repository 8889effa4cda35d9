"""
The publication graph as the one who publishes keeps it: the lock, and what is known to stand in the engine.

A lock is kept alive by a heartbeat. One whose holder has ended on this machine, or that nobody has been heard of for
two minutes, is stale, and the next ``kg publish`` takes it over.
"""

import json
import os
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any, Final

from kg.errors import EngineError, PublicationLockedError
from kg.remote import Endpoint, GraphChange, Lock, Publication, read_publication, release_iri, write_publication

__all__ = ["Ledger"]

_BEAT_SECONDS: Final = 10.0
_UNSURE_SECONDS: Final = 60.0
_STALE: Final = timedelta(minutes=2)
_ATTEMPTS: Final = 3
_NAMED, _BESIDE = _OF_GRAPHS = "named-graphs", "beside"
"""The records of what stands in the named graphs and beside them; the others are of releases."""


class Ledger:
    """
    The publication graph under our lock; a context manager that takes the lock and gives it back.

    All writing stops with an error once somebody else has taken the lock over.
    """

    def __init__(self, endpoint: Endpoint, base_iri: str, tell: Callable[[str], None]) -> None:
        """
        Read what stands there.

        Args:
            endpoint: The engine.
            base_iri: What our IRIs begin with.
            tell: Takes remarks.

        Raises:
            EngineError: The engine cannot be asked.
        """
        self._endpoint, self._base_iri, self._tell = endpoint, base_iri, tell
        self._prefix = release_iri(base_iri, "")
        self._holder = _this_process()
        self._guard, self._ended = RLock(), Event()
        self.state = read_publication(endpoint, base_iri)
        self._since, self._renewed = "", 0.0

    def __enter__(self) -> "Ledger":
        self._take()
        Thread(target=self._keep_alive, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lock back; where that fails it becomes stale, since this process ends."""
        self._ended.set()
        with suppress(EngineError), self._guard:
            self._swap(replace(self.state, lock=None))

    @property
    def named_graphs(self) -> Mapping[str, str]:
        """The digest of what stands in each named graph of ours; empty where that is not known to be whole."""
        return {str(graph): str(digest) for graph, digest in self._record(_NAMED).items()}

    @property
    def beside(self) -> Mapping[str, str]:
        """The same of each graph that lies beside them."""
        noted = [(release, places) for release, places in self._record(_BESIDE).items() if isinstance(places, dict)]
        return {f"{self._prefix}{release}/{place}": str(d) for release, places in noted for place, d in places.items()}

    @property
    def releases(self) -> Mapping[str, Mapping[str, Any]]:
        """What is noted of each release, by its digest, the latest first."""
        found = {name: self._record(name) for name in self.state.records if name not in _OF_GRAPHS}
        return dict(sorted(found.items(), key=lambda item: str(item[1].get("since", "")), reverse=True))

    def note_release(self, digest: str, note: Mapping[str, object] | None, **changes: Any) -> None:
        """Note something of a release, or with None forget it; ``changes`` are other fields of the publication."""
        self.write(records=self._records(digest, note), **changes)

    def note_graphs(
        self,
        digests: Mapping[str, str],
        *,
        graphs: Sequence[GraphChange] = (),
        **changes: Any,
    ) -> None:
        """Note what stands in the named graphs; ``graphs`` are those that the same request changes."""
        self.write(graphs=graphs, records=self._records(_NAMED, digests), **changes)

    def note_beside(self, digests: Mapping[str, str]) -> None:
        """Note what lies in graphs beside the named graphs, whose names begin with that of the union of a release."""
        noted: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for graph, digest in digests.items():
            release, _, place = graph.removeprefix(self._prefix).partition("/")
            noted[release][place] = digest
        self.write(records=self._records(_BESIDE, noted or None))

    def refresh(self) -> Publication:
        """
        Read anew what stands there, since nobody may know whether the last change was done.

        Raises:
            EngineError: The engine cannot be asked.
        """
        with self._guard:
            found = read_publication(self._endpoint, self._base_iri)
            if self._is_ours(found):
                self.state = found
            return found

    def require_lock(self) -> None:
        """
        Make sure that nobody has taken the lock over, if it has not been renewed for a while.

        Raises:
            EngineError: As :meth:`write` says.
        """
        if time.time() - self._renewed > _UNSURE_SECONDS:
            self.write()

    def write(self, *, graphs: Sequence[GraphChange] = (), **changes: Any) -> None:
        """
        Change the publication, and ``graphs`` by the same request; see :func:`kg.remote.write_publication`.

        Raises:
            PublicationLockedError: Somebody else has taken the lock over.
            EngineError: The engine cannot be written.
        """
        with self._guard:
            if self._swap(replace(self.state, lock=self._lock(), **changes), graphs):
                return
            found = read_publication(self._endpoint, self._base_iri)
            if self._is_ours(found):  # a heartbeat came through unanswered
                self.state = found
                if self._swap(replace(found, lock=self._lock(), **changes), graphs):
                    return
            who = _Holder.read(found.lock.holder).shown if found.lock else "somebody who is done by now"
            problem = f"was taken over by {who}, while this kg publish was not heard of: publish again"
            raise PublicationLockedError(self._endpoint.name, problem)

    def _is_ours(self, found: Publication) -> bool:
        return found.lock is not None and found.lock.holder == str(self._holder)

    def _swap(self, wanted: Publication, graphs: Sequence[GraphChange] = ()) -> bool:
        written = write_publication(self._endpoint, self._base_iri, self.state, wanted, changes=graphs)
        if written:
            self.state, self._renewed = written, time.time()
        return written is not None

    def _take(self) -> None:
        self._since = _now()
        for _ in range(_ATTEMPTS):
            self._require_free(self.state.lock)
            try:
                if self._swap(replace(self.state, lock=self._lock())):
                    return
            except EngineError as error:
                raise type(error)(error.engine, f"cannot be written to: it {error.problem}") from error
            self.state = read_publication(self._endpoint, self._base_iri)
        self._require_free(self.state.lock)
        problem = "does not keep what was written to it, or others publish all the time: see that it can be written to"
        raise PublicationLockedError(self._endpoint.name, problem)

    def _require_free(self, lock: Lock | None) -> None:
        if lock is None:
            return
        holder = _Holder.read(lock.holder)
        heard = f"since {lock.since}, last heard of {lock.heartbeat}"
        if not holder.has_ended and not _is_old(lock.heartbeat):
            problem = f"is being published to by {holder.shown} ({heard}): wait for the end of that"
            raise PublicationLockedError(self._endpoint.name, problem)
        self._tell(f"{holder.shown} has not come to the end of its kg publish ({heard}): going on in its place")

    def _lock(self) -> Lock:
        return Lock(str(self._holder), self._since, _now())

    def _keep_alive(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            with suppress(EngineError), self._guard:  # the next write tells what is wrong
                if not self._ended.is_set():
                    self._swap(replace(self.state, lock=self._lock()))

    def _records(self, name: str, record: Mapping[str, object] | None) -> Mapping[str, str]:
        """Give all records with another one of a name, or without it."""
        others = {other: text for other, text in self.state.records.items() if other != name}
        return others if record is None else {**others, name: json.dumps(record)}

    def _record(self, name: str) -> Mapping[str, Any]:
        """Read a record; one that is none of ours says nothing."""
        try:
            found = json.loads(self.state.records.get(name, "{}"))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class _Holder:
    """A process that publishes; ``place`` tells machines and containers apart, ``start`` processes of one number."""

    host: str
    process: str
    place: str = ""
    start: str = ""

    def __str__(self) -> str:
        return " ".join([self.host, self.process, self.place, self.start])

    @classmethod
    def read(cls, text: str) -> "_Holder":
        """Read one from a lock."""
        host, process, place, start, *_ = [*text.split(" "), "", "", "", ""]
        return cls(host, process, place, start)

    @property
    def shown(self) -> str:
        """The process, for messages."""
        return f"process {self.process} on {self.host}"

    @property
    def has_ended(self) -> bool:
        """Whether it is known to have ended, which only its own machine knows."""
        return bool(self.place) and self.place == _place() and self.start != _start_of(self.process)


def _this_process() -> _Holder:
    process = str(os.getpid())
    return _Holder(socket.gethostname(), process, _place(), _start_of(process))


def _place() -> str:
    """Give what is the same for all processes that see each other; empty where that cannot be known."""
    try:
        machine = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        return sha256((machine + str(Path("/proc/self/ns/pid").readlink())).encode()).hexdigest()[:12]
    except OSError:
        return ""


def _start_of(process: str) -> str:
    """Give when a process began; empty where there is none, or only what its parent has not noticed yet."""
    try:
        status = Path(f"/proc/{int(process)}/stat").read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] in {"X", "Z"} else fields[19]


def _is_old(heartbeat: str) -> bool:
    try:
        return datetime.now(UTC) - datetime.fromisoformat(heartbeat) > _STALE
    except (ValueError, TypeError):
        return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

"""
What workers do for their clients: answer queries from the data of a release, or any other work of this form.

A worker may be lost at any moment, so work keeps nothing that a later job needs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from pyoxigraph import Store

from kg.config import Limits
from kg.evaluation.engine import answer
from kg.evaluation.messages import Job
from kg.evaluation.sources import Source, StoreSource
from kg.search import SearchIndex
from kg.stores import load_store, open_store

__all__ = ["Answerer", "QueryWork", "Work"]

Answerer = Callable[[bytes, IO[bytes]], None]
"""Does a job, which is as its client has packed it, and writes the answer to a file."""


class Work(Protocol):
    """What the workers of a host do; it travels to the process that makes them, so it is made of plain values."""

    @property
    def limits(self) -> Limits:
        """What one job may cost."""

    def load(self) -> Callable[[], Answerer]:
        """
        Load what all workers share.

        Returns:
            What each worker begins with, once it is a process of its own.

        Raises:
            ReleaseError: It cannot be loaded; the workers may meet this too.
        """


@dataclass(frozen=True)
class QueryWork:
    """
    Answer queries from a release: ``dump`` is held in memory and shared; without it each worker opens ``store``.

    Relative IRIs in queries are resolved against ``base_iri``. ``index`` is the search index of the release.
    """

    store: Path
    dump: Path | None
    base_iri: str
    prefixes: Mapping[str, str]
    limits: Limits
    index: Path | None = None

    def load(self) -> Callable[[], Answerer]:
        """Hold the data in memory, if they are to be held there; see :meth:`Work.load`."""
        return partial(self._begin, load_store(self.dump) if self.dump else None)

    def _begin(self, held: Store | None) -> Answerer:
        index = SearchIndex(self.index, self.limits.timeout_seconds) if self.index else None
        store = open_store(self.store) if held is None else held
        return partial(self._answer, StoreSource(store, self.base_iri, index))

    def _answer(self, source: Source, packed: bytes, output: IO[bytes]) -> None:
        job = Job.unpack(packed)
        answer(source, job.request, job.row, output, prefixes=self.prefixes)

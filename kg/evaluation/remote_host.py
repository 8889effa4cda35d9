"""
The workers that ask an engine on another machine.

They wait for it and pass on what it answers; so there can be more of them than processors. When one is ended, its
connection is dropped, and the engine need not go on.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from kg.config import Config, Limits
from kg.errors import EngineError
from kg.evaluation.engine import answer
from kg.evaluation.host import Host
from kg.evaluation.messages import Job
from kg.evaluation.remote import RemoteSource
from kg.evaluation.work import Answerer
from kg.remote import Endpoint
from kg.search import SearchIndex
from kg.store_settings import StoreSettings

__all__ = ["RemoteHost"]


@dataclass(frozen=True)
class _RemoteWork:
    """Answer queries from a release that an engine holds; see :class:`kg.evaluation.Work`."""

    store: StoreSettings
    digest: str
    index: Path
    base_iri: str
    dataset_iri: str
    prefixes: Mapping[str, str]
    limits: Limits

    def load(self) -> Callable[[], Answerer]:
        """Learn of which kind the engine is, so that not each worker asks; if it is away, each asks later on."""
        store = self.store
        with Endpoint(store, timeout_seconds=self.limits.timeout_seconds) as endpoint, suppress(EngineError):
            store = msgspec.structs.replace(store, engine=endpoint.engine.name)
        return partial(self._begin, store)

    def _begin(self, store: StoreSettings) -> Answerer:
        seconds = self.limits.timeout_seconds
        source = RemoteSource(
            Endpoint(store, timeout_seconds=seconds),
            self.digest,
            SearchIndex(self.index, seconds),
            base_iri=self.base_iri,
            dataset_iri=self.dataset_iri,
            seconds=seconds,
        )
        return partial(self._answer, source)

    def _answer(self, source: RemoteSource, packed: bytes, output: IO[bytes]) -> None:
        job = Job.unpack(packed)
        source.seconds = job.seconds
        answer(source, job.request, job.row, output, prefixes=self.prefixes)


class RemoteHost(Host):
    """The workers that answer queries from a release in an engine; see :class:`kg.evaluation.Host`."""

    def __init__(self, config: Config, digest: str, index: Path, prefixes: Mapping[str, str]) -> None:
        """
        Start the workers and wait until the first can be asked.

        Args:
            config: It names the engine.
            digest: The release.
            index: Its search index.
            prefixes: Names of namespaces, for the formats that have them.

        Raises:
            ReleaseError: They cannot start.
        """
        super().__init__(
            _RemoteWork(
                config.store, digest, index, config.base_iri, config.dataset_iri, dict(prefixes), config.limits
            ),
            workers=config.store.workers,
            queue=config.limits.queue,
            asks_others=True,
            mend=f"the workers that ask the engine at {config.store.url} cannot start: there may be no memory",
        )

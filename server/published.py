"""The release that an engine holds: read off its publication graph, and opened from the folder of the releases here."""

import logging
from pathlib import Path
from threading import Event
from typing import Final

from kg.config import Config
from kg.errors import EngineBusyError, EngineError, EngineTimeoutError, EngineUnreachableError, ReleaseError
from kg.formats import ResultKind
from kg.release import Release, read_release
from kg.remote import Endpoint, read_publication, release_iri

__all__ = ["PublishedRelease"]


_LONG: Final = "SELECT ?subject WHERE { ?subject ?predicate ?object } LIMIT 10001"
"""More than Virtuoso gives as Debian sets it up."""
_AWAY: Final = EngineBusyError, EngineTimeoutError, EngineUnreachableError
_LOOK_SECONDS: Final = 1.0


class PublishedRelease:
    """Finds which release is published in the engine of the settings."""

    def __init__(self, config: Config) -> None:
        """
        Prepare; nothing is asked yet.

        Raises:
            ConfigError: The engine, or who we are to it, is not well described.
        """
        self._releases = config.build / "releases"
        self._base_iri = config.base_iri
        self._endpoint = Endpoint(config.store, timeout_seconds=config.limits.timeout_seconds)
        self._told = ""
        self._asked_at_length = ""

    def require(self) -> Release:
        """
        Give the release that is published.

        Raises:
            EngineError: The engine cannot be asked.
            ReleaseError: It holds none, or one that is not here.
        """
        digest = read_publication(self._endpoint, self._base_iri, whole=False).current
        engine = f"the engine at {self._endpoint.name}"
        if not digest:
            raise ReleaseError(f"{engine} holds no release of ours yet: publish one with kg publish")
        folder = self._releases / digest
        if not (folder / "manifest.json").is_file():
            raise ReleaseError(
                f"{engine} holds release {digest}, which is not in {self._releases}: copy its folder from where it was "
                "published, or build it from the same files with kg build"
            )
        self._require_long_answers(digest)
        return read_release(folder)

    def await_first(self, stopped: Event) -> Release:
        """
        Give the release that is published; an engine that is away is waited for, which is logged once.

        Args:
            stopped: Ends the waiting; the error is raised then.

        Raises:
            EngineError: The engine refuses us, or does not speak SPARQL.
            ReleaseError: As :meth:`require` says.
        """
        while True:
            try:
                return self.require()
            except _AWAY as error:
                self._tell(f"{error}; waiting for it")
                if stopped.wait(_LOOK_SECONDS):
                    raise

    def find(self, served: Path) -> Path:
        """
        Give the folder of the release that is published, or of the one that is served where that cannot be found out.

        What keeps it from being found out is logged once.
        """
        try:
            folder, problem = self.require().folder, ""
        except (EngineError, ReleaseError) as error:
            folder, problem = served, str(error)
        self._tell(problem)
        return folder

    def _tell(self, problem: str) -> None:
        if problem != self._told:
            self._told = problem
            logging.getLogger("agon").error("%s", problem or f"the engine at {self._endpoint.name} is there again")

    def _require_long_answers(self, digest: str) -> None:
        """
        Find out of each release whether the engine cuts its long answers off.

        Virtuoso says so of solutions, but not of graphs.

        Raises:
            EngineAnswerError: It does.
        """
        if digest != self._asked_at_length:
            graphs = [release_iri(self._base_iri, digest)]
            with self._endpoint.query(_LONG, ResultKind.SOLUTIONS, default_graphs=graphs):
                self._asked_at_length = digest

"""Follow the current release: host a new one beside the old, and let the old one go when nobody asks it any more."""

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from kg.config import Config
from kg.document_check import host_checks
from kg.errors import KgError
from kg.evaluation import Host
from kg.release import Release, current_release, read_release
from server.published import PublishedRelease
from server.served import ServedRelease
from server.service import host_release

__all__ = ["ReleaseWatch"]

_LOOK_SECONDS = 1.0
_GRACE_SECONDS = 5.0


class ReleaseWatch:
    """
    Hosts the release that is served, and takes a new one when there is one.

    A release that cannot be served is refused, and the old one stays. A host that has ended is replaced.
    """

    def __init__(self, config: Config, path: Path) -> None:
        """
        Prepare.

        Args:
            config: The knowledge graph directory; its current release is followed, or what its engine holds.
            path: The file by which the processes that speak HTTP learn what is served.
        """
        self._config = config
        self._path = path
        self._release: Release | None = None
        self._folder = path
        self._published = PublishedRelease(config) if config.store.url else None
        self._hosts: list[tuple[Host, ...]] = []
        self._stopped = threading.Event()

    def find(self) -> Release | None:
        """
        Give the release to begin with, if there is one; an engine that is away is waited for.

        Raises:
            EngineError, ReleaseError: It cannot be found.
        """
        return self._published.await_first(self._stopped) if self._published else current_release(self._config)

    def begin(self, release: Release) -> None:
        """
        Host a first release.

        The thread that does this must follow too: hosts end with the thread that made them.

        Raises:
            KgError: The release, or a saved query, cannot be served.
        """
        self._folder = release.folder
        self._host(release)

    @property
    def is_stopped(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let :meth:`follow` return, and :meth:`find` wait no longer."""
        self._stopped.set()

    def close(self) -> None:
        """End all workers."""
        for hosts in self._hosts:
            _close(hosts)

    def follow(self) -> None:
        """Follow what becomes current, until :meth:`stop` is called."""
        while not self._stopped.wait(_LOOK_SECONDS):
            folder = self._find()
            if folder != self._folder:
                self._folder = folder
                self._take(None)
            elif not all(host.is_alive for host in self._hosts[-1]):
                logging.getLogger("agon").error("the process that makes workers has ended: another takes its place")
                self._take(self._release)

    def _find(self) -> Path:
        """Give the folder of the release that is to be served."""
        return self._published.find(self._folder) if self._published else (self._config.build / "current").resolve()

    def _take(self, release: Release | None) -> None:
        """Serve a release, or the one that is current, in the place of the one that is served."""
        try:
            release = release or (read_release(self._folder) if self._published else current_release(self._config))
            if release is None:
                return
            self._host(release)
        except KgError as error:
            logging.getLogger("agon").error("the release %s is refused: %s", self._folder.name[:12], error)
            return
        limits = self._config.limits
        longest = max(limits.timeout_seconds, limits.validate_seconds if self._config.validate else 0)
        self._stopped.wait(longest + _GRACE_SECONDS)
        _close(self._hosts.pop(0))

    def _host(self, release: Release) -> None:
        """Start workers for a release, try them, and tell the processes that speak HTTP."""
        hosts: list[Host] = [host_release(self._config, release)]
        try:
            if self._config.validate:
                hosts.append(host_checks(self._config))
            served = ServedRelease(release.folder, *(host.address for host in hosts))
            served.open(self._config)
        except KgError:
            _close(hosts)
            raise
        self._hosts.append(tuple(hosts))
        self._release = release
        served.write(self._path)


def _close(hosts: Iterable[Host]) -> None:
    for host in hosts:
        host.close()

"""Follow the current release: host a new one beside the old, and let the old one go when nobody asks it any more."""

import logging
import threading
from pathlib import Path

from kg.config import Config
from kg.errors import KgError
from kg.evaluation import WorkerHost
from kg.release import Release, current_release
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

    def __init__(self, config: Config, release: Release, path: Path) -> None:
        """
        Host a release.

        Args:
            config: The knowledge graph directory; its current release is followed.
            release: The release to begin with.
            path: The file by which the processes that speak HTTP learn what is served.

        Raises:
            KgError: The release, or a saved query, cannot be served.
        """
        self._config = config
        self._path = path
        self._release = release
        self._folder = release.folder
        self._hosts = [host_release(config, release)]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        served = ServedRelease(release.folder, self._hosts[0].address)
        served.open(config)
        served.write(path)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and end all workers."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        for host in self._hosts:
            host.close()

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_SECONDS):
            folder = (self._config.build / "current").resolve()
            if folder != self._folder:
                self._folder = folder
                self._take(None)
            elif not self._hosts[-1].is_alive:
                logging.getLogger("agon").error("the process that makes workers has ended: another takes its place")
                self._take(self._release)

    def _take(self, release: Release | None) -> None:
        """Serve a release, or the one that is current."""
        host: WorkerHost | None = None
        try:
            release = release or current_release(self._config)
            if release is None:
                return
            host = host_release(self._config, release)
            served = ServedRelease(release.folder, host.address)
            served.open(self._config)
        except KgError as error:
            logging.getLogger("agon").error("the release %s is refused: %s", self._folder.name[:12], error)
            if host:
                host.close()
            return
        served.write(self._path)
        self._release = release
        self._hosts.append(host)
        self._stopped.wait(self._config.limits.timeout_seconds + _GRACE_SECONDS)
        self._hosts.pop(0).close()

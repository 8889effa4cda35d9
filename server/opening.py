"""What happens beside the processes that speak HTTP while these still answer that nothing is ready."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Semaphore
from urllib.parse import urlsplit

import click

from kg.release import Release
from server.watch import ReleaseWatch

__all__ = ["Opening", "Signals"]

_STOP_SECONDS = 2.0
_LOOK_SECONDS = 0.02
_CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class Signals:
    """What each process tells: that it has started, and that it answers for a release."""

    started: Semaphore
    ready: Semaphore


class Opening:
    """
    Finds or builds the release to serve, hosts it, tells when all processes answer for it, and follows what comes.

    What stops it stops the server: :attr:`failure` is raised by whoever ran the server.
    """

    def __init__(self, find: Callable[[], Release], watch: ReleaseWatch, address: str) -> None:
        """
        Prepare.

        Args:
            find: Gives the release to serve.
            watch: It hosts the release.
            address: Where the server listens, for the line that announces it.
        """
        self.failure: BaseException | None = None
        self._find = find
        self._watch = watch
        self._address = address
        self._thread: threading.Thread | None = None

    def start(self, processes: int, signals: Signals) -> None:
        """
        Begin, in a thread that waits until all processes are there: none is forked while it works.

        Args:
            processes: How many processes speak HTTP.
            signals: What they tell.
        """
        self._thread = threading.Thread(target=self._run, args=(processes, signals), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the workers; a release that is just being built is left, and its build ends with this process."""
        self._watch.stop()
        if self._thread:
            self._thread.join(_STOP_SECONDS)
        self._watch.close()

    def _run(self, processes: int, signals: Signals) -> None:
        for _ in range(processes):
            signals.started.acquire()
        try:
            release = self._find()
            self._watch.begin(release)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whoever ran the server raises it again
            if not self._watch.is_stopped:
                self.failure = error
                os.kill(os.getpid(), signal.SIGTERM)
            return
        for _ in range(processes):
            signals.ready.acquire()
        self._await_connections()
        facts = f"{release.title}: {release.triple_count} triples of release {release.digest[:12]}"
        click.echo(f"{facts} on {self._address}/ (Ctrl-C ends it)")
        self._watch.follow()

    def _await_connections(self) -> None:
        """Wait a little until one can connect: an application is ready before the server that runs it listens."""
        address, deadline = urlsplit(self._address), time.monotonic() + _CONNECT_SECONDS
        while not self._watch.is_stopped and time.monotonic() < deadline:
            try:
                socket.create_connection((address.hostname, address.port), timeout=1).close()
            except OSError:
                time.sleep(_LOOK_SECONDS)
            else:
                return

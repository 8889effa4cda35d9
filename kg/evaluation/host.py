"""
The process that makes workers: it holds what they share once, and each worker is a fork of it.

It has one thread and does nothing else, so that a fork is safe and takes milliseconds: a worker that was ended is
replaced before anybody waits. A graph that fits in memory is loaded before the first fork, and the workers share its
pages; of a larger one each worker opens the store on disk, after the fork.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

from kg.config import Limits
from kg.errors import ReleaseError
from kg.evaluation.work import Answerer, QueryWork, Work
from kg.evaluation.worker import run_worker

__all__ = ["Host", "WorkerHost", "end_with_parent"]

_READY = b"ready\n"
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_CRASH_SECONDS = 0.05


@dataclass(frozen=True)
class _Settings:
    """What the process is told when it starts."""

    socket: str
    work: Work
    workers: int
    queue: int
    asks_others: bool


class Host:
    """
    Workers; clients reach them at ``address``, the path of a Unix socket.

    Close it, or use it as a context manager. It ends with the process that made it, however that ends.
    """

    def __init__(self, work: Work, *, workers: int, queue: int, asks_others: bool = False, mend: str) -> None:
        """
        Start the workers and wait until the first can be asked.

        Args:
            work: What they do.
            workers: How many jobs are done at once.
            queue: How many clients may wait for a worker.
            asks_others: Whether the workers may reach other servers; if not, they have no network.
            mend: What is wrong where they cannot start, and how it is mended.

        Raises:
            ReleaseError: They cannot start.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="agon-")
        self.address = str(Path(self._folder.name) / "workers")
        settings = _Settings(self.address, work, workers, queue, asks_others)
        command = [sys.executable, "-c", "from kg.evaluation.host import main; main()"]
        environment = {**os.environ, "RUST_BACKTRACE": "0"}
        self._process = subprocess.Popen(  # noqa: S603 - our own code, by our own interpreter
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._told, self._tells = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        with suppress(BrokenPipeError):  # it has ended already: then it is not ready either
            self._told.write(pickle.dumps(settings))
            self._told.close()
        if self._tells.readline() != _READY:
            self.close()
            raise ReleaseError(mend)

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_alive(self) -> bool:
        """Whether the process that makes workers is still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the workers, whatever they do."""
        self._process.terminate()
        self._process.wait()
        self._tells.close()
        self._folder.cleanup()


class WorkerHost(Host):
    """The workers that answer queries from one release; see :class:`Host`."""

    def __init__(
        self,
        store: Path,
        dump: Path | None = None,
        *,
        base_iri: str,
        prefixes: Mapping[str, str],
        limits: Limits,
        workers: int | None = None,
        asks_others: bool = False,
        index: Path | None = None,
    ) -> None:
        """
        Start the workers and wait until the first can be asked.

        Args:
            store: The folder of the store of a release.
            dump: The same data in N-Quads, to be held in memory; without it they are read from the store.
            base_iri: Against which relative IRIs in queries are resolved.
            prefixes: Names of namespaces, for the formats that have them.
            limits: What one query may cost.
            workers: How many queries are evaluated at once, if not as many as the limits say.
            asks_others: Whether queries may reach other endpoints; if not, the workers have no network.
            index: The search index of the release, for the IRIs that an unknown one is like.

        Raises:
            ReleaseError: The data cannot be loaded.
        """
        super().__init__(
            QueryWork(store, dump, base_iri, dict(prefixes), limits, index),
            workers=workers or limits.workers,
            queue=limits.queue,
            asks_others=asks_others,
            mend=f"the release in {store.parent} cannot be loaded: build it anew with kg build",
        )


def main() -> None:
    """Be the process that makes workers, as told on standard input."""
    parent = os.getppid()
    end_with_parent(parent)
    settings: _Settings = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from a process of ours
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        begin = settings.work.load()
    except ReleaseError as error:
        sys.exit(str(error))
    fork = partial(_fork, begin=begin, limits=settings.work.limits)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(settings.socket)
        listener.listen(settings.queue)
        gc.collect()
        gc.freeze()
        if not settings.asks_others:
            _leave_network()
        workers = {fork(listener): time.monotonic() for _ in range(settings.workers)}
        signal.signal(signal.SIGTERM, lambda *_: _end(workers))
        sys.stdout.buffer.write(_READY)
        sys.stdout.buffer.flush()
        while True:
            process, _ = os.waitpid(-1, 0)
            born = workers.pop(process, 0.0)
            if time.monotonic() - born < _CRASH_SECONDS:
                time.sleep(_CRASH_SECONDS)
            workers[fork(listener)] = time.monotonic()


def _fork(listener: socket.socket, begin: Callable[[], Answerer], limits: Limits) -> int:
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(parent)
    try:
        run_worker(listener, begin, limits)
    finally:
        os._exit(1)


def _end(workers: dict[int, float]) -> None:
    for process in workers:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    os._exit(0)


def end_with_parent(parent: int) -> None:
    """
    Ask the kernel to end this process when the one that made it ends.

    Args:
        parent: The process that made it; if that has ended already, this one ends at once.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _leave_network() -> None:
    """Give up all network interfaces, where the kernel lets an ordinary process do so."""
    ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)

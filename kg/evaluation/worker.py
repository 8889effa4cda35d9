"""
The life of a worker: accept a client, answer its one query in pieces, wait until it hangs up, and again.

A worker may be ended at any moment. The engine can neither be timed out nor interrupted, and some queries of a few
kilobytes exhaust its stack or its memory; so a worker has a large stack, a bound of memory and of processor time, and
never more than one client.
"""

import io
import os
import pickle
import resource
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from kg.config import Limits
from kg.errors import KgError, ReleaseError, ResultTooLargeError
from kg.evaluation.engine import answer
from kg.evaluation.messages import Job, Kind, encode, receive

__all__ = ["Evaluator", "run_worker"]

_STACK_BYTES = 256 * 1024**2
_PIECE_BYTES = 64 * 1024
_MOST_OPEN_FILES = 4096
_CPU_GRACE_SECONDS = 2
_FATTENING_KILOBYTES = 64 * 1024


@dataclass(frozen=True)
class Evaluator:
    """What a worker answers from; ``open`` gives the store, once the worker is a process of its own."""

    open: Callable[[], ox.Store]
    base_iri: str
    prefixes: dict[str, str]
    limits: Limits


def run_worker(listener: socket.socket, evaluator: Evaluator) -> None:
    """Serve the clients that come to a socket, for ever."""
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_serve, args=(listener, evaluator), daemon=True)
    thread.start()
    thread.join()


def _serve(listener: socket.socket, evaluator: Evaluator) -> None:
    try:
        store: ox.Store | None = evaluator.open()
        failure = None
    except ReleaseError as error:
        store, failure = None, error
    _bound_process(evaluator.limits)
    most = _most_resident() + _FATTENING_KILOBYTES
    while _most_resident() < most:  # one that has grown makes room for a fresh one
        line, _ = listener.accept()
        with line:
            try:
                _answer_client(line, store, failure, evaluator)
            except OSError:  # the client has hung up
                continue


def _answer_client(line: socket.socket, store: ox.Store | None, failure: KgError | None, evaluator: Evaluator) -> None:
    line.sendall(encode(Kind.PROCESS, str(os.getpid()).encode()))
    message = receive(line)
    if message is None:
        return
    job = Job.unpack(message[1])
    output = _Pieces(line, evaluator.limits.result_bytes)
    try:
        if failure or store is None:
            raise failure or ReleaseError("a worker has no store: build the release anew")
        _bound_processor_time(job.seconds)
        answer(store, job.request, job.row, output, base_iri=evaluator.base_iri, prefixes=evaluator.prefixes)
        output.end()
    except KgError as error:
        line.sendall(encode(Kind.FAILURE, pickle.dumps(error)))
    line.recv(1)  # returns when the client hangs up: until then this process is the client's to end


class _Pieces(io.RawIOBase, IO[bytes]):
    """A file that sends what is written to it in pieces, up to a bound."""

    def __init__(self, line: socket.socket, max_bytes: int) -> None:
        super().__init__()
        self._line = line
        self._max_bytes = max_bytes
        self._sent = 0
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._waiting += data
        if self._sent + len(self._waiting) > self._max_bytes:
            raise ResultTooLargeError(
                f"the result is larger than {self._max_bytes} bytes: add a LIMIT or ask for less",
                result_bytes=self._max_bytes,
            )
        if len(self._waiting) >= _PIECE_BYTES:
            self._line.sendall(encode(Kind.PIECE, bytes(self._waiting)))
            self._sent += len(self._waiting)
            self._waiting.clear()
        return len(data)

    def end(self) -> None:
        """Send what waits, and that it is all."""
        last = encode(Kind.PIECE, bytes(self._waiting)) if self._waiting else b""
        self._line.sendall(last + encode(Kind.END))


def _most_resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _bound_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_OPEN_FILES, _MOST_OPEN_FILES))
    bound = _address_space_bytes() + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def _bound_processor_time(seconds: float) -> None:
    """Let the kernel end the process if nobody else does."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time() + os.cpu_count() * seconds) + _CPU_GRACE_SECONDS  # type: ignore[operator]
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()

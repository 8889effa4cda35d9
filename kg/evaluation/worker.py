"""
The life of a worker: accept a client, answer its one job in pieces, wait until it hangs up, and again.

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
from functools import partial
from pathlib import Path
from typing import IO, Any

from kg.config import Limits
from kg.errors import KgError, ReleaseError, ResultTooLargeError
from kg.evaluation.messages import Kind, encode, receive, split_job
from kg.evaluation.work import Answerer

__all__ = ["run_worker"]

_STACK_BYTES = 256 * 1024**2
_PIECE_BYTES = 64 * 1024
_MOST_OPEN_FILES = 4096
_CPU_GRACE_SECONDS = 2
_FATTENING_KILOBYTES = 64 * 1024


def run_worker(listener: socket.socket, begin: Callable[[], Answerer], limits: Limits) -> None:
    """
    Serve the clients that come to a socket, for ever.

    Args:
        listener: The socket.
        begin: Gives what answers them; it is called once, in this process.
        limits: What one job may cost.
    """
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_serve, args=(listener, begin, limits), daemon=True)
    thread.start()
    thread.join()


def _serve(listener: socket.socket, begin: Callable[[], Answerer], limits: Limits) -> None:
    try:
        answer = begin()
    except ReleaseError as error:
        answer = partial(_refuse, error)
    _bound_process(limits)
    most = _most_resident() + _FATTENING_KILOBYTES
    while _most_resident() < most:  # one that has grown makes room for a fresh one
        line, _ = listener.accept()
        with line:
            try:
                _answer_client(line, answer, limits.result_bytes)
            except OSError:  # the client has hung up
                continue


def _refuse(error: ReleaseError, _job: bytes, _output: IO[bytes]) -> None:
    raise error


def _answer_client(line: socket.socket, answer: Answerer, max_bytes: int) -> None:
    line.sendall(encode(Kind.PROCESS, str(os.getpid()).encode()))
    message = receive(line)
    if message is None:
        return
    seconds, job = split_job(message[1])
    output = _Pieces(line, max_bytes)
    try:
        _bound_processor_time(seconds)
        answer(job, output)
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

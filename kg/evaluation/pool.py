"""
Worker processes that evaluate queries, each of which can be lost without anyone else noticing.

The engine can neither be timed out nor interrupted, and some queries of a few kilobytes exhaust its stack or its
memory. So each query runs in a worker that has a limit of memory, a large stack and no other client; a worker that
does not answer in time is killed and replaced.
"""

import multiprocessing
import resource
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, TimeoutError  # noqa: A004 - pebble raises this one
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
from pebble import ProcessExpired, ProcessPool

from kg.config import Limits
from kg.dataset import open_store
from kg.errors import QueryTimeoutError, QueryWorkerLostError, ReleaseError
from kg.evaluation.engine import answer
from kg.formats import Format
from kg.query import QueryRequest

__all__ = ["QueryPool"]

_STACK_BYTES = 256 * 1024**2
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Worker:
    """What a worker process holds for its whole life."""

    store: ox.Store
    prefixes: Mapping[str, str]
    limits: Limits


_worker: _Worker | None = None


class QueryPool:
    """
    Evaluates queries over one release.

    Use it as a context manager, or call :meth:`close`: the worker processes live as long as the pool.
    """

    def __init__(self, store: Path, *, prefixes: Mapping[str, str], limits: Limits, workers: int | None = None) -> None:
        """
        Start the workers.

        Args:
            store: The folder of the store of a release.
            prefixes: Names of namespaces, for the formats that have them.
            limits: What one query may cost.
            workers: How many queries are evaluated at once, if not as many as the limits say.
        """
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._limits = limits
        self._pool = ProcessPool(
            max_workers=workers or limits.workers,
            initializer=_start_worker,
            initargs=(store, dict(prefixes), limits),
            context=context,
        )

    def __enter__(self) -> "QueryPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers, whatever they do."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def evaluate(self, request: QueryRequest, row: Format, *, timeout_seconds: float | None = None) -> bytes:
        """
        Answer a query.

        Args:
            request: The query and its dataset.
            row: A format that fits the kind of the answer.
            timeout_seconds: How long it may take if that is less than the limit, waiting for a worker included.

        Returns:
            The whole answer, written in the format.

        Raises:
            QueryTimeoutError: The time ran out.
            QueryWorkerLostError: The query took more memory or stack than a worker has.
            QuerySyntaxError, QueryEvaluationError, ResultTooLargeError, FormatError: As the worker says.
            ReleaseError: The store of the release cannot be read.
        """
        seconds = min(timeout_seconds or self._limits.timeout_seconds, self._limits.timeout_seconds)
        future = self._pool.schedule(_work, args=(request, row), timeout=seconds)
        try:
            result: bytes = future.result(timeout=seconds + 0.5)
        except TimeoutError as error:
            future.cancel()  # type: ignore[no-untyped-call]
            raise QueryTimeoutError(
                f"the query took longer than {seconds:g} seconds: add a LIMIT, or name more of what you look for",
                timeout_seconds=seconds,
            ) from error
        except (ProcessExpired, CancelledError) as error:
            raise QueryWorkerLostError(
                "the query took more memory or a deeper stack than one query may: ask for less at once, or nest less",
                memory_bytes=self._limits.memory_bytes,
            ) from error
        return result


def _start_worker(store: Path, prefixes: Mapping[str, str], limits: Limits) -> None:
    """Open the release, then bound what the process may take from the machine."""
    global _worker
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _worker = _Worker(open_store(store), prefixes, limits)
    bound = _address_space_bytes() + limits.memory_bytes + _STACK_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _work(request: QueryRequest, row: Format) -> bytes:
    worker = _worker
    if worker is None:
        raise ReleaseError("a worker has no store: build the release anew")
    return _on_large_stack(
        lambda: answer(worker.store, request, row, prefixes=worker.prefixes, max_bytes=worker.limits.result_bytes)
    )


def _on_large_stack(call: Callable[[], _Value]) -> _Value:
    """Run a call in a thread with a stack that a query of the largest size does not exhaust."""
    outcome: list[_Value] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits, whatever it is
            failure.append(error)

    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]

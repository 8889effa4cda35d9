"""Work that may last no longer than some seconds, done in a process of its own that can be ended."""

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from kg.errors import QueryTimeoutError
from kg.terms import Term

__all__ = ["SlowShapeError", "within"]

_Result = TypeVar("_Result")
_FORK = multiprocessing.get_context("fork")
"""The child sees all that its parent holds, without a copy."""


class SlowShapeError(QueryTimeoutError):
    """A query or a pattern of a shape took longer than it may."""

    def __init__(self, shape: Term, problem: str, seconds: float) -> None:
        self.shape = shape
        super().__init__(problem, shape_seconds=seconds)


def within(seconds: float | None, work: Callable[[], _Result], *, shape: Term, name: str) -> _Result:
    """
    Do some work, and end it when it lasts too long.

    Args:
        seconds: The most that it may last; none sets no bound, and needs no other process.
        work: What to do; its result and its errors travel between processes.
        shape: The shape that it is done for.
        name: What it is, for the message.

    Raises:
        SlowShapeError: It lasts too long, or its process dies.
    """
    if seconds is None:
        return work()
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_answer, args=(work, theirs, seconds), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            problem = f"{name} took longer than {seconds:g} seconds (limits.shape_seconds): make it simpler"
            raise SlowShapeError(shape, problem, seconds)
        is_done, result = ours.recv()
    except EOFError as error:
        raise SlowShapeError(shape, f"{name} ended the process it ran in: make it simpler", seconds) from error
    finally:
        process.kill()
        process.join()
        ours.close()
    if not is_done:
        raise result
    answer: _Result = result
    return answer


def _answer(work: Callable[[], object], connection: Connection, seconds: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process when it is interrupted
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # and the system does where the parent is no more
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)
    try:
        answer = (True, work())
    except Exception as error:  # noqa: BLE001 - it is raised again in the parent
        answer = (False, error)
    connection.send(answer)
    connection.close()

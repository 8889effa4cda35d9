"""Work that may last no longer than some seconds, done in a process of its own that can be ended."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from kg.errors import QueryTimeoutError

__all__ = ["within"]

_Result = TypeVar("_Result")
_FORK = multiprocessing.get_context("fork")
"""The child sees all that its parent holds, without a copy."""


def within(seconds: float | None, work: Callable[[], _Result], *, name: str) -> _Result:
    """
    Do some work, and end it when it lasts too long.

    Args:
        seconds: The most that it may last; none sets no bound, and needs no other process.
        work: What to do; its result and its errors travel between processes.
        name: What it is, for the message.

    Raises:
        QueryTimeoutError: It lasts too long, or its process dies.
    """
    if seconds is None:
        return work()
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_answer, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise QueryTimeoutError(
                f"{name} took longer than {seconds:g} seconds: make it simpler, or give it more time",
                seconds_per_query=seconds,
            )
        is_done, result = ours.recv()
    except EOFError as error:
        raise QueryTimeoutError(f"{name} ended the process it ran in", seconds_per_query=seconds) from error
    finally:
        process.kill()
        process.join()
        ours.close()
    if not is_done:
        raise result
    answer: _Result = result
    return answer


def _answer(work: Callable[[], object], connection: Connection) -> None:
    try:
        answer = (True, work())
    except Exception as error:  # noqa: BLE001 - it is raised again in the parent
        answer = (False, error)
    connection.send(answer)
    connection.close()

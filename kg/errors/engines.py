"""The engine that holds the data is at fault."""

from collections.abc import Sequence
from typing import Final

from kg.errors.root import KgError
from kg.errors.wording import clipped

__all__ = [
    "EngineAnswerError",
    "EngineBusyError",
    "EngineCredentialsError",
    "EngineError",
    "EngineRefusalError",
    "EngineTimeoutError",
    "EngineUnreachableError",
    "PublicationDiffersError",
    "PublicationLockedError",
    "ReleaseReplacedError",
]

_LONGEST_TRIPLE: Final = 300


class EngineError(KgError):
    """
    The engine that holds the data failed; neither the question nor our files are at fault.

    ``engine`` is its address, without anything secret.
    """

    exit_code = 10
    title = "Failing engine"

    def __init__(self, engine: str, problem: str) -> None:
        self.engine = engine
        self.problem = problem
        super().__init__(f"the engine at {engine} {problem}")


class EngineUnreachableError(EngineError):
    """The engine cannot be reached, or breaks the connection."""

    title = "Engine out of reach"


class EngineCredentialsError(EngineError):
    """The engine wants other credentials, or these may not do what was asked."""

    title = "Refused by the engine"


class EngineAnswerError(EngineError):
    """What the engine answered is not what it was asked for, or not the whole of it."""

    title = "Unfit answer of the engine"


class EngineRefusalError(EngineError):
    """The engine does not do what it was asked, such as a query it cannot evaluate or a write to a full disk."""

    title = "Refused by the engine"


class EngineTimeoutError(EngineError):
    """The engine did not answer in time."""

    title = "Engine out of time"


class EngineBusyError(EngineError):
    """The engine has too much to do: ask again in a moment."""

    title = "Engine busy"


class ReleaseReplacedError(EngineError):
    """The data in the engine were replaced while they were asked: ask again in a moment."""

    title = "Data replaced meanwhile"


class PublicationLockedError(EngineBusyError):
    """Somebody else is publishing to the engine."""

    title = "Published by another"


class PublicationDiffersError(EngineError):
    """
    What the engine holds is not what was sent to it.

    ``graph`` is the named graph, ``expected`` and ``found`` count triples, ``missing`` and ``unexpected`` are examples.
    """

    title = "Differing data"

    def __init__(
        self, engine: str, graph: str, expected: int, found: int, missing: Sequence[str], unexpected: Sequence[str]
    ) -> None:
        self.graph, self.expected, self.found = graph, expected, found
        self.missing, self.unexpected = tuple(missing), tuple(unexpected)
        examples = "".join(
            f"\n  {word}: {clipped(line, _LONGEST_TRIPLE)} ."
            for word, lines in (("missing", missing), ("not ours", unexpected))
            for line in lines
        )
        super().__init__(engine, f"holds {found} triples in <{graph}>, expected {expected}{examples}")

"""How long work tells those who wait for it what it does, and how far it is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["SILENT", "Share", "Steps"]

Share = Callable[[int, int], None]
"""Is told how much of a step is done, and of how much."""
_Thing = TypeVar("_Thing")
_EACH = 5_000


@dataclass(frozen=True)
class Steps:
    """Whom to tell: of each step in a few words, and of the parts of it that are done."""

    tell: Callable[[str], None]
    share: Share

    def through(self, things: Iterable[_Thing], total: int) -> Iterable[_Thing]:
        """Give things, each time that one goes through them, and tell how many have been given."""
        return _Told(things, total, self.share)


@dataclass(frozen=True)
class _Told(Iterable[_Thing]):
    things: Iterable[_Thing]
    total: int
    share: Share

    def __iter__(self) -> Iterator[_Thing]:
        for done, thing in enumerate(self.things):
            if done % _EACH == 0:
                self.share(done, self.total)
            yield thing


SILENT = Steps(lambda _step: None, lambda _done, _total: None)
"""Tells nobody."""

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

    def through(self, things: Iterable[_Thing], total: int) -> Iterator[_Thing]:
        """Give things one by one, and tell how many have been given."""
        for done, thing in enumerate(things):
            if done % _EACH == 0:
                self.share(done, total)
            yield thing


SILENT = Steps(lambda _step: None, lambda _done, _total: None)
"""Tells nobody."""

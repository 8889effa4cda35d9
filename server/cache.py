"""
Answers kept in memory, up to a bound in bytes; they go with the release that they come from.

An answer is kept under its entity tag. A second table leads from what a client sends to the tag, so that a request
that was answered before needs neither be read nor judged again.
"""

from dataclasses import dataclass

from cachetools import LRUCache

__all__ = ["AnswerCache", "KeptAnswer"]

_MOST_BYTES_OF_ONE = 1024**2
_MOST_REQUESTS = 10_000


@dataclass(frozen=True)
class KeptAnswer:
    """The headers and the body of an answer, as they are sent."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class AnswerCache:
    """The answers of one process over one release."""

    def __init__(self, max_bytes: int) -> None:
        """Keep up to ``max_bytes`` of bodies."""
        self._answers: LRUCache[str, KeptAnswer] = LRUCache(max_bytes, getsizeof=lambda kept: len(kept.body) + 512)
        self._tags: LRUCache[bytes, str] = LRUCache(_MOST_REQUESTS)

    def find(self, tag: str) -> KeptAnswer | None:
        """Give the answer that is kept under an entity tag."""
        return self._answers.get(tag)

    def keep(self, tag: str, answer: KeptAnswer) -> None:
        """Keep an answer, unless it is very large."""
        if len(answer.body) <= min(_MOST_BYTES_OF_ONE, self._answers.maxsize // 4):
            self._answers[tag] = answer

    def tag_of(self, request: bytes) -> str | None:
        """Give the entity tag of the answer to a request that was seen before."""
        return self._tags.get(request)

    def remember(self, request: bytes, tag: str) -> None:
        """Remember under which tag the answer to a request is kept."""
        self._tags[request] = tag

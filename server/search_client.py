"""Searches beside an event loop: one at a time, in a thread of their own, and not too many in the queue."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from kg.errors import ServiceBusyError
from kg.search import Facet, SearchIndex, SearchRequest, SearchResult, Suggestion

__all__ = ["SearchClient"]

_MOST_WAITING: Final = 500
"""How many searches may wait; one more is refused at once."""
_T = TypeVar("_T")


class SearchClient:
    """Asks the index of a release."""

    def __init__(self, index: SearchIndex) -> None:
        """Prepare to ask an index."""
        self._index = index
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")

    async def facets(self) -> tuple[Facet, ...]:
        """Give the facets, as :attr:`SearchIndex.facets` does."""
        return await self._ask(lambda: self._index.facets)

    async def search(self, request: SearchRequest) -> SearchResult:
        """Find documents, as :meth:`SearchIndex.search` does."""
        return await self._ask(lambda: self._index.search(request))

    async def suggest(self, text: str, languages: Sequence[str]) -> tuple[Suggestion, ...]:
        """Suggest documents, as :meth:`SearchIndex.suggest` does."""
        return await self._ask(lambda: self._index.suggest(text, languages))

    async def _ask(self, question: Callable[[], _T]) -> _T:
        """
        Ask when it is our turn.

        Raises:
            ServiceBusyError: Too many wait.
        """
        if self._waiting >= _MOST_WAITING:
            raise ServiceBusyError(f"{_MOST_WAITING} searches are waiting already: ask again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, question)
        finally:
            self._waiting -= 1

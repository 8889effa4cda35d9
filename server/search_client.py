"""Searches beside an event loop: one at a time, in a thread of their own, and not too many in the queue."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kg.errors import ServiceBusyError
from kg.search import Facet, SearchIndex, SearchRequest, SearchResult, Suggestion

__all__ = ["SearchClient"]

_T = TypeVar("_T")


class SearchClient:
    """Asks the index of a release."""

    def __init__(self, index: SearchIndex, queue: int) -> None:
        """
        Prepare.

        Args:
            index: What is asked.
            queue: How many searches may wait; one more is refused at once.
        """
        self._index = index
        self._queue = queue
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")

    async def facets(self) -> tuple[Facet, ...]:
        """Give the facets, as :attr:`SearchIndex.facets` does."""
        return await self._ask(lambda: self._index.facets)

    async def search(self, request: SearchRequest) -> SearchResult:
        """Find documents, as :meth:`SearchIndex.search` does."""
        return await self._ask(lambda: self._index.search(request))

    async def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Suggest documents, as :meth:`SearchIndex.suggest` does."""
        return await self._ask(lambda: self._index.suggest(text))

    async def _ask(self, question: Callable[[], _T]) -> _T:
        """
        Ask when it is our turn.

        Raises:
            ServiceBusyError: Too many wait.
        """
        if self._waiting > self._queue:
            raise ServiceBusyError(
                f"{self._queue} searches are waiting already: ask again in a moment", queue=self._queue
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, question)
        finally:
            self._waiting -= 1

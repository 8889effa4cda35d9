"""Whether the engine behind the server stands ready: asked beside the queries, however many of these wait."""

import asyncio
import time
from typing import Final

from kg.config import Config
from kg.errors import EngineError, ReleaseReplacedError
from kg.remote import Endpoint, read_publication

__all__ = ["Readiness"]

_SECONDS: Final = 3.0
_FRESH_SECONDS: Final = 0.5


class Readiness:
    """Looks at the engine when somebody wants to know, twice in a second at most."""

    def __init__(self, config: Config, digest: str) -> None:
        """
        Prepare; nothing is asked yet.

        Args:
            config: It names the engine.
            digest: The release that is served.
        """
        self._endpoint = Endpoint(config.store, timeout_seconds=_SECONDS)
        self._base_iri = config.base_iri
        self._digest = digest
        self._turn = asyncio.Lock()
        self._looked = -_FRESH_SECONDS
        self._problem: EngineError | None = None

    async def problem(self) -> EngineError | None:
        """Say what keeps the release from being answered from, if anything does."""
        async with self._turn:
            if time.monotonic() - self._looked > _FRESH_SECONDS:
                self._problem = await asyncio.to_thread(self._look)
                self._looked = time.monotonic()
        return self._problem

    def _look(self) -> EngineError | None:
        try:
            found = read_publication(self._endpoint, self._base_iri, whole=False)
        except EngineError as error:
            return error
        if self._digest not in found.whole:
            return ReleaseReplacedError(self._endpoint.name, f"holds release {self._digest[:12]} no more")
        return None

"""
The processes that speak HTTP, and how each learns which release to serve.

A small file says which release is served and where its workers are. The process that watches the releases replaces it;
the others look at it twice in a second, and take the new service between two requests.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from kg.config import Config
from kg.errors import KgError
from server.app import create_app
from server.served import ServedRelease
from server.service import ServiceSlot

__all__ = ["load_application"]

_LOOK_SECONDS = 0.5


def load_application(config: Config, path: Path, access_log: str | None) -> ASGIApp:
    """
    Make the application in a process of its own.

    Args:
        config: The knowledge graph directory.
        path: The file that says which release is served.
        access_log: A file for one line of JSON per request; ``-`` is standard output.
    """
    _log_access_to(access_log)
    served = ServedRelease.read(path)
    with ThreadPoolExecutor(1) as threads:  # outside of the event loop, which is not running yet
        slot = ServiceSlot(threads.submit(served.open, config).result())

    @asynccontextmanager
    async def following(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.ensure_future(_follow(config, path, served, slot))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return create_app(slot, following)


async def _follow(config: Config, path: Path, served: ServedRelease, slot: ServiceSlot) -> None:
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        named = ServedRelease.read(path)
        if named == served:
            continue
        served = named
        try:
            slot.service = await asyncio.to_thread(named.open, config)
        except KgError as error:
            logging.getLogger("agon").error("the release %s is not served: %s", named.folder.name[:12], error)


def _log_access_to(target: str | None) -> None:
    if target is None:
        return
    logger = logging.getLogger("agon.access")
    logger.addHandler(logging.StreamHandler() if target == "-" else logging.FileHandler(target))
    logger.setLevel(logging.INFO)
    logger.propagate = False

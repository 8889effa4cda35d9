"""
The processes that speak HTTP, and how each learns which release to serve.

A small file says which release is served and where its workers are. The process that watches the releases replaces it;
the others look at it twice in a second, and take the new service between two requests.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from kg.config import Config
from kg.errors import KgError, ServiceBusyError
from server.app import create_app
from server.opening import Signals
from server.served import ServedRelease
from server.service import Service, ServiceSlot

__all__ = ["load_application"]

_LOOK_SECONDS = 0.5
_FIRST_LOOK_SECONDS = 0.02
_START_SECONDS = 60.0


def load_application(config: Config, path: Path, access_log: str | None, signals: Signals) -> ASGIApp:
    """
    Make the application in a process of its own.

    Args:
        config: The knowledge graph directory.
        path: The file that says which release is served; while it is absent, nothing is ready.
        access_log: A file for one line of JSON per request; ``-`` is standard error.
        signals: Whom to tell.
    """
    _log_access_to(access_log)
    with ThreadPoolExecutor(1) as threads:  # outside of the event loop, which is not running yet
        served, service = threads.submit(_open_first, config, path).result()
    slot = ServiceSlot(service, config.store.address)

    @asynccontextmanager
    async def following(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.ensure_future(_follow(config, path, served, slot, signals))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return create_app(slot, following)


def _open_first(config: Config, path: Path) -> tuple[ServedRelease | None, Service | None]:
    """Open the release that is served, if any; where its workers are just being replaced, wait for that."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        served = ServedRelease.read(path)
        try:
            return served, served.open(config) if served else None
        except ServiceBusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_SECONDS)


async def _follow(
    config: Config, path: Path, served: ServedRelease | None, slot: ServiceSlot, signals: Signals
) -> None:
    if served:
        signals.ready.release()
    while True:
        await asyncio.sleep(_LOOK_SECONDS if served else _FIRST_LOOK_SECONDS)
        named = ServedRelease.read(path)
        if named is None or named == served:
            continue
        try:
            slot.service = await asyncio.to_thread(named.open, config)
        except KgError as error:
            logging.getLogger("agon").error("the release %s is not served yet: %s", named.folder.name[:12], error)
            await asyncio.sleep(_LOOK_SECONDS)
            continue
        if served is None:
            signals.ready.release()
        served = named


def _log_access_to(target: str | None) -> None:
    if target is None:
        return
    logger = logging.getLogger("agon.access")
    logger.addHandler(logging.StreamHandler() if target == "-" else logging.FileHandler(target))
    logger.setLevel(logging.INFO)
    logger.propagate = False

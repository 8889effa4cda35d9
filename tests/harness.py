"""What tests share that is no fixture: the folders, and Agon as its users start it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import pytest
from httpx import Response
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

__all__ = [
    "COMMAND",
    "DIRECT",
    "REPOSITORY",
    "TINY",
    "Kg",
    "absent",
    "copy_tiny",
    "media_type",
    "quiet_page",
    "running",
    "serve",
    "shared",
    "started",
]

REPOSITORY = Path(__file__).resolve().parent.parent
TINY = REPOSITORY / "tests" / "tiny"
COMMAND = (sys.executable, "-c", "from kg.cli import main; main()")
DIRECT = {"Content-Type": "application/sparql-query"}
"""The headers of a query that is posted as it is."""

_END_SECONDS = 20

_MAY_FAIL = "/sparql"
"""The address whose refusals the browser also writes to its console, where they are no fault of the page."""

_SHARED = REPOSITORY.parent / "shared"

Kg = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the command ``kg`` over a directory."""


def media_type(response: Response) -> str:
    """The media type of a response, without parameters."""
    return str(response.headers.get("Content-Type", "")).partition(";")[0]


def copy_tiny(folder: Path, *, seconds: int, settings: str = "") -> Path:
    """Copy the small graph to a folder to come, with another limit of time, in seconds, and with more settings."""
    root = Path(shutil.copytree(TINY, folder))
    file = root / "agon.toml"
    file.write_text(file.read_text().replace("timeout_seconds = 2\n", f"timeout_seconds = {seconds}\n") + settings)
    return root


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a program, with options of :class:`subprocess.Popen`; at the end it is ended, and killed if it goes on."""
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@contextmanager
def started(
    options: Sequence[str], more: Sequence[str] = (), environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[str, int]]:
    """Start ``kg serve``, with more options of its own, on a free port; gives its address and its process."""
    command = [*COMMAND, *options, "serve", "--port", "0", *more]
    every = {**os.environ, **environment}
    with running(command, stdout=subprocess.PIPE, env=every) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split(" on ")[1].split("/ ")[0], process.pid


def serve(options: Sequence[str], more: Sequence[str] = ()) -> Iterator[str]:
    """Start ``kg serve`` as :func:`started` does, for a fixture that needs its address."""
    with started(options, more) as (address, _):
        yield address


def shared(name: str) -> Path:
    """A file of the shared folder; where that is absent the test is skipped, and fails in CI."""
    path = _SHARED / name
    if not path.exists():
        absent(f"{name} is read from the folder shared/ beside the repository, which is absent here")
    return path


def absent(reason: str) -> NoReturn:
    """Skip a test that lacks what not every machine has; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def quiet_page(browser: Browser, address: str, *, scripts: bool = True) -> Iterator[Page]:
    """
    A page of a browser that knows nothing yet.

    Errors and warnings in its console, requests that fail and requests to other hosts fail the test; not so the refusal
    of an address that a test opened, of a query that it asked, or of what may fail.
    """
    faults: list[str] = []
    refusable: set[str] = set()

    def see(request: Request) -> None:
        if request.is_navigation_request() or request.url.partition("?")[0].endswith(_MAY_FAIL):
            refusable.add(request.url)
        if not request.url.startswith(address):
            faults.append(f"other host: {request.url}")

    def fail(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED" and request.url not in refusable:
            faults.append(f"{request.failure}: {request.url}")

    def hear(message: ConsoleMessage) -> None:
        is_refusal = message.text.startswith("Failed to load resource") and message.location["url"] in refusable
        if message.type in {"error", "warning"} and not is_refusal:
            faults.append(f"{message.text}: {message.location['url']}")

    with browser.new_context(base_url=address, java_script_enabled=scripts) as context:
        context.on("request", see)
        context.on("requestfailed", fail)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
    assert faults == []

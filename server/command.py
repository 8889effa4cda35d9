"""``kg serve``: a release behind a production server, in several processes."""

import os
import socket
import sys
import tempfile
from dataclasses import replace
from functools import partial
from multiprocessing import Semaphore
from pathlib import Path
from typing import Any

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server.common import AbstractServer
from starlette.types import ASGIApp

from kg.cli.session import Session
from kg.config import Config, with_store
from kg.errors import AddressInUseError, OutputError
from kg.evaluation import end_with_parent
from kg.pipeline import build_current_release
from kg.release import Release
from kg.reports import report_lines
from server.opening import Opening, Signals
from server.watch import ReleaseWatch

__all__ = ["serve"]

_HEADER_MILLISECONDS = 10_000
"""How long a client may take for its headers."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address, or the name of one, to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@click.option(
    "--processes",
    default=max(1, min(4, os.cpu_count() or 1)),
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many processes speak HTTP.",
)
@click.option("--access-log", metavar="FILE", help="Write one line of JSON per request; - is standard error.")
@click.option(
    "--store",
    metavar="URL",
    help="Answer from the engine at this address, such as sparql+https://engine.example/sparql.",
)
@click.option("--validate", is_flag=True, help="Check documents too that clients send to /validate.")
@click.pass_obj
def serve(
    session: Session, host: str, port: int, processes: int, access_log: str | None, store: str | None, validate: bool
) -> None:
    """
    Serve the current release; where there is none, check the files and build it first.

    With --store, or [store] in agon.toml, serve the release that kg publish has brought to that engine.
    """
    config = replace(session.config, validate=validate or session.config.validate)
    if store is not None:
        config = with_store(config, store)
    if access_log is not None and access_log != "-":
        _require_writable(Path(access_log))
    reserved = _reserve(host, port)
    place, port = reserved.getsockname()[:2]
    with tempfile.TemporaryDirectory(prefix="agon-serve-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        path = Path(folder) / "served.json"
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        watch = ReleaseWatch(config, path)
        opening = Opening(partial(_release, session, watch), watch, address)
        signals = Signals(Semaphore(0), Semaphore(0))
        server = _server(config, place, port, processes)
        server.on_startup(partial(opening.start, processes, signals))
        try:
            loader = partial(_load, os.getpid(), config, path, access_log, signals)
            server.serve(target_loader=loader, wrap_loader=False)
        finally:
            opening.close()
            reserved.close()
    if opening.failure:
        raise opening.failure


def _server(config: Config, place: str, port: int, processes: int) -> AbstractServer[Any]:
    return Granian(
        "server",
        address=place,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        loop=Loops.auto,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(config.limits.timeout_seconds) + 1,
    )


def _require_writable(log: Path) -> None:
    """Find out whether the access log can be written, before processes are there that would each fail."""
    try:
        log.open("ab").close()
    except OSError as error:
        problem = f"the access log {log} cannot be written: {error.strerror}; give another with --access-log"
        raise OutputError(problem) from error


def _reserve(host: str, port: int) -> socket.socket:
    """Find out whether the address is free, and keep the port for the processes that will share it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, *_, place = min(found, key=lambda one: one[0] != socket.AF_INET)  # localhost may be ::1 too
        with socket.create_server(place[:2], family=family) as probe:
            place = probe.getsockname()
        reserved = socket.socket(family)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(place)
    except (OSError, UnicodeError) as error:
        problem = (getattr(error, "strerror", "") or str(error)).partition(" (while")[0]
        message = f"cannot listen on {host}:{port}: {problem}; give another with --port or --host"
        raise AddressInUseError(message) from error
    return reserved


def _load(parent: int, config: Config, path: Path, access_log: str | None, signals: Signals) -> ASGIApp:
    """Make the application in a process that ends with the one that made it, once the folder of metrics is known."""
    signals.started.release()
    end_with_parent(parent)
    from server.processes import load_application

    return load_application(config, path, access_log, signals)


def _release(session: Session, watch: ReleaseWatch) -> Release:
    release = watch.find()
    if release is not None:
        return release
    with session.steps() as steps:
        outcome = build_current_release(session.config, steps=steps)
    if outcome.release is None:
        for line in report_lines(outcome.checked.report, outcome.checked.prefixes) if outcome.checked else ():
            click.echo(line)
        sys.exit(1)
    return outcome.release

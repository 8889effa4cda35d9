"""``kg serve``: a release behind a production WSGI server."""

import logging
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import click
from waitress.server import create_server

from kg.cli.session import Session
from kg.errors import AddressInUseError
from kg.pipeline import build_current_release
from kg.release import Release, current_release
from kg.reports import report_lines
from server.app import create_app
from server.service import open_service

__all__ = ["serve"]

_THREADS_PER_WORKER = 4
_MOST_BODY_BYTES = 10 * 1024**2
"""What is read of a request at most, before the application judges it."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@click.pass_obj
def serve(session: Session, host: str, port: int) -> None:
    """Serve the current release; where there is none, check the files and build it first."""
    listener = _listen(host, port)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
    release = _release(session)
    service = open_service(session.config, release)
    threads = _THREADS_PER_WORKER * session.config.limits.workers
    server = create_server(
        create_app(service),
        sockets=[listener],
        threads=threads,
        ident="Agon",
        max_request_body_size=_MOST_BODY_BYTES,
    )
    signal.signal(signal.SIGTERM, _stop)
    click.echo(
        f"{release.title}: {release.triple_count} triples of release {release.digest[:12]} "
        f"on http://{host}:{listener.getsockname()[1]}/ (Ctrl-C ends it)"
    )
    try:
        server.run()
    finally:
        service.pool.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        problem = (error.strerror or str(error)).partition(" (while")[0]
        message = f"cannot listen on {host}:{port}: {problem}; give another with --port or --host"
        raise AddressInUseError(message) from error


def _release(session: Session) -> Release:
    release = current_release(session.config)
    if release is not None:
        return release
    outcome = build_current_release(session.config, progress=session.tell)
    if outcome.release is None:
        for line in report_lines(outcome.checked.report, outcome.checked.prefixes) if outcome.checked else ():
            click.echo(line)
        sys.exit(1)
    return outcome.release


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)

"""What an engine answers, held to what it was asked for: in time, of the right type, and whole."""

import io
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from html import unescape
from typing import IO, Any, Final

import httpx

from kg.errors import (
    EngineAnswerError,
    EngineBusyError,
    EngineCredentialsError,
    EngineError,
    EngineRefusalError,
    EngineTimeoutError,
    EngineUnreachableError,
)

__all__ = ["Body", "fault", "one_line"]

_LONGEST_LINE = 160
_MOST_READ = 4096
_OUT_OF_TIME: Final = re.compile(r"time[d -]*(?:is |has |was )?out|time limit|deadline|S1T00|cancell?ed", re.IGNORECASE)
_NO_ROOM: Final = re.compile(r"no space left|out of disk", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")
_PARTIAL_STATES: Final = ("S1TAT", "S1T00")
"""By which Virtuoso says, in the header X-SQL-State, that the time ran out before it had found all."""
_ALIKE: Final = {
    "application/n-triples": {"application/n-triples", "text/plain"},
    "application/sparql-results+json": {"application/sparql-results+json", "application/json"},
}
"""The media types of answers that can be read as the one asked for."""


def one_line(text: str) -> str:
    """Cut what an engine says to one short line that prints."""
    words = "".join(character if character.isprintable() else " " for character in text).split()
    line = " ".join(words)
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def fault(response: httpx.Response, engine: str) -> EngineError:
    """
    Say what a status that tells no success means.

    Args:
        response: Its body is read, up to a few kilobytes.
        engine: The address of the engine.
    """
    status = response.status_code
    said = one_line(_words(_beginning(response)))
    quoted = f': it says "{said}"' if said else ""
    if status in {401, 403}:
        return EngineCredentialsError(
            engine,
            f"refuses us with status {status}: give AGON_STORE_USER and AGON_STORE_PASSWORD, or AGON_STORE_TOKEN, of "
            f"somebody who may do this{quoted}",
        )
    if status in {408, 504} or _OUT_OF_TIME.search(said):
        return EngineTimeoutError(engine, f"ran out of time, with status {status}{quoted}")
    if status in {429, 503}:
        return EngineBusyError(engine, f"is busy, with status {status}: ask again in a moment{quoted}")
    if status == 206:
        return EngineAnswerError(
            engine, "gave a part of the answer, with status 206: give it more time or ask for less"
        )
    if 300 <= status < 400:
        where = response.headers.get("location", "nowhere").partition("?")[0]
        return EngineAnswerError(engine, f"leads elsewhere, to {one_line(where)}: give that address if it is right")
    if status in {404, 405, 406, 415}:
        return EngineAnswerError(engine, f"answers with status {status}: see that its address is right{quoted}")
    if status == 507 or _NO_ROOM.search(said):
        return EngineRefusalError(engine, f"has no room left: free some on its disk{quoted}")
    return EngineRefusalError(engine, f"does not do what it was asked, with status {status}{quoted}")


def _words(text: str) -> str:
    """Give the words of a page; in one Virtuoso says what is wrong with a graph that was sent."""
    return unescape(_TAG.sub(" ", text)) if text.lstrip().startswith("<") else text


def _beginning(response: httpx.Response) -> str:
    found = b""
    try:
        for chunk in response.iter_bytes(_MOST_READ):
            found += chunk
            if len(found) >= _MOST_READ:
                break
    except httpx.HTTPError:
        pass  # the status says enough
    return found[:_MOST_READ].decode("utf-8", "replace")


class Body(io.RawIOBase, IO[bytes]):
    """The body of an answer, as a file; it fails where it is not what was asked for."""

    def __init__(
        self,
        response: httpx.Response,
        engine: str,
        media_type: str,
        seconds: float,
        misspelt: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        """
        Look at the headers.

        Args:
            response: Its body is not read yet.
            engine: The address of the engine.
            media_type: What it was asked for.
            seconds: How long it may take to the end.
            misspelt: What may stand in it, and what should, each.

        Raises:
            EngineError: It is something else, or marked as a part.
        """
        super().__init__()
        self._engine = engine
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._socket = response.extensions["network_stream"].get_extra_info("socket")
        self._chunks = response.iter_bytes()
        for wrong, right in misspelt:
            self._chunks = _mended(self._chunks, wrong, right)
        self._waiting = b""
        self._require_type(response, media_type)
        self._require_whole(response)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read so many bytes at most, or all of them."""
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 16), b""))
        while not self._waiting:
            chunk = self._next()
            if chunk is None:
                return b""
            self._waiting = chunk
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        return taken

    def readinto(self, buffer: Any, /) -> int:
        """Read into a buffer."""
        taken = self.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)

    def finish(self) -> None:
        """Read to the end, which has to come."""
        while self.read(1 << 16):
            pass

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turn what cannot be parsed into a failure of the engine; other faults are of whoever reads."""
        try:
            yield
        except SyntaxError as error:
            raise EngineAnswerError(
                self._engine, f"gave an answer that is broken off or malformed ({one_line(str(error))}): ask again"
            ) from error

    def _next(self) -> bytes | None:
        if time.monotonic() > self._deadline:
            raise EngineTimeoutError(self._engine, f"was not done in {self._seconds:g} seconds: ask for less")
        self._acknowledge()
        try:
            return next(self._chunks, None)
        except httpx.TimeoutException as error:
            raise EngineTimeoutError(
                self._engine, f"was not done in {self._seconds:g} seconds: ask for less"
            ) from error
        except httpx.HTTPError as error:
            raise EngineUnreachableError(
                self._engine, f"broke its answer off ({one_line(str(error))}): see whether it still runs"
            ) from error

    def _acknowledge(self) -> None:
        """Acknowledge what has come: Virtuoso holds the rest back until then, and Linux waits for 40 ms otherwise."""
        if hasattr(socket, "TCP_QUICKACK"):
            with suppress(OSError):  # at the end of the answer the engine may have closed the connection
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, True)

    def _require_type(self, response: httpx.Response, wanted: str) -> None:
        found = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if found not in _ALIKE.get(wanted, {wanted}):
            raise EngineAnswerError(
                self._engine,
                f"answered in {one_line(found) or 'no media type'}, expected {wanted}: see that its address is that "
                "of a SPARQL endpoint",
            )

    def _require_whole(self, response: httpx.Response) -> None:
        state, most = (response.headers.get(name, "") for name in ("x-sql-state", "x-sparql-maxrows"))
        if state.startswith(_PARTIAL_STATES):
            problem = f"ran out of time and gave a part of the answer ({one_line(state)}): ask for less"
            raise EngineTimeoutError(self._engine, problem)
        if most:  # Virtuoso says this of an answer that has reached the bound
            problem = f"cuts answers off at {one_line(most)} solutions: take ResultSetMaxRows out of its settings"
            raise EngineAnswerError(self._engine, problem)


def _mended(chunks: Iterator[bytes], wrong: bytes, right: bytes) -> Iterator[bytes]:
    """Replace a text; its beginning may stand at the end of a chunk."""
    rest = b""
    for chunk in chunks:
        text = (rest + chunk).replace(wrong, right)
        place = max(0, len(text) - len(wrong) + 1)
        rest = text[place:]
        if place:
            yield text[:place]
    yield rest

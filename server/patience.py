"""
Patience with an engine that is just taking another release: the request is answered once that is there.

Only answers that nobody has seen the beginning of are made again, so none mixes two releases.
"""

import asyncio
import time
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.service import ServiceSlot

__all__ = ["Patient"]

_PAUSE_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.02
_VAIN_SECONDS: Final = 10.0
_BODY_BYTES: Final = 1_000_000
"""A request with more than that is not kept to be answered again."""


class Patient:
    """Wraps the application: asks it again where :func:`server.errors.failure` tells of a release that was replaced."""

    def __init__(self, app: ASGIApp, slot: ServiceSlot) -> None:
        """
        Wrap an application.

        Args:
            app: It finds its service in the state of the request.
            slot: Where the service is that answers now.
        """
        self._app = app
        self._slot = slot
        self._given_up = -_VAIN_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not self._slot.engine or self._is_in_vain or not _can_be_kept(scope):
            await self._app(scope, receive, send)
            return
        patience = scope["state"]["service"].config.store.patience_seconds
        deadline, body = time.monotonic() + patience, _Body(receive)
        while True:
            attempt = _Attempt(scope, send, deadline)
            await self._app(attempt.scope, body.receive, attempt.send)
            if not attempt.is_held:
                break
            await self._await_another(scope["state"])
            body.rewind()
        if attempt.is_refused:
            self._given_up = time.monotonic()

    @property
    def _is_in_vain(self) -> bool:
        """Whether somebody has just waited without an answer, so that others had better be told at once."""
        return time.monotonic() - self._given_up < _VAIN_SECONDS

    async def _await_another(self, state: dict[str, Any]) -> None:
        """Wait a little, or less if another service takes the place of the one that answered; it answers next."""
        end = time.monotonic() + _PAUSE_SECONDS
        while self._slot.service is state["service"] and time.monotonic() < end:
            await asyncio.sleep(_LOOK_SECONDS)
        state["service"] = self._slot.service


class _Attempt:
    """One try: its answer is passed on, or held back if it is that a release was replaced and there is time left."""

    def __init__(self, scope: Scope, send: Send, deadline: float) -> None:
        self.scope = {**scope, "state": {**scope["state"]}}
        self.is_refused = self.is_held = False
        self._send, self._deadline = send, deadline

    async def send(self, message: Message) -> None:
        """Pass a message on, or drop it."""
        if message["type"] == "http.response.start":
            self.is_refused = self.scope["state"].get("is_replaced", False)
            self.is_held = self.is_refused and time.monotonic() < self._deadline
        if not self.is_held:
            await self._send(message)


class _Body:
    """The body of a request, which can be read again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: list[Message] = []
        self._place = 0

    def rewind(self) -> None:
        """Begin anew."""
        self._place = 0

    async def receive(self) -> Message:
        """Give the next message."""
        if self._place == len(self._read):
            self._read.append(await self._receive())
        self._place += 1
        return self._read[self._place - 1]


def _can_be_kept(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0" if scope["method"] in {"GET", "HEAD"} else "")
    return "transfer-encoding" not in headers and length.isdecimal() and int(length) <= _BODY_BYTES

"""
Entity tags for responses that have none of their own, made of the bytes that they send.

Source: HTTP Semantics (RFC 9110), sections 8.8.3 and 13.1.2.
"""

from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.answers import CACHE_CONTROL, matches

__all__ = ["Tagged"]


class Tagged:
    """
    Wraps the application: what it gives whole, and says nothing of caches about, can be kept and asked for again.

    The bytes are the same wherever the same release is served, and so are the tags.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def send_tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_untold(message):
                start = message
                return
            if start is not None:
                begun, start = start, None
                if not message.get("more_body"):
                    message = _tag(begun, message, Headers(scope=scope).get("if-none-match", ""))
                await send(begun)
            await send(message)

        await self._app(scope, receive, send_tagged)


def _is_untold(start: Message) -> bool:
    """Tell whether a response succeeds, and says neither what it is nor how long it holds."""
    names = {name for name, _ in start["headers"]}
    return start["status"] == 200 and b"etag" not in names and b"cache-control" not in names


def _tag(start: Message, body: Message, condition: str) -> Message:
    """Add the tag to the start of a response; where the client has it, say that nothing has changed."""
    tag = f'"{sha256(body["body"]).hexdigest()[:32]}"'
    headers = MutableHeaders(raw=list(start["headers"]))
    headers.update({"ETag": tag, "Cache-Control": CACHE_CONTROL})
    if matches(condition, tag):
        for name in ("Content-Length", "Content-Type"):
            del headers[name]
        start["status"], body = 304, {**body, "body": b""}
    start["headers"] = headers.raw
    return body

"""
The outermost layer: what holds for every request, whatever it asks.

A request that was answered before is answered here from memory, before it is read or judged.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.answers import matches, request_key
from server.cache import KeptAnswer
from server.errors import problem
from server.metrics import CACHE, REQUESTS
from server.operations import send_not_ready
from server.service import Service, ServiceSlot

__all__ = ["Front"]

_ACCESS_LOG = logging.getLogger("agon.access")
_METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "DELETE", "PATCH"})
_CLIENT_GONE = 499
"""What the log tells of a request whose client did not wait."""
_EXPOSED = "ETag, Link, Content-Location, Dataset-Version, Dataset-Digest, Retry-After"
_ALLOWED = "Accept, Accept-Language, Content-Type, If-None-Match, Authorization"
_HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"x-content-type-options", b"nosniff"),
]
_VARY = b"Accept, Accept-Encoding"
_POLICY = (b"content-security-policy", b"default-src 'self'")


class Front:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, slot: ServiceSlot, methods_of: Callable[[Scope], set[str]]) -> None:
        """
        Wrap an application.

        Args:
            app: It finds its service in the state of the request.
            slot: Where the service is that answers now.
            methods_of: Gives the methods that are understood at the address of a request.
        """
        self._app = app
        self._slot = slot
        self._methods_of = methods_of
        self._rates = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service, began = self._slot.service, time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answering = scope["state"]["service"] if service else None
                message["headers"] = _with_common_headers(message["headers"], answering)
            await send(message)

        try:
            if service is None:
                await send_not_ready(self._slot.engine, scope, receive, send_with_headers)
            else:
                await self._answer(service, scope, receive, send_with_headers)
        except asyncio.CancelledError:  # the client has gone
            status = status or _CLIENT_GONE
        finally:
            REQUESTS.labels(scope["method"] if scope["method"] in _METHODS else "other", status).inc()
            if _ACCESS_LOG.isEnabledFor(logging.INFO):
                _ACCESS_LOG.info(_log_line(scope, status, time.perf_counter() - began))

    async def _answer(self, service: Service, scope: Scope, receive: Receive, send: Send) -> None:
        key = request_key(scope)
        kept, tag = None, service.cache.tag_of(key) if key else None
        if tag:
            kept = service.cache.find(tag)
        scope.setdefault("state", {})["service"] = service
        if self._is_too_fast(service, scope):
            detail = f"more than {service.config.limits.requests_per_minute} requests in a minute: ask again later"
            facts = {"limit": {"requests_per_minute": service.config.limits.requests_per_minute}}
            refusal = problem(Request(scope), HTTPStatus.TOO_MANY_REQUESTS, "Too Many Requests", detail, facts)
            await refusal(scope, receive, send)
            return
        if kept and tag:
            CACHE.labels("hit").inc()
            await _send_kept(kept, tag, scope, send)
        elif scope["method"] == "OPTIONS":
            await _send_options(self._methods_of(scope), send)
        else:
            await self._app(scope, receive, send)

    def _is_too_fast(self, service: Service, scope: Scope) -> bool:
        most = service.config.limits.requests_per_minute
        return bool(most) and not self._rates.hit(RateLimitItemPerMinute(most), _client(service, scope))


def _client(service: Service, scope: Scope) -> str:
    """Give the address of a client; of a trusted proxy, what it says of its own client."""
    host = scope["client"][0] if scope.get("client") else ""
    if host in service.config.trusted_proxies:
        forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1")
        return forwarded.rpartition(",")[2].strip() or host
    return str(host)


def _with_common_headers(headers: list[tuple[bytes, bytes]], service: Service | None) -> list[tuple[bytes, bytes]]:
    """Add the headers that all responses have; a response may have a policy of its own for what it shows."""
    policy = [] if any(name == _POLICY[0] for name, _ in headers) else [_POLICY]
    headers = [*_with_one_vary(headers), *_HEADERS, *policy]
    if service is None:
        return headers
    digest = service.release.digest.encode()
    return [*headers, (b"dataset-version", digest[:12]), (b"dataset-digest", b"sha-256=" + digest)]


def _with_one_vary(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Say in one line what an answer depends on: nginx before 1.23 reads only the last of several."""
    own = [value for name, value in headers if name == b"vary"]
    return [*(pair for pair in headers if pair[0] != b"vary"), (b"vary", b", ".join([_VARY, *own]))]


async def _send_kept(kept: KeptAnswer, tag: str, scope: Scope, send: Send) -> None:
    condition = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
    if condition and matches(condition.decode("latin-1"), tag):
        headers = [pair for pair in kept.headers if pair[0] in {b"etag", b"cache-control", b"vary"}]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
    await send({"type": "http.response.body", "body": kept.body})


async def _send_options(methods: set[str], send: Send) -> None:
    allow = ", ".join(sorted(methods | {"OPTIONS"})).encode()
    headers = [
        (b"allow", allow),
        (b"access-control-allow-methods", allow),
        (b"access-control-allow-headers", _ALLOWED.encode()),
        (b"access-control-max-age", b"86400"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _log_line(scope: Scope, status: int, seconds: float) -> str:
    facts = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "method": scope["method"],
        "path": scope["path"],
        "query": sha256(scope["query_string"]).hexdigest()[:16],
        "status": status,
        "seconds": round(seconds, 4),
    }
    return json.dumps(facts)

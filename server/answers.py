"""
Answer a query: from memory, by "not modified", or piece by piece as the workers give it.

A failure before the first byte is a problem with its own status; one after it breaks the connection, so that no client
takes a fragment for the whole.
"""

import asyncio
import json
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b, sha256
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.entities import EntityRequest
from kg.errors import EngineTimeoutError, KgError, QueryTimeoutError
from kg.evaluation import Answer
from kg.formats import Format, ResultKind, formats_for, named_format
from kg.query import LabelRequest, QueryRequest
from server.cache import KeptAnswer
from server.catalogue import preferred_languages
from server.coding import coder_for
from server.metrics import CACHE, FAILURES, IN_FLIGHT, QUERY_SECONDS, TIMEOUTS
from server.negotiation import choose_coding, choose_format
from server.service import Service, current_service
from server.templating import render_page

__all__ = [
    "CACHE_CONTROL",
    "StreamedAnswer",
    "answer_query",
    "answer_with",
    "ask_whole",
    "await_answer",
    "kept_response",
    "matches",
    "request_key",
    "wished_labels",
]

Asked = QueryRequest | EntityRequest | None
"""What is asked of the workers; None is the whole dataset."""

CACHE_CONTROL = "public, max-age=60, must-revalidate"
"""What a cache may do with an answer of the release that is served now."""
_VERSION = version("agon-kg")
_SMALLEST_CODED = 860
"""Fewer bytes than these do not get smaller on their way."""
_PATIENCE_SECONDS = 0.1
"""After which time we begin to look whether the client is still there."""
_KEY_HEADERS = (b"accept", b"accept-encoding", b"accept-language", b"host")


async def answer_query(
    request: Request,
    query: QueryRequest,
    *,
    format_name: str | None,
    timeout_seconds: float | None = None,
    headers: Mapping[str, str] | None = None,
    template: str,
    **context: Any,
) -> Response:
    """
    Answer a query in the format that the client asks for.

    Args:
        request: What came in.
        query: What is asked.
        format_name: A format that the client names, which wins over its Accept header.
        timeout_seconds: How long it may take, if less than the limit.
        headers: What the response also says.
        template: The page that shows the result to a browser.
        context: What else the page shows.

    Raises:
        FormatError: Nothing that the client accepts exists for this kind of result.
        KgError: As the evaluation says.
    """
    row = choose_format(request.headers.get("accept", ""), query.kind, name=format_name, with_page=True)
    if row is not None:
        return await answer_with(request, query, row, timeout_seconds=timeout_seconds, headers=headers)
    shown = named_format("turtle" if query.kind is ResultKind.GRAPH else "json", query.kind)
    named = (
        replace(query, labels=query.labels or wished_labels(request)) if query.kind is ResultKind.SOLUTIONS else query
    )
    document = await (await _ask(request, named, shown, timeout_seconds)).whole()
    result = document.decode() if query.kind is ResultKind.GRAPH else json.loads(document)
    page = render_page(request, template, query=query, result=result, formats=formats_for(query.kind), **context)
    if query.is_volatile:
        page.headers["Cache-Control"] = "no-store"
    return page


async def answer_with(
    request: Request,
    asked: Asked,
    row: Format,
    *,
    timeout_seconds: float | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """
    Answer a query, or describe an entity, in a format.

    Args:
        request: Its conditional headers and its accepted codings are met.
        asked: What is asked; None gives the whole dataset.
        row: A format that fits the kind of the answer.
        timeout_seconds: How long it may take, if less than the limit.
        headers: What the response also says.

    Raises:
        KgError: As the evaluation says.
    """
    service = current_service(request)
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if isinstance(asked, QueryRequest) and asked.is_volatile:
        answer = await _ask(request, asked, row, timeout_seconds)
        return StreamedAnswer(answer, row.content_type, coding, {**(headers or {}), "Cache-Control": "no-store"})
    tag = f'"{_digest(service, asked, row, coding, headers)}"'
    said = {**(headers or {}), "ETag": tag, "Cache-Control": CACHE_CONTROL}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=said)
    kept = service.cache.find(tag)
    CACHE.labels("hit" if kept else "miss").inc()
    if kept is not None:
        service.cache.remember(request_key(request.scope), tag)
        return kept_response(kept)
    answer = await _ask(request, asked, row, timeout_seconds)
    return StreamedAnswer(answer, row.content_type, coding, said, _Keeper(service, tag, request_key(request.scope)))


async def ask_whole(request: Request, asked: Asked, row: Format) -> bytes:
    """
    Ask the workers, and give the whole answer; several may be asked at once for one request.

    Whether the client is still there is not looked at: a request can be watched once only, and what pages ask is short.

    Raises:
        KgError: As the evaluation says.
    """
    service = current_service(request)
    async with service.page_questions:
        with IN_FLIGHT.track_inprogress(), QUERY_SECONDS.time(), _counted_failures():
            return await (await service.client.ask(asked, row)).whole()


def wished_labels(request: Request) -> LabelRequest:
    """Give the wish for names in the languages of a reader, or else in any."""
    first, *others = preferred_languages(request.headers.get("accept-language", ""))
    return LabelRequest(first, current_service(request).config.label_properties, (*others, "*"))


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether an If-None-Match header names an entity tag, compared weakly (RFC 9110, section 13.1.2)."""
    return if_none_match.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in if_none_match.split(",")}


def request_key(scope: Scope) -> bytes:
    """Give a digest of all in a GET that can change its answer; of another method, whose body is not known, nothing."""
    if scope["method"] != "GET":
        return b""
    headers = dict(scope["headers"])
    parts = (scope["raw_path"], scope["query_string"], *(headers.get(name, b"") for name in _KEY_HEADERS))
    return blake2b(b"\n".join(parts), digest_size=16).digest()


async def _ask(request: Request, asked: Asked, row: Format, seconds: float | None) -> Answer:
    """Ask the workers, and measure that."""
    with IN_FLIGHT.track_inprogress(), QUERY_SECONDS.time():
        return await await_answer(request, current_service(request).client.ask(asked, row, timeout_seconds=seconds))


async def await_answer(request: Request, asking: Awaitable[Answer]) -> Answer:
    """
    Wait for an answer; if the client goes away meanwhile, let the worker go too.

    Raises:
        KgError: As the worker says.
    """
    watch = _Watch(request.receive)
    try:
        with _counted_failures():
            answer = await asking
        if request.scope["http_version"] < "1.1":  # it knows no pieces: a fragment would look like the whole
            await answer.whole()
        return answer
    finally:
        watch.end()


@contextmanager
def _counted_failures() -> Iterator[None]:
    try:
        yield
    except KgError as error:
        FAILURES.labels(type(error).__name__).inc()
        if isinstance(error, QueryTimeoutError | EngineTimeoutError):
            TIMEOUTS.inc()
        raise


class _Watch:
    """Looks, after a moment, whether the client is still there, and if not cancels the task that waits for it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waiting = asyncio.current_task()
        self._looking: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._begin)

    def end(self) -> None:
        """Stop looking."""
        self._timer.cancel()
        if self._looking:
            self._looking.cancel()

    def _begin(self) -> None:
        self._looking = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._waiting:
            self._waiting.cancel()


def _digest(service: Service, asked: Asked, row: Format, coding: str | None, headers: Mapping[str, str] | None) -> str:
    """Digest all that an answer depends on; its headers hold our address, which is what the client used."""
    key: tuple[object, ...] = ()
    if isinstance(asked, QueryRequest):
        labels = (asked.labels.language, *asked.labels.otherwise) if asked.labels else ("",)
        key = (asked.text, *labels, "|", *asked.default_graphs, "|", *asked.named_graphs)
    elif asked is not None:
        key = (asked.iri, asked.page)
    place = ["engine"] if service.config.store.url else []  # it may spell values otherwise
    facts = json.dumps(
        [service.release.digest, *place, _VERSION, row.media_type, coding, *(headers or {}).values(), *key]
    )
    return sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def kept_response(kept: KeptAnswer) -> Response:
    """Make the response that sends a kept answer again."""
    response = Response(kept.body)
    response.raw_headers = list(kept.headers)
    return response


@dataclass(frozen=True)
class _Keeper:
    """Keeps a whole answer under its tag."""

    service: Service
    tag: str
    request: bytes

    def keep(self, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Keep the headers and the body that were sent."""
        self.service.cache.keep(self.tag, KeptAnswer(tuple(headers), body))
        if self.request:
            self.service.cache.remember(self.request, self.tag)


class StreamedAnswer(Response):
    """An answer that is sent while it is being computed."""

    def __init__(
        self,
        answer: Answer,
        content_type: str,
        coding: str | None,
        headers: Mapping[str, str],
        keeper: _Keeper | None = None,
    ) -> None:
        """
        Prepare.

        Args:
            answer: What is sent; it is closed at the end.
            content_type: The value of the header.
            coding: How it is coded on its way, if at all.
            headers: What the response also says.
            keeper: Keeps the answer if it is whole at once.
        """
        super().__init__(headers={**headers, "Content-Type": content_type})
        del self.headers["Content-Length"]
        self._answer = answer
        self._coding = coding
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            if self._answer.is_whole:
                await self._send_whole(scope, send)
            elif scope["method"] == "HEAD":
                await self._start(send, self._coding)
                await send({"type": "http.response.body", "body": b""})
            else:
                await self._stream(receive, send)
        finally:
            self._answer.close()

    async def _send_whole(self, scope: Scope, send: Send) -> None:
        body, coding = self._answer.first, self._coding
        if coding and len(body) >= _SMALLEST_CODED:
            coder = coder_for(coding)
            body = coder.code(body) + coder.end()
        else:
            coding = None
        self.headers["Content-Length"] = str(len(body))
        await self._start(send, coding)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        if self._keeper:
            self._keeper.keep(self.raw_headers, body)

    async def _stream(self, receive: Receive, send: Send) -> None:
        """Send as the pieces come, until there are no more or the client goes."""
        watch = _Watch(receive)
        coder = coder_for(self._coding) if self._coding else None
        await self._start(send, self._coding)
        try:
            async with aclosing(self._answer.pieces()) as pieces:
                async for piece in pieces:
                    body = coder.code(piece) if coder else piece
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        except KgError as error:  # without its end, the server breaks the connection
            FAILURES.labels(type(error).__name__).inc()
            return
        finally:
            watch.end()
        await send({"type": "http.response.body", "body": coder.end() if coder else b""})

    async def _start(self, send: Send, coding: str | None) -> None:
        if coding:
            self.headers["Content-Encoding"] = coding
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

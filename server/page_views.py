"""What the pages share: the answers that they show in place, and pages that are made once for each release."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import EngineAnswerError, EngineRefusalError, EngineTimeoutError, KgError, QueryTimeoutError
from kg.formats import ResultKind, named_format
from kg.query import QueryRequest, read_query
from kg.saved_queries import SavedQuery, bind_parameters, find_query
from server.addresses import public_address
from server.answers import ask_whole, kept_response, matches, request_key, wished_labels
from server.cache import KeptAnswer
from server.catalogue import preferred_languages
from server.coding import coder_for
from server.negotiation import choose_coding
from server.service import current_service
from server.tables import KEPT_VARIABLES, KEY_COUNTS, Table, read_table

__all__ = [
    "FAULTS_OF_ONE",
    "Section",
    "answered",
    "ask_table",
    "entity_sections",
    "kept_page",
    "languages_of",
    "note_failure",
]

FAULTS_OF_ONE = (EngineAnswerError, EngineRefusalError, EngineTimeoutError, QueryTimeoutError)
"""How one question of a page may fail while the others are answered."""
_LOG = logging.getLogger("agon")
_CACHE_CONTROL = "public, max-age=60, must-revalidate"
_NOTHING = Table((), (), 0, frozenset())


@dataclass(frozen=True)
class Section:
    """
    A saved query that was asked for a page, and what it answered.

    ``address`` asks it again; ``failure`` says, in a few words, why it was not answered.
    """

    query: SavedQuery
    table: Table
    address: str
    failure: str = ""


async def kept_page(
    request: Request, make: Callable[[], Awaitable[Response]], headers: Mapping[str, str] | None = None
) -> Response:
    """
    Give a page that depends on the release and the request only: from memory, by "not modified", or made now.

    Each process makes one page at a time, so that many readers take only a small part of the workers from the endpoint.
    A page with a part that was not answered is kept by nobody.

    Args:
        request: Its address, its languages, its codings and its conditions count.
        make: Makes the page.
        headers: What the response also says.
    """
    service, coding = current_service(request), choose_coding(request.headers.get("accept-encoding", ""))
    facts = [
        *(
            service.release.digest,
            service.catalogue.digest,
            version("agon-kg"),
            public_address(request),
            coding,
            *languages_of(request),
        ),
        *(request.url.path, request.url.query),
    ]
    tag = f'"{sha256(json.dumps(facts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'
    said = {**(headers or {}), "ETag": tag, "Cache-Control": _CACHE_CONTROL}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers={**said, "Vary": "Accept-Language"})
    async with service.page_turn:
        kept = service.cache.find(tag) or await _made(request, tag, said, coding, make)
    if request.method == "GET":
        service.cache.remember(request_key(request.scope), tag)
    return kept_response(kept)


async def _made(
    request: Request, tag: str, said: Mapping[str, str], coding: str | None, make: Callable[[], Awaitable[Response]]
) -> KeptAnswer:
    response = await make()
    is_whole = not getattr(request.state, "lacks_answers", False)
    response.headers.update(said if is_whole else {**said, "Cache-Control": "no-store"})
    if not is_whole:
        del response.headers["ETag"]
    body = bytes(response.body)
    if coding:
        coder = coder_for(coding)
        body = coder.code(body) + coder.end()
        response.headers["Content-Encoding"] = coding
    response.headers["Content-Length"] = str(len(body))
    kept = KeptAnswer(tuple(response.raw_headers), body)
    if is_whole:
        current_service(request).cache.keep(tag, kept)
    return kept


def languages_of(request: Request) -> tuple[str, ...]:
    """Give the languages that a reader prefers, the best first."""
    return preferred_languages(request.headers.get("accept-language", ""))


async def ask_table(request: Request, query: QueryRequest | str, *, key_count: int = 0) -> Table:
    """
    Ask for solutions, with the names of the things in them.

    Args:
        request: Whose languages count.
        query: What is asked; a text is one of ours.
        key_count: How many variables tell rows apart, as :func:`server.tables.read_table` says.
    """
    if isinstance(query, str):
        query = read_query(query, max_bytes=current_service(request).config.limits.query_bytes)
    labelled = replace(query, labels=wished_labels(request))
    document = await ask_whole(request, labelled, named_format("json", ResultKind.SOLUTIONS))
    return read_table(json.loads(document), key_count=key_count)


async def answered(request: Request, names: Sequence[str]) -> list[Section]:
    """Answer saved queries, those with parameters by their examples, in place."""
    queries = [find_query(current_service(request).queries, name) for name in names]
    values = [{one.name: [one.example] for one in query.parameters if one.is_required} for query in queries]
    return list(await asyncio.gather(*map(_answer, [request] * len(names), queries, values)))


async def entity_sections(request: Request, iri: str, classes: Collection[str]) -> list[Section]:
    """
    Answer the saved queries that the settings name for the pages of a class.

    Args:
        request: Whose languages count.
        iri: What the page is about.
        classes: Its classes.
    """
    service = current_service(request)
    layouts = [layout for layout in service.config.pages.layouts if layout.class_iri in classes]
    names = dict.fromkeys(name for layout in layouts for name in layout.sections)
    queries = [find_query(service.queries, name) for name in names]
    values: list[dict[str, list[str]]] = [{query.parameters[0].name: [iri]} for query in queries]
    sections = await asyncio.gather(*map(_answer, [request] * len(names), queries, values))
    return [replace(one, table=one.table.about(iri, KEPT_VARIABLES.get(one.query.view, 0))) for one in sections]


async def _answer(request: Request, query: SavedQuery, values: dict[str, list[str]]) -> Section:
    bound = bind_parameters(query, values, current_service(request).config.limits)
    try:
        table = await ask_table(request, bound, key_count=KEY_COUNTS.get(query.view, 1))
    except FAULTS_OF_ONE as error:
        note_failure(request, query, error)
        return Section(query, _NOTHING, _address(query, values), error.title)
    return Section(query, table, _address(query, values))


def note_failure(request: Request, query: SavedQuery, error: KgError) -> None:
    """Remember that a page goes without the answer to a saved query, and tell the operator."""
    request.state.lacks_answers = True
    _LOG.warning("%s goes without an answer to %s: %s", request.url.path, query.name, error)


def _address(query: SavedQuery, values: dict[str, list[str]]) -> str:
    return f"/queries/{query.name}" + (f"?{urlencode(values, doseq=True)}" if values else "")

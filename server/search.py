"""Search: what is found by words and facets, in JSON or as a page, and what may be meant while somebody types."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import FormatError
from kg.search import (
    MOST_HITS,
    MOST_PASSED_OVER,
    Facet,
    FacetResult,
    Hit,
    SearchRequest,
    SearchResult,
    Segment,
    Suggestion,
)
from server.addresses import public_address
from server.answers import kept_response, matches, request_key
from server.cache import KeptAnswer
from server.negotiation import HTML, choose_media_type
from server.page_views import languages_of
from server.protocol import read_address_parameters
from server.service import current_service
from server.templating import render_page, words_of

__all__ = ["ROUTES"]

_JSON: Final = "application/json"
_FORMATS: Final = {"json": _JSON, "html": HTML}
_CACHE_CONTROL: Final = "public, max-age=60, must-revalidate"
_Parameters = Mapping[str, Sequence[str]]


async def _search(request: Request) -> Response:
    """Find entities by words, sift them by facets, and give a part of them."""
    given = read_address_parameters(request)
    media_type = _media_type(request, given)
    tag = _tag(request, media_type)
    if known := _known(request, tag):
        return known
    client = current_service(request).search
    asked = _asked(given, await client.facets(), languages_of(request))
    result = await client.search(asked)
    result = _named(request, result)
    if media_type == HTML:
        response: Response = render_page(request, "search.html", **_page(asked, result))
    else:
        response = _json(_described(request, asked, result))
    return _kept(request, response, tag)


async def _suggest(request: Request) -> Response:
    """Give at most ten entities whose names or texts have words that begin with what was typed."""
    given = read_address_parameters(request)
    _require_known(given, ("q",))
    tag = _tag(request, _JSON)
    if known := _known(request, tag):
        return known
    found = await current_service(request).search.suggest(_one(given, "q", ""), languages_of(request))
    return _kept(request, _json({"suggestions": [_entity(request, one) for one in found]}), tag)


def _known(request: Request, tag: str) -> Response | None:
    """Give an answer that the client or this process has already."""
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=_common_headers(tag))
    service = current_service(request)
    kept = service.cache.find(tag)
    if kept is None:
        return None
    service.cache.remember(request_key(request.scope), tag)
    return kept_response(kept)


def _asked(given: _Parameters, facets: Sequence[Facet], languages: Sequence[str]) -> SearchRequest:
    """
    Read what is wanted; the empty fields of a form say nothing.

    Raises:
        HTTPException: 400, a parameter is unknown, stands twice, or is no number of those that are allowed.
    """
    names = [facet.name for facet in facets]
    _require_known(given, ("q", *names, "limit", "offset", "format"))
    wanted = {name: tuple(dict.fromkeys(filter(None, given.get(name, ())))) for name in names}
    return SearchRequest(
        _one(given, "q", ""),
        {name: values for name, values in wanted.items() if values},
        _number(given, "limit", SearchRequest.limit, 1, MOST_HITS),
        _number(given, "offset", SearchRequest.offset, 0, MOST_PASSED_OVER),
        languages,
    )


def _named(request: Request, result: SearchResult) -> SearchResult:
    """Call a facet without labels by a word of the pages: the index knows only what the directory says."""
    called = words_of(request)["search"]["class_facet"]
    return replace(result, facets=tuple(replace(one, label=one.label or called) for one in result.facets))


def _require_known(given: _Parameters, known: Sequence[str]) -> None:
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        raise HTTPException(400, f'"{unknown[:80]}" is no parameter of a search: expected one of {", ".join(known)}')


def _one(given: _Parameters, name: str, default: str) -> str:
    values = given.get(name, ())
    if len(values) > 1:
        raise HTTPException(400, f"{name} is given {len(values)} times: expected it once")
    return values[0] if values else default


def _number(given: _Parameters, name: str, default: int, least: int, most: int) -> int:
    text = _one(given, name, "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise HTTPException(400, f'{name} is "{text[:40]}": expected a number from {least} to {most}')
    return int(text)


def _media_type(request: Request, given: _Parameters) -> str:
    name = _one(given, "format", "")
    if name and name not in _FORMATS:
        raise FormatError(f'there is no format "{name[:80]}" of a search, only {", ".join(_FORMATS)}', [*_FORMATS])
    return _FORMATS.get(name) or choose_media_type(request.headers.get("accept", ""), [(_JSON,), (HTML,)])


def _tag(request: Request, media_type: str) -> str:
    """Give the entity tag of an answer, which changes with the release, the package and the languages of the reader."""
    scope = request.scope
    asked = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
    service = current_service(request)
    facts = [
        *(service.release.digest, service.catalogue.digest, version("agon-kg")),
        *(public_address(request), asked, media_type, *languages_of(request)),
    ]
    return f'"{sha256(json.dumps(facts).encode()).hexdigest()[:32]}"'


def _kept(request: Request, response: Response, tag: str) -> Response:
    """Keep an answer in memory, so that the next who asks the same need not wait."""
    response.headers.update(_common_headers(tag))
    key, cache = request_key(request.scope), current_service(request).cache
    if key:
        cache.keep(tag, KeptAnswer(tuple(response.raw_headers), bytes(response.body)))
        cache.remember(key, tag)
    return response


def _common_headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": _CACHE_CONTROL, "Vary": "Accept-Language"}


def _json(body: object) -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), media_type=_JSON)


def _described(request: Request, asked: SearchRequest, result: SearchResult) -> dict[str, Any]:
    return {
        "query": asked.text,
        "words": list(result.words),
        "total": result.total,
        "limit": asked.limit,
        "offset": asked.offset,
        "results": [_hit(request, hit) for hit in result.hits],
        "facets": [_facet(one) for one in result.facets],
    }


def _hit(request: Request, hit: Hit) -> dict[str, Any]:
    return {**_entity(request, hit), "score": hit.score}


def _entity(request: Request, found: Hit | Suggestion) -> dict[str, Any]:
    base = current_service(request).config.base_iri
    is_here = found.iri.startswith(base)
    snippets = [
        {"field": one.field.value, "language": one.language, "segments": _segments(one.segments)}
        for one in found.snippets
    ]
    return {
        "iri": found.iri,
        "url": f"{public_address(request)}/{found.iri.removeprefix(base)}" if is_here else found.iri,
        "label": {"language": found.language, "segments": _segments(found.label)},
        "classes": list(found.classes),
        "snippets": snippets,
    }


def _segments(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    return [{"text": one.text, "hit": one.is_hit} for one in segments]


def _facet(found: FacetResult) -> dict[str, Any]:
    values = [
        {"value": one.value, "label": one.label, "count": one.count, "selected": one.is_wanted} for one in found.counts
    ]
    return {"name": found.facet.name, "label": found.label, "values": values, "more": found.left_out}


def _page(asked: SearchRequest, result: SearchResult) -> dict[str, Any]:
    """Give what the page shows: also the addresses of the parts before and after, and of fewer facets."""
    wanted = [(name, value) for name, values in asked.wanted.items() for value in values]
    chosen = [
        (
            found.label,
            one.label,
            _address(asked, [pair for pair in wanted if pair != (found.facet.name, one.value)]),
        )
        for found in result.facets
        for one in found.counts
        if one.is_wanted
    ]
    end = asked.offset + asked.limit
    before = _address(asked, wanted, max(0, asked.offset - asked.limit)) if asked.offset else ""
    after = _address(asked, wanted, end) if end < result.total and end <= MOST_PASSED_OVER else ""
    limit = asked.limit if asked.limit != SearchRequest.limit else None
    without_facets = _address(asked, [])
    return {
        "asked": asked,
        "found": result,
        "chosen": chosen,
        "before": before,
        "after": after,
        "limit": limit,
        "without_facets": without_facets,
    }


def _address(asked: SearchRequest, wanted: Sequence[tuple[str, str]], offset: int = 0) -> str:
    pairs: list[tuple[str, str | int]] = [("q", asked.text), *wanted]
    if asked.limit != SearchRequest.limit:
        pairs.append(("limit", asked.limit))
    if offset:
        pairs.append(("offset", offset))
    return f"/search?{urlencode(pairs)}"


ROUTES = [Route("/search", _search), Route("/search/suggest", _suggest)]

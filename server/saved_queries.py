"""The saved queries: their list, the answer of each, its text, its bound form, its form to fill in."""

import json
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kg.errors import FormatError
from kg.formats import ResultKind, formats_for, named_format
from kg.query import QueryRequest
from kg.saved_queries import SavedQuery, bind_parameters, class_questions, find_query, wrong_class
from server.addresses import public_address
from server.answers import answer_query, ask_whole
from server.negotiation import HTML, choose_format, choose_media_type
from server.protocol import read_address_parameters
from server.service import current_service
from server.templating import render_page

__all__ = ["ROUTES"]

_QUERY = "application/sparql-query"
_MOST_OFFERED = 2000
"""How many values a form offers to choose from; where there are more, one is typed."""


async def _list_queries(request: Request) -> Response:
    """List the saved queries, in JSON or as a page."""
    queries = current_service(request).queries
    if choose_media_type(request.headers.get("accept", ""), [("application/json",), (HTML,)]) == HTML:
        return render_page(request, "queries.html", queries=queries)
    address = public_address(request)
    return JSONResponse([_described(query, address) for query in queries])


async def _answer_saved_query(request: Request) -> Response:
    """
    Answer a saved query; its parameters stand in the address.

    A suffix or ``format`` names a format, the suffix ``.rq`` the text itself; ``bound`` asks for the query that is
    evaluated then.
    """
    name, _, suffix = str(request.path_params["name"]).partition(".")
    saved = find_query(current_service(request).queries, name)
    if suffix == "rq":
        return PlainTextResponse(saved.text, media_type=_QUERY, headers=_links(request, saved))
    values = read_address_parameters(request)
    format_name = next(iter(values.pop("format", ())), suffix or None)
    if not format_name and _wants_description(request, saved):
        return RedirectResponse(f"{public_address(request)}/doc/query/{name}", 303, _links(request, saved))
    if values.pop("bound", None) is not None:
        bound = await _bind(request, saved, values)
        return PlainTextResponse(bound.text, media_type=_QUERY, headers={"Cache-Control": "no-store"})
    is_page = _asks_for_page(request, saved, format_name)
    if is_page and not values and any(one.is_required for one in saved.parameters):
        return await _show_form(request, saved, values)
    return await answer_query(
        request,
        await _bind(request, saved, values),
        format_name=format_name,
        headers=_links(request, saved),
        template="query.html",
        saved=saved,
        values=values,
        choices=await _choices(request, saved) if is_page else {},
    )


async def _form(request: Request) -> Response:
    """Show the form of a saved query, with what the address already says."""
    saved = find_query(current_service(request).queries, request.path_params["name"])
    return await _show_form(request, saved, read_address_parameters(request))


async def _show_form(request: Request, saved: SavedQuery, values: dict[str, list[str]]) -> Response:
    return render_page(request, "query.html", saved=saved, values=values, choices=await _choices(request, saved))


async def _bind(request: Request, saved: SavedQuery, values: dict[str, list[str]]) -> QueryRequest:
    """
    Put values into a query, and make sure that they are of the classes that its header names.

    Raises:
        ParameterError: A value is wrong.
    """
    bound = bind_parameters(saved, values, current_service(request).config.limits)
    for parameter, value, question in class_questions(saved, values):
        document = await ask_whole(request, question, named_format("json", ResultKind.BOOLEAN))
        if not json.loads(document)["boolean"]:
            raise wrong_class(saved, parameter, value)
    return bound


async def _choices(request: Request, saved: SavedQuery) -> dict[str, list[tuple[str, str]]]:
    """Give the values of each parameter that has a listing, with their names."""
    service = current_service(request)
    found: dict[str, list[tuple[str, str]]] = {}
    for parameter in saved.parameters:
        if parameter.listing and parameter.listing not in service.choices:
            listing = find_query(service.queries, parameter.listing)
            document = await ask_whole(request, listing.request, named_format("json", ResultKind.SOLUTIONS))
            service.choices[parameter.listing] = _named_values(json.loads(document))
        if 0 < len(service.choices.get(parameter.listing, ())) <= _MOST_OFFERED:
            found[parameter.name] = service.choices[parameter.listing]
    return found


def _named_values(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Read a listing: the first variable is the value, the last one its name."""
    first, last = result["head"]["vars"][0], result["head"]["vars"][-1]
    rows = [row for row in result["results"]["bindings"] if first in row]
    return [(row[first]["value"], row.get(last, row[first])["value"]) for row in rows]


def _asks_for_page(request: Request, saved: SavedQuery, format_name: str | None) -> bool:
    accept = request.headers.get("accept", "")
    return choose_format(accept, saved.request.kind, name=format_name, with_page=True) is None


def _wants_description(request: Request, saved: SavedQuery) -> bool:
    """Tell whether a client accepts only RDF where the answer is a table: then it looks for what the query is."""
    accept = request.headers.get("accept", "")
    try:
        choose_format(accept, saved.request.kind, with_page=True)
    except FormatError:
        rows = [row.media_types for row in formats_for(ResultKind.GRAPH)]
        with suppress(FormatError):
            return bool(choose_media_type(accept, rows))
    return False


def _links(request: Request, saved: SavedQuery) -> dict[str, str]:
    address = f"{public_address(request)}/queries/{saved.name}"
    return {"Link": f'<{address}.rq>; rel="describedby"; type="{_QUERY}"'}


def _described(query: SavedQuery, address: str) -> dict[str, Any]:
    parameters = [
        {
            "name": one.name,
            "type": one.type_name,
            "description": one.description,
            "required": one.is_required,
            "several": one.is_repeatable,
            "allowed": list(one.allowed),
            "values": f"{address}/queries/{one.listing}" if one.listing else None,
            "class": one.class_iri or None,
            "example": one.example,
        }
        for one in query.parameters
    ]
    return {
        "name": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "view": query.view,
        "parameters": parameters,
        "url": f"{address}/queries/{query.name}",
    }


async def _no_such_page(_request: Request) -> Response:
    raise HTTPException(404)


ROUTES = [
    *(Route(path, _list_queries) for path in ("/queries", "/queries/")),
    Route("/queries/{name}", _answer_saved_query),
    Route("/queries/{name}/form", _form),
    Route("/queries/{path:path}", _no_such_page),
]

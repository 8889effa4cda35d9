"""The saved queries: their list, and the answer of each."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg.formats import ResultKind
from kg.saved_queries import SavedQuery, bind_parameters, find_query
from server.addresses import public_address
from server.answers import answer_query
from server.negotiation import HTML, choose_format, choose_media_type
from server.protocol import read_address_parameters
from server.service import current_service
from server.templating import render_page

__all__ = ["ROUTES"]


async def _list_queries(request: Request) -> Response:
    """List the saved queries, in JSON or as a page."""
    queries = current_service(request).queries
    if choose_media_type(request.headers.get("accept", ""), [("application/json",), (HTML,)]) == HTML:
        return render_page(request, "queries.html", queries=queries)
    address = public_address(request)
    return JSONResponse([_described(query, address) for query in queries])


async def _answer_saved_query(request: Request) -> Response:
    """Answer a saved query; its parameters stand in the address, and ``format`` names a format."""
    service = current_service(request)
    saved = find_query(service.queries, request.path_params["name"])
    values = read_address_parameters(request)
    format_name = next(iter(values.pop("format", ())), None)
    needs_values = any(one.is_required for one in saved.parameters)
    if needs_values and not values and _asks_for_page(request, saved.request.kind, format_name):
        return render_page(request, "query.html", saved=saved, values=values)
    bound = bind_parameters(saved, values, service.config.limits)
    return await answer_query(
        request, bound, format_name=format_name, template="query.html", saved=saved, values=values
    )


def _asks_for_page(request: Request, kind: ResultKind, format_name: str | None) -> bool:
    return choose_format(request.headers.get("accept", ""), kind, name=format_name, with_page=True) is None


def _described(query: SavedQuery, address: str) -> dict[str, Any]:
    parameters = [
        {
            "name": one.name,
            "type": one.type_name,
            "description": one.description,
            "required": one.is_required,
            "several": one.is_repeatable,
            "allowed": list(one.allowed),
        }
        for one in query.parameters
    ]
    return {
        "name": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": parameters,
        "url": f"{address}/queries/{query.name}",
    }


ROUTES = [
    *(Route(path, _list_queries) for path in ("/queries", "/queries/")),
    Route("/queries/{name}", _answer_saved_query),
]

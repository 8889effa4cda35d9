"""The endpoint: one address for queries and for its own description."""

import asyncio
from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import KgError
from kg.formats import ResultKind
from kg.query import LabelRequest, read_query
from server.answers import answer_query
from server.description import describe
from server.errors import failure
from server.negotiation import choose_format
from server.protocol import QueryOperation, read_query_operation
from server.service import current_service
from server.templating import render_page

__all__ = ["ROUTES"]

_FORM_OVERHEAD = 4
"""How many times longer a query can be in a form, where each byte may be written as a percent sign and two digits."""


async def _endpoint(request: Request) -> Response:
    """Answer a query; asked for nothing, describe the service, or show a browser where to type."""
    config = current_service(request).config
    operation = await read_query_operation(request, _FORM_OVERHEAD * config.limits.query_bytes)
    if operation.text is None:
        return _description(request, operation.format_name)
    try:
        return await _answer(request, operation, operation.text)
    except KgError as error:
        return failure(request, error, template="sparql.html", text=operation.text)


async def _answer(request: Request, operation: QueryOperation, text: str) -> Response:
    config = current_service(request).config
    judge = partial(
        read_query,
        text,
        max_bytes=config.limits.query_bytes,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        service_prefixes=config.service_prefixes,
    )
    # to judge a SERVICE that is allowed its host is looked up, which takes a while
    query = await asyncio.to_thread(judge) if config.service_prefixes else judge()
    if operation.labels:
        query = replace(query, labels=LabelRequest(operation.labels, config.label_properties))
    return await answer_query(
        request,
        query,
        format_name=operation.format_name,
        timeout_seconds=operation.timeout_seconds,
        template="sparql.html",
    )


def _description(request: Request, format_name: str | None) -> Response:
    accept = request.headers.get("accept", "")
    if choose_format(accept, ResultKind.GRAPH, name=format_name, with_page=True) is None:
        return render_page(request, "sparql.html")
    return describe(request, format_name)


ROUTES = [Route(path, _endpoint, methods=["GET", "HEAD", "POST", "QUERY"]) for path in ("/sparql", "/sparql/")]

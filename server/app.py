"""The application: routes, failures, and what holds for every request around them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import KgError
from server import (
    completions,
    description,
    dumps,
    entities,
    graph_store,
    lookup,
    neighbours,
    openapi,
    operations,
    pages,
    saved_queries,
    search,
    sparql,
    validation,
)
from server.errors import failure
from server.files import file_response
from server.front import Front
from server.packed import PackedFiles
from server.patience import Patient
from server.service import ServiceSlot
from server.tagging import Tagged

__all__ = ["create_app"]

_STATIC = Path(__file__).resolve().parent / "static"
_MODULES = (
    sparql,
    completions,
    graph_store,
    saved_queries,
    search,
    description,
    dumps,
    lookup,
    neighbours,
    openapi,
    operations,
    pages,
    entities,
    validation,
)


def create_app(
    slot: ServiceSlot, lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None
) -> ASGIApp:
    """
    Make the application that serves a release.

    Args:
        slot: Where the service is that answers now; whoever put it there ends its workers.
        lifespan: What runs beside the application, if anything.
    """
    routes = [route for module in _MODULES for route in module.ROUTES]
    router = Starlette(
        routes=[
            *(*routes, Mount("/static", PackedFiles(directory=_STATIC))),
            *(Route("/favicon.ico", _give_icon), *entities.NAMES),
        ],
        exception_handlers={KgError: _fail, HTTPException: _fail, Exception: _fail},
        lifespan=lifespan,
    )
    plain = {route.path: route for route in routes if "{" not in route.path}

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        """Go straight to the endpoint of a plain path, which the router would find a tenth of a millisecond later."""
        route = plain.get(scope.get("path", ""))
        if route is None:
            await router(scope, receive, send)
            return
        request = Request(scope, receive)
        methods = route.methods or ()
        try:
            if scope["method"] not in methods:
                raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})
            response = await route.endpoint(request)
        except Exception as error:  # noqa: BLE001 - each has its answer
            response = failure(request, error)
        await response(scope, receive, send)

    return Front(Patient(Tagged(dispatch), slot), slot, partial(_methods_of, routes))


async def _give_icon(request: Request) -> Response:
    """Give the icon where browsers look for it that have not read a page."""
    return file_response(
        request, _STATIC / "favicon.svg", cache_control="public, max-age=604800", media_type="image/svg+xml"
    )


async def _fail(request: Request, error: Exception) -> Response:
    return failure(request, error)


def _methods_of(routes: list[Route], scope: Scope) -> set[str]:
    """Give the methods that are understood at the address of a request."""
    asked = {**scope, "method": "GET"}
    found = [route for route in routes if route.matches(asked)[0] is not Match.NONE]
    return {method for route in found for method in route.methods or ()} or {"GET", "HEAD"}

"""The application: routes, failures, and what holds for every request around them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from server import description, graph_store, operations, pages, saved_queries, sparql
from server.errors import HANDLERS
from server.front import Front
from server.service import ServiceSlot

__all__ = ["create_app"]

_STATIC = Path(__file__).resolve().parent / "static"


def create_app(
    slot: ServiceSlot, lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None
) -> ASGIApp:
    """
    Make the application that serves a release.

    Args:
        slot: Where the service is that answers now; whoever put it there ends its workers.
        lifespan: What runs beside the application, if anything.
    """
    modules = (sparql, graph_store, saved_queries, description, operations, pages)
    routes = [route for module in modules for route in module.ROUTES]
    app = Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=_STATIC))],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )

    def methods_of(scope: Scope) -> set[str]:
        asked = {**scope, "method": "GET"}
        found = [route for route in routes if route.matches(asked)[0] is not Match.NONE]
        return {method for route in found for method in route.methods or ()} or {"GET", "HEAD"}

    return Front(app, slot, methods_of)

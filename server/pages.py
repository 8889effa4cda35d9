"""The first page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.service import current_service
from server.templating import render_page

__all__ = ["ROUTES"]


async def _home(request: Request) -> Response:
    """Say what this graph is, how large it is, and how to ask it."""
    service = current_service(request)
    return render_page(request, "home.html", release=service.release, queries=service.queries, checks=service.checks)


ROUTES = [Route("/", _home)]

"""What an operator asks of the server: is it alive, is it ready, what are its limits, how does it fare."""

from dataclasses import asdict
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.errors import problem
from server.metrics import is_shared
from server.service import current_service

__all__ = ["ROUTES", "send_not_ready"]

_ALIVE = "alive\n"
_LOADING = "the release is being checked or loaded"
_OF_THIS_MOMENT = {"Cache-Control": "no-store"}
_OF_CHECKS = frozenset({"file_bytes", "shape_seconds", "validate_bytes", "validate_seconds", "validations"})


async def send_not_ready(engine: str, scope: Scope, receive: Receive, send: Send) -> None:
    """
    Answer any request before a release is served: the process is alive, and not ready.

    Args:
        engine: The address of the engine that is asked for it; empty where there is none.
        scope: The request, as ASGI gives it with the following two.
        receive: Gives its body.
        send: Takes the answer.
    """
    if scope["path"] == "/healthz":
        response: Response = PlainTextResponse(_ALIVE, headers=_OF_THIS_MOMENT)
    else:
        doing = f"the engine at {engine} is being asked for its release" if engine else _LOADING
        detail = f"{doing}: ask again in a moment, /readyz says when it is there"
        body = {"type": "about:blank", "title": "Not ready yet", "status": 503, "detail": detail, "ready": False}
        body |= {"engine": engine} if engine else {}
        headers = {"Retry-After": "1", **_OF_THIS_MOMENT}
        response = JSONResponse(body, status_code=503, headers=headers, media_type="application/problem+json")
    await response(scope, receive, send)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse(_ALIVE, headers=_OF_THIS_MOMENT)


async def _ready(request: Request) -> Response:
    """Say which checked release is being served; before that, see :func:`send_not_ready`. An engine has to be there."""
    service = current_service(request)
    release = service.release
    error = await service.readiness.problem() if service.readiness else None
    if error:
        facts = {"ready": False, "engine": error.engine}
        return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, error.title, str(error), facts)
    body = {"ready": True, "release": release.digest, "conforms": bool(release.outcome["conforms"])}
    return JSONResponse(body, headers=_OF_THIS_MOMENT)


async def _limits(request: Request) -> Response:
    """Give the limits; those of checks of documents only where there are such."""
    service = current_service(request)
    limits = asdict(service.config.limits)
    return JSONResponse({name: limits[name] for name in limits if service.checks or name not in _OF_CHECKS})


async def _metrics(request: Request) -> Response:
    """Give the measurements of all processes that speak HTTP."""
    registry = CollectorRegistry()
    if is_shared():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text = generate_latest(registry)
    else:
        text = generate_latest()
    release = current_service(request).release
    facts = f'dataset_info{{digest="{release.digest}"}} 1\ndataset_triples {release.triple_count}\n'
    return Response(text + facts.encode(), headers={"Content-Type": CONTENT_TYPE_LATEST, **_OF_THIS_MOMENT})


ROUTES = [
    Route("/healthz", _alive),
    Route("/readyz", _ready),
    Route("/limits", _limits),
    Route("/metrics", _metrics),
]

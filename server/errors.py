"""
Every failure as one body: problem details in JSON, plain text on request, a page for browsers.

Source: Problem Details for HTTP APIs (RFC 9457), section 3.
"""

import json
import logging
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import (
    DocumentTooLongError,
    EngineBusyError,
    EngineError,
    EngineTimeoutError,
    FormatError,
    InputError,
    KgError,
    LimitError,
    NotFoundError,
    QueryTooLongError,
    RefusedError,
    ReleaseError,
    ReleaseReplacedError,
    ResultTooLargeError,
)
from server.negotiation import HTML, choose_media_type
from server.templating import render_page

__all__ = ["failure", "problem"]

_PROBLEM, _PLAIN = "application/problem+json", "text/plain"
_PAGE = "problem.html"
_STATUSES: tuple[tuple[type[KgError], HTTPStatus], ...] = (
    (DocumentTooLongError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (QueryTooLongError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (ResultTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (LimitError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReleaseError, HTTPStatus.SERVICE_UNAVAILABLE),
    (EngineBusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReleaseReplacedError, HTTPStatus.SERVICE_UNAVAILABLE),
    (EngineTimeoutError, HTTPStatus.GATEWAY_TIMEOUT),
    (EngineError, HTTPStatus.BAD_GATEWAY),
    (InputError, HTTPStatus.BAD_REQUEST),
    (RefusedError, HTTPStatus.FORBIDDEN),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (FormatError, HTTPStatus.NOT_ACCEPTABLE),
)
"""The status of each group of failures; the first row that fits counts."""

_DETAILS = {
    HTTPStatus.NOT_FOUND: "there is nothing at this address: see / for what there is",
    HTTPStatus.METHOD_NOT_ALLOWED: "{0.method} is not understood here: the header Allow says what is",
}
_FACTS = ("line", "column", "found", "expected", "limit", "parameter", "allowed", "near", "engine")
"""Attributes of an exception that a client can use."""
_RETRY = {HTTPStatus.SERVICE_UNAVAILABLE: "10", HTTPStatus.TOO_MANY_REQUESTS: "60"}


def failure(request: Request, error: Exception, *, template: str = _PAGE, **context: Any) -> Response:
    """
    Make the response to a request that failed.

    Args:
        request: What came in.
        error: What was raised.
        template: The page that shows it to a browser.
        context: What else the page shows.
    """
    if isinstance(error, HTTPException):
        return _http_failure(request, error)
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), None)
    if status is None or not isinstance(error, KgError):
        logging.getLogger("agon").error("fault while answering %s %s", request.method, request.url.path, exc_info=error)
        title, detail = HTTPStatus.INTERNAL_SERVER_ERROR.phrase, "a fault of ours; it has been logged"
        return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, title, detail, {})
    request.state.is_replaced = isinstance(error, ReleaseReplacedError)
    facts = {name: value for name in _FACTS if (value := getattr(error, name, None))}
    return problem(request, status, error.title, str(error), facts, template=template, **context)


def _http_failure(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    detail = error.detail if error.detail != status.phrase else _DETAILS.get(status, status.phrase).format(request)
    response = problem(request, status, status.phrase, detail, {})
    response.headers.update(error.headers or {})
    return response


def problem(
    request: Request,
    status: HTTPStatus,
    title: str,
    detail: str,
    facts: dict[str, Any],
    *,
    template: str = _PAGE,
    **context: Any,
) -> Response:
    """
    Make the response that tells a failure.

    Args:
        request: Its Accept header is met.
        status: The status of the response.
        title: The kind of failure, in a few words.
        detail: What was found, what was expected, and the mend.
        facts: What else a client can use.
        template: The page that shows it to a browser.
        context: What else the page shows.
    """
    body = {"type": "about:blank", "title": title, "status": status.value, "detail": detail, **facts}
    media_type = _media_type(request)
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": _RETRY[status]} if status in _RETRY else {})
    if media_type == HTML:
        response: Response = render_page(
            request, template, status=status, problem=body, wait=_RETRY.get(status), **context
        )
        response.headers.update(headers)
        return response
    text = detail + "\n" if media_type == _PLAIN else json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    headers["Content-Type"] = media_type + "; charset=utf-8" * (media_type != _PROBLEM)
    return Response(text, status_code=status, headers=headers)


def _media_type(request: Request) -> str:
    try:
        offers = [(_PROBLEM, "application/json"), (_PLAIN,), (HTML,)]
        return choose_media_type(request.headers.get("accept", ""), offers)
    except FormatError:
        return _PROBLEM

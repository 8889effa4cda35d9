"""
Every failure as one body: problem details in JSON, plain text on request, a page for browsers.

Source: Problem Details for HTTP APIs (RFC 9457), section 3.
"""

import json
from http import HTTPStatus
from typing import Any

from flask import Flask, Request, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from kg.errors import (
    FormatError,
    InputError,
    KgError,
    LimitError,
    NotFoundError,
    QueryTooLongError,
    RefusedError,
    ReleaseError,
    ResultTooLargeError,
)
from server.negotiation import HTML, choose_media_type

__all__ = ["register_errors"]

_PROBLEM, _PLAIN = "application/problem+json", "text/plain"
_STATUSES: tuple[tuple[type[KgError], HTTPStatus], ...] = (
    (QueryTooLongError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (ResultTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (LimitError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReleaseError, HTTPStatus.SERVICE_UNAVAILABLE),
    (InputError, HTTPStatus.BAD_REQUEST),
    (RefusedError, HTTPStatus.FORBIDDEN),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (FormatError, HTTPStatus.NOT_ACCEPTABLE),
)
"""The status of each group of failures; the first row that fits counts."""

_FACTS = ("line", "column", "found", "expected", "limit", "parameter", "allowed", "near")
"""Attributes of an exception that a client can use."""


def register_errors(app: Flask) -> None:
    """Make an application answer every failure by a problem."""
    app.register_error_handler(KgError, _answer_kg_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_fault)


def _answer_kg_error(error: KgError) -> Response:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), None)
    if status is None:
        return _answer_fault(error)
    facts = {name: value for name in _FACTS if (value := getattr(error, name, None))}
    return _problem(status, error.title, str(error), facts)


def _answer_http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]  # a redirect
    response = _problem(HTTPStatus(error.code), error.name, error.description or error.name, {})
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _answer_fault(error: Exception) -> Response:
    """Keep the trace for ourselves."""
    current_app.logger.error("fault while answering %s %s", request.method, request.path, exc_info=error)
    return _answer_http_error(InternalServerError("a fault of ours; it has been logged"))


def _problem(status: HTTPStatus, title: str, detail: str, facts: dict[str, Any]) -> Response:
    body = {"type": "about:blank", "title": title, "status": status.value, "detail": detail, **facts}
    media_type = _media_type(request)
    if media_type == HTML:
        text = render_template("problem.html", problem=body)
    elif media_type == _PLAIN:
        text = detail + "\n"
    else:
        text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, status=status, content_type=media_type + "; charset=utf-8" * (media_type != _PROBLEM))
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "10"
    return response


def _media_type(request: Request) -> str:
    try:
        return choose_media_type(request, [(_PROBLEM, "application/json"), (_PLAIN,), (HTML,)])
    except FormatError:
        return _PROBLEM

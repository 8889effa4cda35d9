"""Evaluate a query and answer with its result, for the endpoint and the saved queries alike."""

import json
from typing import Any

from flask import Response, render_template, request

from kg.formats import Format, ResultKind, formats_for, named_format
from kg.query import QueryRequest
from server.negotiation import choose_format
from server.service import current_service

__all__ = ["answer_query", "respond"]


def answer_query(query: QueryRequest, *, format_name: str | None, template: str, **context: Any) -> Response:
    """
    Answer a query in the format that the client asks for.

    Args:
        query: What is asked.
        format_name: A format that the client names, which wins over its Accept header.
        template: The page that shows the result to a browser.
        context: What else the page shows.

    Raises:
        FormatError: Nothing that the client accepts exists for this kind of result.
        KgError: As the evaluation says.
    """
    row = choose_format(request, query.kind, name=format_name, with_page=True)
    if row is not None:
        return respond(current_service().pool.evaluate(query, row), row)
    shown = named_format("turtle" if query.kind is ResultKind.GRAPH else "json", query.kind)
    document = current_service().pool.evaluate(query, shown)
    result = document.decode() if query.kind is ResultKind.GRAPH else json.loads(document)
    formats = formats_for(query.kind)
    return Response(render_template(template, query=query, result=result, formats=formats, **context))


def respond(document: bytes, row: Format) -> Response:
    """Give a document in a format of the table as a response."""
    return Response(document, content_type=row.content_type)

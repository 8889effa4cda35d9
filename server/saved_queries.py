"""The saved queries: their list, and the answer of each."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from kg.formats import ResultKind
from kg.saved_queries import SavedQuery, bind_parameters, find_query
from server.answers import answer_query
from server.negotiation import HTML, choose_format, choose_media_type
from server.protocol import read_address_parameters
from server.service import current_service

__all__ = ["saved_queries"]

saved_queries = Blueprint("saved_queries", __name__)


@saved_queries.get("/queries", strict_slashes=False)
def list_queries() -> Response:
    """List the saved queries, in JSON or as a page."""
    queries = current_service().queries
    if choose_media_type(request, [("application/json",), (HTML,)]) == HTML:
        return Response(render_template("queries.html", queries=queries))
    return jsonify([_described(query) for query in queries])


@saved_queries.get("/queries/<name>")
def answer_saved_query(name: str) -> Response:
    """Answer a saved query; its parameters stand in the address, and ``format`` names a format."""
    service = current_service()
    saved = find_query(service.queries, name)
    values = read_address_parameters(request)
    format_name = next(iter(values.pop("format", ())), None)
    needs_values = any(one.is_required for one in saved.parameters)
    if needs_values and not values and _asks_for_page(saved.request.kind, format_name):
        return Response(render_template("query.html", saved=saved, values=values))
    bound = bind_parameters(saved, values, service.config.limits)
    return answer_query(bound, format_name=format_name, template="query.html", saved=saved, values=values)


def _asks_for_page(kind: ResultKind, format_name: str | None) -> bool:
    return choose_format(request, kind, name=format_name, with_page=True) is None


def _described(query: SavedQuery) -> dict[str, Any]:
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
        "url": url_for("saved_queries.answer_saved_query", name=query.name, _external=True),
    }

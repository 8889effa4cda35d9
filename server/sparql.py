"""The endpoint: one address for queries and for its own description."""

import io

from flask import Blueprint, Response, render_template, request

from kg.description import describe_service
from kg.formats import ResultKind, write_graph
from kg.namespaces import PREFIXES
from kg.query import read_query
from server.answers import answer_query, respond
from server.negotiation import choose_format
from server.protocol import read_query_operation
from server.service import current_service

__all__ = ["sparql"]

sparql = Blueprint("sparql", __name__)


@sparql.route("/sparql", methods=["GET", "POST"], strict_slashes=False)
def endpoint() -> Response:
    """Answer a query; asked for nothing, describe the service, or show a browser where to type."""
    operation = read_query_operation(request)
    if operation.text is None:
        return _description(operation.format_name)
    query = read_query(
        operation.text,
        max_bytes=current_service().config.limits.query_bytes,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
    )
    return answer_query(query, format_name=operation.format_name, template="sparql.html")


def _description(format_name: str | None) -> Response:
    row = choose_format(request, ResultKind.GRAPH, name=format_name, with_page=True)
    if row is None:
        return Response(render_template("sparql.html"))
    service = current_service()
    triples = describe_service(request.base_url, service.description, service.config.dataset_iri)
    document = io.BytesIO()
    write_graph(triples, row, document, prefixes=PREFIXES)
    return respond(document.getvalue(), row)

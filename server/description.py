"""What the service and its dataset say of themselves, at the endpoint and where VoID expects it."""

import io
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.description import describe_service
from kg.dumps import describe_dumps, find_dumps
from kg.examples import describe_queries
from kg.formats import ResultKind, formats_for, write_graph
from kg.namespaces import PREFIXES
from kg.terms import Triple
from server.addresses import public_address
from server.negotiation import choose_format
from server.service import current_service

__all__ = ["ROUTES", "describe"]


async def _void(request: Request) -> Response:
    """Describe the dataset, at the address where VoID expects it."""
    return describe(request, None)


def describe(request: Request, format_name: str | None) -> Response:
    """
    Describe the service and its dataset.

    Raises:
        FormatError: Nothing that the client accepts exists for a graph.
    """
    service, address = current_service(request), public_address(request)
    triples = describe_service(
        address + "/sparql", service.description, service.config, dump=address + "/rdf-graph-store?format=nquads"
    )
    listed = describe_dumps(
        service.config.dataset_iri,
        find_dumps(service.release.dumps),
        f"{address}/dumps/{service.release.digest[:12]}",
    )
    return _written(request, [*triples, *listed], format_name)


def _written(request: Request, triples: Iterable[Triple], format_name: str | None) -> Response:
    row = choose_format(request.headers.get("accept", ""), ResultKind.GRAPH, name=format_name, with_page=True)
    row = row or formats_for(ResultKind.GRAPH)[0]
    document = io.BytesIO()
    write_graph(triples, row, document, prefixes=PREFIXES)
    return Response(document.getvalue(), headers={"Content-Type": row.content_type})


async def _examples(request: Request) -> Response:
    """Describe the saved queries, at the address where editors expect examples."""
    service, address = current_service(request), public_address(request)
    return _written(request, describe_queries(service.queries, service.config, address + "/sparql"), None)


ROUTES = [Route("/.well-known/void", _void), Route("/.well-known/sparql-examples", _examples)]

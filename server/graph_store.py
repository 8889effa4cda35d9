"""
Named graphs and the whole dataset, for reading.

Source: SPARQL 1.1 Graph Store HTTP Protocol, sections 4.1, 4.2 and 5.2.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kg.errors import FormatError, NotFoundError, TermSyntaxError
from kg.formats import Format, ResultKind, formats_for, named_format
from kg.query import read_query
from kg.terms import parse_term
from server.addresses import public_address
from server.answers import answer_with
from server.negotiation import choose_format, choose_media_type
from server.protocol import read_address_parameters
from server.service import current_service
from server.suffixes import split_suffix

__all__ = ["ROUTES"]

_EVERYTHING = "CONSTRUCT WHERE { ?subject ?predicate ?object }"


async def _indirect(request: Request) -> Response:
    """Give the graph that ``graph`` or ``default`` names, or without them the whole dataset."""
    parameters = read_address_parameters(request)
    graphs, is_default = parameters.get("graph", []), "default" in parameters
    name = next(iter(parameters.get("format", [])), None)
    if len(graphs) + is_default > 1:
        raise HTTPException(400, "found several graphs: expected graph=IRI once, or default")
    if is_default:
        return await _graph(request, None, name)
    if graphs:
        return await _graph(request, _iri(graphs[0]), name)
    return await answer_with(request, None, _row(request, name, of_dataset=True))


async def _direct(request: Request) -> Response:
    """
    Give the graph whose IRI is the address of the request, under our own address or under the base of the graph.

    Who would rather have a page than a graph is led to the page about it.
    """
    path, name = split_suffix(str(request.path_params["path"]))
    graphs = current_service(request).graphs
    base = current_service(request).config.base_iri
    candidates = (f"{public_address(request)}/graph/{path}", f"{base}graph/{path}")
    iri = next((iri for iri in candidates if iri in graphs), candidates[-1])
    accept = request.headers.get("accept", "")
    if iri in graphs and choose_format(accept, ResultKind.GRAPH, name=name, with_page=True) is None:
        return RedirectResponse(f"{public_address(request)}/doc/graph/{path}", 303)
    return await _graph(request, iri, name)


async def _graph(request: Request, iri: str | None, format_name: str | None) -> Response:
    service = current_service(request)
    if iri is not None and iri not in service.graphs:
        raise NotFoundError(f"there is no named graph <{iri[:200]}>: SELECT DISTINCT ?g {{ GRAPH ?g {{}} }} lists them")
    query = read_query(
        _EVERYTHING, max_bytes=service.config.limits.query_bytes, default_graphs=(iri,) if iri is not None else ()
    )
    return await answer_with(request, query, _row(request, format_name, of_dataset=False))


def _row(request: Request, name: str | None, *, of_dataset: bool) -> Format:
    rows = [row for row in formats_for(ResultKind.GRAPH) if row.holds_graphs == of_dataset]
    if name:
        row = named_format(name, ResultKind.GRAPH)
        if row not in rows:
            allowed = [one.name for one in rows]
            raise FormatError(f'found format "{name[:40]}", expected one of {", ".join(allowed)}', allowed)
        return row
    chosen = choose_media_type(request.headers.get("accept", ""), [(*row.media_types, "text/html") for row in rows])
    return next(row for row in rows if row.media_type == chosen)


def _iri(text: str) -> str:
    try:
        return parse_term(text, "iri").value
    except TermSyntaxError as error:
        raise HTTPException(400, f"graph: {error}") from error


ROUTES = [
    Route("/rdf-graph-store", _indirect),
    Route("/graph/{path:path}", _direct),
]

"""
IRIs that resolve: from the name of a thing to a document about it, and from the name of a document to the document.

Source: Cool URIs for the Semantic Web, section 4.3; HTTP Semantics (RFC 9110), section 15.4.4.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kg.entities import EntityRequest
from kg.errors import MergedEntityError, TermSyntaxError, UnknownEntityError
from kg.formats import Format, ResultKind, formats_for, named_format, read_quads
from kg.jsonld import compact_document
from kg.namespaces import PREFIXES
from kg.query import QueryRequest, read_query
from kg.saved_queries import bind_parameters
from kg.terms import NamedNode, Quad, parse_term
from server.addresses import public_address
from server.answers import answer_with, ask_whole
from server.entity_page import classes_of, render_entity, render_terms
from server.negotiation import choose_format
from server.ontology_page import ontology_terms
from server.page_views import FAULTS_OF_ONE, entity_sections, kept_page, note_failure
from server.protocol import read_address_parameters
from server.service import Service, current_service
from server.suffixes import split_suffix

__all__ = ["NAMES", "ROUTES"]

_EVERYTHING = "CONSTRUCT WHERE { ?subject ?predicate ?object }"
_LONGEST_PAGE_NUMBER = 9
_RDF_TYPE = NamedNode(PREFIXES["rdf"] + "type")


async def _name(request: Request) -> Response:
    """Lead from the name of a thing to what is said of it; give a document itself."""
    service, path = current_service(request), _path(request)
    document, format_name = split_suffix(path, ".html")
    if document in service.release.documents:
        return await _document(request, document, format_name)
    base = service.config.base_iri
    await _look(request, _asked(service, base + path))
    return RedirectResponse(f"{public_address(request)}/doc/{path.removeprefix('id/')}", 303, _links(request, path))


async def _description(request: Request) -> Response:
    """Describe a thing, in the format that the client asks for."""
    service = current_service(request)
    path, format_name = split_suffix(_path(request), ".html")
    parameters = read_address_parameters(request)
    format_name = next(iter(parameters.get("format", ())), format_name)
    asked = await _find(request, path)
    asked = replace(asked, page=_page(next(iter(parameters.get("page", ())), "1")))
    row = _row(request, format_name)
    links = _links(request, asked.iri.removeprefix(service.config.base_iri))
    if row is not None:
        return await answer_with(request, asked, row, headers=links)
    return await kept_page(request, partial(_page_of_entity, request, asked), links)


async def _page_of_entity(request: Request, asked: EntityRequest) -> Response:
    quads = read_quads(await ask_whole(request, asked, named_format("nquads", ResultKind.GRAPH)))
    structured, parts = await asyncio.gather(
        _structured_data(request, asked.iri, quads),
        entity_sections(request, asked.iri, classes_of(quads, asked.iri)),
    )
    return render_entity(request, asked, quads, structured=structured, parts=parts)


async def _structured_data(request: Request, iri: str, quads: Sequence[Quad]) -> str:
    """Describe an entity to search engines, in JSON-LD, if the saved query for that is about its class."""
    service = current_service(request)
    saved = next((query for query in service.queries if query.name == service.config.structured_data), None)
    if saved is None or len(saved.parameters) != 1 or not saved.parameters[0].class_iri:
        return ""
    wanted = (NamedNode(iri), _RDF_TYPE, NamedNode(saved.parameters[0].class_iri))
    if not any((quad.subject, quad.predicate, quad.object) == wanted for quad in quads):
        return ""
    bound = bind_parameters(saved, {saved.parameters[0].name: [iri]}, service.config.limits)
    try:
        expanded = await ask_whole(request, bound, named_format("jsonld", ResultKind.GRAPH))
    except FAULTS_OF_ONE as error:
        note_failure(request, saved, error)
        return ""
    return compact_document(expanded, {"@vocab": PREFIXES["schema"]}).decode()


async def _document(request: Request, path: str, format_name: str | None) -> Response:
    """Give an ontology, a concept scheme, or another document that stands in named graphs of its own."""
    service = current_service(request)
    graphs = tuple(service.release.documents[path])
    query = read_query(_EVERYTHING, max_bytes=service.config.limits.query_bytes, default_graphs=graphs)
    row = _row(request, format_name)
    if row is not None:
        return await answer_with(request, query, row, headers=_links(request, path))
    return await kept_page(request, partial(_page_of_document, request, query, path), _links(request, path))


async def _page_of_document(request: Request, query: QueryRequest, path: str) -> Response:
    """Show a document: an ontology by its terms, any other by its statements."""
    service = current_service(request)
    iri = service.config.base_iri + path
    terms = [term for term in await ontology_terms(request) if term.name.iri.startswith(iri + "#")]
    quads = read_quads(await ask_whole(request, query, named_format("nquads", ResultKind.GRAPH)))
    if terms:
        return render_terms(request, _asked(service, iri), quads, terms)
    return render_entity(request, _asked(service, iri), quads, whole=True)


async def _find(request: Request, path: str) -> EntityRequest:
    """Find what ``/doc/…`` is about: the IRI below ``id/``, or below the base of the dataset."""
    service = current_service(request)
    first, second = (_asked(service, f"{service.config.base_iri}{folder}{path}") for folder in ("id/", ""))
    try:
        await _look(request, first)
    except UnknownEntityError:
        try:
            await _look(request, second)
        except UnknownEntityError:
            pass
        else:
            return second
        raise
    return first


async def _look(request: Request, asked: EntityRequest) -> None:
    """
    Make sure that something is said of an entity.

    Raises:
        UnknownEntityError: Nothing is.
        HTTPException: 301, it was merged into another.
    """
    service = current_service(request)
    try:
        await ask_whole(request, replace(asked, page=None), named_format("nquads", ResultKind.GRAPH))
    except MergedEntityError as error:
        into = error.into.replace(service.config.base_iri, f"{public_address(request)}/", 1)
        raise HTTPException(301, str(error), {"Location": into}) from error


def _asked(service: Service, iri: str) -> EntityRequest:
    """
    Say what is asked of the workers.

    Raises:
        UnknownEntityError: The address makes no IRI.
    """
    config = service.config
    try:
        parse_term(iri, "iri")
    except TermSyntaxError as error:
        raise UnknownEntityError(iri, ()) from error
    name = iri.removeprefix(config.base_iri).removeprefix("id/")
    return EntityRequest(
        iri,
        f"{config.base_iri}doc/{name}",
        config.dataset_iri,
        config.label_properties,
        context=service.release.context,
    )


def _row(request: Request, format_name: str | None) -> Format | None:
    return choose_format(request.headers.get("accept", ""), ResultKind.GRAPH, name=format_name, with_page=True)


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _LONGEST_PAGE_NUMBER and int(text)):
        raise HTTPException(400, f'page is "{text[:40]}": expected a number from 1 up')
    return int(text)


def _path(request: Request) -> str:
    return str(request.path_params["path"])


def _links(request: Request, path: str) -> dict[str, str]:
    """Say what the canonical IRI is, which formats there are, and where the dataset is described."""
    base, address = current_service(request).config.base_iri, public_address(request)
    place = path if path in current_service(request).release.documents else "doc/" + path.removeprefix("id/")
    alternate = [
        f'<{address}/{place}{row.suffix}>; rel="alternate"; type="{row.media_type}"'
        for row in formats_for(ResultKind.GRAPH)
    ]
    links = [
        f'<{base}{path}>; rel="canonical"',
        f'<{address}/.well-known/void>; rel="describedby"',
        *alternate,
    ]
    return {"Link": ", ".join(links)}


ROUTES = [Route("/doc/{path:path}", _description)]
NAMES: list[Any] = [Route("/{path:path}", _name)]
"""What every address that is nothing else may be; it stands behind all other routes."""

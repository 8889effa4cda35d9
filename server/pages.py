"""The pages about the graph as a whole: the first one, its ontology, its quality, how to take it away."""

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.dumps import find_dumps
from server.ontology_page import class_counts, concept_schemes, ontology_terms, property_flow, roots
from server.page_views import answered, ask_table, kept_page
from server.pictures import draw_flow
from server.service import current_service
from server.templating import render_page, words_of

__all__ = ["ROUTES"]

_MOST_FIRST_ROWS = 5
_CLASSES = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?class WHERE { ?class a owl:Class FILTER (isIRI(?class)) } ORDER BY ?class
"""


async def _home(request: Request) -> Response:
    """Say what this graph is and how large it is, answer some questions, and show one picture."""
    return await kept_page(request, partial(_render_home, request))


async def _render_home(request: Request) -> Response:
    service = current_service(request)
    pages, words = service.config.pages, words_of(request)
    pictured, questions, classes = await asyncio.gather(
        answered(request, [pages.home_picture] if pages.home_picture else []),
        answered(request, pages.home_questions),
        ask_table(request, _CLASSES),
    )
    picture = pictured[0] if pictured else None
    counts = class_counts(service)
    names = {row["class"][0].iri: row["class"][0] for row in classes.rows}
    return render_page(
        request,
        "home.html",
        numbers=[(names[iri], counts.get(iri, 0)) for iri in pages.home_classes if iri in names],
        questions=questions,
        picture=picture,
        flow=draw_flow(picture.table, words["picture"]["rest"]) if picture and not picture.failure else None,
        most=_MOST_FIRST_ROWS,
        queries=service.queries,
        checks=service.checks,
    )


async def _ontology(request: Request) -> Response:
    """Show the ontology: its classes as a tree, its properties, its concept schemes."""
    return await kept_page(request, partial(_render_ontology, request))


async def _render_ontology(request: Request) -> Response:
    terms, schemes, flow = await asyncio.gather(
        ontology_terms(request), concept_schemes(request), property_flow(request)
    )
    return render_page(
        request,
        "ontology.html",
        by_iri={term.name.iri: term for term in terms},
        roots=roots(terms),
        properties=[term for term in terms if not term.is_class],
        schemes=schemes,
        flow=draw_flow(flow, words_of(request)["picture"]["rest"]),
        flow_table=flow,
    )


async def _quality(request: Request) -> Response:
    """Show what was checked when the release was made, what is waived and why."""
    return await kept_page(request, partial(_render_quality, request))


async def _render_quality(request: Request) -> Response:
    config = current_service(request).config
    terms, questions = await asyncio.gather(ontology_terms(request), answered(request, config.pages.quality_questions))
    shapes = {shape for term in terms for shape, _ in term.shapes}
    return render_page(
        request,
        "quality.html",
        shaped=[term for term in terms if term.is_class and term.shapes],
        shape_count=len(shapes),
        questions=questions,
        most=_MOST_FIRST_ROWS,
    )


async def _about(request: Request) -> Response:
    """Say under which licence the graph stands, how to cite it, and how to take it away."""

    async def make() -> Response:
        service = current_service(request)
        return render_page(
            request, "about.html", dumps=find_dumps(service.release.dumps), graphs=sorted(service.graphs)
        )

    return await kept_page(request, make)


ROUTES = [Route("/", _home), Route("/ontology", _ontology), Route("/quality", _quality), Route("/about", _about)]

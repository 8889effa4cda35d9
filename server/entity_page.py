"""The page about an entity, or about a document that holds many: its statements, each with its named graphs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kg.entities import PAGE_SIZE, EntityRequest
from kg.formats import ResultKind, formats_for
from kg.namespaces import PREFIXES
from kg.terms import DefaultGraph, Literal, NamedNode, Quad, Term, Triple
from server.ontology_page import OntologyTerm
from server.page_views import Section, languages_of
from server.service import current_service
from server.templating import render_page

__all__ = ["classes_of", "render_entity", "render_terms"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_DEPRECATED = NamedNode(PREFIXES["owl"] + "deprecated")
_REPLACED = NamedNode(PREFIXES["dcterms"] + "isReplacedBy")
_TOTAL = NamedNode(PREFIXES["hydra"] + "totalItems")


@dataclass(frozen=True)
class Value:
    """A term at the other end of a statement, and the named graphs that state it."""

    term: Term
    graphs: tuple[str, ...]


Statements = dict[NamedNode, list[Value]]
"""The values of each property."""


def render_entity(
    request: Request,
    asked: EntityRequest,
    quads: Sequence[Quad],
    *,
    whole: bool = False,
    structured: str = "",
    parts: Sequence[Section] = (),
) -> HTMLResponse:
    """
    Make the page about an entity.

    Args:
        request: What came in.
        asked: The entity, and the page of the statements that lead to it.
        quads: What :func:`kg.evaluation.entities.describe_entity` gave, or a whole document.
        whole: Whether all that is described in the quads is shown, not only the entity.
        structured: What the page tells search engines, in JSON-LD.
        parts: What the saved queries for its classes answered.
    """
    entity = NamedNode(asked.iri)
    stated = [quad for quad in quads if whole or not isinstance(quad.graph_name, DefaultGraph)]
    about = _about(stated)
    shown = [term for term in about if isinstance(term, NamedNode)] if whole else [entity]
    own, derived = about.get(entity, {}), current_service(request).config.derived_iri
    return render_page(
        request,
        "entity.html",
        entity=entity,
        sections=[(term, about.get(term, {})) for term in sorted(shown, key=lambda term: (term != entity, str(term)))],
        about=about,
        stated=_kept(own, lambda value: derived not in value.graphs),
        derived=_kept(own, lambda value: derived in value.graphs),
        leading={} if whole else _leading(stated, entity),
        names=_names(quads, asked.label_properties, languages_of(request)),
        is_deprecated=_DEPRECATED in own,
        is_graph=asked.iri in current_service(request).graphs,
        kinds=[value.term for value in own.get(_TYPE, []) if derived not in value.graphs],
        replaced_by=[value.term for value in own.get(_REPLACED, [])],
        parts_of_page=parts,
        page=asked.page,
        pages=_pages(quads),
        formats=formats_for(ResultKind.GRAPH),
        place=_place(request, asked, whole=whole),
        structured=Markup(structured.replace("</", "<\\/")),  # noqa: S704 - JSON in a data block, its end escaped
    )


def render_terms(
    request: Request, asked: EntityRequest, quads: Sequence[Quad], terms: Sequence[OntologyTerm]
) -> HTMLResponse:
    """
    Make the page about an ontology, by the terms that it defines.

    Args:
        request: What came in.
        asked: The ontology.
        quads: Its document.
        terms: What is defined in it.
    """
    names = _names(quads, asked.label_properties, languages_of(request))
    return render_page(
        request,
        "terms.html",
        iri=asked.iri,
        name=names[NamedNode(asked.iri)].value if NamedNode(asked.iri) in names else asked.iri,
        terms=terms,
        formats=formats_for(ResultKind.GRAPH),
        place=_place(request, asked, whole=True),
    )


def classes_of(quads: Iterable[Quad], iri: str) -> set[str]:
    """Give the classes of an entity, derived ones too."""
    entity = NamedNode(iri)
    found = (quad.object for quad in quads if quad.subject == entity and quad.predicate == _TYPE)
    return {value.value for value in found if isinstance(value, NamedNode)}


def _about(quads: Iterable[Quad]) -> dict[Term, Statements]:
    graphs: defaultdict[tuple[Term, NamedNode, Term], list[str]] = defaultdict(list)
    for quad in quads:
        graph = quad.graph_name
        graphs[quad.subject, quad.predicate, quad.object] += [graph.value] if isinstance(graph, NamedNode) else []
    found: defaultdict[Term, Statements] = defaultdict(dict)
    for (subject, predicate, value), names in graphs.items():
        found[subject].setdefault(predicate, []).append(Value(value, tuple(names)))
    for values in chain.from_iterable(statements.values() for statements in found.values()):
        values.sort(key=lambda value: str(value.term))  # engines give them in any order
    return {subject: dict(sorted(values.items(), key=_type_first)) for subject, values in found.items()}


def _kept(statements: Statements, is_kept: Callable[[Value], bool]) -> Statements:
    found = {name: [value for value in values if is_kept(value)] for name, values in statements.items()}
    return {name: values for name, values in found.items() if values}


def _leading(quads: Iterable[Quad], entity: NamedNode) -> Statements:
    found: defaultdict[NamedNode, list[Value]] = defaultdict(list)
    for quad in quads:
        if quad.object == entity and isinstance(quad.graph_name, NamedNode):
            found[quad.predicate].append(Value(quad.subject, (quad.graph_name.value,)))
    for values in found.values():
        values.sort(key=lambda value: str(value.term))
    return dict(sorted(found.items(), key=_type_first))


def _type_first(item: tuple[NamedNode, object]) -> tuple[bool, str]:
    return item[0] != _TYPE, item[0].value


def _names(quads: Iterable[Quad], properties: Sequence[str], languages: Sequence[str]) -> dict[Term, Literal]:
    """Name each term by the first property that names it, in the language that comes first."""
    found: dict[Term, tuple[tuple[int, int, str], Literal]] = {}
    for quad in quads:
        if quad.predicate.value in properties and isinstance(quad.object, Literal):
            rank = (properties.index(quad.predicate.value), _place_of(quad.object, languages), quad.object.value)
            if quad.subject not in found or rank < found[quad.subject][0]:
                found[quad.subject] = (rank, quad.object)
    return {term: name for term, (_, name) in found.items() if not isinstance(term, Triple)}


def _place_of(name: Literal, languages: Sequence[str]) -> int:
    tag = (name.language or "").lower()
    fitting = (place for place, one in enumerate(languages) if (tag + "-").startswith(one.lower() + "-"))
    return next(fitting, len(languages))


def _pages(quads: Iterable[Quad]) -> int:
    total = next((quad.object for quad in quads if quad.predicate == _TOTAL), None)
    return -(-int(total.value) // PAGE_SIZE) if isinstance(total, Literal) else 1


def _place(request: Request, asked: EntityRequest, *, whole: bool) -> str:
    """Give the address to which the suffix of a format is added."""
    iri = asked.iri if whole else asked.document
    return "/" + iri.removeprefix(current_service(request).config.base_iri)

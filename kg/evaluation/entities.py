"""
What a release says of one entity: the statements about it, those that lead to it, and the names of all they mention.

Source: Cool URIs for the Semantic Web, section 4.3 (303 to a document); Concise Bounded Description, section 2 (the
closure over blank nodes); Hydra Core Vocabulary for the pages of a long document.
"""

import itertools
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.entities import PAGE_SIZE, EntityRequest
from kg.errors import MergedEntityError, UnknownEntityError
from kg.spelling import nearest
from kg.terms import BlankNode, Literal, NamedNode, Quad, prefixed

__all__ = ["describe_entity"]

_MOST_COMPARED = 20_000
"""How many IRIs an unknown one is compared with."""
_TRUE = Literal("true", datatype=prefixed("xsd:boolean"))


def describe_entity(store: ox.Store, request: EntityRequest) -> Iterator[Quad]:
    """
    Describe an entity.

    Args:
        store: It is only read.
        request: Which entity, and which page of the description.

    Returns:
        Each statement in its named graph, and in the default graph what the description says of itself. Names of what
        the statements mention stand in the graphs that give them.

    Raises:
        UnknownEntityError: No statement mentions it; the exception tells similar ones.
        MergedEntityError: It was merged into another.
    """
    entity = NamedNode(request.iri)
    about = list(_closure(store, entity))
    leading = sum(1 for _ in store.quads_for_pattern(None, None, entity, None))
    if not about and not leading:
        raise UnknownEntityError(request.iri, _similar(store, request.iri))
    _require_unmerged(about, entity)
    if request.page is None:
        return
    first = (request.page - 1) * PAGE_SIZE
    to = list(itertools.islice(store.quads_for_pattern(None, None, entity, None), first, first + PAGE_SIZE))
    yield from _document(request, leading)
    yield from about
    yield from to
    yield from _labels(store, {term for quad in (*about, *to) for term in quad.triple} - {entity}, request)


def _closure(store: ox.Store, node: NamedNode | BlankNode) -> Iterator[Quad]:
    """Give the statements about a node, and about the blank nodes that these lead to."""
    seen, waiting = {node}, [node]
    while waiting:
        for quad in store.quads_for_pattern(waiting.pop(), None, None, None):
            yield quad
            if isinstance(quad.object, BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)


def _require_unmerged(about: Iterable[Quad], entity: NamedNode) -> None:
    """A merged entity is deprecated and the same as exactly one other."""
    found = {(quad.predicate, quad.object) for quad in about if quad.subject == entity}
    others = [
        other for predicate, other in found if predicate == prefixed("owl:sameAs") and isinstance(other, NamedNode)
    ]
    if (prefixed("owl:deprecated"), _TRUE) in found and len(others) == 1:
        raise MergedEntityError(entity.value, others[0].value)


def _document(request: EntityRequest, leading: int) -> Iterator[Quad]:
    document, whole = NamedNode(request.document), (leading + PAGE_SIZE - 1) // PAGE_SIZE
    yield Quad(document, prefixed("rdf:type"), prefixed("foaf:Document"))
    yield Quad(document, prefixed("foaf:primaryTopic"), NamedNode(request.iri))
    yield Quad(document, prefixed("void:inDataset"), NamedNode(request.dataset))
    if whole < 2 or request.page is None:
        return
    page = _page(request, request.page)
    yield Quad(document, prefixed("hydra:view"), page)
    yield Quad(document, prefixed("hydra:totalItems"), Literal(leading))
    yield Quad(page, prefixed("rdf:type"), prefixed("hydra:PartialCollectionView"))
    yield Quad(page, prefixed("hydra:first"), _page(request, 1))
    yield Quad(page, prefixed("hydra:last"), _page(request, whole))
    if request.page < whole:
        yield Quad(page, prefixed("hydra:next"), _page(request, request.page + 1))


def _page(request: EntityRequest, number: int) -> NamedNode:
    return NamedNode(f"{request.document}?page={number}")


def _labels(store: ox.Store, terms: Iterable[object], request: EntityRequest) -> Iterator[Quad]:
    """Name each IRI by the first property that names it."""
    properties = [NamedNode(iri) for iri in request.label_properties]
    for term in terms:
        if isinstance(term, NamedNode):
            found = (list(store.quads_for_pattern(term, one, None, None)) for one in properties)
            yield from next(filter(None, found), ())


def _similar(store: ox.Store, iri: str) -> list[str]:
    """Find the IRIs that are most like an unknown one, among those that share all but their last part."""
    folder, _, last = iri.rpartition("/")
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}
    lasts = {name: name[len(folder) + 1 :] for name in subjects if name.startswith(folder + "/")}
    some = dict(itertools.islice(sorted(lasts.items()), _MOST_COMPARED))
    return nearest(last, some, most=3)

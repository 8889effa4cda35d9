"""
What a release says of one entity: the statements about it, those that lead to it, and the names of all they mention.

Source: Cool URIs for the Semantic Web, section 4.3 (303 to a document); Concise Bounded Description, section 2 (the
closure over blank nodes); Hydra Core Vocabulary for the pages of a long document.
"""

from collections.abc import Iterable, Iterator

from kg.entities import PAGE_SIZE, EntityRequest
from kg.errors import MergedEntityError, UnknownEntityError
from kg.evaluation.sources import Source
from kg.spelling import nearest
from kg.terms import Literal, NamedNode, Quad, prefixed

__all__ = ["describe_entity"]

_MOST_COMPARED = 20_000
"""How many IRIs an unknown one is compared with."""
_TRUE = Literal("true", datatype=prefixed("xsd:boolean"))


def describe_entity(source: Source, request: EntityRequest) -> Iterator[Quad]:
    """
    Describe an entity.

    Args:
        source: It is only read.
        request: Which entity, and which page of the description.

    Returns:
        Each statement in its named graph, and in the default graph what the description says of itself. Names of what
        the statements mention stand in the graphs that give them.

    Raises:
        UnknownEntityError: No statement mentions it; the exception tells similar ones.
        MergedEntityError: It was merged into another.
    """
    entity = NamedNode(request.iri)
    about = source.about(entity)
    most = PAGE_SIZE if request.page else 0
    total, leading = source.leading(entity, ((request.page or 1) - 1) * PAGE_SIZE, most)
    if not about and not total:
        raise UnknownEntityError(request.iri, _similar(source, request.iri))
    _require_unmerged(about, entity)
    if request.page is None:
        return
    yield from _document(request, total)
    yield from about
    yield from leading
    yield from _labels(source, {term for quad in (*about, *leading) for term in quad.triple} - {entity}, request)


def _require_unmerged(about: Iterable[Quad], entity: NamedNode) -> None:
    """A merged entity is deprecated and the same as exactly one other."""
    found = {(quad.predicate, quad.object) for quad in about if quad.subject == entity}
    others = [
        other for predicate, other in found if predicate == prefixed("owl:sameAs") and isinstance(other, NamedNode)
    ]
    if (prefixed("owl:deprecated"), _TRUE) in found and len(others) == 1:
        raise MergedEntityError(entity.value, others[0].value)


def _document(request: EntityRequest, total: int) -> Iterator[Quad]:
    document, whole = NamedNode(request.document), (total + PAGE_SIZE - 1) // PAGE_SIZE
    yield Quad(document, prefixed("rdf:type"), prefixed("foaf:Document"))
    yield Quad(document, prefixed("foaf:primaryTopic"), NamedNode(request.iri))
    yield Quad(document, prefixed("void:inDataset"), NamedNode(request.dataset))
    if whole < 2 or request.page is None:
        return
    page = _page(request, request.page)
    yield Quad(document, prefixed("hydra:view"), page)
    yield Quad(document, prefixed("hydra:totalItems"), Literal(total))
    yield Quad(page, prefixed("rdf:type"), prefixed("hydra:PartialCollectionView"))
    yield Quad(page, prefixed("hydra:first"), _page(request, 1))
    yield Quad(page, prefixed("hydra:last"), _page(request, whole))
    if request.page < whole:
        yield Quad(page, prefixed("hydra:next"), _page(request, request.page + 1))


def _page(request: EntityRequest, number: int) -> NamedNode:
    return NamedNode(f"{request.document}?page={number}")


def _labels(source: Source, terms: Iterable[object], request: EntityRequest) -> Iterator[Quad]:
    """Name each IRI by the first property that names it."""
    properties = [NamedNode(iri) for iri in request.label_properties]
    yield from source.naming((term for term in terms if isinstance(term, NamedNode)), properties)


def _similar(source: Source, iri: str) -> list[str]:
    """Find the IRIs that are most like an unknown one, among those that share all but their last part."""
    folder, _, last = iri.rpartition("/")
    return nearest(
        last, {name: name[len(folder) + 1 :] for name in source.beside(folder + "/", _MOST_COMPARED)}, most=3
    )

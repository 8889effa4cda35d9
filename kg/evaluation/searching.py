"""What can be found in a dataset: its entities with their names, and what the search queries of its directory add."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg.config import Config
from kg.dataset import fill_store
from kg.errors import InputError, LimitError, QueryHeaderError
from kg.evaluation.solving import solve
from kg.namespaces import PREFIXES, compact_iri
from kg.search import (
    CLASS_FACET,
    Facet,
    Field,
    Label,
    Labels,
    SearchContent,
    SearchDocument,
    SearchQuery,
    SearchText,
)
from kg.terms import Literal, NamedNode, Quad

__all__ = ["find_search_content"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_LANGUAGE = "en"
"""The language of labels for readers of whose languages there is none."""
_Texts = defaultdict[str, set[SearchText]]
_Placements = defaultdict[str, set[tuple[str, str]]]
_Names = dict[str, set[tuple[int, str, str]]]


def find_search_content(quads: Sequence[Quad], queries: Sequence[SearchQuery], config: Config) -> SearchContent:
    """
    Find what goes into the search index of a dataset.

    Args:
        quads: The dataset.
        queries: What the directory says of texts and facets.
        config: Which IRIs are of this dataset, and which properties name things.

    Returns:
        A document for each entity of the dataset that has a text, without named graphs; what a query gives as a text
        is no name too.

    Raises:
        QueryHeaderError: A query cannot be evaluated, or gives something else than texts.
    """
    names = _names(quads, config)
    texts, placements = _asked(quads, queries, _classes(quads, config))
    for item, found in names.items():
        given = {(text.language, text.value) for text in texts[item]}
        texts[item] |= {SearchText(Field.NAME, tag, value) for _, tag, value in found if (tag, value) not in given}
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    documents = [
        _document(item, texts[item], names.get(item, ()), placements.get(item, ()))
        for item in sorted(texts)
        if texts[item] and item.startswith(config.own_iris) and item not in graphs
    ]
    values = {value for document in documents for _, value in document.placements}
    facets = [query.target for query in queries if isinstance(query.target, Facet)]
    return SearchContent((CLASS_FACET, *facets), tuple(documents), _shown(values, names))


def _asked(
    quads: Sequence[Quad], queries: Sequence[SearchQuery], placements: _Placements
) -> tuple[_Texts, _Placements]:
    """Give the texts and the placements that the queries find, added to those given."""
    store = fill_store(None, quads)
    texts: defaultdict[str, set[SearchText]] = defaultdict(set)
    for query in queries:
        for item, term in _solutions(store, query):
            if isinstance(query.target, Facet):
                placements[item].add((query.target.name, term.value))
            else:
                texts[item].add(_text(query, term))
    return texts, placements


def _shown(values: Iterable[str], names: _Names) -> dict[str, Labels]:
    """Give what values of facets are called: IRIs by their names, or by a prefix that is well known."""
    return {
        value: _labels(names[value]) if value in names else (Label("", compact_iri(value, PREFIXES)),)
        for value in values
        if value in names or ":" in value
    }


def _document(
    item: str, texts: set[SearchText], names: Iterable[tuple[int, str, str]], placements: Iterable[tuple[str, str]]
) -> SearchDocument:
    order = list(Field)
    sorted_texts = tuple(sorted(texts, key=lambda text: (order.index(text.field), text.language, text.value)))
    labels = _labels(names or [(0, text.language, text.value) for text in sorted_texts])
    return SearchDocument(item, labels, sorted_texts, tuple(sorted(placements)))


def _labels(names: Iterable[tuple[int, str, str]]) -> Labels:
    """Choose a name for each language tag, by the best property; the first of them is for everybody else."""
    chosen: dict[str, str] = {}
    for _, tag, value in sorted(names, key=_preference):
        chosen.setdefault(tag, value)
    return tuple(Label(tag, value) for tag, value in chosen.items())


def _preference(name: tuple[int, str, str]) -> tuple[int, int, int, str, str]:
    rank, tag, value = name
    distance = 0 if tag.lower().split("-")[0] == _LANGUAGE else 2 if tag else 1
    return rank, distance, len(tag), tag, value


def _names(quads: Sequence[Quad], config: Config) -> _Names:
    """Give the names of each IRI: the rank of the property, the language, the text."""
    ranks = {NamedNode(iri): rank for rank, iri in enumerate(config.label_properties)}
    found: defaultdict[str, set[tuple[int, str, str]]] = defaultdict(set)
    for subject, predicate, value, _ in quads:
        is_name = predicate in ranks and isinstance(value, Literal) and value.value.strip()
        if is_name and isinstance(subject, NamedNode):
            found[subject.value].add((ranks[predicate], value.language or "", value.value))
    return dict(found)


def _classes(quads: Sequence[Quad], config: Config) -> _Placements:
    """Give the classes that the files state of each IRI; what follows from them would only repeat it."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    derived = NamedNode(config.derived_iri)
    for quad in quads:
        is_stated = quad.predicate == _TYPE and quad.graph_name != derived
        if is_stated and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            found[quad.subject.value].add((CLASS_FACET.name, quad.object.value))
    return found


def _solutions(store: ox.Store, query: SearchQuery) -> Iterator[tuple[str, NamedNode | Literal]]:
    name = "value" if isinstance(query.target, Facet) else "text"
    try:
        solutions = solve(store, query.request)
        if not isinstance(solutions, ox.QuerySolutions):
            raise TypeError(solutions)
        for solution in solutions:
            item, term = solution["item"], solution[name]
            if isinstance(item, NamedNode) and isinstance(term, NamedNode | Literal) and term.value.strip():
                yield item.value, term
    except (InputError, LimitError, RuntimeError, ValueError) as error:
        raise QueryHeaderError(query.path, f"cannot be evaluated: {error}") from error


def _text(query: SearchQuery, term: NamedNode | Literal) -> SearchText:
    if not isinstance(term, Literal) or not isinstance(query.target, Field):
        raise QueryHeaderError(query.path, f"?text is {term}, expected a literal")
    return SearchText(query.target, term.language or "", term.value)

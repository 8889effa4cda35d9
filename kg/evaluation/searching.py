"""What can be found in a dataset: its entities with their names, and what the search queries of its directory add."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Literal as OneOf

import msgspec
import pyoxigraph as ox

from kg.config import Config
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
from kg.sorting import read_lines, sort_lines, write_lines
from kg.terms import Literal, NamedNode, Quad

__all__ = ["find_search_content"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_LANGUAGE = "en"
"""The language of labels for readers of whose languages there is none."""
_Names = dict[str, set[tuple[int, str, str]]]


class _Row(msgspec.Struct, array_like=True):
    """
    One thing that is known of an IRI.

    That is a name, with its language and the rank of its property, or a text in a field, or a value of a facet.
    """

    item: str
    kind: OneOf["name", "text", "facet"]
    of: str
    """The rank, the field or the name of the facet."""
    language: str
    value: str


def find_search_content(
    store: ox.Store, dataset: Iterable[Quad], queries: Sequence[SearchQuery], config: Config, folder: Path
) -> SearchContent:
    """
    Find what goes into the search index of a dataset.

    Args:
        store: The dataset.
        dataset: The same, to go through.
        queries: What the directory says of texts and facets.
        config: Which IRIs are of this dataset, and which properties name things.
        folder: Where it is kept what was found; it stays there as long as the content is read.

    Returns:
        A document for each entity of the dataset that has a text, without named graphs; what a query gives as a text
        is no name too.

    Raises:
        QueryHeaderError: A query cannot be evaluated, or gives something else than texts.
    """
    graphs: set[str] = set()
    rows, documents = folder / "rows", folder / "documents"
    found = chain(_stated(dataset, graphs, config), _asked(store, queries))
    write_lines(rows, sort_lines(map(_line, found), folder))
    write_lines(documents, sort_lines(map(_document_line, _documents(rows, graphs, config)), folder))
    ordered = _DocumentFile(documents)
    values = {value for document in ordered for _, value in document.placements}
    facets = [query.target for query in queries if isinstance(query.target, Facet)]
    return SearchContent((CLASS_FACET, *facets), ordered, _shown(values, _names(rows, values)))


def _stated(dataset: Iterable[Quad], graphs: set[str], config: Config) -> Iterator[_Row]:
    """Give the names of IRIs and the classes that the files state: what follows from these would only repeat them."""
    ranks = {NamedNode(iri): str(rank) for rank, iri in enumerate(config.label_properties)}
    derived = NamedNode(config.derived_iri)
    for subject, predicate, value, graph in dataset:
        if isinstance(graph, NamedNode):
            graphs.add(graph.value)
        if not isinstance(subject, NamedNode):
            continue
        if predicate in ranks and isinstance(value, Literal) and value.value.strip():
            yield _Row(subject.value, "name", ranks[predicate], value.language or "", value.value)
        elif predicate == _TYPE and isinstance(value, NamedNode) and graph != derived:
            yield _Row(subject.value, "facet", CLASS_FACET.name, "", value.value)


def _asked(store: ox.Store, queries: Sequence[SearchQuery]) -> Iterator[_Row]:
    """Give the texts and the values of facets that the queries find."""
    for query in queries:
        for item, term in _solutions(store, query):
            if isinstance(query.target, Facet):
                yield _Row(item, "facet", query.target.name, "", term.value)
            else:
                text = _text(query, term)
                yield _Row(item, "text", text.field, text.language, text.value)


def _documents(rows: Path, graphs: Container[str], config: Config) -> Iterator[SearchDocument]:
    for item, group in groupby(_read(rows), key=lambda row: row.item):
        if item.startswith(config.own_iris) and item not in graphs:
            known = list(group)
            names = {(int(row.of), row.language, row.value) for row in known if row.kind == "name"}
            texts = {SearchText(Field(row.of), row.language, row.value) for row in known if row.kind == "text"}
            given = {(text.language, text.value) for text in texts}
            texts |= {SearchText(Field.NAME, tag, value) for _, tag, value in names if (tag, value) not in given}
            if texts:
                yield _document(item, texts, names, {(row.of, row.value) for row in known if row.kind == "facet"})


def _names(rows: Path, items: Container[str]) -> _Names:
    """Give the names of some IRIs: the rank of the property, the language, the text."""
    found: defaultdict[str, set[tuple[int, str, str]]] = defaultdict(set)
    for row in _read(rows):
        if row.kind == "name" and row.item in items:
            found[row.item].add((int(row.of), row.language, row.value))
    return dict(found)


def _line(thing: object) -> str:
    return msgspec.json.encode(thing).decode() + "\n"


def _read(rows: Path) -> Iterator[_Row]:
    return map(msgspec.json.Decoder(_Row).decode, read_lines(rows))


def _document_line(document: SearchDocument) -> str:
    """Write a document behind what it is ordered by."""
    label = document.labels[0].text
    order = (label.casefold(), label, document.iri)
    return "".join(f"{part.translate(_APART)}\0" for part in order) + _line(document)


_APART = {ord("\0"): " ", ord("\n"): " "}
"""What keeps apart the parts of a line, and lines, must not stand in them."""


@dataclass(frozen=True)
class _DocumentFile(Iterable[SearchDocument]):
    """Documents, read anew from disk each time that one goes through them."""

    path: Path

    def __iter__(self) -> Iterator[SearchDocument]:
        decoder = msgspec.json.Decoder(SearchDocument)
        return (decoder.decode(line.rpartition("\0")[2]) for line in read_lines(self.path))


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

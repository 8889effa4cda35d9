"""What an index of a release holds: documents with their texts, and the facets by which they are sifted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kg.search.labels import Labels

__all__ = ["Facet", "Field", "SearchContent", "SearchDocument", "SearchText"]


class Field(StrEnum):
    """What a text is to its document; a hit in an earlier field counts for more."""

    NAME = "name"
    TEXT = "text"
    QUOTATION = "quotation"
    RELATED = "related"


@dataclass(frozen=True, order=True)
class SearchText:
    """A text of a document, with its language tag, which may be empty."""

    field: Field
    language: str
    value: str


@dataclass(frozen=True)
class SearchDocument:
    """
    An entity that can be found.

    ``labels`` are what it is called in a list of results; ``placements`` pairs names of facets with values.
    """

    iri: str
    labels: Labels
    texts: tuple[SearchText, ...]
    placements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facet:
    """
    A way to sift results.

    Who shows a facet without ``labels`` knows what it is. ``by_value`` lists its values in their own order, not by how
    often they occur.
    """

    name: str
    labels: Labels = ()
    by_value: bool = False


@dataclass(frozen=True)
class SearchContent:
    """
    All that goes into an index; ``names`` holds what IRIs that are values of facets are called.

    ``documents`` come in the order of their labels, and anew each time that one goes through them.
    """

    facets: tuple[Facet, ...] = ()
    documents: Iterable[SearchDocument] = ()
    names: Mapping[str, Labels] = field(default_factory=dict)

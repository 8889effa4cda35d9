"""Full-text search: what is found, the index of a release in SQLite, and how it is asked."""

from kg.search.content import Facet, Field, SearchContent, SearchDocument, SearchText
from kg.search.index import is_index, write_index
from kg.search.labels import Label, Labels, choose_label
from kg.search.queries import CLASS_FACET, RESERVED_NAMES, SearchQuery
from kg.search.reading import (
    MOST_HITS,
    MOST_PASSED_OVER,
    FacetCount,
    FacetResult,
    Hit,
    SearchIndex,
    SearchRequest,
    SearchResult,
    Suggestion,
)
from kg.search.snippets import Segment, Snippet

__all__ = [
    "CLASS_FACET",
    "MOST_HITS",
    "MOST_PASSED_OVER",
    "RESERVED_NAMES",
    "Facet",
    "FacetCount",
    "FacetResult",
    "Field",
    "Hit",
    "Label",
    "Labels",
    "SearchContent",
    "SearchDocument",
    "SearchIndex",
    "SearchQuery",
    "SearchRequest",
    "SearchResult",
    "SearchText",
    "Segment",
    "Snippet",
    "Suggestion",
    "choose_label",
    "is_index",
    "write_index",
]

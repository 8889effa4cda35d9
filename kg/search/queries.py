"""The queries of a knowledge graph directory that say which texts are searched and by what results are sifted."""

from dataclasses import dataclass
from typing import Final

from kg.query import QueryRequest
from kg.search.content import Facet, Field

__all__ = ["CLASS_FACET", "RESERVED_NAMES", "SearchQuery"]

CLASS_FACET: Final = Facet("class")
"""The facet that every index has."""
RESERVED_NAMES: Final = frozenset({"q", "limit", "offset", "format", CLASS_FACET.name})
"""Names that no facet can have, because the parameters of a search have them."""


@dataclass(frozen=True)
class SearchQuery:
    """
    A SELECT over the dataset that gives texts or values of a facet to entities.

    Its solutions bind ``?item`` to an entity, and ``?text`` or ``?value``. ``path`` is its place for messages.
    """

    target: Field | Facet
    position: int
    request: QueryRequest
    path: str

"""
What a thing is connected with, in both directions: the picture of a neighbourhood draws it.

For each property at most eight neighbours are given, with the number of all.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg.errors import TermSyntaxError
from kg.namespaces import PREFIXES, compact_iri
from kg.query import ValuesBlock, find_values_block, read_query
from kg.terms import NamedNode, parse_term
from server.page_views import ask_table, kept_page
from server.protocol import read_address_parameters
from server.service import current_service
from server.tables import Cell, Table

__all__ = ["ROUTES"]

_MOST_GROUPS = 24
_TYPE = PREFIXES["rdf"] + "type"
_COUNTS: Final = (
    """
SELECT ?property (COUNT(DISTINCT ?other) AS ?count) WHERE {
  VALUES (?iri ?derived) { (UNDEF UNDEF) }
  GRAPH ?graph { ?iri ?property ?other }
  FILTER (?graph != ?derived && isIRI(?other))
}
GROUP BY ?property
ORDER BY ?property
""",
    """
SELECT ?property (COUNT(DISTINCT ?other) AS ?count) WHERE {
  VALUES (?iri ?derived) { (UNDEF UNDEF) }
  GRAPH ?graph { ?other ?property ?iri }
  FILTER (?graph != ?derived && isIRI(?other))
}
GROUP BY ?property
ORDER BY ?property
""",
)
_NEIGHBOURS: Final = (
    """
SELECT DISTINCT ?other WHERE {
  VALUES (?iri ?derived ?property) { (UNDEF UNDEF UNDEF) }
  GRAPH ?graph { ?iri ?property ?other }
  FILTER (?graph != ?derived && isIRI(?other))
}
ORDER BY ?other
LIMIT 8
""",
    """
SELECT DISTINCT ?other WHERE {
  VALUES (?iri ?derived ?property) { (UNDEF UNDEF UNDEF) }
  GRAPH ?graph { ?other ?property ?iri }
  FILTER (?graph != ?derived && isIRI(?other))
}
ORDER BY ?other
LIMIT 8
""",
)
_KINDS: Final = """
SELECT ?thing ?kind WHERE {
  VALUES (?thing ?derived) { (UNDEF UNDEF) }
  OPTIONAL {
    GRAPH ?graph { ?thing a ?kind }
    FILTER (?graph != ?derived)
  }
}
ORDER BY ?thing ?kind
"""


@dataclass(frozen=True)
class _Group:
    """The neighbours by one property; ``is_inverse`` says that they are its subjects."""

    property: Cell
    is_inverse: bool
    count: int
    neighbours: tuple[str, ...] = ()


async def _neighbours(request: Request) -> Response:
    """Give the neighbours of ``iri``, by their properties, as JSON."""
    given = read_address_parameters(request).get("iri", [])
    if len(given) != 1:
        raise HTTPException(400, f"iri is given {len(given)} times, expected once, such as /neighbours?iri=http://…")
    try:
        iri = cast(NamedNode, parse_term(given[0], "iri"))
    except TermSyntaxError as error:
        raise HTTPException(400, f"iri: {error}") from error
    return await kept_page(request, partial(_answer, request, iri))


async def _answer(request: Request, iri: NamedNode) -> Response:
    counted = [
        group for groups in await asyncio.gather(*(_count(request, iri, way) for way in (0, 1))) for group in groups
    ]
    groups = await asyncio.gather(*(_find(request, iri, group) for group in counted[:_MOST_GROUPS]))
    things = await _describe(request, [iri, *(NamedNode(one) for group in groups for one in group.neighbours)])
    document = {
        "thing": things[iri.value],
        "groups": [
            {
                "property": {"iri": group.property.iri, **_named(request, group.property)},
                "inverse": group.is_inverse,
                "count": group.count,
                "neighbours": [things[one] for one in group.neighbours],
            }
            for group in groups
        ],
        "more": len(counted) - len(groups),
    }
    return JSONResponse(document, headers={"Vary": "Accept-Language"})


async def _count(request: Request, iri: NamedNode, way: int) -> list[_Group]:
    """Count the neighbours in one direction by their properties, but those by which everything has neighbours."""
    table = await _ask(request, _COUNTS[way], [[iri]])
    passed_over = {_TYPE, *current_service(request).config.pages.bookkeeping}
    rows = [(row["property"][0], int(row["count"][0].text)) for row in table.rows]
    return [_Group(cell, bool(way), count) for cell, count in rows if cell.iri not in passed_over]


async def _find(request: Request, iri: NamedNode, group: _Group) -> _Group:
    table = await _ask(request, _NEIGHBOURS[group.is_inverse], [[iri, NamedNode(group.property.iri)]])
    found = tuple(row["other"][0].iri for row in table.rows)
    return _Group(group.property, group.is_inverse, group.count, found)


async def _describe(request: Request, things: list[NamedNode]) -> dict[str, dict[str, Any]]:
    """Give the name and the kinds of each thing, and the address of its page."""
    table = await _ask(request, _KINDS, [[thing] for thing in dict.fromkeys(things)])
    base = current_service(request).config.base_iri
    found: dict[str, dict[str, Any]] = {}
    for row in table.rows:
        thing = row["thing"][0]
        page = "/" + thing.iri.removeprefix(base) if thing.iri.startswith(base) else thing.iri
        described = found.setdefault(thing.iri, {"iri": thing.iri, "page": page, **_named(request, thing), "kinds": []})
        described["kinds"] += [kind.text for kind in row.get("kind", ()) if kind.text]
    return found


async def _ask(request: Request, text: str, rows: list[list[NamedNode]]) -> Table:
    """Ask one of the queries above about rows, each of which ends before the graph of the derived triples."""
    config = current_service(request).config
    block, derived = cast(ValuesBlock, find_values_block(text)), NamedNode(config.derived_iri)
    bound = block.replaced(text, [[row[0], derived, *row[1:]] for row in rows])
    return await ask_table(request, read_query(bound, max_bytes=4 * config.limits.query_bytes))


def _named(request: Request, cell: Cell) -> dict[str, str]:
    name = cell.text or compact_iri(cell.iri, current_service(request).release.prefixes)
    return {"name": name, "language": cell.language}


ROUTES = [Route("/neighbours", _neighbours)]

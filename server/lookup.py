"""Which of our IRIs are linked to IRIs of other datasets, so that these find their way in."""

from typing import Final, cast
from urllib.parse import urlsplit, urlunsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import TermSyntaxError
from kg.query import ValuesBlock, find_values_block, read_query
from kg.terms import NamedNode, parse_term
from server.answers import answer_query
from server.protocol import read_parameters
from server.service import current_service

__all__ = ["ROUTES"]

_MOST_IRIS = 500
_OTHER_SCHEME: Final = {"http": "https", "https": "http"}
_QUERY: Final = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?iri ?entity ?relation ?name WHERE {
  VALUES (?iri ?spelt) { (UNDEF UNDEF) }
  VALUES ?relation {
    owl:sameAs schema:sameAs skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch
  }
  ?entity ?relation ?spelt .
  OPTIONAL {
    ?entity rdfs:label|skos:prefLabel ?name .
    FILTER (lang(?name) = "en")
  }
}
ORDER BY ?iri ?entity ?relation ?name
"""
_BLOCK = cast(ValuesBlock, find_values_block(_QUERY))


async def _lookup(request: Request) -> Response:
    """Give the entities that are linked to each ``iri``, as solutions; one that nothing is linked to has none."""
    limits = current_service(request).config.limits
    parameters = await read_parameters(request, limits.query_bytes)
    rows = [row for text in _asked(parameters.get("iri", [])) for row in _spellings(text)]
    query = read_query(_BLOCK.replaced(_QUERY, rows), max_bytes=4 * limits.query_bytes)
    format_name = next(iter(parameters.get("format", ())), None)
    return await answer_query(request, query, format_name=format_name, template="sparql.html")


def _asked(texts: list[str]) -> list[str]:
    if not texts:
        raise HTTPException(400, "iri is missing: expected one or several IRIs, such as /lookup?iri=http://…")
    if len(texts) > _MOST_IRIS:
        raise HTTPException(400, f"found {len(texts)} IRIs: expected at most {_MOST_IRIS} at once")
    return list(dict.fromkeys(texts))


def _spellings(text: str) -> list[list[NamedNode]]:
    """Pair an IRI with itself, and with itself under the other of http and https."""
    try:
        iri = cast(NamedNode, parse_term(text, "iri"))
        parts = urlsplit(text)
    except (TermSyntaxError, ValueError) as error:
        raise HTTPException(400, f"iri: {error}") from error
    other = _OTHER_SCHEME.get(parts.scheme)
    others = [NamedNode(urlunsplit(parts._replace(scheme=other)))] if other else []
    return [[iri, spelt] for spelt in (iri, *others)]


ROUTES = [Route("/lookup", _lookup, methods=["GET", "HEAD", "POST"])]

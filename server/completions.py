"""
The names that an editor of queries offers: prefixes, and the classes and properties that the dataset uses.

Source: Describing Linked Datasets with the VoID Vocabulary, section 4.2, whose partitions are asked here.
"""

import json
from collections import defaultdict
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.formats import ResultKind, formats_for, named_format
from kg.query import read_query
from server.answers import ask_whole, matches, request_key
from server.cache import KeptAnswer
from server.coding import coder_for
from server.negotiation import choose_coding
from server.service import current_service

__all__ = ["ROUTES"]

_TERMS: Final = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX void: <http://rdfs.org/ns/void#>
SELECT ?kind ?term ?count ?label ?definition WHERE {
  ?dataset a sd:Dataset .
  {
    ?dataset void:classPartition ?part .
    ?part void:class ?term ; void:entities ?count .
    BIND ("classes" AS ?kind)
  } UNION {
    ?dataset void:propertyPartition ?part .
    ?part void:property ?term ; void:triples ?count .
    BIND ("properties" AS ?kind)
  }
  OPTIONAL { ?term rdfs:label|skos:prefLabel ?label . FILTER (lang(?label) IN ("en", "")) }
  OPTIONAL { ?term skos:definition|rdfs:comment ?definition . FILTER (lang(?definition) IN ("en", "")) }
}
ORDER BY ?kind DESC(?count) ?term ?label ?definition
"""
_PROPERTIES: Final = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX void: <http://rdfs.org/ns/void#>
SELECT DISTINCT ?class ?property WHERE {
  ?dataset a sd:Dataset ; void:classPartition ?part .
  ?part void:class ?class ; void:propertyPartition/void:property ?property .
}
ORDER BY ?class ?property
"""


async def _completions(request: Request) -> Response:
    """Give the names, with the formats of each kind of result, as JSON."""
    service = current_service(request)
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    tag = f'"completions-{service.release.digest[:32]}-{coding}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60, must-revalidate"}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    document = {
        "prefixes": dict(sorted(service.release.prefixes.items())),
        **_terms(await _ask(request, _TERMS), await _ask(request, _PROPERTIES)),
        "formats": {kind.name.lower(): [row.name for row in formats_for(kind)] for kind in ResultKind},
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    if coding:
        coder = coder_for(coding)
        body, headers["Content-Encoding"] = coder.code(body) + coder.end(), coding
    response = Response(body, media_type="application/json", headers=headers)
    service.cache.keep(tag, KeptAnswer(tuple(response.raw_headers), body))
    service.cache.remember(request_key(request.scope), tag)
    return response


async def _ask(request: Request, text: str) -> list[dict[str, str]]:
    query = read_query(text, max_bytes=len(text))
    result = json.loads(await ask_whole(request, query, named_format("json", ResultKind.SOLUTIONS)))
    return [{name: term["value"] for name, term in row.items()} for row in result["results"]["bindings"]]


def _terms(rows: list[dict[str, str]], uses: list[dict[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """List classes and properties once each, the most used first; a class with the properties of its instances."""
    properties: defaultdict[str, list[str]] = defaultdict(list)
    for use in uses:
        properties[use["class"]].append(use["property"])
    terms: dict[str, dict[str, dict[str, Any]]] = {"classes": {}, "properties": {}}
    for row in rows:
        term = {"iri": row["term"], "count": int(row["count"])}
        term |= {name: row[name] for name in ("label", "definition") if name in row}
        if row["kind"] == "classes":
            term["properties"] = properties[row["term"]]
        terms[row["kind"]].setdefault(row["term"], term)
    return {kind: list(found.values()) for kind, found in terms.items()}


ROUTES = [Route("/sparql/completions", _completions)]

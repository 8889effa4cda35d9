"""The queries of the benchmark: what researchers ask of such a graph, from a look-up to an export."""

import random
from collections.abc import Iterator

from claims_graph import actors_for

_PROLOGUE = """\
PREFIX agon: <https://w3id.org/agon/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX id: <https://bench.example/id/>
"""

TEMPLATES = {
    "point": "SELECT ?property ?value WHERE { <https://bench.example/id/claim/{n}> ?property ?value }",
    "speaker": """SELECT ?name WHERE { ?act agon:putsForward <https://bench.example/id/claim/{n}> ;
  agon:isSpokenBy/rdfs:label ?name }""",
    "answers": """SELECT ?kind ?gloss ?name WHERE { ?response agon:respondsTo <https://bench.example/id/claim/{n}> ;
  a ?kind ; agon:gloss ?gloss ; agon:isGivenBy/rdfs:label ?name } ORDER BY ?kind""",
    "is-answered": "ASK { ?response agon:respondsTo <https://bench.example/id/claim/{n}> }",
    "passage": """SELECT ?act ?gloss WHERE { ?attestation agon:isFoundIn <https://bench.example/id/passage/{n}> .
  ?act agon:isAttestedBy ?attestation ; agon:putsForward/agon:gloss ?gloss } ORDER BY ?act""",
    "by-speaker": """SELECT ?claim ?gloss WHERE { ?act agon:isSpokenBy <https://bench.example/id/actor/{a}> ;
  agon:putsForward ?claim . ?claim agon:gloss ?gloss } ORDER BY ?claim LIMIT 100""",
    "unanswered": """SELECT ?claim WHERE { ?act agon:isSpokenBy <https://bench.example/id/actor/{a}> ;
  agon:putsForward ?claim . MINUS { ?response agon:respondsTo ?claim } } ORDER BY ?claim LIMIT 100""",
    "latest": """SELECT ?day ?gloss WHERE { ?act agon:isSpokenBy <https://bench.example/id/actor/{a}> ;
  agon:notBefore ?day ; agon:putsForward/agon:gloss ?gloss } ORDER BY DESC(?day) ?gloss LIMIT 20""",
    "describe": """CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { <https://bench.example/id/claim/{n}> } ?s ?p ?o }""",
    "targets": """SELECT ?target (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?act agon:isSpokenBy <https://bench.example/id/actor/{a}> ; agon:putsForward ?claim . ?claim agon:concerns ?target }
GROUP BY ?target ORDER BY DESC(?claims) ?target LIMIT 50""",
}
"""The mix; ``{n}`` is the number of a claim or passage, ``{a}`` of an actor."""

HEAVY = {
    "kinds": """SELECT ?kind (COUNT(?response) AS ?n) WHERE {
  ?response a ?kind ; agon:respondsTo ?claim } GROUP BY ?kind""",
    "refuted-share": """SELECT ?topic (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?refuted) AS ?answered)
WHERE {
  ?claim a agon:Claim ; agon:hasTopic ?topic .
  OPTIONAL { ?refutation a agon:Refutation ; agon:respondsTo ?claim BIND (?claim AS ?refuted) } } GROUP BY ?topic""",
}
"""Queries that read much and answer little."""

EXPORT = """SELECT ?claim ?gloss ?speaker WHERE {
  ?act agon:putsForward ?claim ; agon:isSpokenBy ?speaker . ?claim agon:gloss ?gloss }"""
"""A query that answers with much."""


def query(template: str, number: int, claims: int) -> str:
    """Give a query of a template for one claim and one actor of a graph with so many claims."""
    return _PROLOGUE + fill(template, number, claims)


def fill(template: str, number: int, claims: int) -> str:
    """Put the numbers of one claim and one actor in their places."""
    return template.replace("{n}", str(number)).replace("{a}", str(number % actors_for(claims)))


def mix(claims: int, count: int, seed: int) -> Iterator[str]:
    """Give queries of all templates in turn, each about another claim or actor."""
    chance = random.Random(seed)
    for place in range(count):
        template = list(TEMPLATES.values())[place % len(TEMPLATES)]
        yield query(template, chance.randrange(claims // 4), claims) + f"\n# {seed}-{place}"

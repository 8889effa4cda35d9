"""
Generate a graph of claims of any size: like ours in its shape, made of nothing.

Run it as ``python benchmarks/claims_graph.py 100000 > claims.nq``. The same size and seed give the same bytes.
"""

import random
import sys
from collections.abc import Iterator

NS = "https://w3id.org/agon/ns#"
ID = "https://bench.example/id/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DATE = "http://www.w3.org/2001/XMLSchema#date"
_TRIPLES_PER_CLAIM = 17
_CLAIMS_PER_GRAPH = 500
_KINDS = ("OfficialRefutation", "ExpertRefutation", "EvidenceRefutation", "Dismissal")
_WORDS = (
    "border",
    "support",
    "talks",
    "mission",
    "treaty",
    "budget",
    "exercise",
    "charter",
    "region",
    "demand",
    "visit",
)


def claims_for(triples: int) -> int:
    """Give how many claims make about so many triples."""
    return max(10, triples // _TRIPLES_PER_CLAIM)


def actors_for(claims: int) -> int:
    """Give how many actors make and answer so many claims."""
    return max(20, claims // 100)


def quads(triples: int, seed: int = 7) -> Iterator[str]:
    """Give the lines of the graph in N-Quads."""
    chance = random.Random(seed)
    claims = claims_for(triples)
    actors = actors_for(claims)
    for actor in range(actors):
        yield from _lines("actors", f"actor/{actor}", ("Actor",), [(LABEL, f'"Actor {actor}"@en')])
    for claim in range(claims):
        yield from _claim(chance, claim, actors)


def _claim(chance: random.Random, number: int, actors: int) -> Iterator[str]:
    graph = f"part/{number // _CLAIMS_PER_GRAPH}"
    gloss = " ".join(chance.choices(_WORDS, k=9))
    day = f"20{chance.randrange(10, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    speaker, target = int(actors * chance.random() ** 3), chance.randrange(actors)
    yield from _lines(
        graph,
        f"claim/{number}",
        ("Claim", "Proposition"),
        [
            (NS + "gloss", f'"{gloss} {number}"@en'),
            (NS + "concerns", f"<{ID}actor/{target}>"),
            (NS + "hasTopic", f"<{ID}topic/{chance.randrange(20)}>"),
        ],
    )
    yield from _lines(
        graph,
        f"act/{number}",
        ("SpeechAct",),
        [
            (NS + "putsForward", f"<{ID}claim/{number}>"),
            (NS + "isSpokenBy", f"<{ID}actor/{speaker}>"),
            (NS + "notBefore", f'"{day}"^^<{DATE}>'),
            (NS + "isAttestedBy", f"<{ID}attestation/{number}>"),
        ],
    )
    yield from _lines(
        graph, f"attestation/{number}", ("Attestation",), [(NS + "isFoundIn", f"<{ID}passage/{number // 4}>")]
    )
    if chance.random() < 0.6:
        kind = chance.choice(_KINDS)
        yield from _lines(
            graph,
            f"response/{number}",
            (kind, "Response") if kind == "Dismissal" else (kind, "Refutation", "Response"),
            [
                (NS + "respondsTo", f"<{ID}claim/{number}>"),
                (NS + "isGivenBy", f"<{ID}actor/{chance.randrange(actors)}>"),
                (NS + "gloss", f'"{" ".join(chance.choices(_WORDS, k=7))}"@en'),
                (NS + "hasScope", f"<{ID}scope/{chance.choice(('whole', 'part'))}>"),
                (NS + "isAttestedBy", f"<{ID}attestation/{number}>"),
            ],
        )


def _lines(graph: str, name: str, classes: tuple[str, ...], statements: list[tuple[str, str]]) -> Iterator[str]:
    for class_ in classes:
        yield f"<{ID}{name}> <{TYPE}> <{NS}{class_}> <{ID}graph/{graph}> .\n"
    for predicate, value in statements:
        yield f"<{ID}{name}> <{predicate}> {value} <{ID}graph/{graph}> .\n"


if __name__ == "__main__":
    sys.stdout.writelines(quads(int(sys.argv[1])))

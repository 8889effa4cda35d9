"""The promises of our own graph, which agon.toml configures and the check keeps; and settings that cannot be kept."""

from pathlib import Path

import pytest
from harness import REPOSITORY, Kg

from kg.checks import check_sources
from kg.config import load_config

PLACES = "graph_data/places.ttl"
PLANTED = [
    ("quotation-length", '<#q> agon:exactWords "one two three four five six seven eight nine ten eleven"@en .'),
    ("loaded-words", 'place:kosovo rdfs:label "so-called state"@en .'),
    ("forbidden-term", "place:kosovo <https://schema.org/reviewRating> 1 ."),
    ("link-target", "place:kosovo <https://schema.org/sameAs> <https://www.wikidata.org/wiki/Q1246> ."),
    ("iri-policy", "<https://w3id.org/agon/id/place/Kosovo> a agon:Territory ."),
    ("missing-label", "<https://w3id.org/agon/id/place/nowhere> a agon:Territory ."),
    ("untyped-thing", '<https://w3id.org/agon/id/place/nowhere> rdfs:label "nowhere"@en .'),
    ("dangling-reference", "place:kosovo dcterms:isPartOf <https://w3id.org/agon/id/place/nowhere> ."),
    ("dangling-reference", "place:kosovo dcterms:isPartOf <https://w3id.org/agon/scheme/nothing> ."),
    ("undeclared-term", "place:kosovo agon:isCalled 1 ."),
    ("blank-node", "[] a agon:Territory ."),
    ("cycle", "place:kosovo dcterms:isPartOf place:kosovo ."),
    ("disjoint-classes", "place:kosovo a agon:Claim , agon:Demand ."),
]
PREFIXES = """
@prefix agon: <https://w3id.org/agon/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix place: <https://w3id.org/agon/id/place/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
WRONG = [
    ('[check]\niri_pattern = "["', "agon.toml: [check]: iri_pattern has"),
    ('[check.links]\ntargets = ["("]', "agon.toml: [check].links: targets has"),
    (
        '[check.copied_words]\ndigests = ["nowhere.txt"]',
        'check.copied_words.digests names "nowhere.txt", which cannot be',
    ),
    ('[check.copied_words]\ndigests = ["agon.toml"]', "expected digests of twelve hexadecimal digits"),
]


@pytest.mark.parametrize(("rule", "statement"), PLANTED, ids=[f"{rule}-{text[-16:-2]}" for rule, text in PLANTED])
def test_breach_of_a_promise_of_our_graph_is_found(rule: str, statement: str) -> None:
    planted = (REPOSITORY / PLACES).read_text() + PREFIXES + statement + "\n"
    report = check_sources(
        load_config(REPOSITORY), progress=lambda _: None, names=frozenset({rule}), replaced={PLACES: planted.encode()}
    ).report
    assert [result.component for result in report.results] == [f"#{rule}"]


def test_our_graph_has_no_warning(kg: Kg) -> None:
    result = kg("check", "--fail-on", "warning", "--skip", "shapes")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("settings", "message"), WRONG, ids=[message for _, message in WRONG])
def test_setting_that_cannot_be_kept_is_named(kg: Kg, tiny: Path, settings: str, message: str) -> None:
    with (tiny / "agon.toml").open("a") as file:
        file.write(settings + "\n")
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert message in result.stderr
    assert "Traceback" not in result.stderr

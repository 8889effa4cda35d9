"""The ontology and the data as a whole: what no single shape and no rule of the check can hold."""

import csv
import re
from pathlib import Path

import pyoxigraph
import pytest
from harness import REPOSITORY

from kg.config import load_config
from kg.dataset import Sources, read_sources

AGON = "https://w3id.org/agon/"
NS = AGON + "ns#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
CLASS = "http://www.w3.org/2002/07/owl#Class"
TARGET = "http://www.w3.org/ns/shacl#targetClass"


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources(load_config(REPOSITORY))


def iris(sources: Sources) -> set[tuple[str, str, str]]:
    """The triples that have an IRI as their value."""
    return {
        (str(quad.subject.value), quad.predicate.value, quad.object.value)  # type: ignore[union-attr]
        for quad in sources.quads
        if isinstance(quad.object, pyoxigraph.NamedNode)
    }


def test_every_class_has_a_node_shape(sources: Sources) -> None:
    triples = iris(sources)
    classes = {subject for subject, predicate, value in triples if predicate == TYPE and value == CLASS}
    targeted = {value for _, predicate, value in triples if predicate == TARGET}
    assert len(classes) > 30
    assert classes - targeted == set()


def test_every_term_in_use_by_a_query_is_declared(sources: Sources) -> None:
    declared = {quad.subject.value for quad in sources.quads}  # type: ignore[union-attr]
    text = "".join(path.read_text() for path in (REPOSITORY / "queries").glob("*.rq"))
    assert {NS + name for name in re.findall(r"\bagon:(\w+)", text)} - declared == set()


def test_every_property_in_a_claim_is_about_its_record_only(sources: Sources) -> None:
    """No claim's content is asserted: what is stated of one is its gloss, its subject matter and its filing."""
    claims = {subject for subject, predicate, value in iris(sources) if predicate == TYPE and value == NS + "Claim"}
    predicates = {quad.predicate.value for quad in sources.quads if quad.subject.value in claims}  # type: ignore[union-attr]
    assert predicates <= {
        TYPE,
        *(
            NS + name
            for name in ("gloss", "concerns", "hasTopic", "hasCheckability", "ascribes", "characterizes", "evokes")
        ),
    }


MAPPINGS = sorted((REPOSITORY / "mappings").glob("*.sssom.tsv"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name.partition(".")[0])
def test_mappings_are_of_declared_terms_by_declared_prefixes(sources: Sources, path: Path) -> None:
    declared = {quad.subject.value for quad in sources.quads}  # type: ignore[union-attr]
    lines = path.read_text().splitlines()
    prefixes = dict(line[3:].split(": ") for line in lines if line.startswith("#  "))
    rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    assert rows
    for row in rows:
        curies = [row[column] for column in ("subject_id", "predicate_id", "object_id", "mapping_justification")]
        iris = [prefixes[prefix] + local for prefix, local in (curie.split(":") for curie in curies)]
        assert iris[0] in declared
        assert row["predicate_id"] in {"skos:exactMatch", "skos:closeMatch", "skos:relatedMatch"}


def test_there_are_mappings() -> None:
    assert len(MAPPINGS) >= 8

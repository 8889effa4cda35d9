"""Findings of our own engine, confirmed by pySHACL where they are."""

import json
from pathlib import Path

import pytest
from harness import Kg
from made_up import PREFIX_NODE, Maker, triples

from kg.confirmation import confirm
from kg.oracle import Oracle
from kg.shacl import TripleIndex, find_violations
from kg.shacl.footprint import BoundlessQueryError
from kg.shacl.neighbourhood import Neighbourhood
from kg.shacl.parts import aimed
from kg.terms import NamedNode

# rdflib tells of each literal that it cannot read
pytestmark = pytest.mark.filterwarnings("ignore")

PEOPLE = "graph_data/people.ttl"
SHAPES = "ontology/shapes/more.ttl"
PREFIXES = """
@prefix e: <https://tiny.example/more#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
MORE = "graph_data/more.ttl"
SHAPE = NamedNode("http://e.example/S")
QUERIES = [
    "$this e:p ?value FILTER EXISTS { ?value e:q ?b FILTER NOT EXISTS { ?b e:r $this } }",
    "{ $this e:p ?value } UNION { ?value e:q $this }",
    "{ $this e:p ?a } UNION { $this e:q ?b } ?a e:r ?value . ?b e:p ?c",
    "$this e:p ?a OPTIONAL { ?a e:q ?b } ?b e:r ?value",
    "$this e:p ?value OPTIONAL { ?value e:q ?b FILTER EXISTS { ?b e:p ?c } } FILTER (!bound(?b))",
    "$this e:p ?value BIND (?value AS ?same) ?same e:q ?b",
    "$this e:p ?value { SELECT $this (COUNT(?b) AS ?n) { $this e:q/e:q ?b } GROUP BY $this } FILTER (?n > 1)",
    "{ SELECT $this ?value { $this e:q/e:p ?value } ORDER BY STR(?value) LIMIT 2 } ?value e:q ?b",
    "?value e:q ?a { SELECT $this ?a (MIN(?b) AS ?n) { ?b e:p ?a . $this e:r ?a } GROUP BY $this ?a }",
    "$this ?any ?value . ?value a e:A",
    "?value ?any $this",
    "$this (e:p|^e:q)+ ?value . ?value a/rdfs:subClassOf* e:A",
    "$this e:p ?a . ?value ^e:q/e:r ?a",
    "$this e:p [ e:q ?value ]",
    "$this e:p ?a . ?b e:q ?value FILTER (?a = ?b)",
    '?value e:p "a" . $this e:q ?b',
]


@pytest.mark.parametrize("seed", range(60))
def test_made_up_findings_are_confirmed_on_their_neighbourhood(seed: int) -> None:
    data, shapes = (triples(text) for text in Maker(seed).graphs())
    findings = find_violations(data, shapes)
    outcome = confirm(findings, TripleIndex(data), data, TripleIndex(shapes))
    assert outcome.disagreements == ()
    assert outcome.confirmed == outcome.asked >= min(len(findings), 1)


@pytest.mark.parametrize("query", QUERIES)
def test_query_answers_the_same_from_what_it_can_read(query: str) -> None:
    declared = PREFIX_NODE.replace(
        " .", ' , [ sh:prefix "rdfs" ; sh:namespace "http://www.w3.org/2000/01/rdf-schema#" ] .'
    )
    select = query.replace('"', '\\"')
    shapes = TripleIndex(
        triples(
            f"{declared} e:S a sh:NodeShape ; sh:targetClass e:A , e:B , e:C ; "
            f'sh:sparql [ sh:prefixes e:queries ; sh:select "SELECT $this ?value WHERE {{ {select} }}" ] .'
        )
    )
    found = 0
    for seed in range(3):
        data = triples(Maker(seed).data())
        for number in range(7):
            focus = NamedNode(f"http://e.example/n{number}")
            near = Neighbourhood(TripleIndex(data), shapes)
            near.add(focus, SHAPE)
            wanted = aimed(shapes, {SHAPE: [focus]})
            whole, part = ({one.value for one in Oracle(graph).judge(wanted)} for graph in (data, near.triples))
            assert part == whole
            found += len(whole)
    assert found


def test_neighbourhood_does_not_grow_with_the_graph() -> None:
    shapes = triples(
        PREFIX_NODE
        + """e:S a sh:NodeShape ; sh:targetNode e:n1 ; sh:property [ sh:path ( e:next e:next ) ; sh:minCount 2 ] ;
        sh:sparql [ sh:prefixes e:queries ; sh:select "SELECT $this { $this e:next/e:next ?b . ?c e:next $this }" ] ."""
    )
    sizes = []
    for count in (20, 2000):
        data = triples(" ".join(f"e:n{number} e:next e:n{number + 1} ." for number in range(count)))
        near = Neighbourhood(TripleIndex(data), TripleIndex(shapes))
        near.add(NamedNode("http://e.example/n1"), SHAPE)
        sizes.append(len(near.triples))
    assert sizes == [4, 4]


@pytest.mark.parametrize("query", ["?a ?b ?c", "GRAPH ?g { $this e:p ?value }", "?a e:p* ?b"])
def test_query_that_can_read_everything_is_told(query: str) -> None:
    shapes = triples(
        f"""{PREFIX_NODE} e:S a sh:NodeShape ; sh:targetNode e:n1 ;
        sh:sparql [ sh:prefixes e:queries ; sh:select "SELECT $this {{ {query} }}" ] ."""
    )
    with pytest.raises(BoundlessQueryError):
        Neighbourhood(TripleIndex([]), TripleIndex(shapes)).add(NamedNode("http://e.example/n1"), SHAPE)


def write(root: Path, shapes: str, data: str = "") -> None:
    """Add shapes and data to a graph; properties of e: are declared nowhere, so only the shapes are looked at."""
    (root / SHAPES).write_text(PREFIXES + shapes)
    (root / MORE).write_text(PREFIXES + data)


def last_line(kg: Kg, root: Path, *options: str) -> str:
    return kg("check", "--only", "shapes", *options, root=root).stdout.splitlines()[-1]


def test_findings_are_confirmed_and_counted(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).write_text((tiny / PEOPLE).read_text().replace('"Ada"', "1").replace("1815-12-10", "soon"))
    assert last_line(kg, tiny).endswith("; confirmed by pySHACL: 2 of 2 findings")
    assert "pySHACL" not in last_line(kg, tiny, "--engine", "own")
    assert "confirmed" not in last_line(kg, tiny, "--engine", "pyshacl")


def test_of_many_findings_some_are_confirmed(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        "e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path e:q ; sh:minCount 1 ] .",
        " ".join(f"e:n{number} e:p 1 ." for number in range(230)),
    )
    assert last_line(kg, tiny).endswith("; confirmed by pySHACL: 200 of 200 findings looked at, of 230")


def test_finding_over_which_pyshacl_passes_for_a_known_reason_is_kept(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        "e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path e:p ; sh:lessThan e:q ] .",
        'e:one e:p "2020-01-01"^^xsd:date ; e:q "2021-01-01T00:00:00"^^xsd:dateTime . e:two e:p [] ; e:q e:one .',
    )
    result = kg("check", "--only", "shapes", root=tiny)
    assert result.stdout.count("expected less than each value of e:q") == 2
    assert result.stdout.endswith("; confirmed by pySHACL: 0 of 2 findings, 2 not judged (known gap)\n")
    assert "engines-disagree" not in result.stdout


DOUBTFUL = """e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ;
    sh:property [ sh:path e:p ; sh:minCount %d ; sh:uniqueLang "1"^^xsd:boolean ] ."""


def test_disagreement_is_a_warning_of_its_own(kg: Kg, tiny: Path) -> None:
    write(tiny, DOUBTFUL % 3, 'e:one e:p "a"@en , "b"@en .')
    result = kg("check", "--only", "shapes", root=tiny)
    assert "warning: [engines-disagree] pySHACL finds sh:UniqueLangConstraintComponent" in result.stdout
    assert "focus node e:one" in result.stdout
    assert "found 2 values, expected at least 3" in result.stdout


def test_audit_asks_about_nodes_at_which_nothing_was_found(kg: Kg, tiny: Path) -> None:
    write(tiny, DOUBTFUL % 1, 'e:one e:p "a"@en , "b"@en .')
    assert "engines-disagree" not in kg("check", "--only", "shapes", root=tiny).stdout
    assert "[engines-disagree] pySHACL finds" in kg("check", "--only", "shapes", "--audit", "3", root=tiny).stdout


def test_shape_that_our_engine_does_not_know_is_asked_alone(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        """
        e:Known a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path e:q ; sh:minCount 1 ] .
        e:Unknown a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:parameter e:nothing ;
          sh:property [ sh:path e:p ; sh:maxInclusive 2 ] .
        """,
        "e:one e:p 1 . e:two e:p 3 .",
    )
    result = kg("check", "--only", "shapes", root=tiny)
    assert result.stdout.count("expected at least 1") == 2
    assert "violation: [MaxInclusiveConstraintComponent] found 3, expected at most 2" in result.stdout
    assert result.stdout.endswith("; confirmed by pySHACL: 2 of 2 findings\n")


SENTENCES = [
    ("sh:minCount 3", "found 2 values, expected at least 3"),
    ("sh:maxCount 1", "found 2 values, expected at most 1"),
    ("sh:datatype xsd:date", "found 01, expected a literal of the datatype xsd:date"),
    ("sh:class e:Thing", "found 01, expected an instance of e:Thing"),
    ("sh:nodeKind sh:IRI", "found 01, expected sh:IRI"),
    ('sh:in ( 1 "b" )', 'found 01, expected one of 1, "b"'),
    ("sh:hasValue 3", "found no 3 among the values, expected it"),
    ('sh:pattern "^2"', 'found 01, expected a text that matches "^2"'),
    ("sh:minLength 3", "found 01, expected at least 3 characters"),
    ("sh:maxExclusive 1", "found 01, expected less than 1"),
    ('sh:languageIn ( "en" )', 'found 01, expected a text in one of the languages "en"'),
    ("sh:equals e:q", "found 01 either here or among the values of e:q"),
    ("sh:node [ sh:nodeKind sh:IRI ]", "found 01, which does not conform to a node without a name"),
    ("sh:qualifiedValueShape [ sh:class e:A ] ; sh:qualifiedMinCount 1", "found too few values that conform"),
    ("sh:minCount 3 ; sh:message 'Viel zu wenig.'@de , 'Far too few.'@en", "Far too few."),
    ("sh:minCount 3 ; sh:message 'Viel zu wenig.'@de", "Viel zu wenig."),
    ("sh:maxLength 1 ; sh:message 'Mend {?value} of {$this}.'", "Mend 01 of https://tiny.example/more#one."),
]


def test_finding_says_what_was_found_and_what_was_expected(kg: Kg, tiny: Path) -> None:
    shapes = [
        f"e:S{number} a sh:NodeShape ; sh:targetNode e:one ; sh:property e:P{number} . "
        f"e:P{number} a sh:PropertyShape ; sh:path e:p ; {constraint} ."
        for number, (constraint, _) in enumerate(SENTENCES)
    ]
    write(tiny, "\n".join(shapes), "e:one e:p 01 , 2 .")
    lines = kg("check", "--only", "shapes", "--engine", "own", root=tiny).stdout.splitlines()
    for number, (_, sentence) in enumerate(SENTENCES):
        assert any(f"[e:P{number}] {sentence}" in line for line in lines), sentence


def test_finding_of_a_query_has_the_message_and_path_of_the_query(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        """e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:sparql [
          sh:message "{$this} has {?value} for {?other}." ; sh:select
          "SELECT $this (<https://tiny.example/more#p> AS ?path) ?value ?other { $this ?q ?value ; ?r ?other }" ] .""",
        "e:one e:p 1 .",
    )
    result = kg("check", "--only", "shapes", root=tiny)
    assert "https://tiny.example/more#one has 1 for 1." in result.stdout
    assert "focus node e:one, path e:p, found" in result.stdout


def test_complex_path_is_written_as_in_sparql(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        "e:S a sh:NodeShape ; sh:targetNode e:one ; sh:property [ sh:minCount 1 ; "
        "sh:path ( [ sh:inversePath e:p ] [ sh:zeroOrMorePath rdf:rest ] ) ] .",
    )
    result = kg("check", "--only", "shapes", root=tiny)
    assert "path (^e:p/(rdf:rest)*)" in result.stdout
    assert "focus node e:one" in result.stdout


def test_severity_of_ones_own_counts_as_violation_and_is_kept(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        "e:S a sh:NodeShape ; sh:targetNode e:one ; sh:severity e:Grave ; sh:nodeKind sh:Literal .",
    )
    assert kg("check", "--only", "shapes", root=tiny).returncode == 1
    report = kg("check", "--only", "shapes", "--output", "turtle", root=tiny).stdout
    assert "sh:resultSeverity <https://tiny.example/more#Grave>" in report


def test_value_stands_as_it_is_written(kg: Kg, tiny: Path) -> None:
    write(
        tiny,
        "e:S a sh:NodeShape ; sh:targetNode e:one ; sh:property [ sh:path e:p ; sh:nodeKind sh:IRI ] .",
        'e:one e:p 1.0e0 , "2020-01-01T00:00:00Z"^^xsd:dateTime , "01"^^xsd:integer .',
    )
    for engine in ("both", "pyshacl"):
        report = json.loads(kg("check", "--only", "shapes", "--engine", engine, "--output", "json", root=tiny).stdout)
        assert {finding["value"].split('"')[1] for finding in report["findings"]} == {
            *("1.0e0", "2020-01-01T00:00:00Z", "01")
        }

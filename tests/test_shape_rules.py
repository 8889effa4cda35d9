"""Rules for shapes: each finds its fault on its line, and a shape at fault is not applied while the others are."""

from pathlib import Path

import pytest
from harness import Kg

PEOPLE = "graph_data/people.ttl"
SHAPES = "ontology/shapes/more.ttl"
PREFIXES = """@prefix e: <https://tiny.example/more#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tiny: <https://tiny.example/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:queries sh:declare [ sh:prefix "tiny" ; sh:namespace "https://tiny.example/ns#"^^xsd:anyURI ] .
"""
TARGET = "e:S a sh:NodeShape ; sh:targetClass tiny:Person ;"
NOT_APPLIED = "; the shape is not applied until this is mended"
PATTERN = 'sh:property [ sh:path tiny:name ;\nsh:pattern "([" ] .'
FAULTS = [
    (f"{TARGET} sh:property\n[ sh:minCount 1 ] .", 7, "violation: [malformed-shape] sh:path: found 0 values", True),
    (
        f"{TARGET} sh:property [ sh:path tiny:name ;\nsh:path tiny:born ] .",
        7,
        "violation: [malformed-shape] sh:path: found 2 values, expected at most 1",
        True,
    ),
    (
        f"{TARGET} sh:property [ sh:path tiny:name ] ,\n[ sh:path tiny:born ;\nsh:maxCount 'one' ] .",
        8,
        'violation: [malformed-shape] sh:maxCount: found "one", expected a literal of the datatype xsd:integer',
        True,
    ),
    (
        f"{TARGET}\nsh:or tiny:Person .",
        7,
        "violation: [malformed-shape] sh:or: found a list or path that breaks off or has a member that cannot stand",
        True,
    ),
    (
        f"{TARGET} sh:maxCount 1 .",
        6,
        "violation: [malformed-shape] found neither a node shape nor a property shape with one sh:path",
        True,
    ),
    (
        f"{TARGET} sh:property e:P . e:P sh:path\n[ sh:inversePath _:path ] . _:path sh:inversePath _:path .",
        6,
        "violation: [malformed-shape] pySHACL stopped",
        True,
    ),
    (f"{TARGET}\n{PATTERN}", 8, 'violation: [shape-pattern] found the pattern "(["', True),
    (
        f'{TARGET} sh:sparql [\nsh:select "SELECT $this {{ $this ?p" ] .',
        7,
        "violation: [shape-query] query, line 1, column 24: found the end of the query",
        True,
    ),
    (
        f'{TARGET} sh:sparql [ sh:prefixes e:queries ;\nsh:select "SELECT $this {{ $this tinny:name ?o }}" ] .',
        7,
        "violation: [shape-query] query, line 1, column 32: the prefix of tinny:name is not declared; write",
        True,
    ),
    (
        f'{TARGET} sh:sparql [\nsh:select "ASK {{ $this ?p ?o }}" ] .',
        7,
        "violation: [shape-query] found a query of another form, expected SELECT",
        True,
    ),
    (
        f"{TARGET}\nsh:severity sh:Warnig .",
        7,
        "violation: [unknown-shacl-value] found sh:Warnig, a word that SHACL does not have: did you mean sh:Warning?",
        False,
    ),
    (f"{TARGET}\nsh:rule [ ] .", 7, "warning: [shape-not-applied] found sh:rule, which is not applied", False),
    (
        "e:S a sh:NodeShape ;\nsh:targetClass tiny:Persn .",
        7,
        "info: [empty-target] found the target sh:targetClass tiny:Persn, which selects no node",
        False,
    ),
    (
        "e:S a sh:PropertyShape ;\nsh:targetObjectsOf tiny:nam ; sh:path tiny:name .",
        7,
        "info: [empty-target] found the target sh:targetObjectsOf tiny:nam, which selects no node",
        False,
    ),
    (
        "e:S a\nsh:NodeShape ; sh:property [ sh:path tiny:name ] .",
        7,
        "warning: [unused-shape] found a shape without a target to which no other leads",
        False,
    ),
]


@pytest.mark.parametrize(("shapes", "line", "message", "disables"), FAULTS, ids=[fault[2][:60] for fault in FAULTS])
def test_fault_is_found_on_its_line(kg: Kg, tiny: Path, shapes: str, line: int, message: str, disables: bool) -> None:
    (tiny / SHAPES).write_text(PREFIXES + shapes)
    result = kg("check", "--only", "shapes", root=tiny)
    lines = [found for found in result.stdout.splitlines() if ": [" in found]
    assert len(lines) == 1, result.stdout
    assert lines[0].startswith(f"{SHAPES}:{line}:")
    assert f": {message}" in lines[0]
    assert lines[0].endswith(NOT_APPLIED) == disables
    assert result.returncode == ("violation" in message)


def test_misspelt_parameter_is_named(kg: Kg, tiny: Path) -> None:
    (tiny / SHAPES).write_text(f"{PREFIXES}{TARGET}\nsh:property [ sh:path tiny:name ; sh:minCountt 1 ] .")
    result = kg("check", root=tiny)
    assert "found sh:minCountt, a word that its vocabulary does not have: did you mean sh:minCount?" in result.stdout
    assert result.returncode == 1


def test_what_needs_a_shape_at_fault_is_not_applied_either(kg: Kg, tiny: Path) -> None:
    (tiny / SHAPES).write_text(
        f"""{PREFIXES}
        e:Plain a sh:NodeShape ; sh:targetClass tiny:Person ; sh:maxLength 1 ;
            sh:property [ sh:path tiny:name ; sh:pattern "([" ] .
        e:Closed a sh:NodeShape ; sh:targetClass tiny:Person ; sh:closed true ;
            sh:property [ sh:path tiny:name ; sh:pattern "([" ] .
        e:Not a sh:NodeShape ; sh:targetClass tiny:Person ; sh:not e:Inner .
        e:Inner sh:property [ sh:path tiny:name ; sh:pattern "([" ] ; sh:closed true .
        """
    )
    result = kg("check", "--only", "shapes", root=tiny)
    assert result.stdout.count("[shape-pattern]") == 3
    assert "[e:Plain] " in result.stdout
    assert "[e:Closed] " not in result.stdout
    assert "[e:Not] " not in result.stdout


def test_shapes_that_are_well_have_no_finding(kg: Kg, tiny: Path) -> None:
    (tiny / SHAPES).write_text(
        f"""{PREFIXES}
        e:S a sh:NodeShape ; sh:targetClass tiny:Person ; sh:property e:P ; sh:node [ sh:nodeKind sh:BlankNodeOrIRI ] ;
            sh:sparql [ sh:prefixes e:queries ; sh:select "SELECT $this {{ $this tiny:born $this }}" ] .
        e:P a sh:PropertyShape ; sh:path ( tiny:knows [ sh:zeroOrMorePath tiny:knows ] ) ; sh:maxCount 9 .
        e:Off a sh:NodeShape ; sh:deactivated true .
        """
    )
    assert kg("check", root=tiny).stdout.startswith("conforms: 0 violations, 0 warnings, 0 notes")


ENDLESS = {
    "pattern": 'sh:property [ sh:path tiny:name ; sh:pattern "^(A+)+$" ]',
    "query": '''sh:sparql [ sh:message "m" ; sh:select """SELECT $this {
        ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u . ?v ?w ?x .
        FILTER (STRLEN(CONCAT(STR(?a), STR(?f), STR(?i), STR(?l), STR(?o), STR(?r), STR(?u), STR(?x))) = 7) }""" ]''',
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_shape_that_never_ends_is_a_finding_and_the_others_are_applied(kg: Kg, tiny: Path, kind: str) -> None:
    people, shapes = tiny / "graph_data/people.ttl", tiny / "ontology/shapes/tiny.ttl"
    people.write_text(people.read_text() + f'\nperson:cleo a tiny:Person ; tiny:name "{"A" * 60}!", 1 .\n')
    shapes.write_text(
        shapes.read_text()
        + f"\n<https://tiny.example/shapes#Endless> a sh:NodeShape ; sh:targetClass tiny:Person ; {ENDLESS[kind]} ."
    )
    (tiny / "agon.toml").write_text("[limits]\nshape_seconds = 1\n")
    result = kg("check", root=tiny)
    assert result.returncode == 1
    assert "took longer than 1 seconds (limits.shape_seconds)" in result.stdout
    assert "[tinyshape:Person-name]" in result.stdout

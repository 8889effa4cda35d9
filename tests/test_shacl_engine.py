"""Our own SHACL engine, where the W3C tests do not look: messages, queries of every build, limits and broken shapes."""

from collections import Counter

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import RDF, SH

from kg.errors import QueryTimeoutError, ShapesGraphError
from kg.shacl import Finding, UnsupportedShapeError, find_violations

_EX = "https://example.org/"
_PREFIXES = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <{_EX}> .
ex:queries sh:declare [ sh:prefix "ex" ; sh:namespace "{_EX}"^^xsd:anyURI ] .
"""
_DATA = """
ex:a a ex:Thing ; ex:p 1, 2 ; ex:q ex:b ; ex:name "A"@en .
ex:b a ex:Thing ; ex:p 2 ; ex:q ex:c, ex:a ; ex:status "open" .
ex:c a ex:Thing ; ex:q ex:c ; ex:status "closed" ; ex:name "C"@en, "Ce"@de .
ex:d a ex:Thing ; ex:p 3, 4, 5 .
ex:e a ex:Other ; ex:q ex:d ; ex:status "open" .
"""


def _triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(_PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def _find(shapes: str, data: str = _DATA, **options: float) -> tuple[Finding, ...]:
    return find_violations(_triples(data), _triples(shapes), **options)


def _with_query(query: str, more: str = "") -> str:
    return f'''
    ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; {more}
      sh:sparql [ sh:prefixes ex:queries ; sh:select """{query}""" ] .
    '''


def _texts(finding: Finding) -> list[str]:
    return [message.value for message in finding.messages]


_QUERIES = {
    "filter": "SELECT $this { FILTER ($this IN (ex:a, ex:d)) }",
    "filter in a group": "SELECT $this { { FILTER ($this = ex:a) } UNION { $this ex:status 'open' } }",
    "optional first": "SELECT $this ?value { OPTIONAL { $this ex:p ?value } FILTER (!bound(?value)) }",
    "filter in optional": "SELECT $this { ex:e ex:q ?x OPTIONAL { ?x ex:p ?y FILTER ($this = ?x) } FILTER bound(?y) }",
    "bind": "SELECT $this ?value { BIND (STR($this) AS ?value) $this ex:status ?s }",
    "count": "SELECT $this { $this ex:p ?o } GROUP BY $this HAVING (COUNT(?o) > 1)",
    "subquery": "SELECT $this { { SELECT $this (COUNT(?o) AS ?n) { $this ex:p ?o } GROUP BY $this } FILTER (?n > 1) }",
    "not exists": "SELECT $this { $this a ex:Thing FILTER NOT EXISTS { ?x ex:q $this ; ex:status 'open' } }",
    "not exists alone": "SELECT $this { FILTER NOT EXISTS { $this ex:p ?o } }",
    "not exists with filter": "SELECT $this { $this ex:p ?v FILTER NOT EXISTS { $this ex:p ?w FILTER (?w > ?v) } }",
    "not exists, bound later": "SELECT $this { FILTER NOT EXISTS { ?x ex:p ?v } ?x ex:q $this }",
    "not exists in optional": (
        "SELECT $this ?value { $this a ?c OPTIONAL { $this ex:q ?value FILTER NOT EXISTS { ?value ex:p ?o } } }"
    ),
    "not exists of a loop": "SELECT $this { $this ex:q ?x FILTER NOT EXISTS { ?y ex:q ?x ; ex:status ?s } }",
    "not exists, nothing shared": "SELECT $this { $this ex:q ?x FILTER NOT EXISTS { ?y ex:absent ?z } }",
    "exists": "SELECT $this { FILTER EXISTS { ?x ex:q $this } }",
    "path": "SELECT $this ?value { $this ex:q+ ?value }",
    "path of any length": "SELECT $this ?value { $this ex:q* ?value . ?value ex:status ?s }",
    "any property": "SELECT $this ?value { $this ?any ?value FILTER (isIRI(?value)) }",
    "select all": "SELECT * { $this ex:status ?value }",
}


@pytest.mark.parametrize("query", _QUERIES.values(), ids=_QUERIES.keys())
def test_query_gets_the_answers_of_pyshacl(query: str) -> None:
    shapes = _with_query(query)
    graph, data = (rdflib.Graph().parse(data=_PREFIXES + text) for text in (shapes, _DATA))
    _, report, _ = pyshacl.validate(data, shacl_graph=graph)
    expected = {
        (str(report.value(one, SH.focusNode)), str(report.value(one, SH.value)))
        for one in report[: RDF.type : SH.ValidationResult]
    }
    found = {(one.focus.value, one.value.value) for one in _find(shapes)}
    assert found == expected


def test_query_with_a_limit_is_asked_for_each_focus_node() -> None:
    found = _find(_with_query("SELECT $this ?value { $this ex:p ?value } ORDER BY DESC(?value) LIMIT 1"))
    assert {(one.focus.value[-1], one.value.value) for one in found} == {("a", "2"), ("b", "2"), ("d", "5")}


def test_blank_nodes_and_literals_can_be_focus_nodes_of_a_query() -> None:
    data = '[] a ex:Thing ; ex:p "01"^^xsd:integer . ex:a a ex:Thing ; ex:p 7 .'
    shape = """
    ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:targetObjectsOf ex:p ;
      sh:sparql [ sh:prefixes ex:queries ; sh:select "SELECT $this { FILTER (isBlank($this) || $this = 1) }" ] .
    """
    found = _find(shape, data)
    assert sorted(type(one.focus).__name__ for one in found) == ["BlankNode", "Literal"]
    assert {one.focus.value for one in found if isinstance(one.focus, ox.Literal)} == {"01"}


def test_value_of_a_query_is_written_as_in_the_data() -> None:
    data = 'ex:a a ex:Thing ; ex:p "01"^^xsd:integer . ex:b a ex:Thing ; ex:p 1 .'
    found = _find(_with_query("SELECT $this ?value { $this ex:p ?value }"), data)
    assert {(one.focus.value[-1], one.value.value) for one in found} == {("a", "01"), ("b", "1")}


def test_messages_of_a_shape_are_given_in_every_language() -> None:
    shape = """
    ex:Shape a sh:NodeShape ; sh:targetClass ex:Other ;
      sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:message "no p"@en, "kein p"@de ] ;
      sh:property [ sh:path ex:name ; sh:minCount 1 ] .
    """
    found = {one.path: {(each.value, each.language) for each in one.messages} for one in _find(shape)}
    assert found == {f"<{_EX}p>": {("no p", "en"), ("kein p", "de")}, f"<{_EX}name>": set()}


def test_placeholders_of_messages_are_filled() -> None:
    shape = """
    ex:Shape a sh:NodeShape ; sh:targetNode ex:c ; sh:property [ sh:path ex:status ; sh:sparql [
      sh:message "{$this} has {?value} at {$PATH} beside {?other}, {?unbound}"@en ; sh:prefixes ex:queries ;
      sh:select "SELECT $this ?value ?other { $this $PATH ?value ; ex:q ?other }" ] ] .
    """
    (finding,) = _find(shape)
    assert _texts(finding) == [f"{_EX}c has closed at <{_EX}status> beside {_EX}c, {{?unbound}}"]
    assert finding.messages[0].language == "en"


def test_message_of_a_solution_goes_before_that_of_the_shape() -> None:
    query = "SELECT $this ?message { $this ex:status ?s BIND (CONCAT('is ', ?s) AS ?message) }"
    found = _find(_with_query(query, 'sh:message "of the shape" ;'))
    assert sorted(text for one in found for text in _texts(one)) == ["is closed", "is open"]


def test_component_with_an_ask_is_held_against_pairs_of_focus_node_and_value() -> None:
    shapes = """
    ex:Apart a sh:ConstraintComponent ; sh:parameter [ sh:path ex:apartBy ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex:queries ;
        sh:message "{?value} and {$this} have the same {?apartBy}" ;
        sh:ask "ASK { FILTER NOT EXISTS { $this $apartBy ?same . $value $apartBy ?same } }" ] .
    ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ sh:path ex:q ; ex:apartBy ex:p ] .
    """
    found = _find(shapes)
    assert Counter((one.focus.value, one.value.value, one.component) for one in found) == Counter(
        [(f"{_EX}a", f"{_EX}b", f"{_EX}Apart"), (f"{_EX}b", f"{_EX}a", f"{_EX}Apart")]
    )
    assert f"{_EX}b and {_EX}a have the same {_EX}p" in {text for one in found for text in _texts(one)}


def test_result_of_a_closed_shape_names_the_property() -> None:
    shape = """
    ex:Shape a sh:NodeShape ; sh:targetNode ex:e ; sh:closed true ; sh:property [ sh:path ex:q ] ;
      sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) .
    """
    (finding,) = _find(shape)
    assert (finding.path, finding.value) == (f"<{_EX}status>", ox.Literal("open"))


def test_nested_result_comes_once_for_each_way_to_it() -> None:
    data = "ex:a ex:p ex:v . ex:b ex:p ex:v . ex:v ex:q ex:w ."
    shape = """
    ex:Shape a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ;
      sh:property [ sh:path ex:q ; sh:property [ sh:path ex:r ; sh:minCount 1 ] ] ] .
    """
    found = _find(shape, data)
    assert [one.focus.value for one in found] == [f"{_EX}w"] * 2


def test_progress_is_told_for_each_shape() -> None:
    shapes = "ex:One sh:targetClass ex:Thing ; sh:nodeKind sh:IRI . ex:Two sh:targetNode ex:a ; sh:nodeKind sh:IRI ."
    told: list[tuple[int, int]] = []
    find_violations(_triples(_DATA), _triples(shapes), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_query_that_lasts_too_long_is_ended() -> None:
    data = "".join(f"ex:n{number} a ex:Thing ; ex:p {number} ." for number in range(400))
    query = "SELECT $this { $this ex:p ?a . ?x ex:p ?b . ?y ex:p ?c . ?z ex:p ?d FILTER (?a + ?b + ?c + ?d < 0) }"
    with pytest.raises(QueryTimeoutError, match=r"Shape.*longer than 0.5 seconds"):
        _find(_with_query(query), data, seconds_per_query=0.5)


def test_pattern_that_lasts_too_long_is_ended() -> None:
    shape = 'ex:Shape sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:pattern "^(a+)+$" ] .'
    with pytest.raises(QueryTimeoutError, match="pattern"):
        _find(shape, f'ex:a ex:p "{"a" * 60}!" .', seconds_per_query=0.5)


def test_query_with_time_enough_gets_the_same_answers() -> None:
    shapes = _with_query("SELECT $this ?value { $this ex:q ?value }")
    assert Counter(_find(shapes, seconds_per_query=30)) == Counter(_find(shapes)) != Counter()


def test_fault_of_a_query_is_told_from_its_process() -> None:
    with pytest.raises(ShapesGraphError, match="does not project"):
        _find(_with_query("SELECT ?x { ?x ex:p $this }"), seconds_per_query=30)


def _nested(opening: str, innermost: str, closing: str, depth: int = 10_000) -> str:
    return opening * depth + innermost + closing * depth


_BROKEN = {
    "a shape in itself": ("ex:S sh:targetNode ex:a ; sh:node ex:T . ex:T sh:not ex:S .", "leads back to itself"),
    "a list of shapes in itself": ("ex:S sh:targetNode ex:a ; sh:or ( ex:S ) .", "leads back to itself"),
    "deep shapes": (f"ex:S sh:targetNode ex:a ; sh:not {_nested('[ sh:not ', '[]', ' ]')} .", "deep"),
    "a deep path": (
        f"ex:S sh:targetNode ex:a ; sh:path {_nested('[ sh:inversePath ', 'ex:p', ' ]')} ; sh:minCount 1 .",
        "deep",
    ),
    "a path in itself": (
        "ex:S sh:targetNode ex:a ; sh:path _:p ; sh:minCount 1 . _:p sh:zeroOrMorePath _:p .",
        "itself",
    ),
    "an empty path": ("ex:S sh:targetNode ex:a ; sh:path [] ; sh:minCount 1 .", "no property path"),
    "a broken pattern": ('ex:S sh:targetNode ex:a ; sh:pattern "(" .', r'"\("'),
    "a pattern of XPath alone": ('ex:S sh:targetNode ex:a ; sh:pattern "[a-z--[aeiou]]" .', "set difference"),
    "an unknown flag": ('ex:S sh:targetNode ex:a ; sh:pattern "a" ; sh:flags "iq" .', '"q"'),
    "a count in words": ('ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:minCount "one" .', "integer"),
    "a word that SHACL lacks": ("ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:minCountt 1 .", "minCountt"),
    "broken SPARQL": (_with_query("SELECT $this { $this ex:p }"), "Shape.*cannot be parsed.*line 1"),
    "an undeclared prefix": (_with_query("SELECT $this { $this ey:p ?o }"), "Shape.*cannot be evaluated"),
    "an unknown function": (
        _with_query("SELECT $this { $this ex:p ?o FILTER (ex:f(?o)) }"),
        "Shape.*cannot be evaluated",
    ),
    "SPARQL that lies deep": (_with_query(f"SELECT $this {_nested('{', '$this ex:p ?o', '}', 3000)}"), "deep"),
    "a path without a path": (_with_query("SELECT $this { $this $PATH ?o }"), "PATH"),
    "another graph": (_with_query("SELECT $this { GRAPH ?g { $this ex:p ?o } }"), "GRAPH"),
    "a dataset of its own": (_with_query("SELECT $this FROM ex:g { $this ex:p ?o }"), "FROM"),
    "no SELECT": (_with_query("ASK { $this ex:p ?o }"), "SELECT"),
    "two queries": (_with_query("SELECT $this { }").replace("] .", '; sh:select "SELECT * { }" ] .'), "2 texts"),
    "a component without validators": (
        "ex:C sh:parameter [ sh:path ex:max ] . ex:S sh:targetNode ex:a ; ex:max 3 .",
        "0 validators",
    ),
    "two values of one of two parameters": (
        "ex:C sh:parameter [ sh:path ex:min ], [ sh:path ex:max ] . ex:S sh:targetNode ex:a ; ex:min 1, 2 ; ex:max 3 .",
        "2 values",
    ),
    "a rule": ("ex:S sh:targetNode ex:a ; sh:rule [] .", "sh.*rule"),
}


@pytest.mark.parametrize(("shapes", "message"), _BROKEN.values(), ids=_BROKEN.keys())
def test_shape_that_is_broken_or_unknown_is_refused(shapes: str, message: str) -> None:
    with pytest.raises(UnsupportedShapeError, match=message):
        _find(shapes)


def test_data_nested_ten_thousand_deep_are_walked() -> None:
    data = "ex:top ex:next " + _nested("[ ex:next ", "ex:bottom", " ]") + " ."
    shape = "ex:S sh:targetNode ex:top ; sh:property [ sh:path [ sh:oneOrMorePath ex:next ] ; sh:maxCount 10000 ] ."
    (finding,) = _find(shape, data)
    assert finding.component.endswith("#MaxCountConstraintComponent")

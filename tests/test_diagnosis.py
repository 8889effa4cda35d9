"""Malformed queries: the place, what stands there, what could."""

import pytest

from kg.errors import QuerySyntaxError
from kg.evaluation.solving import solve
from kg.query import read_query
from kg.stores import fill_store


def diagnose(text: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        solve(fill_store(None, []), read_query(text, max_bytes=65536))
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "found", "expected"),
    [
        ("", 1, 1, "the end of the query", "SELECT"),
        ("SELEC ?x {}", 1, 1, '"SELEC"', "SELECT"),
        ("SELECT * { ?s ?p }", 1, 18, '"}"', "an IRI"),
        ("SELECT * { ?s ?p . }", 1, 18, '"."', "a literal"),
        ("SELECT ?x, ?y { ?x ?p ?y }", 1, 10, '","', '"{"'),
        ("SELECT x { ?x ?p ?y }", 1, 8, '"x"', "a variable such as ?x"),
        ("SELECT ?x { ?x ?p ?y ", 1, 21, "the end of the query", '"}"'),
        ("SELECT ?x { ?x ?p ?y }}", 1, 23, '"}"', "the end of the query"),
        ("SELECT ?x {\n  ?x a <http://a.example/A>\n  ?x ?p ?y\n}", 3, 3, '"?x"', '"."'),
        ("SELECT ?x { ?x ?p ?y FILTER ?x > 1 }", 1, 29, '"?x"', '"("'),
        ("SELECT ?x { ?x ?p ?y FILTER(?x > ) }", 1, 34, '")"', "an expression"),
        ("SELECT ?x { ?x ?p ?y } ORDER ?x", 1, 30, '"?x"', "BY"),
        ("SELECT ?x { ?x ?p ?y } LIMIT ten", 1, 30, '"ten"', "a number"),
        ("SELECT ?x { ?x ?p 'y }", 1, 19, '"\'y"', "a literal"),
        ("SELECT ?x { ?x a <http://a.example/a b> }", 1, 18, '"<http://a.example/a"', "an IRI"),
        ("SELECT ?x { OPTIONAL ?x ?p ?y }", 1, 22, '"?x"', '"{"'),
        ("SELECT ?x { VALUES ?x { 1 ?y } }", 1, 27, '"?y"', "UNDEF"),
        ("CONSTRUCT { ?x ?p ?y } WHERE ?x ?p ?y", 1, 30, '"?x"', '"{"'),
        ("# a comment\nASK ?x {}", 2, 5, '"?x"', '"{"'),
        ("SELECT ('ä' AS ?x) { ?é }", 1, 25, '"}"', "an IRI"),
    ],
)
def test_place_found_and_expected(text: str, line: int, column: int, found: str, expected: str) -> None:
    error = diagnose(text)
    assert (error.line, error.column, error.found) == (line, column, found)
    assert expected in error.expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "a variable that is unbound"),
        ("SELECT * { BIND (1 AS ?x) BIND (2 AS ?x) }", "beyond the grammar"),
        ("SELECT * { ?s a ex:A }", 'the prefix "ex:" is not declared; declare it with PREFIX ex: <…>'),
        ("SELECT * { ?s a org:Post }", "add PREFIX org: <http://www.w3.org/ns/org#>"),
    ],
)
def test_fault_beyond_the_grammar_is_told(text: str, told: str) -> None:
    assert told in str(diagnose(text))

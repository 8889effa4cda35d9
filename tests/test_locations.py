"""The line that states a triple, whatever the layout."""

from collections import Counter
from pathlib import Path

import pytest
from harness import REPOSITORY
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.locations import locate_statements

FILES = sorted(path.relative_to(REPOSITORY) for path in REPOSITORY.glob("[go]*/**/*.ttl"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_triple_of_iris_is_found_once(path: Path) -> None:
    text = (REPOSITORY / path).read_text()
    stated = Counter(
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in parse(text, format=RdfFormat.TURTLE, base_iri="http://base.example/")
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
    )
    located = Counter(
        (one.subject, one.predicate, one.value) for one in locate_statements(text, "http://base.example/")
    )
    assert {triple: located[triple] for triple in stated} == stated


def test_lines_of_an_awkward_layout() -> None:
    text = '''@prefix a: <http://a.example/> . # a: "comment"
@base <http://b.example/> .
PREFIX c: <c/>
a:s a:p """two
lines""" , a:o ;
    a:q
      <o#x> ; ;
    a:r [ a:inner
      c:x ] , ( a:member
      1.5 ) .
a:s\\-1 a:p 'x'@en , "2"^^a:t . c:x.y a:p _:b .'''
    found = [
        (one.predicate.rpartition("/")[2], one.value, one.subject_line, one.predicate_line, one.value_line)
        for one in locate_statements(text, "")
    ]
    assert found == [
        ("p", '"""two\nlines"""', 4, 4, 4),
        ("p", "http://a.example/o", 4, 4, 5),
        ("q", "http://b.example/o#x", 4, 6, 7),
        ("r", "_:line8n1", 4, 8, 8),
        ("inner", "http://b.example/c/x", 8, 8, 9),
        ("r", "http://a.example/member", 4, 8, 9),
        ("r", "1.5", 4, 8, 10),
        ("p", "'x'@en", 11, 11, 11),
        ("p", '"2"^^<http://a.example/t>', 11, 11, 11),
        ("p", "_:b", 11, 11, 11),
    ]

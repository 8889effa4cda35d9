"""The place that states a triple, whatever the layout, and the place of a finding."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from harness import REPOSITORY, shared
from layouts import Layout, line_and_column
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)

from kg.config import load_config
from kg.dataset import Sources, read_sources
from kg.findings import Location
from kg.locator import Locator
from kg.turtle import Statement, Token, locate_statements, tokens

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
BASE = "http://base.example/d/f"
FILES = sorted(path.relative_to(REPOSITORY) for path in REPOSITORY.glob("[go]*/**/*.ttl"))


def canonical(quads: Iterable[Quad]) -> Dataset:
    """A dataset to compare with others, whatever the labels of blank nodes."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def located(text: str) -> list[Quad]:
    """What our reader reads."""
    return [
        Quad(one.subject, one.predicate, one.value, one.graph or DefaultGraph())
        for one in locate_statements(text, BASE)
    ]


def assert_reads_like_the_engine(text: str, syntax: RdfFormat) -> None:
    ours, theirs = located(text), list(parse(text, format=syntax, base_iri=BASE))
    assert len(ours) == len(theirs)
    assert canonical(ours) == canonical(theirs)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_own_files_are_read_like_the_engine_does(path: Path) -> None:
    assert_reads_like_the_engine((REPOSITORY / path).read_text(), RdfFormat.TURTLE)


def test_files_of_the_w3c_are_read_like_the_engine_does() -> None:
    folder = shared("w3c")
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".ttl", ".nt"}]
    assert len(files) > 100
    for path in files:
        assert_reads_like_the_engine(path.read_bytes().decode(), RdfFormat.TURTLE)


@pytest.mark.parametrize("seed", range(300))
def test_every_triple_is_found_on_its_line_and_column(seed: int) -> None:
    layout = Layout(seed)
    assert_reads_like_the_engine(layout.text, RdfFormat.TURTLE)
    expected = Counter(
        (*row[:3], *(line_and_column(layout.text, offset) for offset in row[3:])) for row in layout.stated
    )
    assert Counter(map(row_of, locate_statements(layout.text, BASE))) == expected


def row_of(statement: Statement) -> tuple[object, ...]:
    """A triple as :class:`Layout` keeps it; the cells of a list have no labels, whatever their members are."""
    subject, predicate, value, _, *places = statement
    terms = [shown(subject, places[0]), predicate.value, shown(value, places[2])]
    if predicate.value in {RDF + "first", RDF + "rest"}:
        terms[0] = None
    if predicate.value == RDF + "rest" and isinstance(value, BlankNode):
        terms[2] = None
    return (*terms, *((token.line, token.column) for token in places))


def shown(term: object, token: Token) -> str | None:
    if isinstance(term, BlankNode):
        return token.text if token.kind == "blank" else None
    return term.value if isinstance(term, NamedNode) else str(term)


@pytest.mark.parametrize("seed", range(50))
def test_tokens_with_their_layout_are_the_text(seed: int) -> None:
    text = Layout(seed).text
    found = list(tokens(text, layout=True))
    assert "".join(token.text for token in found) == text
    assert [(token.line, token.column) for token in found] == [line_and_column(text, token.start) for token in found]
    for token in found:
        if not text[token.start : token.end + 1].endswith("\r\n"):
            assert (token.end_line, token.end_column) == line_and_column(text, token.end)


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("<a:g> { <a:s> <a:p> 1 } GRAPH _:g { <a:s> <a:p> 1 . [ a 1 ] a 2 } { <a:z> a 7; } <a:s> a <a:g> .", "TRIG"),
        ("[] { <a:s> a 1 } <a:g> { } BASE <http://z.example/z> <x> a <#y> .", "TRIG"),
        ('<a:s> <a:p> "x"@en <a:g> .\n_:a <a:p> _:b _:c .\n_:a <a:p> _:b .\n', "N_QUADS"),
        ("VERSION '1.2' <a:s> <a:p> 'x'@EN--ltr , << <a:s> <a:p> 1 ~ <a:r> >> , <<( <a:s> <a:p> 1 )>> .", "TURTLE"),
        ("<a:s> <a:p> 1 ~ <a:z> ~ {| <a:q> 3 ; a 4 |} , 2 {| a [ a 1 ] |} . << _:s a <a:c> >> a 1 .", "TURTLE"),
        ("<a:s> <a:p> " + "[ <a:p> ( " * 30 + "1" + " ) ]" * 30 + " .", "TURTLE"),
    ],
)
def test_other_syntaxes_are_read_like_the_engine_does(text: str, syntax: str) -> None:
    assert_reads_like_the_engine(text, getattr(RdfFormat, syntax))


DATA = """\
@prefix a: <http://a.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
a:s a:first 0 .
a:s a a:C ;
  a:p 1 , "1" , 'x'@EN ,
    true , "it\\u0027s" ;
  a:q [ a:r 5 ; a:inner [ a:r 5 ] ] , [ a:r 6 ] ;
  a:p a:t .
a:u a:refers [ ] .
"""
GRAPH = "https://tiny.example/graph/graph_data/places"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture
def sources(tiny: Path) -> Sources:
    (tiny / "graph_data/places.ttl").write_text(DATA)
    return read_sources(load_config(tiny))


@pytest.fixture
def find(sources: Sources) -> Callable[..., str | None]:
    """Gives the text at the place of a finding, and the place."""
    locator = Locator(sources.files, {"graph_data/places.ttl": DATA})

    def found(*arguments: object) -> str | None:
        place = locator.find(*arguments)
        if place is None:
            return None
        line = DATA.splitlines()[place.line - 1]
        return f"{place.line}:{place.column} {line[place.column - 1 : place.end_column - 1]}"

    return found


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("p", Literal("1", datatype=NamedNode(XSD + "integer")), "5:7 1"),
        ("p", Literal("1"), '5:11 "1"'),
        ("p", Literal("x", language="en"), "5:17 'x'@EN"),
        ("p", Literal("true", datatype=NamedNode(XSD + "boolean")), "6:5 true"),
        ("p", Literal("it's"), '6:12 "it\\u0027s"'),
        ("p", "http://a.example/t", "8:7 a:t"),
        ("p", None, "8:3 a:p"),
        ("p", "unheard of", "8:3 a:p"),
        ("q/http://a.example/r", Literal("6"), "7:3 a:q"),
        ("absent", None, "4:1 a:s"),
    ],
)
def test_finding_stands_at_value_or_predicate_or_type(
    find: Callable[..., str | None], path: str, value: object, place: str
) -> None:
    assert find("http://a.example/s", "http://a.example/" + path, value) == place


def test_finding_about_a_thing_that_is_only_referred_to(find: Callable[..., str | None]) -> None:
    assert find("http://a.example/t", "http://a.example/p", None) == "8:7 a:t"
    assert find("http://a.example/t", "^http://a.example/p", "http://a.example/s") == "8:7 a:t"
    assert find("http://a.example/s", None, None) == "4:1 a:s"
    assert find("http://a.example/nowhere", None, None) is None


def test_blank_nodes_are_found_at_their_brackets(sources: Sources, find: Callable[..., str | None]) -> None:
    places = {
        find(quad.object, None, None)
        for quad in sources.quads
        if quad.graph_name.value == GRAPH and isinstance(quad.object, BlankNode)
    }
    assert places == {"7:7 [", "7:25 [", "7:39 [", "9:14 ["}


@pytest.mark.parametrize("seed", range(100))
def test_every_blank_node_of_any_layout_is_found(tiny: Path, seed: int) -> None:
    text = Layout(seed).text
    (tiny / "graph_data/places.ttl").write_bytes(text.encode())
    sources = read_sources(load_config(tiny))
    locator = Locator(sources.files, {"graph_data/places.ttl": text})
    for quad in sources.quads:
        if quad.graph_name.value == GRAPH:
            place = locator.find(quad.subject, quad.predicate.value, quad.object)
            assert isinstance(place, Location)
            if isinstance(quad.object, Literal):
                assert _token_at(text, place).kind in {"string", "number", "word"}


def _token_at(text: str, place: Location) -> Token:
    return next(token for token in tokens(text) if (token.line, token.column) == (place.line, place.column))

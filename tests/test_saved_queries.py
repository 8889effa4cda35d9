"""Saved queries: their stored answers, their parameters, their headers."""

import csv
import io
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest
from harness import REPOSITORY, TINY, Kg, media_type
from httpx import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.config import Limits
from kg.errors import InputError, ParameterError
from kg.query import find_values_block
from kg.query_files import load_saved_queries
from kg.saved_queries import bind_parameters, find_query
from kg.terms import TERM_TYPES, parse_term

QUERIES = sorted(path.stem for path in (REPOSITORY / "queries").glob("*.rq"))
AGON = "https://w3id.org/agon/id/"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


_CONCERNED = "SELECT ?claim { ?claim <https://w3id.org/agon/ns#concerns> <%s> }"


def test_there_are_queries_and_each_has_a_stored_answer() -> None:
    answers = sorted(path.stem for path in (REPOSITORY / "queries/expected").iterdir())
    assert len(QUERIES) >= 8
    assert answers == QUERIES


@pytest.mark.parametrize("name", QUERIES)
def test_query_as_it_stands_gives_its_stored_answer(client: Client, name: str) -> None:
    text = (REPOSITORY / f"queries/{name}.rq").read_text()
    (stored,) = (REPOSITORY / "queries/expected").glob(f"{name}.*")
    response = client.post("/sparql", data={"query": text, "format": stored.suffix})
    lines = response.text.splitlines()
    assert (sorted(lines) if stored.suffix == ".nt" else lines) == stored.read_text().splitlines()


def test_official_refutations_name_speaker_refuter_and_passage(client: Client) -> None:
    response = client.get("/queries/claims-refuted-by-official-statements", headers={"Accept": "text/csv"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    found = [(row["claim"], row["speakerName"], row["refuterName"], row["passage"]) for row in rows(response.text)]
    assert found == [
        (
            AGON + "claim/azerbaijan-won-alone",
            "Government of Azerbaijan",
            "Recep Tayyip Erdoğan",
            AGON + "passage/international-actors-part-2/s07b-p02",
        ),
        (
            AGON + "claim/turkey-had-large-part-in-victory",
            "Recep Tayyip Erdoğan",
            "Government of Azerbaijan",
            AGON + "passage/international-actors-part-2/s07b-p02",
        ),
        (
            AGON + "claim/united-states-secretly-supplies-lethal-weapons",
            "Ilham Aliyev",
            "United States Department of State",
            AGON + "passage/international-actors-part-2/s02b-p05",
        ),
    ]


def test_parameter_chooses_the_solutions(client: Client) -> None:
    def claims(**parameters: str | list[str]) -> set[str]:
        response = client.get("/queries/claims-by-speaker", params={"format": "csv", **parameters})
        assert response.status_code == 200, response.text
        return {row["claim"] for row in rows(response.text)}

    aliyev, author = AGON + "person/ilham-aliyev", AGON + "person/author-of-international-actors"
    assert claims(speaker=aliyev)
    assert claims(speaker=author)
    assert claims(speaker=[aliyev, author]) == claims(speaker=aliyev) | claims(speaker=author)
    assert claims(speaker=AGON + "state/serbia") == set()


def test_claims_about_one_thing_are_about_it(client: Client) -> None:
    about = "https://w3id.org/agon/id/organization/north-atlantic-treaty-organization"
    chosen, every = (
        client.get("/queries/claims-with-their-answers", params={"format": "csv", **parameters}).text.splitlines()
        for parameters in ({"about": about}, {})
    )
    claims = {line.split(",")[1] for line in chosen[1:]}
    assert 1 < len(chosen) < len(every)
    concerned = client.get("/sparql", params={"query": _CONCERNED % about, "format": "csv"}).text.splitlines()
    assert claims <= set(concerned)


def test_value_of_another_class_is_refused_by_server_and_command(client: Client, kg: Kg, build: Path) -> None:
    for iri in (AGON + "person/nobody", AGON + "event/cop29"):
        response = client.get("/queries/claims-by-speaker", params={"speaker": iri})
        assert response.status_code == 400
        assert (
            f'"speaker" is "{iri}", expected an instance of <https://w3id.org/agon/ns#Actor>'
            in response.json()["detail"]
        )
        refused = kg("--build", build, "run", "claims-by-speaker", "--speaker", iri)
        assert refused.returncode == 2
        assert "list-actors lists them" in refused.stderr


def test_text_and_bound_query(client: Client) -> None:
    text = client.get("/queries/claims-by-speaker.rq")
    assert text.text == (REPOSITORY / "queries/claims-by-speaker.rq").read_text()
    assert media_type(text) == "application/sparql-query"
    speaker = AGON + "organization/us-department-of-state"
    bound = client.get("/queries/claims-by-speaker", params={"speaker": speaker, "bound": ""}).text
    asked = client.post("/sparql", data={"query": bound, "format": "csv"})
    assert asked.text == client.get("/queries/claims-by-speaker.csv", params={"speaker": speaker}).text
    assert speaker in bound


def test_suffix_names_the_format(client: Client) -> None:
    for suffix, kind in (("csv", "text/csv"), ("srj", "application/sparql-results+json"), ("html", "text/html")):
        assert media_type(client.get(f"/queries/list-actors.{suffix}")) == kind
    assert client.get("/queries/list-actors.ttl").status_code == 406


def test_form_offers_values_by_name_and_leads_to_the_answer(client: Client) -> None:
    form = client.get("/queries/claims-by-speaker/form").text
    assert f'<option value="{AGON}person/ilham-aliyev">Ilham Aliyev</option>' in form
    assert 'action="/queries/claims-by-speaker"' in form
    assert 'type="date"' in client.get("/queries/posts-held-on/form").text


def test_absent_optional_parameter_leaves_all(client: Client) -> None:
    query = "/queries/unanswered-claims?format=csv"
    everyone = rows(client.get(query).text)
    one = rows(client.get(query + f"&speaker={quote(AGON)}person/ilham-aliyev").text)
    assert 0 < len(one) < len(everyone)
    assert rows(client.get(query + "&speaker=").text) == everyone


@pytest.mark.parametrize(
    ("path", "status", "parameter", "message"),
    [
        ("claims-by-speaker?speakr=x", 400, "speakr", "is unknown, expected one of speaker"),
        ("claims-by-speaker", 400, "speaker", "is missing, expected a value of type iri"),
        ("claims-by-speaker?speaker=see+below", 400, "speaker", 'is "see below", expected an IRI such as'),
        ("claims-by-speaker?speaker=", 400, "speaker", "is nothing, expected an IRI"),
        ("posts-held-on?day=2025-02-30", 400, "day", 'is "2025-02-30", expected a date such as 2025-01-07'),
        ("posts-held-on?day=2025-01-01&day=2025-01-02", 400, "day", "is given 2 times, expected one value"),
        ("claims-by-speaker?speaker=http://x%3E+;+?p+?o+%7D+%23", 400, "speaker", "expected an IRI"),
        ("claims-by-speaker?speaker=" + "x" * 9999, 400, "speaker", "expected an IRI"),
    ],
)
def test_wrong_parameter_gets_400_that_names_it(
    client: Client, path: str, status: int, parameter: str, message: str
) -> None:
    response = client.get(f"/queries/{path}")
    problem = response.json()
    assert (response.status_code, problem["parameter"]) == (status, parameter)
    assert message in problem["detail"]
    assert len(problem["detail"]) < 400


def test_unknown_query_gets_404_with_near_names(client: Client) -> None:
    response = client.get("/queries/claims-by-speakers")
    assert response.status_code == 404
    assert response.json()["near"][0] == "claims-by-speaker"


def test_every_query_is_in_a_group() -> None:
    groups = {"actors", "agreements", "claims", "events", "language", "provenance", "quality", "refutations"}
    groups |= {"listings", "pages"}
    assert {query.tags[0] for query in load_saved_queries(REPOSITORY / "queries", Limits())} <= groups


def test_list_names_every_query_with_its_parameters(client: Client) -> None:
    listed = {query["name"]: query for query in client.get("/queries").json()}
    assert sorted(listed) == QUERIES
    assert [one["name"] for one in listed["posts-held-on"]["parameters"]] == ["day", "post"]


@pytest.mark.parametrize("path", ["/", "/queries", "/sparql", *(f"/queries/{name}" for name in QUERIES)])
def test_browser_gets_a_page(client: Client, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert (response.status_code, media_type(response)) == (200, "text/html")
    assert "<h1>" in response.text


def test_page_shows_a_problem_with_what_was_typed(client: Client) -> None:
    response = client.get("/queries/posts-held-on?day=<b>x</b>", headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "<b>x" not in response.text


def test_run_answers_like_the_server(client: Client, kg: Kg, build: Path) -> None:
    speaker = AGON + "person/ilham-aliyev"
    served = client.get("/queries/claims-by-speaker", params={"speaker": speaker, "format": "tsv"}).text
    for options in (("--speaker", speaker), (f"--speaker={speaker}",), ("--param", f"speaker={speaker}")):
        result = kg("--build", build, "run", "claims-by-speaker", *options, "--format", "tsv")
        assert (result.returncode, result.stdout) == (0, served)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["claims-by-speakr"], "did you mean claims-by-speaker"),
        (["claims-by-speaker"], "is missing"),
        (["claims-by-speaker", "--speaker"], "has no value"),
        (["claims-by-speaker", "speaker"], "expected --PARAMETER VALUE"),
        (["claims-by-speaker", "--param", "speaker"], "expected NAME=VALUE"),
        (["unanswered-claims", "--format", "turtle"], "cannot be written as"),
    ],
)
@pytest.mark.usefixtures("client")  # has built the release
def test_run_used_wrongly_ends_with_2(kg: Kg, build: Path, arguments: list[str], message: str) -> None:
    result = kg("--build", build, "run", *arguments)
    assert result.returncode == 2
    assert message in result.stderr


def test_list_command_shows_every_query(kg: Kg) -> None:
    result = kg("list")
    assert result.returncode == 0
    assert all(name in result.stdout for name in QUERIES)


def test_list_command_finds_by_words(kg: Kg) -> None:
    found = kg("list", "REFUTATIONS", "official").stdout
    assert "claims-refuted-by-official-statements" in found
    assert "posts-held-on" not in found


HEADER = "#+ summary: S\n#+ description: D\n"
PARAMETER = HEADER + "#+ parameters:\n#+   x: {type: iri, description: X}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#+ summary: [\nASK {}", "the header is no YAML"),
        ("ASK {}", "the header is None"),
        ("#+ summary: S\nASK {}", "has None as description"),
        (HEADER + "#+ author: me\nASK {}", 'the header has "author"'),
        (HEADER + "#+ tags: one\nASK {}", "tags is 'one'"),
        (HEADER + "#+ parameters: [x]\nASK {}", "parameters is ['x'], expected a mapping"),
        (HEADER + "#+ parameters: {x: {type: url, description: X}}\nASK {}", "has the type 'url', expected one of iri"),
        (HEADER + "#+ parameters: {x: {type: iri, description: X, size: 3}}\nASK {}", 'found "size"'),
        (
            HEADER + "#+ parameters: {format: {type: iri, description: X}}\nASK {}",
            "a name that the server needs itself",
        ),
        (PARAMETER + "ASK { ?x ?y ?z }", "binds no parameter, the header declares ?x"),
        (PARAMETER + "ASK { VALUES ?y { 1 } ?y ?x ?z }", "binds ?y, the header declares ?x"),
        (HEADER + "SELECT * { ?s a owl:Class }", 'the prefix "owl:" is not declared'),
        (HEADER + "#+ cell: names\nASK {}", "cell is for the view matrix, found the view table"),
        (HEADER + "#+ view: matrix\n#+ cell: nmes\nSELECT ?x { ?x ?y ?z }", 'cell is "nmes", which is none'),
        (
            HEADER + "#+ view: matrix\n#+ cell: names\nSELECT ?x { ?x ?y ?z }",
            "whose parameters bear names of variables",
        ),
        (HEADER + "SELECT", "found the end of the query"),
        (HEADER + "DROP ALL", "DROP is an update"),
    ],
)
def test_malformed_file_is_named(kg: Kg, tiny: Path, text: str, message: str) -> None:
    (tiny / "queries/wrong.rq").write_text(text)
    result = kg("list", root=tiny)
    assert result.returncode == 3
    assert result.stderr.startswith("queries/wrong.rq:")
    assert message in result.stderr


def test_value_that_is_not_allowed_is_refused() -> None:
    limits = Limits()
    query = find_query(load_saved_queries(TINY / "queries", limits), "names")
    person = ["https://tiny.example/id/person/ada"]
    assert "nickname" in bind_parameters(query, {"person": person, "kind": ["nickname"]}, limits).text
    with pytest.raises(ParameterError, match='"kind" is "colour", expected one of name, nickname'):
        bind_parameters(query, {"person": person, "kind": ["colour"]}, limits)


HOSTILE = st.one_of(
    st.text(),
    st.from_regex(r"[+-]?[0-9.]{1,12}"),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.Z+-]{0,20})?"),
    st.text(alphabet="ab:/.<>\"'\\\\{}?#@^- \n\t\u00e9\u2028", max_size=40),
    st.text(max_size=20).map("http://a.example/".__add__),
    st.text(max_size=20).map(lambda text: text + "@en"),
    st.sampled_from(
        [
            "> } #",
            '" } DROP ALL',
            "http://a> ; ?p ?o } #",
            "\\u003e",
            "x@en> {",
            "'''",
            "2025-01-01\n",
            "\x00",
            "\ud800",
        ]
    ),
)


QUERY = "SELECT * WHERE {\n  VALUES ?x { 1 }\n  ?s ?p ?x . # }\n}"
STORE = pyoxigraph.Store()


@given(texts=st.lists(HOSTILE, min_size=10, max_size=10))
@settings(max_examples=1_000, deadline=None)
def test_hostile_value_of_any_type_stays_one_term_in_its_block(texts: list[str]) -> None:
    for text, type_name in product(texts, TERM_TYPES):
        try:
            term = parse_term(text, type_name)
        except InputError:
            continue
        _require_one_term(term)


def _require_one_term(term: object) -> None:
    block = find_values_block(QUERY)
    assert block is not None
    bound = block.replaced(QUERY, [[term]])
    again = find_values_block(bound)
    assert again is not None
    assert bound[: again.start] == QUERY[: block.start]
    assert bound[again.end :] == QUERY[block.end :]
    assert bound[again.start : again.end] == f"VALUES (?x) {{ ({term}) }}"
    (solution,) = STORE.query(
        f"SELECT * WHERE {{ {bound[again.start : again.end]} }}"
    )  # what the engine reads is the same
    assert [_kind(one) for one in solution] == [_kind(term)]


def _kind(term: object) -> object:
    """The datatype of a literal, whose lexical form the engine may mend; an IRI or a plain text itself."""
    is_typed = isinstance(term, pyoxigraph.Literal) and term.datatype.value.endswith(("integer", "decimal", "boolean"))
    return term.datatype if is_typed else term

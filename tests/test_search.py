"""Search: hits in any script, snippets, facets, pages, suggestions, text that is no words, releases without index."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cities import PERSON, enlarge
from harness import Kg, media_type, serve
from httpx import Client, Response

AGON = "https://w3id.org/agon/"
LETTERS = "a" * 10_000
HTML = {"Accept": "text/html"}


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    """The small graph with names in several scripts, for a test that changes it."""
    return enlarge(tmp_path / "cities")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the server over names in several scripts."""
    for address in serve(["--root", str(enlarge(tmp_path_factory.mktemp("scripts") / "cities"))]):
        with Client(base_url=address, timeout=30) as client:
            yield client


def make_older(path: Path) -> None:
    """Put an index in a form that an earlier version had in the place of one."""
    path.unlink()
    with closing(sqlite3.connect(path)) as index, index:
        index.execute("CREATE TABLE facet (name TEXT PRIMARY KEY)")


def search(client: Client, text: str, **more: Any) -> dict[str, Any]:
    response = client.get("/search", params={"q": text, **more})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [hit["iri"].removeprefix(PERSON) for hit in found["results"]]


def facet(found: dict[str, Any], name: str) -> dict[str, int]:
    (values,) = (one["values"] for one in found["facets"] if one["name"] == name)
    return {value["label"]: value["count"] for value in values}


def marked(segments: list[dict[str, Any]]) -> str:
    return "".join(f"[{one['text']}]" if one["hit"] else one["text"] for one in segments)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("քաղաք", "erevan"),
        ("ՔԱՂԱՔ", "erevan"),
        ("içərişəhər", "baki"),
        ("sehər", ""),
        ("şəh", "baki"),
        ("القاهرة", "qahira"),
        ("北京", "beijing"),
        ("人民共和", "beijing"),
        ("京北", ""),
        ("เทพ", "krung"),
    ],
)
def test_words_are_found_in_any_script(scripts: Client, text: str, name: str) -> None:
    assert names(search(scripts, text)) == ([name] if name else [])


def test_hits_are_marked_in_label_and_snippet(scripts: Client) -> None:
    (hit,) = search(scripts, "北京")["results"]
    assert marked(hit["label"]["segments"]) == "中华人民共和国[北京]市"
    (hit,) = search(scripts, "քաղ")["results"]
    assert marked(hit["label"]["segments"]) == "Yerevan"
    (snippet,) = hit["snippets"]
    assert (snippet["field"], snippet["language"], marked(snippet["segments"])) == ("name", "hy", "Երևան [քաղաք]")


def test_name_comes_before_quotation(scripts: Client) -> None:
    assert names(search(scripts, "yerevan")) == ["erevan", "krung"]


def test_long_text_is_shown_around_the_hit(scripts: Client) -> None:
    (hit,) = search(scripts, "needle")["results"]
    text = marked(hit["snippets"][0]["segments"])
    assert "straw [needle] straw" in text
    assert text.startswith("…straw")
    assert text.endswith("…")
    assert len(text) < 300


def test_names_classes_and_facets_are_in_the_language_of_the_reader(scripts: Client) -> None:
    answers = {
        wished: scripts.get("/search?q=yere", headers={"Accept-Language": wished}) for wished in ("hy, fr", "xx")
    }
    (armenian, *_), (english, *_) = (answer.json()["results"] for answer in answers.values())
    assert (marked(armenian["label"]["segments"]), armenian["label"]["language"]) == ("Երևան քաղաք", "hy")
    assert [marked(one["segments"]) for one in armenian["snippets"]] == ["[Yerevan]"]
    assert (armenian["classes"], english["classes"]) == (["personne"], ["person"])
    assert marked(english["label"]["segments"]) == "[Yerevan]"
    facets = {one["name"]: one["label"] for one in answers["hy, fr"].json()["facets"]}
    assert facets == {"class": "Class", "friend": "Connaît", "initial": "Initial"}
    page = scripts.get("/search?friend=&q=", headers={**HTML, "Accept-Language": "fr"})
    assert "<summary>Connaît</summary>" in page.text
    assert '<span class="search-class">personne</span>' in page.text


@pytest.mark.parametrize("path", ["/search?q=yere", "/search?q=yere&format=html", "/search/suggest?q=yere"])
def test_answers_in_several_languages_are_told_apart_by_caches(scripts: Client, path: str) -> None:
    tags = set()
    for wished in ("hy", "en"):
        first = scripts.get(path, headers={"Accept-Language": wished})
        condition = {"Accept-Language": wished, "If-None-Match": first.headers["ETag"]}
        again = scripts.get(path, headers=condition)
        assert again.status_code == 304
        for response in (first, again):
            assert "Accept-Language" in ", ".join(response.headers.get_list("Vary"))
        tags.add(first.headers["ETag"])
    assert len(tags) == 2


def test_suggestion_shows_what_was_found_where_its_label_does_not(scripts: Client) -> None:
    response = scripts.get("/search/suggest?q=yer", headers={"Accept-Language": "hy"})
    (one,) = response.json()["suggestions"]
    assert marked(one["label"]["segments"]) == "Երևան քաղաք"
    assert [marked(snippet["segments"]) for snippet in one["snippets"]] == ["[Yerevan]"]
    (other,) = scripts.get("/search/suggest?q=yer").json()["suggestions"]
    assert other["snippets"] == []


def test_facets_count_and_sift(scripts: Client) -> None:
    found = search(scripts, "")
    assert facet(found, "friend") == {"Yerevan": 2, "Şəhər İçərişəhər": 1}
    assert facet(found, "class")["person"] == 7
    assert list(facet(found, "initial")) == sorted("EBQPKML")
    narrowed = search(scripts, "", friend=PERSON + "baki")
    assert names(narrowed) == ["qahira"]
    assert facet(narrowed, "initial") == {"Q": 1}
    assert facet(narrowed, "friend") == {"Yerevan": 2, "Şəhər İçərişəhər": 1}


def test_values_of_one_facet_are_alternatives_and_facets_hold_together(scripts: Client) -> None:
    assert set(names(search(scripts, "", initial=["Q", "B"]))) == {"qahira", "baki"}
    assert names(search(scripts, "", initial=["Q", "P"], friend=PERSON + "erevan")) == ["qahira"]
    none = search(scripts, "", initial="nothing such")
    assert (none["total"], none["results"]) == (0, [])


def test_results_come_in_parts(scripts: Client) -> None:
    whole = names(search(scripts, ""))
    parts = [search(scripts, "", limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [name for part in parts for name in names(part)] == whole
    assert {part["total"] for part in parts} == {8}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('"', 0),
        ('"yerevan', 2),
        ("yerevan AND", 0),
        ("yerevan NOT far", 0),
        ("NEAR(yerevan far)", 0),
        ("yerevan*", 2),
        ("name:yerevan", 0),
        ("{name} : yerevan", 0),
        ("^yerevan + far - ( )", 1),
        ("yere\x00van", 0),
        ("\x00", 0),
        ("🎉", 0),
        ("🎉 yerevan", 2),
        ("%", 0),
        ("'; DROP TABLE document; --", 0),
        (LETTERS, 0),
        (" ".join(LETTERS), 2),
        ("  ", 8),
    ],
)
def test_text_is_never_an_expression(scripts: Client, text: str, count: int) -> None:
    assert search(scripts, text)["total"] == count
    page = scripts.get("/search", params={"q": text}, headers=HTML)
    assert page.status_code == 200
    suggestions = scripts.get("/search/suggest", params={"q": text})
    assert suggestions.status_code == 200
    assert len(suggestions.json()["suggestions"]) <= 10


def test_one_letter_is_a_beginning(scripts: Client) -> None:
    assert "erevan" in names(search(scripts, "y"))


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/search?colour=red", 400, '"colour" is no parameter of a search: expected one of q, class, friend, initial'),
        ("/search?q=a&q=b", 400, "q is given 2 times"),
        ("/search?limit=0", 400, 'limit is "0": expected a number from 1 to 100'),
        ("/search?limit=101", 400, "limit is"),
        ("/search?offset=-1", 400, "offset is"),
        ("/search?offset=1e3", 400, "offset is"),
        ("/search?format=pdf", 406, 'no format "pdf"'),
        ("/search?q=%FF", 400, "UTF-8"),
        ("/search/suggest?limit=3", 400, '"limit" is no parameter'),
    ],
)
def test_wrong_parameter_is_named(scripts: Client, address: str, status: int, words: str) -> None:
    response = scripts.get(address, headers={"Accept": "application/json"})
    assert response.status_code == status
    assert media_type(response) == "application/problem+json"
    assert words in response.json()["detail"]


def test_answer_is_validated_again_and_kept(scripts: Client) -> None:
    first = scripts.get("/search?q=yerevan")
    again = scripts.get("/search?q=yerevan", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    page = scripts.get("/search?q=yerevan", headers=HTML)
    assert page.headers["ETag"] != first.headers["ETag"]
    assert scripts.get("/search?q=yerevan").content == first.content
    head = scripts.head("/search?q=yerevan")
    assert (head.status_code, head.headers["ETag"], head.content) == (200, first.headers["ETag"], b"")
    assert scripts.post("/search").status_code == 405
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_suggestions_are_few_and_begin_with_what_was_typed(scripts: Client) -> None:
    (one,) = scripts.get("/search/suggest?q=yer").json()["suggestions"]
    assert (one["iri"], marked(one["label"]["segments"]), one["classes"]) == (
        PERSON + "erevan",
        "[Yerevan]",
        ["person"],
    )
    assert one["url"].endswith("/id/person/erevan")
    assert scripts.get("/search/suggest").json() == {"suggestions": []}


def test_page_shows_hits_and_facets_without_scripts(scripts: Client) -> None:
    page = scripts.get("/search", params={"q": "yerevan", "initial": "E"}, headers=HTML)
    assert media_type(page) == "text/html"
    assert '<a href="/id/person/erevan" lang="en" dir="auto"><mark>Yerevan</mark></a>' in page.text
    assert '<input type="checkbox" name="initial" value="E" checked>' in page.text
    assert '<input type="checkbox" name="initial" value="K">' in page.text
    assert 'href="/search?q=yerevan" aria-label="without Initial: E"' in page.text
    assert scripts.get("/search?q=yerevan&format=html").text.count("<mark>") == 2


def test_page_without_results_helps(scripts: Client) -> None:
    page = scripts.get("/search", params={"q": "nowhere", "initial": "E"}, headers=HTML)
    assert "No results" in page.text
    assert 'href="/search?q=nowhere">The same words without narrowing</a>' in page.text


def test_page_leads_to_the_parts_before_and_after(scripts: Client) -> None:
    page = scripts.get("/search?limit=3&offset=3", headers=HTML)
    assert '<a rel="prev" href="/search?q=&amp;limit=3">' in page.text
    assert '<a rel="next" href="/search?q=&amp;limit=3&amp;offset=6">' in page.text


def test_markup_is_shown_as_text(scripts: Client) -> None:
    page = scripts.get("/search", params={"q": "alert"}, headers=HTML)
    assert "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt; &#34;quoted&#34;" in page.text
    typed = scripts.get("/search", params={"q": '"><script>x'}, headers=HTML)
    assert "<script>x" not in typed.text


def test_text_without_words_is_told_as_such(scripts: Client) -> None:
    page = scripts.get("/search", params={"q": "🎉"}, headers=HTML)
    assert "holds no letter and no digit" in page.text
    assert "holds no letter and no digit" not in scripts.get("/search?q=nowhere", headers=HTML).text


def test_same_files_give_the_same_content(kg: Kg, cities: Path, tmp_path: Path) -> None:
    for build in ("one", "two"):
        assert kg("--build", tmp_path / build, "build", root=cities).returncode == 0
    one, two = ((tmp_path / build / "current/search.sqlite").read_bytes() for build in ("one", "two"))
    assert one == two


@pytest.mark.parametrize("damage", [Path.unlink, make_older])
def test_release_without_index_says_so_and_a_build_mends_it(
    kg: Kg, cities: Path, damage: Callable[[Path], None]
) -> None:
    kg("build", root=cities)
    damage(cities / "build/current/search.sqlite")
    missing = kg("search", "yerevan", root=cities)
    assert missing.returncode == 3
    assert "build the release anew with kg build" in missing.stderr
    assert " is built: " in kg("build", root=cities).stdout
    found = kg("search", "yerevan", root=cities)
    assert found.stdout.startswith("Yerevan (person)")
    assert " is up to date: " in kg("build", root=cities).stdout


def test_server_tells_that_the_index_is_missing(cities: Path) -> None:
    for address in serve(["--root", str(cities)]):
        (cities / "build/current/search.sqlite").unlink()
        with Client(base_url=address) as client:
            response = client.get("/search?q=a", headers={"Accept": "application/json"})
            assert response.status_code == 503
            assert "build the release anew with kg build" in response.json()["detail"]
            assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
            assert client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x", "#+ search: colour\n#+ label: X\nSELECT ?item ?text { ?item ?p ?text }", "search is 'colour', expected"),
        ("x", "#+ search: facet\nSELECT ?item ?value { ?item ?p ?value }", "as label, expected a text"),
        ("x", "#+ search: facet\n#+ label: {e n: X}\nSELECT ?item ?value { ?item ?p ?value }", "label has 'e n'"),
        ("x", "#+ search: facet\n#+ label: {en: 1}\nSELECT ?item ?value { ?item ?p ?value }", "label has 1 as en"),
        ("x", "#+ search: facet\n#+ label: X\nSELECT ?item ?text { ?item ?p ?text }", "binds ?item, ?value"),
        ("x", "#+ search: text\nASK { ?item ?p ?text }", "a search query is a SELECT"),
        ("x", "#+ search: text\n#+ label: X\nSELECT ?item ?text { ?item ?p ?text }", "expected only search"),
        ("q", "#+ search: facet\n#+ label: X\nSELECT ?item ?value { ?item ?p ?value }", "choose another file name"),
        ("x", "#+ search: facet\n#+ label: X\n#+ colour: red\nSELECT ?item ?value { ?item ?p ?value }", "colour"),
        ("x", "#+ search: facet\n#+ label: X\nSELECT ?item ?value { ?item ?p ", "expected"),
    ],
)
def test_wrong_search_query_is_found_by_the_check(kg: Kg, cities: Path, name: str, text: str, problem: str) -> None:
    (cities / f"ontology/search/{name}.rq").write_text(text)
    result = kg("check", root=cities)
    assert result.returncode != 0
    assert f"ontology/search/{name}.rq:" in result.stdout + result.stderr
    assert problem in result.stdout + result.stderr


def test_many_searches_at_once_are_answered_and_let_queries_through(scripts: Client) -> None:
    def ask(number: int) -> Response:
        if number % 10:
            return scripts.get("/search", params={"q": "yer", "offset": number})
        return scripts.get("/sparql", params={"query": f"SELECT * {{ BIND ({number} AS ?x) }}"})

    with ThreadPoolExecutor(50) as threads:
        assert {response.status_code for response in threads.map(ask, range(110))} == {200}


def test_claims_of_a_speaker_about_a_state_are_found_by_both_names(client: Client) -> None:
    found = search(client, "aliyev france", answered="answered", **{"class": AGON + "ns#Claim"})
    assert AGON + "id/claim/france-arms-armenia" in [hit["iri"] for hit in found["results"]]
    assert facet(found, "speaker")["Ilham Aliyev"] > 0
    assert set(facet(found, "answered")) == {"answered", "not answered"}
    assert "dismissal" in facet(found, "answer-kind")
    assert list(facet(found, "year")) == sorted(facet(found, "year"))


def test_quoted_words_lead_to_the_claim_that_was_put_forward_with_them(client: Client) -> None:
    hits = search(client, "lethal weapons")["results"]
    quoted = {hit["iri"] for hit in hits if any(one["field"] == "quotation" for one in hit["snippets"])}
    assert AGON + "id/claim/france-openly-supplies-lethal-weapons" in quoted

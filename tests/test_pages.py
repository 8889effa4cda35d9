"""The pages: each kind is well-formed, quiet about right and wrong, light, and leads on without scripts."""

import json
import re
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import html5rdf
import pytest
from harness import REPOSITORY, TINY, Kg, serve, started
from httpx import Client, Response
from lxml import etree, html

from kg.rules import RULES
from server.tables import Table

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CLAIM = "/doc/claim/united-states-secretly-supplies-lethal-weapons"
KINDS = {
    "home": "/",
    "questions": "/queries",
    "question": "/queries/claims-with-their-answers",
    "form": "/queries/answers-to-claim",
    "ontology": "/ontology",
    "terms": "/ns",
    "scheme": "/scheme/topic",
    "quality": "/quality",
    "about": "/about",
    "sparql": "/sparql",
    "search": "/search?q=armenia",
    "nothing found": "/search?q=nosuchword",
    "claim": CLAIM,
    "actor": "/doc/person/ilham-aliyev",
    "agreement": "/doc/instrument/eu-us-armenia-cooperation-framework-2024",
    "event": "/doc/event/munich-meeting-2023-02",
    "source": "/doc/source/international-actors-part-2",
    "passage": "/doc/passage/international-actors-part-2/s02b-p05",
    "place": "/doc/place/nagorno-karabakh",
    "matrix": "/queries/speakers-and-targets",
    "timeline": "/queries/claims-and-answers-over-time",
    "bars": "/queries/answers-by-kind",
    "narrative": "/scheme/narrative/outside-arms-endanger-peace",
    "speech act": "/doc/speech-act/aliyev-blames-cooperation-framework",
    "unknown": "/id/person/ilham-aliev",
}
VERDICTS = """
    accurate accurately correct correctly debunk debunked debunks disproved disproven fact-check
    fact-checked fake false falsely guilty hoax honest incorrect innocent invalid liar lie lies lying
    mislead misleading misled myth proved proven refute refuted refutes right rightly true truth untrue
    valid verdict wrong wrongly
"""
SETTINGS = tomllib.loads((REPOSITORY / "agon.toml").read_text(encoding="utf-8"))
PATTERNS = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in SETTINGS["check"]["loaded_words"]["words"])
LOADED = re.compile(rf"\b({PATTERNS})\b", re.IGNORECASE)
WORD = re.compile(r"[a-z-]+")
VARIABLE = re.compile(r"\?(\w+)")
AGON = "https://w3id.org/agon/id/"
STEPS = {f"step-{number}" for number in range(1, 6)}
EVERYONE = """#+ summary: Everyone
#+ description: Every person.
PREFIX tiny: <https://tiny.example/ns#>
SELECT ?person WHERE { ?person a tiny:Person } ORDER BY ?person
"""
LABELS = ["http://www.w3.org/2000/01/rdf-schema#label", "https://tiny.example/ns#name"]
ODD = """
@prefix tiny: <https://tiny.example/ns#> .
@prefix person: <https://tiny.example/id/person/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

person:markup a tiny:Person ; tiny:name "<script>alert(1)</script><b>bold</b>" .
person:right-to-left a tiny:Person ; tiny:name "abc \\u202Edef" ; rdfs:label "\u0645\u0631\u062d\u0628\u0627"@ar .
person:long a tiny:Person ; tiny:name "LONG" .
person:nameless tiny:knows person:ada .
person:languages a tiny:Person ; tiny:name "W" ; rdfs:label "Wien"@de , "Vienna"@en , "Vienne"@fr .
""".replace("LONG", "x" * 5000)


def page(client: Client, path: str, **headers: str) -> Response:
    return client.get(path, headers={**BROWSER, **headers}, follow_redirects=True)


def tree(response: Response) -> html.HtmlElement:
    return html.fromstring(response.content)


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_every_kind_of_page_is_well_formed(client: Client, path: str) -> None:
    response = page(client, path)
    assert response.status_code == (404 if path == KINDS["unknown"] else 200)
    html5rdf.HTMLParser(strict=True).parse(response.content)
    found = tree(response)
    ids = [node.get("id") for node in found.iter() if isinstance(node.tag, str) and node.get("id")]
    assert len(ids) == len(set(ids))
    assert len(found.findall(".//h1")) == 1
    assert found.find(".//main") is not None
    assert found.get("lang") == "en"


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_page_keeps_the_policy_without_exception(client: Client, path: str) -> None:
    response = page(client, path)
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"
    found = tree(response)
    assert found.xpath("//*[@style] | //style") == []
    assert found.xpath("//@*[starts-with(name(), 'on')]") == []
    assert found.xpath("//script[not(@src) and not(@type = 'application/ld+json')]") == []
    assets = found.xpath("//link[@rel = 'stylesheet']/@href | //script/@src | //img/@src")
    assert [asset for asset in assets if not asset.startswith("/static/")] == []


@pytest.mark.parametrize("kind", ["home", "questions", "ontology", "quality", "about", "claim", "passage", "unknown"])
def test_every_link_of_a_page_leads_somewhere(client: Client, kind: str) -> None:
    response = page(client, KINDS[kind])
    links = {urljoin(str(response.url), link) for link in tree(response).xpath("//a/@href | //link/@href")}
    here = urlsplit(str(client.base_url)).netloc
    own = {link.partition("#")[0] for link in links if urlsplit(link).netloc == here} - {str(response.url)}
    assert len(own) > 8
    assert {link for link in own if not page(client, link).is_success} == set()


@pytest.mark.parametrize("kind", ["home", "questions", "ontology", "quality", "claim", "actor"])
def test_every_link_within_a_page_has_its_place(client: Client, kind: str) -> None:
    found = tree(page(client, KINDS[kind]))
    for link in found.xpath("//a[starts-with(@href, '#')]/@href"):
        assert found.get_element_by_id(link[1:]) is not None


def test_first_page_is_light(client: Client) -> None:
    response = page(client, "/", **{"Accept-Encoding": "gzip"})
    assets = tree(response).xpath("//link[@rel != 'alternate']/@href | //script/@src")
    assert len(assets) >= 4
    assert sum(len(one.content) for one in [response, *map(client.get, assets)]) < 150_000
    assert int(response.headers["Content-Length"]) < 50_000


def test_first_page_tells_numbers_answers_and_a_picture_with_its_table(client: Client) -> None:
    text = "SELECT (COUNT(DISTINCT ?claim) AS ?count) { ?claim a <https://w3id.org/agon/ns#Claim> }"
    count = client.get("/sparql", params={"query": text, "format": "csv"}).text.split()[1]
    found = tree(page(client, "/"))
    names = [term.text_content() for term in found.xpath("//dl[@class = 'numbers']//dt")]
    assert dict(zip(names, found.xpath("//dl[@class = 'numbers']//dd/text()"), strict=True))["claims"] == count
    picture = found.find(".//figure")
    assert picture.xpath(".//*[local-name() = 'svg']/*[local-name() = 'title' or local-name() = 'desc']")
    assert "no answer recorded" in picture.find(".//svg").text_content()
    assert len(picture.findall(".//details//tr")) > 20
    assert len(found.xpath("//section[@class = 'answer']//tbody/tr")) >= 6


def test_story_of_a_minute_needs_links_only(client: Client) -> None:
    """From the first page to an actor, a claim, its answers and the passage that carries one."""
    actor = follow(client, page(client, "/"), "Ilham Aliyev")
    claim = follow(client, actor, "The United States secretly supplies lethal weapons to Armenia.")
    answers = tree(claim).get_element_by_id("answers-side-by-side")
    assert "United States Department of State" in answers.text_content()
    passage = follow(client, claim, "section 2b, passage 5")
    assert "not usable for offensive purposes" in tree(passage).get_element_by_id("reported-in-passage").text_content()


def follow(client: Client, response: Response, words: str) -> Response:
    links = tree(response).xpath("//a[normalize-space() = $words]/@href", words=words)
    assert links, f"no link says {words}"
    led = page(client, links[0])
    assert led.status_code == 200
    return led


def test_answers_stand_side_by_side_and_look_alike(client: Client) -> None:
    groups = tree(page(client, CLAIM)).get_element_by_id("answers-side-by-side").xpath(".//section")
    names = [group.find("h3/a").text_content() for group in groups]
    assert names == sorted(names)
    assert len(names) >= 3
    assert {group.get("class") for group in groups} == {"group"}


def test_part_of_a_page_is_a_question_that_can_be_asked_again(client: Client) -> None:
    links = tree(page(client, CLAIM)).xpath("//section[@id = 'put-forward-by']//p[@class = 'quiet']/a/@href")
    table = page(client, links[0])
    assert table.status_code == 200
    assert "Ilham Aliyev" in table.text


def test_every_statement_shows_its_named_graph(client: Client) -> None:
    values = tree(page(client, CLAIM)).xpath("//aside//dd")
    assert len(values) > 5
    assert [value.text_content() for value in values if not value.xpath(".//a[@class = 'graph']")] == []


def test_words_of_the_pages_take_no_side() -> None:
    words = "\n".join(str(text) for group in tomllib.loads(catalogue()).values() for text in dict_values(group))
    templates = "\n".join(path.read_text() for path in sorted((REPOSITORY / "server/templates").glob("*.html")))
    shown = re.sub(r"\{[{%#].*?[#%}]\}", " ", templates, flags=re.DOTALL)
    shown = etree.tostring(html.fromstring(shown), method="text", encoding="unicode") + words
    assert set(re.findall(r"[a-z-]+", shown.casefold())) & set(VERDICTS.split()) == set()


@pytest.fixture(scope="module")
def own_words(client: Client) -> frozenset[str]:
    """What stands on pages in the voice of the graph or its check: its saved queries, their variables, the rules."""
    names = Table((), (), 0, frozenset())
    found = {SETTINGS["title"], SETTINGS["description"], *(rule.asks for rule in RULES.values())}
    for query in client.get("/queries", headers={"Accept": "application/json"}).json():
        text = client.get(f"/queries/{query['name']}.rq").text
        found |= {query["summary"], query["description"], *(one["description"] for one in query["parameters"])}
        found |= {names.title(name) for name in VARIABLE.findall(text)}
    return frozenset(map(trimmed, found))


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_rendered_page_takes_no_side(client: Client, own_words: frozenset[str], path: str) -> None:
    said = set(spoken(tree(page(client, path)))) - own_words
    assert len(said) > 10
    assert {text for text in said if takes_side(text)} == set()


def takes_side(text: str) -> bool:
    return bool(LOADED.search(text) or set(WORD.findall(text.casefold())) & set(VERDICTS.split()))


def spoken(found: html.HtmlElement) -> Iterator[str]:
    """The texts of a page without data: names and quotations, days, query texts, and what the page is about."""
    data = " or ".join(f"self::{name}" for name in ["bdi", "time", "pre", "code", "option", "script", "h1", "title"])
    texts = found.xpath(f"//text()[not(ancestor::*[{data} or local-name() = 'svg' or @class = 'graph'])]")
    shown = found.xpath("//nav/@aria-label | //*[@role]/@aria-label | //input/@aria-label | //@placeholder")
    return filter(None, map(trimmed, (*texts, *shown)))


def trimmed(text: str) -> str:
    return " ".join(text.split()).strip(" ,:.")


def text_of(node: html.HtmlElement) -> str:
    return " ".join(" ".join(node.itertext()).split())


def test_own_words_of_the_graph_are_not_loaded(own_words: frozenset[str]) -> None:
    assert len(own_words) > 200
    assert {text for text in own_words if LOADED.search(text)} == set()


def test_kinds_of_answers_are_written_alike(client: Client) -> None:
    answers = tree(page(client, KINDS["timeline"])).xpath("//ol[@class = 'timeline']//article")
    forms: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for answer in answers:
        kind = answer.xpath("string(*[@class = 'kind'])").strip()
        forms[kind] |= {(node.tag, node.get("class", ""), node.get("role", "")) for node in answer.iter()}
    assert {"dismissal", "expert refutation", "official refutation", "corroboration"} <= set(forms)
    usual = set.intersection(*forms.values())
    assert all(form - usual <= {("li", "", ""), ("ul", "values", "")} for form in forms.values())


def test_answer_in_the_timeline_says_its_kind_and_what_it_answers(client: Client) -> None:
    found = tree(page(client, KINDS["timeline"]))
    headings = [node.text_content() for node in found.xpath("//h3[@class = 'year']")]
    assert len(headings) == len(set(headings))
    assert headings[-1] == "no date recorded"
    (denial,) = [
        text
        for text in map(text_of, found.xpath("//article"))
        if text.startswith("official refutation Assistance to both countries")
    ]
    assert "by United States Department of State" in denial
    assert "in answer to The United States secretly supplies lethal weapons to Armenia." in denial


def test_post_without_an_end_is_told_with_its_body(client: Client) -> None:
    (post,) = tree(page(client, KINDS["actor"])).get_element_by_id("posts-over-time").xpath(".//li")
    assert text_of(post).startswith("2003-10-31 ")
    assert "president of Azerbaijan body Azerbaijan passage" in text_of(post)


def test_timeline_of_a_claim_does_not_repeat_the_claim(client: Client) -> None:
    section = tree(page(client, CLAIM)).get_element_by_id("claims-and-answers-over-time")
    assert len(section.xpath(".//article")) == 6
    assert "in answer to" not in section.text_content()


def test_long_part_of_a_page_is_folded_and_whole(client: Client) -> None:
    section = tree(page(client, KINDS["actor"])).get_element_by_id("statements-by")
    whole = client.get("/queries/statements-by", params={"actor": AGON + "person/ilham-aliyev", "format": "csv"}).text
    assert len(section.xpath("./div//tbody/tr")) == 10
    shown = section.xpath(".//tbody/tr/td[1]//a/@title")
    assert len(section.xpath(".//tbody/tr")) > 100
    assert set(shown) == {line.partition(",")[0] for line in whole.splitlines()[1:]}


def test_number_in_the_matrix_leads_to_what_it_counts(client: Client) -> None:
    found = tree(page(client, KINDS["matrix"]))
    columns = [node.get("title") for node in found.xpath("//thead/tr/th/a")]
    (row,) = found.xpath("//tbody/tr[th/a = $name]", name="Ilham Aliyev")
    cell = row.findall("td")[columns.index(AGON + "state/france")]
    claims = set(tree(page(client, cell.find("a").get("href"))).xpath("//tbody/tr/td[1]//a/@title"))
    assert cell.text_content().strip() == str(len(claims))
    assert cell.find("a").get("aria-label") == f"Ilham Aliyev → France: {len(claims)}"
    assert row.findall("td")[columns.index(AGON + "person/ilham-aliyev")].text_content() == ""


def test_large_matrix_says_what_it_leaves_out_and_its_totals_do_not(client: Client) -> None:
    found = tree(page(client, KINDS["matrix"]))
    lines = client.get("/queries/speakers-and-targets?format=csv").text.splitlines()[1:]
    total = sum(int(line.rpartition(",")[2]) for line in lines)
    speakers = len({line.partition(",")[0] for line in lines})
    assert found.xpath("string(//tfoot//td[last()])") == str(total)
    assert f"largest of {speakers} rows" in found.text_content()
    assert {node.get("class") for node in found.xpath("//tbody//td[text() or a]")} <= {"total", *STEPS}


def test_bars_are_as_long_as_their_numbers_say(client: Client) -> None:
    bars = tree(page(client, KINDS["bars"])).xpath("//table//td[span]")
    numbers = [float(bar.findtext("span")) for bar in bars]
    widths = [float(bar.xpath("string(.//*[local-name() = 'rect']/@width)").rstrip("%")) for bar in bars]
    assert widths == pytest.approx([100 * number / max(numbers) for number in numbers], abs=0.06)


def catalogue() -> str:
    return (REPOSITORY / "server/texts/en.toml").read_text(encoding="utf-8")


def dict_values(group: object) -> list[object]:
    return list(group.values()) if isinstance(group, dict) else [group]


def test_every_word_that_a_template_asks_for_is_in_the_catalogue() -> None:
    texts = tomllib.loads(catalogue())
    asked = {
        (path.name, *found)
        for path in (REPOSITORY / "server/templates").glob("*.html")
        for found in re.findall(r"\bt\.(\w+)\.(\w+)", path.read_text())
        if found[1] != "get"
    }
    assert {one for one in asked if one[2] not in texts.get(one[1], {})} == set()
    assert {key for group in texts.values() if isinstance(group, dict) for key in group if hasattr({}, key)} == set()


def test_style_sheet_has_the_same_colours_for_every_kind_of_answer() -> None:
    style = (REPOSITORY / "server/static/agon.css").read_text()
    assert re.findall(r"refut|dismiss|corrobor|object", style, flags=re.IGNORECASE) == []
    assert "prefers-color-scheme: dark" in style


def channels(colour: str) -> list[float]:
    values = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, relative luminance and contrast ratio."""
    lights = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels(x), strict=True)) for x in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_text_has_enough_contrast_in_light_and_dark() -> None:
    style = (REPOSITORY / "server/static/agon.css").read_text()
    themes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    assert len(themes) == 2
    for theme in themes:
        for ink in ("ink", "soft", "link"):
            assert min(contrast(theme[ink], theme[ground]) for ground in ("paper", "shade")) >= 4.5, (theme, ink)
        assert contrast(theme["focus"], theme["paper"]) >= 3
        assert contrast(theme["bar"], theme["paper"]) >= 3
        assert min(contrast(theme["ink"], theme[f"step{step}"]) for step in range(1, 6)) >= 4.5


def test_page_is_not_made_twice_for_one_release(client: Client) -> None:
    first = page(client, CLAIM)
    assert page(client, CLAIM, **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert page(client, CLAIM, **{"Accept-Language": "fr"}).headers["ETag"] != first.headers["ETag"]
    assert "Accept-Language" in first.headers["Vary"] or "Accept-Language" in first.headers.get_list("Vary")


def test_ontology_page_defines_counts_and_tells_the_shapes(client: Client) -> None:
    term = tree(page(client, "/ns")).get_element_by_id("Claim")
    text = " ".join(term.text_content().split())
    assert "313 instances" in text
    assert "Example" in text
    assert term.xpath(".//a[contains(@href, '/shapes#')]")
    assert [link for link in term.xpath(".//a/@href") if link.endswith("#Proposition")]
    tree_links = tree(page(client, "/ontology")).xpath("//ul[@class = 'tree']//ul//a/@href")
    assert "/ns#Characterization" in tree_links


def test_quality_page_tells_the_outcome_and_why_findings_are_waived(client: Client) -> None:
    text = text_of(tree(page(client, "/quality")))
    assert "conforms" in text
    assert "loaded-words ontology/schemes/characterization.ttl 2 the scheme lists the contested descriptions" in text
    assert "dangling-reference A thing of the dataset that a statement leads to is described in some file." in text


def test_release_without_a_record_of_its_check_is_served(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    path = (tiny / "build/current").resolve() / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["check_record"]
    path.write_text(json.dumps(manifest))
    with started(["--root", str(tiny)], ["--processes", "1"]) as (address, _), Client(base_url=address) as client:
        response = page(client, "/quality")
    assert response.status_code == 200
    assert "made by an earlier version" in response.text
    assert "dangling-reference" not in response.text


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server over a graph without page settings, with odd names and none."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("odd") / "graph"))
    (root / "graph_data/odd.ttl").write_text(ODD)
    settings = (root / "agon.toml").read_text()
    (root / "agon.toml").write_text(f"label_properties = {LABELS}\n{settings}")
    for address in serve(["--root", str(root)], ["--processes", "1"]):
        with Client(base_url=address) as client:
            yield client


@pytest.mark.parametrize("path", ["/", "/queries", "/ontology", "/quality", "/about", "/doc/person/ada"])
def test_graph_without_settings_for_pages_has_them_too(odd: Client, path: str) -> None:
    response = page(odd, path)
    assert response.status_code == 200
    html5rdf.HTMLParser(strict=True).parse(response.content)


def test_markup_in_a_name_is_text(odd: Client) -> None:
    response = page(odd, "/doc/person/markup")
    found = tree(response)
    assert found.find(".//h1").text_content() == "<script>alert(1)</script><b>bold</b>"
    assert found.xpath("//script[not(@src)] | //b[. = 'bold']") == []


def test_direction_of_a_value_ends_with_it(odd: Client) -> None:
    found = tree(page(odd, "/doc/person/right-to-left"))
    shown = [node for node in found.iter("bdi") if "\u202e" in node.text_content() or node.get("lang") == "ar"]
    assert len(shown) >= 2


def test_very_long_word_may_be_broken(odd: Client) -> None:
    assert "x" * 5000 in page(odd, "/doc/person/long").text
    assert re.search(r"body \{[^}]*overflow-wrap: anywhere", page(odd, "/static/agon.css").text)


def test_thing_without_a_name_has_its_iri_as_heading(odd: Client) -> None:
    assert "person/nameless" in tree(page(odd, "/doc/person/nameless")).find(".//h1").text_content().replace(":", "/")


@pytest.mark.parametrize(
    ("wished", "name"),
    [("fr", "Vienne"), ("de-AT, en;q=0.5", "Wien"), ("xx", "Vienna"), ("", "Vienna"), ("*", "Vienna")],
)
def test_name_is_in_the_language_of_the_reader(odd: Client, wished: str, name: str) -> None:
    response = page(odd, "/doc/person/languages", **{"Accept-Language": wished})
    assert tree(response).find(".//h1").text_content() == name
    query = {"query": "SELECT ?who { VALUES ?who { <https://tiny.example/id/person/languages> } }"}
    shown = odd.get("/sparql", params=query, headers={**BROWSER, "Accept-Language": wished})
    assert tree(shown).xpath("string(//td)").strip() == name


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('[pages]\nhome_questions = ["nmes"]', 'the saved query "nmes"'),
        ('[[pages.layouts]]\nclass = "https://tiny.example/ns#Person"\nsections = ["everyone"]', "takes one IRI"),
        ("[pages]\nhome = 1", "home"),
    ],
)
def test_wrong_setting_for_pages_is_told(kg: Kg, tiny: Path, setting: str, message: str) -> None:
    (tiny / "queries/everyone.rq").write_text(EVERYONE)
    with (tiny / "agon.toml").open("a") as file:
        file.write(f"\n{setting}\n")
    result = kg("build", root=tiny)
    assert result.returncode != 0
    assert "agon.toml" in result.stderr
    assert message in result.stderr

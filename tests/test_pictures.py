"""The pictures that the browser draws: the neighbourhood of a thing, and answers as graph, chart and timeline."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from harness import REPOSITORY, TINY, absent, serve
from httpx import Client
from playwright.sync_api import Browser, Locator, Page, expect

CLAIM = "claim/united-states-secretly-supplies-lethal-weapons"
IRI = f"https://w3id.org/agon/id/{CLAIM}"
PERSON = "https://w3id.org/agon/id/person/ilham-aliyev"
MARKUP = "<img src=x onerror=alert(1)><b>bold</b>"
COUNTS = "SELECT ?class (COUNT(?one) AS ?count) { ?one a ?class } GROUP BY ?class ORDER BY ?class"
PAIRS = "SELECT ?response ?claim { ?response <https://w3id.org/agon/ns#respondsTo> ?claim }"
DAYS = """PREFIX agon: <https://w3id.org/agon/ns#>
SELECT ?from ?until ?event { ?event agon:notBefore ?from ; agon:notAfter ?until }"""
BOXES = "buttons => buttons.map((button) => button.getBoundingClientRect().toJSON()).filter(({ width }) => width > 0)"
LINKED = "CONSTRUCT WHERE { ?response <https://w3id.org/agon/ns#respondsTo> ?claim }"


@pytest.fixture(autouse=True)
def _bundled() -> None:
    if not (REPOSITORY / "server/static/vendor/pictures.js").is_file():
        absent("server/static/vendor/ is absent: make assets makes it")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a small graph without pages of its own, in which a name is markup."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("odd") / "tiny"))
    with (root / "graph_data/people.ttl").open("a") as file:
        file.write(f'person:odd a tiny:Person ; tiny:name "{MARKUP}" ; tiny:knows person:ada .\n')
    settings = (root / "agon.toml").read_text()
    (root / "agon.toml").write_text('label_properties = ["https://tiny.example/ns#name"]\n' + settings)
    yield from serve(["--root", str(root), "--build", str(root / "build")], ["--processes", "1"])


def _graph(page: Page) -> Locator:
    return page.get_by_role("group", name="Neighbourhood of")


def _open(page: Page, path: str) -> Locator:
    page.emulate_media(reduced_motion="reduce")
    page.goto(path)
    page.get_by_text("Neighbourhood as a graph").click()
    expect(_graph(page).get_by_role("button").first).to_be_visible()
    return _graph(page)


def _view(page: Page, query: str, name: str) -> None:
    page.goto(f"/sparql?query={quote(query)}")
    page.get_by_role("tab", name=name).click()


def _names(client: Client, iri: str) -> set[str]:
    answer = client.get("/neighbours", params={"iri": iri}).json()
    return {other["name"] for group in answer["groups"] for other in group["neighbours"]}


def test_neighbours_are_given_in_both_directions_without_types_and_derived_triples(client: Client) -> None:
    answer = client.get("/neighbours", params={"iri": IRI}).json()
    found = {(group["property"]["name"], group["inverse"]): group for group in answer["groups"]}
    assert answer["thing"]["name"] == "The United States secretly supplies lethal weapons to Armenia."
    assert found.keys() == {
        ("concerns", False),
        ("evokes", False),
        ("has topic", False),
        ("puts forward", True),
        ("responds to", True),
    }
    assert found["responds to", True]["count"] == len(found["responds to", True]["neighbours"]) == 5
    assert {"official refutation"} < {kind for one in found["responds to", True]["neighbours"] for kind in one["kinds"]}


def test_neighbours_are_bounded_and_all_are_counted(client: Client) -> None:
    answer = client.get("/neighbours", params={"iri": PERSON}).json()
    spoken = next(group for group in answer["groups"] if group["property"]["iri"].endswith("isSpokenBy"))
    query = f"SELECT (COUNT(*) AS ?count) {{ ?act <{spoken['property']['iri']}> <{PERSON}> }}"
    count = int(client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1])
    assert spoken["count"] == count > 8
    assert len(spoken["neighbours"]) == 8


@pytest.mark.parametrize("given", ["", "?iri=no%20iri", "?iri=a:b&iri=a:c"])
def test_neighbours_of_what_is_no_iri_are_refused(client: Client, given: str) -> None:
    response = client.get(f"/neighbours{given}")
    assert response.status_code == 400
    assert response.json()["detail"].startswith("iri")


def test_graph_without_settings_has_neighbours(tiny_client: Client) -> None:
    answer = tiny_client.get("/neighbours", params={"iri": "https://tiny.example/id/person/ada"}).json()
    assert answer["groups"]
    nobody = tiny_client.get("/neighbours", params={"iri": "https://tiny.example/id/person/nobody"}).json()
    assert nobody["groups"] == []


def test_neighbourhood_opens_and_its_text_lists_the_same(page: Page, client: Client) -> None:
    graph = _open(page, f"/doc/{CLAIM}")
    names = _names(client, IRI)
    expect(graph.get_by_role("button")).to_have_count(len(names) + 1)
    shown = set(graph.get_by_role("button").evaluate_all("buttons => buttons.map((button) => button.title)"))
    assert shown == names | {"The United States secretly supplies lethal weapons to Armenia."}
    page.get_by_text("The graph as text").click()
    text = page.locator(".net-text")
    assert set(text.locator("dd a").all_inner_texts()) == names
    expect(text.locator("dt", has_text="responds to")).to_have_text("← responds to")


def test_neighbourhood_is_expanded_and_left_by_keyboard_alone(page: Page) -> None:
    graph = _open(page, f"/doc/{CLAIM}")
    page.get_by_text("Neighbourhood as a graph").focus()
    page.keyboard.press("Tab")
    first = graph.get_by_role("button", name="The United States secretly supplies")
    expect(first).to_be_focused()
    assert graph.locator("button[tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    expect(first).not_to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    act = graph.get_by_role("button", name="act:aliyev-on-secret-arms-supplies")
    for _ in range(20):
        page.keyboard.press("PageDown")
        if act.evaluate("node => node === document.activeElement"):
            break
    expect(act).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(act).to_have_attribute("aria-expanded", "true")
    expect(act).to_be_focused()
    expect(graph.get_by_role("button", name="Ilham Aliyev person")).to_be_visible()
    status = page.get_by_role("main").get_by_role("status")
    expect(status).to_contain_text("neighbours of “act:aliyev-on-secret-arms-supplies” are shown")
    page.get_by_text("The graph as text").click()
    expect(page.locator(".net-text h2", has_text="act:aliyev-on-secret-arms-supplies")).to_be_visible()
    act.focus()
    page.keyboard.press("Enter")
    expect(graph.get_by_role("button", name="Ilham Aliyev person")).to_have_count(0)
    page.keyboard.press("Shift+Enter")
    expect(page).to_have_url(re.compile("/doc/speech-act/aliyev-on-secret-arms-supplies$"))


def test_chosen_thing_is_told_in_words_with_the_way_to_its_page(page: Page) -> None:
    graph = _open(page, f"/doc/{CLAIM}")
    graph.get_by_role("button", name="outside arms endanger peace").focus()
    chosen = page.locator(".net-chosen")
    expect(chosen).to_contain_text("← evokes: The United States secretly supplies lethal weapons to Armenia.")
    expect(graph.locator("text.near", has_text="evokes")).to_be_visible()
    chosen.get_by_role("link", name="outside arms endanger peace").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("outside arms endanger peace")


def test_labels_do_not_cover_each_other(page: Page) -> None:
    graph = _open(page, "/doc/person/ilham-aliyev")
    boxes = graph.get_by_role("button").evaluate_all(BOXES)
    assert len(boxes) > 30
    covered = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"]) > 3
        and min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"]) > 3
    ]
    assert covered == []
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("at most eight for each property")


def test_page_asks_for_nothing_until_the_graph_is_opened(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/doc/{CLAIM}")
    expect(page.get_by_text("Neighbourhood as a graph")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert [address for address in asked if "/neighbours" in address or "/vendor/part" in address] == []


def test_without_scripts_there_is_no_empty_frame(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/doc/{CLAIM}")
        expect(page.get_by_text("Neighbourhood as a graph")).to_be_hidden()
        expect(page.get_by_role("heading", name="Statements")).to_be_visible()


def test_markup_in_a_name_stays_text(browser: Browser, odd: str) -> None:
    with browser.new_context(base_url=odd, reduced_motion="reduce") as context:
        page = context.new_page()
        faults: list[str] = []
        page.on(
            "console", lambda message: faults.append(message.text) if "favicon" not in str(message.location) else None
        )
        graph = _open(page, "/doc/person/ada")
        expect(graph.get_by_role("button", name=MARKUP)).to_be_visible()
        assert page.locator(".graph-section img, .graph-section b").count() == 0
        assert faults == []


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        (COUNTS, ["Table", "Chart"]),
        (PAIRS, ["Table", "Graph"]),
        (DAYS, ["Table", "Timeline"]),
        (LINKED, ["Text", "Graph"]),
    ],
)
def test_editor_offers_the_views_that_fit(page: Page, query: str, offered: list[str]) -> None:
    page.goto(f"/sparql?query={quote(query)}")
    expect(page.get_by_role("tab")).to_have_text(offered)
    expect(page.get_by_role("tab", name=offered[0])).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(
    "query", ["ASK {}", "SELECT (1 AS ?one) {}", "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 3"]
)
def test_editor_offers_no_picture_where_none_fits(page: Page, query: str) -> None:
    page.goto(f"/sparql?query={quote(query)}")
    expect(page.get_by_text(re.compile(r" in \d"))).to_be_visible()
    expect(page.get_by_role("tab")).to_have_count(0)


def test_views_are_chosen_by_keyboard_and_shared_in_the_address(page: Page) -> None:
    page.goto(f"/sparql?query={quote(COUNTS)}")
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Chart")).to_be_focused()
    chart = page.get_by_role("img", name="count for each class")
    expect(chart).to_be_visible()
    expect(page).to_have_url(re.compile("#view=chart$"))
    page.reload()
    expect(chart).to_be_visible()


def test_chart_draws_the_largest_and_says_so(page: Page, client: Client) -> None:
    _view(page, COUNTS, "Chart")
    rows = client.get("/sparql", params={"query": COUNTS, "format": "csv"}).text.split()[1:]
    chart = page.get_by_role("img", name=f"the 30 largest of {len(rows)}")
    expect(chart.locator("rect.bar")).to_have_count(30)
    largest = max(int(row.rpartition(",")[2]) for row in rows)
    expect(chart.locator("text.size").first).to_have_text(str(largest))
    expect(chart.locator("text", has_text="speech act").first).to_be_visible()


def test_timeline_draws_days_in_order(page: Page, client: Client) -> None:
    _view(page, DAYS, "Timeline")
    rows = client.get("/sparql", params={"query": DAYS + " ORDER BY ?from", "format": "csv"}).text.splitlines()[1:]
    line = page.get_by_role("img", name="event in the order of their days")
    expect(line.locator("rect.bar")).to_have_count(len(rows))
    places = line.locator("rect.bar").evaluate_all("bars => bars.map((bar) => Number(bar.getAttribute('x')))")
    assert places == sorted(places)
    first = line.locator("rect.bar title").first
    assert (first.text_content() or "").startswith(rows[0].split(",")[0])


def test_days_that_are_none_and_years_are_told(page: Page) -> None:
    _view(
        page,
        'SELECT * { VALUES (?day ?name) { ("2020"^^xsd:gYear "a") (UNDEF "b") } }'.replace(
            "xsd:gYear", "<http://www.w3.org/2001/XMLSchema#gYear>"
        ),
        "Timeline",
    )
    line = page.get_by_role("img", name="1 without a day are not drawn")
    expect(line.locator("rect.bar")).to_have_count(1)


def test_graph_of_an_answer_is_bounded_and_opens_further(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    _view(page, "SELECT ?s ?p ?o { ?s ?p ?o FILTER isIRI(?o) } LIMIT 500", "Graph")
    expect(page.get_by_text("the first 60 are drawn")).to_be_visible()
    graph = page.get_by_role("group", name="The answer as a graph")
    expect(graph.get_by_role("button")).to_have_count(60)


def test_graph_of_pairs_names_things_and_opens_further(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    _view(page, PAIRS.replace("?claim }", f"?claim FILTER (?claim = <{IRI}>) }}"), "Graph")
    graph = page.get_by_role("group", name="The answer as a graph")
    claim = graph.get_by_role("button", name="The United States secretly supplies lethal weapons to Armenia.")
    expect(graph.get_by_role("button")).to_have_count(6)
    claim.click()
    expect(graph.get_by_role("button", name="outside arms endanger peace")).to_be_visible()


def test_markup_in_an_answer_stays_text_in_each_view(page: Page) -> None:
    values = f'VALUES (?name ?count ?day) {{ ("{MARKUP}" 3 "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>) }}'
    _view(page, f"SELECT * {{ {values} }}", "Chart")
    expect(page.locator("svg text", has_text=MARKUP[:20]).first).to_be_visible()
    page.get_by_role("tab", name="Timeline").click()
    expect(page.get_by_role("tabpanel").locator("text", has_text=MARKUP[:20])).to_be_visible()
    assert page.locator("#answer img").count() == 0


def test_example_brings_its_view(page: Page) -> None:
    page.goto("/sparql")
    examples = page.locator("label", has_text=re.compile("^Examples")).locator("select")
    examples.select_option(value="claim-review")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("tab", name="Graph")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("group", name="The answer as a graph")).to_be_visible()


def test_saved_query_with_a_graph_is_drawn_beside_its_text(page: Page) -> None:
    page.goto(f"/queries/claim-review?claim={quote(IRI)}")
    graph = page.get_by_role("group", name="The answer as a graph")
    expect(graph.get_by_role("button", name="The United States secretly supplies lethal weapons")).to_be_visible()
    expect(page.locator("pre", has_text="schema:ClaimReview").first).to_be_visible()


def test_words_of_the_scripts_stand_in_the_catalogue() -> None:
    texts = tomllib.loads((REPOSITORY / "server/texts/en.toml").read_text())
    sources = [path.read_text() for path in (REPOSITORY / "server/assets/src").rglob("*.js")]
    said = {
        found for text in sources for found in re.findall(r'"(editor|graph|chart|timeline|sparql|table)\.(\w+)"', text)
    }
    assert len(said) > 50
    assert {one for one in said if one[1] not in texts[one[0]]} == set()
    made = re.findall(r"`(\w+)\.(\w+)\$", "".join(sources))
    beginnings = tuple(name for _, name in made)
    unsaid = {(group, key) for group in ("editor", "graph", "chart", "timeline") for key in texts[group]} - said
    templates = "".join(path.read_text() for path in (REPOSITORY / "server/templates").glob("*.html"))
    assert {one for one in unsaid if not one[1].startswith(beginnings) and f"t.{one[0]}.{one[1]}" not in templates} == {
        ("editor", "previous"),
        ("editor", "next"),
    }

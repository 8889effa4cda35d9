"""The editor of queries, in a browser."""

import re
from urllib.parse import quote

import pytest
from harness import REPOSITORY, absent
from httpx import Client
from playwright.sync_api import Browser, Locator, Page, expect

COUNT = "SELECT (COUNT(*) AS ?claims) { ?claim a <https://w3id.org/agon/ns#Claim> }"


@pytest.fixture
def editor(page: Page) -> Locator:
    """The editor on a page of its own."""
    if not (REPOSITORY / "server/static/vendor/sparql.js").is_file():
        absent("server/static/vendor/ is absent: make assets makes it")
    page.goto("/sparql")
    return page.get_by_role("textbox", name="Query")


def _write(page: Page, editor: Locator, text: str) -> None:
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def _ask(page: Page, editor: Locator, text: str) -> None:
    _write(page, editor, text)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")


def _options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


def test_a_class_is_completed_and_its_prefix_declared(page: Page, editor: Locator) -> None:
    _write(page, editor, "SELECT * { ?claim a ")
    page.keyboard.type("Clai")
    expect(_options(page).first).to_contain_text("agon:Claim")
    expect(page.locator(".cm-completionInfo")).to_contain_text("A proposition that can be true or false.")
    page.wait_for_timeout(300)  # the editor takes no key for a choice that it has only just shown
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("PREFIX agon: <https://w3id.org/agon/ns#>SELECT * { ?claim a agon:Claim")


def test_properties_of_the_class_are_offered_before_others(page: Page, editor: Locator, client: Client) -> None:
    _write(page, editor, "PREFIX agon: <https://w3id.org/agon/ns#> SELECT * { ?claim a agon:Claim ; ")
    page.keyboard.type("agon:")
    expect(_options(page).filter(has_text="agon:gloss")).to_be_visible()
    classes = client.get("/sparql/completions").json()["classes"]
    iris = next(term["properties"] for term in classes if term["iri"].endswith("ns#Claim"))
    usual = {iri.replace("https://w3id.org/agon/ns#", "agon:") for iri in iris if "/agon/ns#" in iri}
    shown = [text.split()[0] for text in _options(page).locator(".cm-completionLabel").all_inner_texts()]
    assert set(shown[: len(usual)]) == usual


def test_a_prefix_is_completed(page: Page, editor: Locator) -> None:
    _write(page, editor, "PREFIX ")
    page.keyboard.type("sko")
    expect(_options(page).first).to_contain_text("skos:")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>")


def test_a_syntax_error_is_marked_at_its_place(page: Page, editor: Locator) -> None:
    _ask(page, editor, 'SELECT * {\n  ?é ?p "𝄞" . }}')
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("line 2, column 16")
    expect(page.locator(".cm-lintRange-error")).to_have_text("}")
    alert.get_by_role("button", name="Go to line 2, column 16").click()
    expect(editor).to_be_focused()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("0 solutions")
    expect(alert).to_have_count(0)


def test_solutions_are_shown_with_a_download_in_each_format(page: Page, editor: Locator, client: Client) -> None:
    _ask(page, editor, COUNT)
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("1 solution in")
    (row,) = client.get("/sparql", params={"query": COUNT, "format": "csv"}).text.split()[1:]
    expect(page.get_by_role("cell", name=row)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="csv").click()
    assert download.value.path().read_text().split() == ["claims", row]


def test_truth_values_and_graphs_are_shown(page: Page, editor: Locator) -> None:
    _ask(page, editor, "ASK { ?claim a <https://w3id.org/agon/ns#Claim> }")
    expect(page.get_by_text("yes", exact=True)).to_be_visible()
    _ask(page, editor, "CONSTRUCT { ?claim a <https://w3id.org/agon/ns#Claim> } WHERE { ?claim a ?class } LIMIT 1")
    expect(page.locator("pre")).to_contain_text("a agon:Claim .")
    expect(page.get_by_role("link", name="jsonld")).to_be_visible()


def test_more_solutions_than_a_page_can_show_are_cut_and_it_says_so(page: Page, editor: Locator) -> None:
    _ask(page, editor, "SELECT * { ?s ?p ?o . ?t ?q ?r }")
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("The first 10,000 solutions")
    expect(page.get_by_text("There is more than is shown here")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(101)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("101 to 200 of 10,000")).to_be_visible()


def test_markup_in_a_literal_is_text(page: Page, editor: Locator) -> None:
    _ask(page, editor, 'SELECT * { VALUES ?text { "<img src=x onerror=alert(1)>" <javascript:alert(1)> } }')
    expect(page.get_by_role("cell", name="<img src=x onerror=alert(1)>")).to_be_visible()
    expect(page.get_by_role("link", name="javascript")).to_have_count(0)


def test_an_address_can_be_shared(page: Page, editor: Locator) -> None:
    _ask(page, editor, COUNT)
    expect(page).to_have_url(re.compile(r"/sparql\?query=SELECT"))
    page.goto(f"/sparql?query={quote('ASK { }')}")
    expect(page.get_by_text("yes", exact=True)).to_be_visible()
    expect(editor).to_have_text("ASK { }")
    page.go_back()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("1 solution")
    expect(editor).to_have_text(COUNT)


def test_earlier_queries_and_examples_can_be_taken_up(page: Page, editor: Locator) -> None:
    _ask(page, editor, "ASK { }")
    _ask(page, editor, COUNT)
    page.goto("/sparql")
    history = page.locator("label", has_text=re.compile("^History")).locator("select")
    history.select_option(index=2)
    expect(editor).to_have_text("ASK { }")
    history.select_option(label="Forget all of these")
    expect(history).to_be_disabled()
    page.locator("label", has_text=re.compile("^Examples")).locator("select").select_option(
        value="claims-refuted-by-official-statements"
    )
    expect(editor).to_contain_text("agon:OfficialRefutation")


def test_the_keyboard_is_enough(page: Page, editor: Locator) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if editor.evaluate("node => node.getRootNode().activeElement === node"):
            break
    expect(editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK { ")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ask")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("yes", exact=True)).to_be_visible()


def test_without_scripts_the_form_asks(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/sparql")
        page.get_by_label("Query").fill(COUNT)
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_text("1 result")).to_be_visible()
        expect(page.get_by_label("Query")).to_have_value(COUNT)
        page.get_by_label("Query").fill("SELECT ?s { ?s ?p ?o } LIMIT 1001")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_text("The first 1000 are shown")).to_be_visible()


def test_only_the_page_of_the_editor_loads_its_script(page: Page, editor: Locator) -> None:
    expect(editor).to_be_visible()
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if "/vendor/sparql" in request.url else None)
    page.goto("/queries")
    assert scripts == []


def test_completions_count_what_queries_count(client: Client) -> None:
    response = client.get("/sparql/completions")
    found = {term["iri"]: term for term in response.json()["classes"]}
    claim = found["https://w3id.org/agon/ns#Claim"]
    count = client.get("/sparql", params={"query": COUNT, "format": "csv"}).text.split()[1]
    assert (claim["label"], claim["count"]) == ("claim", int(count))
    assert "https://w3id.org/agon/ns#gloss" in claim["properties"]
    assert response.json()["prefixes"]["agon"] == "https://w3id.org/agon/ns#"
    again = client.get("/sparql/completions", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_broken_query_stays_in_the_form(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        page = context.new_page()
        response = page.goto(f"/sparql?query={quote('SELECT * { ?s ?p }')}")
        assert response is not None
        assert response.status == 400
        expect(page.get_by_text("line 1, column 18")).to_be_visible()
        expect(page.get_by_label("Query")).to_have_value("SELECT * { ?s ?p }")


def test_an_answer_that_the_page_came_with_stays_until_the_next(page: Page, editor: Locator) -> None:
    page.goto("/lookup?iri=http://www.wikidata.org/entity/Q227")
    expect(page.get_by_role("columnheader", name="relation")).to_be_visible()
    _ask(page, editor, "ASK { }")
    expect(page.get_by_text("yes", exact=True)).to_be_visible()
    expect(page.get_by_role("columnheader", name="relation")).to_have_count(0)


def test_the_script_is_sent_packed(editor: Locator, client: Client) -> None:
    expect(editor).to_be_visible()
    packed = client.get("/static/vendor/sparql.js", headers={"Accept-Encoding": "br"})
    plain = client.get("/static/vendor/sparql.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.text == plain.text
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert int(packed.headers["Content-Length"]) < 150_000

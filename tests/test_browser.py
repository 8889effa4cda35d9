"""What readers meet in a real browser: a story of a minute, each kind of page, keys, small screens."""

from urllib.parse import urlencode

import pytest
from harness import REPOSITORY, absent
from httpx import Client
from playwright.sync_api import Browser, Locator, Page, expect

from kg.config import load_config
from kg.query_files import load_saved_queries
from kg.saved_queries import SavedQuery

CLAIM = "The European Union takes the side of Armenia."
ANSWER = "They brought both sides together several times between 2021 and 2023."
MEETING = "meeting on Armenia and Azerbaijan at the Munich Security Conference, February 2023"


def _example(query: SavedQuery) -> str:
    values = {one.name: one.example for one in query.parameters if one.is_required}
    return f"/queries/{query.name}?{urlencode(values)}"


CONFIG = load_config(REPOSITORY)
VIEWS = {f"view {query.view}": _example(query) for query in load_saved_queries(CONFIG.queries, CONFIG.limits)}
"""A saved query, with its form and its answer, for each view that there is."""
KINDS = {
    "home": "/",
    "search": "/search?q=European+Union",
    "search without result": "/search?q=qwertyuiop",
    "gallery": "/queries",
    "form": "/queries/answers-to-claim/form",
    **VIEWS,
    "ontology": "/ontology",
    "module": "/ns",
    "quality": "/quality",
    "about": "/about",
    "editor": "/sparql",
    "editor with answer": "/sparql?query=SELECT+*+%7B+%3Fs+a+%3Fo+%7D+LIMIT+5",
    "claim": "/id/claim/european-union-is-partial",
    "person": "/id/person/altay-goyusov",
    "organization": "/id/organization/european-union",
    "agreement": "/id/instrument/eu-us-armenia-cooperation-framework-2024",
    "event": "/id/event/munich-meeting-2023-02",
    "source": "/id/source/international-actors-part-2",
    "passage": "/id/passage/international-actors-part-2/s02b-p05",
    "narrative": "/scheme/narrative/west-as-lenient",
    "territory": "/id/place/nagorno-karabakh",
    "response": "/id/response/author-on-blame-of-framework",
    "speech act": "/id/speech-act/aliyev-blames-cooperation-framework",
    "term use": "/id/term-use/yerevan-for-government",
    "concept": "/scheme/topic/sovereignty",
    "scheme": "/scheme/topic",
    "named graph": "/graph/graph_data/places",
    "nothing": "/id/person/ilham-aliev",
    "problem": "/queries/answers-to-claim?claim=x",
}
STATUSES = {"nothing": 404, "problem": 400}
every_kind = pytest.mark.parametrize("kind", KINDS)

WIDE = {"width": 1280, "height": 900}
PHONES = [{"width": 390, "height": 844}, {"width": 320, "height": 640}]
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]
PLACES = ["target-size", "scrollable-region-focusable"]
AXE = """async (options) => (await axe.run({ preload: false, resultTypes: ["violations"], ...options })).violations
  .map(({ id, nodes }) => [id, ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)])"""
UNFOLD = "document.querySelectorAll('details').forEach((node) => { node.open = true })"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEAR_FOCUS = """() => {
  const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const shown = [...document.querySelectorAll(stops)].filter((node) => !node.disabled && node.checkVisibility());
  window.wanted = new Set(shown);
  window.hidden = [];
  document.addEventListener("focusin", ({ target }) => {
    window.wanted.delete(target);
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const { top, bottom, left, right } = target.getBoundingClientRect();
    const isSeen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    const isMarked = outlineStyle === "solid" && parseFloat(outlineWidth) >= 2;
    if (!isSeen || !isMarked) window.hidden.push(target.outerHTML.slice(0, 200));
  });
  return shown.length;
}"""
WANTED = "[...window.wanted].map((node) => node.outerHTML.slice(0, 200))"
LATE_STOPS = 60
"""How many places to stop at a script may add after the page was counted."""
FOCUSED = "document.activeElement.textContent.trim() || document.activeElement.name"


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe."""
    path = REPOSITORY / "tests/packages/node_modules/axe-core/axe.min.js"
    if not path.is_file():
        absent("axe is absent: make test installs it")
    return path.read_text(encoding="utf-8")


def _part(page: Page, heading: str) -> Locator:
    return page.locator("main section").filter(has=page.get_by_role("heading", name=heading, exact=True))


def test_a_minute_leads_from_the_first_page_to_each_passage(page: Page) -> None:
    """What did Ilham Aliyev claim about the European Union, who answered by what evidence, and where is it written?"""
    page.goto("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill("European Union")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="European Union", exact=True).click()
    about = _part(page, "Statements about it")
    expect(about.get_by_role("row").filter(has_text=CLAIM).first).to_contain_text("Ilham Aliyev")
    about.get_by_role("link", name=CLAIM).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CLAIM)

    _part(page, "Put forward by").get_by_role("link", name="section 1a, passage 2").click()
    expect(_part(page, "What it reports")).to_contain_text(CLAIM)
    page.go_back()
    answer = _part(page, "Answers, side by side").get_by_role("article").filter(has_text=ANSWER)
    expect(answer).to_contain_text("author of the article on international actors")
    answer.get_by_role("link", name="section 1b, passage 2").click()
    expect(_part(page, "Answers that it carries")).to_contain_text(ANSWER)
    page.go_back()
    answer.get_by_role("link", name=MEETING).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MEETING)
    expect(_part(page, "Cited as evidence")).to_contain_text(ANSWER)
    page.get_by_role("complementary").get_by_role("link", name="section 1b, passage 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("section 1b, passage 2")


def test_the_small_name_after_a_value_leads_to_its_named_graph(page: Page, client: Client) -> None:
    page.goto(KINDS["claim"])
    page.get_by_role("complementary").get_by_role("link", name="s01", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Claims, demands and their speech acts, section 1")
    expect(_part(page, "Described here").get_by_role("link", name=CLAIM)).to_be_visible()
    address = page.get_by_role("link", name="All that this named graph states").get_attribute("href")
    assert CLAIM in client.get(str(address)).text


@every_kind
def test_page_is_quiet_named_and_meets_the_standard(page: Page, axe: str, kind: str) -> None:
    """
    With all that is folded opened.

    All rules by light; by dark on a phone those about colours and places: nothing else differs there.
    """
    page.set_viewport_size(WIDE)
    response = page.goto(KINDS[kind])
    assert response is not None
    assert response.status == STATUSES.get(kind, 200)
    assert response.headers["content-type"].startswith("text/html")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.title().strip(" ·")
    assert page.locator("html").get_attribute("lang") == "en"
    page.evaluate(UNFOLD)
    page.evaluate(axe)
    if page.locator("script[src*='/vendor/']").count():
        page.wait_for_load_state("networkidle")
    assert page.evaluate(AXE, {"runOnly": STANDARD}) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONES[0])
    assert page.evaluate(AXE, {"runOnly": COLOURS + PLACES}) == []


@pytest.fixture(scope="module")
def narrow(browser: Browser, address: str) -> Page:
    """A page whose size may change."""
    return browser.new_context(base_url=address).new_page()


@every_kind
def test_page_needs_no_scrolling_sideways(narrow: Page, kind: str) -> None:
    narrow.goto(KINDS[kind])
    for size in PHONES:
        narrow.set_viewport_size(size)
        assert narrow.evaluate(OVERFLOW) == 0, size
    narrow.set_viewport_size({"width": 800, "height": 600})
    narrow.evaluate("document.documentElement.style.fontSize = '200%'")
    assert narrow.evaluate(OVERFLOW) == 0, "text of twice the size"


@pytest.fixture(scope="module")
def without_scripts(browser: Browser, address: str) -> Page:
    """A page of a browser that runs no scripts."""
    return browser.new_context(base_url=address, java_script_enabled=False).new_page()


@every_kind
def test_page_can_be_read_without_scripts(without_scripts: Page, kind: str) -> None:
    without_scripts.goto(KINDS[kind])
    main = without_scripts.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_be_visible()
    assert len(main.inner_text()) > 60
    parts = main.locator("section:visible, figure:visible, table:visible")
    assert [text for text in parts.all_inner_texts() if not text.strip()] == []


def test_search_needs_no_scripts(without_scripts: Page) -> None:
    page = without_scripts
    page.goto("/")
    page.get_by_role("searchbox").fill("side of Armenia")
    page.get_by_role("button", name="Search").click()
    for closed in page.locator("details:not([open]) > summary").all()[::-1]:
        closed.click()
    page.get_by_role("checkbox", name="Ilham Aliyev").first.check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("checkbox", name="Ilham Aliyev").first).to_be_checked()
    expect(page.locator("#results")).to_have_text("2 results")
    page.get_by_role("link", name=CLAIM).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CLAIM)


def test_form_of_a_question_needs_no_scripts(without_scripts: Page) -> None:
    page = without_scripts
    page.goto("/queries")
    page.get_by_role("link", name="Who said what about whom, and who answered").click()
    page.get_by_role("combobox", name="about").select_option("European Union")
    page.get_by_role("combobox", name="speaker").select_option("Ilham Aliyev")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("table")).to_contain_text(ANSWER)
    expect(page.get_by_role("combobox", name="about").locator("option:checked")).to_have_text("European Union")


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/queries")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("navigation", name="Topics").get_by_role("link").first).to_be_focused()


@pytest.mark.parametrize(
    "kind", ["home", "search", "form", "ontology", "quality", "about", "claim", "source", "view graph"]
)
def test_keys_reach_everything_and_focus_is_seen(page: Page, kind: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(KINDS[kind])
    for _ in range(page.evaluate(HEAR_FOCUS)):
        page.keyboard.press("Tab")
    for _ in range(LATE_STOPS):
        if not page.evaluate(WANTED):
            break
        page.keyboard.press("Tab")
    assert page.evaluate(WANTED) == []
    assert page.evaluate("window.hidden") == []


def _tab_to(page: Page, words: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    pytest.fail(f"Tab does not reach {words}")


def test_keys_alone_lead_from_the_first_page_to_a_passage(page: Page) -> None:
    page.goto("/")
    _tab_to(page, "q")
    page.keyboard.type("takes the side of Armenia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    for words, heading in ((CLAIM, CLAIM), ("section 1b, passage 2", "section 1b, passage 2")):
        _tab_to(page, words)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(_part(page, "Answers that it carries")).to_contain_text(ANSWER)


def test_keys_scroll_a_table_that_is_too_wide(page: Page) -> None:
    page.set_viewport_size(PHONES[1])
    page.goto("/queries/claims-with-their-answers")
    table = page.get_by_role("region").filter(has=page.get_by_role("table")).first
    table.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # our policy lets no script wait for it inside of the page
        if table.evaluate("(node) => node.scrollLeft") > 0:
            return
        page.wait_for_timeout(50)
    pytest.fail("the table does not scroll")


def test_pictures_and_marks_stay_where_colours_are_forced(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("/ontology")
    colour = "(node, name) => getComputedStyle(node)[name]"
    paper = page.locator("body").evaluate(colour, "backgroundColor")
    assert page.locator("svg rect").first.evaluate(colour, "fill") != paper
    assert page.locator("svg text").first.evaluate(colour, "fill") != paper
    marked, plain = page.locator("nav a[aria-current]"), page.locator("nav a:not([aria-current])").first
    assert marked.evaluate(colour, "borderBottomColor") != plain.evaluate(colour, "borderBottomColor")
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate(colour, "outlineStyle") == "solid"


def test_nothing_moves_for_who_wants_no_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/ontology")
    assert page.locator("html").evaluate("(node) => getComputedStyle(node).scrollBehavior") == "auto"
    assert page.evaluate("document.getAnimations().length") == 0

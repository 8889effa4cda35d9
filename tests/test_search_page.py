"""The search in a browser: suggestions while somebody types, facets with and without scripts, odd questions."""

import re
from collections.abc import Iterator

import pytest
from cities import enlarge
from harness import quiet_page, serve
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

CLAIM = "France openly supplies lethal weapons to Armenia."
SUGGEST = "**/search/suggest?*"
ODD = {
    "nonsense": "qwxyz vbnmk",
    "one letter": "a",
    "quotes": '"lethal" \'weapons\' "',
    "emoji": "🎉🎉",
    "right to left": "مدينة القاهرة",
    "turned": "abc \u202e def",
    "very long word": "x" * 3000,
    "markup": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "expression": 'NEAR("a" OR b*) AND ^name:',
    "percent": "100% &q=x#y",
}


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over names in several scripts, some of them odd."""
    yield from serve(["--root", str(enlarge(tmp_path_factory.mktemp("page") / "cities"))], ["--processes", "1"])


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("ames, claims and quotations"))


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def open_facet(page: Page, name: str) -> None:
    facet = page.locator("details", has=page.locator("summary", has_text=name))
    if facet.get_attribute("open") is None:
        facet.locator("summary").click()


def tab_to_box(page: Page) -> None:
    """Go to the box as a reader does who has no mouse."""
    for _ in range(30):
        if box(page).evaluate("(input) => input === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("no key leads to the box")


def asked(page: Page) -> list[str]:
    """A list that grows with each question for suggestions."""
    found: list[str] = []

    def hear(request: Request) -> None:
        if "/search/suggest" in request.url:
            found.append(request.url)

    page.on("request", hear)
    return found


@pytest.mark.parametrize("path", ["/", "/ontology", "/search", "/doc/person/ilham-aliyev", "/sparql"])
def test_keyboard_alone_leads_from_a_part_of_a_word_to_a_page(page: Page, path: str) -> None:
    page.goto(path)
    tab_to_box(page)
    page.keyboard.type("openly supplies lethal weap")
    expect(options(page)).to_have_count(2)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("2 suggestions")).to_have_attribute("role", "status")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    chosen = options(page).and_(page.locator("[aria-selected=true]"))
    expect(chosen).to_contain_text(CLAIM)
    expect(box(page)).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(CLAIM)


def test_there_is_one_box_on_each_page(page: Page) -> None:
    for path in ("/", "/search?q=a", "/quality", "/queries", "/about"):
        page.goto(path)
        expect(box(page)).to_have_count(1)


def test_escape_closes_the_list_and_enter_then_searches(page: Page) -> None:
    page.goto("/about")
    box(page).press_sequentially("lethal weapons")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options(page).first).to_be_hidden()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_value("lethal weapons")
    expect(box(page)).not_to_have_attribute("aria-activedescendant", re.compile(""))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="6 results")).to_be_visible()
    expect(box(page)).to_have_value("lethal weapons")


def test_click_on_a_suggestion_opens_it(page: Page) -> None:
    page.goto("/")
    box(page).fill("Ilham Aliy")
    options(page).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ilham Aliyev")


def test_no_suggestion_is_told_too(page: Page) -> None:
    page.goto("/about")
    box(page).fill("qwxyz")
    expect(page.get_by_text("No suggestions")).to_have_attribute("role", "status")
    expect(box(page)).to_have_attribute("aria-expanded", "false")


def test_quick_typing_asks_once_and_known_words_not_again(page: Page) -> None:
    page.goto("/about")
    questions = asked(page)
    box(page).evaluate(
        """(input) => ["a", "al", "ali", "aliy"].forEach((text) => {
          input.value = text;
          input.dispatchEvent(new InputEvent("input"));
        })"""
    )
    box(page).focus()
    expect(options(page).first).to_be_visible()
    assert [question.partition("?")[2] for question in questions] == ["q=aliy"]
    for text, name in (("macr", "Macron"), ("aliy", "Aliyev"), ("macr", "Macron")):
        box(page).fill(text)
        expect(options(page).locator("mark").first).to_have_text(name)
    assert [question.partition("?")[2] for question in questions] == ["q=aliy", "q=macr"]


def test_slow_suggestions_do_not_keep_anybody_from_searching(page: Page) -> None:
    page.route(SUGGEST, lambda _: None)  # never answered
    page.goto("/about")
    box(page).press_sequentially("lethal weapons", delay=30)
    expect(box(page)).to_have_value("lethal weapons")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="6 results")).to_be_visible()


@pytest.mark.parametrize("status", [0, 429, 503])
def test_absent_suggestions_are_none(browser: Browser, address: str, status: int) -> None:
    """What the browser itself writes to its console about a refusal is no fault of the page."""

    def refuse(route: Route) -> None:
        if status:
            route.fulfill(status=status, content_type="application/problem+json", body="{}")
        else:
            route.abort()

    with browser.new_context(base_url=address) as context:
        page, faults = context.new_page(), list[str]()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.route(SUGGEST, refuse)
        page.goto("/about")
        with page.expect_event("response" if status else "requestfailed", lambda one: "suggest" in one.url):
            box(page).press_sequentially("lethal")
        box(page).press_sequentially(" weapons")
        expect(box(page)).to_have_value("lethal weapons")
        expect(box(page)).to_have_attribute("aria-expanded", "false")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="6 results")).to_be_visible()
        assert faults == []


def test_names_with_markup_and_of_any_script_are_text(browser: Browser, cities: str) -> None:
    with quiet_page(browser, cities) as page:
        page.goto("/about")
        box(page).fill("alert")
        expect(options(page).first).to_contain_text('<script>alert(1)</script> "quoted"')
        expect(options(page).locator("mark")).to_have_text("alert")
        box(page).fill("مدينة")
        expect(options(page).first.locator("span")).to_have_attribute("lang", "ar")
        assert options(page).first.locator("span").evaluate("(name) => getComputedStyle(name).direction") == "rtl"
        box(page).fill("北京")
        expect(options(page).locator("mark")).to_have_text("北京")


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_question_gets_results_or_help(page: Page, text: str) -> None:
    page.goto("/about")
    box(page).fill(text)
    box(page).press("Enter")
    expect(page.get_by_role("heading", name=re.compile("esults?$"))).to_be_visible()
    expect(box(page)).to_have_value(text)
    if page.get_by_role("heading", name="No results").count():
        page.get_by_role("link", name="Everything there is").click()
        expect(page.get_by_role("heading", name=re.compile(r"^\d+ results"))).to_be_visible()
    else:
        expect(page.locator(".search-results li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_found_is_marked_where_it_stands(page: Page) -> None:
    page.goto("/search?q=lethal+weap")
    hits = page.locator(".search-results li")
    expect(hits.first.get_by_role("link").locator("mark")).to_have_text(["lethal", "weapons"])
    expect(hits.first.locator(".search-quotation mark")).to_have_text(["lethal", "weapons"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_facets_narrow_the_results(browser: Browser, address: str, *, scripts: bool) -> None:
    with quiet_page(browser, address, scripts=scripts) as page:
        page.goto("/search?q=lethal+weapons")
        open_facet(page, "Speaker")
        one = page.get_by_role("checkbox", name=re.compile("^Ilham Aliyev"))
        one.first.check()
        if not scripts:
            page.get_by_role("button", name="Apply").click()
        expect(page.get_by_role("heading", name=re.compile("^(One|[1-5]) result"))).to_be_visible()
        expect(page).to_have_url(re.compile("q=lethal\\+weapons&speaker="))
        expect(one.first).to_be_checked()
        if scripts:
            expect(one.first).to_be_focused()
            expect(page.get_by_role("status").filter(has_text="result")).to_have_count(1)
        page.get_by_role("link", name=re.compile("^without Speaker: Ilham Aliyev")).click()
        expect(page.get_by_role("heading", name="6 results")).to_be_visible()


def test_back_leads_to_the_results_before(page: Page) -> None:
    page.goto("/search?q=lethal+weapons")
    open_facet(page, "About")
    page.get_by_role("checkbox", name=re.compile("^France")).check()
    expect(page).to_have_url(re.compile("&target="))
    page.go_back()
    expect(page).to_have_url(re.compile("weapons$"))
    expect(page.get_by_role("heading", name="6 results")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_link_on_a_phone_leads_down_to_the_facets(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/search?q=aliyev")
    page.get_by_role("link", name="Narrow the results").click()
    expect(page.locator("summary", has_text="Class")).to_be_in_viewport()
    expect(page.locator("#narrow")).to_be_focused()
    page.get_by_role("checkbox", name=re.compile("^claim")).check()
    expect(page).to_have_url(re.compile("class="))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_icon_is_there_and_kept_for_long(page: Page) -> None:
    page.goto("/")
    named = str(page.locator("link[rel=icon]").get_attribute("href"))
    for path, seconds in ((named, 31536000), ("/favicon.ico", 604800)):
        icon = page.request.get(path)
        assert (icon.status, icon.headers["content-type"]) == (200, "image/svg+xml")
        assert f"max-age={seconds}" in icon.headers["cache-control"]
        assert len(icon.body()) < 2000

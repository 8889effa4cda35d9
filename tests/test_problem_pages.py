"""Problems as pages: they help on, and say which limit was met and what can be tried."""

from collections.abc import Iterator

import pytest
from cities import enlarge
from harness import serve
from httpx import Client, Response
from lxml import html

FOREVER = """#+ summary: Too much
#+ description: Takes longer than any limit.
SELECT (COUNT(*) AS ?count) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u }
"""


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server that lets each client ask ten times in a minute, and whose queries take two seconds."""
    root = enlarge(tmp_path_factory.mktemp("problems") / "graph")
    settings = root / "agon.toml"
    limits = 'trusted_proxies = ["127.0.0.1"]\n[limits]\nrequests_per_minute = 10'
    settings.write_text(settings.read_text().replace("[limits]", limits))
    (root / "queries/too-much.rq").write_text(FOREVER)
    for address in serve(["--root", str(root)], ["--processes", "1"]):
        with Client(base_url=address, timeout=30, headers={"Accept": "text/html"}) as client:
            yield client


def text(response: Response) -> str:
    return " ".join(html.fromstring(response.content).find(".//main").text_content().split())


def links(response: Response) -> set[str]:
    return set(html.fromstring(response.content).xpath("//main//a/@href"))


def ask(client: Client, path: str, who: str) -> Response:
    return client.get(path, headers={"X-Forwarded-For": who})


@pytest.mark.parametrize(
    ("path", "near", "words"),
    [
        ("/id/person/erevn", "/id/person/erevan", "/search?q=erevn"),
        ("/doc/person/some-body.ttl", None, "/search?q=some%20body"),
        ("/doc/person/%22%3E%3Cb%3E", None, "/search?q=%22%3E%3Cb%3E"),
        ("/queries/name", "/queries/names", "/search?q=name"),
    ],
)
def test_unknown_address_leads_to_near_names_and_to_the_search(
    narrow: Client, path: str, near: str | None, words: str
) -> None:
    response = ask(narrow, path, f"192.0.2.{len(path)}")
    assert response.status_code == 404
    assert {words, "/", "/queries", "/search"} <= links(response)
    assert near is None or near in links(response)


def test_query_out_of_time_says_as_a_page_which_limit_it_was(narrow: Client) -> None:
    response = ask(narrow, "/queries/too-much", "192.0.2.100")
    assert response.status_code == 503
    assert "The limit: timeout_seconds 2" in text(response)
    assert "What can be tried: a narrower question" in text(response)
    assert f"in {response.headers['Retry-After']} seconds" in text(response)
    assert "/limits" in links(response)


def test_reader_who_asks_too_often_is_told_so_on_a_page(narrow: Client) -> None:
    answers = [ask(narrow, "/about", "192.0.2.200") for _ in range(11)]
    assert (answers[0].status_code, answers[-1].status_code) == (200, 429)
    assert "The limit: requests_per_minute 10" in text(answers[-1])
    assert "What can be tried: ask less often" in text(answers[-1])
    assert ask(narrow, "/about", "192.0.2.201").status_code == 200

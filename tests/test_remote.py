"""The server before an engine: it answers as from a store of ours, and what the engine does wrong is told."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest
from engines import ENGINES, RunningEngine, connect, free_port, load_release
from faulty_engine import FaultyEngine, faulty_engine
from harness import COMMAND, TINY, Kg, copy_tiny, running, started
from httpx import Client, HTTPTransport, RemoteProtocolError, Response

from kg.errors import EngineCredentialsError
from kg.evaluation.remote import RemoteSource
from kg.formats import read_quads
from kg.remote import Credentials, Endpoint, publication_iri, read_publication, release_iri, write_publication
from kg.search import SearchIndex
from kg.store_settings import StoreSettings
from kg.terms import NamedNode

_BASE = "https://tiny.example/"
_PATIENCE_SECONDS = 30
_SECONDS = 4
"""How long an engine that goes wrong may take; a machine that is busy with other things needs two for an answer."""
_NAMES = "SELECT ?name { ?s <https://tiny.example/ns#name> ?name } ORDER BY ?name"
_OF_GRAPH = "PREFIX g: <graph/graph_data/> SELECT DISTINCT ?p { GRAPH %s { ?s ?p ?o } } ORDER BY ?p"
_SD = "http://www.w3.org/ns/sparql-service-description#"
_PEOPLE = "https://tiny.example/graph/graph_data/people"

_HARD = """\
#+ summary: A hard one
#+ description: Counts names.
#+ view: flow
PREFIX tiny: <https://tiny.example/ns#>
SELECT ?person ?name (1 AS ?count) WHERE { ?person tiny:name ?name FILTER (?person != <urn:fault>) }
"""
_HARD_OF = """\
#+ summary: A hard one about somebody
#+ description: Tells a name.
#+ parameters:
#+   person: {type: iri, description: The person.}
PREFIX tiny: <https://tiny.example/ns#>
SELECT ?name WHERE {
  VALUES (?person) { (<https://tiny.example/id/person/ada>) }
  ?person tiny:name ?name FILTER (?person != <urn:fault>)
}
"""


@dataclass
class _Served:
    """A server before an engine, and the engine."""

    client: Client
    engine: RunningEngine
    build: Path
    digest: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the releases of the small graph."""
    build = tmp_path_factory.mktemp("built") / "build"
    subprocess.run([*COMMAND, "--root", TINY, "--build", build, "build"], check=True, capture_output=True)
    return build


@pytest.fixture(scope="module", params=sorted(ENGINES))
def served(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Served]:
    """A server over the small graph in each kind of engine."""
    folder = tmp_path_factory.mktemp(request.param)
    build = Path(shutil.copytree(built, folder / "build", symlinks=True))
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES[request.param](folder))
        release = (build / "current").resolve()
        load_release(engine, release, _BASE)
        root = copy_tiny(folder / "tiny", seconds=30, settings="[store]\npatience_seconds = 0.5\n")
        options = ["--root", str(root), "--build", str(build)]
        more = ["--store", engine.store, "--processes", "1"]
        address, _ = stack.enter_context(started(options, more, engine.environment))
        yield _Served(stack.enter_context(Client(base_url=address, timeout=30)), engine, build, release.name)


@pytest.fixture(scope="module")
def faulty(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FaultyEngine, Client]]:
    """A server before an engine that goes wrong when asked of ``<urn:fault>``."""
    folder = tmp_path_factory.mktemp("faulty")
    root = copy_tiny(folder / "tiny", seconds=_SECONDS)
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES["oxigraph"](folder))
        load_release(engine, (built / "current").resolve(), _BASE)
        fault = stack.enter_context(faulty_engine(engine.url))
        more = ["--store", fault.store, "--processes", "1"]
        secret = {"AGON_STORE_TOKEN": "very-secret"}
        address, _ = stack.enter_context(started(["--root", str(root), "--build", str(built)], more, secret))
        yield fault, stack.enter_context(Client(base_url=address, timeout=30))


def _ask(client: Client, text: str, accept: str = "application/sparql-results+json") -> Response:
    return client.post("/sparql", data={"query": text}, headers={"Accept": accept})


def _eventually(client: Client, path: str, status: int) -> Response:
    """Ask until an answer has a status."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        response = client.get(path)
        if response.status_code == status or time.monotonic() > deadline:
            assert response.status_code == status, response.text
            return response
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        *(
            ("/sparql?query=" + _NAMES.replace("#", "%23"), f"application/sparql-results+{one}")
            for one in ("json", "xml")
        ),
        *(("/sparql?query=" + _NAMES.replace("#", "%23"), f"text/{one}") for one in ("csv", "tab-separated-values")),
        ("/sparql?query=ASK {?s ?p ?o}", "application/sparql-results+json"),
        ("/sparql?query=SELECT (COUNT(*) AS ?n) {GRAPH ?g {?s ?p ?o}}", "text/csv"),
        *(
            (f"/sparql?query={_OF_GRAPH % name}", "text/csv")
            for name in ("g:people", "<graph/graph_data/people>", "<urn:unknown>", f"<{publication_iri(_BASE)}>")
        ),
        ("/sparql?query=SELECT (COUNT(*) AS ?n) FROM <graph/graph_data/people> {?s ?p ?o}", "text/csv"),
        ("/sparql?query=SELECT (COUNT(*) AS ?n) FROM <urn:unknown> {?s ?p ?o}", "text/csv"),
        (f"/sparql?query=SELECT (COUNT(*) AS ?n) {{?s ?p ?o}}&default-graph-uri={_PEOPLE}", "text/csv"),
        (f"/sparql?query=SELECT (COUNT(*) AS ?n) FROM <{publication_iri(_BASE)}> {{?s ?p ?o}}", "text/csv"),
        ("/sparql?query=SELECT ?s {?s a <ns%23Person> FILTER isIRI(?s)} ORDER BY ?s&labels=en", "text/csv"),
        ("/queries/names", "text/csv"),
        ("/sparql/completions", "application/json"),
        ("/search?q=ada", "application/json"),
        ("/readyz", "*/*"),
        ("/sparql?query=SELECT * {", "application/json"),
        ("/doc/person/nobody", "application/json"),
    ],
)
def test_answer_is_that_of_our_own_store(served: _Served, tiny_client: Client, path: str, accept: str) -> None:
    ours, remote = (client.get(path, headers={"Accept": accept}) for client in (tiny_client, served.client))
    assert remote.status_code == ours.status_code
    assert remote.text == ours.text
    assert ("ETag" in remote.headers) is ("ETag" in ours.headers)
    assert remote.headers["Content-Type"] == ours.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    [
        "/doc/person/ada",
        "/doc/person/bert",
        "/rdf-graph-store",
        f"/rdf-graph-store?graph={_PEOPLE}",
        "/graph/graph_data/people",
    ],
)
def test_descriptions_and_graphs_are_those_of_our_own_store(served: _Served, tiny_client: Client, path: str) -> None:
    accept = {"Accept": "application/n-quads, application/n-triples"}
    ours, remote = (read_quads(client.get(path, headers=accept).content) for client in (tiny_client, served.client))
    assert _plain(remote) == _plain(ours)


def _plain(quads: tuple[object, ...]) -> list[str]:
    """Write quads without the labels of blank nodes and the spelling of truth values."""
    words = (str(quad).replace('"true"^^', '"1"^^').replace('"false"^^', '"0"^^').split(" ") for quad in quads)
    return sorted(" ".join("_:" if word.startswith("_:") else word for word in line) for line in words)


def test_page_of_a_thing_is_shown(served: _Served) -> None:
    response = served.client.get("/doc/person/ada", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert "Ada" in response.text


def test_kept_answer_is_not_modified(served: _Served) -> None:
    tag = _ask(served.client, _NAMES).headers["ETag"]
    response = served.client.get("/sparql", params={"query": _NAMES, "format": "json"}, headers={"If-None-Match": tag})
    assert response.status_code == 304


def test_named_graphs_under_replacement_are_not_answered_from(served: _Served) -> None:
    with connect(served.engine) as endpoint:
        whole = read_publication(endpoint, _BASE)
        replaced = write_publication(endpoint, _BASE, whole, replace(whole, named=""))
        assert replaced
        try:
            refused = _ask(served.client, "SELECT ?g ?x { GRAPH ?g { ?x ?y 'none of these' } }")
            answered = _ask(served.client, _NAMES + " OFFSET 0")
        finally:
            assert write_publication(endpoint, _BASE, replaced, whole)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert refused.json()["engine"] == served.engine.url
    assert answered.status_code == 200


def test_release_that_is_gone_is_not_answered_from(served: _Served) -> None:
    with connect(served.engine) as endpoint:
        whole = read_publication(endpoint, _BASE)
        gone = write_publication(endpoint, _BASE, whole, replace(whole, whole=frozenset()))
        assert gone
        try:
            refused = _ask(served.client, _NAMES + " OFFSET 1")
            ready = _eventually(served.client, "/readyz", 503)
        finally:
            assert write_publication(endpoint, _BASE, gone, whole)
    assert refused.status_code == 503
    assert "another release" in refused.json()["detail"]
    assert "no more" in ready.json()["detail"]
    _eventually(served.client, "/readyz", 200)


def test_new_release_is_followed_once_it_is_here(served: _Served, tmp_path: Path) -> None:
    changed = shutil.copytree(TINY, tmp_path / "tiny")
    with (changed / "graph_data/people.ttl").open("a") as file:
        file.write('person:new a tiny:Person ; tiny:name "New" .\n')
    subprocess.run([*COMMAND, "--root", changed, "--build", served.build, "build"], check=True, capture_output=True)
    release = (served.build / "current").resolve()
    aside = release.rename(tmp_path / release.name)
    load_release(served.engine, aside, _BASE)
    assert _ask(served.client, _NAMES + " OFFSET 2").status_code == 200  # from the old one, which is still whole
    aside.rename(release)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while served.client.get("/readyz").json()["release"] != release.name:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "New" in _ask(served.client, _NAMES).text


def test_engine_that_is_away_is_named_and_is_well_again_when_it_is_back(served: _Served) -> None:
    served.engine.stop()
    refused = _ask(served.client, _NAMES + " OFFSET 3")
    ready = _eventually(served.client, "/readyz", 503)
    assert refused.status_code == 502
    assert "cannot be reached" in refused.json()["detail"]
    assert refused.json()["engine"] == ready.json()["engine"] == served.engine.url
    assert ready.json()["ready"] is False
    assert served.client.get("/healthz").status_code == 200
    served.engine.restart()
    _eventually(served.client, "/readyz", 200)
    assert _ask(served.client, _NAMES + " OFFSET 3").status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("html", 502, "text/html"),
        ("truncated", 502, "broken off or malformed"),
        ("short", 502, "broke its answer off"),
        ("unended", 502, "broke its answer off"),
        ("credentials", 502, "AGON_STORE_USER"),
        ("marked", 504, "part of the answer"),
        ("capped", 502, "ResultSetMaxRows"),
        ("part", 502, "part of the answer"),
        ("busy", 503, "busy"),
        ("refusing", 502, "SQ156: compiler error"),
        ("page", 502, 'no room left: free some on its disk: it says "Error 40004 SR174: Log out of disk"'),
        ("elsewhere", 502, "leads elsewhere"),
        ("boolean", 502, "truth value"),
        ("slow", 504, f"{_SECONDS} seconds"),
        ("dripping", 504, f"{_SECONDS} seconds"),
    ],
)
def test_fault_of_the_engine_is_told(faulty: tuple[FaultyEngine, Client], fault: str, status: int, words: str) -> None:
    engine, client = faulty
    engine.fault = fault
    engine.is_left.clear()
    response = _ask(client, "SELECT ?x { <urn:fault> ?p ?x }")
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert words in problem["detail"]
    assert problem["engine"] == engine.store.removeprefix("sparql+")
    assert problem["engine"] in problem["detail"]
    assert len(problem["detail"]) < 500
    assert _ask(client, _NAMES).status_code == 200
    if status == 504 and "seconds" in words:
        assert engine.is_left.wait(_PATIENCE_SECONDS), "the connection is kept after the time is over"


@pytest.mark.parametrize("fault", ["gone", "reset"])
def test_query_whose_connection_is_gone_is_asked_once_more(faulty: tuple[FaultyEngine, Client], fault: str) -> None:
    engine, client = faulty
    engine.fault = fault
    response = _ask(client, f"SELECT ?x {{ <urn:fault> ?{fault} ?x }}")
    assert response.status_code == 200, response.text
    assert len(response.json()["results"]["bindings"]) == 1


def test_engine_of_the_settings_is_told_the_time_and_nobody_the_password(built: Path, tmp_path: Path) -> None:
    errors, log = tmp_path / "errors", tmp_path / "log"
    with ExitStack() as stack:
        oxigraph = stack.enter_context(ENGINES["oxigraph"](tmp_path))
        load_release(oxigraph, (built / "current").resolve(), _BASE)
        engine = stack.enter_context(faulty_engine(oxigraph.url))
        settings = f'[store]\nurl = "{engine.store}"\nengine = "virtuoso"\nworkers = 2\n'
        root = copy_tiny(tmp_path / "tiny", seconds=30, settings=settings)
        command = [*COMMAND, "--root", root, "--build", built, "serve", "--port", "0", "--access-log", log]
        environment = {**os.environ, "AGON_STORE_USER": "somebody", "AGON_STORE_PASSWORD": "very-secret"}
        stderr = stack.enter_context(errors.open("w"))
        server = stack.enter_context(running([*command], stdout=subprocess.PIPE, stderr=stderr, env=environment))
        assert server.stdout
        address = server.stdout.readline().split(" on ")[1].split("/ ")[0]
        client = stack.enter_context(Client(base_url=address, timeout=30))
        engine.fault, before = "credentials", len(engine.clients)
        statuses = [_ask(client, f"SELECT ?x {{ ?x ?y ?z }} LIMIT {number}").status_code for number in range(1, 9)]
        refused = _ask(client, "SELECT ?x { <urn:fault> ?p ?x }")
    assert (set(statuses), refused.status_code) == ({200}, 502)
    asked = [int(parse_qs(text)["timeout"][0]) for text in engine.questions[before:] if "LIMIT" in text]
    assert len(asked) == len(statuses)
    assert all(0 < milliseconds <= 30_000 for milliseconds in asked)
    assert len(set(engine.clients[before:])) < len(statuses)  # each worker keeps its own
    assert "very-secret" not in errors.read_text() + log.read_text() + refused.text


def test_answer_of_an_engine_has_a_tag_of_its_own(served: _Served, tiny_client: Client) -> None:
    tag = _ask(tiny_client, _NAMES).headers["ETag"]
    headers = {"If-None-Match": tag}
    assert tiny_client.get("/sparql", params={"query": _NAMES}, headers=headers).status_code == 304
    assert served.client.get("/sparql", params={"query": _NAMES}, headers=headers).status_code == 200


def test_server_whose_workers_all_wait_for_the_engine_is_ready(faulty: tuple[FaultyEngine, Client]) -> None:
    engine, client = faulty
    engine.fault = "slow"
    with ThreadPoolExecutor(80) as threads:
        slow = [threads.submit(_ask, client, f"SELECT ?x {{ <urn:fault> ?p{number} ?x }}") for number in range(80)]
        while not any(one.done() for one in slow):  # the first is told that too many wait
            time.sleep(0.05)
        assert client.get("/readyz").json()["ready"] is True
    assert "Busy" in {one.result().json()["title"] for one in slow}


def test_whole_answer_may_end_with_its_connection(faulty: tuple[FaultyEngine, Client]) -> None:
    engine, client = faulty
    engine.fault = "closing"
    response = _ask(client, "SELECT ?x { <urn:fault> ?whole ?x }", "text/csv")
    assert (response.status_code, response.text) == (200, "x\r\n1\r\n")


def test_answer_that_breaks_off_late_is_never_passed_off_as_whole(faulty: tuple[FaultyEngine, Client]) -> None:
    engine, client = faulty
    engine.fault = "late"
    query = {"query": "SELECT ?x { <urn:fault> ?p ?x }", "format": "csv"}
    with client.stream("GET", "/sparql", params=query) as response:
        assert response.status_code == 200
        with pytest.raises(RemoteProtocolError):
            response.read()
    assert _ask(client, _NAMES).status_code == 200


def test_page_says_which_of_its_questions_was_not_answered(tmp_path: Path) -> None:
    root = copy_tiny(tmp_path / "tiny", seconds=30)
    with (root / "agon.toml").open("a") as file:
        file.write('[pages]\nhome_picture = "hard"\nhome_questions = ["hard", "names"]\n')
        file.write('[[pages.layouts]]\nclass = "https://tiny.example/ns#Person"\nsections = ["hard-of"]\n')
    (root / "queries/hard.rq").write_text(_HARD)
    (root / "queries/hard-of.rq").write_text(_HARD_OF)
    options = ["--root", str(root), "--build", str(tmp_path / "build")]
    subprocess.run([*COMMAND, *options, "build"], check=True, capture_output=True)
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES["oxigraph"](tmp_path))
        load_release(engine, (tmp_path / "build/current").resolve(), _BASE)
        fault = stack.enter_context(faulty_engine(engine.url))
        address, _ = stack.enter_context(started(options, ["--store", fault.store, "--processes", "1"]))
        client = stack.enter_context(Client(base_url=address, headers={"Accept": "text/html"}, timeout=30))
        for path, count in {"/": 2, "/doc/person/ada": 1}.items():
            fault.fault = "refusing"
            lacking = client.get(path)
            fault.fault = ""
            whole = client.get(path)
            assert lacking.status_code == whole.status_code == 200
            assert lacking.text.count("not answered this time: Refused by the engine") == count
            assert "Ada" in lacking.text
            assert lacking.headers["Cache-Control"] == "no-store"
            assert "ETag" not in lacking.headers
            assert "not answered this time" not in whole.text
            assert "ETag" in whole.headers


def test_token_is_sent_and_told_to_nobody(faulty: tuple[FaultyEngine, Client]) -> None:
    engine, client = faulty
    engine.fault = "credentials"
    response = _ask(client, "SELECT ?x { <urn:fault> ?p ?x }")
    assert engine.authorizations[-1] == "Bearer very-secret"
    assert "very-secret" not in response.text + client.get("/limits").text + client.get("/about").text


def test_what_others_state_in_the_engine_is_not_shown(served: _Served) -> None:
    ada = "<https://tiny.example/id/person/ada>"
    named = f'{ada} <https://tiny.example/ns#name> "Other" .\n'
    much = "".join(
        f'{ada} <urn:p{number}> "Other" .\n<urn:other{number}> <urn:p> {ada} .\n' for number in range(20_000)
    )
    graphs = {"urn:others": named + much, f"{_BASE}release/0000": named, f"{_BASE}graph/unknown": named}
    with connect(served.engine) as endpoint:
        for graph, content in graphs.items():
            endpoint.put_graph(graph, content.encode())
        try:
            for accept in ("text/html", "application/n-quads"):
                told = served.client.get("/doc/person/ada", headers={"Accept": accept, "Accept-Language": "nl"})
                assert told.status_code == 200
                assert "Ada" in told.text
                assert re.findall(r"\bOther\b|urn:other", told.text) == []
        finally:
            for graph in graphs:
                endpoint.delete_graph(graph)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small graph with a release, in which six hundred more know Ada, in several files."""
    root = copy_tiny(tmp_path_factory.mktemp("known") / "tiny", seconds=30)
    prefixes = "@prefix person: <https://tiny.example/id/person/> . @prefix tiny: <https://tiny.example/ns#> ."
    for part in range(4):
        lines = (
            f'person:p{part}-{n} a tiny:Person ; tiny:name "P" ; tiny:knows person:ada .' for n in range(part * 100)
        )
        (root / f"graph_data/more-{part}.ttl").write_text("\n".join([prefixes, *lines]))
    subprocess.run([*COMMAND, "--root", root, "build"], check=True, capture_output=True)
    return root


def test_pages_of_a_description_are_all_of_it(known: Path, engine: RunningEngine) -> None:
    load_release(engine, (known / "build/current").resolve(), _BASE)
    more = ["--store", engine.store, "--processes", "1"]
    with started(["--root", str(known)], more, engine.environment) as (address, _), Client(base_url=address) as client:
        answers = [client.get(f"/doc/person/ada.nq?page={number}", timeout=30) for number in (1, 2, 3)]
    pages = [_knowing_ada(answer.content) for answer in answers]
    assert [len(page) for page in pages] == [500, 101, 0]
    assert len({*pages[0], *pages[1]}) == 601


def test_pages_from_many_graphs_and_far_into_one_are_all_there_is(engine: RunningEngine, tmp_path: Path) -> None:
    with connect(engine) as endpoint:
        far = endpoint.engine.sorted_solutions or 1_000
        sizes = {f"urn:graph-{number:02}": 3 for number in range(45)} | {"urn:graph": far + 800}
        described = "".join(
            f"<{dataset}> <{_SD}namedGraph> <{graph}#> .\n<{graph}#> <{_SD}name> <{graph}> .\n"
            for dataset, graphs in ((f"{_BASE}dataset", [*sizes]), ("urn:others", ["urn:theirs"]))
            for graph in graphs
        )
        endpoint.put_graph(release_iri(_BASE, "0"), described.encode())
        endpoint.put_graph("urn:theirs", b"<urn:them> <urn:p> <urn:o> .\n")
        for graph, size in sizes.items():
            endpoint.put_graph(graph, "".join(f"<{graph}/{n}> <urn:p> <urn:o> .\n" for n in range(size)).encode())
        index = SearchIndex(tmp_path / "search.sqlite", 1)
        source = RemoteSource(endpoint, "0", index, base_iri=_BASE, dataset_iri=f"{_BASE}dataset", seconds=30)
        pages = [source.leading(NamedNode("urn:o"), first, 500) for first in (0, far - 500, far, far + 500)]
    assert {total for total, _ in pages} == {far + 935}
    assert [len(quads) for _, quads in pages] == [500, 500, 500, 435]
    assert len({quad.subject for _, quads in pages for quad in quads}) == 1_935


def _knowing_ada(content: bytes) -> list[str]:
    quads = read_quads(content)
    return [str(quad.subject) for quad in quads if quad.predicate.value == "https://tiny.example/ns#knows"]


def test_graph_of_several_pages_is_read_whole(engine: RunningEngine) -> None:
    parts = 3
    with connect(engine) as endpoint:
        number = endpoint.engine.page_triples + 20_000
        for part in range(parts):
            lines = (f"<urn:s> <urn:p> <urn:{value}> .\n" for value in range(part, number, parts))
            endpoint.post_graph("urn:long", "".join(lines).encode())
        with endpoint.read_graph("urn:long") as triples:
            found = {int(triple.object.value.removeprefix("urn:")) for triple in triples}
    assert found == set(range(number))


def test_wrong_password_is_refused(tmp_path: Path) -> None:
    wrong = Credentials("dba", "wrong")
    with (
        ENGINES["virtuoso"](tmp_path) as engine,
        Endpoint(StoreSettings(url=engine.store), credentials=wrong) as endpoint,
        pytest.raises(EngineCredentialsError, match="AGON_STORE_USER"),
    ):
        endpoint.put_graph("urn:graph", b"<urn:a> <urn:b> <urn:c> .\n")


@pytest.fixture
def awaiting(built: Path, tmp_path: Path) -> Iterator[tuple[RunningEngine, Client, subprocess.Popen[str]]]:
    """A server that was started while its engine was away."""
    port = free_port()
    with ENGINES["oxigraph"](tmp_path) as engine:
        load_release(engine, (built / "current").resolve(), _BASE)
        engine.stop()
        command = [*COMMAND, "--root", TINY, "--build", built, "serve", "--port", str(port), "--store", engine.store]
        with (
            running(command, stderr=subprocess.PIPE) as process,
            Client(base_url=f"http://127.0.0.1:{port}", transport=HTTPTransport(retries=8), timeout=30) as client,
        ):
            yield engine, client, process


def test_engine_that_is_away_at_the_start_is_waited_for(
    awaiting: tuple[RunningEngine, Client, subprocess.Popen[str]],
) -> None:
    engine, client, process = awaiting
    assert process.stderr is not None
    assert f"{engine.url} cannot be reached" in process.stderr.readline()
    waiting = _eventually(client, "/readyz", 503)
    assert client.get("/healthz").status_code == 200
    assert waiting.json()["ready"] is False
    assert waiting.json()["engine"] == engine.url
    assert engine.url in waiting.json()["detail"]
    engine.restart()
    _eventually(client, "/readyz", 200)
    assert "Ada" in _ask(client, _NAMES).text


def test_server_that_waits_for_its_engine_can_be_ended(
    awaiting: tuple[RunningEngine, Client, subprocess.Popen[str]],
) -> None:
    _, client, process = awaiting
    _eventually(client, "/healthz", 200)
    process.terminate()
    assert process.wait(_PATIENCE_SECONDS) == 0
    assert process.stderr is not None
    assert len(process.stderr.readlines()) == 1  # the one about the engine


def test_address_where_no_engine_is_ends_the_server(kg: Kg, built: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as files:
        Thread(target=files.serve_forever, daemon=True).start()
        store = f"sparql+http://127.0.0.1:{files.server_port}/"
        result = kg("--build", built, "serve", "--port", 0, "--store", store, root=TINY)
        files.shutdown()
    assert result.returncode == 10
    assert "status 501" in result.stderr


def test_engine_without_a_release_of_ours_ends_the_server(kg: Kg, built: Path, tmp_path: Path) -> None:
    with ENGINES["oxigraph"](tmp_path) as engine:
        result = kg("--build", built, "serve", "--port", 0, "--store", engine.store, root=TINY)
    assert result.returncode == 3
    assert "kg publish" in result.stderr


def test_release_that_is_not_here_ends_the_server(kg: Kg, built: Path, tmp_path: Path) -> None:
    release = (built / "current").resolve()
    with ENGINES["oxigraph"](tmp_path) as engine:
        load_release(engine, release, _BASE)
        result = kg("--build", tmp_path / "other", "serve", "--port", 0, "--store", engine.store, root=TINY)
    assert result.returncode == 3
    assert f"holds release {release.name}, which is not in {tmp_path / 'other'}" in result.stderr


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sparql+http://me:secret@engine.example/sparql", "AGON_STORE_PASSWORD"),
        ("sparql+ftp://engine.example/sparql", "sparql+https://engine.example/sparql"),
        ("engine.example", "sparql+https://engine.example/sparql"),
        ("sparql+http://engine.example:port/sparql", "cannot be read as an address"),
        ("sparql+http://engine\n.example/sparql", "has a blank or a control character in it"),
        ("sparql+https://engine.example/sparql?key=secret", "without parameters"),
    ],
)
def test_address_that_is_none_or_holds_a_secret_is_refused(kg: Kg, address: str, words: str) -> None:
    result = kg("serve", "--port", 0, "--store", address, root=TINY)
    assert result.returncode == 3
    assert words in result.stderr
    assert "secret" not in result.stderr


def test_setting_of_the_store_that_is_unknown_is_refused(kg: Kg, tiny: Path) -> None:
    with (tiny / "agon.toml").open("a") as file:
        file.write('\n[store]\nurl = "sparql+https://engine.example/sparql"\npassword = "secret"\n')
    result = kg("list", root=tiny)
    assert result.returncode == 3
    assert "[store]" in result.stderr
    assert "password" in result.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"AGON_STORE_USER": "me"}, "without AGON_STORE_PASSWORD"),
        ({"AGON_STORE_USER": "me", "AGON_STORE_PASSWORD": "x", "AGON_STORE_TOKEN": "y"}, "both given"),
        ({"AGON_STORE_TOKEN": "x", "AGON_STORE_TOKEN_FILE": "y"}, "both given"),
        ({"AGON_STORE_TOKEN_FILE": "/nowhere"}, "cannot be read"),
    ],
)
def test_credentials_that_are_no_whole_are_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], words: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    command = [*COMMAND, "--root", str(TINY), "serve", "--port", "0", "--store", "sparql+http://127.0.0.1:9/sparql"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 3
    assert words in result.stderr


def test_publication_graph_is_replaced_by_one_writer_only(engine: RunningEngine) -> None:
    base = "https://elsewhere.example/"
    with connect(engine) as endpoint:
        nothing = read_publication(endpoint, base)
        records = {"a": json.dumps({"é": '"\n'}), "long": "".join(map(str, range(800_000)))}
        first = replace(nothing, current="a", named="a", whole=frozenset("ab"), records=records)
        written = write_publication(endpoint, base, nothing, first)
        assert written
        assert read_publication(endpoint, base) == written
        assert write_publication(endpoint, base, nothing, replace(first, current="b")) is None
        again = write_publication(endpoint, base, written, replace(written, named=""))
        assert again
        assert again.edition != written.edition
        assert write_publication(endpoint, base, written, replace(first, current="b")) is None
        assert read_publication(endpoint, base) == again
        assert release_iri(base, "a") == "https://elsewhere.example/release/a"

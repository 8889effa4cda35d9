"""
Everything that is known to kill, stall or misuse the engine, asked of a running server.

It answers by a sentence, others are answered all the while, nobody is called, and no process is left behind.
"""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness import DIRECT, TINY, started
from httpx import Client, RemoteProtocolError, Response, TransportError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LONGEST = 64 * 1024
SECONDS = 2.0
"""The limit of the small graph."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, int]]:
    """A server of this module's own, and its process."""
    build = tmp_path_factory.mktemp("hazards") / "build"
    with (
        started(["--root", str(TINY), "--build", str(build)]) as (address, process),
        Client(base_url=address, timeout=30) as client,
    ):
        yield client, process


@contextmanager
def probed(client: Client) -> Iterator[None]:
    """Ask an easy query again and again meanwhile; each must be answered, and soon."""
    stop, failures = threading.Event(), []

    def probe() -> None:
        with Client(base_url=client.base_url, timeout=30, verify=False) as other:
            number = 0
            while not stop.wait(0.05):
                number += 1
                response = other.get("/sparql", params={"query": f"ASK {{}} # {number}"})
                if response.status_code != 200:
                    failures.append(response.text)

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(probe)
        try:
            yield
        finally:
            stop.set()
            done.result()
    assert failures == []


def ask(client: Client, text: str, **parameters: float) -> Response:
    return client.post("/sparql", content=text, headers=DIRECT, params=parameters)


def deep(head: str, opening: str, inside: str, closing: str, tail: str) -> str:
    """Nest as deep as the longest query allows."""
    depth = (LONGEST - len(head) - len(inside) - len(tail)) // (len(opening) + len(closing))
    return head + opening * depth + inside + closing * depth + tail


STACK = {
    "function": deep("SELECT (", "STR(", "1", ")", " AS ?x) {}"),
    "if": deep("SELECT (", "IF(true,", "1", ",1)", " AS ?x) {}"),
    "group": deep("SELECT * ", "{", "?s ?p ?o", "}", ""),
    "brackets": deep("SELECT (", "(", "1", ")", " AS ?x) {}"),
    "not": deep("SELECT ((", "!", "true", "", ") AS ?x) {}"),
    "sum": deep("SELECT (1", "+1", "", "", " AS ?x) {}"),
    "exists": deep("SELECT * {", " ?s ?p ?o FILTER EXISTS {", "", "}", "}"),
    "path-star": deep("SELECT * { ?s ", "(", "<urn:p>", ")*", " ?o }"),
    "path": deep("SELECT * { ?s ", "(", "<urn:p>", ")", " ?o }"),
    "sub-select": deep("SELECT * ", "{ SELECT * ", "{ ?s ?p ?o }", "}", ""),
    "graph": deep("SELECT * {", "GRAPH ?g {", "?s ?p ?o", "}", "}"),
    "union": deep("SELECT * ", "{ {?s ?p ?o} UNION ", "{ ?s ?p ?o }", "}", ""),
    "blank": deep("SELECT * { ?s ?p ", "[ <urn:p> ", "1", "]", " }"),
    "optional": deep("SELECT * {", "OPTIONAL {", "?s ?p ?o", "}", "}"),
    "triple-term": deep("SELECT * { ?s ?p ", "<<( ?s ?p ", "?o", ")>>", " }"),
    "or": deep("SELECT * { ?s ?p ?o FILTER(?o=0", "||?o=1", "", "", ") }"),
    "flat-union": deep("SELECT * { {?s ?p ?o}", "UNION{?s ?p ?o}", "", "", "}"),
    "filters": deep("SELECT * { ?s ?p ?o ", "FILTER(?s)", "", "", "}"),
}

PLANNING = {
    "collection": "SELECT * { ?s ?p " + "(" * 300 + "1" + ")" * 300 + " }",
    "annotation": "SELECT * { ?s ?p ?o " + "{| ?p ?o " * 200 + "|}" * 200 + " }",
    "reified": "SELECT * { " + "<< ?s ?p " * 200 + "?o" + " >>" * 200 + " ?p ?o }",
    "path-steps": "SELECT * { ?s " + "/".join(["<urn:p>"] * 1000) + " ?o }",
    "chain": "SELECT * { " + " ".join(f"?v{i} <urn:p> ?v{i + 1} ." for i in range(1500)) + " }",
    "optionals": "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s <urn:p> ?x } " * 500 + "}",
    "blanks": "SELECT * { ?s ?p " + "[ <urn:p> " * 500 + "1" + "]" * 500 + " }",
}

_DOUBLINGS = "".join(f" BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
_REPLACED = "".join(f' BIND(REPLACE(?a{i}, "a", ?a{i}) AS ?a{i + 1})' for i in range(4))
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
MEMORY = {
    "doubling": f"SELECT (STRLEN(?v40) AS ?n) {{ BIND('{'x' * 100}' AS ?v0){_DOUBLINGS} }}",
    "replace": f"SELECT (STRLEN(?a4) AS ?n) {{ BIND('{'a' * 100}' AS ?a0){_REPLACED} }}",
    "sorted-cross-product": f"SELECT * {{ {_CROSS} }} ORDER BY ?c",
    "distinct-cross-product": f"SELECT DISTINCT * {{ {_CROSS} }}",
    "constructed-cross-product": f"CONSTRUCT {{ ?a ?e ?i }} {{ {_CROSS} }}",
    "concatenated-cross-product": f"SELECT (GROUP_CONCAT(STR(?c)) AS ?all) {{ {_CROSS} }}",
    "patterns": "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?o), CONCAT(STR(?c), STR(?f)))) }",
}


@pytest.mark.parametrize("name", [*STACK, *PLANNING, *MEMORY])
def test_costly_query_ends_with_a_sentence(server: tuple[Client, int], name: str) -> None:
    client, _ = server
    text = (STACK | PLANNING | MEMORY)[name]
    assert len(text) <= LONGEST
    began = time.monotonic()
    with probed(client):
        try:
            response = ask(client, text, timeout=SECONDS / 2)
        except RemoteProtocolError:  # it has begun to answer, and breaks the connection
            return
    assert response.status_code in {200, 400, 413, 503}
    assert time.monotonic() - began < SECONDS + 3
    if response.status_code != 200:
        assert len(response.json()["detail"]) < 500


def test_values_of_a_million_are_too_long(server: tuple[Client, int]) -> None:
    text = "SELECT * { VALUES ?x { " + "1 " * 1_000_000 + "} }"
    assert ask(server[0], text).status_code == 413


@pytest.fixture
def canary() -> Iterator[tuple[int, list[bytes]]]:
    """A listener on this machine that nobody may call."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    line, _ = listener.accept()
                except TimeoutError:
                    continue
                with line:
                    calls.append(b"call")

        thread = threading.Thread(target=listen)
        thread.start()
        yield listener.getsockname()[1], calls
        stop.set()
        thread.join()


def calls_of(target: str) -> list[str]:
    """Ways to make the engine call a target."""
    scheme, rest = target.split(":", 1)
    return [
        f"SELECT * {{ SERVICE <{target}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{target}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ service <{target}> {{}} }}",
        f"SELECT * {{ SeRvIcE#c\n#c\n<{target}> {{}} }}",
        f"SELECT * {{ SERVICE <{scheme}\\u003A{rest}> {{}} }}",
        f"PREFIX a: <{target}> SELECT * {{ SERVICE a: {{}} }}",
        f"PREFIX SERVICE: <{target}> SELECT * {{ SERVICE SERVICE: {{}} }}",
        f"BASE <{target}> SELECT * {{ SERVICE <x> {{}} }}",
        f"SELECT * {{ BIND(<{target}> AS ?x) SERVICE ?x {{}} }}",
        f"SELECT * {{ VALUES ?x {{ <{target}> }} SERVICE ?x {{}} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE <{target}> {{}} }} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE <{target}> {{}} }} }} }}",
        f"CONSTRUCT WHERE {{ SERVICE <{target}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ MINUS {{ SERVICE <{target}> {{}} }} }}",
        f"DESCRIBE ?s {{ SERVICE <{target}> {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <{target}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{target}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"DESCRIBE <{target}>",
        f"LOAD <{target}>",
        f"LOAD SILENT <{target}> INTO GRAPH <urn:g>",
        f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{target}> {{ ?s ?p ?o }} }}",
        f'SELECT * {{ ?s ?p """x""" . SERVICE <{target}> {{}} }}',
        f"SELECT * {{ ?s ?p '\\'' . SERVICE <{target}> {{}} }}",
    ]


def test_nobody_is_called(server: tuple[Client, int], canary: tuple[int, list[bytes]]) -> None:
    port, calls = canary
    for text in calls_of(f"http://127.0.0.1:{port}/sparql"):
        assert ask(server[0], text).status_code in {200, 400, 403}, text
    for parameter in ("default-graph-uri", "named-graph-uri"):
        server[0].get("/sparql", params={"query": "ASK { ?s ?p ?o }", parameter: f"http://127.0.0.1:{port}/"})
    server[0].get("/rdf-graph-store", params={"graph": f"http://127.0.0.1:{port}/"})
    assert calls == []


def test_allow_list_opens_what_it_names_and_no_private_address(tmp_path: Path, canary: tuple[int, list[bytes]]) -> None:
    port, calls = canary
    root = tmp_path / "graph"
    root.mkdir()
    for name in ("ontology", "graph_data"):
        (root / name).symlink_to(TINY / name)
    allowed = f'service_prefixes = ["http://127.0.0.1:{port}/", "https://allowed.example/sparql"]\n'
    (root / "agon.toml").write_text('title = "Open"\n' + allowed)
    with (
        started(["--root", str(root), "--build", str(tmp_path / "build")]) as (address, _),
        Client(base_url=address, timeout=60) as client,  # it may take long to find that nobody knows a host
    ):
        for text in [
            *calls_of(f"http://127.0.0.1:{port}/sparql"),
            "SELECT * { SERVICE <https://allowed.example/sparql.evil.example> {} }",
            "SELECT * { SERVICE <https://allowed.example/sparql@evil.example> {} }",
            "SELECT * { SERVICE <http://[> {} }",
            f"SELECT * {{ SERVICE <https://allowed.example/sparql?{'x' * 9000}> {{}} }}",
        ]:
            assert ask(client, text).status_code in {200, 400, 403}, text
        feature = "sd:BasicFederatedQuery"
        assert feature in client.get("/sparql", headers={"Accept": "text/turtle"}).text
    assert calls == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sparql?query=ASK%7B%7D%00", 400),
        ("/sparql?query=%00", 400),
        ("/sparql?query=ASK%7B%7D&format=csv%0D%0ASet-Cookie:%20a=b", 406),
        ("/queries/x%0D%0ASet-Cookie:%20a=b", 404),
        ("/rdf-graph-store?graph=http://a.example/%0D%0AX:%20y", 400),
        ("/sparql?query=ASK%7B%7D&timeout=-1", 400),
        ("/sparql?query=ASK%7B%7D&timeout=nan", 400),
        ("/sparql?query=ASK%7B%7D&timeout=1e999", 400),
        ("/" + "x" * 20_000, 404),
        ("/static/../../pyproject.toml", 404),
        ("/static/%2e%2e/%2e%2e/pyproject.toml", 404),
    ],
)
def test_malformed_addresses(server: tuple[Client, int], path: str, status: int) -> None:
    response = server[0].get(path)
    assert response.status_code == status
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("host", ["a b", "a<b", "[", 'x"y', "a/b", "a:99999999", ""])
def test_malformed_host(server: tuple[Client, int], host: str) -> None:
    response = server[0].get("/sparql", headers={"Host": host, "Accept": "text/turtle"})
    assert response.status_code == 400


def test_slow_reader_of_a_huge_answer_fills_no_memory(server: tuple[Client, int]) -> None:
    client, process = server
    before = sum(family(process).values())
    query = {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "format": "tsv"}
    with client.stream("GET", "/sparql", params=query) as response:
        next(response.iter_raw(1))
        time.sleep(SECONDS / 2)
        assert sum(family(process).values()) < before + 50e6


def test_ten_megabytes_are_not_read_to_the_end(server: tuple[Client, int]) -> None:
    response = ask(server[0], "x" * 10_000_000)
    assert response.status_code == 413


HALF_A_GET, HALF_A_POST = b"GET /sparql?query=", b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"


def test_slow_and_silent_clients_hold_nobody_up(server: tuple[Client, int]) -> None:
    client, _ = server
    host, port = str(urlsplit(str(client.base_url)).hostname), int(urlsplit(str(client.base_url)).port or 0)
    lines = [socket.create_connection((host, port)) for _ in range(200)]
    try:
        for place, line in enumerate(lines):
            line.sendall(
                b"GET /sparql?query=" if place % 2 else b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
            )
        with probed(client):
            assert [ask(client, "ASK {}").status_code for _ in range(20)] == [200] * 20
    finally:
        for line in lines:
            line.close()


def test_many_at_once_are_answered_or_told_to_come_again(server: tuple[Client, int]) -> None:
    client, _ = server
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c < ?f) }"

    def one(number: int) -> int:
        with Client(base_url=client.base_url, timeout=60, verify=False) as own:  # certificates take long to read
            response = ask(own, f"{text} # {number}")
            assert response.status_code == 200 or "Retry-After" in response.headers
            return response.status_code

    with ThreadPoolExecutor(200) as threads:
        statuses = list(threads.map(one, range(200)))
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert ask(client, "ASK {}").status_code == 200


WORDS = re.findall(
    r"\S+",
    """SELECT ASK CONSTRUCT WHERE FILTER NOT EXISTS OPTIONAL UNION MINUS GRAPH VALUES UNDEF BIND AS COUNT GROUP BY ORDER
    LIMIT { } ( ) [ ] << >> {| |} . ; , * + / | ^ ! ^^ # ?s ?p ?o <urn:x> a:b _:b 'x' 1 1e9 @en \\ é""",
)
WORDS += ['"""', "\x00", "\ud800"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_no_text_gives_a_fault(server: tuple[Client, int], words: list[str]) -> None:
    response = server[0].post("/sparql", content=" ".join(words).encode("utf-8", "surrogatepass"), headers=DIRECT)
    assert response.status_code in {200, 400, 403, 413, 503}


def test_no_process_is_left_behind_and_memory_is_as_it_was(server: tuple[Client, int]) -> None:
    client, process = server
    before = family(process)
    for text in (MEMORY["doubling"], MEMORY["replace"], STACK["group"], PLANNING["collection"]):
        ask(client, text)
    time.sleep(0.5)
    assert len(family(process)) == len(before)
    assert sum(family(process).values()) < sum(before.values()) + 100e6


def test_server_survives_the_loss_of_any_process_but_its_first(tmp_path: Path) -> None:
    """Even of the one that makes the workers, which the kernel may choose when memory runs out."""
    options = ["--root", str(TINY), "--build", str(tmp_path / "build")]
    with started(options) as (address, process):
        for child in set(family(process)) - {process}:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        answers: list[int] = []
        deadline = time.monotonic() + 30
        while answers[-3:] != [200, 200, 200] and time.monotonic() < deadline:
            time.sleep(0.1)
            with suppress(TransportError), Client(base_url=address) as client:
                answers.append(ask(client, f"ASK {{}} # {len(answers)}").status_code)
        assert answers[-3:] == [200, 200, 200]


def family(process: int) -> dict[int, int]:
    """The processes that descend from one, with the bytes of memory that each has."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        sizes[int(folder.name)] = int(fields[21]) * 4096
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: sizes[one] for one in found}

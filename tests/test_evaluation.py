"""Queries that cost too much: the client gets a sentence, and nobody else notices."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness import DIRECT, Kg
from httpx import Client, ReadTimeout, RemoteProtocolError, Response

from kg.config import Limits, load_config
from kg.errors import QueryTimeoutError
from kg.evaluation import QueryClient, WorkerHost
from kg.formats import ResultKind, named_format
from kg.query import QueryRequest
from kg.release import current_release

FOREVER = "SELECT (COUNT(*) AS ?n) {" + "".join(f" ?s{i} ?p{i} ?o{i} ." for i in range(8)) + "}"


def ask(client: Client, text: str) -> Response:
    return client.post("/sparql", content=text, headers=DIRECT)


def test_query_out_of_time_gets_503_that_names_the_limit(tiny_client: Client) -> None:
    response = ask(tiny_client, FOREVER)
    assert response.status_code == 503
    assert response.json()["limit"] == {"timeout_seconds": 2.0}
    assert response.headers["Retry-After"]
    assert ask(tiny_client, "ASK {}").status_code == 200


def test_query_that_doubles_its_memory_gets_503(tiny_client: Client) -> None:
    doublings = "".join(f" BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
    response = ask(tiny_client, f"SELECT (STRLEN(?v40) AS ?n) {{ BIND('{'x' * 100}' AS ?v0){doublings} }}")
    assert response.status_code == 503
    assert ask(tiny_client, "ASK {}").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (" + "STR(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) {}",
        "SELECT * " + "{" * 30_000 + "?s ?p ?o" + "}" * 30_000,
        "SELECT (1" + "+1" * 30_000 + " AS ?x) {}",
        "SELECT (COUNT(*) AS ?n) {" + " ?s ?p ?o FILTER EXISTS {" * 2_400 + "}" * 2_401,
    ],
)
def test_deep_query_never_ends_the_service(tiny_client: Client, text: str) -> None:
    assert len(text) < 64 * 1024
    assert ask(tiny_client, text).status_code in {200, 400, 503}
    assert ask(tiny_client, "ASK {}").status_code == 200


def test_failure_after_the_first_byte_breaks_the_connection(tiny_client: Client) -> None:
    query = {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "format": "csv"}
    with tiny_client.stream("GET", "/sparql", params=query) as response:
        assert response.status_code == 200
        with pytest.raises(RemoteProtocolError, match="without sending complete message body"):
            response.read()
    assert ask(tiny_client, "ASK {}").status_code == 200


def test_http_1_0_never_takes_a_fragment_for_the_whole(tiny_client: Client) -> None:
    """It has no pieces: an answer has a length, or does not begin."""

    def ask_by_1_0(query: bytes) -> bytes:
        address = urlsplit(str(tiny_client.base_url))
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as line:
            line.sendall(b"GET /sparql?format=csv&query=" + query + b" HTTP/1.0\r\nHost: x\r\n\r\n")
            return b"".join(iter(lambda: line.recv(65536), b""))

    assert ask_by_1_0(b"SELECT*{?a?b?c.?d?e?f.?g?h?i.?j?k?l}").startswith(b"HTTP/1.0 503")
    whole = ask_by_1_0(b"SELECT*{?a?b?c.?d?e%3Chttps://tiny.example/ns%23Person%3E}")
    head, _, body = whole.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert len(body) > 65536


def test_worker_is_free_when_its_client_has_gone(tiny_client: Client) -> None:
    for _ in range(2):  # as many as there are workers
        with pytest.raises(ReadTimeout):
            tiny_client.post("/sparql", content=FOREVER, headers=DIRECT, timeout=0.3)
    began = time.monotonic()
    assert ask(tiny_client, "ASK {}").status_code == 200
    assert time.monotonic() - began < 1.5  # the limit of the abandoned queries is two seconds


def test_client_may_ask_for_less_time(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", params={"query": FOREVER, "timeout": "0.2"})
    assert response.status_code == 503
    assert response.json()["limit"] == {"timeout_seconds": 0.2}
    assert tiny_client.get("/sparql", params={"query": "ASK {}", "timeout": "soon"}).status_code == 400


def test_others_are_answered_while_one_query_runs(tiny_client: Client) -> None:
    started = threading.Event()

    def run_forever() -> int:
        started.set()
        return ask(tiny_client, FOREVER).status_code

    with ThreadPoolExecutor() as threads:
        slow = threads.submit(run_forever)
        started.wait()
        assert [ask(tiny_client, "ASK {}").status_code for _ in range(20)] == [200] * 20
        assert not slow.done()
        assert slow.result() == 503


def test_service_has_a_deadline_of_its_own(kg: Kg, tiny: Path) -> None:
    limits = Limits(service_timeout_seconds=0.5)
    assert kg("build", root=tiny).returncode == 0
    release = current_release(load_config(tiny))
    assert release is not None
    with socket.create_server(("127.0.0.1", 0)) as silent:
        query = f"SELECT * {{ SERVICE <http://127.0.0.1:{silent.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        request = QueryRequest(query, ResultKind.SOLUTIONS, has_dataset_clause=False, asks_others=True)
        row = named_format("json", ResultKind.SOLUTIONS)
        with WorkerHost(
            release.store, base_iri="https://tiny.example/", prefixes={}, limits=limits, asks_others=True
        ) as host:
            client = QueryClient(host.address, limits)
            with pytest.raises(QueryTimeoutError, match=r"0\.5 seconds"):
                client.evaluate(request, row)

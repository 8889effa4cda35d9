"""
The protocol beyond the W3C tests, the service description, the graph store, caching, coding, what an operator asks.

Source: SPARQL 1.1 Protocol, Service Description and Graph Store HTTP Protocol. :mod:`test_w3c_protocol` runs the tests
of the first; those of the others are prose, and the tests that answer them here are named in the comments.
"""

import asyncio
import gzip
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import Semaphore
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
import zstandard
from harness import COMMAND, DIRECT, TINY, Kg, media_type, running, serve, started
from httpx import Client, ConnectError, Response, get
from starlette.types import ASGIApp, Message

from kg.config import load_config
from kg.release import current_release
from server.opening import Signals
from server.processes import load_application
from server.served import ServedRelease
from server.service import host_release

ASK = "ASK {}"
DATA = "https://tiny.example/graph/graph_data/people"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


# Query operation


@pytest.mark.parametrize("method", ["POST", "QUERY"])
@pytest.mark.parametrize(("body", "headers"), [(ASK, DIRECT), ("query=ASK%20%7B%7D", FORM)])
def test_query_in_the_body(tiny_client: Client, method: str, body: str, headers: dict[str, str]) -> None:
    response = tiny_client.request(method, "/sparql", content=body, headers=headers)
    assert (response.status_code, response.json()) == (200, {"head": {}, "boolean": True})


def test_parameters_override_from_in_a_direct_post_too(tiny_client: Client) -> None:
    text = "ASK FROM <http://a.example/absent> { ?s ?p ?o }"
    response = tiny_client.post("/sparql", params={"default-graph-uri": DATA}, content=text, headers=DIRECT)
    assert response.json()["boolean"]


def test_charset_of_a_direct_post_may_be_utf_8(tiny_client: Client) -> None:
    headers = {"Content-Type": "application/sparql-query; charset=UTF-8"}
    text = "ASK { BIND ('Göyüşov' AS ?name) }"
    assert tiny_client.post("/sparql", content=text.encode(), headers=headers).status_code == 200


def test_options_says_what_is_understood(tiny_client: Client) -> None:
    response = tiny_client.options("/sparql")
    assert response.status_code == 204
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST, QUERY"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def test_update_says_how_the_graph_is_changed(tiny_client: Client) -> None:
    response = tiny_client.post("/sparql", content="CLEAR ALL", headers={"Content-Type": "application/sparql-update"})
    assert response.status_code == 403
    assert "proposing the change" in response.json()["detail"]


# Service description and VoID
# W3C returns-rdf, has-endpoint-triple, conforms-to-schema: test_description_is_rdf_with_the_endpoint


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib 7.6 warns of itself
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_description_is_rdf_with_the_endpoint(tiny_client: Client, path: str, accept: str) -> None:
    response = tiny_client.get(path, headers={"Accept": accept})
    assert media_type(response) == accept
    graph = rdflib.Graph().parse(data=response.content, format=accept)
    (service,) = graph.subjects(rdflib.RDF.type, SD.Service)
    assert graph.value(service, SD.endpoint) == service
    assert str(service) == str(tiny_client.base_url) + "/sparql" or str(service).endswith("/sparql")


def test_partitions_count_what_queries_answer(tiny_client: Client) -> None:
    partitions = """
        PREFIX void: <http://rdfs.org/ns/void#>
        PREFIX voidext: <http://ldf.fi/void-ext#>
        SELECT ?class ?property ?datatype ?valueClass ?triples {
          ?dataset void:classPartition [ void:class ?class ; void:propertyPartition ?p ] .
          ?p void:property ?property ; void:triples ?triples .
          OPTIONAL { ?p voidext:datatypePartition/voidext:datatype ?datatype }
          OPTIONAL { ?p void:classPartition/void:class ?valueClass }
        }"""
    found = tiny_client.get("/sparql", params={"query": partitions}).json()["results"]["bindings"]
    assert {row["datatype"]["value"] for row in found if "datatype" in row}
    assert {row["valueClass"]["value"] for row in found if "valueClass" in row}
    for row in found:
        text = (
            f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?s ?o {{ ?s a <{row['class']['value']}> ; "
            f"<{row['property']['value']}> ?o }} }} }}"
        )
        counted = tiny_client.get("/sparql", params={"query": text}).json()["results"]["bindings"][0]["n"]["value"]
        assert counted == row["triples"]["value"], row


# Graph store, for reading
# W3C get_of_put__initial_state, …__graph_already_in_store, get_of_post__*: test_named_graph_by_its_iri
# W3C get_of_put__default_graph: test_default_graph_is_the_union
# W3C get_of_delete__existing_graph, head_on_a_nonexisting_graph: test_malformed_graph_requests
# W3C head_on_an_existing_graph: test_head_of_a_graph_is_get_without_a_body
# W3C put__*, post__*, delete__*: test_writes_are_not_understood


def test_named_graph_by_its_iri(tiny_client: Client) -> None:
    response = tiny_client.get("/rdf-graph-store", params={"graph": DATA})
    assert media_type(response) == "text/turtle"
    assert len(rdflib.Graph().parse(data=response.content)) == 9
    for path in ("/graph/graph_data/people", "/graph/graph_data/people.ttl"):
        assert tiny_client.get(path, headers={"Accept": "text/turtle"}).text == response.text
    assert media_type(tiny_client.get("/graph/graph_data/people.nt")) == "application/n-triples"


def test_default_graph_is_the_union(tiny_client: Client) -> None:
    graph = rdflib.Graph().parse(data=tiny_client.get("/rdf-graph-store?default").content)
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    counted = tiny_client.get("/sparql", params={"query": count}).json()["results"]["bindings"][0]["n"]["value"]
    assert len(graph) == int(counted)


@pytest.mark.parametrize(
    ("name", "form"), [("trig", pyoxigraph.RdfFormat.TRIG), ("nquads", pyoxigraph.RdfFormat.N_QUADS)]
)
def test_whole_dataset(tiny_client: Client, name: str, form: pyoxigraph.RdfFormat) -> None:
    response = tiny_client.get("/rdf-graph-store", params={"format": name})
    quads = {str(quad) for quad in pyoxigraph.parse(response.content, format=form)}
    assert len(quads) > 300
    assert any(DATA in quad for quad in quads)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"graph={DATA}&default", 400),
        (f"graph={DATA}&graph={DATA}", 400),
        ("graph=no+iri", 400),
        ("graph=https://tiny.example/graph/absent", 404),
        ("default&format=nquads", 406),
        ("format=turtle", 406),
        ("format=xlsx", 406),
    ],
)
def test_malformed_graph_requests(tiny_client: Client, query: str, status: int) -> None:
    response = tiny_client.get(f"/rdf-graph-store?{query}")
    assert (response.status_code, media_type(response)) == (status, "application/problem+json")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_writes_are_not_understood(tiny_client: Client, method: str) -> None:
    response = tiny_client.request(method, "/rdf-graph-store", params={"graph": DATA})
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) >= {"GET", "HEAD"}


def test_head_of_a_graph_is_get_without_a_body(tiny_client: Client) -> None:
    get, head = (by("/rdf-graph-store", params={"graph": DATA}) for by in (tiny_client.get, tiny_client.head))
    assert head.content == b""
    assert {head.headers[name] == get.headers[name] for name in ("ETag", "Content-Type", "Content-Length")} == {True}


# Caching and coding


def test_entity_tag_is_met_without_a_body(tiny_client: Client) -> None:
    first = tiny_client.get("/sparql", params={"query": ASK})
    for condition in (first.headers["ETag"], "W/" + first.headers["ETag"], f'"other", {first.headers["ETag"]}', "*"):
        again = tiny_client.get("/sparql", params={"query": ASK}, headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert tiny_client.get("/sparql", params={"query": ASK}, headers={"If-None-Match": '"other"'}).status_code == 200


def test_entity_tag_tells_formats_codings_and_datasets_apart(tiny_client: Client) -> None:
    query = {"query": "SELECT * { ?s ?p ?o }"}
    tags = {
        tiny_client.get("/sparql", params=query | more, headers=headers).headers["ETag"]
        for more, headers in [
            ({}, {"Accept-Encoding": "identity"}),
            ({}, {"Accept-Encoding": "gzip"}),
            ({"format": "csv"}, {"Accept-Encoding": "identity"}),
            ({"default-graph-uri": DATA}, {"Accept-Encoding": "identity"}),
        ]
    }
    assert len(tags) == 4


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()", "now()"])
def test_volatile_answers_are_not_kept(tiny_client: Client, call: str) -> None:
    query = {"query": f"SELECT ({call} AS ?x) {{}}"}
    one, other = (tiny_client.get("/sparql", params=query) for _ in range(2))
    assert one.headers["Cache-Control"] == "no-store"
    assert "ETag" not in one.headers
    assert one.text != other.text or call == "BNODE()"


def test_volatile_words_in_data_change_nothing(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", params={"query": 'ASK { BIND ("NOW() RAND()" AS ?uuid) } # UUID()'})
    assert "ETag" in response.headers


def test_problems_are_not_kept(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", params={"query": "ASK"})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Dataset-Digest"].startswith("sha-256=")


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_coding(tiny_client: Client, coding: str) -> None:
    path = "/rdf-graph-store?format=nquads"
    plain = tiny_client.get(path, headers={"Accept-Encoding": "identity"})
    with tiny_client.stream("GET", path, headers={"Accept-Encoding": coding}) as coded:
        assert coded.headers["Content-Encoding"] == coding
        raw = b"".join(coded.iter_raw())
    assert len(raw) < len(plain.content) / 3
    if coding == "gzip":
        assert gzip.decompress(raw) == plain.content
    if coding == "zstd":
        assert zstandard.ZstdDecompressor().decompressobj().decompress(raw) == plain.content
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK", "/nothing", "/healthz"])
def test_every_answer_may_be_read_by_other_origins(tiny_client: Client, path: str) -> None:
    response = tiny_client.get(path)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Dataset-Version" in response.headers["Access-Control-Expose-Headers"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


# Operation


def test_health_readiness_and_limits(tiny_client: Client) -> None:
    assert tiny_client.get("/healthz").text == "alive\n"
    ready = tiny_client.get("/readyz").json()
    assert ready["conforms"] is True
    assert ready["release"].startswith(tiny_client.get("/").headers["Dataset-Version"])
    assert tiny_client.get("/limits").json()["timeout_seconds"] == 2


def test_nothing_is_ready_before_the_release_is_checked(tiny: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [*COMMAND, "--root", str(tiny), "serve", "--port", str(port)]
    answers: list[Response] = []
    with (
        running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
        Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        while not answers or not answers[-1].is_success:
            time.sleep(0.02)  # what asks without a pause takes the processor from what starts
            with suppress(ConnectError):
                answers.append(client.get("/readyz"))
    first, last = answers[0], answers[-1]
    assert (first.status_code, first.json()["ready"], first.headers["Retry-After"]) == (503, False, "1")
    assert last.json()["ready"] is True


def test_process_that_starts_after_the_release_is_hosted_is_waited_for(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    config, path, signals = load_config(tiny), tiny / "served.json", Signals(Semaphore(0), Semaphore(0))
    release = current_release(config)
    assert release is not None
    with host_release(config, release) as host:
        ServedRelease(release.folder, host.address).write(path)
        asyncio.run(_started_and_ended(load_application(config, path, None, signals)))
    assert signals.ready.acquire(block=False)


async def _started_and_ended(app: ASGIApp) -> None:
    """Start an application, and end it at once, as ASGI's lifespan says."""

    async def receive() -> Message:
        await asyncio.sleep(0.1)
        return {"type": next(messages)}

    async def send(message: Message) -> None:
        assert message["type"].endswith(".complete")

    messages = iter(("lifespan.startup", "lifespan.shutdown"))
    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)


@pytest.mark.parametrize("host", ["localhost", "::1"])
def test_host_is_a_name_or_an_address(tiny: Path, host: str) -> None:
    if not _is_here(host):
        pytest.skip(f"this machine has no {host}")
    with started(["--root", str(tiny)], ["--host", host, "--processes", "1"]) as (address, _):
        assert get(address + "/healthz").text == "alive\n"


def _is_here(host: str) -> bool:
    with suppress(OSError):
        socket.create_server((host, 0), family=socket.getaddrinfo(host, 0)[0][0]).close()
        return True
    return False


@pytest.mark.parametrize("log", [".", "absent/access.log"])
def test_access_log_that_cannot_be_written_is_one_clear_line(kg: Kg, tmp_path: Path, log: str) -> None:
    result = kg("serve", "--port", 0, "--access-log", tmp_path / log, root=TINY)
    assert result.returncode == 8
    assert result.stderr.startswith(f"the access log {tmp_path / log} cannot be written: ")
    assert result.stderr.endswith("; give another with --access-log\n")


@pytest.mark.parametrize("host", ["agon.invalid", "192.0.2.1", "x" * 300])
def test_host_that_is_not_of_this_machine_is_one_clear_line(kg: Kg, host: str) -> None:
    result = kg("serve", "--host", host, "--port", 0, root=TINY)
    assert result.returncode == 9
    assert result.stderr.startswith(f"cannot listen on {host}:0: ")
    assert result.stderr.endswith("; give another with --port or --host\n")


def test_graph_that_does_not_conform_is_not_served(kg: Kg, tiny: Path) -> None:
    people = tiny / "graph_data/people.ttl"
    people.write_text(people.read_text().replace('"Ada"', "1"))
    refused = kg("serve", "--port", 0, root=tiny)
    assert refused.returncode == 1
    assert "people.ttl:" in refused.stdout


def test_metrics_count_requests_of_all_processes(tiny_client: Client) -> None:
    def count() -> float:
        lines = tiny_client.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("http_requests_total{"))

    before = count()
    for _ in range(10):
        with Client(base_url=tiny_client.base_url) as fresh:
            fresh.get("/healthz")
    assert count() >= before + 10
    assert "sparql_query_duration_seconds_bucket" in tiny_client.get("/metrics").text


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Client, Path]]:
    """A server of one's own: its graph and its settings may be changed."""
    root = Path(shutil.copytree(TINY, tmp_path / "graph"))
    settings = root / "agon.toml"
    text = settings.read_text().replace(
        "[limits]", 'trusted_proxies = ["127.0.0.1"]\n[limits]\nrequests_per_minute = 100'
    )
    settings.write_text(text)
    log = tmp_path / "access.log"
    for address in serve(["--root", str(root)], ["--access-log", str(log), "--processes", "1"]):
        with Client(base_url=address, timeout=30) as client:
            yield client, root


def test_new_release_is_picked_up_and_a_broken_one_refused(own: tuple[Client, Path]) -> None:
    client, root = own
    before = client.get("/readyz").json()["release"]
    people = root / "graph_data/people.ttl"
    people.write_text(people.read_text().replace('"Ada"', '"Ada Augusta"'))
    subprocess.run([*COMMAND, "--root", root, "build"], check=True, capture_output=True)
    query = {"query": "ASK { ?s ?p 'Ada Augusta' }"}
    answers = [client.get("/sparql", params=query)]
    while not answers[-1].json()["boolean"] and len(answers) < 80:
        time.sleep(0.1)
        answers.append(client.get("/sparql", params=query))
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].json()["boolean"]
    after = client.get("/readyz").json()["release"]
    assert after != before
    shutil.rmtree(root / f"build/releases/{before}/store")
    (root / f"build/releases/{before}/dataset.nq").write_text("damaged")
    (root / "build/current").unlink()
    (root / "build/current").symlink_to(Path("releases") / before)
    time.sleep(3)
    assert client.get("/readyz").json()["release"] == after


def test_client_that_asks_too_often_gets_429(own: tuple[Client, Path]) -> None:
    client, _ = own
    statuses = [client.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"}).status_code for _ in range(101)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert client.get("/healthz", headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_trusted_proxy_says_where_the_client_is(own: tuple[Client, Path]) -> None:
    client, root = own
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "agon.example", "Accept": "text/turtle"}
    assert "<https://agon.example/sparql>" in client.get("/sparql", headers=headers).text
    client.get("/healthz")  # a line is written when its request is over
    assert '"path": "/sparql"' in (root.parent / "access.log").read_text()

"""One release served by several processes behind nginx: the same tags, a cache, a switch that nobody notices."""

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from harness import REPOSITORY, TINY, Kg, started
from httpx import Client, HTTPError, RemoteProtocolError, Response, post
from proxies import proxied, require_nginx

from kg.formats import ResultKind, formats_for

_HOST = {"Host": "agon.example"}
_PERSON = "/doc/person/ilham-aliyev"
_SOLUTIONS = "/sparql?query=SELECT * { ?s ?p ?o } LIMIT 3000"
_COUNTS = "/sparql?query=SELECT ?s (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s LIMIT 1000"
_GRAPH = "/sparql?query=CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3000"
_PAGES = [
    "/",
    "/about",
    "/ontology",
    "/quality",
    "/queries",
    "/queries/claims-by-speaker/form",
    "/queries/unanswered-claims",
    "/sparql",
    _COUNTS,
    _PERSON,
    "/ns",
    "/lookup?iri=http://www.wikidata.org/entity/Q458",
    "/search?q=claim",
]
_DATA = [
    "/queries",
    "/queries/claims-by-speaker.rq",
    "/queries/unanswered-claims",
    "/queries/unanswered-claims.csv",
    "/sparql",
    "/sparql/completions",
    _COUNTS,
    "/sparql?query=ASK {}",
    *(f"{_SOLUTIONS}&format={row.name}" for row in formats_for(ResultKind.SOLUTIONS)),
    *(f"{_GRAPH}&format={row.name}" for row in formats_for(ResultKind.GRAPH) if not row.holds_graphs),
    *(f"{_PERSON}{row.suffix}" for row in formats_for(ResultKind.GRAPH)),
    "/ns.ttl",
    "/lookup?iri=http://www.wikidata.org/entity/Q458",
    "/search?q=claim",
    "/search/suggest?q=cla",
    "/rdf-graph-store?default",
    "/rdf-graph-store?format=trig",
    "/.well-known/void",
    "/.well-known/sparql-examples",
    "/openapi.json",
    "/context.jsonld",
    "/dumps",
    "/limits",
    "/static/agon.css",
]
_KINDS = [*((path, "text/html") for path in _PAGES), *((path, "*/*") for path in _DATA)]
_TOLD = ("ETag", "Cache-Control", "Vary", "Content-Type", "Link", "Last-Modified", "Dataset-Digest")


@dataclass(frozen=True)
class Replicas:
    """Two servers of one release, and the proxy before them, each as a client sees it."""

    first: Client
    second: Client
    proxy: Client


@contextmanager
def _clients(*addresses: str) -> Iterator[Replicas]:
    with ExitStack() as stack:
        yield Replicas(
            *(stack.enter_context(Client(base_url=one, headers=_HOST, timeout=30)) for one in addresses),
        )


@pytest.fixture(scope="module")
def replicas(address: str, build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Agon twice: the second replica has a copy of the release, whose files have other dates, and one process only."""
    require_nginx()
    copied = _copied(build, tmp_path_factory.mktemp("host") / "build")
    options = ["--root", str(REPOSITORY), "--build", str(copied)]
    with (
        started(options, ["--processes", "1"]) as (other, _),
        proxied([address, other]) as proxy,
        _clients(address, other, proxy) as clients,
    ):
        yield clients


def _copied(build: Path, copy: Path) -> Path:
    return Path(shutil.copytree(build, copy, symlinks=True, copy_function=shutil.copyfile))


@pytest.mark.parametrize(("path", "accept"), _KINDS)
def test_replicas_and_proxy_give_the_same_tag_and_the_same_bytes(replicas: Replicas, path: str, accept: str) -> None:
    asked = {"Accept": accept}
    clients = (replicas.first, replicas.second, replicas.proxy, replicas.proxy)
    answers = [client.get(path, headers=asked) for client in clients]
    assert len({(one.status_code, *map(one.headers.get, _TOLD), one.content) for one in answers}) == 1
    assert answers[0].status_code == 200
    assert answers[-1].headers["X-Cache-Status"] == "HIT"
    for client in clients[:3]:
        again = client.get(path, headers={**asked, "If-None-Match": answers[0].headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = client.head(path, headers=asked)
        assert (head.status_code, head.headers["ETag"], head.content) == (200, answers[0].headers["ETag"], b"")


def test_dumps_have_one_tag_and_give_ranges(replicas: Replicas) -> None:
    for dump in replicas.first.get("/dumps").json()["dumps"]:
        path = dump["url"].removeprefix("http://agon.example")
        for client in (replicas.first, replicas.second, replicas.proxy, replicas.proxy):
            whole, part = client.get(path), client.get(path, headers={"Range": "bytes=10-19"})
            assert whole.headers["ETag"] == f'"{dump["sha256"]}"'
            assert "immutable" in whole.headers["Cache-Control"]
            assert (part.status_code, part.content) == (206, whole.content[10:20])
            for condition, status in ((whole.headers["ETag"], 206), ('"other"', 200)):
                asked = {"Range": "bytes=10-19", "If-Range": condition}
                assert client.get(path, headers=asked).status_code == status
            again = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
            assert (again.status_code, again.content) == (304, b"")


def test_proxy_keeps_answers_apart_by_what_clients_accept(replicas: Replicas) -> None:
    path = "/queries/contradictions"
    for _ in range(2):
        for accept in ("text/csv", "application/sparql-results+json", "text/html"):
            for coding in ("gzip", "br", "identity"):
                answer = replicas.proxy.get(path, headers={"Accept": accept, "Accept-Encoding": coding})
                assert answer.headers["Content-Type"].startswith(accept)
                assert answer.headers.get("Content-Encoding", "identity") in {coding, "identity"}


def test_what_varies_is_told_in_one_line(replicas: Replicas) -> None:
    page = replicas.first.get("/", headers={"Accept": "text/html"})
    assert page.headers.get_list("Vary") == ["Accept, Accept-Encoding, Accept-Language"]


def test_answer_for_one_host_is_not_given_for_another(replicas: Replicas) -> None:
    links = {
        host: client.get(f"{_PERSON}.ttl", headers={"Host": host}).headers["Link"]
        for client in (replicas.first, replicas.proxy)
        for host in ("one.example", "two.example")
    }
    assert all(f"http://{host}/" in link for host, link in links.items())


def test_what_holds_for_a_moment_is_not_kept(replicas: Replicas) -> None:
    for path in ("/readyz", "/healthz", "/sparql?query=SELECT (NOW() AS ?now) {}", "/queries/absent"):
        for _ in range(2):
            answer = replicas.proxy.get(path)
            assert (answer.headers["Cache-Control"], answer.headers["X-Cache-Status"]) == ("no-store", "MISS")
    assert replicas.proxy.get("/metrics").status_code == 404
    assert replicas.first.get("/metrics").headers["Cache-Control"] == "no-store"


_NAMES = "/sparql?query=SELECT ?name { ?person <https://tiny.example/ns%23name> ?name }&format=csv"
_PRODUCT = "/sparql?query=SELECT * { ?a ?b ?c . ?d ?e ?f }&format=csv"
_ASKED = [
    _NAMES,
    "/",
    "/queries/names.csv?person=https://tiny.example/id/person/p7",
    "/queries/names.html?person=https://tiny.example/id/person/p7",
    "/doc/person/p7.ttl",
    "/doc/person/p7.html",
    "/rdf-graph-store?format=nquads",
    "/.well-known/void",
    "/dumps",
]
_PAUSE_SECONDS = 0.005
_MARK = re.compile("of release (one|two)")


@dataclass(frozen=True)
class Seen:
    """What a client saw: when it asked, an answer or what went wrong."""

    began: float
    answer: Response | None
    problem: str = ""

    @property
    def digest(self) -> str:
        """The release that the answer says it is from."""
        return self.answer.headers["Dataset-Digest"].partition("=")[2] if self.answer else ""


@dataclass
class Crowd:
    """Clients that ask one thing after the other, until they are told to stop."""

    address: str
    seen: list[Seen] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def asking(self, count: int) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _ask(self, number: int) -> None:
        with Client(base_url=self.address, timeout=30) as client:
            while not self._stop.is_set():
                for path in _ASKED[number:] + _ASKED[:number]:
                    began = time.monotonic()
                    try:
                        answer = client.get(path).raise_for_status()
                    except HTTPError as error:
                        self.seen.append(Seen(began, None, f"{path}: {error!r}"))
                    else:
                        self.seen.append(Seen(began, answer))
                    time.sleep(_PAUSE_SECONDS)


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it does not come to hold")


def _graph(folder: Path, release: str) -> Path:
    """Make a graph in which every name tells of which release it is."""
    root = Path(shutil.copytree(TINY, folder / release))
    people = "".join(f'person:p{n} a tiny:Person ; tiny:name "P{n} of release {release}" .\n' for n in range(200))
    with (root / "graph_data/people.ttl").open("a") as file:
        file.write(people)
    with (root / "agon.toml").open("a") as file:
        file.write("result_bytes = 1_000_000\n")
    return root


def _built(kg: Kg, root: Path) -> str:
    result = kg("build", root=root)
    assert result.returncode == 0, result.stderr
    return (root / "build/current").resolve().name


@contextmanager
def _pair(root: Path, folder: Path) -> Iterator[tuple[list[Path], list[str], list[int], str]]:
    """Serve a graph from two copies of its releases, behind a proxy."""
    builds = [_copied(root / "build", folder / name) for name in ("host-1", "host-2")]
    with ExitStack() as stack:
        hosts = [stack.enter_context(started(["--root", str(root), "--build", str(build)])) for build in builds]
        addresses = [address for address, _ in hosts]
        proxy = stack.enter_context(proxied(addresses))
        yield builds, addresses, [pid for _, pid in hosts], proxy


class _Recorder(BaseHTTPRequestHandler):
    """Stands in the place of a replica, and tells what a proxy asks it."""

    server: "_Recording"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


class _Recording(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recorder)
        self.asked: list[tuple[str, dict[str, str]]] = []


def test_question_for_the_release_announces_no_body() -> None:
    require_nginx()
    with _Recording() as recording:
        threading.Thread(target=recording.serve_forever, daemon=True).start()
        with proxied([f"http://127.0.0.1:{recording.server_port}"] * 2) as proxy:
            assert post(f"{proxy}/sparql", data={"query": "ASK {}"}).status_code == 200
        recording.shutdown()
    (release, headers), (asked, _) = recording.asked
    assert (release, asked) == ("/readyz", "/sparql")
    assert not {"Content-Length", "Transfer-Encoding"} & headers.keys()


def _switch(build: Path, digest: str) -> None:
    """Make a release current that lies among the others, as an operator does."""
    (build / "next").symlink_to(Path("releases") / digest)
    (build / "next").rename(build / "current")


def _serves(address: str, digest: str) -> bool:
    """Whether all processes of a replica serve a release: each new connection may reach another one."""
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(base_url=address)) for _ in range(30)]
        return all(client.get("/readyz").json()["release"] == digest for client in clients)


def test_switch_of_release_under_load_has_no_error_and_no_mixed_answer(kg: Kg, tmp_path: Path) -> None:
    require_nginx()
    one, two = _graph(tmp_path, "one"), _graph(tmp_path, "two")
    digests = {_built(kg, root): root.name for root in (one, two)}
    old, new = digests
    with _pair(one, tmp_path) as (builds, addresses, _, proxy), Client(base_url=proxy) as client:
        crowd = Crowd(proxy)
        with crowd.asking(4):
            _until(lambda: sum(_is_kept(seen, old) for seen in list(crowd.seen)) > 100)
            for build, address in zip(builds, addresses, strict=True):
                shutil.copytree(two / "build/releases" / new, build / "releases" / new)
                _switch(build, new)
                _until(lambda address=address: _serves(address, new))  # type: ignore[misc]
            _until(lambda: any(_is_kept(seen, new) for seen in crowd.seen[-20:]))
            done, count = time.monotonic(), len(crowd.seen)
            _until(lambda: len(crowd.seen) > count + 100)
        assert {seen.problem for seen in crowd.seen} == {""}
        for seen in crowd.seen:
            assert seen.answer is not None
            assert set(_MARK.findall(seen.answer.text)) <= {digests[seen.digest]}
            assert {digest for digest in digests if digest[:12] in seen.answer.text} <= {seen.digest}
        assert {seen.digest for seen in crowd.seen if seen.began > done} == {new}
        assert [client.get(path).headers["X-Cache-Status"] for path in _ASKED] == ["HIT"] * len(_ASKED)


def _is_kept(seen: Seen, digest: str) -> bool:
    """Whether an answer of a release came out of the cache."""
    return bool(seen.answer) and seen.digest == digest and seen.answer.headers["X-Cache-Status"] == "HIT"


def test_replica_that_ends_is_not_missed_and_a_fragment_is_never_kept(kg: Kg, tmp_path: Path) -> None:
    require_nginx()
    root = _graph(tmp_path, "one")
    digest = _built(kg, root)
    with _pair(root, tmp_path) as (_, _, pids, proxy), Client(base_url=proxy, timeout=30) as client:
        for _ in range(3):
            with pytest.raises(RemoteProtocolError):
                client.get(_PRODUCT)
        os.kill(pids[0], signal.SIGTERM)
        for number in range(60):
            query = f"SELECT ?name {{ ?person <https://tiny.example/ns#name> ?name }} LIMIT {number + 1}"
            for answer in (
                client.get("/sparql", params={"query": query, "format": "csv"}),
                client.post("/sparql", data={"query": query, "format": "csv"}),
            ):
                assert (answer.status_code, answer.text.count("\n"), answer.headers.get("Dataset-Digest")) == (
                    *(200, number + 2),
                    f"sha-256={digest}",
                )

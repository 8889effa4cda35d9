"""Engines for tests: each in a folder of its own, on a free port of this machine, ended by its process id."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pyoxigraph as ox
from harness import absent

from kg.remote import Credentials, Endpoint, read_publication, release_iri, write_publication
from kg.store_settings import StoreSettings

__all__ = ["ENGINES", "RunningEngine", "connect", "free_port", "load_release", "oxigraph", "virtuoso"]

_START_SECONDS = 300
"""After a kill Virtuoso goes through its log first, a gigabyte in a minute."""
_OXIGRAPH = Path(sys.executable).parent / "oxigraph"
_VIRTUOSO_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = .
SchedulerInterval = 10
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 20
KeepAliveTimeout = 15
MaxKeepAlives = 20
[SPARQL]
[Client]
SQL_PREFETCH_ROWS = 100
"""


@dataclass
class RunningEngine:
    """An engine that runs: where it is asked, what the environment says of us to it, and its process."""

    url: str
    process: subprocess.Popen[bytes]
    restart: Callable[[], None]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """What ``--store`` and ``--to`` take."""
        return "sparql+" + self.url

    def stop(self) -> None:
        """End it, as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextmanager
def oxigraph(folder: Path) -> Iterator[RunningEngine]:
    """Run Oxigraph's server on a folder."""
    if not _OXIGRAPH.exists():
        absent("the command oxigraph is absent: it comes with the extra test")
    port = free_port()
    command = [str(_OXIGRAPH), "serve", "--location", str(folder / "oxigraph"), "--bind", f"127.0.0.1:{port}"]
    yield from _running(command, folder, f"http://127.0.0.1:{port}/query", {})


@contextmanager
def virtuoso(folder: Path, *, buffers: int = 20_000) -> Iterator[RunningEngine]:
    """Run Virtuoso on a folder, as Debian packs it, with so many buffers of 8 KiB each."""
    program = shutil.which("virtuoso-t")
    if program is None:
        absent("virtuoso-t is absent: on Debian, apt-get install virtuoso-opensource")
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(
        _VIRTUOSO_INI.format(http=http, sql=sql, buffers=buffers, dirty=buffers * 3 // 4)
    )
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    password = {"AGON_STORE_USER": "dba", "AGON_STORE_PASSWORD": "dba"}
    yield from _running(command, folder, f"http://127.0.0.1:{http}/sparql", password)


ENGINES = {"oxigraph": oxigraph, "virtuoso": virtuoso}
"""Each kind of engine that can run here."""


def connect(engine: RunningEngine) -> Endpoint:
    """Connect to an engine as its environment says."""
    user, password = (engine.environment.get(f"AGON_STORE_{name}", "") for name in ("USER", "PASSWORD"))
    return Endpoint(StoreSettings(url=engine.store), credentials=Credentials(user, password))


def load_release(engine: RunningEngine, folder: Path, base_iri: str) -> None:
    """Write a release into an engine, and make it current, in one go and without looking."""
    graphs: dict[str, dict[str, None]] = {}
    digest = folder.name
    for quad in ox.parse(path=str(folder / "dataset.nq"), format=ox.RdfFormat.N_QUADS):
        for graph in (str(quad.graph_name.value), release_iri(base_iri, digest)):
            graphs.setdefault(graph, {})[f"{quad.triple} .\n"] = None
    with connect(engine) as endpoint:
        for graph, lines in graphs.items():
            endpoint.put_graph(graph, "".join(lines).encode())
        old = read_publication(endpoint, base_iri)
        new = replace(old, current=digest, named=digest, whole=old.whole | {digest})
        assert write_publication(endpoint, base_iri, old, new)


def _running(command: list[str], folder: Path, url: str, environment: Mapping[str, str]) -> Iterator[RunningEngine]:
    engine: RunningEngine

    def start() -> subprocess.Popen[bytes]:
        (folder / "virtuoso.lck").unlink(missing_ok=True)
        with (folder / "engine.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        _await(url, process, folder / "engine.log")
        return process

    def restart() -> None:
        engine.process = start()

    engine = RunningEngine(url, start(), restart, environment)
    try:
        yield engine
    finally:
        engine.stop()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.post(url, data={"query": "ASK {}"}, timeout=5, trust_env=False, verify=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the engine does not start: {log.read_text(errors='replace')[-1000:]}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])

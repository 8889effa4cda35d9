"""The two servers of the benchmark, over the same data, each started by us and ended by us."""

import json
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pyoxigraph as ox

from kg.config import load_config
from kg.release import build_release, read_inputs

__all__ = ["Contestant", "agon", "agon_here", "machine", "oxigraph", "prepare"]

_REPOSITORY = Path(__file__).resolve().parent.parent
_ROOT = {
    "ontology/bench.ttl": "",
    "ontology/shapes/bench.ttl": "",
    "graph_data/bench.ttl": "",
    "agon.toml": 'title = "Bench"\n',
}


@dataclass(frozen=True)
class Contestant:
    """A server that runs; ``path`` leads to its endpoint, with the union of all graphs as the default graph."""

    name: str
    port: int
    path: str
    started_in: float
    process: int

    def target(self, text: str) -> str:
        """Give what a GET of a query asks for."""
        return f"{self.path}query={quote(text)}"

    def ask(self, text: str, more: str = "") -> bytes:
        """Ask a query, with more parameters, and read the whole answer."""
        address = f"http://127.0.0.1:{self.port}{self.target(text)}{more}"
        request = Request(address, headers={"Accept": "application/sparql-results+json"})
        with urlopen(request, timeout=300) as response:
            return bytes(response.read())

    def memory(self) -> int:
        """Give the bytes that its processes hold alone, shared pages in parts (PSS)."""
        rows = subprocess.run(
            ["ps", "-o", "pid=", "-g", str(self.process)], capture_output=True, text=True, check=False
        ).stdout.split()
        total = 0
        for process in rows:
            with suppress(FileNotFoundError, ProcessLookupError):  # a worker was replaced meanwhile
                lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total * 1024


def prepare(lines: Iterator[str], folder: Path) -> None:
    """Make the data of both servers: a release for Agon, and a compacted store."""
    dump = folder / "claims.nq"
    if not dump.exists():
        with dump.open("w") as file:
            file.writelines(lines)
    root = folder / "agon"
    if not (root / "build/current").exists():
        for name, text in _ROOT.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        config = load_config(root)
        quads = list(ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS))
        build_release(config, quads, prefixes={}, outcome={"conforms": True}, inputs=read_inputs(config))
    store = folder / "oxigraph"
    if not store.exists():
        for command in (["load", "-l", store, "-f", dump], ["optimize", "-l", store]):
            subprocess.run([_oxigraph(), *command], check=True, capture_output=True)


def agon(folder: Path) -> "contextmanager[Contestant]":  # type: ignore[valid-type]
    """Run ``kg serve`` over the release."""
    port = _free_port()
    command = [sys.executable, "-c", "from kg.cli import main; main()", "--root", folder / "agon", "serve"]
    return _running("Agon", [*command, "--port", str(port)], port, "/sparql?")


def agon_here() -> "contextmanager[Contestant]":  # type: ignore[valid-type]
    """Run ``kg serve`` over the graph of this repository, of which a release must have been built."""
    port = _free_port()
    command = [sys.executable, "-c", "from kg.cli import main; main()", "--root", _REPOSITORY, "serve"]
    return _running("Agon", [*command, "--port", str(port)], port, "/sparql?")


def oxigraph(folder: Path) -> "contextmanager[Contestant]":  # type: ignore[valid-type]
    """Run Oxigraph's own server over its store on disk."""
    port = _free_port()
    command = [_oxigraph(), "serve-read-only", "-l", folder / "oxigraph", "-b", f"127.0.0.1:{port}"]
    return _running("Oxigraph", [*command, "--union-default-graph"], port, "/query?")


@contextmanager
def _running(name: str, command: list[object], port: int, path: str) -> Iterator[Contestant]:
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(one) for one in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        contestant = Contestant(name, port, path, 0.0, process.pid)
        while True:
            try:
                json.loads(contestant.ask("ASK {}"))
                break
            except (URLError, OSError):
                time.sleep(0.005)
        yield Contestant(name, port, path, time.perf_counter() - began, process.pid)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _oxigraph() -> str:
    return str(Path(sys.executable).parent / "oxigraph")


def machine() -> str:
    """Say on what the numbers were measured."""
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    model = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return f"{cores} cores ({model.partition(': ')[2]}), shared with the load; Python {platform.python_version()}."

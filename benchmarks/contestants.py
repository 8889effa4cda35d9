"""The two servers of the benchmark, over the same data, each started by us and ended by us."""

import json
import os
import platform
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from claims_root import write_root

__all__ = [
    "Contestant",
    "agon",
    "agon_here",
    "disk_use",
    "machine",
    "oxigraph",
    "oxigraph_command",
    "prepare",
    "usage_of",
]

_REPOSITORY = Path(__file__).resolve().parent.parent
_KG = (sys.executable, "-c", "from kg.cli import main; main()")


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
        request = Request(address, headers={"Accept": "application/sparql-results+json, text/turtle;q=0.9"})
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


def prepare(triples: int, folder: Path) -> None:
    """Make the data of both servers: a release for Agon, and a compacted store of the same dataset."""
    root = write_root(folder / "agon", triples)
    if not (root / "build/current").exists():
        subprocess.run([*_KG, "--root", root, "build", "--allow-invalid"], check=True, capture_output=True)
    store = folder / "oxigraph"
    if not store.exists():
        dump = root / "build/current/dataset.nq"
        _oxigraph("load", "-l", store, "-f", dump)
        _oxigraph("optimize", "-l", store)


def _oxigraph(*arguments: str | Path) -> None:
    subprocess.run([oxigraph_command(), *arguments], check=True, capture_output=True)


def agon(folder: Path) -> AbstractContextManager[Contestant]:
    """Run ``kg serve`` over the release."""
    port = _free_port()
    command = [sys.executable, "-c", "from kg.cli import main; main()", "--root", folder / "agon", "serve"]
    return _running("Agon", [*command, "--port", str(port)], port, "/sparql?")


def agon_here() -> AbstractContextManager[Contestant]:
    """Run ``kg serve`` over the graph of this repository, of which a release must have been built."""
    port = _free_port()
    command = [sys.executable, "-c", "from kg.cli import main; main()", "--root", _REPOSITORY, "serve"]
    return _running("Agon", [*command, "--port", str(port)], port, "/sparql?")


def oxigraph(folder: Path) -> AbstractContextManager[Contestant]:
    """Run Oxigraph's own server over its store on disk."""
    port = _free_port()
    command = [oxigraph_command(), "serve-read-only", "-l", folder / "oxigraph", "-b", f"127.0.0.1:{port}"]
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


def disk_use(path: Path) -> int:
    """Give the bytes of a file, or of all files below a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file())


def usage_of(process: "subprocess.Popen[str]") -> resource.struct_rusage:
    """Wait for a process to end; gives what it used of the machine."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used


def oxigraph_command() -> str:
    """Give the path of Oxigraph's own command."""
    return str(Path(sys.executable).parent / "oxigraph")


def machine() -> str:
    """Say on what the numbers were measured."""
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    model = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return f"{cores} cores ({model.partition(': ')[2]}), shared with the load; Python {platform.python_version()}."

"""
Publish generated graphs to engines, ask Agon before each of them and the engine itself, and write a report.

``PYTHONPATH=tests python benchmarks/remote.py 100000 1000000 10000000 > benchmarks/results/remote.md``. It needs what
``scale.py`` needs, takes the graphs that this has made where they are in the same folder, and keeps what it has
measured in the same way. Each query is asked once only, so that no memory of answers helps.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from claims_graph import claims_for
from claims_root import write_root
from contestants import disk_use, machine, usage_of
from engines import ENGINES, RunningEngine
from harness import COMMAND, started
from httpx import Client, Response
from notes import measured, sizes_and_folder
from templates import HEAVY, TEMPLATES, fill, query

from kg.remote import release_iri

_BASE = "https://bench.example/"
_SETTINGS = "[limits]\ntimeout_seconds = 300\n"
_VIRTUOSO_BUFFERS = 340_000
"""Of 8 KiB each; what its documentation gives to a machine with 4 GB for it."""
_ROUNDS, _HEAVY_ROUNDS = 25, 3
_PAGES = {
    "description of a claim": "/doc/claim/{n}.ttl",
    "page of a claim": "/doc/claim/{n}.html",
    "description of an actor": "/doc/actor/{a}.ttl",
    "search": "/search?q=treaty+budget+{n}",
}
_QUERY_COLUMNS = [f"{who} {name}" for name in ENGINES for who in ("before", "only")]
_PAGE_COLUMNS = [f"before {name}" for name in ENGINES]


def main() -> None:
    """Print the report."""
    sizes, folder = sizes_and_folder(__doc__)
    found = {size: _measured(folder / str(size), size) for size in sizes}
    print(f"# Graphs in engines\n\n{machine()} Virtuoso has {_VIRTUOSO_BUFFERS:,} buffers.\n")
    _print_publishing(found)
    for size, known in found.items():
        print(f"### {size:,} triples\n")
        _print_times("query", _QUERY_COLUMNS, known["queries"])
        _print_times("page", _PAGE_COLUMNS, known["pages"])


def _measured(folder: Path, size: int) -> dict[str, Any]:
    """Measure what has not been measured of a size; the data of the engines stay, to be asked again."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(1) as apart:  # a process begins with the peak of memory of the one that starts it
        root = apart.submit(write_root, folder / "agon", size, settings=_SETTINGS).result()
    if not (root / "build/current").exists():
        subprocess.run([*COMMAND, "--root", root, "build"], check=True)
    works: dict[str, Callable[[], Any]] = {name: partial(_publish, folder, name) for name in ENGINES}
    works["queries"] = partial(_ask_all, folder, size)
    works["pages"] = partial(_open_all, folder, size)
    works["disk"] = lambda: {name: disk_use(folder / name) for name in ENGINES}
    return measured(folder / "remote.json", works)


def _start(folder: Path, name: str, stack: ExitStack) -> RunningEngine:
    place = folder / name
    place.mkdir(exist_ok=True)
    options = {"buffers": _VIRTUOSO_BUFFERS} if name == "virtuoso" else {}
    return stack.enter_context(ENGINES[name](place, **options))


def _publish(folder: Path, name: str) -> dict[str, Any]:
    """Run ``kg publish`` to an empty engine."""
    with ExitStack() as stack:
        engine = _start(folder, name, stack)
        began = time.perf_counter()
        command = [*COMMAND, "--root", str(folder / "agon"), "publish", "--to", engine.store, "--timeout", "600"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, **engine.environment}
        ) as process:
            assert process.stdout is not None
            told = process.stdout.read()
            used = usage_of(process)
        if process.returncode:
            sys.exit(f"kg publish ended with {process.returncode}")
        return {
            "told": told,
            "seconds": time.perf_counter() - began,
            "processor": used.ru_utime + used.ru_stime,
            "megabytes": used.ru_maxrss / 1024,
        }


def _ask_all(folder: Path, size: int) -> dict[str, list[float]]:
    """Give the milliseconds of each template at each place, in the order of the columns."""
    claims = claims_for(size)
    with ExitStack() as stack:
        places = list(_places(folder, stack))
        client = stack.enter_context(Client(timeout=600, trust_env=False))
        return {
            name: _medians(
                _HEAVY_ROUNDS if name in HEAVY else _ROUNDS,
                [partial(_ask, client, place, template, claims) for place in places],
            )
            for name, template in (TEMPLATES | HEAVY).items()
        }


def _open_all(folder: Path, size: int) -> dict[str, list[float]]:
    """Give the milliseconds of each page at each place that is Agon."""
    claims = claims_for(size)
    with ExitStack() as stack:
        places = [place for place in _places(folder, stack) if place.is_agon]
        client = stack.enter_context(Client(timeout=600, trust_env=False))
        return {
            name: _medians(_ROUNDS, [partial(_open, client, place, path, claims) for place in places])
            for name, path in _PAGES.items()
        }


@dataclass(frozen=True)
class _Place:
    """Where one asks: Agon, or an engine itself, which has to be told of which release."""

    address: str
    form: Mapping[str, str]

    @property
    def is_agon(self) -> bool:
        """Whether it is Agon."""
        return not self.form


def _places(folder: Path, stack: ExitStack) -> Iterator[_Place]:
    """Start everything."""
    options = ["--root", str(folder / "agon")]
    release = (folder / "agon/build/current").resolve()
    yield _Place(stack.enter_context(started(options))[0] + "/sparql", {})
    for name in ENGINES:
        engine = _start(folder, name, stack)
        server, _ = stack.enter_context(started(options, ["--store", engine.store], engine.environment))
        yield _Place(server + "/sparql", {})
        yield _Place(engine.url, {"default-graph-uri": release_iri(_BASE, release.name)})


def _medians(rounds: int, askers: Sequence[Callable[[int], float]]) -> list[float]:
    """
    Give the milliseconds that each takes, without the first time, when engines have to compile.

    Each is asked about other things, so that none finds in memory what another has just had read from disk.
    """
    taken = [[ask(turn * 37 + place * 13) for place, ask in enumerate(askers)] for turn in range(rounds + 1)]
    return [statistics.median(column) for column in zip(*taken[1:], strict=True)]


def _ask(client: Client, place: _Place, template: str, claims: int, number: int) -> float:
    text = query(template, number % (claims // 4), claims)
    accept = "application/n-triples" if "CONSTRUCT" in text else "application/sparql-results+json"
    form = {"query": f"{text}\n# {number}", **place.form}
    return _milliseconds(partial(client.post, place.address, data=form, headers={"Accept": accept}))


def _open(client: Client, place: _Place, path: str, claims: int, number: int) -> float:
    address = place.address.removesuffix("/sparql") + fill(path, number % (claims // 4), claims)
    return _milliseconds(partial(client.get, address))


def _milliseconds(send: Callable[[], Response]) -> float:
    began = time.perf_counter()
    send().raise_for_status()
    return (time.perf_counter() - began) * 1000


def _print_publishing(found: dict[int, dict[str, Any]]) -> None:
    print("## Publishing\n\nTo an empty engine, with all named graphs, compared on the way.\n")
    print("| triples | engine | seconds | processor s of Agon | peak MB of Agon | MB of the engine on disk |")
    print("|---|---|---|---|---|---|")
    for size, known in found.items():
        for name in ENGINES:
            one, disk = known[name], known["disk"][name]
            print(
                f"| {size:,} | {name} | {one['seconds']:.0f} | {one['processor']:.0f} | {one['megabytes']:.0f} "
                f"| {disk / 1e6:.0f} |"
            )
    print(f"\n## Queries and pages\n\nMedians of {_ROUNDS} ({_HEAVY_ROUNDS} of the counts), none asked twice, each in")
    print("turn at each place. The first column is milliseconds of Agon over its own store; the others say how many")
    print("times as long it takes before an engine, and how many times as long only the engine takes.\n")


def _print_times(what: str, columns: Sequence[str], times: dict[str, list[float]]) -> None:
    print(f"| {what} | ms | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}")
    for name, (first, *others) in times.items():
        print(f"| {name} | {first:.2f} | {' | '.join(f'{one / first:.2f}' for one in others)} |")
    print()


if __name__ == "__main__":
    main()

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
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from claims_graph import claims_for
from claims_root import write_root
from contestants import disk_use, machine, usage_of
from engines import ENGINES, RunningEngine
from harness import COMMAND, started
from httpx import Client
from notes import measured, sizes_and_folder
from templates import HEAVY, TEMPLATES, query

from kg.remote import release_iri

_BASE = "https://bench.example/"
_SETTINGS = "[limits]\ntimeout_seconds = 300\n"
_VIRTUOSO_BUFFERS = 340_000
"""Of 8 KiB each; what its documentation gives to a machine with 4 GB for it."""
_ROUNDS, _HEAVY_ROUNDS = 25, 3
_COLUMNS = ("Agon", *(f"{who} {name}" for name in ENGINES for who in ("Agon before", "only")))


def main() -> None:
    """Print the report."""
    sizes, folder = sizes_and_folder(__doc__)
    found = {size: _measured(folder / str(size), size) for size in sizes}
    print(f"# Graphs in engines\n\n{machine()} Virtuoso has {_VIRTUOSO_BUFFERS:,} buffers.\n")
    _print_publishing(found)
    for size, known in found.items():
        _print_queries(size, known["queries"])


def _measured(folder: Path, size: int) -> dict[str, Any]:
    """Measure what has not been measured of a size; the data of the engines stay, to be asked again."""
    folder.mkdir(parents=True, exist_ok=True)
    root = write_root(folder / "agon", size, settings=_SETTINGS)
    if not (root / "build/current").exists():
        subprocess.run([*COMMAND, "--root", root, "build"], check=True)
    works: dict[str, Callable[[], Any]] = {name: partial(_publish, folder, name) for name in ENGINES}
    works["queries"] = partial(_ask_all, folder, size)
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
    with ExitStack() as stack:
        askers = list(_askers(folder, stack))
        client = stack.enter_context(Client(timeout=600, trust_env=False))
        return {
            name: _medians(client, askers, template, claims_for(size)) for name, template in (TEMPLATES | HEAVY).items()
        }


def _askers(folder: Path, stack: ExitStack) -> Iterator[tuple[str, dict[str, str]]]:
    """Start everything; give addresses, and what each wants beside a query."""
    options = ["--root", str(folder / "agon")]
    release = (folder / "agon/build/current").resolve()
    yield stack.enter_context(started(options))[0] + "/sparql", {}
    for name in ENGINES:
        engine = _start(folder, name, stack)
        server, _ = stack.enter_context(started(options, ["--store", engine.store], engine.environment))
        yield server + "/sparql", {}
        yield engine.url, {"default-graph-uri": release_iri(_BASE, release.name)}


def _medians(client: Client, askers: list[tuple[str, dict[str, str]]], template: str, claims: int) -> list[float]:
    """
    Give the milliseconds of a template at each place, without the first query, which engines have to compile.

    Each place is asked about other things, so that none finds in memory what another has just had read from disk.
    """
    actors, rounds = max(20, claims // 100), _ROUNDS if template in TEMPLATES.values() else _HEAVY_ROUNDS
    taken: list[list[float]] = []
    for number in range(rounds + 1):
        texts = (query(template, (number * 37 + place * 13) % (claims // 4), actors) for place in range(len(askers)))
        taken.append(
            [
                _milliseconds(client, address, {"query": f"{text}\n# {number}", **form})
                for text, (address, form) in zip(texts, askers, strict=True)
            ]
        )
    return [statistics.median(column) for column in zip(*taken[1:], strict=True)]


def _milliseconds(client: Client, address: str, form: dict[str, str]) -> float:
    accept = "application/n-triples" if "CONSTRUCT" in form["query"] else "application/sparql-results+json"
    began = time.perf_counter()
    client.post(address, data=form, headers={"Accept": accept}).raise_for_status()
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
    print(f"\n## Queries\n\nMedians of {_ROUNDS} queries ({_HEAVY_ROUNDS} of the last two), none asked twice, each in")
    print("turn at each place. The first column is milliseconds of Agon over its own store; the others say how many")
    print("times as long it takes.\n")


def _print_queries(size: int, queries: dict[str, list[float]]) -> None:
    print(f"### {size:,} triples\n\n| query | ms | {' | '.join(_COLUMNS[1:])} |\n|---|{'---|' * len(_COLUMNS)}")
    for name, (first, *others) in queries.items():
        print(f"| {name} | {first:.2f} | {' | '.join(f'{one / first:.2f}' for one in others)} |")
    print()


if __name__ == "__main__":
    main()

"""
Tell what the queries of the benchmark cost through Agon before an engine, and asked of the engine itself.

``PYTHONPATH=benchmarks:tests python -m benchmarks.engines 100000 1000000 > benchmarks/results/engines.md``, from the
repository. Each query is asked once only, one after the other, so that no memory of answers helps; numbers are medians.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
from claims_graph import claims_for, quads
from contestants import machine, prepare
from harness import started
from httpx import Client
from templates import HEAVY, TEMPLATES, query

from kg.remote import read_publication, release_iri, write_publication
from tests.engines import ENGINES, RunningEngine, connect

_BASE = "https://w3id.org/agon/"
_ROUNDS, _HEAVY_ROUNDS = 25, 5
_LINES_AT_ONCE = 100_000
_COLUMNS = ("Agon", *(f"{who} {name}" for name in ENGINES for who in ("Agon before", "only")))


def main(sizes: list[int]) -> None:
    """Print the report."""
    print(f"# Queries through Agon before engines\n\n{machine()}\n")
    print(
        f"Medians of {_ROUNDS} queries ({_HEAVY_ROUNDS} of the last two), none asked twice, each in turn at each place."
    )
    print(
        "The first column is milliseconds of Agon over its own store; the others say how many times as long it takes.\n"
    )
    for size in sizes:
        print(f"## {size:,} triples\n\n| query | ms | {' | '.join(_COLUMNS[1:])} |\n|---|{'---|' * len(_COLUMNS)}")
        for name, costs in _costs(size):
            first, *others = costs
            print(f"| {name} | {first:.2f} | {' | '.join(f'{one / first:.2f}' for one in others)} |", flush=True)
        print()


def _costs(size: int) -> Iterator[tuple[str, list[float]]]:
    folder = Path(tempfile.gettempdir()) / f"agon-benchmark-engines-{size}"
    folder.mkdir(exist_ok=True)
    prepare(quads(size), folder)
    with ExitStack() as stack:
        askers = list(_askers(folder, stack))
        client = stack.enter_context(Client(timeout=300, trust_env=False))
        for name, template in (TEMPLATES | HEAVY).items():
            yield name, _medians(client, askers, template, claims_for(size))


def _askers(folder: Path, stack: ExitStack) -> Iterator[tuple[str, dict[str, str]]]:
    """Start everything; give addresses, and what each wants beside a query, in the order of the columns."""
    options = ["--root", str(folder / "agon")]
    release = (folder / "agon/build/current").resolve()
    yield stack.enter_context(started(options))[0] + "/sparql", {}
    for start in ENGINES.values():
        engine = stack.enter_context(start(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        _load(engine, release)
        server, _ = stack.enter_context(started(options, ["--store", engine.store], engine.environment))
        yield server + "/sparql", {}
        yield engine.url, {"default-graph-uri": release_iri(_BASE, release.name)}


def _load(engine: RunningEngine, release: Path) -> None:
    """Write the default graph of a release; the queries need no named ones."""
    found = ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    with connect(engine) as endpoint:
        while lines := [f"{quad.triple} .\n" for quad in islice(found, _LINES_AT_ONCE)]:
            endpoint.post_graph(release_iri(_BASE, release.name), "".join(lines).encode())
        old = read_publication(endpoint, _BASE)
        new = replace(old, current=release.name, named=release.name, whole=frozenset({release.name}))
        write_publication(endpoint, _BASE, old, new)


def _medians(client: Client, askers: list[tuple[str, dict[str, str]]], template: str, claims: int) -> list[float]:
    """Give the milliseconds of a template at each place, without the first query, which engines have to compile."""
    actors, rounds = max(20, claims // 100), _ROUNDS if template in TEMPLATES.values() else _HEAVY_ROUNDS
    taken: list[list[float]] = []
    for number in range(rounds + 1):
        text = query(template, number * 37 % (claims // 4), actors) + f"\n# {number}"
        taken.append([_milliseconds(client, address, {"query": text, **form}) for address, form in askers])
    return [statistics.median(column) for column in zip(*taken[1:], strict=True)]


def _milliseconds(client: Client, address: str, form: dict[str, str]) -> float:
    accept = "application/n-triples" if "CONSTRUCT" in form["query"] else "application/sparql-results+json"
    began = time.perf_counter()
    client.post(address, data=form, headers={"Accept": accept}).raise_for_status()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]])

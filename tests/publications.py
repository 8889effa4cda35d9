"""A place to publish to: an engine behind a gate, which holds a small release, and another one to be published."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_forks import CommandForks
from engines import RunningEngine, connect
from gate import Gate, gate
from harness import TINY, Kg

from kg.formats import ResultKind
from kg.remote import Publication, read_publication, release_iri

__all__ = ["BASE", "NAMES", "PREFIXES", "Place", "Run", "Silent", "build_release", "build_two", "placed"]

BASE = "https://tiny.example/"
NAMES = "SELECT ?name { ?s <https://tiny.example/ns#name> ?name } ORDER BY ?name"
PREFIXES = """\
@prefix person: <https://tiny.example/id/person/> .
@prefix tiny: <https://tiny.example/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?subject ?predicate ?object } }"
_CLEO = 'person:cleo a tiny:Person ; tiny:name "Cleo" ; tiny:knows [ a tiny:Person ; tiny:name "Nobody" ] .\n'

Run = subprocess.CompletedProcess[str]


@dataclass
class Place:
    """An engine behind a gate, and the releases that can be published to it."""

    engine: RunningEngine
    gate: Gate
    build: Path
    old: str
    new: str
    kg: Kg

    def publish(self, release: str, *more: object, gated: bool = False) -> Run:
        """Run the command, past the gate or through it."""
        store = self.gate.store if gated else self.engine.store
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.engine.environment.items():
                patch.setenv(name, value)
            options = ["--build", self.build, "publish", "--to", store, "--release", release, *more]
            return self.kg(*options, root=TINY)

    def state(self) -> Publication:
        """What the engine says it holds."""
        with connect(self.engine) as endpoint:
            return read_publication(endpoint, BASE)

    def names(self, graph: str) -> list[str]:
        """The names in a graph."""
        with (
            connect(self.engine) as endpoint,
            endpoint.query(NAMES, ResultKind.SOLUTIONS, default_graphs=[graph]) as rows,
        ):
            return [row[0].value for row in rows]  # type: ignore[union-attr]

    def beside(self) -> list[str]:
        """The graphs that lie beside the named graphs in the engine."""
        with connect(self.engine) as endpoint, endpoint.query(_GRAPHS, ResultKind.SOLUTIONS) as rows:
            names = [str(row[0].value) for row in rows]  # type: ignore[union-attr]
        return [name for name in names if name.startswith(BASE) and ("/added/" in name or "/removed/" in name)]

    def is_old(self) -> bool:
        """Whether readers see the old release, whole."""
        state = self.state()
        names = self.names(release_iri(BASE, self.old))
        return state.current == self.old and self.old in state.whole and "Ada" in names and "Cleo" not in names

    def kill(self, number: int = signal.SIGKILL) -> Callable[[], None]:
        """End whoever publishes."""

        def end() -> None:
            lock = self.state().lock
            assert lock
            os.kill(int(lock.holder.split()[1]), number)

        return end


def build_two(folder: Path, forks: CommandForks) -> tuple[Path, str, str]:
    """Build the small graph, and the same with a file more and a longer one; gives the folder and both digests."""
    changed, build = Path(shutil.copytree(TINY, folder / "tiny")), folder / "build"
    (changed / "graph_data/more.ttl").write_text(PREFIXES + _CLEO)
    with (changed / "graph_data/people.ttl").open("a") as file:
        file.write('person:dan a tiny:Person ; tiny:name "Dan" .\n')
    return build, build_release(TINY, build, forks), build_release(changed, build, forks)


def build_release(root: Path, build: Path, forks: CommandForks) -> str:
    """Build a release; gives its digest."""
    result = forks.run(["--root", str(root), "--build", str(build), "build", "--allow-invalid"])
    assert result.returncode == 0, result.stderr
    return (build / "current").resolve().name


def placed(engine: RunningEngine, releases: tuple[Path, str, str], kg: Kg) -> Iterator[Place]:
    """Put a gate before an engine, and the older of two releases into it."""
    with gate(engine.url) as before:
        place = Place(engine, before, *releases, kg)
        assert place.publish(place.old, "--keep", 0).returncode == 0
        yield place


class Silent:
    """Wants to know nothing."""

    def tell(self, remark: str) -> None:
        """Leave it."""

    @contextmanager
    def watch(self, step: str, triples: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 - as it is called
        """Leave it."""
        yield lambda _: None

"""Every saved query, and what the protocol gives: from each engine that can run here as from our own store."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from engines import ENGINES, load_release
from harness import REPOSITORY, started
from httpx import Client

from kg.config import load_config
from kg.query_files import load_saved_queries
from tools.engine_table import AGON, SAME, Case, engine_page, outcome, read_cases, read_differences, saved_cases

_HERE = Path(__file__).parent
_PAGE = REPOSITORY / "docs/engines.md"
_KNOWN = read_differences(_HERE / "engine_differences.toml")
_LONG = (
    '<https://terms.example/id/thing/long> a <https://terms.example/ns#Thing> ; <https://terms.example/ns#text> "{}" .'
)
_WELL_KNOWN = {f"https://w3id.org/agon/id/{name}" for name in ("person/ilham-aliyev", "state/france", "state/armenia")}
"""Values for parameters of saved queries: those of which the graph says much."""
_TERMS = "terms"
_TOGETHER = 3
"""How many cases are asked at once."""


@dataclass(frozen=True)
class _Graph:
    """A graph with a release, and a client of its embedded store."""

    base_iri: str
    root: Path
    build: Path
    client: Client

    @property
    def options(self) -> list[str]:
        """How ``kg`` finds it."""
        return ["--root", str(self.root), "--build", str(self.build)]


@pytest.fixture(scope="module")
def graphs(client: Client, build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, _Graph]]:
    """The graph of the repository, and one with terms of all kinds."""
    root = Path(shutil.copytree(_HERE / "terms", tmp_path_factory.mktemp("terms") / "terms"))
    with (root / "graph_data/terms.ttl").open("a") as file:
        file.write(_LONG.format("long " * 4000))
    options = ["--root", str(root), "--build", str(root / "build")]
    with started(options) as (address, _), Client(base_url=address, timeout=30) as terms:
        yield {
            AGON: _Graph("https://w3id.org/agon/", _with_time(tmp_path_factory.mktemp("agon")), build, client),
            _TERMS: _Graph("https://terms.example/", root, root / "build", terms),
        }


def _with_time(root: Path) -> Path:
    """The graph of the repository in a folder where a question may take a minute, on a machine that is busy."""
    for path in REPOSITORY.iterdir():
        if path.name != "agon.toml":
            (root / path.name).symlink_to(path)
    settings = (REPOSITORY / "agon.toml").read_text()
    assert "[limits]" not in settings
    (root / "agon.toml").write_text(settings + "\n[limits]\ntimeout_seconds = 60\n")
    return root


@pytest.fixture(scope="module")
def cases(graphs: dict[str, _Graph]) -> list[Case]:
    """All cases."""
    queries = load_saved_queries(REPOSITORY / "queries", load_config(REPOSITORY).limits)
    values = {}
    for name in sorted({one.listing for query in queries for one in query.parameters if one.listing}):
        lines = graphs[AGON].client.get(f"/queries/{name}.csv").text.splitlines()[1:]
        found = [line.partition(",")[0] for line in lines]
        values[name] = next((iri for iri in found if iri in _WELL_KNOWN), found[0])
    return [*saved_cases(queries, values), *read_cases(_HERE / "engine_cases.toml")]


@pytest.fixture(scope="module")
def runs(
    graphs: dict[str, _Graph], cases: list[Case], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """By the name of each engine and of each case, what comes of it."""
    return {name: _run(name, graphs, cases, tmp_path_factory.mktemp(name)) for name in sorted(ENGINES)}


def _run(name: str, graphs: dict[str, _Graph], cases: list[Case], folder: Path) -> dict[str, str]:
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES[name](folder))
        remote = {}
        for key, graph in graphs.items():
            load_release(engine, (graph.build / "current").resolve(), graph.base_iri)
            more = ["--store", engine.store, "--processes", "1"]
            address, _ = stack.enter_context(started(graph.options, more, engine.environment))
            remote[key] = stack.enter_context(Client(base_url=address, timeout=60))
        pool = stack.enter_context(ThreadPoolExecutor(_TOGETHER))
        found = pool.map(lambda case: outcome(case, graphs[case.graph].client, remote[case.graph]), cases)
        return {case.name: one for case, one in zip(cases, found, strict=True)}


def test_names_of_cases_are_their_own(cases: list[Case]) -> None:
    assert len({case.name for case in cases}) == len(cases)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_engine_answers_as_our_own_store(runs: dict[str, dict[str, str]], engine: str) -> None:
    found = {name: one for name, one in runs[engine].items() if one != SAME}
    assert found == {name: one for name, (one, _) in _KNOWN.get(engine, {}).items()}


def test_page_says_what_the_engines_do(runs: dict[str, dict[str, str]], cases: list[Case], tmp_path: Path) -> None:
    page, made = _PAGE.read_text(), tmp_path / "engines.md"
    made.write_text(engine_page(page, cases, runs, _KNOWN))
    assert made.read_text() == page, f"the page is another one: cp {made} {_PAGE}"

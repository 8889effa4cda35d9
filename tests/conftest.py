"""Fixtures: a tiny knowledge graph to change, break and publish, and our own graph, built and served once."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_forks import CommandForks
from engines import ENGINES, RunningEngine
from harness import COMMAND, REPOSITORY, TINY, Kg, absent, quiet_page, serve
from httpx import Client
from playwright.sync_api import Browser, Page, sync_playwright
from publications import Place, build_two, placed

from kg.reports import WRITERS

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore Ctrl-C
_BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
_SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def _client(address: str) -> Client:
    """A client that says nothing of what it accepts."""
    client = Client(base_url=address, timeout=30)
    del client.headers["Accept"]
    return client


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A small knowledge graph directory that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture
def broken(tiny: Path) -> Path:
    """A graph with a missing name, and a date that is none: two violations and a warning."""
    _break(tiny / "graph_data/people.ttl")
    return tiny


def _break(people: Path) -> None:
    people.write_text(people.read_text().replace('    tiny:name "Ada" ;\n', "").replace('"1815-12-10"', '"soon"'))


@pytest.fixture(scope="session")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report on the graph of :func:`broken` in each form, named after the form."""
    folder = tmp_path_factory.mktemp("forms")
    root = shutil.copytree(TINY, folder / "tiny")
    _break(root / "graph_data/people.ttl")
    outputs = [option for name in WRITERS for option in ("--output", f"{name}={folder / name}")]
    result = subprocess.run([*COMMAND, "--root", root, "check", *outputs], capture_output=True, check=False)
    assert result.returncode == 1, result.stderr
    return folder


@pytest.fixture
def nameless(tiny: Path) -> Path:
    """A graph with sixty persons without a name."""
    with (tiny / "graph_data/people.ttl").open("a") as file:
        file.write("".join(f"person:p{number} a tiny:Person .\n" for number in range(60)))
    return tiny


@pytest.fixture(scope="session")
def tiny_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the server over the small graph, whose limit of time is two seconds."""
    build = tmp_path_factory.mktemp("tiny") / "build"
    for address in serve(["--root", str(TINY), "--build", str(build)]):
        with _client(address) as client:
            yield client


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the releases of the repository's own graph."""
    return tmp_path_factory.mktemp("agon") / "build"


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[Client]:
    """A client of the server over the repository's own graph."""
    with _client(address) as client:
        yield client


@pytest.fixture(scope="session")
def forks() -> Iterator[CommandForks]:
    """The command ``kg``, its modules imported once."""
    forks = CommandForks()
    yield forks
    forks.close()


@pytest.fixture
def kg(forks: CommandForks) -> Kg:
    """Run the command ``kg`` as a user does; gives its exit code and what it printed."""

    def run(*arguments: object, root: Path = REPOSITORY, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return forks.run(["--root", str(root), *map(str, arguments)], stdin)

    return run


@pytest.fixture(scope="session")
def address(build: Path) -> Iterator[str]:
    """The address of ``kg serve`` in a process of its own."""
    yield from serve(["--root", str(REPOSITORY), "--build", str(build)])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as Debian packs it; it ends with its module, since its event loop keeps others from running."""
    found = next(filter(os.path.exists, _BROWSERS), None)
    if found is None:
        absent(f"{_BROWSERS[0]} is absent: on Debian, apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_SWITCHES.split())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a browser that knows nothing yet; errors in its console and requests to other hosts fail the test."""
    with quiet_page(browser, address) as page:
        yield page


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory, forks: CommandForks) -> tuple[Path, str, str]:
    """The folder of two releases of the small graph, and their digests; see :func:`publications.build_two`."""
    return build_two(tmp_path_factory.mktemp("releases"), forks)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """Each kind of engine."""
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as engine:
        yield engine


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """An engine for what does not depend on its kind."""
    with ENGINES["oxigraph"](tmp_path_factory.mktemp("oxigraph")) as engine:
        yield engine


@pytest.fixture
def place(engine: RunningEngine, releases: tuple[Path, str, str], kg: Kg) -> Iterator[Place]:
    """Each kind of engine with the old release in it."""
    yield from placed(engine, releases, kg)


@pytest.fixture
def oxi(oxigraph: RunningEngine, releases: tuple[Path, str, str], kg: Kg) -> Iterator[Place]:
    """One engine with the old release in it."""
    yield from placed(oxigraph, releases, kg)

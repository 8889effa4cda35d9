"""Fixtures: a tiny knowledge graph to change and break, and the repository's own graph, built and served once."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from harness import COMMAND, REPOSITORY, TINY, Kg, serve

from kg.config import Config, load_config
from kg.pipeline import build_current_release
from server.app import create_app
from server.service import open_service


def _quiet(_step: str) -> None:
    pass


def _client(config: Config) -> Iterator[FlaskClient]:
    release = build_current_release(config, progress=_quiet).release
    assert release is not None
    service = open_service(config, release)
    yield create_app(service).test_client()
    service.pool.close()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A small knowledge graph directory that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def tiny_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The application over the small graph, whose limit of time is two seconds."""
    yield from _client(load_config(TINY, build=tmp_path_factory.mktemp("tiny") / "build"))


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the releases of the repository's own graph."""
    return tmp_path_factory.mktemp("agon") / "build"


@pytest.fixture(scope="session")
def client(build: Path) -> Iterator[FlaskClient]:
    """The application over the repository's own graph."""
    yield from _client(load_config(REPOSITORY, build=build))


@pytest.fixture
def kg() -> Kg:
    """Run the command ``kg`` as a user does; gives its exit code and what it printed."""

    def run(*arguments: object, root: Path = REPOSITORY, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "--root", str(root), *map(str, arguments)]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)

    return run


@pytest.fixture(scope="session")
def address(client: FlaskClient, build: Path) -> Iterator[str]:  # noqa: ARG001 - the client has built the release
    """The address of ``kg serve`` in a process of its own."""
    yield from serve(["--root", str(REPOSITORY), "--build", str(build)])

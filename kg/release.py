"""
Releases: immutable folders, each named by the digest of what it holds, one of which is current.

``build/releases/<digest>/`` holds ``dataset.nq`` (sorted), ``store/``, ``search.sqlite`` and ``manifest.json``;
``build/current`` is a link to one of them and is switched in one step. The same files give the same digest and the same
bytes, except for the store and the search index, whose layout is the engine's own.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from kg.config import Config
from kg.dataset import source_paths
from kg.documents import find_documents
from kg.dumps import write_dumps
from kg.errors import BuildFolderError, ReleaseError
from kg.findings import CheckRecord
from kg.jsonld import make_context
from kg.search import SearchContent, is_index, write_index
from kg.sorting import read_lines
from kg.steps import SILENT, Steps
from kg.stores import QuadFile

__all__ = [
    "Release",
    "build_release",
    "current_release",
    "is_up_to_date",
    "read_inputs",
    "read_release",
    "release_aside",
    "require_release",
]

_TOOLS = ("agon-kg", "pyoxigraph", "pyshacl")
_ASIDE, _SWITCHING = ".writing-", ".switching-"
"""How the names of folders begin that only a running build has."""


@dataclass(frozen=True)
class Release:
    """
    A release, as its manifest describes it.

    ``documents`` holds the named graphs of each document, as :func:`kg.documents.find_documents` gives them.
    ``outcome`` counts the validation results by severity and says whether the graph ``conforms``; ``inputs`` holds
    the SHA-256 of each file that it was made from and ``dump_digest`` that of the dump; ``record`` tells which rules
    were applied, and is empty in a release of an earlier version.
    """

    folder: Path
    digest: str
    title: str
    description: str
    base_iri: str
    triple_count: int
    graph_count: int
    prefixes: Mapping[str, str]
    documents: Mapping[str, Sequence[str]]
    outcome: Mapping[str, int | bool]
    inputs: Mapping[str, str]
    tools: Mapping[str, str]
    dump_digest: str
    record: CheckRecord = field(default=CheckRecord())

    @property
    def store(self) -> Path:
        """The folder of the store."""
        return self.folder / "store"

    @property
    def dumps(self) -> Path:
        """The folder of the files to take away."""
        return self.folder / "dumps"

    @property
    def context(self) -> Path:
        """The JSON-LD context."""
        return self.folder / "context.jsonld"

    @property
    def search_index(self) -> Path:
        """The index for full-text search."""
        return self.folder / "search.sqlite"

    @property
    def is_whole(self) -> bool:
        """Whether the files are there that a release of an earlier version has not."""
        return self.context.is_file() and is_index(self.search_index)

    @property
    def dump(self) -> Path:
        """The whole dataset in N-Quads, sorted."""
        return self.folder / "dataset.nq"


def read_inputs(config: Config) -> dict[str, str]:
    """
    Give the SHA-256 of every file that a release depends on, by its path.

    Raises:
        EmptyGraphError: The folder of the graph data holds no RDF file.
    """
    queries = [
        path for folder in (config.rules, config.searches, config.queries) for path in sorted(folder.glob("*.rq"))
    ]
    paths = [*source_paths(config), *queries, *filter(Path.is_file, [config.root / "agon.toml"])]
    return {path.relative_to(config.root).as_posix(): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def is_up_to_date(release: Release, inputs: Mapping[str, str]) -> bool:
    """Tell whether a release was made from these files by these versions of the tools."""
    is_same = dict(release.inputs) == dict(inputs) and dict(release.tools) == _tools()
    return is_same and release.is_whole and release.record != CheckRecord()


def current_release(config: Config) -> Release | None:
    """
    Give the release that is current, or None where none has been built.

    Raises:
        ReleaseError: Its manifest is damaged.
    """
    link = config.build / "current"
    if not link.exists():
        return None
    return read_release(link.resolve())


def require_release(config: Config) -> Release:
    """
    Give the release that is current.

    Raises:
        ReleaseError: There is none, or its manifest is damaged.
    """
    release = current_release(config)
    if release is None:
        raise ReleaseError(f"{config.build} holds no release yet: make one with kg build")
    return release


@contextmanager
def release_aside(config: Config, steps: Steps) -> Iterator[Path]:
    """
    Give a folder for what a build writes, and take it away afterwards with all that is left in it.

    One build at a time has such a folder; what an ended one has left is removed.

    Args:
        config: Says where the releases lie.
        steps: Is told if another build is waited for.

    Raises:
        BuildFolderError: The folder of the releases cannot be written; the current release stays as it is.
    """
    releases = config.build / "releases"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with _alone(config.build, steps):
            for left in (*releases.glob(f"{_ASIDE}*"), *config.build.glob(f"{_SWITCHING}*")):
                shutil.rmtree(left, ignore_errors=True)
            aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=releases))
            try:
                yield aside
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except (OSError, sqlite3.Error) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise BuildFolderError(
            f"the build folder {config.build} cannot be written: {problem}; give another with --build"
        ) from error


@contextmanager
def _alone(folder: Path, steps: Steps) -> Iterator[None]:
    """Hold a folder against other processes, which may end in any way without holding it any longer."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            steps.tell("waiting for another build")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def build_release(
    config: Config,
    aside: Path,
    *,
    prefixes: Mapping[str, str],
    outcome: Mapping[str, int | bool],
    inputs: Mapping[str, str],
    record: CheckRecord = CheckRecord(),  # noqa: B008 - it is frozen
    steps: Steps = SILENT,
    find_search: Callable[[], SearchContent] = SearchContent,
) -> Release:
    """
    Make a release and make it current.

    Args:
        config: Says where the releases lie.
        aside: A folder with ``dataset.nq`` and ``store``, in one that :func:`release_aside` gave.
        prefixes: Names of namespaces, for the formats that have them.
        outcome: What the validation found.
        inputs: What :func:`read_inputs` gave when the files were read.
        record: Which rules were applied, and what was waived.
        steps: Is told of each step.
        find_search: Finds what can be found, unless the release is there already.

    Raises:
        OSError: It cannot be written.
    """
    path = aside / "dataset.nq"
    steps.tell("counting and listing what the dataset has")
    size, facts = _size(path)
    dataset = steps.through(QuadFile(path), size)
    manifest = {
        "title": config.title,
        "description": config.description,
        "base_iri": config.base_iri,
        "licence": config.licence,
        **facts,
        "check": dict(outcome),
        "check_record": asdict(record),
        "prefixes": dict(sorted(prefixes.items())),
        "documents": find_documents(dataset, config),
        "inputs": dict(sorted(inputs.items())),
        "tools": _tools(),
    }
    digest = sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    text = json.dumps({"digest": digest, **manifest}, indent=2) + "\n"
    folder = config.build / "releases" / digest
    if not _is_written(folder, text):
        write_dumps(aside / "dumps", path, prefixes, steps=steps, size=size)
        context = {"@context": make_context(dataset, prefixes, config.base_iri)}
        (aside / "context.jsonld").write_text(json.dumps(context, indent=1) + "\n", encoding="utf-8")
        steps.tell("indexing the texts")
        write_index(aside / "search.sqlite", find_search())
        (aside / "manifest.json").write_text(text, encoding="utf-8")
        if folder.exists():  # damaged
            folder.rename(aside.parent / "replaced")
        aside.rename(folder)  # a half-written release never has this name
    _switch(config.build, digest)
    return read_release(folder)


def _size(dataset: Path) -> tuple[int, dict[str, int | str]]:
    """Give the number of quads, and what the manifest says of the size and the content."""
    digest, graphs, quads, triples, before = sha256(), set(), 0, 0, ""
    for line in read_lines(dataset):
        digest.update(line.encode())
        triple, _, graph = line[:-3].rpartition(" ")
        graphs.add(graph)
        quads += 1
        triples += triple != before
        before = triple
    return quads, {"dataset_sha256": digest.hexdigest(), "triples": triples, "named_graphs": len(graphs)}


def _is_written(folder: Path, manifest: str) -> bool:
    path = folder / "manifest.json"
    is_same = path.is_file() and path.read_text(encoding="utf-8", errors="replace") == manifest
    return is_same and read_release(folder).is_whole


def _switch(build: Path, digest: str) -> None:
    with tempfile.TemporaryDirectory(prefix=_SWITCHING, dir=build) as aside:
        link = Path(aside) / "current"
        link.symlink_to(Path("releases") / digest)
        link.replace(build / "current")


def read_release(folder: Path) -> Release:
    """
    Read the manifest of a release.

    Args:
        folder: The folder of the release.

    Raises:
        ReleaseError: The manifest is missing or damaged.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return Release(
            folder=folder,
            digest=manifest["digest"],
            title=manifest["title"],
            description=manifest["description"],
            base_iri=manifest["base_iri"],
            triple_count=manifest["triples"],
            graph_count=manifest["named_graphs"],
            prefixes=manifest["prefixes"],
            documents=manifest["documents"],
            outcome=manifest["check"],
            inputs=manifest["inputs"],
            tools=manifest["tools"],
            dump_digest=manifest["dataset_sha256"],
            record=msgspec.convert(manifest.get("check_record", {}), CheckRecord),
        )
    except (OSError, ValueError, KeyError, msgspec.ValidationError) as error:
        raise ReleaseError(f"the release {folder.name} is damaged: {error}; build it anew with kg build") from error


def _tools() -> dict[str, str]:
    return {name: version(name) for name in _TOOLS}

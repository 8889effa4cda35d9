"""
Files to named graphs, and the store that holds them.

Each file is one named graph whose IRI follows from its path; what TriG, N-Quads and JSON-LD put into a graph of their
own stays there. Blank nodes get labels that depend on the content of their file only, so the same files always give
the same quads.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.blank_nodes import blank_node_labels
from kg.config import Config
from kg.errors import EmptyGraphError, GraphParseError, MalformedFilesError, ReleaseError
from kg.formats import SOURCE_SUFFIXES
from kg.syntax import parse_source
from kg.terms import BlankNode, DefaultGraph, NamedNode, Quad, Triple

__all__ = ["SourceFile", "Sources", "fill_store", "load_store", "open_store", "read_sources", "source_paths"]

_ONTOLOGY, _SHAPES, _GRAPH_DATA = "ontology", "ontology/shapes", "graph_data"


@dataclass(frozen=True)
class SourceFile:
    """
    One RDF file, read.

    ``path`` is relative to the knowledge graph directory, with slashes; ``digest`` is the SHA-256 of its bytes in
    hexadecimal digits; ``prefixes`` are those that the file declares.
    """

    path: str
    graph: NamedNode
    quads: tuple[Quad, ...]
    prefixes: Mapping[str, str]
    digest: str


@dataclass(frozen=True)
class Sources:
    """All RDF files of a knowledge graph directory, in the order of their paths."""

    files: tuple[SourceFile, ...]

    @property
    def quads(self) -> Iterator[Quad]:
        """Every quad of every file."""
        return (quad for file in self.files for quad in file.quads)

    @property
    def data(self) -> tuple[SourceFile, ...]:
        """The vocabulary and the facts: what is held against the shapes."""
        return tuple(file for file in self.files if not file.path.startswith(_SHAPES + "/"))

    @property
    def shapes(self) -> tuple[SourceFile, ...]:
        """The files of the shapes graph."""
        return tuple(file for file in self.files if file.path.startswith(_SHAPES + "/"))


def source_paths(config: Config) -> list[Path]:
    """
    List the RDF files of a knowledge graph directory, in the order of their paths.

    Links to folders are not followed: they may lead back.

    Raises:
        EmptyGraphError: The folder of the graph data holds none.
        GraphParseError: A folder cannot be read.
    """
    folders = [config.root / _GRAPH_DATA, config.root / _ONTOLOGY]
    found = [sorted(_rdf_files(folder, config.root)) for folder in folders]
    if not found[0]:
        suffixes = " or ".join(SOURCE_SUFFIXES)
        raise EmptyGraphError(
            f"{folders[0]} is empty: expected at least one file of graph data, with suffix {suffixes}"
        )
    return [*found[0], *found[1]]


def read_sources(config: Config) -> Sources:
    """
    Read all RDF files of a knowledge graph directory.

    Args:
        config: Says where the directory lies and what the IRIs of its named graphs begin with.

    Raises:
        EmptyGraphError: The folder of the graph data holds no RDF file.
        MalformedFilesError: Some files do not parse; it tells of each.
    """
    files: list[SourceFile] = []
    errors: list[GraphParseError] = []
    for path in source_paths(config):
        try:
            files.append(_read_file(path, config))
        except GraphParseError as error:
            errors.append(error)
        except MalformedFilesError as error:
            errors += error.errors
    if errors:
        raise MalformedFilesError(errors)
    return Sources(tuple(files))


def fill_store(folder: Path | None, quads: Iterable[Quad]) -> ox.Store:
    """
    Make a store of quads.

    Args:
        folder: An empty or absent folder for the store; None keeps it in memory.
        quads: What the store is to hold.
    """
    store = ox.Store(str(folder)) if folder else ox.Store()
    store.bulk_extend(quads)
    if folder:
        store.optimize()
        store.flush()
    return store


def load_store(dump: Path) -> ox.Store:
    """
    Hold the data of a release in memory.

    Args:
        dump: They, in N-Quads.

    Raises:
        ReleaseError: The file is missing or damaged.
    """
    store = ox.Store()
    try:
        store.bulk_load(path=str(dump), format=ox.RdfFormat.N_QUADS)
    except (OSError, SyntaxError) as error:
        raise ReleaseError(f"{dump} cannot be loaded: {error}; build the release anew") from error
    return store


def open_store(folder: Path) -> ox.Store:
    """
    Open the store of a release, for reading only.

    Raises:
        ReleaseError: It is missing or damaged.
    """
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise ReleaseError(f"the store {folder} cannot be opened: {error}; build the release anew") from error


def _rdf_files(folder: Path, root: Path) -> Iterator[Path]:
    """Find the files below a folder by their suffixes; unlike ``Path.rglob``, tell of folders that cannot be read."""

    def fail(error: OSError) -> None:
        name = Path(error.filename).relative_to(root).as_posix()
        raise GraphParseError(name, 1, 1, f"cannot be read: {error.strerror}") from error

    for path, _, names in os.walk(folder, onerror=fail):
        yield from (Path(path) / name for name in names if Path(name).suffix in SOURCE_SUFFIXES)


def _read_file(path: Path, config: Config) -> SourceFile:
    name = path.relative_to(config.root).as_posix()
    graph = NamedNode(f"{config.base_iri}graph/{name.removesuffix(path.suffix)}")
    try:
        if path.exists() and not path.is_file():
            raise GraphParseError(name, 1, 1, "cannot be read: it is no regular file")
        content = path.read_bytes()
    except OSError as error:
        raise GraphParseError(name, 1, 1, f"cannot be read: {error.strerror}") from error
    quads, prefixes = parse_source(content, name, graph.value)
    return SourceFile(name, graph, tuple(_labelled(quads, graph)), prefixes, hashlib.sha256(content).hexdigest())


def _labelled(quads: list[Quad], graph: NamedNode) -> Iterator[Quad]:
    """Put quads without a graph into that of the file, and give blank nodes labels that no other file has."""
    labels = blank_node_labels(quads, graph.value)
    for subject, predicate, value, name in quads:
        named = graph if isinstance(name, DefaultGraph) else name
        if labels:
            subject, value, named = (_relabelled(term, labels) for term in (subject, value, named))
        yield Quad(subject, predicate, value, named)


def _relabelled(term: Any, labels: Mapping[BlankNode, BlankNode]) -> Any:
    if isinstance(term, Triple):
        return Triple(*(_relabelled(part, labels) for part in term))
    return labels[term] if isinstance(term, BlankNode) else term

"""
Files to named graphs, and the store that holds them.

Each file is one named graph whose IRI follows from its path. Blank nodes get labels that depend on the content of
their file only, so the same files always give the same quads.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import pyoxigraph as ox

from kg.config import Config
from kg.errors import EmptyGraphError, GraphParseError, MalformedFilesError, ReleaseError
from kg.formats import SOURCE_SUFFIXES, source_format
from kg.terms import BlankNode, NamedNode, Quad, Term, Triple, in_graph

__all__ = [
    "SourceFile",
    "SourceText",
    "Sources",
    "fill_store",
    "load_store",
    "open_store",
    "parse_texts",
    "read_sources",
    "read_texts",
    "source_paths",
]

_AnyTerm = TypeVar("_AnyTerm", bound=Term)
_ONTOLOGY = "ontology"
"""The folder of the vocabulary; the other ones hold the facts."""


@dataclass(frozen=True)
class SourceFile:
    """
    One RDF file, read.

    ``path`` is relative to the knowledge graph directory, with slashes; ``digest`` is the SHA-256 of its bytes in
    hexadecimal digits; ``prefixes`` are those that the file declares; ``is_shapes`` says that data are held against it.
    """

    path: str
    graph: NamedNode
    quads: tuple[Quad, ...]
    prefixes: Mapping[str, str]
    digest: str
    is_shapes: bool = False


@dataclass(frozen=True)
class SourceText:
    """An RDF file as it is on disk, or as an editor has it."""

    path: str
    content: bytes
    is_shapes: bool


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
        return tuple(file for file in self.files if not file.is_shapes)

    @property
    def shapes(self) -> tuple[SourceFile, ...]:
        """The files of the shapes graph."""
        return tuple(file for file in self.files if file.is_shapes)


def source_paths(config: Config) -> list[Path]:
    """
    List the RDF files that the settings name: of each folder in the order of their paths.

    Raises:
        EmptyGraphError: The folders of the graph data hold none.
    """
    found = {name: _rdf_files(config.root / name) for name in (*config.check.data, *config.check.shapes)}
    facts = [name for name in config.check.data if name != _ONTOLOGY]
    if facts and not any(found[name] for name in facts):
        places = " and ".join(str(config.root / name) for name in facts)
        suffixes = " or ".join(SOURCE_SUFFIXES)
        raise EmptyGraphError(f"{places} is empty: expected at least one file of graph data, with suffix {suffixes}")
    return list(dict.fromkeys(path for paths in found.values() for path in paths))


def read_texts(
    config: Config, *, replaced: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[tuple[SourceText, ...], tuple[GraphParseError, ...]]:
    """
    Read the RDF files of a knowledge graph directory without parsing them.

    Args:
        config: Says where the directory lies.
        replaced: What stands in some files, by their paths, instead of what is on disk; it may add files.

    Returns:
        The files, and what is wrong with those that cannot be read.

    Raises:
        EmptyGraphError: The folders of the graph data hold no RDF file.
    """
    names = [_name(path, config) for path in source_paths(config)]
    texts, errors = [], []
    for name in dict.fromkeys([*names, *replaced]):
        try:
            content = replaced[name] if name in replaced else (config.root / name).read_bytes()
            texts.append(SourceText(name, content, _is_shapes(name, config)))
        except OSError as error:
            errors.append(GraphParseError(name, 1, 1, f"cannot be read: {error.strerror}"))
    return tuple(texts), tuple(errors)


def parse_texts(texts: Iterable[SourceText], config: Config) -> tuple[Sources, tuple[GraphParseError, ...]]:
    """
    Parse RDF files.

    Args:
        texts: The files.
        config: Says what the IRIs of their named graphs begin with.

    Returns:
        The files that parse, and what is wrong with the others.
    """
    files, errors = [], []
    for text in texts:
        try:
            files.append(_parse(text, config))
        except GraphParseError as error:
            errors.append(error)
    return Sources(tuple(files)), tuple(errors)


def read_sources(config: Config) -> Sources:
    """
    Read all RDF files of a knowledge graph directory.

    Args:
        config: Says where the directory lies and what the IRIs of its named graphs begin with.

    Raises:
        EmptyGraphError: The folders of the graph data hold no RDF file.
        MalformedFilesError: Some files cannot be read or do not parse; it tells of each.
    """
    texts, unreadable = read_texts(config)
    sources, errors = parse_texts(texts, config)
    if unreadable or errors:
        raise MalformedFilesError([*unreadable, *errors])
    return sources


def _rdf_files(place: Path) -> list[Path]:
    """List the RDF files of a folder, or a file itself; what is hidden or installed is passed over."""
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    return [
        path
        for path in found
        if path.suffix in SOURCE_SUFFIXES
        and not any(part.startswith(".") or part == "node_modules" for part in path.relative_to(place).parts)
    ]


def _name(path: Path, config: Config) -> str:
    return Path(os.path.relpath(path, config.root)).as_posix()


def _is_shapes(name: str, config: Config) -> bool:
    return any(Path(name).is_relative_to(folder) for folder in config.check.shapes)


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


def _parse(text: SourceText, config: Config) -> SourceFile:
    suffix = Path(text.path).suffix
    graph = NamedNode(f"{config.base_iri}graph/{text.path.removesuffix(suffix)}")
    form = source_format(Path(text.path))
    try:
        parser = ox.parse(text.content, format=form, base_iri=graph.value, without_named_graphs=True)
        triples = [quad.triple for quad in parser]
    except SyntaxError as error:
        problem = _problem(text.content, error)
        raise GraphParseError(text.path, error.lineno or 1, error.offset or 1, problem) from error
    quads = tuple(in_graph(triple, graph) for triple in _labelled(triples, graph))
    digest = hashlib.sha256(text.content).hexdigest()
    return SourceFile(text.path, graph, quads, dict(parser.prefixes), digest, text.is_shapes)


def _problem(content: bytes, error: SyntaxError) -> str:
    """Say what was found; the place stands in the message of the engine and is told apart from it."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "found a byte order mark, expected plain UTF-8: save the file without it"
    reason = error.msg.partition(": ")[2] or error.msg
    lines = content.decode("utf-8", "replace").splitlines()
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    last = error.end_offset if error.end_lineno == error.lineno else None
    found = line[(error.offset or 1) - 1 : last - 1 if last else None].strip()
    return f"{reason}, found {found[:60]!r}" if found and found not in reason else reason


def _labelled(triples: list[Triple], graph: NamedNode) -> list[Triple]:
    """Give blank nodes canonical labels that no other graph has."""
    if not any(isinstance(term, BlankNode) for triple in triples for term in triple):
        return triples
    dataset = ox.Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    prefix = "b" + hashlib.sha256(graph.value.encode()).hexdigest()[:12]

    return [
        Triple(_relabelled(quad.subject, prefix), quad.predicate, _relabelled(quad.object, prefix)) for quad in dataset
    ]


def _relabelled(term: _AnyTerm, prefix: str) -> _AnyTerm | BlankNode:
    return BlankNode(prefix + term.value) if isinstance(term, BlankNode) else term

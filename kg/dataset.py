"""
Files to named graphs.

Each file is one named graph whose IRI follows from its path; what TriG, N-Quads and JSON-LD put into a graph of their
own stays there. Blank nodes get labels that depend on the content of their file only, so the same files always give
the same quads.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from kg.blank_nodes import blank_node_labels
from kg.config import Config
from kg.errors import EmptyGraphError, GraphParseError, MalformedFilesError
from kg.formats import SOURCE_SUFFIXES
from kg.namespaces import PREFIXES
from kg.syntax import parse_source, stream_source
from kg.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple, in_graph

__all__ = [
    "SourceFile",
    "SourceText",
    "Sources",
    "distinct_triples",
    "parse_texts",
    "read_sources",
    "read_text",
    "read_texts",
    "source_paths",
    "stream_text",
]

_NO_IRI_CHARACTER = re.compile(r"""[\x00-\x20\x7f-\x9f"#%<>?\[\\\]^`{|}\ud800-\udfff]""")
"""What a file may be called, but an IRI has only in percent-encoding."""
_ONTOLOGY = "ontology"
"""The folder of the vocabulary; the other ones hold the facts."""
_GROUND = frozenset({NamedNode, Literal, DefaultGraph})


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

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the files; the common ones win, then the first file."""
        found: dict[str, str] = {}
        for file in self.files:
            for prefix, namespace in file.prefixes.items():
                found.setdefault(prefix, namespace)
        return {**found, **PREFIXES}


def distinct_triples(files: Iterable[SourceFile]) -> tuple[Triple, ...]:
    """Give the triples of some files, each once, in the order of the files, whatever graphs they stand in."""
    return tuple(dict.fromkeys(quad.triple for file in files for quad in file.quads))


def source_paths(config: Config) -> list[Path]:
    """
    List the RDF files that the settings name: of each folder in the order of their paths.

    Links to folders are not followed: they may lead back.

    Raises:
        EmptyGraphError: The folders of the graph data hold none.
        GraphParseError: A folder cannot be read.
    """
    found = {name: _rdf_files(name, config.root) for name in (*config.check.data, *config.check.shapes)}
    facts = [name for name in config.check.data if name != _ONTOLOGY]
    if facts and not any(found[name] for name in facts):
        places = " and ".join(str(config.root / name) for name in facts)
        suffixes = " or ".join(SOURCE_SUFFIXES)
        raise EmptyGraphError(f"{places} is empty: expected at least one file of graph data, with suffix {suffixes}")
    return list(dict.fromkeys(path for paths in found.values() for path in paths))


def read_texts(
    config: Config, *, replaced: Mapping[str, bytes] = MappingProxyType({}), max_bytes: int | None = None
) -> tuple[tuple[SourceText, ...], tuple[GraphParseError, ...]]:
    """
    Read the RDF files of a knowledge graph directory without parsing them.

    Args:
        config: Says where the directory lies.
        replaced: What stands in some files, by their paths, instead of what is on disk; it may add files.
        max_bytes: How large a file may be to be read; None sets no bound.

    Returns:
        The files, and what is wrong with those that cannot be read.

    Raises:
        EmptyGraphError: The folders of the graph data hold no RDF file.
    """
    names = [_name(path, config) for path in source_paths(config)]
    texts, errors = [], []
    for name in dict.fromkeys([*names, *replaced]):
        try:
            content = replaced[name] if name in replaced else _read(name, config.root, max_bytes)
            texts.append(SourceText(name, content, _is_shapes(name, config)))
        except GraphParseError as error:
            errors.append(error)
    return tuple(texts), tuple(errors)


def read_text(path: Path, config: Config) -> SourceText:
    """
    Read one of the files that :func:`source_paths` lists, without parsing it.

    Raises:
        GraphParseError: It cannot be read, or is larger than ``limits.file_bytes``.
    """
    name = _name(path, config)
    return SourceText(name, _read(name, config.root, config.limits.file_bytes), _is_shapes(name, config))


def parse_texts(texts: Iterable[SourceText], config: Config) -> tuple[Sources, tuple[GraphParseError, ...]]:
    """
    Parse RDF files.

    Args:
        texts: The files.
        config: Says what the IRIs of their named graphs begin with.

    Returns:
        The files that parse, and what is wrong with the others.
    """
    files: list[SourceFile] = []
    errors: list[GraphParseError] = []
    for text in texts:
        try:
            files.append(_parse(text, config))
        except MalformedFilesError as error:
            errors += error.errors
    return Sources(tuple(files)), tuple(errors)


def stream_text(text: SourceText, config: Config, prefixes: dict[str, str]) -> Iterator[Quad]:
    """
    Parse an RDF file as :func:`parse_texts` does, one quad at a time; those with blank nodes come last.

    Args:
        text: The file.
        config: Says what the IRI of its named graph begins with.
        prefixes: Gains the prefixes that the file declares.

    Raises:
        MalformedFilesError: It does not parse.
    """
    graph = _graph_of(text.path, config)
    held: list[Quad] = []
    for quad in stream_source(text.content, text.path, graph.value, prefixes):
        if not _GROUND.issuperset(map(type, quad)):
            held.append(quad)
        elif isinstance(quad.graph_name, DefaultGraph):
            yield in_graph(quad.triple, graph)
        else:
            yield quad
    yield from _labelled(held, graph)


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


def _rdf_files(name: str, root: Path) -> list[Path]:
    """
    Find the RDF files of a folder by their suffixes, in the order of their paths, or give a file itself.

    What is hidden or installed is passed over; unlike ``Path.rglob``, this tells of folders that cannot be read.
    """

    def fail(error: OSError) -> None:
        raise GraphParseError(
            Path(os.path.relpath(error.filename, root)).as_posix(), 1, 1, f"cannot be read: {error.strerror}"
        ) from error

    if (root / name).is_file():
        return [root / name]
    found: list[Path] = []
    for path, folders, names in os.walk(root / name, onerror=fail):
        folders[:] = [each for each in folders if not each.startswith(".") and each != "node_modules"]
        found += (Path(path) / each for each in names if Path(each).suffix in SOURCE_SUFFIXES and each[0] != ".")
    return sorted(found)


def _name(path: Path, config: Config) -> str:
    return Path(os.path.relpath(path, config.root)).as_posix()


def _is_shapes(name: str, config: Config) -> bool:
    return any(Path(name).is_relative_to(folder) for folder in config.check.shapes)


def _read(name: str, root: Path, max_bytes: int | None) -> bytes:
    path = root / name
    try:
        if path.exists() and not path.is_file():
            raise GraphParseError(name, 1, 1, "cannot be read: it is no regular file")
        if max_bytes is not None and path.stat().st_size > max_bytes:
            problem = (
                f"found {path.stat().st_size:,} bytes, expected at most {max_bytes:,} (limits.file_bytes): split it"
            )
            raise GraphParseError(name, 1, 1, problem)
        return path.read_bytes()
    except OSError as error:
        raise GraphParseError(name, 1, 1, f"cannot be read: {error.strerror}") from error


def _parse(text: SourceText, config: Config) -> SourceFile:
    graph = _graph_of(text.path, config)
    quads, prefixes = parse_source(text.content, text.path, graph.value)
    digest = hashlib.sha256(text.content).hexdigest()
    return SourceFile(text.path, graph, tuple(_labelled(quads, graph)), prefixes, digest, text.is_shapes)


def _graph_of(path: str, config: Config) -> NamedNode:
    name = _NO_IRI_CHARACTER.sub(_percent_encoded, path.removesuffix(Path(path).suffix))
    return NamedNode(f"{config.base_iri}graph/{name}")


def _percent_encoded(found: re.Match[str]) -> str:
    return quote(found[0].encode("utf-8", "surrogateescape"), safe="")


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

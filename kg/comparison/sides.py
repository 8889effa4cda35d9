"""What can be compared: files, folders, releases and revisions, each read into quads."""

import gzip
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kg.assembly import assemble
from kg.comparison.statements import blank_nodes, replaced
from kg.config import Config, load_config
from kg.dataset import read_sources
from kg.errors import GraphParseError, InputError, MalformedFilesError, NotFoundError
from kg.formats import SOURCE_SUFFIXES, read_quads
from kg.namespaces import PREFIXES
from kg.query_files import load_saved_queries
from kg.release import current_release, read_release
from kg.revisions import is_revision, read_revision
from kg.syntax import parse_source
from kg.terms import BlankNode, DefaultGraph, NamedNode, Quad, in_graph

__all__ = ["WORKING_DIRECTORY", "Side", "open_side"]

WORKING_DIRECTORY: Final = "working directory"
"""The kind of a side that is not named."""
_BASE: Final = "file:///"
"""Against which relative IRIs are resolved, so that the same file in two places says the same."""
_FOLDERS: Final = frozenset({"ontology", "graph_data", "queries", "mappings"})
_LABELLED: Final = frozenset({".nq", ".nt"})
"""Formats in which all blank nodes have labels."""
_SHORTEST_DIGEST: Final = 6
_CURRENT: Final = "current"
_PACKED: Final = ".gz"


@dataclass(frozen=True)
class Side:
    """
    One side of a comparison.

    ``name`` is as the user spelt it, ``kind`` in words. ``config`` is there for a knowledge graph directory, which can
    be checked and asked; ``files`` gives the path of the file of each named graph that is one.
    """

    name: str
    kind: str
    quads: tuple[Quad, ...]
    prefixes: Mapping[str, str]
    config: Config | None = None
    files: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def open_side(text: str | None, config: Config, *, generated: bool = False) -> Iterator[Side]:
    """
    Read one side of a comparison; what a revision holds is there as files until the context ends.

    Args:
        text: A file, a folder, the digest of a release, ``current`` or a revision; ``path:``, ``release:`` or ``rev:``
            before it says which. None is the knowledge graph directory as it is.
        config: The knowledge graph directory whose releases and revisions are meant.
        generated: Whether statements that a build adds are compared too.

    Raises:
        NotFoundError: There is no such thing, or more than one.
        InputError: A folder without RDF files.
        SourceError: A file or a release cannot be read.
        EmptyGraphError: A knowledge graph directory without graph data.
    """
    if text is None:
        yield _of_directory("the files as they are", WORKING_DIRECTORY, config, generated)
        return
    kind, found = _meant(text, config)
    if kind == "rev":
        with tempfile.TemporaryDirectory(prefix="agon-revision-") as folder:
            yield _of_revision(text, found, config, Path(folder), generated)
    elif kind == "release":
        yield _of_release(text, Path(found), generated)
    else:
        yield _of_path(text, Path(found), config, generated)


def _meant(text: str, config: Config) -> tuple[str, str]:
    """Say of what kind a side is, and where it lies; a revision lies under its name."""
    prefix, _, name = text.partition(":")
    if prefix in _FINDERS and name:
        found = _FINDERS[prefix](name, config)
        if found is None:
            raise NotFoundError(f'"{text}": found no {_WORDS[prefix]} of this name; {_EXPECTED}')
        return prefix, found
    candidates = {kind: found for kind, find in _FINDERS.items() if (found := find(text, config)) is not None}
    if len(candidates) > 1:
        words = " and ".join(f"a {_WORDS[kind]}" for kind in candidates)
        mends = " or ".join(f"{kind}:{text}" for kind in candidates)
        raise NotFoundError(f'"{text}" is {words}: say {mends}')
    if not candidates:
        raise NotFoundError(f'found nothing named "{text}"; {_EXPECTED}')
    return next(iter(candidates.items()))


def _find_path(text: str, _config: Config) -> str | None:
    return text if Path(text).exists() else None


def _find_release(text: str, config: Config) -> str | None:
    if text == _CURRENT:
        release = current_release(config)
        return str(release.folder) if release else None
    if len(text) < _SHORTEST_DIGEST or not set(text) <= set("0123456789abcdef"):
        return None
    fitting = sorted((config.build / "releases").glob(f"{text}*"))
    if len(fitting) > 1:
        raise NotFoundError(f'"{text}" begins the digests of {len(fitting)} releases: give more of it')
    return str(fitting[0]) if fitting else None


def _find_revision(text: str, config: Config) -> str | None:
    return text if is_revision(config.root, text) else None


_FINDERS: Final[Mapping[str, Callable[[str, Config], str | None]]] = {
    "path": _find_path,
    "release": _find_release,
    "rev": _find_revision,
}
_WORDS: Final = {"path": "file or folder", "release": "release", "rev": "revision"}
_EXPECTED: Final = "expected a file, a folder, a revision such as main or HEAD~1, current, or the digest of a release"


def _of_path(text: str, path: Path, config: Config, generated: bool) -> Side:
    if path.is_file():
        quads, prefixes = _read_file(path, path.name)
        return Side(text, "file", quads, {**prefixes, **PREFIXES})
    if (path / "ontology").is_dir() and (path / "graph_data").is_dir():
        return _of_directory(text, "directory", load_config(path, build=config.build), generated)
    if (path / "manifest.json").is_file() and (path / "dataset.nq").is_file():
        return _of_release(text, path, generated)
    return _of_folder(text, path)


def _of_folder(text: str, folder: Path) -> Side:
    """Read a folder of RDF files, each a named graph."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and _suffix(path) in SOURCE_SUFFIXES)
    if not paths:
        raise InputError(f"{folder}: found no RDF file, expected some with suffix {', '.join(SOURCE_SUFFIXES)}")
    quads: list[Quad] = []
    prefixes: dict[str, str] = {}
    files: dict[str, str] = {}
    errors: list[GraphParseError] = []
    for number, path in enumerate(paths):
        name = path.relative_to(folder).as_posix()
        files[_BASE + quote(name)] = name
        try:
            found, declared = _read_file(path, name, of_folder=f"f{number}")
        except GraphParseError as error:
            errors.append(error)
            continue
        except MalformedFilesError as error:
            errors += error.errors
            continue
        quads += found
        prefixes = {**declared, **prefixes}
    if errors:
        raise MalformedFilesError(errors)
    return Side(text, "folder", tuple(quads), {**prefixes, **PREFIXES}, files=files)


def _read_file(path: Path, name: str, *, of_folder: str = "") -> tuple[tuple[Quad, ...], dict[str, str]]:
    """Read one file; if it is one of a folder, its statements stand in a graph of its name."""
    suffix = _suffix(path)
    if suffix not in SOURCE_SUFFIXES:
        raise GraphParseError(
            name, 1, 1, f"found the suffix {suffix or '(none)'}, expected one of {', '.join(SOURCE_SUFFIXES)}"
        )
    try:
        content = path.read_bytes()
        if path.suffix == _PACKED:
            content = gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise GraphParseError(name, 1, 1, f"cannot be read: {error}") from error
    base = _BASE + quote(name) if of_folder else _BASE
    found, prefixes = parse_source(content, name.removesuffix(_PACKED), base)
    quads = tuple(_in_file(quad, NamedNode(base)) for quad in found) if of_folder else tuple(found)
    if of_folder or suffix not in _LABELLED:
        quads = _numbered(quads, f"{of_folder}b")
    return quads, prefixes


def _in_file(quad: Quad, graph: NamedNode) -> Quad:
    """Put a statement of no named graph into that of its file."""
    return in_graph(quad.triple, graph) if isinstance(quad.graph_name, DefaultGraph) else quad


def _suffix(path: Path) -> str:
    return Path(path.name.removesuffix(_PACKED)).suffix.lower()


def _numbered(quads: tuple[Quad, ...], prefix: str) -> tuple[Quad, ...]:
    """Number blank nodes in the order of the file, because the parser gives those without a label a random one."""
    labels: dict[BlankNode, BlankNode] = {}
    for quad in quads:
        for node in blank_nodes([quad]) - labels.keys():
            labels[node] = BlankNode(f"{prefix}{len(labels)}")
    return tuple(replaced(quad, labels) for quad in quads)


def _of_directory(text: str, kind: str, config: Config, generated: bool) -> Side:
    sources = read_sources(config)
    quads = tuple(sources.quads)
    if generated:
        quads = assemble(config, sources, load_saved_queries(config.queries, config.limits), conforms=True)
    files = {file.graph.value: file.path for file in sources.files}
    return Side(text, kind, quads, sources.prefixes, config, files)


def _of_revision(text: str, revision: str, config: Config, folder: Path, generated: bool) -> Side:
    files = read_revision(config.root, revision, _FOLDERS)
    if not all(any(path.startswith(f"{name}/") for path in files) for name in ("ontology", "graph_data")):
        raise InputError(f"revision {revision}: found no ontology/ or no graph_data/ in it, expected both")
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return _of_directory(text, "revision", load_config(folder), generated)


def _of_release(text: str, folder: Path, generated: bool) -> Side:
    release = read_release(folder)
    try:
        quads = read_quads(release.dump.read_bytes())
    except (OSError, SyntaxError) as error:
        raise GraphParseError(f"{folder.name}/dataset.nq", 1, 1, f"cannot be read: {error}") from error
    made = {f"{release.base_iri}graph/{name}" for name in ("derived", "description", "queries")}
    if not generated:
        quads = tuple(quad for quad in quads if getattr(quad.graph_name, "value", "") not in made)
    start = f"{release.base_iri}graph/"
    files = {f"{start}{path.rpartition('.')[0]}": path for path in release.inputs if not path.endswith(".rq")}
    return Side(text, "release", quads, {**release.prefixes, **PREFIXES}, files=files)

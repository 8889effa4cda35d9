"""
The dump of a release, read as a stream: what its graphs should be, and the parts in which a graph is sent.

The dump is sorted, so the statements of one triple in several named graphs follow each other.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from kg.errors import BuildFolderError, ReleaseError
from kg.publishing.fingerprints import Fingerprint, has_blank_nodes, read_line
from kg.release import Release

__all__ = ["PART_BYTES", "Spool", "Survey", "copied", "merged_triples", "parts", "spooled", "survey_release"]

PART_BYTES: Final = 2_000_000
"""An engine takes so much in a few seconds; Virtuoso holds a request in memory."""
_HELD_BYTES: Final = 32_000_000
_STEP: Final = 10_000


@dataclass(frozen=True)
class Survey:
    """What a release holds: the fingerprint of each named graph, and of the union."""

    graphs: Mapping[str, Fingerprint]
    union: Fingerprint


def survey_release(release: Release, advance: Callable[[int], None]) -> Survey:
    """
    Read a release through.

    Args:
        release: The release.
        advance: Is told of each so many quads that they are done.

    Raises:
        ReleaseError: Its dump is not what its manifest says.
    """
    union, before, digest = Fingerprint(), None, sha256()
    graphs: defaultdict[str, Fingerprint] = defaultdict(Fingerprint)
    for number, (text, graph, raw) in enumerate(_read(release), 1):
        digest.update(raw)
        if text != before:
            line, before = read_line(text), text
            union.add(line)
        graphs[graph].add(line)
        if number % _STEP == 0:
            advance(_STEP)
    found = digest.hexdigest(), union.count, len(graphs)
    if found != (release.dump_digest, release.triple_count, release.graph_count):
        raise _damaged(release, "it is not what the manifest says")
    return Survey({name: graph.close() for name, graph in sorted(graphs.items())}, union.close())


def merged_triples(release: Release) -> Iterator[str]:
    """Give the triples of the union of a release, each once."""
    before = None
    for text, _, _ in _read(release):
        if text != before:
            yield text
            before = text


def parts(triples: Iterable[str], blank: Sequence[str]) -> Iterator[bytes]:
    """
    Cut a graph into parts to be sent one after the other, always in the same way.

    All that has to do with blank nodes is in the first part, since labels are worth nothing from one request to the
    next. So the first part has to replace what is there, and all others may be sent again without harm.

    Args:
        triples: The triples of the graph.
        blank: Those of them that have to do with blank nodes.
    """
    held, size = [f"{text} .\n".encode() for text in blank], 0
    size = sum(map(len, held))
    for text in triples:
        if has_blank_nodes(text):
            continue
        if size >= PART_BYTES:
            yield b"".join(held)
            held, size = [], 0
        held.append(f"{text} .\n".encode())
        size += len(held[-1])
    yield b"".join(held)


class Spool:
    """Named graphs laid aside on the disk, each in pieces; the file has no name, so it never stays behind."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def write(self, pieces: Mapping[str, list[str]]) -> None:
        """Lay triples of some graphs aside."""
        for graph, texts in pieces.items():
            content = "".join(f"{text}\n" for text in texts).encode()
            self._places[graph].append((self._file.tell(), len(content)))
            self._file.write(content)

    def triples(self, graph: str) -> Iterator[str]:
        """Give the triples of a graph."""
        for place, size in self._places[graph]:
            self._file.seek(place)
            yield from self._file.read(size).decode().split("\n")[:-1]


@contextmanager
def spooled(release: Release, graphs: Collection[str]) -> Iterator[Spool]:
    """
    Lay some named graphs of a release aside, so that each can be read by itself.

    Args:
        release: The release; the file is in the folder of the releases.
        graphs: Their names.

    Raises:
        BuildFolderError: There is no room for them.
    """
    with _nameless_file(release) as file:
        spool = Spool(file)
        with _room(release):
            _fill(spool, release, frozenset(graphs))
            file.flush()
        yield spool


@contextmanager
def copied(release: Release, triples: Iterable[str]) -> Iterator[Callable[[], Iterator[str]]]:
    """
    Lay triples aside that can be had once only; what it gives reads them as often as wanted, one reader at a time.

    Args:
        release: The file is in the folder of its releases.
        triples: The triples, as N-Triples writes them.

    Raises:
        BuildFolderError: There is no room for them.
    """
    with _nameless_file(release) as file:

        def read() -> Iterator[str]:
            file.seek(0)
            return (line[:-1].decode() for line in file)

        with _room(release):
            file.writelines(f"{text}\n".encode() for text in triples)
            file.flush()
        yield read


@contextmanager
def _nameless_file(release: Release) -> Iterator[IO[bytes]]:
    with ExitStack() as stack:
        with _room(release):
            file = stack.enter_context(tempfile.TemporaryFile(dir=release.folder.parent))
        yield file


@contextmanager
def _room(release: Release) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BuildFolderError(
            f"{release.folder.parent} cannot take a file as large as the graphs to be sent: {error.strerror}"
        ) from error


def _fill(spool: Spool, release: Release, wanted: frozenset[str]) -> None:
    pieces: defaultdict[str, list[str]] = defaultdict(list)
    size = 0
    for text, graph, raw in _read(release) if wanted else ():
        if graph not in wanted:
            continue
        pieces[graph].append(text)
        size += len(raw)
        if size > _HELD_BYTES:
            spool.write(pieces)
            pieces.clear()
            size = 0
    spool.write(pieces)


def _read(release: Release) -> Iterator[tuple[str, str, bytes]]:
    """Give each quad as its triple, its graph and its line."""
    try:
        with Path(release.dump).open("rb") as file:
            for raw in file:
                text, graph, end = raw.decode().rsplit(" ", 2)
                if end != ".\n" or not graph.startswith("<"):
                    raise _damaged(release, "it has a line that is no quad")
                yield text, graph[1:-1], raw
    except (OSError, ValueError) as error:
        raise _damaged(release, f"it cannot be read ({error})") from error


def _damaged(release: Release, problem: str) -> ReleaseError:
    return ReleaseError(
        f"the release {release.digest} is damaged: of its {release.dump.name}, {problem}; remove {release.folder} and "
        "build it anew with kg build"
    )

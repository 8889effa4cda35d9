"""
Whole releases as files to take away, with their checksums, and how a catalogue lists them.

Source: Data Catalog Vocabulary (DCAT) 3, sections 6.8 and 6.8.16 (checksums); VoID, section 3.3.
"""

import io
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from kg.formats import Format, ResultKind, named_format, write_graph
from kg.sorting import read_lines, sort_lines, write_lines
from kg.steps import Steps
from kg.stores import QuadFile, as_stored
from kg.terms import Literal, NamedNode, Quad, Triple, prefixed

__all__ = ["CHECKSUMS", "Dump", "describe_dumps", "find_dumps", "write_dumps"]

CHECKSUMS = "SHA256SUMS"
_FORMATS = ("trig", "nquads", "turtle", "jsonld")
_STEM = "dataset"
_GZIP = "https://www.iana.org/assignments/media-types/application/gzip"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True)
class Dump:
    """A file that holds a whole release; ``digest`` is its SHA-256 in hexadecimal digits."""

    path: Path
    row: Format
    digest: str


def write_dumps(folder: Path, dataset: Path, prefixes: Mapping[str, str], *, steps: Steps, size: int) -> None:
    """
    Write a dataset in every format of the dumps, compressed, and the checksums beside them.

    Formats without named graphs hold the union of all graphs.

    Args:
        folder: Where the files go; it is made.
        dataset: Sorted N-Quads.
        prefixes: Names of namespaces, for the formats that have them.
        steps: Is told of each format.
        size: How many quads the dataset has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checksums = []
    with tempfile.TemporaryDirectory(prefix="spelt-", dir=folder) as aside:
        spelt = Path(aside) / dataset.name
        write_lines(spelt, sort_lines(as_stored(read_lines(dataset)), Path(aside)))
        for name in _FORMATS:
            row = named_format(name, ResultKind.GRAPH)
            steps.tell(f"writing {size} quads as {row.suffix}")
            quads = steps.through(QuadFile(spelt), size)
            path = folder / f"{_STEM}{row.suffix}.gz"
            digest = _write_packed(path, quads if row.holds_graphs else _union(quads), row, prefixes)
            checksums.append(f"{digest}  {path.name}\n")
    (folder / CHECKSUMS).write_text("".join(checksums), encoding="ascii")


def _union(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Give the triples of sorted quads, in which equal ones stand side by side."""
    return (triple for triple, _ in groupby(quad.triple for quad in quads))


def _write_packed(
    path: Path, statements: Iterable[Quad] | Iterable[Triple], row: Format, prefixes: Mapping[str, str]
) -> str:
    """Write statements to a compressed file without a date; gives its SHA-256."""
    with path.open("wb") as file:
        packed = _Packed(file)
        write_graph(statements, row, packed, prefixes=prefixes)
        packed.close()
    return packed.digest.hexdigest()


class _Packed(io.RawIOBase, IO[bytes]):
    """Compresses what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self.digest = sha256()
        self._file = file
        self._packer = zlib.compressobj(level=9, wbits=31)

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._put(self._packer.compress(data))
        return len(data)

    def close(self) -> None:
        """Write what is left."""
        if not self.closed:
            self._put(self._packer.flush())
        super().close()

    def _put(self, packed: bytes) -> None:
        self.digest.update(packed)
        self._file.write(packed)


def find_dumps(folder: Path) -> tuple[Dump, ...]:
    """Give the dumps that :func:`write_dumps` wrote into a folder; of an absent one there are none."""
    listed = folder / CHECKSUMS
    if not listed.is_file():
        return ()
    pairs = [line.split(maxsplit=1) for line in listed.read_text(encoding="ascii").splitlines()]
    return tuple(
        Dump(folder / name, named_format(Path(name.removesuffix(".gz")).suffix, ResultKind.GRAPH), digest)
        for digest, name in pairs
    )


def describe_dumps(dataset: str, dumps: Iterable[Dump], address: str) -> Iterator[Triple]:
    """
    List dumps in VoID and DCAT.

    Args:
        dataset: The IRI of the dataset.
        dumps: What is listed.
        address: Below which the files can be had, without a slash at its end.
    """
    subject = NamedNode(dataset)
    yield Triple(subject, prefixed("rdf:type"), prefixed("dcat:Dataset"))
    for dump in dumps:
        url = NamedNode(f"{address}/{dump.path.name}")
        entry, checksum = NamedNode(f"{url.value}#distribution"), NamedNode(f"{url.value}#checksum")
        yield Triple(subject, prefixed("void:dataDump"), url)
        yield Triple(subject, prefixed("dcat:distribution"), entry)
        yield Triple(entry, prefixed("rdf:type"), prefixed("dcat:Distribution"))
        yield Triple(entry, prefixed("dcat:downloadURL"), url)
        yield Triple(entry, prefixed("dcat:mediaType"), NamedNode(_MEDIA_TYPES + dump.row.media_type))
        yield Triple(entry, prefixed("dcat:compressFormat"), NamedNode(_GZIP))
        size = Literal(str(dump.path.stat().st_size), datatype=prefixed("xsd:nonNegativeInteger"))
        yield Triple(entry, prefixed("dcat:byteSize"), size)
        yield Triple(entry, prefixed("spdx:checksum"), checksum)
        yield Triple(checksum, prefixed("rdf:type"), prefixed("spdx:Checksum"))
        yield Triple(checksum, prefixed("spdx:algorithm"), prefixed("spdx:checksumAlgorithm_sha256"))
        yield Triple(checksum, prefixed("spdx:checksumValue"), Literal(dump.digest, datatype=prefixed("xsd:hexBinary")))

"""
Whole releases as files to take away, with their checksums, and how a catalogue lists them.

Source: Data Catalog Vocabulary (DCAT) 3, sections 6.8 and 6.8.16 (checksums); VoID, section 3.3.
"""

import gzip
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kg.formats import Format, ResultKind, named_format, write_graph
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


def write_dumps(folder: Path, quads: Iterable[Quad], prefixes: Mapping[str, str]) -> None:
    """
    Write a dataset in every format of the dumps, compressed, and the checksums beside them.

    Args:
        folder: Where the files go; it is made.
        quads: The dataset, in the order of the files. Formats without named graphs hold the union of all graphs.
        prefixes: Names of namespaces, for the formats that have them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given = tuple(quads)
    lines = []
    for name in _FORMATS:
        row = named_format(name, ResultKind.GRAPH)
        document = io.BytesIO()
        statements = given if row.holds_graphs else tuple(dict.fromkeys(quad.triple for quad in given))
        write_graph(statements, row, document, prefixes=prefixes)
        packed = gzip.compress(document.getvalue(), mtime=0)
        path = folder / f"{_STEM}{row.suffix}.gz"
        path.write_bytes(packed)
        lines.append(f"{sha256(packed).hexdigest()}  {path.name}\n")
    (folder / CHECKSUMS).write_text("".join(lines), encoding="ascii")


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

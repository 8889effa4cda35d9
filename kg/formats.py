"""
The one table of formats: name, media type, suffix, kind of result, format IRI, and how to write it.

Source: SPARQL 1.1 Query Results JSON, XML, CSV and TSV formats; RDF 1.1 Turtle, N-Triples, TriG, N-Quads and XML
syntax; JSON-LD 1.1; the format IRIs of the W3C Unique URIs for File Formats.
"""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from kg.errors import FormatError

__all__ = [
    "FORMATS",
    "SOURCE_SUFFIXES",
    "Format",
    "ReadResult",
    "ResultKind",
    "formats_for",
    "has_tokens",
    "named_format",
    "read_graph",
    "read_quads",
    "read_result",
    "result_kind",
    "source_formats",
    "write_graph",
    "write_result",
]


class ResultKind(Enum):
    """What a query answers with: solutions (SELECT), a truth value (ASK) or a graph (CONSTRUCT, DESCRIBE)."""

    SOLUTIONS = "solutions"
    BOOLEAN = "truth value"
    GRAPH = "graph"


_TABLES = frozenset({ResultKind.SOLUTIONS, ResultKind.BOOLEAN})
_GRAPHS = frozenset({ResultKind.GRAPH})


@dataclass(frozen=True)
class Format:
    """
    One row of the table.

    ``name`` is what ``--format`` and ``format=`` take; ``aliases`` are media types and names that clients also use.
    """

    name: str
    media_type: str
    suffix: str
    kinds: frozenset[ResultKind]
    iri: str
    aliases: tuple[str, ...] = ()

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types by which a client can ask for it, its own first."""
        return (self.media_type, *(alias for alias in self.aliases if "/" in alias))

    @property
    def holds_graphs(self) -> bool:
        """Whether it tells in which named graph a statement stands."""
        return self.name in _QUAD_FORMATS

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header."""
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")


_QUAD_FORMATS = frozenset({"trig", "nquads"})
_IRI = "http://www.w3.org/ns/formats/"
FORMATS: Final[tuple[Format, ...]] = (
    Format(
        "json", "application/sparql-results+json", ".srj", _TABLES, _IRI + "SPARQL_Results_JSON", ("application/json",)
    ),
    Format(
        "xml",
        "application/sparql-results+xml",
        ".srx",
        _TABLES,
        _IRI + "SPARQL_Results_XML",
        ("application/xml", "text/xml"),
    ),
    Format("csv", "text/csv", ".csv", _TABLES, _IRI + "SPARQL_Results_CSV"),
    Format("tsv", "text/tab-separated-values", ".tsv", _TABLES, _IRI + "SPARQL_Results_TSV"),
    Format("turtle", "text/turtle", ".ttl", _GRAPHS, _IRI + "Turtle", ("application/x-turtle", "n3")),
    Format("ntriples", "application/n-triples", ".nt", _GRAPHS, _IRI + "N-Triples"),
    Format(
        "rdfxml",
        "application/rdf+xml",
        ".rdf",
        _GRAPHS,
        _IRI + "RDF_XML",
        ("application/xml", "text/xml", "xml", "rdf+xml"),
    ),
    Format(
        "jsonld", "application/ld+json", ".jsonld", _GRAPHS, _IRI + "JSON-LD", ("application/json", "json", "json-ld")
    ),
    Format("trig", "application/trig", ".trig", _GRAPHS, _IRI + "TriG"),
    Format("nquads", "application/n-quads", ".nq", _GRAPHS, _IRI + "N-Quads"),
)
"""All formats; the first one of a kind of result is its default."""

SOURCE_SUFFIXES: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
"""The suffixes of files that named graphs can be read from; ``.xml`` and ``.json`` mostly hold other things."""

_SOLUTION_WRITERS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPH_WRITERS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}
_PREFIXED_FORMATS = frozenset({"turtle", "rdfxml", "trig"})
_Statement = ox.Triple | ox.Quad
_LOOK_AHEAD = 10_000
"""How many statements are looked through for namespaces in use, before the first is written."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_NAME_AT_END = re.compile(r"[^\W\d][\w.-]*$")


def formats_for(kind: ResultKind) -> tuple[Format, ...]:
    """Give the formats that a kind of result can be written in, the default first."""
    return tuple(row for row in FORMATS if kind in row.kinds)


def named_format(text: str, kind: ResultKind) -> Format:
    """
    Find a format by its name, suffix or media type.

    Args:
        text: Such as ``csv``, ``.srj`` or ``text/turtle``, in any case.
        kind: The kind of result to write.

    Raises:
        FormatError: No format of this name fits the kind; it lists those that do.
    """
    wanted = text.strip().lower()
    candidates = formats_for(kind)
    for row in candidates:
        if wanted in {row.name, row.suffix, row.suffix[1:], row.media_type, *row.aliases}:
            return row
    allowed = [row.name for row in candidates]
    raise FormatError(f'a {kind.value} cannot be written as "{text[:80]}", only as {", ".join(allowed)}', allowed)


def has_tokens(path: str) -> bool:
    """Tell whether a source file is in one of the formats that :mod:`kg.turtle` takes apart."""
    return path.endswith((".ttl", ".nt", ".trig", ".nq"))


def source_formats() -> tuple[Format, ...]:
    """Give the rows of the table that a source file can be in."""
    return tuple(row for row in FORMATS if row.suffix in SOURCE_SUFFIXES)


def read_graph(document: bytes, row: Format) -> tuple[ox.Triple, ...]:
    """
    Read triples that :func:`write_graph` has written.

    Args:
        document: What was written.
        row: The format that it was written in.
    """
    return tuple(quad.triple for quad in ox.parse(document, format=_GRAPH_WRITERS[row.name]))


def read_quads(document: bytes) -> tuple[ox.Quad, ...]:
    """Read quads that :func:`write_graph` has written in N-Quads."""
    return tuple(ox.parse(document, format=ox.RdfFormat.N_QUADS))


ReadResult = ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple]
"""An answer that is read from a document: solutions and triples come as they are read."""


def read_result(document: IO[bytes], media_type: str) -> ReadResult:
    """
    Read the answer to a query.

    Args:
        document: It is read as the answer is gone through.
        media_type: That of a format of :data:`FORMATS`, without named graphs.

    Raises:
        SyntaxError: It is malformed, here or later on.
    """
    name = next(row.name for row in FORMATS if row.media_type == media_type)
    if name in _GRAPH_WRITERS:
        return (quad.triple for quad in ox.parse(document, format=_GRAPH_WRITERS[name]))
    return ox.parse_query_results(document, format=_SOLUTION_WRITERS[name])


def result_kind(result: ReadResult) -> ResultKind:
    """Give the kind of an answer that was read."""
    if isinstance(result, ox.QuerySolutions):
        return ResultKind.SOLUTIONS
    return ResultKind.BOOLEAN if isinstance(result, ox.QueryBoolean) else ResultKind.GRAPH


def write_result(
    result: ox.QueryTriples | ReadResult, row: Format, output: IO[bytes], *, prefixes: Mapping[str, str]
) -> None:
    """
    Write what a query answered.

    Args:
        result: The engine's answer; it is read to its end.
        row: A format that fits the kind of the answer.
        output: Where the bytes go.
        prefixes: Names of namespaces, for the formats that have them; only those in use are written.

    Raises:
        FormatError: The answer holds something that the format cannot express.
    """
    if not isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
        write_graph(result, row, output, prefixes=prefixes)
    elif row.name == "csv":
        _write_csv(result, output)
    elif row.name == "xml":
        result.serialize(_CheckedXml(output), format=ox.QueryResultsFormat.XML)
    else:
        result.serialize(output, format=_SOLUTION_WRITERS[row.name])


def write_graph(
    triples: Iterable[ox.Triple] | Iterable[ox.Quad], row: Format, output: IO[bytes], *, prefixes: Mapping[str, str]
) -> None:
    """Write triples or quads as :func:`write_result` does; the parameters are the same."""
    if row.name not in _PREFIXED_FORMATS:
        ox.serialize(triples, output, format=_GRAPH_WRITERS[row.name])
        return
    statements: Iterator[_Statement] = iter(triples)
    first = list(itertools.islice(statements, _LOOK_AHEAD))
    used = _used_prefixes(first, prefixes)
    every = cast(Any, itertools.chain(first, statements))
    if row.name == "rdfxml":
        ox.serialize(cast(Any, _with_xml_names(every)), _CheckedXml(output), format=ox.RdfFormat.RDF_XML, prefixes=used)
    else:
        ox.serialize(every, output, format=_GRAPH_WRITERS[row.name], prefixes=used)


def _write_csv(result: ox.QuerySolutions | ox.QueryBoolean, output: IO[bytes]) -> None:
    """Write CSV ourselves: pyoxigraph 0.5.13 leaves IRIs that hold a comma or a quotation mark unquoted."""
    if isinstance(result, ox.QueryBoolean):
        output.write(b"true\r\n" if result else b"false\r\n")
        return
    text = io.TextIOWrapper(output, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([variable.value for variable in result.variables])
    for solution in result:
        writer.writerow([_csv_value(term) for term in solution])
    text.detach()


def _csv_value(term: object) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


class _CheckedXml(io.RawIOBase, IO[bytes]):
    """A file that escapes carriage returns, which pyoxigraph writes raw, and refuses what XML 1.0 cannot express."""

    def __init__(self, output: IO[bytes]) -> None:
        super().__init__()
        self._output = output
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        text = self._decoder.decode(data)
        found = _NOT_XML.search(text)
        if found:
            raise FormatError(
                f"the result holds the character U+{ord(found[0]):04X}, which XML cannot express: "
                "ask for JSON or Turtle"
            )
        self._output.write(text.replace("\r", "&#13;").encode())
        return len(data)


def _with_xml_names(statements: Iterable[_Statement]) -> Iterator[_Statement]:
    """Pass statements on, as long as their predicates can be XML names."""
    known: set[ox.NamedNode] = set()
    for statement in statements:
        if statement.predicate not in known and not _XML_NAME_AT_END.search(statement.predicate.value):
            name = statement.predicate.value
            raise FormatError(f"the predicate <{name}> does not end in an XML name: ask for Turtle or N-Triples")
        known.add(statement.predicate)
        yield statement


def _used_prefixes(statements: Sequence[_Statement], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Keep the prefixes whose namespace some IRI of the statements lies directly in."""
    iris = {term.value for statement in statements for term in statement if isinstance(term, ox.NamedNode)}
    iris |= {term.datatype.value for statement in statements for term in statement if isinstance(term, ox.Literal)}
    namespaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in iris}
    return {name: namespace for name, namespace in prefixes.items() if namespace in namespaces}

"""
Bytes of an RDF file to quads, or to all that is wrong with them.

Nothing is fetched: neither a remote JSON-LD context nor an external entity. Entities of XML may name namespaces, but
not grow a small file into a large one.

Source: RDF 1.1 Turtle, TriG, N-Triples, N-Quads and XML syntax; JSON-LD 1.1; XML 1.0, section 4.4.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final
from xml.parsers import expat

import pyoxigraph as ox

from kg.errors import GraphParseError, MalformedFilesError
from kg.formats import SOURCE_SUFFIXES
from kg.terms import Quad
from kg.text_lines import line_and_column, line_starts
from kg.turtle import Fault, conflict_markers, explain, tokens

__all__ = ["parse_errors", "parse_source", "stream_source"]

_MOST_ERRORS: Final = 20
_MOST_BYTES: Final = 5_000_000
"""How large a file is in which more than the first error is looked for: each takes another reading."""
_LINES: Final = {ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS}
_ENTITY: Final = re.compile(rb"""<!ENTITY\s+(%\s*)?([^\s"'>]+)\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE: Final = re.compile(rb"&([^;&\s#]+);")
_ENTITY_GROWTH: Final = 20
_ENTITY_BYTES: Final = 1_000_000
_MOST_DEPTH: Final = 10_000
_BOM: Final = b"\xef\xbb\xbf"


def parse_source(content: bytes, path: str, base_iri: str) -> tuple[list[Quad], dict[str, str]]:
    """
    Read the quads of a file.

    Args:
        content: Its bytes.
        path: Its name, whose suffix, one of :data:`kg.formats.SOURCE_SUFFIXES`, tells the format.
        base_iri: What relative IRIs are resolved against.

    Returns:
        The quads in the order of the file, and the prefixes that it declares.

    Raises:
        MalformedFilesError: It does not parse; tells all that is wrong with it, as far as that can be told.
    """
    prefixes: dict[str, str] = {}
    return list(stream_source(content, path, base_iri, prefixes)), prefixes


def stream_source(content: bytes, path: str, base_iri: str, prefixes: dict[str, str]) -> Iterator[Quad]:
    """
    Read the quads of a file one at a time, as :func:`parse_source` does.

    Args:
        content: Its bytes.
        path: Its name.
        base_iri: What relative IRIs are resolved against.
        prefixes: Gains the prefixes that the file declares, after the last quad.

    Raises:
        MalformedFilesError: As :func:`parse_source` says, after the quads before the first error.
    """
    syntax = SOURCE_SUFFIXES[PurePath(path).suffix]
    if syntax == ox.RdfFormat.RDF_XML and (error := _entity_error(content, path) or _depth_error(content, path)):
        raise MalformedFilesError([error])
    try:
        parser = ox.parse(content, format=syntax, base_iri=base_iri)
        yield from parser
        prefixes.update(parser.prefixes)
    except (SyntaxError, MemoryError) as error:
        raise MalformedFilesError(parse_errors(content, path, base_iri)) from error


def parse_errors(content: bytes, path: str, base_iri: str) -> list[GraphParseError]:
    """
    Tell what is wrong with a file: in Turtle, TriG, N-Triples and N-Quads up to twenty errors, else the first one.

    The statement around an error, in N-Triples and N-Quads the line, is passed over to find the next one.

    Args:
        content: The bytes of the file.
        path: Its name, as for :func:`parse_source`.
        base_iri: What relative IRIs are resolved against.
    """
    syntax = SOURCE_SUFFIXES[PurePath(path).suffix]
    if syntax == ox.RdfFormat.RDF_XML:
        return [_xml_error(content, path, base_iri)]
    if syntax == ox.RdfFormat.JSON_LD:
        return [_json_error(content, path, base_iri)]
    errors: list[GraphParseError] = []
    most = _MOST_ERRORS if len(content) <= _MOST_BYTES else 1
    for fault in _faults(content, syntax, base_iri):
        if len(errors) == most:
            errors.append(GraphParseError(path, fault.line, fault.column, "more errors of this file are not shown"))
            break
        errors.append(GraphParseError(path, fault.line, fault.column, fault.problem))
    return errors


def _faults(content: bytes, syntax: ox.RdfFormat, base_iri: str) -> Iterator[Fault]:
    if content.startswith(_BOM):
        yield Fault(1, 1, "found a byte order mark, expected plain UTF-8: save the file without it", 0, 0)
        content = content.removeprefix(_BOM)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        yield _of_bytes(content, error)
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return
        text = content.decode(errors="replace").replace("\N{REPLACEMENT CHARACTER}", "x")
    for marker in conflict_markers(text):
        if marker.problem:
            yield marker
        text = _blanked(text, marker)
    yield from _statement_faults(text, syntax, base_iri)


def _statement_faults(text: str, syntax: ox.RdfFormat, base_iri: str) -> Iterator[Fault]:
    declared: list[str] = []
    last: Fault | None = None
    while (found := _first_error(text, declared, syntax, base_iri)) is not None:
        fault = (
            _of_line(text, *found) if syntax in _LINES else explain(text, *found, graphs=syntax == ox.RdfFormat.TRIG)
        )
        if fault == last:  # passing over what it is about has not helped
            return
        yield fault
        if fault.prefix is not None:
            declared.append(fault.prefix)
        text, last = _blanked(text, fault), fault


def _first_error(text: str, declared: list[str], syntax: ox.RdfFormat, base_iri: str) -> tuple[int, int, str] | None:
    """Parse, with some prefixes declared beforehand; gives the line, the column and the reason of the error."""
    head = "".join(f"@prefix {prefix}: <http://undeclared.example/> .\n" for prefix in declared)
    try:
        for _ in ox.parse(head + text, format=syntax, base_iri=base_iri):
            pass
    except SyntaxError as error:
        reason = error.msg.partition(": ")[2] or error.msg
        reason = re.sub(r" \(line [0-9]+\)$", "", reason)
        return max((error.lineno or 1) - len(declared), 1), error.offset or 1, reason
    except MemoryError as error:
        longest = max(tokens(text), key=lambda token: len(token.text))
        return longest.line, longest.column, f"a literal or name is too long ({error}): keep it in a file of its own"
    return None


def _of_line(text: str, line: int, column: int, reason: str) -> Fault:
    starts = [*line_starts(text), len(text)]
    if "followed by a dot" in reason and column == 1:  # the engine stands at the next statement already
        line = len(line_starts(text[: starts[min(line, len(starts) - 1) - 1]].rstrip()))
        column = len(text[starts[line - 1] : starts[line]].rstrip()) + 1
    start, end = starts[min(line, len(starts) - 1) - 1], starts[min(line, len(starts) - 1)]
    found = text[start:end].strip()
    return Fault(line, column, f"{reason}, found {found[:60]!r}: one statement per line, ended with a dot", start, end)


def _of_bytes(content: bytes, error: UnicodeDecodeError) -> Fault:
    before = content[: error.start].decode(errors="replace")
    byte = content[error.start]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Fault(1, 1, "found UTF-16, expected UTF-8: save the file as UTF-8", 0, 0)
    meant = bytes([byte]).decode("cp1252", errors="ignore")
    hint = f", in Windows-1252 the character {meant}" if meant else ""
    problem = f"found the byte 0x{byte:02X}{hint}, expected UTF-8: save the file as UTF-8"
    return Fault(*line_and_column(before, len(before)), problem, 0, 0)


def _blanked(text: str, fault: Fault) -> str:
    """Put spaces in the place of a part; its line ends stay."""
    part = re.sub(r"[^\r\n]", " ", text[fault.start : fault.end])
    return text[: fault.start] + part + text[fault.end :]


def _entity_error(content: bytes, path: str) -> GraphParseError | None:
    """Refuse entities that make a file grow: the engine would expand them all."""
    sizes: dict[bytes, int] = {}
    for found in _ENTITY.finditer(content):
        value = found[3] or found[4] or b""
        sizes[found[2]] = len(value) + sum(sizes.get(name, 0) for name in _REFERENCE.findall(value))
    grown = sum(sizes.values()) + sum(sizes.get(name, 0) for name in _REFERENCE.findall(content))
    if not sizes or grown <= _ENTITY_GROWTH * len(content) + _ENTITY_BYTES:
        return None
    line = content[: content.find(b"<!ENTITY")].count(b"\n") + 1
    problem = f"found entities that stand for {grown:,} bytes, expected names of namespaces: write out what they say"
    return GraphParseError(path, line, 1, problem)


def _depth_error(content: bytes, path: str) -> GraphParseError | None:
    """Refuse elements that are nested thousands deep: the time that the engine takes grows with the square."""
    if content.count(b"</") <= _MOST_DEPTH:
        return None
    parser, depth = expat.ParserCreate(), 0

    def open_element(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise _TooDeepError

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = open_element, close_element
    try:
        parser.Parse(content, True)
    except _TooDeepError:
        problem = f"found elements nested more than {_MOST_DEPTH:,} deep: give the things in them an rdf:about"
        return GraphParseError(path, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, problem)
    except expat.ExpatError:
        pass  # the engine finds it too
    return None


class _TooDeepError(Exception):
    """An element is nested too deep."""


def _engine_reason(content: bytes, syntax: ox.RdfFormat, base_iri: str) -> SyntaxError:
    try:
        for _ in ox.parse(content, format=syntax, base_iri=base_iri):
            pass
    except SyntaxError as error:
        return error
    except MemoryError as error:
        return SyntaxError(f"a literal or name is too long ({error}): keep it in a file of its own")
    return SyntaxError("cannot be parsed")


def _xml_error(content: bytes, path: str, base_iri: str) -> GraphParseError:
    """Say what is wrong with RDF/XML; where the XML itself is, its own parser knows the line."""
    reason = _engine_reason(content, ox.RdfFormat.RDF_XML, base_iri)
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        return GraphParseError(path, error.lineno, error.offset + 1, f"{reason.msg}: {expat.ErrorString(error.code)}")
    return GraphParseError(path, reason.lineno or 1, reason.offset or 1, reason.msg)


def _json_error(content: bytes, path: str, base_iri: str) -> GraphParseError:
    reason = _engine_reason(content, ox.RdfFormat.JSON_LD, base_iri)
    message = reason.msg.partition(": ")[2] if reason.lineno else reason.msg
    if "LoadDocumentCallback" not in message:
        return GraphParseError(path, reason.lineno or 1, reason.offset or 1, message)
    text = content.decode(errors="replace")
    remote = next(_remote_contexts(json.loads(text)), "")
    place = line_and_column(text, max(text.find(json.dumps(remote)), 0))
    return GraphParseError(path, *place, f"remote context <{remote}> is not fetched: put it into the file")


def _remote_contexts(document: object) -> Iterator[str]:
    """Give the addresses of contexts and imports, without recursion: a document may be nested deeply."""
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += reversed(part)
        elif isinstance(part, dict):
            contexts = part.get("@context", [])
            for context in [*(contexts if isinstance(contexts, list) else [contexts]), part.get("@import")]:
                if isinstance(context, str):
                    yield context
            waiting += reversed(list(part.values()))

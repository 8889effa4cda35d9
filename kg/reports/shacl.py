"""
A report as a SHACL validation report.

Source: SHACL, sections 2.3.1 and 3.6.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Final

from pyparsing import ParseException
from rdflib import URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath

from kg.findings import Severity, ValidationReport, ValidationResult
from kg.formats import ResultKind, named_format, read_graph, write_graph
from kg.namespaces import BASE_IRI, PREFIXES
from kg.reports.writing import ReportContext
from kg.terms import BlankNode, Literal, NamedNode, Term, Triple, prefixed

__all__ = ["write_turtle"]

_SEVERITIES: Final = {Severity.VIOLATION: "Violation", Severity.WARNING: "Warning", Severity.INFO: "Info"}
_REPEATED: Final = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
_TURTLE: Final = named_format("turtle", ResultKind.GRAPH)
_RULES: Final = BASE_IRI + "rules#"
"""The namespace of our own rules, which are no constraint components of SHACL."""
_STEP: Final = re.compile(r"/(?=\^?[A-Za-z][A-Za-z0-9+.-]*://)")


def write_turtle(report: ValidationReport, _context: ReportContext) -> str:
    """
    Write a SHACL validation report in Turtle.

    As SHACL has it, and unlike the verdict of the other forms, ``sh:conforms`` is false if there is any result.
    """
    document = io.BytesIO()
    write_graph(_Writer().triples(report), _TURTLE, document, prefixes=PREFIXES)
    return document.getvalue().decode("utf-8")


class _Writer:
    """Writes results as triples; blank nodes get labels in the order in which they come."""

    def __init__(self) -> None:
        numbers = count(1)
        self._labels: defaultdict[str, BlankNode] = defaultdict(lambda: BlankNode(f"node{next(numbers)}"))
        self._paths = count(1)

    def triples(self, report: ValidationReport) -> Iterator[Triple]:
        node = BlankNode("report")
        truth = Literal("false" if report.results else "true", datatype=prefixed("xsd:boolean"))
        yield Triple(node, prefixed("rdf:type"), prefixed("sh:ValidationReport"))
        yield Triple(node, prefixed("sh:conforms"), truth)
        for number, result in enumerate(report.results, 1):
            found = BlankNode(f"result{number}")
            yield Triple(node, prefixed("sh:result"), found)
            yield from self._result(found, result)

    def _result(self, node: BlankNode, result: ValidationResult) -> Iterator[Triple]:
        yield Triple(node, prefixed("rdf:type"), prefixed("sh:ValidationResult"))
        yield Triple(node, prefixed("sh:resultSeverity"), _severity(result))
        yield Triple(node, prefixed("sh:resultMessage"), Literal(result.message))
        component = result.component if not result.component.startswith("#") else _RULES + result.component[1:]
        named = {"focusNode": result.focus_node, "sourceConstraintComponent": component}
        for name, text in {**named, "sourceShape": result.source_shape}.items():
            if text:
                yield Triple(node, prefixed(f"sh:{name}"), self._node(text))
        if result.value:
            yield Triple(node, prefixed("sh:value"), self._value(result.value))
        path = _read_path(result.path) if result.path else None
        if path is not None:
            yield from self._path(node, prefixed("sh:resultPath"), path)
        if result.location:
            where = f"{result.location.path}#L{result.location.line}"
            yield Triple(node, prefixed("dcterms:source"), Literal(where))

    def _node(self, text: str) -> Term:
        """Read an IRI, or the label of a blank node."""
        if ":" not in text.removeprefix("_:"):
            return self._labels[text.removeprefix("_:")]
        try:
            return NamedNode(text)
        except ValueError:
            return Literal(text)

    def _value(self, text: str) -> Term:
        if text.startswith("_:"):
            return self._labels[text.removeprefix("_:")]
        return _read_term(text)

    def _path(self, subject: BlankNode, predicate: NamedNode, path: URIRef | Path) -> Iterator[Triple]:
        if isinstance(path, URIRef):
            yield Triple(subject, predicate, NamedNode(path))
            return
        node = BlankNode(f"path{next(self._paths)}")
        if isinstance(path, SequencePath):
            yield Triple(subject, predicate, node)
            yield from self._list(node, path.args)
            return
        yield Triple(subject, predicate, node)
        if isinstance(path, AlternativePath):
            members = BlankNode(f"path{next(self._paths)}")
            yield Triple(node, prefixed("sh:alternativePath"), members)
            yield from self._list(members, path.args)
        elif isinstance(path, InvPath):
            yield from self._path(node, prefixed("sh:inversePath"), path.arg)
        elif isinstance(path, MulPath):
            yield from self._path(node, prefixed(f"sh:{_REPEATED[path.mod]}"), path.path)

    def _list(self, node: BlankNode, members: list[URIRef | Path]) -> Iterator[Triple]:
        for index, member in enumerate(members):
            yield from self._path(node, prefixed("rdf:first"), member)
            last = index + 1 == len(members)
            rest = prefixed("rdf:nil") if last else BlankNode(f"path{next(self._paths)}")
            yield Triple(node, prefixed("rdf:rest"), rest)
            if isinstance(rest, BlankNode):
                node = rest


@lru_cache
def _read_path(text: str) -> URIRef | Path | None:
    """Read a path as SPARQL writes it, its IRIs with or without angle brackets; None if it is no such path."""
    from rdflib.plugins.sparql.algebra import translatePath, traverse  # only this form of a report needs a parser
    from rdflib.plugins.sparql.parser import Path as PathGrammar

    if "<" not in text:
        if ":" not in text:
            return None
        steps = [f"^<{step[1:]}>" if step.startswith("^") else f"<{step}>" for step in _STEP.split(text)]
        text = "/".join(steps)
    try:
        parsed = PathGrammar.parse_string(text, parse_all=True)[0]
    except ParseException:
        return None
    path = traverse(parsed, visitPost=translatePath)
    return path if isinstance(path, URIRef | Path) else None


@lru_cache(1024)
def _read_term(text: str) -> Term:
    """Read a term in N-Triples; a text that is none becomes a literal."""
    try:
        triples = read_graph(f"<urn:s> <urn:p> {text} .".encode("utf-8", "replace"), _TURTLE)
    except SyntaxError:
        return Literal(text)
    return triples[0].object if len(triples) == 1 else Literal(text)


def _severity(result: ValidationResult) -> NamedNode:
    return NamedNode(result.severity_iri) if result.severity_iri else prefixed(f"sh:{_SEVERITIES[result.severity]}")

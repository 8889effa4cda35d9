"""
Hold the data of a knowledge graph against its shapes, and tell where each finding stands.

What is held is one flattened graph: the union of all files that are not shapes. Nothing is inferred and nothing
fetched. Our own engine looks first, at everything; where it finds something, or a shape that it does not know, pySHACL
looks at everything too, and the report is what pySHACL says.

Source: Shapes Constraint Language, sections 3.4 and 3.6.
"""

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

import pyshacl
import rdflib
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
from rdflib import SH

from kg.dataset import SourceFile, Sources
from kg.errors import GraphParseError, ShapesGraphError
from kg.formats import ResultKind, named_format, read_graph
from kg.locations import Statement, locate_statements
from kg.namespaces import PREFIXES
from kg.shacl import Finding, TripleIndex, UnsupportedShapeError, find_violations
from kg.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple

__all__ = ["Engine", "Location", "Severity", "ValidationReport", "ValidationResult", "report_of_errors", "validate"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_MESSAGE = NamedNode(PREFIXES["sh"] + "message")
_NODE_SHAPE = NamedNode(PREFIXES["sh"] + "NodeShape")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Severity(Enum):
    """How grave a validation result is, the gravest first."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


class Engine(Enum):
    """Which engine looks: ours and, where that finds something, pySHACL; or pySHACL alone."""

    BOTH = "both"
    PYSHACL = "pyshacl"


@dataclass(frozen=True, order=True)
class Location:
    """A line and a column, from 1, of a file whose path is relative to the knowledge graph directory."""

    path: str
    line: int
    column: int = 1


@dataclass(frozen=True)
class ValidationResult:
    """
    One finding.

    ``path`` and ``value`` are absent where the shape is about the focus node itself; ``location`` is absent where no
    file speaks of the focus node.
    """

    severity: Severity
    focus_node: str
    path: str | None
    value: str | None
    component: str
    source_shape: str
    message: str
    location: Location | None


@dataclass(frozen=True)
class ValidationReport:
    """What a validation found, the gravest first and then in the order of files and lines."""

    results: tuple[ValidationResult, ...]
    file_count: int
    triple_count: int
    shape_count: int

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation; warnings do not count."""
        return not self.count(Severity.VIOLATION)

    def count(self, severity: Severity) -> int:
        """Count the results of one severity."""
        return sum(result.severity is severity for result in self.results)


def report_of_errors(errors: Sequence[GraphParseError]) -> ValidationReport:
    """Tell what is wrong with files that do not parse in the form of a report, for those who read reports only."""
    results = [
        ValidationResult(
            severity=Severity.VIOLATION,
            focus_node="",
            path=None,
            value=None,
            component="#syntax",
            source_shape="",
            message=error.problem,
            location=Location(error.path, error.line, error.column),
        )
        for error in errors
    ]
    return ValidationReport(tuple(results), len(results), 0, 0)


def validate(sources: Sources, texts: Mapping[str, str], *, engine: Engine = Engine.BOTH) -> ValidationReport:
    """
    Hold the files of a knowledge graph against its shapes.

    Args:
        sources: The files, read.
        texts: The text of each file by its path; lines are looked up here.
        engine: Which engine looks.

    Raises:
        ShapesGraphError: There are no shapes, or they are no well-formed shapes graph.
    """
    data, shapes = (_triples(files) for files in (sources.data, sources.shapes))
    shape_count = sum(triple.predicate == _TYPE and triple.object == _NODE_SHAPE for triple in shapes)
    if not shape_count:
        raise ShapesGraphError("ontology/shapes: found no node shape, expected at least one to hold the data against")
    findings = () if engine is Engine.PYSHACL else _own_findings(data, shapes)
    results: list[ValidationResult] = []
    if engine is Engine.PYSHACL or findings is None or findings:
        locator = _Locator(sources.data, texts)
        report = _run_pyshacl(_graph(sources.data), _graph(sources.shapes))
        results += _results(report, locator)
        results += _unconfirmed(findings or (), results, TripleIndex(shapes), locator)
    return ValidationReport(
        tuple(sorted(results, key=_order)), len(sources.files), len(data) + len(shapes), shape_count
    )


def _triples(files: Iterable[SourceFile]) -> set[Triple]:
    return {quad.triple for file in files for quad in file.quads}


def _own_findings(data: set[Triple], shapes: set[Triple]) -> tuple[Finding, ...] | None:
    """Give what our own engine finds; nothing certain, where it does not know a shape or a shape is malformed."""
    try:
        return None if find_violations(shapes, _shapes_of_shapes()) else find_violations(data, shapes)
    except UnsupportedShapeError:
        return None


def _unconfirmed(
    findings: Iterable[Finding], results: Sequence[ValidationResult], shapes: TripleIndex, locator: "_Locator"
) -> Iterator[ValidationResult]:
    """Give what only our own engine finds: values that cannot be compared, over which pySHACL passes."""
    confirmed = {(result.focus_node, result.component) for result in results}
    for finding in findings:
        focus, value = _plain(finding.focus), None if finding.value is None else _plain(finding.value)
        if (focus, finding.component) in confirmed:
            continue
        texts = [term.value for term in shapes.values(finding.shape, _MESSAGE) if isinstance(term, Literal)]
        path = finding.path.strip("<>") if finding.path else None
        yield ValidationResult(
            severity=_severity(finding.severity),
            focus_node=focus,
            path=path,
            value=None if finding.value is None else str(finding.value),
            component=finding.component,
            source_shape=_plain(finding.shape),
            message=" ".join(sorted(texts)) or f"does not meet {finding.component.rpartition('#')[2]}",
            location=locator.find(focus, path or "", value or ""),
        )


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value


def _severity(iri: str) -> Severity:
    name = iri.rpartition("#")[2].upper()
    return Severity[name] if name in Severity.__members__ else Severity.VIOLATION


@cache
def _shapes_of_shapes() -> tuple[Triple, ...]:
    """Give the shapes that shapes must meet, as pySHACL brings them along (SHACL, appendix C)."""
    packed = resources.files("pyshacl").joinpath("assets", "shacl-shacl.pickle").read_bytes()
    store, identifier = pickle.loads(packed)  # noqa: S301 - a file of the package
    document = rdflib.Graph(store=store, identifier=identifier).serialize(format="nt", encoding="utf-8")
    return read_graph(document, named_format("ntriples", ResultKind.GRAPH))


def _order(result: ValidationResult) -> tuple[int, str, int, str, str, str]:
    where = result.location or Location("", 0)
    severity = list(Severity).index(result.severity)
    return severity, where.path, where.line, result.focus_node, result.source_shape, result.value or ""


def _run_pyshacl(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, meta_shacl=True, inference="none")
    except (ConstraintLoadError, ReportableRuntimeError, ShapeLoadError) as error:
        raise ShapesGraphError(f"ontology/shapes: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise ShapesGraphError(f"ontology/shapes: {text}")
    return report


def _results(report: rdflib.Graph, locator: "_Locator") -> Iterator[ValidationResult]:
    for node in report.objects(None, SH.result):
        path = report.value(node, SH.resultPath)
        value = report.value(node, SH.value)
        focus_node = report.value(node, SH.focusNode)
        yield ValidationResult(
            severity=_severity(str(report.value(node, SH.resultSeverity))),
            focus_node=str(focus_node),
            path=_path_text(report, path) if path else None,
            value=value.n3() if value is not None else None,
            component=str(report.value(node, SH.sourceConstraintComponent)),
            source_shape=str(report.value(node, SH.sourceShape)),
            message=" ".join(sorted({str(text) for text in report.objects(node, SH.resultMessage)})),
            location=locator.find(str(focus_node), str(path), str(value)),
        )


def _path_text(report: rdflib.Graph, path: rdflib.term.Node) -> str:
    """Write a property path as in SPARQL."""
    if isinstance(path, rdflib.URIRef):
        return str(path)
    inverse = report.value(path, SH.inversePath)
    if inverse is not None:
        return "^" + _path_text(report, inverse)
    steps = list(report.items(path))
    return "/".join(_path_text(report, step) for step in steps) if steps else "(complex path)"


class _Locator:
    """Finds the line that a result is about: its value, else its predicate, else its focus node."""

    def __init__(self, files: Iterable[SourceFile], texts: Mapping[str, str]) -> None:
        self._graphs = {file.path: file.graph.value for file in files}
        self._texts = texts
        self._stated_in: dict[str, list[str]] = {}
        for file in files:
            for subject in {quad.subject for quad in file.quads}:
                if isinstance(subject, NamedNode):
                    self._stated_in.setdefault(subject.value, []).append(file.path)

    def find(self, focus_node: str, path: str, value: str) -> Location | None:
        found = [
            (rank, file, line)
            for file in self._stated_in.get(focus_node, [])
            for statement in self._statements(file)
            if statement.subject == focus_node
            for rank, line in [_rank(statement, path, value)]
        ]
        if not found:
            return None
        _, file, line = min(found)
        return Location(file, line)

    @cache  # noqa: B019 - the locator lives as long as one validation
    def _statements(self, file: str) -> tuple[Statement, ...]:
        return tuple(locate_statements(self._texts[file], self._graphs[file]))


def _rank(statement: Statement, path: str, value: str) -> tuple[int, int]:
    if statement.predicate != path:
        return 2, statement.subject_line
    if value in (statement.value, statement.value.strip("\"'")) or value == statement.value.partition("@")[0][1:-1]:
        return 0, statement.value_line
    return 1, statement.predicate_line


def _graph(files: Iterable[SourceFile]) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    for file in files:
        for prefix, namespace in file.prefixes.items():
            graph.bind(prefix, namespace)
        for quad in file.quads:
            graph.add(_triple(quad))
    return graph


def _triple(quad: Quad) -> tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]:
    return _term(quad.subject), _term(quad.predicate), _term(quad.object)


def _term(term: Term) -> rdflib.term.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, Literal):
        raise TypeError(f"a triple term cannot be validated: {term}")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value == _XSD_STRING:  # rdflib takes a plain literal and an xsd:string for two different terms
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)

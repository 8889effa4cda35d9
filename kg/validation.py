"""
Hold the data of a knowledge graph against its shapes, and tell where each finding stands.

What is held is one flattened graph: the union of all files that are not shapes. Nothing is inferred and nothing
fetched. Our own engine looks first, at everything; where it finds something, or a shape that it does not know, pySHACL
looks at everything too, and the report is what pySHACL says.

Source: Shapes Constraint Language, sections 3.4 and 3.6.
"""

import pickle
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from importlib import resources

import pyshacl
import rdflib
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
from rdflib import SH

from kg.dataset import SourceFile, Sources
from kg.errors import ShapesGraphError
from kg.findings import Severity, ValidationReport, ValidationResult, report_order
from kg.formats import ResultKind, named_format, read_graph
from kg.locator import Locator
from kg.namespaces import PREFIXES
from kg.shacl import Finding, TripleIndex, UnsupportedShapeError, find_violations
from kg.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple

__all__ = ["Engine", "validate"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_MESSAGE = NamedNode(PREFIXES["sh"] + "message")
_NODE_SHAPE = NamedNode(PREFIXES["sh"] + "NodeShape")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Engine(Enum):
    """Which engine looks: ours and, where that finds something, pySHACL; or pySHACL alone."""

    BOTH = "both"
    PYSHACL = "pyshacl"


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
        locator = Locator(sources.data, texts)
        report = _run_pyshacl(_graph(sources.data), _graph(sources.shapes))
        results += _results(report, locator)
        results += _unconfirmed(findings or (), results, TripleIndex(shapes), locator)
    return ValidationReport(
        tuple(sorted(results, key=report_order)), len(sources.files), len(data) + len(shapes), shape_count
    )


def _triples(files: Iterable[SourceFile]) -> set[Triple]:
    return {quad.triple for file in files for quad in file.quads}


def _own_findings(data: set[Triple], shapes: set[Triple]) -> tuple[Finding, ...] | None:
    """Give what our own engine finds; nothing certain, where it does not know a shape or a shape is malformed."""
    try:
        return None if find_violations(shapes, _shapes_of_shapes()) else find_violations(data, shapes)
    except (UnsupportedShapeError, RecursionError, re.error):
        return None


def _unconfirmed(
    findings: Iterable[Finding], results: Sequence[ValidationResult], shapes: TripleIndex, locator: Locator
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


def _run_pyshacl(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, meta_shacl=True, inference="none")
    except (ConstraintLoadError, ReportableRuntimeError, ShapeLoadError) as error:
        raise ShapesGraphError(f"ontology/shapes: {error}") from error
    except Exception as error:  # of any type, a plain Exception for an undeclared prefix
        raise ShapesGraphError(
            f"ontology/shapes: pySHACL stopped at them with {type(error).__name__} ({error}); expected paths, lists "
            "and shapes that do not lead back to themselves or thousands deep, and patterns and queries that parse"
        ) from error
    if not isinstance(report, rdflib.Graph):
        raise ShapesGraphError(f"ontology/shapes: {text}")
    return report


def _results(report: rdflib.Graph, locator: Locator) -> Iterator[ValidationResult]:
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

"""
Hold the data of a knowledge graph against its shapes, and tell where each finding stands.

What is held is one flattened graph: the union of all files that are not shapes. Nothing is inferred and nothing
fetched. Our own engine looks at everything, pySHACL at what ours does not know and at the neighbourhood of what ours
found; shapes that cannot be applied are findings themselves.

Source: Shapes Constraint Language, sections 3.4 and 3.6.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property

from kg.confirmation import Disagreement, Outcome, audit, confirm
from kg.dataset import Sources, distinct_triples
from kg.errors import ShapesGraphError
from kg.findings import Confirmation, Severity, ValidationReport, ValidationResult, report_order
from kg.locator import Locator
from kg.namespaces import PREFIXES, compact_iri
from kg.oracle import Oracle
from kg.shacl import Finding, TripleIndex
from kg.shacl.bounded import SlowShapeError
from kg.shacl.data import Statement
from kg.shacl.parts import without
from kg.shacl.shapes import targeted_shapes
from kg.shacl.sifting import Progress, sift
from kg.shape_messages import best_message, is_of_core, message_of
from kg.shape_rules import broken_shape, inspect_shapes
from kg.terms import NamedNode, Quad, Term, Triple, plain, prefixed

__all__ = ["Engine", "validate", "validate_streamed"]

_TYPE = prefixed("rdf:type")
_NODE_SHAPE = prefixed("sh:NodeShape")
_ONE_IRI = re.compile(r"<[^<>]*>")


class Engine(Enum):
    """
    Which engine looks.

    Ours with what it finds confirmed by pySHACL; ours alone, and pySHACL only at shapes that ours does not know; or
    pySHACL alone, which takes long.
    """

    BOTH = "both"
    OWN = "own"
    PYSHACL = "pyshacl"


def validate(
    sources: Sources,
    texts: Mapping[str, str],
    *,
    engine: Engine = Engine.BOTH,
    audited: int = 0,
    progress: Progress | None = None,
    seconds_per_query: float | None = None,
) -> ValidationReport:
    """
    Hold the files of a knowledge graph against its shapes, and the shapes against the rules for shapes.

    Args:
        sources: The files, read.
        texts: The text of each file by its path; lines are looked up here.
        engine: Which engine looks.
        audited: At how many focus nodes of each shape, at which our engine finds nothing, pySHACL looks too.
        progress: Is told how many shapes are done, and of how many.
        seconds_per_query: How long a query or a pattern of the shapes may last in our engine.

    Raises:
        ShapesGraphError: There are no shapes, or they are nested too deep to be looked at.
    """
    data, shapes = distinct_triples(sources.data), distinct_triples(sources.shapes)
    shape_count = _count_shapes(shapes, sources)
    writer = _Writer(sources, texts, data, TripleIndex(shapes))
    results, broken = inspect_shapes(shapes, data, writer.places, writer.prefixes)
    applied = TripleIndex(without(writer.shapes, broken)) if broken else writer.shapes
    findings: tuple[Finding, ...] = ()
    unknown: Collection[Term] = ()
    if engine is Engine.PYSHACL:
        unknown = targeted_shapes(applied)
    else:
        findings, unknown, applied, slow = _in_time(data, applied, progress, seconds_per_query)
        results += [broken_shape(each.shape, str(each), writer.places, writer.prefixes) for each in slow]
    if unknown:
        results += _by_pyshacl(Oracle(data), applied, unknown, writer)
    outcome = confirm(findings, writer.data, data, applied) if engine is Engine.BOTH and findings else None
    results += writer.results(findings, outcome)
    confirmation = None
    if outcome is not None:
        confirmation = Confirmation(outcome.confirmed, outcome.asked, len(findings), outcome.known_gaps)
    if audited and engine is not Engine.PYSHACL:
        doubts = audit(findings, writer.data, data, applied, unknown, count=audited)
        results += [writer.disagreement(one) for one in doubts]
    return ValidationReport(
        tuple(sorted(results, key=report_order)),
        len(sources.files),
        len(data) + len(shapes),
        shape_count,
        confirmation=confirmation,
    )


def validate_streamed(
    data: Iterable[Quad],
    outline: Collection[Triple],
    sources: Sources,
    texts: Mapping[str, str],
    *,
    file_count: int,
    triple_count: int,
    progress: Progress,
    seconds_per_query: float,
) -> ValidationReport:
    """
    Hold a graph that is too large to be held in memory against shapes, by our own engine alone.

    A shape that it does not know is a finding, since nothing else could look at such a graph.

    Args:
        data: The data graph; it is gone through several times.
        outline: A triple of each property and class of the data, and those about subclasses.
        sources: The files of the shapes.
        texts: The text of each of these by its path.
        file_count: How many files the report tells of.
        triple_count: How many triples it tells of.
        progress: Is told how many shapes are done, and of how many.
        seconds_per_query: How long a query or a pattern of the shapes may last.

    Raises:
        ShapesGraphError: There are no shapes, or they are nested too deep to be looked at.
    """
    shapes = distinct_triples(sources.shapes)
    shape_count = _count_shapes(shapes, sources)
    index = TripleIndex(shapes)
    writer = _Writer(sources, texts, (), index)
    results, broken = inspect_shapes(shapes, outline, writer.places, writer.prefixes)
    applied = TripleIndex(without(index, broken)) if broken else index
    findings, unknown, _, slow = _in_time(data, applied, progress, seconds_per_query)
    problems = dict.fromkeys(unknown, "only pySHACL knows what it uses, for which the graph is too large")
    problems |= {each.shape: str(each) for each in slow}
    results += [broken_shape(node, text, writer.places, writer.prefixes) for node, text in problems.items()]
    if findings:
        nodes = {one.focus for one in findings}
        around = (quad.triple for quad in data if quad.subject in nodes or quad.object in nodes)
        results += _Writer(sources, texts, tuple(around), index).results(findings, None)
    remark = "the files are larger than limits.whole_bytes, so only shapes were applied, and no lines are told"
    return ValidationReport(
        tuple(sorted(results, key=report_order)), file_count, triple_count + len(shapes), shape_count, remarks=(remark,)
    )


def _count_shapes(shapes: Iterable[Triple], sources: Sources) -> int:
    count = sum(triple.predicate == _TYPE and triple.object == _NODE_SHAPE for triple in shapes)
    if not count:
        places = ", ".join(file.path for file in sources.shapes) or "the folder of the shapes"
        raise ShapesGraphError(f"{places}: found no node shape, expected at least one to hold the data against")
    return count


def _in_time(
    data: Iterable[Statement], shapes: TripleIndex, progress: Progress | None, seconds: float | None
) -> tuple[tuple[Finding, ...], frozenset[Term], TripleIndex, list[SlowShapeError]]:
    """Give what our engine finds and what it leaves over, the shapes that it could apply, and those that last long."""
    slow: list[SlowShapeError] = []
    while True:
        try:
            found, unknown = sift(data, shapes.triples, progress=progress, seconds_per_query=seconds)
            return found, unknown, shapes, slow
        except SlowShapeError as error:
            if any(error.shape == each.shape for each in slow):
                raise  # it cannot be taken out
            slow.append(error)
            shapes = TripleIndex(without(shapes, [error.shape]))


def _by_pyshacl(
    oracle: Oracle, shapes: TripleIndex, nodes: Collection[Term], writer: "_Writer"
) -> Iterator[ValidationResult]:
    """Give what pySHACL finds on the whole graph with some shapes, and which of them it cannot evaluate."""
    findings, errors = oracle.judge_each(shapes, nodes)
    yield from map(writer.result, findings)
    for node, error in errors.items():
        yield broken_shape(node, str(error), writer.places, writer.prefixes)


class _Writer:
    """Makes findings of what the engines say."""

    def __init__(
        self, sources: Sources, texts: Mapping[str, str], data: Collection[Triple], shapes: TripleIndex
    ) -> None:
        self._triples = data
        self.shapes = shapes
        self.places = Locator(sources.shapes, texts)
        self._locator = Locator(sources.data, texts)
        self.prefixes = sources.prefixes

    @cached_property
    def data(self) -> TripleIndex:
        """The data graph, indexed only where something was found."""
        return TripleIndex(self._triples)

    def results(self, findings: Iterable[Finding], outcome: Outcome | None) -> Iterator[ValidationResult]:
        """Give what our own engine found, and where pySHACL says otherwise."""
        witnesses = {_whole(one): one for one in outcome.witnesses} if outcome else {}
        for finding in findings:
            yield self.result(finding, witnesses.get(_whole(finding)))
        yield from map(self.disagreement, outcome.disagreements if outcome else ())

    def result(self, found: Finding, witness: Finding | None = None) -> ValidationResult:
        """Give a finding; what a query says of it may be known from pySHACL only."""
        message = message_of(found, self.shapes, self.data, self.prefixes)
        if not is_of_core(found.component):
            told = found.messages or (witness.messages if witness else ())
            message = best_message(told) or message
        severity = found.severity.removeprefix(PREFIXES["sh"]).upper()
        is_known = severity in Severity.__members__
        return self._placed(
            found,
            found.path or (witness.path if witness else None),
            severity=Severity[severity] if is_known else Severity.VIOLATION,
            component=found.component,
            source_shape=plain(found.shape),
            message=message,
            severity_iri=None if is_known else found.severity,
        )

    def disagreement(self, one: Disagreement) -> ValidationResult:
        """Say that only one engine has a result."""
        found = one.result
        component = compact_iri(found.component, self.prefixes)
        shape = (
            compact_iri(plain(found.shape), self.prefixes) if isinstance(found.shape, NamedNode) else "without a name"
        )
        has, has_not = ("our engine", "pySHACL") if one.is_ours else ("pySHACL", "our engine")
        kept = "the finding is kept" if one.is_ours else "see kg check --engine pyshacl"
        return self._placed(
            found,
            found.path,
            severity=Severity.WARNING,
            component="#engines-disagree",
            source_shape="",
            message=f"{has} finds {component} of the shape {shape} here, {has_not} does not; {kept}, and report to us "
            "which of them is wrong",
            severity_iri=None,
        )

    def _placed(
        self,
        found: Finding,
        path: str | None,
        *,
        severity: Severity,
        component: str,
        source_shape: str,
        message: str,
        severity_iri: str | None,
    ) -> ValidationResult:
        """Make a finding about the focus node of a result."""
        focus, value = plain(found.focus), found.value
        path = path[1:-1] if path and _ONE_IRI.fullmatch(path) else path
        return ValidationResult(
            severity=severity,
            focus_node=focus,
            path=path,
            value=None if value is None else str(value),
            component=component,
            source_shape=source_shape,
            message=message,
            location=self._locator.find(found.focus, path, value),
            severity_iri=severity_iri,
        )


def _whole(result: Finding) -> tuple[object, ...]:
    return result.focus, result.shape, result.component, result.value

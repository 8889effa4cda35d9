"""
Rules for shapes themselves: what is malformed, what is misspelt, what looks at nothing.

Each rule stands in :data:`SHAPE_RULES` once. A shape that breaks a rule by which it cannot be evaluated is not
applied, and the message says so; the others are.

Source: SHACL, appendix C (the shapes that shapes must meet) and the sections that each rule names.
"""

import pickle
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from typing import Final

import rdflib
from rdflib import SH

from kg.errors import ShapesGraphError
from kg.findings import Severity, ValidationResult
from kg.formats import ResultKind, named_format, read_graph
from kg.locator import Locator
from kg.namespaces import PREFIXES, compact_iris
from kg.shacl import TripleIndex, find_violations
from kg.shacl.index import sh
from kg.shacl.parts import query_text, targets
from kg.shacl.paths import read_path
from kg.shacl.queries import ask_problem, select_problem
from kg.shacl.shapes import inner_shapes, is_true, targeted_shapes
from kg.shape_messages import message_of
from kg.spelling import nearest
from kg.terms import BlankNode, NamedNode, Term, Triple, plain, prefixed

__all__ = ["SHAPE_RULES", "ShapeRule", "broken_shape", "inspect_shapes"]

_SH: Final = PREFIXES["sh"]
_TYPE: Final = prefixed("rdf:type")
_SUBCLASS: Final = prefixed("rdfs:subClassOf")
_FIRST: Final = prefixed("rdf:first")
_WORDS: Final = sorted(str(word).removeprefix(_SH) for word in dir(SH) if not word.startswith("_"))
_NEVER_APPLIED: Final = frozenset({"entailment", "expression", "js", "rule", "target", "values"})
"""Words that only the advanced features of SHACL have, or that ask for inference."""
_NO_SHAPE: Final = "found neither a node shape nor a property shape with one <" + _SH + "path>, expected one of them"
_NO_LIST: Final = "found a list or path that breaks off or has a member that cannot stand there, expected a proper one"
_XONE, _NODE = (f"{_SH}{name}ConstraintComponent" for name in ("Xone", "Node"))
_NOT_APPLIED: Final = "; the shape is not applied until this is mended"


@dataclass(frozen=True)
class _Hit:
    """A shape at fault, with the property and the value that are, and what is said of it."""

    node: Term
    predicate: str
    value: Term | None
    message: str


@dataclass(frozen=True)
class _Shapes:
    """The shapes graph, and the data."""

    index: TripleIndex
    triples: tuple[Triple, ...]
    data: Collection[Triple]

    @cached_property
    def targeted(self) -> set[Term]:
        """The shapes that have targets."""
        return targeted_shapes(self.index)


@dataclass(frozen=True)
class ShapeRule:
    """
    A rule: its name, how grave a breach is, what it asks for and how one mends what breaks it.

    ``find`` gives the shapes that break it; one that ``disables`` keeps them from being applied.
    """

    name: str
    severity: Severity
    asks: str
    mend: str
    find: Callable[[_Shapes], Iterator[_Hit]]
    disables: bool = False


def inspect_shapes(
    triples: Collection[Triple], data: Collection[Triple], places: Locator, prefixes: Mapping[str, str]
) -> tuple[list[ValidationResult], frozenset[Term]]:
    """
    Hold shapes against the rules for shapes.

    Args:
        triples: The shapes graph.
        data: The data graph.
        places: Where the shapes stand.
        prefixes: Names of namespaces, by which IRIs are shortened.

    Returns:
        The findings, and the shapes that cannot be applied.

    Raises:
        ShapesGraphError: The shapes are nested too deep to be looked at.
    """
    shapes = _Shapes(TripleIndex(triples), tuple(triples), data)
    results: list[ValidationResult] = []
    broken: set[Term] = set()
    for rule in SHAPE_RULES:
        for hit in rule.find(shapes):
            results.append(_result(rule, hit, _named(shapes.index, hit.node), places, prefixes))
            broken |= {hit.node} if rule.disables else set()
    return results, frozenset(broken)


def broken_shape(node: Term, problem: str, places: Locator, prefixes: Mapping[str, str]) -> ValidationResult:
    """Say that no engine can evaluate a shape."""
    return _result(SHAPE_RULES[0], _Hit(node, "", None, problem), node, places, prefixes)


def _result(rule: ShapeRule, hit: _Hit, named: Term, places: Locator, prefixes: Mapping[str, str]) -> ValidationResult:
    message = hit.message + _NOT_APPLIED if rule.disables else hit.message
    return ValidationResult(
        severity=rule.severity,
        focus_node=plain(named),
        path=hit.predicate or None,
        value=None if hit.value is None else str(hit.value),
        component=f"#{rule.name}",
        source_shape="",
        message=compact_iris(message, prefixes),
        location=places.find(hit.node, hit.predicate, hit.value),
    )


def _named(index: TripleIndex, node: Term) -> Term:
    """Give a node, or the nearest above it that has a name."""
    seen: set[Term] = set()
    while isinstance(node, BlankNode) and node not in seen:
        seen.add(node)
        above = (subject for each in index.all_predicates() for subject in index.by_value(each).get(node, ()))
        node = next(above, node)
    return node


def _malformed(shapes: _Shapes) -> Iterator[_Hit]:
    """Hold shapes against the shapes of shapes; where one names the fault, those that contain it are left out."""
    try:
        findings = find_violations(shapes.triples, _shapes_of_shapes())
    except RecursionError as error:
        raise ShapesGraphError("ontology/shapes: found shapes nested thousands deep, expected fewer") from error
    named = {finding.focus for finding in findings if finding.path}
    meta = TripleIndex(_shapes_of_shapes())
    for finding in findings:
        if finding.path:
            iri = finding.path.strip("<>")
            text = _NO_LIST if finding.component == _NODE else message_of(finding, meta, shapes.index, {})
            yield _Hit(finding.focus, iri, finding.value, f"<{iri}>: {text}")
        elif finding.focus not in named:
            yield _Hit(finding.focus, "", None, _NO_SHAPE if finding.component == _XONE else _NO_LIST)


@cache
def _shapes_of_shapes() -> tuple[Triple, ...]:
    """Give the shapes that shapes must meet, as pySHACL brings them along (SHACL, appendix C)."""
    packed = resources.files("pyshacl").joinpath("assets", "shacl-shacl.pickle").read_bytes()
    store, identifier = pickle.loads(packed)  # noqa: S301 - a file of the package
    document = rdflib.Graph(store=store, identifier=identifier).serialize(format="nt", encoding="utf-8")
    return read_graph(document, named_format("ntriples", ResultKind.GRAPH))


def _bad_patterns(shapes: _Shapes) -> Iterator[_Hit]:
    predicate = _SH + "pattern"
    for node, values in shapes.index.by_subject(NamedNode(predicate)).items():
        for value in values:
            try:
                re.compile(plain(value))
            except re.error as error:
                problem = f"found the pattern {value}, which cannot be read ({error}), expected a regular expression"
                yield _Hit(node, predicate, value, problem)


def _bad_queries(shapes: _Shapes) -> Iterator[_Hit]:
    index = shapes.index
    for name, problem_of in (("select", select_problem), ("ask", ask_problem)):
        predicate = _SH + name
        for constraint, values in index.by_subject(NamedNode(predicate)).items():
            for value in values:
                problem = problem_of(query_text(index, constraint, plain(value), _path(index, constraint)))
                if problem:
                    yield _Hit(constraint, predicate, None, problem)
    for shape, constraints in index.by_subject(sh("sparql")).items():
        for constraint in constraints:
            if index.value(constraint, sh("select")) is None:
                yield _Hit(
                    shape, _SH + "sparql", None, "found a constraint without a query, expected <" + _SH + "select>"
                )


def _path(index: TripleIndex, constraint: Term) -> str:
    """Give the path that stands for ``$PATH``: that of the shape, or of any where the query is a validator."""
    for shape in index.by_value(sh("sparql")).get(constraint, ()):
        path = index.value(shape, sh("path"))
        if path is not None:
            return str(read_path(index, path))
    return f"<{_SH}path>"


def _unknown_words(shapes: _Shapes) -> Iterator[_Hit]:
    for triple in shapes.triples:
        value = triple.object
        if triple.predicate == _TYPE or not isinstance(value, NamedNode) or not value.value.startswith(_SH):
            continue
        word = value.value.removeprefix(_SH)
        if word and word not in _WORDS:
            meant = nearest(word, _WORDS)
            near = f": did you mean <{_SH}{meant[0]}>?" if meant else ""
            yield _Hit(
                triple.subject, triple.predicate.value, value, f"found {value}, a word that SHACL does not have{near}"
            )


def _words_never_applied(shapes: _Shapes) -> Iterator[_Hit]:
    for word in sorted(_NEVER_APPLIED):
        for node, values in shapes.index.by_subject(sh(word)).items():
            for value in values:
                message = f"found <{_SH}{word}>, which is not applied: expected SHACL Core and SHACL-SPARQL only"
                yield _Hit(node, _SH + word, value, message)


def _empty_targets(shapes: _Shapes) -> Iterator[_Hit]:
    properties = {triple.predicate for triple in shapes.data}
    classes: set[Term] = {triple.object for triple in shapes.data if triple.predicate == _TYPE}
    below = TripleIndex(triple for triple in shapes.data if triple.predicate == _SUBCLASS)
    for node, name, value in targets(shapes.index):
        selects = name == "targetNode" or value in properties or not classes.isdisjoint(below.subclasses(value))
        if not selects and not _is_deactivated(shapes, node):
            message = f"found the target <{_SH}{name}> {value}, which selects no node; expected one that does"
            yield _Hit(node, _SH + name, value, message)


def _unused_shapes(shapes: _Shapes) -> Iterator[_Hit]:
    used = {
        triple.object
        for triple in shapes.triples
        if triple.predicate == _FIRST or triple.predicate.value.startswith(_SH)
    }
    for kind in ("NodeShape", "PropertyShape"):
        for node in shapes.index.by_value(_TYPE).get(sh(kind), ()):
            if node not in used and node not in shapes.targeted and not _is_deactivated(shapes, node):
                yield _Hit(
                    node,
                    _TYPE.value,
                    sh(kind),
                    "found a shape without a target to which no other leads, expected a target such as "
                    f"<{_SH}targetClass>",
                )


def _recursive_shapes(shapes: _Shapes) -> Iterator[_Hit]:
    """Give one shape of each circle in which shapes lead back to themselves."""
    nodes = {triple.subject for triple in shapes.triples if triple.predicate.value.startswith(_SH)}
    leads_to = {node: sorted(inner_shapes(shapes.index, node), key=str) for node in sorted(nodes, key=str)}
    while True:
        try:
            TopologicalSorter(leads_to).prepare()
        except CycleError as error:
            circle: list[Term] = error.args[1]
            node = next((each for each in circle if isinstance(each, NamedNode)), circle[0])
            message = (
                "found a shape that leads back to itself, of which SHACL leaves open what it means; it is applied as"
            )
            yield _Hit(node, "", None, f"{message} pySHACL does")
            leads_to = {each: inner for each, inner in leads_to.items() if each not in circle}
        else:
            return


def _is_deactivated(shapes: _Shapes, node: Term) -> bool:
    return is_true(shapes.index.value(node, sh("deactivated")))


SHAPE_RULES: Final = (
    ShapeRule(
        "malformed-shape",
        Severity.VIOLATION,
        "Shapes are well-formed: they meet the shapes of shapes, and an engine can evaluate them.",
        "Mend what the message names; a property shape has exactly one sh:path.",
        _malformed,
        disables=True,
    ),
    ShapeRule(
        "shape-pattern",
        Severity.VIOLATION,
        "The value of sh:pattern is a regular expression.",
        "Escape brackets and backslashes that are meant as such.",
        _bad_patterns,
        disables=True,
    ),
    ShapeRule(
        "shape-query",
        Severity.VIOLATION,
        "The queries of shapes parse with the prefixes that sh:prefixes gives them, and select $this.",
        "Mend the query, or declare its prefixes with sh:declare at the node that sh:prefixes names.",
        _bad_queries,
        disables=True,
    ),
    ShapeRule(
        "unknown-shacl-value",
        Severity.VIOLATION,
        "Values in the namespace of SHACL exist there.",
        "Mend the spelling: the message names the nearest word.",
        _unknown_words,
    ),
    ShapeRule(
        "shape-not-applied",
        Severity.WARNING,
        "Shapes use SHACL Core and SHACL-SPARQL; other features are not applied.",
        "Express it by a constraint, or derive the triples by a rule of ontology/rules.",
        _words_never_applied,
    ),
    ShapeRule(
        "recursive-shape",
        Severity.WARNING,
        "No shape leads back to itself: SHACL leaves open what that means (section 3.4.3).",
        "Break the circle, or say the same by a path or a query.",
        _recursive_shapes,
    ),
    ShapeRule(
        "empty-target",
        Severity.INFO,
        "The target of a shape selects a node of the data.",
        "Mend the spelling of the target, or leave it if such data may still come.",
        _empty_targets,
    ),
    ShapeRule(
        "unused-shape",
        Severity.WARNING,
        "A shape has a target, or another shape leads to it.",
        "Give it a target, refer to it, or take it out.",
        _unused_shapes,
    ),
)
"""Every rule for shapes, once."""

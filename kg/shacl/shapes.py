"""
Shapes, read from a shapes graph.

Source: SHACL, sections 2.1 (shapes and their targets) and 4 (parameters of the core components).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.shacl.paths import Path, read_path
from kg.terms import Literal, NamedNode, Term

__all__ = ["Shape", "is_true", "read_shape", "require_known", "target_nodes", "targeted_shapes"]

_SH = PREFIXES["sh"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_CLASS = NamedNode(PREFIXES["rdfs"] + "Class")
_TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_PARAMETERS: Final = {
    *("and", "class", "closed", "datatype", "disjoint", "equals", "hasValue", "in", "languageIn", "lessThan"),
    *("lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength", "minCount", "minExclusive"),
    *("minInclusive", "minLength", "node", "nodeKind", "not", "or", "pattern", "property", "qualifiedMaxCount"),
    *("qualifiedMinCount", "sparql", "uniqueLang", "xone"),
}
_COMPANIONS: Final = {
    *("flags", "ignoredProperties", "qualifiedValueShape", "qualifiedValueShapesDisjoint"),
}
_REMARKS: Final = {
    *("deactivated", "defaultValue", "description", "group", "message", "name", "order", "path", "severity"),
}
_ELSEWHERE: Final = {
    *("alternativePath", "inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath"),
    *("declare", "namespace", "prefix", "prefixes", "select", "shapesGraph", "suggestedShapesGraph"),
    *("conforms", "detail", "focusNode", "result", "resultMessage", "resultPath", "resultSeverity", "sourceConstraint"),
    *("sourceConstraintComponent", "sourceShape", "value"),
}
"""Words of SHACL that stand elsewhere than at shapes, those of reports among them."""
_KNOWN: Final = _PARAMETERS | _COMPANIONS | _REMARKS | set(_TARGETS)


@dataclass(frozen=True)
class Shape:
    """
    A node shape, or a property shape if it has a ``path``.

    ``parameters`` holds the values of each constraint parameter, and of its companions, by the local name in SHACL.
    """

    node: Term
    path: Path | None
    severity: str
    is_deactivated: bool
    parameters: Mapping[str, Sequence[Term]]

    def constraints(self) -> Iterator[tuple[str, Term]]:
        """Give each constraint parameter with each of its values."""
        for name, values in self.parameters.items():
            if name in _PARAMETERS:
                for value in values:
                    yield name, value

    def one(self, name: str) -> Term | None:
        """Give the value of a companion of a parameter, if there is one."""
        return next(iter(self.parameters.get(name, ())), None)


def require_known(shapes: TripleIndex) -> None:
    """
    Make sure that a shapes graph uses no other part of SHACL, and no word that SHACL does not have.

    Raises:
        UnsupportedShapeError: It does; the message names what.
    """
    used = {each.value for each in shapes.all_predicates() if isinstance(each, NamedNode)}
    unknown = sorted(iri for iri in used if iri.startswith(_SH) and iri.removeprefix(_SH) not in _KNOWN | _ELSEWHERE)
    if unknown:
        raise UnsupportedShapeError(f"the shapes use {', '.join(unknown)}")


def read_shape(shapes: TripleIndex, node: Term) -> Shape:
    """
    Read a shape.

    Raises:
        UnsupportedShapeError: It has a SHACL property that this engine does not know.
    """
    parameters = {
        predicate.value.removeprefix(_SH): shapes.values(node, predicate)
        for predicate in shapes.predicates(node)
        if isinstance(predicate, NamedNode) and predicate.value.startswith(_SH)
    }
    unknown = set(parameters) - _KNOWN
    if unknown:
        raise UnsupportedShapeError(f"{node} uses sh:{', sh:'.join(sorted(unknown))}")
    path = shapes.value(node, sh("path"))
    severity = shapes.value(node, sh("severity"))
    return Shape(
        node,
        None if path is None else read_path(shapes, path),
        severity.value if isinstance(severity, NamedNode) else _SH + "Violation",
        any(map(is_true, parameters.get("deactivated", ()))),
        parameters,
    )


def is_true(term: Term | None) -> bool:
    """Tell whether a term is the literal true."""
    return isinstance(term, Literal) and term.value in {"true", "1"}


def targeted_shapes(shapes: TripleIndex) -> set[Term]:
    """Give the shapes that have targets of their own, implicit class targets included."""
    found = {node for name in _TARGETS for node in shapes.by_subject(sh(name))}
    return found | {node for node in _typed_shapes(shapes) if _is_class(shapes, node)}


def target_nodes(shapes: TripleIndex, data: TripleIndex, node: Term) -> set[Term]:
    """Give the focus nodes of a shape."""
    found: set[Term] = set(shapes.values(node, sh("targetNode")))
    classes = shapes.values(node, sh("targetClass"))
    for class_ in [*classes, node] if _is_class(shapes, node) else classes:
        found |= data.instances(class_)
    for predicate in shapes.values(node, sh("targetSubjectsOf")):
        found |= data.by_subject(predicate).keys()
    for predicate in shapes.values(node, sh("targetObjectsOf")):
        found |= data.by_value(predicate).keys()
    return found


def _typed_shapes(shapes: TripleIndex) -> set[Term]:
    by_type = shapes.by_value(_TYPE)
    return {node for name in ("NodeShape", "PropertyShape") for node in by_type.get(sh(name), ())}


def _is_class(shapes: TripleIndex, node: Term) -> bool:
    if node not in _typed_shapes(shapes):
        return False
    classes = shapes.subclasses(_CLASS)
    return any(type_ in classes for type_ in shapes.values(node, _TYPE))

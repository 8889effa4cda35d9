"""
Shapes, read from a shapes graph.

Source: SHACL, sections 2.1 (shapes and their targets) and 4 (parameters of the core components).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.namespaces import PREFIXES
from kg.shacl.data import DataGraph
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.shacl.paths import Path, read_path
from kg.terms import Literal, NamedNode, Term, prefixed

__all__ = [
    "KNOWN",
    "TARGETS",
    "Shape",
    "component_of",
    "inner_shapes",
    "is_true",
    "parameter_of",
    "read_messages",
    "read_shape",
    "require_finite",
    "require_known",
    "target_nodes",
    "targeted_shapes",
]

_SH = PREFIXES["sh"]
_TYPE = prefixed("rdf:type")
_CLASS = prefixed("rdfs:Class")
TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
"""The kinds of targets."""
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
    *("ask", "labelTemplate", "optional", "prefixes", "select"),
}
"""Words that constrain nothing by themselves; a shape may be a parameter or a SPARQL constraint at the same time."""
_ELSEWHERE: Final = {
    *("alternativePath", "inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath"),
    *("declare", "namespace", "prefix", "shapesGraph", "suggestedShapesGraph"),
    *("nodeValidator", "parameter", "propertyValidator", "validator"),
    *("conforms", "detail", "focusNode", "result", "resultMessage", "resultPath", "resultSeverity", "sourceConstraint"),
    *("sourceConstraintComponent", "sourceShape", "value"),
}
"""Words of SHACL that stand elsewhere than at shapes, those of reports among them."""
_COMPONENT: Final = "ConstraintComponent"
_LISTS: Final = ("and", "or", "xone")
_SINGLE: Final = ("node", "not", "property", "qualifiedValueShape")
_MOST_DEPTH: Final = 50
KNOWN: Final = _PARAMETERS | _COMPANIONS | _REMARKS | set(TARGETS)
"""The words of SHACL that may stand at a shape."""


@dataclass(frozen=True)
class Shape:
    """
    A node shape, or a property shape if it has a ``path``.

    ``messages`` are its own; ``parameters`` holds the values of each constraint parameter, and of its companions, by
    the local name in SHACL.
    """

    node: Term
    path: Path | None
    severity: str
    is_deactivated: bool
    messages: tuple[Literal, ...]
    parameters: Mapping[str, Sequence[Term]]

    def constraints(self) -> Iterator[tuple[str, Term]]:
        """Give each constraint parameter, except nested property shapes, with each of its values."""
        for name, values in self.parameters.items():
            if name in _PARAMETERS and name != "property":
                for value in values:
                    yield name, value

    def one(self, name: str) -> Term | None:
        """Give the value of a companion of a parameter, if there is one."""
        return next(iter(self.parameters.get(name, ())), None)


def component_of(parameter: str) -> str:
    """
    Give the IRI of the component of SHACL that a parameter, such as ``minCount``, belongs to.

    >>> component_of("minCount")
    'http://www.w3.org/ns/shacl#MinCountConstraintComponent'
    """
    name = "SPARQL" if parameter == "sparql" else parameter[0].upper() + parameter[1:]
    return f"{_SH}{name}{_COMPONENT}"


def parameter_of(component: str) -> str:
    """Give the parameter that a component of SHACL has, as :func:`component_of` takes it."""
    name = component.removeprefix(_SH).removesuffix(_COMPONENT)
    return "sparql" if name == "SPARQL" else name[:1].lower() + name[1:]


def require_known(shapes: TripleIndex) -> None:
    """
    Make sure that a shapes graph uses no other part of SHACL, and no word that SHACL does not have.

    Raises:
        UnsupportedShapeError: It does; the message names what.
    """
    used = {each.value for each in shapes.all_predicates() if isinstance(each, NamedNode)}
    unknown = sorted(iri for iri in used if iri.startswith(_SH) and iri.removeprefix(_SH) not in KNOWN | _ELSEWHERE)
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
    unknown = set(parameters) - KNOWN
    if unknown:
        raise UnsupportedShapeError(f"{node} uses sh:{', sh:'.join(sorted(unknown))}")
    path = shapes.value(node, sh("path"))
    severity = shapes.value(node, sh("severity"))
    return Shape(
        node,
        None if path is None else read_path(shapes, path),
        severity.value if isinstance(severity, NamedNode) else _SH + "Violation",
        any(map(is_true, parameters.get("deactivated", ()))),
        read_messages(shapes, node),
        parameters,
    )


def read_messages(shapes: TripleIndex, node: Term) -> tuple[Literal, ...]:
    """Give the messages of a shape, a constraint or a validator, in order."""
    found = (each for each in shapes.values(node, sh("message")) if isinstance(each, Literal))
    return tuple(sorted(found, key=str))


def is_true(term: Term | None) -> bool:
    """Tell whether a term is the literal true."""
    return isinstance(term, Literal) and term.value in {"true", "1"}


def targeted_shapes(shapes: TripleIndex) -> set[Term]:
    """Give the shapes that have targets of their own, implicit class targets included."""
    found = {node for name in TARGETS for node in shapes.by_subject(sh(name))}
    return found | {node for node in _typed_shapes(shapes) if _is_class(shapes, node)}


def target_nodes(shapes: TripleIndex, data: DataGraph, node: Term) -> set[int]:
    """Give the focus nodes of a shape."""
    found = set(map(data.number, shapes.values(node, sh("targetNode"))))
    classes = shapes.values(node, sh("targetClass"))
    for class_ in [*classes, node] if _is_class(shapes, node) else classes:
        found |= data.instances(class_)
    for predicate in shapes.values(node, sh("targetSubjectsOf")):
        found |= data.values(predicate).keys()
    for predicate in shapes.values(node, sh("targetObjectsOf")):
        found |= data.subjects(predicate).keys()
    return found


def require_finite(shapes: TripleIndex, nodes: Iterable[Term]) -> None:
    """
    Make sure that no shape leads back to itself, and none lies too deep in others.

    SHACL leaves recursion undefined (section 3.4.3).

    Args:
        shapes: The shapes graph.
        nodes: The shapes to begin with.

    Raises:
        UnsupportedShapeError: One does; the message names it.
    """
    done: set[Term] = set()
    for start in nodes:
        trail, waiting = dict[Term, None](), [(start, False)]
        while waiting:
            node, is_left = waiting.pop()
            if is_left:
                trail.popitem()
                done.add(node)
            elif node in trail:
                raise UnsupportedShapeError(f"the shape {node} leads back to itself, which SHACL leaves undefined")
            elif node not in done:
                trail[node] = None
                if len(trail) > _MOST_DEPTH:
                    raise UnsupportedShapeError(f"the shape {node} lies more than {_MOST_DEPTH} deep in {start}")
                waiting += [(node, True), *((inner, False) for inner in inner_shapes(shapes, node))]


def inner_shapes(shapes: TripleIndex, node: Term) -> Iterator[Term]:
    """Give the shapes that a shape refers to."""
    for name in _SINGLE:
        yield from shapes.values(node, sh(name))
    for name in _LISTS:
        for members in shapes.values(node, sh(name)):
            yield from shapes.items(members)


def _typed_shapes(shapes: TripleIndex) -> set[Term]:
    by_type = shapes.by_value(_TYPE)
    return {node for name in ("NodeShape", "PropertyShape") for node in by_type.get(sh(name), ())}


def _is_class(shapes: TripleIndex, node: Term) -> bool:
    if node not in _typed_shapes(shapes):
        return False
    classes = shapes.subclasses(_CLASS)
    return any(type_ in classes for type_ in shapes.values(node, _TYPE))

"""
Constraint components that a shapes graph declares.

Source: SHACL, section 6.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.shacl.shapes import Shape, is_true
from kg.terms import NamedNode, Term

__all__ = ["VALIDATORS", "Component", "read_components"]

VALIDATORS: Final = ("nodeValidator", "propertyValidator", "validator")
"""How a constraint component says what holds its queries."""
_LOCAL_NAME = re.compile(r"\w+$")


@dataclass(frozen=True)
class Component:
    """A constraint component; ``parameters`` has of each its property, its variable and whether it may be absent."""

    node: NamedNode
    parameters: tuple[tuple[NamedNode, str, bool], ...]

    def constraints(self, shapes: TripleIndex, node: Term) -> Iterator[Mapping[str, Term]]:
        """
        Give the constraints of a shape that are of this component: the values of the parameters, by their variables.

        Raises:
            UnsupportedShapeError: A parameter has several values beside other parameters (section 6.2.1).
        """
        found = {name: shapes.values(node, predicate) for predicate, name, _ in self.parameters}
        if not all(found[name] or is_optional for _, name, is_optional in self.parameters):
            return
        given = {name: values for name, values in found.items() if values}
        if len(self.parameters) == 1:
            yield from ({name: value} for name, values in given.items() for value in values)
            return
        for name, values in given.items():
            if len(values) > 1:
                raise UnsupportedShapeError(f"{node} has {len(values)} values of the parameter {name}, expected one")
        if given:
            yield {name: value for name, (value,) in given.items()}

    def validator(self, shapes: TripleIndex, shape: Shape) -> Term:
        """
        Give the validator for a shape: the one for its kind, else the one for both kinds.

        Raises:
            UnsupportedShapeError: There is none, or more than one.
        """
        kind = "nodeValidator" if shape.path is None else "propertyValidator"
        found = shapes.values(self.node, sh(kind)) or shapes.values(self.node, sh("validator"))
        if len(found) != 1:
            raise UnsupportedShapeError(f"{self.node} has {len(found)} validators for {shape.node}, expected one")
        return found[0]


def read_components(shapes: TripleIndex) -> tuple[Component, ...]:
    """
    Read the constraint components that a shapes graph declares, except those of SHACL itself.

    Raises:
        UnsupportedShapeError: One is malformed; the message names it.
    """
    found = {node for name in VALIDATORS for node in shapes.by_subject(sh(name))}
    return tuple(
        Component(node, tuple(_parameters(shapes, node)))
        for node in sorted(found | set(shapes.by_subject(sh("parameter"))), key=str)
        if isinstance(node, NamedNode) and not node.value.startswith(PREFIXES["sh"])
    )


def _parameters(shapes: TripleIndex, component: NamedNode) -> Iterator[tuple[NamedNode, str, bool]]:
    parameters = shapes.values(component, sh("parameter"))
    if not parameters:
        raise UnsupportedShapeError(f"the constraint component {component} has no sh:parameter")
    for parameter in parameters:
        path = shapes.value(parameter, sh("path"))
        name = _LOCAL_NAME.search(path.value) if isinstance(path, NamedNode) else None
        if not isinstance(path, NamedNode) or name is None:
            raise UnsupportedShapeError(f"a parameter of {component} has the path {path}, expected an IRI with a name")
        yield path, name[0], is_true(shapes.value(parameter, sh("optional")))

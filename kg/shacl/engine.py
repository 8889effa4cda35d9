"""
Hold the focus nodes of each shape against its constraints.

Source: SHACL, section 3.4 (validation) and 4.7 to 4.8 (constraints that refer to other shapes).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Store

from kg.dataset import fill_store
from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex
from kg.shacl.sets import SET_CHECKS, Failures, values_of
from kg.shacl.shapes import Shape, read_shape, require_known, target_nodes, targeted_shapes
from kg.shacl.sparql import query_failures
from kg.shacl.values import VALUE_TESTS, ValueTest
from kg.terms import Quad, Term, Triple

__all__ = ["Finding", "find_violations"]

_UPPER = {"sparql": "SPARQL"}
_FEW = 50
"""With fewer focus nodes, their values are tried one by one."""


@dataclass(frozen=True)
class Finding:
    """
    A constraint that a focus node does not meet.

    ``path`` is written as in SPARQL and absent for the focus node itself; ``component`` and ``severity`` are IRIs.
    """

    focus: Term
    path: str | None
    value: Term | None
    component: str
    severity: str
    shape: Term


def find_violations(data: Iterable[Triple], shapes: Iterable[Triple]) -> tuple[Finding, ...]:
    """
    Hold a graph against shapes.

    Args:
        data: The data graph.
        shapes: The shapes graph.

    Returns:
        Every result, of whatever severity, in no particular order.

    Raises:
        UnsupportedShapeError: A shape uses what this engine does not know.
    """
    validation = _Validation(tuple(data), shapes)
    return tuple(validation.findings())


class _Validation:
    def __init__(self, data: tuple[Triple, ...], shapes: Iterable[Triple]) -> None:
        self.data = TripleIndex(data)
        self.shapes = TripleIndex(shapes)
        self._triples = data
        self._read: dict[Term, Shape] = {}
        self._tests: dict[tuple[Term, str, Term], ValueTest] = {}
        self._verdicts: dict[tuple[Term, Term], bool] = {}

    @cached_property
    def _store(self) -> Store:
        return fill_store(None, (Quad(*triple) for triple in self._triples))

    def findings(self) -> Iterator[Finding]:
        """Give every result."""
        require_known(self.shapes)
        for node in targeted_shapes(self.shapes):
            foci = target_nodes(self.shapes, self.data, node)
            yield from self._check(node, foci)

    def conforms(self, node: Term, shape: Term) -> bool:
        """Tell whether a node conforms to a shape; within a recursion it does until the contrary is found."""
        key = (node, shape)
        if key not in self._verdicts:
            self._verdicts[key] = True
            self._verdicts[key] = next(self._check(shape, {node}), None) is None
        return self._verdicts[key]

    def _shape(self, node: Term) -> Shape:
        if node not in self._read:
            self._read[node] = read_shape(self.shapes, node)
        return self._read[node]

    def _check(self, node: Term, foci: set[Term]) -> Iterator[Finding]:
        shape = self._shape(node)
        if shape.is_deactivated or not foci:
            return
        path = None if shape.path is None else str(shape.path)
        for name, wanted in shape.constraints():
            if name == "property":
                for nodes in self._value_nodes(shape, foci):
                    yield from self._check(wanted, nodes)
                continue
            component = f"{PREFIXES['sh']}{_UPPER.get(name, name[0].upper() + name[1:])}ConstraintComponent"
            for focus, value in self._failures(shape, name, wanted, foci):
                yield Finding(focus, path, value, component, shape.severity, node)

    def _value_nodes(self, shape: Shape, foci: set[Term]) -> Iterator[set[Term]]:
        """Give the focus nodes of nested property shapes: all at once, or below a path those of each focus node."""
        if shape.path is None:
            yield foci
            return
        yield from (set(values_of(self, shape, focus)) for focus in foci)

    def _failures(self, shape: Shape, name: str, wanted: Term, foci: set[Term]) -> Failures:
        if name in SET_CHECKS:
            return SET_CHECKS[name](self, shape, foci, wanted)
        if name == "sparql":
            return query_failures(self.shapes, self._store, shape, foci, wanted)
        return self._value_failures(shape, self._test(shape, name, wanted), foci)

    def _test(self, shape: Shape, name: str, wanted: Term) -> ValueTest:
        key = (shape.node, name, wanted)
        if key not in self._tests:
            self._tests[key] = VALUE_TESTS[name](self, shape, wanted)
        return self._tests[key]

    def _value_failures(self, shape: Shape, test: ValueTest, foci: set[Term]) -> Failures:
        """Try each value; of a plain property with many focus nodes, each distinct value once."""
        if shape.path is None or shape.path.predicate is None or len(foci) < _FEW:
            for focus in foci:
                yield from ((focus, value) for value in values_of(self, shape, focus) if not test(value))
            return
        for value, subjects in self.data.by_value(shape.path.predicate).items():
            if not test(value):
                yield from ((subject, value) for subject in subjects if subject in foci)

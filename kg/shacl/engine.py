"""
Hold the focus nodes of each shape against its constraints.

Source: SHACL, section 3.4 (validation) and 4.7 to 4.8 (constraints that refer to other shapes).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import DefaultGraph, Store

from kg.shacl.bounded import within
from kg.shacl.components import read_components
from kg.shacl.data import DataGraph, Statement
from kg.shacl.index import TripleIndex, sh
from kg.shacl.judge import Failure, Failures, ValueNodes
from kg.shacl.literals import OrderKey, order_key
from kg.shacl.questions import Question, predicates_of, read_question
from kg.shacl.sets import SET_CHECKS
from kg.shacl.shapes import (
    Shape,
    component_of,
    is_true,
    read_messages,
    read_shape,
    require_finite,
    require_known,
    target_nodes,
    targeted_shapes,
)
from kg.shacl.sparql import SparqlChecks
from kg.shacl.values import VALUE_CHECKS
from kg.terms import Literal, Quad, Term, Triple

__all__ = ["Finding", "find_violations"]

_Result = TypeVar("_Result")
_DEFAULT_GRAPH = DefaultGraph()


@dataclass(frozen=True)
class Finding:
    """
    A constraint that a focus node does not meet, as an engine tells it: ours, or pySHACL.

    ``path`` is written as in SPARQL and absent for the focus node itself; ``component`` and ``severity`` are IRIs.
    ``messages`` are those of the shapes graph, in every language it has, with their placeholders filled.
    """

    focus: Term
    path: str | None
    value: Term | None
    component: str
    severity: str
    shape: Term
    messages: tuple[Literal, ...] = ()


def find_violations(
    data: Iterable[Statement],
    shapes: Iterable[Triple],
    *,
    progress: Callable[[int, int], None] | None = None,
    seconds_per_query: float | None = None,
) -> tuple[Finding, ...]:
    """
    Hold a graph against shapes.

    Args:
        data: The data graph; of quads the graph does not count.
        shapes: The shapes graph.
        progress: Is told how many shapes are done, and how many there are.
        seconds_per_query: How long a query of the shapes may last, or a pattern that repeats groups; each then runs
            in a process of its own.

    Returns:
        Every result, of whatever severity, in no particular order.

    Raises:
        UnsupportedShapeError: A shape uses what this engine does not know.
        ShapesGraphError: A query of the shapes does not project ``$this``.
        SlowShapeError: A query or a pattern of the shapes lasts too long.
    """
    validation = _Validation(data, TripleIndex(shapes), seconds_per_query)
    return tuple(validation.findings(progress))


class _Validation:
    def __init__(self, data: Iterable[Statement], shapes: TripleIndex, seconds_per_query: float | None) -> None:
        self.shapes = shapes
        self._seconds = seconds_per_query
        self._read: dict[Term, Shape] = {}
        self._verdicts: dict[Term, tuple[set[int], set[int]]] = {}
        self._order_keys: dict[int, OrderKey | None] = {}
        self._targeted = _require_readable(shapes)
        self._components = read_components(shapes)
        self._questions = dict(self._read_questions())
        self.data = DataGraph()
        store = Store()
        self._take_in(data, store)
        self._sparql = SparqlChecks(shapes, self.data, store, seconds_per_query)

    def _read_questions(self) -> Iterator[tuple[tuple[Term, Term], Question]]:
        """Read the query of every constraint, whether or not its shape has focus nodes."""
        for node, constraints in self.shapes.by_subject(sh("sparql")).items():
            shape = self._shape(node)
            for constraint in () if shape.is_deactivated else constraints:
                if not is_true(self.shapes.value(constraint, sh("deactivated"))):
                    messages = read_messages(self.shapes, constraint) or shape.messages
                    yield (node, constraint), read_question(self.shapes, shape, constraint, messages, {})

    def _take_in(self, data: Iterable[Statement], store: Store) -> None:
        """Read the data once, for the graph and for the store, which gets no more than queries can look at."""
        statements = self.data.reading(data)
        wanted = None if self._components else predicates_of(self._questions.values())
        if wanted is None:
            store.bulk_extend(map(_in_default_graph, statements))
        elif self._questions:
            store.bulk_extend(_in_default_graph(one) for one in statements if one.predicate in wanted)
        else:
            for _ in statements:
                pass

    def findings(self, progress: Callable[[int, int], None] | None) -> Iterator[Finding]:
        """Give every result."""
        for done, node in enumerate(self._targeted, start=1):
            yield from self._check(node, target_nodes(self.shapes, self.data, node))
            if progress:
                progress(done, len(self._targeted))

    def order_key(self, node: int) -> OrderKey | None:
        """Give what a node is compared by."""
        if node not in self._order_keys:
            self._order_keys[node] = order_key(self.data.terms[node])
        return self._order_keys[node]

    def bounded(self, work: Callable[[], _Result], shape: Term, name: str) -> _Result:
        """Do some work for a shape that may last no longer than a query."""
        return within(self._seconds, work, shape=shape, name=name)

    def failing(self, shape: Term, nodes: set[int]) -> set[int]:
        """Give those of some nodes that do not conform to a shape; each node is looked at once."""
        tried, failed = self._verdicts.setdefault(shape, (set(), set()))
        new = nodes - tried
        if new:
            tried |= new
            failed |= self._newly_failing(self._shape(shape), new)
        return nodes & failed

    def _newly_failing(self, shape: Shape, foci: set[int]) -> set[int]:
        failed = set[int]()
        if shape.is_deactivated:
            return failed
        for inner in shape.parameters.get("property", ()):
            nodes = ValueNodes(self.data, shape, foci - failed)
            failed |= {failure.focus for failure in nodes.having(self.failing(inner, nodes.distinct))}
        nodes = ValueNodes(self.data, shape, foci - failed)
        for _, failures in self._constraints(shape, nodes):
            failed |= {failure.focus for failure in failures}
        return failed

    def _shape(self, node: Term) -> Shape:
        if node not in self._read:
            self._read[node] = read_shape(self.shapes, node)
        return self._read[node]

    def _check(self, node: Term, foci: set[int], times: Mapping[int, int] | None = None) -> Iterator[Finding]:
        """Give the results of a shape; ``times`` tells how often each focus node was come to, if more than once."""
        shape = self._shape(node)
        if shape.is_deactivated or not foci:
            return
        nodes = ValueNodes(self.data, shape, foci)
        for inner in shape.parameters.get("property", ()):
            if shape.path is None:
                yield from self._check(inner, foci, times)
            else:
                yield from self._check(inner, nodes.distinct, nodes.times(times))
        for component, failures in self._constraints(shape, nodes):
            for failure in failures:
                finding = self._finding(shape, component, failure)
                yield from [finding] * (times[failure.focus] if times else 1)

    def _finding(self, shape: Shape, component: str, failure: Failure) -> Finding:
        terms = self.data.terms
        path = None if shape.path is None else str(shape.path)
        return Finding(
            terms[failure.focus],
            failure.path or path,
            None if failure.value is None else terms[failure.value],
            component,
            shape.severity,
            shape.node,
            shape.messages if failure.messages is None else failure.messages,
        )

    def _constraints(self, shape: Shape, nodes: ValueNodes) -> Iterator[tuple[str, Failures]]:
        """Give each constraint of a shape, except nested property shapes: its component and what fails."""
        for name, wanted in shape.constraints():
            yield component_of(name), self._failures(shape, name, wanted, nodes)
        for custom in self._components:
            for arguments in custom.constraints(self.shapes, shape.node):
                validator = custom.validator(self.shapes, shape)
                told = (shape.messages, read_messages(self.shapes, validator), read_messages(self.shapes, custom.node))
                messages = next(filter(None, told), ())
                question = read_question(self.shapes, shape, validator, messages, arguments)
                yield custom.node.value, self._sparql.failures(question, nodes)

    def _failures(self, shape: Shape, name: str, wanted: Term, nodes: ValueNodes) -> Failures:
        if name in SET_CHECKS:
            return SET_CHECKS[name](self, shape, nodes, wanted)
        if name == "sparql":
            question = self._questions.get((shape.node, wanted))
            return self._sparql.failures(question, nodes) if question else iter(())
        return nodes.having(VALUE_CHECKS[name](self, shape, wanted)(nodes.distinct))


def _require_readable(shapes: TripleIndex) -> list[Term]:
    """Give the shapes that have targets, in order, once it is certain that this engine can go through them."""
    require_known(shapes)
    targeted = sorted(targeted_shapes(shapes), key=str)
    require_finite(shapes, targeted)
    return targeted


def _in_default_graph(statement: Statement) -> Quad:
    if isinstance(statement, Quad) and statement.graph_name == _DEFAULT_GRAPH:
        return statement
    return Quad(statement.subject, statement.predicate, statement.object)

"""
Ask the queries of shapes, each once for all focus nodes, and tell what fails by them.

Source: SHACL, sections 5.3 (validation with SPARQL-based constraints) and 6.3 (with constraint components).
"""

import re
from collections.abc import Collection, Iterator, Mapping

import pyoxigraph as ox

from kg.errors import ShapesGraphError
from kg.shacl.bounded import within
from kg.shacl.data import DataGraph, each
from kg.shacl.index import TripleIndex, UnsupportedShapeError
from kg.shacl.judge import Failure, Failures, ValueNodes
from kg.shacl.literals import order_key
from kg.shacl.prebinding import CONSTANTS, ROW, column
from kg.shacl.questions import SHAPES_GRAPH, Question
from kg.terms import Literal, NamedNode, Quad, Term, in_graph

__all__ = ["SparqlChecks"]

_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")
_Solution = dict[str, Term]
_Rows = Mapping[NamedNode, tuple[int, int]]
"""Which focus node and which value node each row of a table stands for; twice the same where only one is meant."""


class SparqlChecks:
    """Asks queries of a store that holds the data in its default graph."""

    def __init__(self, shapes: TripleIndex, data: DataGraph, store: ox.Store, seconds: float | None) -> None:
        """Take the graphs, and how long a query may last."""
        self._shapes = shapes
        self._data = data
        self._store = store
        self._seconds = seconds
        self._tables: dict[tuple[object, ...], tuple[object, NamedNode, _Rows]] = {}
        self._table_count = 0

    def failures(self, question: Question, nodes: ValueNodes) -> Failures:
        """
        Give the focus nodes for which a SELECT has solutions, or those whose values an ASK is false for.

        Raises:
            UnsupportedShapeError: The query cannot be evaluated.
            ShapesGraphError: The query does not project ``$this`` (section 5.2.1), which pySHACL would pass over.
            QueryTimeoutError: The query takes too long.
        """
        if question.query.is_ask:
            yield from self._ask(question, nodes)
            return
        literals = {focus for focus in nodes.foci if isinstance(self._data.terms[focus], Literal)}
        alone = nodes.foci if question.query.is_limited else literals  # the store gives "01" back as "1"
        for focus in alone:
            yield from self._select(question, {focus})
        if nodes.foci - alone:
            yield from self._select(question, nodes.foci - alone if alone else nodes.foci)

    def _select(self, question: Question, foci: set[int]) -> Failures:
        table, _ = self._table(question, foci, None)
        only = next(iter(foci)) if len(foci) == 1 else None
        for solution in self._solutions(question, table):
            focus = only if only is not None else self._data.number(solution["this"])
            value, path = solution.get("value"), solution.get("path")
            number = self._as_written(focus, value) if value is not None else None
            if number is None and question.shape.path is None:
                number = focus
            told = self._messages(question, focus, number, solution)
            yield Failure(focus, number, str(path) if isinstance(path, NamedNode) else None, told)

    def _ask(self, question: Question, nodes: ValueNodes) -> Failures:
        """Ask for which values an ASK is true; the others fail."""
        is_for_pairs = "this" in question.query.variables
        pairs = {(focus, value) for focus in nodes.foci for value in nodes.of(focus)} if is_for_pairs else None
        if not (nodes.distinct if pairs is None else pairs):
            return
        table, rows = self._table(question, nodes.distinct, pairs)
        if question.query.variables & {"this", "value"}:
            answer = (solution[ROW] for solution in self._solutions(question, table))
            meant = {rows[row] for row in answer if isinstance(row, NamedNode)}
        else:
            meant = set(rows.values()) if self._solutions(question, table) else set()
        for focus in nodes.foci:
            for value in nodes.of(focus):
                if ((focus, value) if is_for_pairs else (value, value)) not in meant:
                    yield Failure(focus, value, None, self._messages(question, focus, value, {}))

    def _solutions(self, question: Question, table: NamedNode) -> list[_Solution]:
        return within(
            self._seconds,
            lambda: list(self._run(question, table)),
            shape=question.shape.node,
            name=f"the query of {question.shape.node}",
        )

    def _run(self, question: Question, table: NamedNode) -> Iterator[_Solution]:
        name = question.shape.node
        try:
            found = self._store.query(question.query.over(table), prefixes=dict(question.prefixes))
            if not isinstance(found, ox.QuerySolutions):
                raise UnsupportedShapeError(f"the query of {name} has no solutions")
            names = [variable.value for variable in found.variables]
            if not question.query.is_ask and "this" not in names:
                raise ShapesGraphError(f"ontology/shapes: the query of {name} does not project $this; select it")
            for solution in found:
                yield {name: term for name, term in zip(names, solution, strict=True) if term is not None}
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise UnsupportedShapeError(f"the query of {name} cannot be evaluated: {error}") from error

    def _table(
        self, question: Question, nodes: set[int], pairs: Collection[tuple[int, int]] | None
    ) -> tuple[NamedNode, _Rows]:
        """Put what is pre-bound into a named graph, if it is not there from the last query."""
        variables = question.query.variables
        constants = {name: question.constants[name] for name in sorted(variables & question.constants.keys())}
        key = (id(nodes), len(nodes), pairs is None, question.query.is_ask, *constants.items())
        if pairs is None and key in self._tables:
            return self._tables[key][1:]
        self._table_count += 1
        table = NamedNode(f"urn:x-agon:table:{self._table_count}")
        members = [(node, node) for node in nodes] if pairs is None else list(pairs)
        rows: _Rows = {NamedNode(f"urn:x-agon:row:{place}"): pair for place, pair in enumerate(members)}
        self._fill(table, rows, constants, pairs is not None, question.query.is_ask)
        self._tables[key] = (nodes, table, rows)
        return table, rows

    def _fill(
        self, table: NamedNode, rows: _Rows, constants: Mapping[str, Term], is_for_pairs: bool, is_ask: bool
    ) -> None:
        this, value, terms = column("this"), column("value"), self._data.terms
        quads = [Quad(CONSTANTS, column(name), term, table) for name, term in constants.items()]
        if not is_ask or is_for_pairs:
            quads += [Quad(row, this, terms[pair[0]], table) for row, pair in rows.items()]
        if is_ask:
            quads += [Quad(row, value, terms[pair[1]], table) for row, pair in rows.items()]
        self._store.extend(quads)
        if "shapesGraph" in constants:
            self._store.extend(in_graph(triple, SHAPES_GRAPH) for triple in self._shapes.triples)

    def _as_written(self, focus: int, value: Term) -> int:
        """Give the number of a value, as the data write it: the store gives ``"01"^^xsd:integer`` back as ``"1"``."""
        if not isinstance(value, Literal):
            return self._data.number(value)
        values = {other for one in self._data.predicates() for other in each(self._data.values(one).get(focus))}
        exact, key = self._data.number(value), order_key(value)
        if exact in values or key is None:
            return exact
        for other in sorted(values):
            term = self._data.terms[other]
            if isinstance(term, Literal) and term.datatype == value.datatype and order_key(term) == key:
                return other
        return exact

    def _messages(self, question: Question, focus: int, value: int | None, solution: _Solution) -> tuple[Literal, ...]:
        own = solution.get("message")
        if isinstance(own, Literal):
            return (own,)
        terms = self._data.terms
        known = {**question.constants, "this": terms[focus], **solution}
        if value is not None:
            known["value"] = terms[value]
        texts = {name: _text(term) for name, term in known.items()} | {"PATH": str(question.shape.path)}
        return tuple(_filled(message, texts) for message in question.messages)


def _text(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value


def _filled(message: Literal, texts: Mapping[str, str]) -> Literal:
    """Fill the placeholders of a message; one without a value stays as it is."""
    text = _PLACEHOLDER.sub(lambda found: texts.get(found[1], found[0]), message.value)
    return Literal(text, language=message.language) if message.language else Literal(text, datatype=message.datatype)

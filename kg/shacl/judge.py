"""
What the checks of constraints share: the graphs, the value nodes of some focus nodes, and how a failure is told.

Source: SHACL, sections 2.1.3 (focus nodes), 2.3.1 (value nodes) and 3.4.2 (validation results).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol, TypeVar

from kg.shacl.data import DataGraph
from kg.shacl.index import TripleIndex
from kg.shacl.literals import OrderKey
from kg.shacl.shapes import Shape
from kg.terms import Literal, Term

__all__ = ["Failure", "Failures", "Judge", "ValueNodes"]


_Result = TypeVar("_Result")


class Failure(NamedTuple):
    """
    A focus node that does not meet a constraint, and the value at fault if one is.

    ``path`` and ``messages`` are there where they are other than those of the shape.
    """

    focus: int
    value: int | None = None
    path: str | None = None
    messages: tuple[Literal, ...] | None = None


Failures = Iterator[Failure]


class Judge(Protocol):
    """What a constraint may ask of the engine."""

    shapes: TripleIndex
    data: DataGraph

    def failing(self, shape: Term, nodes: set[int]) -> set[int]:
        """Give those of some nodes that do not conform to a shape."""

    def order_key(self, node: int) -> OrderKey | None:
        """Give what a node is compared by."""

    def bounded(self, work: Callable[[], _Result], shape: Term, name: str) -> _Result:
        """Do some work for a shape that may last no longer than a query."""


class ValueNodes:
    """The value nodes of some focus nodes of a shape: what its path leads to, or the focus nodes themselves."""

    def __init__(self, data: DataGraph, shape: Shape, foci: set[int]) -> None:
        """Look only when asked."""
        self.foci = foci
        self._data = data
        self._path = shape.path
        self.of = shape.path.walk(data) if shape.path is not None else lambda focus: (focus,)

    @cached_property
    def distinct(self) -> set[int]:
        """Every value node, once."""
        if self._path is None:
            return self.foci
        if self._path.predicate is None:
            return {value for focus in self.foci for value in self.of(focus)}
        found = set[int]()
        for values in map(self._data.values(self._path.predicate).get, self.foci):
            if isinstance(values, int):
                found.add(values)
            elif values is not None:
                found.update(values)
        return found

    def times(self, foci: Mapping[int, int] | None) -> Mapping[int, int]:
        """Tell how often each value node is come to, given how often each focus node is."""
        found = Counter[int]()
        for focus in self.foci:
            found.update(dict.fromkeys(self.of(focus), foci[focus] if foci else 1))
        return found

    def without_any(self) -> set[int]:
        """Give the focus nodes that have no value node."""
        if self._path is not None and self._path.predicate is not None:
            return self.foci - self._data.values(self._path.predicate).keys()
        return {focus for focus in self.foci if not self.of(focus)}

    def with_several(self) -> Iterator[tuple[int, Collection[int]]]:
        """Give the focus nodes that have more than one value node, with these."""
        if self._path is None or self._path.predicate is None:
            pairs = ((focus, self.of(focus)) for focus in self.foci)
            return (pair for pair in pairs if len(pair[1]) > 1)
        get = self._data.values(self._path.predicate).get
        found = ((focus, get(focus)) for focus in self.foci)
        return ((focus, values) for focus, values in found if isinstance(values, dict))

    def having(self, values: set[int]) -> Failures:
        """Give each focus node with each of its value nodes that is among some values."""
        for focus in self.foci if values else ():
            yield from (Failure(focus, value) for value in self.of(focus) if value in values)

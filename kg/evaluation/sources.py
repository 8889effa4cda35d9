"""
What answers are drawn from: the store of a release, or whatever else can be asked the same.

Beside queries, descriptions and names ask for statements by their parts; each method gives many at once, so that an
engine on another machine is asked a few times only.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Protocol

import pyoxigraph as ox

from kg.evaluation.solving import solve
from kg.formats import ReadResult
from kg.query import QueryRequest
from kg.search import SearchIndex
from kg.terms import BlankNode, NamedNode, Quad, Triple

__all__ = ["Source", "StoreSource"]


class Source(Protocol):
    """The dataset of a release; what it gives is read inside the context, where it comes with one."""

    def solve(self, request: QueryRequest) -> AbstractContextManager[ox.QueryTriples | ReadResult]:
        """
        Ask a query.

        Raises:
            QuerySyntaxError: The text is not accepted.
            EngineError: The engine behind us fails; at the end of the context too.
        """

    def quads(self) -> AbstractContextManager[Iterable[Quad]]:
        """Give all quads."""

    def about(self, node: NamedNode) -> Sequence[Quad]:
        """Give the statements about a node, and about the blank nodes that these lead to."""

    def leading(self, node: NamedNode, first: int, most: int) -> tuple[int, Sequence[Quad]]:
        """Give how many statements have a node as object, and at most so many, from the one of a number from 0 on."""

    def values(self, nodes: Iterable[NamedNode], properties: Sequence[NamedNode]) -> Iterable[Triple]:
        """Give what some properties say of nodes."""

    def naming(self, nodes: Iterable[NamedNode], properties: Sequence[NamedNode]) -> Iterable[Quad]:
        """Give the statements that name nodes, each by the first of some properties that does."""

    def beside(self, folder: str, most: int) -> Sequence[str]:
        """Give IRIs that statements are about and that begin so, in order."""

    def settled(self) -> AbstractContextManager[None]:
        """Make sure, at the end of the context, that all that was given inside of it is of one release."""


class StoreSource:
    """The store of a release."""

    def __init__(self, store: ox.Store, base_iri: str, index: SearchIndex | None = None) -> None:
        """
        Wrap a store.

        Args:
            store: It is only read.
            base_iri: Against which the relative IRIs of queries are resolved, if they have no BASE of their own.
            index: The search index of the release.
        """
        self._store = store
        self._base_iri = base_iri
        self._index = index

    @contextmanager
    def solve(self, request: QueryRequest) -> Iterator[ox.QueryTriples | ReadResult]:
        """See :meth:`Source.solve`."""
        yield solve(self._store, request, base_iri=self._base_iri)

    @contextmanager
    def quads(self) -> Iterator[Iterable[Quad]]:
        """See :meth:`Source.quads`."""
        yield self._store

    def about(self, node: NamedNode) -> Sequence[Quad]:
        """See :meth:`Source.about`."""
        return list(self._closure(node))

    def leading(self, node: NamedNode, first: int, most: int) -> tuple[int, Sequence[Quad]]:
        """See :meth:`Source.leading`."""
        number = sum(1 for _ in self._store.quads_for_pattern(None, None, node, None))
        return number, list(islice(self._store.quads_for_pattern(None, None, node, None), first, first + most))

    def values(self, nodes: Iterable[NamedNode], properties: Sequence[NamedNode]) -> Iterable[Triple]:
        """See :meth:`Source.values`."""
        find = self._store.quads_for_pattern
        return (quad.triple for node in nodes for one in properties for quad in find(node, one, None, None))

    def naming(self, nodes: Iterable[NamedNode], properties: Sequence[NamedNode]) -> Iterator[Quad]:
        """See :meth:`Source.naming`."""
        for node in nodes:
            found = (list(self._store.quads_for_pattern(node, one, None, None)) for one in properties)
            yield from next(filter(None, found), ())

    def beside(self, folder: str, most: int) -> Sequence[str]:
        """See :meth:`Source.beside`; the index knows them, so that nobody goes through all quads for a hint."""
        return self._index.beside(folder, most) if self._index else ()

    @contextmanager
    def settled(self) -> Iterator[None]:
        """See :meth:`Source.settled`: a store that is served never changes."""
        yield

    def _closure(self, node: NamedNode) -> Iterator[Quad]:
        seen: set[NamedNode | BlankNode] = {node}
        waiting: list[NamedNode | BlankNode] = [node]
        while waiting:
            for quad in self._store.quads_for_pattern(waiting.pop(), None, None, None):
                yield quad
                if isinstance(quad.object, BlankNode) and quad.object not in seen:
                    seen.add(quad.object)
                    waiting.append(quad.object)

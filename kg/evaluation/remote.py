"""
A release in an engine on another machine, asked as a store of ours would be.

The default graph is the one graph that is the union of the release; the named graphs stand under their own names.
Before the end of an answer is passed on, the publication graph must still say that what was asked is whole.

Source: SPARQL 1.1 Protocol, section 2.1.4 (the dataset of a query); section 13.2 of the query language.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from itertools import chain, islice
from typing import Any, cast

import pyoxigraph as ox

from kg.errors import NotFoundError, ReleaseReplacedError
from kg.evaluation import questions
from kg.evaluation.solving import solve
from kg.formats import ReadResult, ResultKind
from kg.query import QueryRequest, asked_graphs, split_dataset, with_base
from kg.remote import Endpoint, Publication, read_publication, release_iri
from kg.search import SearchIndex
from kg.terms import BlankNode, NamedNode, Quad, Triple

__all__ = ["RemoteSource"]

_MOST_AT_ONCE = 40
"""How many nodes are named by one question: some engines compile each row; of 400 rows Virtuoso may make no end."""
_NOTHING = "nothing"
"""The digest of no release."""


class RemoteSource:
    """
    A release in an engine; see :class:`kg.evaluation.sources.Source`.

    ``seconds`` is how long the answer in hand may take.
    """

    def __init__(
        self, endpoint: Endpoint, digest: str, index: SearchIndex, *, base_iri: str, dataset_iri: str, seconds: float
    ) -> None:
        """
        Prepare; nothing is asked yet.

        Args:
            endpoint: The engine.
            digest: The release.
            index: Its search index.
            base_iri: What our IRIs begin with, and against which relative ones are resolved.
            dataset_iri: The IRI under which the release describes itself.
            seconds: How long each answer may take, until told otherwise.
        """
        self.seconds = seconds
        self._endpoint = endpoint
        self._digest = digest
        self._union = release_iri(base_iri, digest)
        self._index = index
        self._base_iri = base_iri
        self._dataset_iri = dataset_iri
        self._nothing = ox.Store()

    @cached_property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs of the release, as it describes itself."""
        rows = self._rows(questions.GRAPHS.about([NamedNode(self._dataset_iri)]), default=[self._union])
        return tuple(sorted(term.value for (term,) in rows if isinstance(term, NamedNode)))

    @contextmanager
    def solve(self, request: QueryRequest) -> Iterator[ReadResult]:
        """See :meth:`Source.solve`."""
        if not request.asks_others:  # asked of an empty store, an ASK would ask others too
            solve(self._nothing, request, base_iri=self._base_iri)
        clause = split_dataset(request.text, self._base_iri)
        dataset = request.default_graphs, request.named_graphs
        if not any(dataset):
            dataset = clause.default_graphs, clause.named_graphs
        asked = asked_graphs(clause.text, self._base_iri)
        with self._settled(named=asked is None or bool(asked) or any(dataset)):
            default, named = self._chosen(*dataset) if any(dataset) else ([self._union], self._named(asked))
            text = with_base(clause.text, self._base_iri)
            with self._endpoint.query(
                text, request.kind, default_graphs=default, named_graphs=named, timeout_seconds=self.seconds
            ) as result:
                yield result

    @contextmanager
    def quads(self) -> Iterator[Iterable[Quad]]:
        """See :meth:`Source.quads`."""
        with self.settled():
            if self._endpoint.engine.keeps_labels:
                yield chain.from_iterable(map(self._quads_of, self.graphs))
            else:
                with self._solutions(questions.QUADS, named=self.graphs) as rows:
                    yield (Quad(subject, predicate, value, graph) for graph, subject, predicate, value in rows)

    def about(self, node: NamedNode) -> Sequence[Quad]:
        """See :meth:`Source.about`."""
        rows = self._rows_of_release(questions.ABOUT.about([node]))
        found = [Quad(node, predicate, value, graph) for graph, predicate, value in rows]
        if not _leads_on(found):
            return found
        if not self._endpoint.engine.keeps_labels:  # then one answer has to tell all
            return self._quads(questions.CLOSURE, node)
        for question in questions.CHAINS:
            more = self._quads(question, node)
            found += more
            if not _leads_on(more):
                break
        return list(dict.fromkeys(found))

    def leading(self, node: NamedNode, first: int, most: int) -> tuple[int, Sequence[Quad]]:
        """See :meth:`Source.leading`; the statements are put in order in those graphs only that the page is from."""
        rows = self._rows_of_release(questions.COUNTS.about([node]))
        counts = {graph.value: int(number.value) for graph, number in rows}
        parts = list(_parts(counts, first, most))
        whole = [NamedNode(graph) for graph, start, end in parts if end - start == counts[graph]]
        found = [quad for some in _groups(whole) for quad in self._leading_in(some, node, 0, most)]
        for graph, start, end in parts:
            if end - start < counts[graph]:
                found += self._leading_in([NamedNode(graph)], node, start, end - start)
        return sum(counts.values()), found

    def _leading_in(self, graphs: Iterable[NamedNode], node: NamedNode, first: int, most: int) -> Iterator[Quad]:
        is_far = 0 < self._endpoint.engine.sorted_solutions < first + most
        question = questions.LEADING_FAR if is_far else questions.LEADING
        rows = self._rows(question.within(most, first).about(*((graph, node) for graph in graphs)))
        return (Quad(subject, predicate, node, graph) for graph, subject, predicate in rows)

    def values(self, nodes: Iterable[NamedNode], properties: Sequence[NamedNode]) -> Iterator[Triple]:
        """See :meth:`Source.values`."""
        for some in _groups(nodes):
            pairs = [(node, name) for node in some for name in properties]
            yield from (Triple(*row) for row in self._rows(questions.VALUES.about(*pairs), default=[self._union]))

    def naming(self, nodes: Iterable[NamedNode], properties: Sequence[NamedNode]) -> Iterator[Quad]:
        """See :meth:`Source.naming`."""
        for some in _groups(nodes):
            pairs = [(node, name) for node in some for name in properties]
            found: defaultdict[tuple[NamedNode, NamedNode], list[Quad]] = defaultdict(list)
            for graph, node, name, value in self._rows_of_release(questions.NAMING.about(*pairs)):
                found[node, name].append(Quad(node, name, value, graph))
            for node in some:
                yield from next(filter(None, (found.get((node, name)) for name in properties)), ())

    def beside(self, folder: str, most: int) -> Sequence[str]:
        """See :meth:`Source.beside`; the index knows them, so that no engine goes through all it has for a hint."""
        return self._index.beside(folder, most)

    def settled(self) -> AbstractContextManager[None]:
        """See :meth:`Source.settled`."""
        return self._settled(named=True)

    @contextmanager
    def _settled(self, *, named: bool) -> Iterator[None]:
        """Make sure, at the end, that the release was whole all the time; with ``named``, its named graphs too."""
        before = self._standing(named=True) if named else None
        try:
            yield
        except NotFoundError:  # what is not there may only be under way
            self._require_same(before, named=named)
            raise
        self._require_same(before, named=named)

    def _require_same(self, before: Publication | None, *, named: bool) -> None:
        after = self._standing(named=named)
        if before and before.edition != after.edition:
            raise self._replaced()

    def _standing(self, *, named: bool) -> Publication:
        """
        Read what the engine holds.

        Raises:
            ReleaseReplacedError: Not the release that is asked.
        """
        found = read_publication(self._endpoint, self._base_iri, whole=False, timeout_seconds=self.seconds)
        if self._digest not in found.whole or (named and found.named != self._digest):
            raise self._replaced()
        return found

    def _replaced(self) -> ReleaseReplacedError:
        problem = f"is just taking another release than {self._digest[:12]}: ask again in a moment"
        return ReleaseReplacedError(self._endpoint.name, problem)

    def _chosen(self, default: Sequence[str], named: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """Give the dataset that somebody names, as far as it is of the release."""
        return self._among(default), self._among(named)

    def _named(self, asked: frozenset[str] | None) -> Sequence[str]:
        """Give the named graphs that GRAPH patterns are about, or all where one of these is not known by its name."""
        return self.graphs if asked is None or not asked <= {*self.graphs} else tuple(asked)

    def _among(self, some: Collection[str]) -> Sequence[str]:
        """Give the graphs of the release that are among some; in the place of none one that is nowhere."""
        return [one for one in self.graphs if one in some] or [release_iri(self._base_iri, _NOTHING)]

    def _quads(self, question: questions.Question, node: NamedNode) -> list[Quad]:
        rows = self._rows_of_release(question.about([node]))
        return [Quad(subject or node, predicate, value, graph) for graph, subject, predicate, value in rows]

    def _quads_of(self, graph: str) -> Iterator[Quad]:
        name = NamedNode(graph)
        with self._solutions(questions.TRIPLES, default=[graph]) as rows:
            for subject, predicate, value in rows:
                yield Quad(subject, predicate, value, name)

    def _rows_of_release(self, text: str) -> list[tuple[Any, ...]]:
        """
        Ask a question that keeps to the release by itself, to which the union of the release is the base IRI.

        Its first variable is the graph. Each row is given once, and only if its graph is of the release indeed: the
        data may describe datasets of others.
        """
        known = set(self.graphs)
        return list(dict.fromkeys(row for row in self._rows(with_base(text, self._union)) if row[0].value in known))

    def _rows(self, text: str, *, default: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        with self._solutions(text, default=default) as rows:
            return [tuple(row) for row in rows]

    @contextmanager
    def _solutions(
        self, text: str, *, default: Sequence[str] = (), named: Sequence[str] = ()
    ) -> Iterator[Iterable[Any]]:
        """Ask a question of some graphs; without any, of all that the engine has."""
        with self._endpoint.query(
            text,
            ResultKind.SOLUTIONS,
            default_graphs=default,
            named_graphs=named,
            timeout_seconds=self.seconds,
        ) as result:
            yield cast(Iterable[Any], result)


def _parts(counts: Mapping[str, int], first: int, most: int) -> Iterator[tuple[str, int, int]]:
    """
    Find what a page has of each graph, if all statements stand in the order of their graphs.

    Args:
        counts: How many statements each graph has.
        first: The number of the first statement of the page, from 0.
        most: How many the page has.

    Returns:
        Graphs, each with the number of the first of its statements on the page, and of the first behind the page.
    """
    before = 0
    for graph, count in sorted(counts.items()):
        start, end = max(first - before, 0), min(first + most - before, count)
        if start < end:
            yield graph, start, end
        before += count


def _leads_on(quads: Iterable[Quad]) -> bool:
    """Tell whether there is more behind a blank node."""
    return any(isinstance(quad.object, BlankNode) for quad in quads)


def _groups(nodes: Iterable[NamedNode]) -> Iterator[list[NamedNode]]:
    rest = iter(dict.fromkeys(nodes))
    while some := list(islice(rest, _MOST_AT_ONCE)):
        yield some

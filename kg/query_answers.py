"""The answers of the saved queries: asked anew of the files as they are, and those stored beside the queries."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.assembly import assemble
from kg.config import Config
from kg.dataset import read_sources
from kg.evaluation import QueryClient, WorkerHost
from kg.formats import ResultKind, named_format
from kg.query_checks import QueryFinding, check_answer, check_text, stored_answer
from kg.query_files import load_saved_queries
from kg.saved_queries import SavedQuery
from kg.stores import fill_store

__all__ = ["QueryTest", "SavedAnswers", "open_answers"]


@dataclass(frozen=True)
class QueryTest:
    """What the test of a saved query came to: the lines of its answer, the seconds it took, and what is wrong."""

    query: SavedQuery
    answer: tuple[str, ...]
    seconds: float
    findings: tuple[QueryFinding, ...]


class SavedAnswers:
    """Asks saved queries of the dataset that the files make; :func:`open_answers` makes one."""

    def __init__(self, config: Config, queries: tuple[SavedQuery, ...], client: QueryClient, iris: set[str]) -> None:
        """Hold what is asked, and the IRIs of which the dataset says something."""
        self.queries = queries
        self._config = config
        self._client = client
        self._iris = iris

    def test(self, query: SavedQuery) -> QueryTest:
        """
        Ask a saved query and look at its text and its answer.

        Raises:
            KgError: It cannot be evaluated.
        """
        began = time.perf_counter()
        answer = self.ask(query)
        seconds = time.perf_counter() - began
        stored = self.stored(query)
        lines = tuple(stored.read_text(encoding="utf-8").splitlines()) if stored.exists() else None
        found = (*check_text(query, self._is_declared), *check_answer(query, answer, lines, seconds))
        return QueryTest(query, answer, seconds, found)

    def ask(self, query: SavedQuery) -> tuple[str, ...]:
        """Give the lines of the answer: TSV of a table, sorted N-Triples of a graph."""
        is_graph = query.request.kind is ResultKind.GRAPH
        row = named_format("ntriples" if is_graph else "tsv", query.request.kind)
        lines = self._client.evaluate(query.request, row).decode("utf-8").splitlines()
        return tuple(sorted(lines) if is_graph else lines)

    def stored(self, query: SavedQuery) -> Path:
        """Say where the answer is stored."""
        return stored_answer(query, self._config.queries)

    def _is_declared(self, iri: str) -> bool:
        return not iri.startswith(self._config.base_iri) or iri in self._iris


@contextmanager
def open_answers(config: Config) -> Iterator[SavedAnswers]:
    """
    Make the dataset of the files as they are, without holding it against the shapes, and ask it.

    Raises:
        SourceError: A file or a saved query is malformed.
    """
    sources, queries = read_sources(config), load_saved_queries(config.queries, config.limits)
    quads = assemble(config, sources, queries, conforms=True)
    iris = {getattr(term, "value", "") for quad in quads for term in (quad.subject, quad.object, quad.graph_name)}
    with tempfile.TemporaryDirectory(prefix="agon-queries-") as folder:
        fill_store(Path(folder) / "store", quads).flush()
        with WorkerHost(
            Path(folder) / "store", base_iri=config.base_iri, prefixes={}, limits=config.limits, workers=1
        ) as host:
            yield SavedAnswers(config, queries, QueryClient(host.address, config.limits), iris)

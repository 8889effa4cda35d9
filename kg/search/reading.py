"""
Ask the index of a release, which is only read.

What a user types is never an expression of the index: only its words are, each in quotes.

Source: SQLite FTS5 Extension, sections 3 and 5.1.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from kg.errors import QueryTimeoutError, ReleaseError
from kg.search.content import Facet, Field
from kg.search.labels import choose_label, read_labels
from kg.search.queries import CLASS_FACET
from kg.search.snippets import MARKS, Segment, Snippet, marked_texts, shortened
from kg.search.words import match_expression, words_of

__all__ = [
    "MOST_HITS",
    "MOST_PASSED_OVER",
    "FacetCount",
    "FacetResult",
    "Hit",
    "SearchIndex",
    "SearchRequest",
    "SearchResult",
    "Suggestion",
]

MOST_HITS: Final = 100
"""How many results can be asked for at once."""
MOST_PASSED_OVER: Final = 10_000
"""How many results can be passed over: whoever wants more narrows the search, or takes a dump."""

_MOST_SNIPPETS: Final = 3
"""How many texts of one document are shown."""
_MOST_VALUES: Final = 50
"""How many values of one facet are counted."""
_MOST_SUGGESTIONS: Final = 10
"""How many documents are suggested while somebody types."""

_STEPS_BETWEEN_LOOKS: Final = 10_000
_SUGGESTED_COLUMNS: Final = "name text"

_MATCHING: Final = """
WITH hit AS MATERIALIZED (
  SELECT rowid AS document, bm25(words, 10.0, 4.0, 2.0, 1.0) AS score FROM words WHERE words MATCH :words
), """
_BESIDE: Final = "SELECT iri FROM document WHERE iri >= :first AND iri < :behind ORDER BY iri LIMIT :most"
_ALL: Final = """
WITH hit AS MATERIALIZED (SELECT id AS document, 0 AS score FROM document WHERE :words IS NULL), """
_FITTING: Final = """fitting AS (
  SELECT document, score FROM hit WHERE NOT EXISTS (
    SELECT 1 FROM json_each(:wanted) AS wish WHERE NOT EXISTS (
      SELECT 1 FROM placement
      WHERE placement.document = hit.document AND placement.facet = wish.key
        AND placement.value IN (SELECT value FROM json_each(wish.value))
    )
  )
)
"""
_TOTAL: Final = "SELECT count(*) FROM fitting"
_PAGE: Final = """
SELECT id, iri, labels, languages, score FROM fitting JOIN document ON id = fitting.document
ORDER BY score, id LIMIT :limit OFFSET :offset
"""
_COUNTS: Final = """
SELECT facet, placement.value, name.labels, count(*) AS number
FROM fitting CROSS JOIN placement USING (document) LEFT JOIN name ON name.value = placement.value
WHERE :facet IS NULL OR facet = :facet
GROUP BY facet, placement.value
"""
_MARKED: Final = """
SELECT rowid, highlight(words, 0, :before, :after), highlight(words, 1, :before, :after),
  highlight(words, 2, :before, :after), highlight(words, 3, :before, :after)
FROM words WHERE words MATCH :words AND rowid IN (SELECT value FROM json_each(:documents))
"""
_CLASSES: Final = """
SELECT document, placement.value, name.labels
FROM json_each(:documents) AS asked JOIN placement ON placement.document = asked.value AND facet = :facet
  LEFT JOIN name ON name.value = placement.value
"""
_FACETS: Final = "SELECT name, labels, by_value FROM facet ORDER BY position"


@dataclass(frozen=True)
class SearchRequest:
    """
    The wish to find documents.

    Args:
        text: What somebody typed; an empty one finds all documents, one without any word none.
        wanted: Values of facets, by their names: a document has one of the values of each.
        limit: How many documents are told at most.
        offset: How many are passed over.
        languages: Those of the reader, the best first; what is found is called by a name in one of them, if it has one.
    """

    text: str = ""
    wanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limit: int = 20
    offset: int = 0
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class Hit:
    """A document that was found: its label with the hits marked, its classes, and where else the words stand."""

    iri: str
    label: tuple[Segment, ...]
    language: str
    classes: tuple[str, ...]
    score: float
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True)
class FacetCount:
    """How many of the results have a value of a facet."""

    value: str
    label: str
    count: int
    is_wanted: bool


@dataclass(frozen=True)
class FacetResult:
    """
    A facet with its values: those that are wanted, and the most frequent; ``left_out`` counts the others.

    ``label`` is empty where the facet has no labels.
    """

    facet: Facet
    label: str
    counts: tuple[FacetCount, ...]
    left_out: int


@dataclass(frozen=True)
class SearchResult:
    """What was found; ``words`` are those that were looked for."""

    total: int
    words: tuple[str, ...]
    hits: tuple[Hit, ...]
    facets: tuple[FacetResult, ...]


@dataclass(frozen=True)
class Suggestion:
    """A document for somebody who is still typing; ``snippets`` shows the text that was found if the label does not."""

    iri: str
    label: tuple[Segment, ...]
    language: str
    classes: tuple[str, ...]
    snippets: tuple[Snippet, ...]


class SearchIndex:
    """The index of a release; it is used by one thread at a time."""

    def __init__(self, path: Path, timeout_seconds: float) -> None:
        """
        Prepare; the index is opened by the first question.

        Args:
            path: The file of the index.
            timeout_seconds: How long one search may take.
        """
        self._path = path
        self._timeout_seconds = timeout_seconds

    @cached_property
    def _index(self) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """
        The facets, in their order.

        Raises:
            ReleaseError: The release has no index, or a damaged one.
        """
        with self._asked():
            rows = self._index.execute(_FACETS).fetchall()
        return tuple(Facet(name, read_labels(labels), bool(by_value)) for name, labels, by_value in rows)

    def search(self, request: SearchRequest) -> SearchResult:
        """
        Find documents.

        Raises:
            QueryTimeoutError: It takes too long.
            ReleaseError: The release has no index, or a damaged one.
        """
        words = words_of(request.text)
        facets = self.facets
        if request.text.strip() and not words:
            return SearchResult(0, (), (), tuple(_facet_result(facet, [], request) for facet in facets))
        expression = match_expression(words) if words else None
        with self._asked():
            rows = self._found(_PAGE, expression, request.wanted, limit=request.limit, offset=request.offset)
            total = self._found(_TOTAL, expression, request.wanted)[0][0]
            hits = self._hits(rows, expression, request.languages)
            counted = self._counted(expression, request)
        results = tuple(_facet_result(facet, counted.get(facet.name, []), request) for facet in facets)
        return SearchResult(total, tuple(words), hits, results)

    def suggest(self, text: str, languages: Sequence[str] = ()) -> tuple[Suggestion, ...]:
        """
        Find what somebody may mean who has typed a part of a name.

        Args:
            text: What was typed.
            languages: Those of the reader, the best first.

        Raises:
            QueryTimeoutError: It takes too long.
            ReleaseError: The release has no index, or a damaged one.
        """
        words = words_of(text)
        if not words:
            return ()
        expression = match_expression(words, columns=_SUGGESTED_COLUMNS)
        with self._asked():
            rows = self._found(_PAGE, expression, {}, limit=_MOST_SUGGESTIONS, offset=0)
            hits = self._hits(rows, expression, languages)
        return tuple(map(_suggestion, hits))

    def beside(self, folder: str, most: int) -> list[str]:
        """
        Give the IRIs of documents that begin so, in order.

        Raises:
            ReleaseError: The release has no index, or a damaged one.
        """
        with self._asked():
            values = {"first": folder, "behind": folder + chr(sys.maxunicode), "most": most}
            return [iri for (iri,) in self._index.execute(_BESIDE, values)]

    def _found(self, question: str, expression: str | None, wanted: Mapping[str, Sequence[str]], **more: Any) -> Any:
        source = _ALL if expression is None else _MATCHING
        values = {"words": expression, "wanted": json.dumps({name: list(wanted[name]) for name in wanted}), **more}
        return self._index.execute(source + _FITTING + question, values).fetchall()

    def _hits(
        self, rows: Sequence[tuple[Any, ...]], expression: str | None, languages: Sequence[str]
    ) -> tuple[Hit, ...]:
        documents = json.dumps([row[0] for row in rows])
        marked: dict[int, Sequence[str]] = {}
        if expression is not None:
            values = {"words": expression, "documents": documents, "before": MARKS[0], "after": MARKS[1]}
            marked = {number: columns for number, *columns in self._index.execute(_MARKED, values)}
        classes: dict[int, list[str]] = {}
        values = {"documents": documents, "facet": CLASS_FACET.name}
        for number, value, labels in self._index.execute(_CLASSES, values):
            classes.setdefault(number, []).append(_called(value, labels, languages))
        return tuple(_hit(row, marked.get(row[0]), sorted(classes.get(row[0], ())), languages) for row in rows)

    def _counted(self, expression: str | None, request: SearchRequest) -> dict[str, list[FacetCount]]:
        """
        Count the values of facets among the results.

        A facet that is wanted is counted without that wish, so that one sees what else could be wanted.
        """
        wanted = request.wanted
        found: dict[str, list[FacetCount]] = {}
        for chosen in (None, *wanted):
            others = {name: wanted[name] for name in wanted if name != chosen}
            counted: dict[str, list[FacetCount]] = {}
            for facet, value, labels, count in self._found(_COUNTS, expression, others, facet=chosen):
                label = _called(value, labels, request.languages)
                counted.setdefault(facet, []).append(FacetCount(value, label, count, value in wanted.get(facet, ())))
            found |= {name: counted.get(name, []) for name in ([chosen] if chosen else counted)}
        return found

    @contextmanager
    def _asked(self) -> Iterator[None]:
        deadline = time.monotonic() + self._timeout_seconds
        try:
            self._index.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
            yield
        except sqlite3.Error as error:
            if time.monotonic() > deadline:
                seconds = self._timeout_seconds
                raise QueryTimeoutError(
                    f"the search took longer than {seconds:g} seconds: give more words", timeout_seconds=seconds
                ) from error
            raise ReleaseError(
                f"the search index {self._path} cannot be read: {error}; build the release anew with kg build"
            ) from error


def _called(value: str, labels: str | None, languages: Sequence[str]) -> str:
    """Give what a value of a facet is called: a text without labels is what it says."""
    return choose_label(read_labels(labels), languages).text if labels else value


def _hit(row: tuple[Any, ...], marked: Sequence[str] | None, classes: Sequence[str], wished: Sequence[str]) -> Hit:
    _, iri, labels, languages, score = row
    language, label = choose_label(read_labels(labels), wished)
    snippets = marked_texts(marked, json.loads(languages)) if marked else []
    named = next((one.segments for one in snippets if one.text == label), (Segment(label),))
    others = _telling(named, [one for one in snippets if one.text != label])[:_MOST_SNIPPETS]
    shown = tuple(Snippet(one.field, one.language, shortened(one.segments)) for one in others)
    return Hit(iri, shortened(named), language, tuple(classes), round(-score, 4), shown)


def _suggestion(hit: Hit) -> Suggestion:
    snippets = () if any(one.is_hit for one in hit.label) else hit.snippets[:1]
    return Suggestion(hit.iri, hit.label, hit.language, hit.classes, snippets)


def _telling(label: Sequence[Segment], snippets: Sequence[Snippet]) -> list[Snippet]:
    """Leave out related names in which nothing is found that the texts before do not show."""
    seen = {one.text.casefold() for one in label if one.is_hit}
    kept = []
    for snippet in snippets:
        hits = {one.text.casefold() for one in snippet.segments if one.is_hit}
        if snippet.field is not Field.RELATED or not hits <= seen:
            kept.append(snippet)
            seen |= hits
    return kept


def _facet_result(facet: Facet, counts: Sequence[FacetCount], request: SearchRequest) -> FacetResult:
    wanted = request.wanted.get(facet.name, ())
    absent = [FacetCount(value, value, 0, True) for value in wanted if value not in {one.value for one in counts}]
    ordered = sorted(counts, key=lambda one: (not one.is_wanted, -one.count, one.label, one.value))
    kept = [*absent, *ordered][: max(_MOST_VALUES, len(wanted))]
    if facet.by_value:
        kept.sort(key=lambda one: one.value)
    label = choose_label(facet.labels, request.languages).text
    return FacetResult(facet, label, tuple(kept), len(absent) + len(counts) - len(kept))

"""
A feed of reviews read from end to end, and written as one named graph, or as several of a bounded size.

Source: docs/import.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from kg.errors import FeedSyntaxError
from kg.imports.feed import Feed, FeedItem
from kg.imports.mapping import ReviewMapping
from kg.imports.minting import slug
from kg.imports.report import ImportReport
from kg.imports.reviews import DEFAULT_OPTIONS, DroppedError, Options, find_reviews, read_review
from kg.imports.seen import Seen
from kg.imports.values import first_text
from kg.imports.writing import Description, GraphWriter, literal, typed

__all__ = ["Import", "import_claim_reviews"]

_LACKS: Final = ("dcterms:title", "dcterms:creator", "dcterms:issued", "dcterms:publisher")


@dataclass(frozen=True)
class Import:
    """
    What is said of an import as a whole.

    ``graph`` is the IRI of the named graph, ``name`` that of the feed, ``maker`` and ``licence`` are IRIs, ``date`` is
    an ISO date; ``source_url`` is where the feed was found, if that is known.
    """

    graph: str
    name: str
    date: str
    maker: str
    licence: str
    source_url: str = ""


def import_claim_reviews(
    source: IO[bytes],
    open_part: Callable[[str], IO[bytes]],
    about: Import,
    *,
    format_name: str = "turtle",
    most_reviews: int = 0,
    options: Options = DEFAULT_OPTIONS,
    is_neutral: Callable[[str], bool] = lambda _: True,
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """
    Turn a feed of reviews into graph data.

    Reading ends early at what is no JSON; the graph is then whole in itself and holds all that stands before.

    Args:
        source: The feed.
        open_part: Opens what a graph is written to, once for each; its argument is what the name of the graph gets at
            its end: nothing, or ``-0001`` and so on.
        about: What is said of the import.
        format_name: One of :data:`kg.imports.writing.GRAPH_FORMATS`.
        most_reviews: How many reviews one graph holds at most; 0 writes one graph.
        options: How the values of the feed are read.
        is_neutral: Tells whether a text has no word that takes a side.
        progress: Is told how many bytes were read.

    Returns:
        What was taken, left out and cut; its ``error`` says why reading ended early.
    """
    report = ImportReport(about.name)
    feed = Feed(source, about.name)
    parts = _Parts(open_part, about, format_name, most_reviews)
    with Seen() as seen:
        mapping = ReviewMapping(seen, is_neutral)
        try:
            for item in feed.items():
                report.items += not item.is_envelope
                for review in find_reviews(item):
                    parts.writer(report.imported).write(_records(item, review, mapping, options, report))
                progress(feed.bytes_read)
        except FeedSyntaxError as error:
            report.error = str(error)
    report.feed_bytes, report.feed_digest = feed.bytes_read, feed.digest
    last = parts.writer(max(0, report.imported - 1))
    last.write([_document(about, report)])
    last.close()
    return report


class _Parts:
    """The graphs that are written, one after another."""

    def __init__(
        self, open_part: Callable[[str], IO[bytes]], about: Import, format_name: str, most_reviews: int
    ) -> None:
        self._open = open_part
        self._about = about
        self._format = format_name
        self._most = most_reviews
        self._number = 0
        self._current = self._begin()

    def writer(self, imported: int) -> GraphWriter:
        """Give the writer of the graph that the next review belongs to, when some are imported."""
        if self._most and imported >= self._most * self._number:
            self._current.close()
            self._current = self._begin()
        return self._current

    def _begin(self) -> GraphWriter:
        self._number += 1
        suffix = f"-{self._number:04}" if self._most else ""
        graph = self._about.graph + suffix
        writer = GraphWriter(self._open(suffix), self._format, graph)
        writer.write([_graph(self._about, graph)])
        return writer


def _records(
    item: FeedItem,
    found: tuple[dict[str, Any], str],
    mapping: ReviewMapping,
    options: Options,
    report: ImportReport,
) -> Iterator[Description]:
    """Give the records of what was found in an item, and count what becomes of it."""
    value, reason = found
    if reason:
        report.drop(reason, item.place, str(value["found"]))
        return
    report.reviews += 1
    try:
        review = read_review(value, options)
    except DroppedError as error:
        report.drop(str(error), item.place, first_text(value.get("url"), ("@id", "url")))
        return
    if not mapping.is_new(review):
        report.drop("duplicate", item.place, review.url or review.claim)
        return
    report.imported += 1
    yield from mapping.describe(review)
    for loss in review.losses:
        report.lose(loss.reason, item.place, loss.found)
    for name in review.unmapped:
        report.pass_over(name)


def _feed_term(about: Import) -> str:
    return f"source:{slug(about.name) or 'claimreview'}-feed"


def _graph(about: Import, graph: str) -> Description:
    properties = (
        ("a", ("void:Dataset",)),
        ("dcterms:title", (literal("Claims and their reviews, as a feed has them"),)),
        ("dcterms:creator", (f"<{about.maker}>",)),
        ("dcterms:created", (typed(about.date, "xsd:date"),)),
        ("dcterms:license", (f"<{about.licence}>",)),
        ("dcterms:source", (_feed_term(about),)),
    )
    return Description(f"<{graph}>", properties)


def _document(about: Import, report: ImportReport) -> Description:
    """Describe the feed; the digest of one that was not read to its end is not known."""
    digest = () if report.error else (typed(f"sha256:{report.feed_digest}"),)
    properties = (
        ("a", ("agon:SourceDocument",)),
        ("rdfs:label", (literal(f"feed of reviews of claims, {slug(about.name) or 'unnamed'}"),)),
        ("agon:digest", digest),
        ("schema:url", (f"<{about.source_url}>",) if about.source_url else ()),
        ("agon:lacks", _LACKS),
    )
    return Description(_feed_term(about), properties)

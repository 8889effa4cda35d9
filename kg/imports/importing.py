"""
A feed of reviews read from end to end, and written as one named graph.

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
    output: IO[bytes],
    about: Import,
    *,
    format_name: str = "turtle",
    options: Options = DEFAULT_OPTIONS,
    is_neutral: Callable[[str], bool] = lambda _: True,
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """
    Turn a feed of reviews into graph data.

    Reading ends early at what is no JSON; the graph is then whole in itself and holds all that stands before.

    Args:
        source: The feed.
        output: Where the graph is written.
        about: What is said of it.
        format_name: One of :data:`kg.imports.writing.GRAPH_FORMATS`.
        options: How the values of the feed are read.
        is_neutral: Tells whether a text has no word that takes a side.
        progress: Is told how many bytes were read.

    Returns:
        What was taken, left out and cut; its ``error`` says why reading ended early.
    """
    report = ImportReport(about.name)
    feed = Feed(source, about.name)
    writer = GraphWriter(output, format_name, about.graph)
    writer.write([_graph(about)])
    with Seen() as seen:
        mapping = ReviewMapping(seen, is_neutral)
        try:
            for item in feed.items():
                report.items += not item.is_envelope
                for review in find_reviews(item):
                    writer.write(_records(item, review, mapping, options, report))
                progress(feed.bytes_read)
        except FeedSyntaxError as error:
            report.error = str(error)
    report.feed_bytes, report.feed_digest = feed.bytes_read, feed.digest
    writer.write([_document(about, report)])
    writer.close()
    return report


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


def _graph(about: Import) -> Description:
    properties = (
        ("a", ("void:Dataset",)),
        ("dcterms:title", (literal("Claims and their reviews, as a feed has them"),)),
        ("dcterms:creator", (f"<{about.maker}>",)),
        ("dcterms:created", (typed(about.date, "xsd:date"),)),
        ("dcterms:license", (f"<{about.licence}>",)),
        ("dcterms:source", (_feed_term(about),)),
    )
    return Description(f"<{about.graph}>", properties)


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

"""What an import took, left out and cut, and why; by reason, with the first examples and their places in the feed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from kg.imports.feed import Place

__all__ = ["MEANINGS", "ImportReport"]

MEANINGS: Final = {
    "duplicate": "the feed has the same claim on the same page before",
    "empty-object": "an object or a list without anything in it",
    "no-claim": "neither claimReviewed nor itemReviewed says which claim is reviewed",
    "no-object": "a text, a number or null, where a review was expected",
    "no-reviewer": "neither author nor publisher has a name, so that the review would be nobody's",
    "no-type": "an object without a class or a claim",
    "other-type": "an object of another class",
    "claim-cut": "only the first ten words of the claim are kept, and the digest of all",
    "date-ambiguous": "the day and the month could be swapped; --day-first or --month-first says which comes first",
    "date-unlikely": "a date before 1800 or after 2100",
    "date-unreadable": "a date in no known spelling",
    "language-unknown": "a language without a tag",
    "name-left-out": "a name of more than ten words: it is the unnamed speaker's, or not given",
    "rating-cut": "only the first ten words of the rating are kept, and the digest of all",
    "rating-without-words": "a rating in numbers alone, which say nothing without the words of their scale",
    "several-items": "several items are reviewed at once; speaker and date are those of the first",
    "title-left-out": "a title that repeats the claim or the rating, or has more than 300 characters",
    "url-unusable": "an address that no web page can have, or a relative one without a base (--base)",
}
"""What each reason means."""

_EXAMPLES: Final = 5
_NAMES: Final = 200
_OTHER: Final = "(others)"
_LONGEST: Final = 120


class Example(msgspec.Struct, frozen=True):
    """Where something was found in the feed, by its line from 1 and its byte from 0, and what."""

    line: int
    byte: int
    found: str


@dataclass(slots=True)
class _Reason:
    count: int = 0
    examples: list[Example] = field(default_factory=list)


class ImportReport:
    """
    Counts what happens while a feed is imported; its size does not depend on that of the feed.

    ``error`` is what ended it early.
    """

    def __init__(self, feed: str) -> None:
        self.feed = feed
        self.items = 0
        self.reviews = 0
        self.imported = 0
        self.error = ""
        self.feed_bytes = 0
        self.feed_digest = ""
        self._dropped: dict[str, _Reason] = {}
        self._lost: dict[str, _Reason] = {}
        self._unmapped: Counter[str] = Counter()

    def drop(self, reason: str, place: Place, found: str) -> None:
        """Count something that is left out whole."""
        _count(self._dropped, reason, place, found)

    def lose(self, reason: str, place: Place, found: str) -> None:
        """Count a value that is left out or cut, while its review is imported."""
        _count(self._lost, reason, place, found)

    def pass_over(self, name: str) -> None:
        """Count a property that the graph has no place for."""
        shown = _shown(name)
        self._unmapped[shown if shown in self._unmapped or len(self._unmapped) < _NAMES else _OTHER] += 1

    @property
    def dropped(self) -> int:
        """How many items and reviews are left out whole."""
        return sum(reason.count for reason in self._dropped.values())

    def data(self) -> dict[str, Any]:
        """Give all as plain data, in a fixed order."""
        return {
            "feed": self.feed,
            "feed_bytes": self.feed_bytes,
            "feed_digest": f"sha256:{self.feed_digest}",
            "complete": not self.error,
            "error": self.error,
            "items": self.items,
            "reviews": self.reviews,
            "imported": self.imported,
            "dropped": _reasons(self._dropped),
            "values": _reasons(self._lost),
            "unmapped_properties": dict(sorted(self._unmapped.items(), key=lambda each: (-each[1], each[0]))),
        }

    def json(self) -> bytes:
        """Write it for machines."""
        return msgspec.json.format(msgspec.json.encode(self.data()), indent=2) + b"\n"

    def text(self) -> str:
        """Write it for people."""
        lines = [
            f"{self.feed}: {self.imported:,} of {self.reviews:,} reviews imported, {self.dropped:,} things left out"
        ]
        for title, reasons in (("left out", self._dropped), ("values left out or cut", self._lost)):
            if reasons:
                lines.append(f"{title}:")
            for name, reason in _by_count(reasons):
                lines.append(f"  {reason.count:>8,}  {name}: {MEANINGS[name]}")
                first = reason.examples[0]
                lines.append(f"            first at line {first.line}, byte {first.byte}: {first.found or 'nothing'}")
        if self._unmapped:
            names = ", ".join(f"{name} ({count:,})" for name, count in self._unmapped.most_common(8))
            lines.append(f"properties without a place in the graph: {names}")
        if self.error:
            lines.append(f"ended early: {self.error}")
        return "\n".join(lines)


def _count(reasons: dict[str, _Reason], reason: str, place: Place, found: str) -> None:
    entry = reasons.setdefault(reason, _Reason())
    entry.count += 1
    if len(entry.examples) < _EXAMPLES:
        entry.examples.append(Example(place.line, place.byte, _shown(found)))


def _shown(text: str) -> str:
    """Give a text of a feed as it can be printed, and not too long."""
    shown = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:_LONGEST])
    return shown if len(text) <= _LONGEST else shown + "…"


def _by_count(reasons: dict[str, _Reason]) -> list[tuple[str, _Reason]]:
    return sorted(reasons.items(), key=lambda each: (-each[1].count, each[0]))


def _reasons(reasons: dict[str, _Reason]) -> dict[str, Any]:
    return {
        name: {"count": reason.count, "meaning": MEANINGS[name], "examples": reason.examples}
        for name, reason in _by_count(reasons)
    }

"""
Reviews of claims as a feed has them, read into one form.

Source: schema.org ClaimReview, Claim, Rating.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from kg.imports.feed import FeedItem
from kg.imports.names import Names, names_of
from kg.imports.values import Days, UnreadableError, first_text, members, read_days, read_language, read_url

__all__ = ["DEFAULT_OPTIONS", "Appearance", "DroppedError", "Loss", "Options", "Review", "find_reviews", "read_review"]

_REVIEW: Final = "claimreview"
_WRAPPERS: Final = frozenset({"DataFeedItem", "ListItem"})
_MOST_WORDS: Final = 10
_NAMES: Final = ("name", "legalName", "alternateName")
_CLAIM_TEXTS: Final = ("text", "name", "headline", "description")
_READ: Final = frozenset(
    {"@id", "@type", "@context", "id", "type", "url", "mainEntityOfPage", "claimReviewed", "itemReviewed", "author"}
    | {"creator", "publisher", "datePublished", "dateCreated", "reviewRating", "inLanguage", "name", "headline"}
)
_READ_OF_ITEM: Final = frozenset(
    {"@id", "@type", "@context", "id", "type", "text", "name", "headline", "description", "author", "creator"}
    | {"datePublished", "dateCreated", "appearance", "firstAppearance"}
)


class DroppedError(ValueError):
    """A review cannot be imported; the text says why, as a name of a reason."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A value that is left out or cut, why, and what was found."""

    reason: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How feeds are read: what addresses are relative to, the language where none is given, the order of 03/04/2020."""

    base: str = ""
    language: str = ""
    day_first: bool | None = None


DEFAULT_OPTIONS: Final = Options()


@dataclass(frozen=True, slots=True)
class Appearance:
    """A page on which a claim appeared."""

    url: str
    days: Days | None


@dataclass(slots=True)
class Review:
    """
    A review of a claim, in clean values.

    ``claimants`` and ``reviewers`` are names; ``rating`` is what the reviewer calls it.
    """

    claim: str
    reviewers: tuple[str, ...]
    url: str = ""
    title: str = ""
    days: Days | None = None
    language: str = "und"
    rating: str = ""
    claimants: tuple[str, ...] = ()
    claimed: Days | None = None
    publishers: tuple[str, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    losses: list[Loss] = field(default_factory=list)
    unmapped: tuple[str, ...] = ()


def find_reviews(item: FeedItem) -> Iterator[tuple[dict[str, Any], str]]:
    """
    Find the reviews in an item of a feed, wherever they lie.

    Args:
        item: Any value.

    Returns:
        The reviews with the names of schema.org alone, each with ""; or what the item is, and why it is passed over.
    """
    names = names_of(item.context)
    found = False
    for review in _walk(item.value, names):
        found = True
        yield review, ""
    if not found and not item.is_envelope:
        yield _passed_over(item.value, names)


def _passed_over(value: Any, names: Names) -> tuple[dict[str, Any], str]:
    """Say what a value without reviews is; of what only wraps an item, what that is."""
    types = names.types(value) if isinstance(value, dict) else ["list"]
    if _WRAPPERS & set(types):
        value = next((each for name, each in value.items() if names.local(name) == "item"), None)
        types = names.types(value) if isinstance(value, dict) else ["list"]
    if not isinstance(value, dict | list):
        return {"found": "null" if value is None else str(value)}, "no-object"
    if not value:
        return {"found": str(value)}, "empty-object"
    return {"found": ", ".join(types)}, "other-type" if types else "no-type"


def _walk(value: Any, names: Names) -> Iterator[dict[str, Any]]:
    waiting = [(value, names)]
    while waiting:
        value, names = waiting.pop()
        if isinstance(value, dict):
            if "@context" in value:
                names = names_of(value["@context"])
            if _is_review(value, names):
                yield names.plain(value)
                continue
            value = list(value.values())
        if isinstance(value, list):
            waiting += [(each, names) for each in reversed(value) if isinstance(each, dict | list)]


def _is_review(value: dict[str, Any], names: Names) -> bool:
    """Tell whether an object is a review; one of another class, or of none, is if it says which claim it reviews."""
    is_typed = any(each.lower() == _REVIEW for each in names.types(value))
    return is_typed or any(names.local(name) == "claimReviewed" for name in value)


def read_review(found: dict[str, Any], options: Options) -> Review:
    """
    Read a review.

    Args:
        found: An object of :func:`find_reviews`.
        options: How it is read.

    Raises:
        DroppedError: It says of no claim, or of no reviewer.
    """
    items = [each for each in members(found.get("itemReviewed")) if isinstance(each, dict | str)]
    reading = _Reading(found, items, options)
    claim = reading.claim()
    if not claim:
        raise DroppedError("no-claim")
    reviewers = reading.names(found, "author", "creator", "publisher")
    if not reviewers:
        raise DroppedError("no-reviewer")
    review = Review(claim, reviewers)
    reading.fill(review)
    return review


class _Reading:
    """Reads the members of one review, and keeps what is lost."""

    def __init__(self, found: dict[str, Any], items: list[Any], options: Options) -> None:
        self._found = found
        self._objects = [each for each in items if isinstance(each, dict)]
        self._items = items
        self._options = options
        self._losses: list[Loss] = []

    def claim(self) -> str:
        """Give the text of the claim, of the item where the review itself has none."""
        return first_text(self._found.get("claimReviewed")) or next(
            filter(None, (first_text(each, _texts_of(each)) for each in self._items)), ""
        )

    def names(self, found: dict[str, Any], *properties: str) -> tuple[str, ...]:
        """Give the names of those in the first of the properties that has any; what is long is no name."""
        for name in properties:
            names = {first_text(each, _NAMES): None for each in members(found.get(name))}
            self._losses += [Loss("name-left-out", each) for each in names if len(each.split()) > _MOST_WORDS]
            short = tuple(each for each in names if 0 < len(each.split()) <= _MOST_WORDS)
            if short:
                return short
        return ()

    def fill(self, review: Review) -> None:
        """Read all but the claim and its reviewers."""
        found, item = self._found, self._objects[0] if self._objects else {}
        review.url = self._url(found)
        review.language = self._language()
        review.days = self._days(found, "datePublished", "dateCreated")
        review.title = first_text(found.get("headline")) or first_text(found.get("name"))
        review.rating = self._rating()
        review.claimants = self.names(item, "author", "creator")
        review.claimed = self._days(item, "datePublished", "dateCreated")
        review.publishers = self.names(found, "publisher")
        review.appearances = tuple(self._appearances())
        review.unmapped = (
            *(name for name in found if name not in _READ),
            *(f"itemReviewed.{name}" for each in self._objects for name in each if name not in _READ_OF_ITEM),
        )
        if len(self._items) > 1:
            self._losses.append(Loss("several-items", str(len(self._items))))
        review.losses += self._losses

    def _url(self, found: dict[str, Any]) -> str:
        bases = [self._options.base, *self._addresses()]
        for name in ("url", "mainEntityOfPage", "@id"):
            try:
                url = read_url(found.get(name), bases if name == "url" else ())
            except UnreadableError as error:
                if name == "url":
                    self._losses.append(Loss(str(error), first_text(found.get(name), ("@id", "url"))))
                continue
            if url:
                return url
        return ""

    def _addresses(self) -> Iterator[str]:
        """Give the addresses of those who reviewed and published it."""
        for who in (each for name in ("author", "publisher") for each in members(self._found.get(name))):
            if isinstance(who, dict):
                try:
                    yield read_url(who.get("url"))
                except UnreadableError:
                    continue

    def _days(self, found: dict[str, Any], *properties: str) -> Days | None:
        for name in properties:
            try:
                days = read_days(found.get(name), day_first=self._options.day_first)
            except UnreadableError as error:
                self._losses.append(Loss(str(error), first_text(found.get(name), ("@value",))))
            else:
                if days:
                    return days
        return None

    def _language(self) -> str:
        try:
            language = read_language(self._found.get("inLanguage"))
        except UnreadableError as error:
            self._losses.append(Loss(str(error), first_text(self._found.get("inLanguage"))))
            language = "und"
        return (self._options.language or language) if language == "und" else language

    def _rating(self) -> str:
        """Give what the reviewer calls the rating; a number says nothing without the words of its scale."""
        ratings = list(members(self._found.get("reviewRating")))
        for each in ratings:
            if isinstance(each, dict):
                names = ("alternateName", "name", "ratingValue", "ratingExplanation", "description")
                words = next((text for name in names if _is_wording(text := first_text(each.get(name)))), "")
            else:
                words = first_text(each) if _is_wording(first_text(each)) else ""
            if words:
                return words
        if ratings:
            self._losses.append(Loss("rating-without-words", str(_value_of(ratings[0]))))
        return ""

    def _appearances(self) -> Iterator[Appearance]:
        told = set()
        for item in self._objects:
            for each in (*members(item.get("firstAppearance")), *members(item.get("appearance"))):
                try:
                    url = read_url(each)
                except UnreadableError as error:
                    self._losses.append(Loss(str(error), first_text(each, ("url", "@id"))))
                    continue
                if url and url not in told:
                    told.add(url)
                    yield Appearance(url, self._days(each, "datePublished") if isinstance(each, dict) else None)


def _texts_of(item: Any) -> Iterable[str]:
    """Give the members that hold what a claim says; the name of another work is its title."""
    kind = first_text(item.get("@type"), ()) if isinstance(item, dict) else ""
    return _CLAIM_TEXTS if re.split(r"[:/#]", kind)[-1] in {"", "Claim"} else _CLAIM_TEXTS[:1]


def _is_wording(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _value_of(rating: Any) -> Any:
    return rating.get("ratingValue", "") if isinstance(rating, dict) else rating

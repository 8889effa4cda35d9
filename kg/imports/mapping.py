"""
A review as records of the graph: the claim apart from who put it forward, and both apart from who reviewed it.

Nothing here says whether a claim holds. A rating is what its reviewer calls it, on the attestation of the response.

Source: ``ontology/discourse.ttl``, ``responses.ttl`` and ``sources.ttl``; docs/import.md has the table.
"""

import re
import unicodedata
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from kg.imports.minting import actor_name, page_name
from kg.imports.reviews import Appearance, Loss, Review
from kg.imports.seen import Seen
from kg.imports.writing import Description, literal, typed

__all__ = ["ReviewMapping"]

_MOST_WORDS: Final = 10
_LONGEST_TITLE: Final = 300
_OPEN_OF_CLAIM: Final = ("agon:concerns", "agon:gloss", "agon:hasCheckability", "agon:hasTopic")
_BIBLIOGRAPHY: Final = ("dcterms:title", "dcterms:creator", "dcterms:issued", "dcterms:publisher")


@dataclass(frozen=True, slots=True)
class _Names:
    """What the records of one review are called: in IRIs, and in labels."""

    local: str
    page: str
    shown: str


class ReviewMapping:
    """
    Makes the records of one feed; each actor and each page is described once.

    Args:
        seen: What was described before.
        is_neutral: Tells whether a text has no word that takes a side, so that the graph may say it as its own.
    """

    def __init__(self, seen: Seen, is_neutral: Callable[[str], bool]) -> None:
        self._seen = seen
        self._is_neutral = is_neutral

    def is_new(self, review: Review) -> bool:
        """Tell whether the claim was not yet reviewed on this page; from then on it is not new."""
        return self._seen.is_first("review", self._names(review).local)

    def describe(self, review: Review) -> Iterator[Description]:
        """
        Give the records of a review.

        Args:
            review: A new one; what is cut or left out is added to its losses.
        """
        names = self._names(review)
        reviewers = yield from self._actors(review.reviewers)
        claimants = yield from self._actors(review.claimants)
        if not claimants:
            claimants = (f"actor:{names.local}",)
            yield _described(claimants[0], "agon:Actor", label=f"unnamed speaker of the {names.shown}")
        yield from self._page(review, names, reviewers)
        account = self._passage(names, "a", review.claim)
        yield account
        analysis = self._passage(names, "b", review.rating) if review.rating else account
        if review.rating:
            yield analysis
        yield from _claim(review, names, claimants, account.subject)
        yield from _response(review, names, reviewers, analysis.subject)

    def _names(self, review: Review) -> _Names:
        extra = () if review.url else (*review.reviewers, review.days.lexical if review.days else "")
        local = page_name(review.url, review.claim, *extra)
        page = page_name(review.url) if review.url else local
        return _Names(local, page, f"claim in a review{self._at(review.url)}, {local[-16:]}")

    def _at(self, url: str) -> str:
        """Say on which host a page is, for labels: not where its name takes a side."""
        host = urlsplit(url).hostname or ""
        return f" at {host}" if host and self._is_neutral(re.sub(r"[.-]", " ", host)) else ""

    def _page_label(self, url: str, local: str) -> str:
        """Name a page by its address alone, so that whatever feed speaks of it calls it the same."""
        return f"page{self._at(url)}, {local[-16:]}"

    def _actors(self, given: tuple[str, ...]) -> Generator[Description, None, tuple[str, ...]]:
        """Give those not yet described; returns the terms of all."""
        terms = []
        for name in given:
            local = actor_name(name)
            terms.append(f"actor:{local}")
            if self._seen.is_first("actor", local):
                label = name if self._is_neutral(name) else f"actor with a name of its own choice, {local[-16:]}"
                yield _described(terms[-1], "agon:Actor", label=label, more=[("foaf:name", (typed(name),))])
        return tuple(dict.fromkeys(terms))

    def _page(self, review: Review, names: _Names, reviewers: tuple[str, ...]) -> Iterator[Description]:
        publishers = yield from self._actors(review.publishers)
        yield from (self._appearance(each) for each in review.appearances if self._is_first_page(each.url))
        if not self._seen.is_first("page", names.page):
            return
        values = {
            "dcterms:title": self._title(review),
            "dcterms:creator": reviewers,
            "dcterms:issued": (typed(review.days.lexical, review.days.datatype),) if review.days else (),
            "dcterms:publisher": publishers,
        }
        references = tuple(f"source:{page_name(each.url)}" for each in review.appearances)
        own = f"source:{names.page}"
        more = [
            *values.items(),
            ("dcterms:language", (typed(review.language),) if review.language != "und" else ()),
            ("dcterms:references", tuple(dict.fromkeys(each for each in references if each != own))),
            ("schema:url", (f"<{review.url}>",) if review.url else ()),
            ("agon:lacks", tuple(name for name in _BIBLIOGRAPHY if not values[name])),
        ]
        yield _described(own, "agon:SourceDocument", label=self._page_label(review.url, names.page), more=more)

    def _is_first_page(self, url: str) -> bool:
        return self._seen.is_first("page", page_name(url))

    def _title(self, review: Review) -> tuple[str, ...]:
        if not review.title:
            return ()
        if review.title in {review.claim, review.rating} or len(review.title) > _LONGEST_TITLE:
            review.losses.append(Loss("title-left-out", review.title))
            return ()
        return (literal(review.title, review.language),)

    def _appearance(self, appearance: Appearance) -> Description:
        local = page_name(appearance.url)
        issued = (typed(appearance.days.lexical, appearance.days.datatype),) if appearance.days else ()
        more = [
            ("dcterms:issued", issued),
            ("schema:url", (f"<{appearance.url}>",)),
            ("agon:lacks", tuple(name for name in _BIBLIOGRAPHY if name != "dcterms:issued" or not issued)),
        ]
        return _described(
            f"source:{local}",
            "agon:SourceDocument",
            label=self._page_label(appearance.url, local),
            more=more,
        )

    def _passage(self, names: _Names, part: str, text: str) -> Description:
        """Give a passage of the markup of a page: part a has the claim, part b the rating; the text is not kept."""
        properties = (
            ("a", ("agon:Passage",)),
            ("dcterms:isPartOf", (f"source:{names.page}",)),
            ("agon:section", ("0",)),
            ("agon:part", (typed(part),)),
            ("agon:ordinal", (str(self._seen.count(part, names.page)),)),
            ("agon:digest", (typed(f"sha256:{sha256(unicodedata.normalize('NFC', text).encode()).hexdigest()}"),)),
        )
        return Description(f"passage:{names.local}-{part}", properties)


def _claim(review: Review, names: _Names, claimants: tuple[str, ...], passage: str) -> Iterator[Description]:
    claim, act, attestation = (f"{prefix}:{names.local}" for prefix in ("claim", "act", "attestation"))
    days = review.claimed
    yield _described(claim, "agon:Claim", label=names.shown, more=[("agon:awaits", _OPEN_OF_CLAIM)])
    yield Description(
        act,
        (
            ("a", ("agon:SpeechAct",)),
            ("agon:isSpokenBy", claimants),
            ("agon:hasIllocution", ("illocution:assert",)),
            ("agon:putsForward", (claim,)),
            ("agon:notBefore", (typed(days.first, "xsd:date"),) if days else ()),
            ("agon:notAfter", (typed(days.last, "xsd:date"),) if days else ()),
            ("agon:isAttestedBy", (attestation,)),
        ),
    )
    words = _cut(review, review.claim, "claim-cut")
    yield _attestation(attestation, passage, "blended", literal(words, review.language))


def _response(review: Review, names: _Names, reviewers: tuple[str, ...], passage: str) -> Iterator[Description]:
    attestation = f"attestation:{names.local}-answer"
    more = [
        ("agon:awaits", ("agon:gloss",)),
        ("agon:respondsTo", (f"claim:{names.local}",)),
        ("agon:isGivenBy", reviewers),
        ("agon:hasExplicitness", ("explicitness:direct",)),
        ("agon:hasScope", ("scope:whole",)),
        ("agon:isAttestedBy", (attestation,)),
    ]
    yield _described(f"response:{names.local}", "agon:Response", label=f"answer to the {names.shown}", more=more)
    words = _cut(review, review.rating, "rating-cut") if review.rating else ""
    yield _attestation(attestation, passage, "own-words", literal(words, review.language) if words else "")


def _attestation(subject: str, passage: str, mode: str, words: str) -> Description:
    properties = (
        ("a", ("agon:Attestation",)),
        ("agon:isFoundIn", (passage,)),
        ("agon:hasReportingMode", (f"reporting-mode:{mode}",)),
        ("agon:wordedAs", (words,) if words else ()),
    )
    return Description(subject, properties)


def _described(
    subject: str, kind: str, *, label: str, more: list[tuple[str, tuple[str, ...]]] | None = None
) -> Description:
    return Description(subject, (("a", (kind,)), ("rdfs:label", (literal(label),)), *(more or ())))


def _cut(review: Review, text: str, reason: str) -> str:
    """Give the first words of a text, with a sign where it goes on."""
    words = text.split()
    if len(words) <= _MOST_WORDS:
        return text
    review.losses.append(Loss(reason, text))
    return " ".join(words[:_MOST_WORDS]) + "…"

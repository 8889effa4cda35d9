"""
Feeds of ClaimReviews as they are found on the web, made up from a seed: most are well, some are a mess.

    python benchmarks/review_feeds.py 100000 > feed.json

The claims are about nothing real; the faults are those that feeds have: see :data:`FAULTS`.
"""

import calendar
import json
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["FAULTS", "feed", "reviews"]

_REVIEWERS = [
    ("PlainCheck", "https://www.plaincheck.example.org"),
    ("Myth Detector", "https://mythdetector.example.net"),
    ("Perevirka (Перевірка)", "https://perevirka.example.com"),
    ("Faktamt & Söhne", "https://faktamt.example.de"),
    ("事実確認センター", "https://jijitsu.example.jp"),
]
_RATINGS = [
    "True",
    "Mostly False",
    "Half True",
    "Pants on Fire!",
    "Falsch",
    "Трохи неправда",
    "根拠なし",
    "Misleading",
    "Needs context",
]
_PEOPLE = ["Jane Doe", "J. R. Public", "Facebook posts", "Viral image", "María Núñez", "Ole Nordmann", "Chain message"]
_SUBJECTS = [
    "The city council",
    "A new law",
    "One in three bakers",
    "The harbour bridge",
    "Rain in the north",
    "A vaccine for trees",
]
_VERBS = ["doubled", "hid", "banned", "sold", "painted", "forgot about", "paid for"]
_OBJECTS = [
    "the price of bread",
    "nine lighthouses",
    "every second tram",
    "the old town hall",
    "all green umbrellas",
    "a river",
]
_ENDS = [
    "",
    " last year",
    " since 1998 without telling anybody who lives there",
    " in 40% of all cases, according to a post",
]
_LANGUAGES = ["en", "en-US", "de", "uk", "ja", "es"]


def _date(rng: random.Random) -> str:
    year, month, day = rng.randint(2010, 2025), rng.randint(1, 12), rng.randint(1, 28)
    name = calendar.month_name[month]
    return rng.choice(
        [
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month:02}-{day:02}T{rng.randint(0, 23):02}:15:00+02:00",
            f"{year}-{month:02}-{day:02}T08:15:00.000Z",
            f"{name} {day}, {year}",
            f"{day} {name[:3]} {year}",
            f"{year}-{month:02}",
            str(year),
        ]
    )


def _review(rng: random.Random, number: int) -> dict[str, Any]:
    """Make a review without faults."""
    name, home = rng.choice(_REVIEWERS)
    claim = f"{rng.choice(_SUBJECTS)} {rng.choice(_VERBS)} {rng.choice(_OBJECTS)}{rng.choice(_ENDS)}."
    return {
        "@context": rng.choice(["https://schema.org", "http://schema.org", "http://schema.org/"]),
        "@type": "ClaimReview",
        "url": f"{home}/{rng.randint(2010, 2025)}/check-{number}",
        "claimReviewed": claim,
        "author": {"@type": "Organization", "name": name, "url": home + "/", "logo": home + "/logo.png"},
        "datePublished": _date(rng),
        "inLanguage": rng.choice(_LANGUAGES),
        "headline": f"Check {number}: what became of {rng.choice(_OBJECTS)}",
        "reviewBody": "What we found. " * rng.randint(5, 40),
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Person", "name": rng.choice(_PEOPLE), "sameAs": "https://people.example.org/1"},
            "datePublished": _date(rng),
            "appearance": [{"@type": "CreativeWork", "url": f"https://posts.example.com/{rng.randint(1, 10**6)}"}],
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": str(rng.randint(1, 6)),
            "bestRating": 6,
            "worstRating": "1",
            "alternateName": rng.choice(_RATINGS),
        },
    }


def _with(**values: Any) -> Callable[[dict[str, Any], random.Random], Any]:
    return lambda review, _: {**review, **values}


def _of_item(**values: Any) -> Callable[[dict[str, Any], random.Random], Any]:
    return lambda review, _: {**review, "itemReviewed": {**review["itemReviewed"], **values}}


def _without(*names: str) -> Callable[[dict[str, Any], random.Random], Any]:
    return lambda review, _: {name: value for name, value in review.items() if name not in names}


def _prefixed(review: dict[str, Any], _: random.Random) -> Any:
    return {name if name.startswith("@") else f"schema:{name}": value for name, value in review.items()}


def _in_html(review: dict[str, Any], _: random.Random) -> Any:
    return {**review, "claimReviewed": f"<p>{review['claimReviewed']}&nbsp;<br/></p>\r\n<!-- cut -->"}


FAULTS: dict[str, Callable[[dict[str, Any], random.Random], Any]] = {
    "author is a text": _with(author="Plain Check"),
    "author is a list": _with(author=[{"@type": "Person", "name": "Ann Editor"}, {"name": "PlainCheck"}, None]),
    "author is missing": _without("author"),
    "author is a sentence": _with(author="By our own team of nine editors who check all of it every single day"),
    "claim is missing": _without("claimReviewed"),
    "claim is null": _with(claimReviewed=None),
    "claim stands in the item": lambda review, _: {
        **_without("claimReviewed")(review, _),
        "itemReviewed": {"@type": "Claim", "name": review["claimReviewed"]},
    },
    "claim is html": _in_html,
    "claim has unseen characters": _with(
        claimReviewed="Un\u200bseen\u0007 cha\u0301racters \U0001f600\u202e\n in a claim"
    ),
    "claim is quoted": _with(claimReviewed='He said "no\\never" \\ and left'),
    "item is a text": _with(itemReviewed="The moon is a lamp."),
    "item is a work": _with(
        itemReviewed={"@type": "CreativeWork", "author": {"name": "Viral image"}, "datePublished": "12.03.2019"}
    ),
    "item is a list": lambda review, _: {
        **review,
        "itemReviewed": [review["itemReviewed"], {"@type": "Claim"}, "text"],
    },
    "item is null": _with(itemReviewed=None),
    "speaker is missing": _of_item(author=None),
    "speakers are several": _of_item(author=["Jane Doe", {"name": "Ole Nordmann"}]),
    "appearance is a text": _of_item(
        appearance="https://posts.example.com/a b?c=[d]", firstAppearance="not an address"
    ),
    "date could be two": _with(datePublished="03/04/2020"),
    "date is american": _with(datePublished="12/31/2020 5:00 PM"),
    "date is no date": _with(datePublished="yesterday"),
    "date is a default": _with(datePublished="0001-01-01T00:00:00"),
    "date is a number": _with(datePublished=1583193600000),
    "date does not exist": _with(datePublished="2021-02-30"),
    "date is typed": _with(datePublished={"@type": "Date", "@value": "2021-03-01"}),
    "rating is a text": _with(reviewRating="Mostly invented"),
    "rating is a number": _with(reviewRating={"@type": "Rating", "ratingValue": 1, "bestRating": "5"}),
    "rating is long": _with(
        reviewRating={"alternateName": "This is not what the report says, and nobody who was there has said it"}
    ),
    "rating is a list": _with(reviewRating=[{"ratingValue": -1}, {"alternateName": ["<b>Partly</b> so"]}]),
    "rating is missing": _without("reviewRating"),
    "language is unknown": _with(inLanguage="English (US)"),
    "language is an object": _with(inLanguage={"@type": "Language", "name": "German", "alternateName": "de"}),
    "url is relative": _with(url="/check/relative"),
    "url has blanks": lambda review, _: {**review, "url": f" {review['url']} part two "},
    "url is a list": lambda review, _: {**review, "url": [review["url"], review["url"]]},
    "url is nonsense": _with(url="htp:/nowhere"),
    "url is missing": _without("url"),
    "url is in letters of its own": _with(url="https://приклад.example.com/стаття"),
    "names are prefixed": _prefixed,
    "names are absolute": lambda review, _: {
        "@type": ["http://schema.org/ClaimReview", "Review"],
        **{f"https://schema.org/{name}": value for name, value in review.items() if not name.startswith("@")},
    },
    "context defines names": lambda review, _: {
        **_without("claimReviewed", "@context")(review, _),
        "@context": [{"said": {"@id": "sdo:claimReviewed"}, "sdo": "http://schema.org/"}, "https://schema.org"],
        "said": review["claimReviewed"],
    },
    "review is in an article": lambda review, _: {"@type": "NewsArticle", "headline": "News", "review": [review]},
    "type is lower case": _with(**{"@type": "claimReview"}),
    "type is missing": _without("@type"),
    "another type": lambda _, rng: {"@type": rng.choice(["NewsArticle", "WebPage"]), "name": "Not a review"},
    "empty": lambda _, rng: rng.choice([{}, [], None, "", 0, "a text", True]),
    "title repeats the claim": lambda review, _: {**review, "headline": review["claimReviewed"]},
    "several claims on a page": _with(url="https://www.plaincheck.example.org/live"),
}
"""What goes wrong, and how it is done to a review."""


def reviews(count: int, seed: int = 0, *, mess: float = 0.2) -> Iterator[Any]:
    """
    Make items of a feed, the same for the same seed.

    Args:
        count: How many.
        seed: Of the random numbers.
        mess: How many of all have a fault; some of them repeat an item before.
    """
    rng = random.Random(seed)
    faults = list(FAULTS.values())
    before: Any = None
    for number in range(count):
        review = _review(rng, number)
        if rng.random() < mess:
            review = before if before and rng.random() < 0.05 else rng.choice(faults)(review, rng)
        before = review
        yield review


def feed(count: int, seed: int = 0, *, mess: float = 0.2, form: str = "datafeed") -> Iterator[str]:
    """
    Make a feed, piece by piece.

    Args:
        count: How many items.
        seed: Of the random numbers.
        mess: How many of all have a fault.
        form: ``datafeed``, ``graph``, ``array``, ``itemlist`` or ``lines``.
    """
    head, wrap, tail = {
        "datafeed": (
            '{"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": [',
            "item",
            '], "name": "A feed"}',
        ),
        "graph": ('{"@context": "https://schema.org", "@graph": [', "", "]}"),
        "array": ("[", "", "]"),
        "itemlist": ('{"@type": "ItemList", "itemListElement": [', "item", "]}"),
        "lines": ("", "", ""),
    }[form]
    yield head + "\n"
    for number, review in enumerate(reviews(count, seed, mess=mess)):
        item = {"@type": "DataFeedItem", "dateCreated": "2024-01-01", wrap: review} if wrap else review
        comma = "," if number and form != "lines" else ""
        yield (
            comma
            + json.dumps(item, ensure_ascii=number % 2 == 0, indent=1 if number % 10 == 0 and form != "lines" else None)
            + "\n"
        )
    yield tail + "\n"


if __name__ == "__main__":
    sys.stdout.writelines(feed(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))

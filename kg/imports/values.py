"""
The values of a feed as they come, made into clean text, days, addresses and language tags, or refused.

Source: schema.org data types; RFC 3986; BCP 47; ISO 8601.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

import langcodes
from dateutil import parser as dates
from markupsafe import Markup

__all__ = ["Days", "UnreadableError", "first_text", "members", "read_days", "read_language", "read_url", "url_key"]

_UNSEEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_MARKUP: Final = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_TEXT_MEMBERS: Final = ("@value", "name", "text", "alternateName", "headline", "description")
_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?")
_YEARS: Final = range(1800, 2101)
_HOST: Final = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_PATH_SAFE: Final = "/:@!$&'()*+,;=~-._%"
_LONGEST_URL: Final = 2000
_LONGEST_SHORT: Final = 80
"""How long a date or a language may be."""


class UnreadableError(ValueError):
    """A value cannot be read; the text says why, as a name of a reason."""


@dataclass(frozen=True, slots=True)
class Days:
    """A date as precise as it was given (``lexical``, of the XSD type ``datatype``), and its first and last day."""

    lexical: str
    datatype: str
    first: str
    last: str


def members(value: Any) -> Iterator[Any]:
    """Give the members of a value that may be one or several, without what is empty."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, list):
            yield from members(each)
        elif each not in (None, "", {}):
            yield each


def first_text(value: Any, names: Iterable[str] = _TEXT_MEMBERS) -> str:
    """
    Give the first text of a value in plain words: no markup, no unseen characters, single blanks; "" if there is none.

    >>> first_text([None, {"name": "<b>Half&nbsp;True</b> "}])
    'Half True'

    Args:
        value: A text, a number, an object, or a list of them.
        names: The members of an object that hold its text, the best first.
    """
    for each in members(value):
        if isinstance(each, dict):
            each = next(filter(None, (first_text(each.get(name), ("@value",)) for name in names)), "")
        elif isinstance(each, bool) or not isinstance(each, str | int | float):
            continue
        text = _clean(str(each))
        if text:
            return text
    return ""


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable() and not _MARKUP.search(text):
        return " ".join(text.split())
    if _MARKUP.search(text):
        text = Markup(text).striptags()  # noqa: S704 - what comes out is plain text
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub(" ", text)).split())


def read_days(value: Any, *, day_first: bool | None = None) -> Days | None:
    """
    Read a date in one of its many spellings; None if there is none.

    >>> read_days("Tue, 03 Mar 2020 10:00:00 GMT").lexical
    '2020-03-03'

    Args:
        value: What stands in the feed.
        day_first: Whether 03/04/2020 is in April; None refuses it.

    Raises:
        UnreadableError: It is no date, no likely one, or could be two.
    """
    text = first_text(value, ("@value",))
    if not text:
        return None
    if len(text) > _LONGEST_SHORT:
        raise UnreadableError("date-unreadable")
    found = _DAY.fullmatch(text)
    year, month, day = (int(part) if part else 0 for part in found.groups()) if found else _spelled(text, day_first)
    if year not in _YEARS:
        raise UnreadableError("date-unlikely")
    try:
        first = date(year, month or 1, day or 1)
    except ValueError as error:
        raise UnreadableError("date-unreadable") from error
    last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    length, datatype = (10, "xsd:date") if day else (7, "xsd:gYearMonth") if month else (4, "xsd:gYear")
    return Days(first.isoformat()[:length], datatype, first.isoformat(), last.isoformat())


@lru_cache(maxsize=4096)
def _spelled(text: str, day_first: bool | None) -> tuple[int, int, int]:
    """Read a date in words or with slashes; two readings from different days tell which parts it has."""
    if (re.fullmatch(r"[\d.\s-]*", text) and not re.search(r"\d{4}", text)) or re.fullmatch(r"\d{9,}|\d{5,7}", text):
        raise UnreadableError("date-unreadable")
    one, other = (
        _parsed(text, datetime(2000, 1, 1), bool(day_first)),
        _parsed(text, datetime(2004, 2, 2), bool(day_first)),
    )
    if one.year != other.year or one.month != other.month:
        raise UnreadableError("date-unreadable")
    is_numeric = re.match(r"\s*\d{1,2}\s*[./ -]\s*\d{1,2}\s*[./ -]", text)
    if is_numeric and day_first is None and one.date() != _parsed(text, datetime(2000, 1, 1), True).date():
        raise UnreadableError("date-ambiguous")
    return one.year, one.month, one.day if one.day == other.day else 0


def _parsed(text: str, default: datetime, day_first: bool) -> datetime:
    try:
        return dates.parse(text, default=default, dayfirst=day_first, ignoretz=True)
    except (ValueError, OverflowError) as error:
        raise UnreadableError("date-unreadable") from error


def read_url(value: Any, bases: Iterable[str] = ()) -> str:
    """
    Read the address of a page on the web, escaped as IRIs of RDF must be; "" if there is none.

    >>> read_url(" http://EXAMPLE.org/a b ")
    'http://example.org/a%20b'

    Args:
        value: What stands in the feed.
        bases: Addresses that a relative one may be relative to, the best first.

    Raises:
        UnreadableError: It is none.
    """
    text = "".join(first_text(value, ("url", "@id", "@value")).split("\n"))
    if not text:
        return ""
    candidates = [text, *(urljoin(base, text) for base in bases if base)] if len(text) <= _LONGEST_URL else []
    for candidate in candidates:
        parts = _split(candidate)
        if parts:
            return urlunsplit(parts)
    raise UnreadableError("url-unusable")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    path, query, fragment = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    return SplitResult(parts.scheme, host + port, path, query, fragment)


def _quoted(part: str) -> str:
    return quote(re.sub(r"%(?![0-9a-fA-F]{2})", "%25", part), safe=_PATH_SAFE + "?")


def url_key(url: str) -> str:
    """Give what addresses of one page have in common: neither scheme, www., fragment nor a slash at the end."""
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


@lru_cache(maxsize=1024)
def _language(text: str) -> str:
    try:
        tag = langcodes.standardize_tag(text)
    except ValueError:
        return ""
    return tag if langcodes.tag_is_valid(tag) else ""


def read_language(value: Any) -> str:
    """
    Read a language tag in the form in use; "und" if there is none.

    Raises:
        UnreadableError: It is none.
    """
    text = first_text(value, ("@value", "alternateName", "name"))
    tag = "und" if not text else _language(text.replace("_", "-")) if len(text) <= _LONGEST_SHORT else ""
    if not tag:
        raise UnreadableError("language-unknown")
    return tag

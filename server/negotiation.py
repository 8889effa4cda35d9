"""
Which format an answer is written in, and how it is coded on its way.

Source: HTTP Semantics (RFC 9110), sections 12.5.1 and 12.5.3.
"""

from collections.abc import Sequence
from functools import lru_cache

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from kg.errors import FormatError
from kg.formats import Format, ResultKind, formats_for, named_format

__all__ = ["HTML", "choose_coding", "choose_format", "choose_media_type"]

HTML = "text/html"
_PAGE = "html"
_CODINGS = ("zstd", "br", "gzip")
_KNOWN = 1000
"""How many headers are remembered with what was chosen for them."""
_LONGEST_KNOWN = 500
"""How long such a header may be, so that nobody fills the memory."""


def choose_format(accept: str, kind: ResultKind, *, name: str | None = None, with_page: bool = False) -> Format | None:
    """
    Choose the format of an answer.

    Args:
        accept: An Accept header; an empty one gets the default of the kind.
        kind: What is answered.
        name: A format that the client names, which wins over the header; ``html`` is the page.
        with_page: Whether there is a page for people too.

    Returns:
        A row of the table of formats, or None for the page.

    Raises:
        FormatError: Nothing that the client accepts exists for this kind.
    """
    if name == _PAGE and with_page:
        return None
    if name:
        return named_format(name, kind)
    return (_best_format if len(accept) <= _LONGEST_KNOWN else _best_format.__wrapped__)(accept, kind, with_page)


@lru_cache(maxsize=_KNOWN)
def _best_format(accept: str, kind: ResultKind, with_page: bool) -> Format | None:
    rows = formats_for(kind)
    offers = [row.media_types for row in rows] + ([(HTML,)] if with_page else [])
    chosen = choose_media_type(accept, offers)
    return next((row for row in rows if row.media_type == chosen), None)


def choose_media_type(accept: str, offers: Sequence[tuple[str, ...]]) -> str:
    """
    Choose the offer that a client likes best; of equals the one it names most closely, then the first.

    Args:
        accept: An Accept header; parameters of its media types, such as a charset, are passed over.
        offers: The media type of each offer and others that are met by it too; the default comes first.

    Returns:
        The media type of the offer itself.

    Raises:
        FormatError: None is acceptable; it lists them.
    """
    names = [offer[0] for offer in offers]
    if not accept.strip() or accept == "*/*":
        return names[0]
    ranges = [(value.split(";")[0].strip().lower(), quality) for value, quality in parse_accept_header(accept)]
    quality, _, place = max((*_rate(offer, ranges), -place) for place, offer in enumerate(offers))
    if quality <= 0:
        raise FormatError(f'nothing that "{accept[:80]}" accepts can be given, only {", ".join(names)}', names)
    return names[-place]


def choose_coding(accept_encoding: str) -> str | None:
    """Choose a content coding that a client accepts, or None for the bytes as they are."""
    if not accept_encoding:
        return None
    return (_best_coding if len(accept_encoding) <= _LONGEST_KNOWN else _best_coding.__wrapped__)(accept_encoding)


@lru_cache(maxsize=_KNOWN)
def _best_coding(accept_encoding: str) -> str | None:
    accepted = parse_accept_header(accept_encoding, Accept)
    best = max(_CODINGS, key=lambda coding: (accepted[coding], -_CODINGS.index(coding)))
    return best if accepted[best] > 0 else None


def _rate(offer: tuple[str, ...], ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Give the quality of an offer by the range that fits it most closely, and how closely that is."""
    closeness = {"*/*": 0, offer[0].split("/")[0] + "/*": 1, **dict.fromkeys(offer, 2), offer[0]: 3}
    fitting = [(closeness[value], quality) for value, quality in ranges if value in closeness]
    return max(fitting, default=(-1, 0.0))[::-1]

"""
Which format an answer is written in.

Source: HTTP Semantics (RFC 9110), section 12.5.1.
"""

from collections.abc import Sequence

from flask import Request

from kg.errors import FormatError
from kg.formats import Format, ResultKind, formats_for, named_format

__all__ = ["HTML", "choose_format", "choose_media_type"]

HTML = "text/html"


def choose_format(
    request: Request, kind: ResultKind, *, name: str | None = None, with_page: bool = False
) -> Format | None:
    """
    Choose the format of an answer.

    Args:
        request: Its Accept header is met; one that is absent gets the default of the kind.
        kind: What is answered.
        name: A format that the client names, which wins over the header.
        with_page: Whether there is a page for people too.

    Returns:
        A row of the table of formats, or None for the page.

    Raises:
        FormatError: Nothing that the client accepts exists for this kind.
    """
    if name:
        return named_format(name, kind)
    rows = {media_type: row for row in reversed(formats_for(kind)) for media_type in row.media_types}
    offers = [media_type for row in formats_for(kind) for media_type in row.media_types]
    return rows.get(choose_media_type(request, [*offers, HTML] if with_page else offers))


def choose_media_type(request: Request, offers: Sequence[str]) -> str:
    """
    Choose the offer that a client likes best; of equals the one it names most closely, then the first.

    Args:
        request: Its Accept header is met.
        offers: Media types, the default first.

    Raises:
        FormatError: None is acceptable; it lists them.
    """
    if not request.accept_mimetypes.provided or not request.headers.get("Accept", "").strip():
        return offers[0]
    ranges = [(value.split(";")[0].strip().lower(), quality) for value, quality in request.accept_mimetypes]
    rated = [(*_rate(offer, ranges), -place, offer) for place, offer in enumerate(offers)]
    quality, _, _, best = max(rated)
    if quality <= 0:
        shown = request.headers["Accept"][:80]
        raise FormatError(f'nothing that "{shown}" accepts can be given, only {", ".join(offers)}', offers)
    return best


def _rate(offer: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Give the quality of an offer by the range that fits it most closely, and how closely that is."""
    fits = {offer: 2, offer.split("/")[0] + "/*": 1, "*/*": 0}
    return max(((fits[value], quality) for value, quality in ranges if value in fits), default=(-1, 0.0))[::-1]

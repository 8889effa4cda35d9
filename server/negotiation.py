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
    rows = formats_for(kind)
    offers = [row.media_types for row in rows] + ([(HTML,)] if with_page else [])
    chosen = choose_media_type(request, offers)
    return next((row for row in rows if row.media_type == chosen), None)


def choose_media_type(request: Request, offers: Sequence[tuple[str, ...]]) -> str:
    """
    Choose the offer that a client likes best; of equals the one it names most closely, then the first.

    Args:
        request: Its Accept header is met; parameters of its media types, such as a charset, are passed over.
        offers: The media type of each offer and others that are met by it too; the default comes first.

    Returns:
        The media type of the offer itself.

    Raises:
        FormatError: None is acceptable; it lists them.
    """
    names = [offer[0] for offer in offers]
    if not request.headers.get("Accept", "").strip():
        return names[0]
    ranges = [(value.split(";")[0].strip().lower(), quality) for value, quality in request.accept_mimetypes]
    quality, _, place = max((*_rate(offer, ranges), -place) for place, offer in enumerate(offers))
    if quality <= 0:
        shown = request.headers["Accept"][:80]
        raise FormatError(f'nothing that "{shown}" accepts can be given, only {", ".join(names)}', names)
    return names[-place]


def _rate(offer: tuple[str, ...], ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Give the quality of an offer by the range that fits it most closely, and how closely that is."""
    closeness = {"*/*": 0, offer[0].split("/")[0] + "/*": 1, **dict.fromkeys(offer, 2), offer[0]: 3}
    fitting = [(closeness[value], quality) for value, quality in ranges if value in closeness]
    return max(fitting, default=(-1, 0.0))[::-1]

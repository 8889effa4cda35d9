"""
Relative IRIs to absolute ones.

Python's ``urljoin`` drops an empty fragment and resolves nothing against ``urn:`` and other schemes that it does not
know, so this is done here.

Source: RFC 3986, sections 5.2 and 5.3. An IRI that has a scheme or a host stays as it is written, as in the engine:
IRIs are compared by their characters.
"""

import re
from typing import Final

__all__ = ["resolve_iri"]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_PARTS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)


def resolve_iri(iri: str, base: str) -> str:
    """
    Give the absolute IRI that a reference stands for.

    >>> resolve_iri("../c#", "http://a.example/x/y?q#f")
    'http://a.example/c#'

    Args:
        iri: What stands between the angle brackets.
        base: An absolute IRI, or nothing to leave relative ones as they are.
    """
    if not base or _SCHEME.match(iri):
        return iri
    scheme, host, path, query, _ = _parts(base)
    _, own_host, own_path, own_query, fragment = _parts(iri)
    if own_host:
        return scheme + iri
    if not own_path:
        return scheme + host + path + (own_query or query) + fragment
    if not own_path.startswith("/"):
        own_path = ("/" if host and not path else path[: path.rfind("/") + 1]) + own_path
    return scheme + host + _without_dots(own_path) + own_query + fragment


def _parts(iri: str) -> list[str]:
    found = _PARTS.fullmatch(iri)
    return [part or "" for part in found.groups()] if found else ["", "", iri, "", ""]


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)

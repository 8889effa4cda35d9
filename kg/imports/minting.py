"""
IRIs for what a feed speaks of, made from the address of a review and the claim, and from names.

The same feed gives the same IRIs. Each ends in a part of a digest, so that it is unlike any that people choose.

Source: docs/decisions/0011-claim-reviews-become-records-that-await-a-curator.md.
"""

import re
import unicodedata
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from kg.imports.values import url_key

__all__ = ["actor_name", "key_of", "page_name", "slug"]

_KEY_LENGTH: Final = 16
_SLUG_LENGTH: Final = 40
_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


def key_of(*parts: str) -> str:
    """Give sixteen hexadecimal digits for some texts."""
    return sha256("\n".join(parts).encode()).hexdigest()[:_KEY_LENGTH]


def slug(text: str) -> str:
    """
    Give the Latin letters and digits of a text, with hyphens between; "" if it has none.

    >>> slug("José Ñandú & Sons")
    'jose-nandu-sons'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUG.sub("-", plain).strip("-")[:_SLUG_LENGTH].rstrip("-")


def page_name(url: str, *parts: str) -> str:
    """Give the last part of the IRI of a page, or of what stands on it as ``parts``."""
    host = slug((urlsplit(url).hostname or "").removeprefix("www.")) or "feed"
    return f"{host}-{key_of(url_key(url), *parts)}"


def actor_name(name: str) -> str:
    """Give the last part of the IRI of an actor; another spelling is another actor, until a curator merges them."""
    return f"{slug(name) or 'actor'}-{key_of(name)}"

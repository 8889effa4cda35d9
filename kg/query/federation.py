"""
Which other endpoints a query may ask by SERVICE.

It is judged by tokens: comments, case, nesting and prefixed names change nothing. What cannot be read off the text,
such as a variable, a relative IRI or one with escapes, is refused.

Source: SPARQL 1.1 Federated Query, section 2.
"""

import ipaddress
import socket
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from kg.errors import QueryRefusedError
from kg.query.tokens import Token
from kg.text_lines import line_and_column

__all__ = ["judge_service"]


def judge_service(text: str, words: Sequence[Token], prefixes: tuple[str, ...]) -> None:
    """
    Judge every SERVICE of a query.

    Args:
        text: The query.
        words: Its tokens.
        prefixes: What the IRI of an endpoint must begin with; none forbids SERVICE.

    Raises:
        QueryRefusedError: A SERVICE asks what it may not.
    """
    for place, word in enumerate(words):
        if not word.is_keyword("SERVICE"):
            continue
        rest = [one for one in words[place + 1 : place + 3] if not one.is_keyword("SILENT")]
        problem = _problem(rest[0] if rest else None, words, prefixes)
        if problem:
            line, column = line_and_column(text, word.start)
            raise QueryRefusedError(f"query, line {line}, column {column}: {problem}")


def _problem(target: Token | None, words: Sequence[Token], prefixes: tuple[str, ...]) -> str | None:
    if not prefixes:
        return (
            "SERVICE asks another server, which this endpoint does not do: ask both endpoints from your own SPARQL tool"
        )
    iri = _iri(target, words)
    if iri is None:
        return "SERVICE must name its endpoint by a plain absolute IRI"
    if not any(_begins_with(iri, prefix) for prefix in prefixes):
        return f"SERVICE may ask only what begins with {', '.join(prefixes)}"
    if not _is_public(iri):
        return f"the host of <{iri[:100]}> is unknown or has a private address"
    return None


def _iri(target: Token | None, words: Sequence[Token]) -> str | None:
    if target is None or "\\" in target.text:
        return None
    if target.kind == "iri":
        iri = target.text[1:-1]
        return iri if iri.startswith(("http://", "https://")) else None
    if target.kind != "name":
        return None
    prefix, _, local = target.text.partition(":")
    declared = [
        iri.text[1:-1]
        for (keyword, name), (_, iri) in pairwise(pairwise(words))
        if keyword.is_keyword("PREFIX") and name.text == prefix + ":" and iri.kind == "iri" and "\\" not in iri.text
    ]
    return declared[0] + local if len(declared) == 1 and "%" not in local else None


def _begins_with(iri: str, prefix: str) -> bool:
    """Compare whole parts of an IRI, so that a host is never taken for the beginning of another."""
    rest = iri.removeprefix(prefix)
    return iri.startswith(prefix) and (not rest or prefix.endswith("/") or rest[0] in "/?#")


def _is_public(iri: str) -> bool:
    try:
        host = urlsplit(iri).hostname
        found = socket.getaddrinfo(host, None) if host else []
    except (OSError, ValueError):  # nobody knows the host, or it is none
        return False
    return bool(found) and all(ipaddress.ip_address(address[4][0]).is_global for address in found)

"""The words of the pages in each language there is, and the languages that a reader prefers."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from kg.query import is_language

__all__ = ["DEFAULT_LANGUAGE", "choose_texts", "preferred_languages"]

DEFAULT_LANGUAGE = "en"
_TEXTS = Path(__file__).resolve().parent / "texts"
_MOST_LANGUAGES = 5


def preferred_languages(accept_language: str) -> tuple[str, ...]:
    """
    Give the languages that a reader prefers, the best first, each before its parent, and at the end the default one.

    Args:
        accept_language: An Accept-Language header; what is no language in it is passed over.

    Source: HTTP Semantics (RFC 9110), section 12.5.4; Matching of Language Tags (RFC 4647), section 3.4.
    """
    ranges = parse_accept_header(accept_language[:500], LanguageAccept)
    wished = [tag for tag, quality in ranges if quality > 0 and is_language(tag)]
    with_parents = [one for tag in wished[:_MOST_LANGUAGES] for one in (tag, tag.partition("-")[0])]
    return tuple(dict.fromkeys([*with_parents, DEFAULT_LANGUAGE]))


def choose_texts(languages: tuple[str, ...]) -> tuple[str, Mapping[str, Any]]:
    """
    Choose the words of the pages.

    Args:
        languages: What :func:`preferred_languages` gave.

    Returns:
        The language, and its words by their groups.
    """
    texts = _read_texts()
    language = next((tag for tag in languages if tag in texts), DEFAULT_LANGUAGE)
    return language, texts[language]


@cache
def _read_texts() -> Mapping[str, Mapping[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_TEXTS.glob("*.toml"))}

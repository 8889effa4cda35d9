"""The words of the pages in each language there is, and the languages that a reader prefers."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from string import Formatter
from typing import Any, Final

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from kg.errors import ConfigError
from kg.query import is_language

__all__ = ["DEFAULT_LANGUAGE", "Catalogue", "Words", "preferred_languages", "read_catalogue"]

DEFAULT_LANGUAGE: Final = "en"
_TEXTS: Final = Path(__file__).resolve().parent / "texts"
_OPEN_GROUPS: Final = frozenset({"classes", "topics"})
"""Groups whose keys come from a directory: its classes, and the tags of its saved queries. It need not have ours."""
_DIRECTION: Final = "direction"
_DIRECTIONS: Final = ("ltr", "rtl")
_MOST_LANGUAGES: Final = 5
_MOST_NAMED: Final = 5
Words = Mapping[str, Any]
"""The words of one language, by their groups."""


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


@dataclass(frozen=True)
class Catalogue:
    """The words of the pages, by the language tag of each language."""

    texts: Mapping[str, Words]

    def choose(self, languages: tuple[str, ...]) -> tuple[str, Words]:
        """
        Choose the words of the pages.

        Args:
            languages: What :func:`preferred_languages` gave.

        Returns:
            The language, and its words.
        """
        spelt = {tag.lower(): tag for tag in self.texts}
        language = next((spelt[tag.lower()] for tag in languages if tag.lower() in spelt), DEFAULT_LANGUAGE)
        return language, self.texts[language]

    @cached_property
    def digest(self) -> str:
        """What changes with any word."""
        return sha256(json.dumps(self.texts, sort_keys=True).encode()).hexdigest()


def read_catalogue(folder: Path) -> Catalogue:
    """
    Read the words that come with the package, and lay those of a knowledge graph directory over them.

    Args:
        folder: Holds a file for each language, such as ``fr.toml``; it may be absent. A file of a language that the
            package speaks says only what differs; one of another language says everything.

    Raises:
        ConfigError: A file is named after no language, has a key that no page asks for, lacks one, or has a text with
            other places for values than ours.
    """
    texts: dict[str, Words] = {path.stem: _read(path) for path in sorted(_TEXTS.glob("*.toml"))}
    ours = dict(_leaves(texts[DEFAULT_LANGUAGE]))
    for path in sorted(folder.glob("*.toml")):
        given = _read(path)
        said = dict(_leaves(given))
        _require_known(path, said, ours)
        if path.stem not in texts:
            _require_whole(path, said, ours)
        texts[path.stem] = _laid_over(texts.get(path.stem, {}), given)
    return Catalogue(texts)


def _read(path: Path) -> dict[str, Any]:
    if not is_language(path.stem):
        raise _wrong(path, "is named after no language, expected a name such as fr.toml or pt-BR.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, f"cannot be read as TOML: {error}") from error


def _leaves(words: Words) -> Iterator[tuple[str, object]]:
    """Give each text by its group and key, such as ``layout.skip``."""
    for name, value in words.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", text) for key, text in value.items())
        else:
            yield name, value


def _require_known(path: Path, said: Mapping[str, object], ours: Mapping[str, object]) -> None:
    for key, text in said.items():
        if not isinstance(text, str):
            raise _wrong(path, f"{key} is {text!r}, expected a text")
        if key == _DIRECTION and text not in _DIRECTIONS:
            raise _wrong(path, f'{key} is "{text}", expected {" or ".join(_DIRECTIONS)}')
        if key.partition(".")[0] in _OPEN_GROUPS:
            continue
        if key not in ours:
            raise _wrong(path, f"{key} is asked for by no page, expected only keys of {DEFAULT_LANGUAGE}.toml")
        found, expected = _places(path, key, text), _places(path, key, str(ours[key]))
        if not found <= expected:
            listed = " and ".join(f"{{{one}}}" for one in sorted(expected)) or "none"
            raise _wrong(path, f"{key} has a place for {{{min(found - expected)}}}, expected {listed}")


def _places(path: Path, key: str, text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise _wrong(path, f"{key} has a brace that is not closed or not opened: {error}") from error


def _require_whole(path: Path, said: Mapping[str, object], ours: Mapping[str, object]) -> None:
    missing = [key for key in ours if key not in said and key.partition(".")[0] not in _OPEN_GROUPS]
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        raise _wrong(path, f"lacks {', '.join(missing[:_MOST_NAMED])}{more}: a new language says everything")


def _laid_over(below: Words, above: Words) -> Words:
    merged = {name: {**below.get(name, {}), **value} for name, value in above.items() if isinstance(value, dict)}
    return {**below, **above, **merged}


def _wrong(path: Path, problem: str) -> ConfigError:
    return ConfigError(f"{path.parent.name}/{path.name}: {problem}")

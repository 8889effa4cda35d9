"""
What a check holds a graph to beyond its shapes: the tables ``[check...]`` of ``agon.toml``.

Every promise of a particular graph stands here as a setting; no rule knows one by itself.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec

from kg.errors import TermSyntaxError
from kg.terms import parse_term

__all__ = ["CheckSettings", "CopiedWords", "Links", "LoadedWords", "Quotations", "Waiver"]


def _require_patterns(setting: str, patterns: Iterable[str]) -> None:
    """Refuse what is no regular expression; the error that msgspec makes of this one names the table."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f'{setting} has "{pattern}", which is no regular expression: {error}') from error


def _require_iris(setting: str, iris: Iterable[str]) -> None:
    """Refuse what is no absolute IRI."""
    for iri in iris:
        try:
            parse_term(iri, "iri")
        except TermSyntaxError as error:
            raise ValueError(f'{setting} has "{iri}", expected an absolute IRI without angle brackets') from error


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of ``agon.toml``, in which an unknown setting is refused."""


class Waiver(_Table, frozen=True):
    """Findings that are accepted, and why; each of ``files`` (a glob) and ``focus_node`` narrows them down."""

    rule: str
    reason: str
    files: str = "*"
    focus_node: str = ""


class Quotations(_Table, frozen=True):
    """How many words a quotation may have: in a row, and all together (0 sets no bound)."""

    properties: tuple[str, ...] = ()
    max_words: int = 10
    max_words_total: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no IRI."""
        _require_iris("properties", self.properties)


class CopiedWords(_Table, frozen=True):
    """
    Texts of which no run of words may be copied, as files of digests (see ``tools/shingles.py``).

    ``exempt`` are the properties of quotations and names, which are given as they are.
    """

    digests: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no IRI."""
        _require_iris("exempt", self.exempt)


class LoadedWords(_Table, frozen=True):
    """
    Words that take a side, and the properties in whose texts, written in our own voice, none may stand.

    A word fits as a whole and in any case; a star at its end or its beginning stands for any letters.
    """

    words: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no IRI."""
        _require_iris("properties", self.properties)

    def found_in(self, text: str) -> list[str]:
        """Give those words of a text that take a side, each once."""
        return list(dict.fromkeys(_any_of(self.words).findall(text))) if self.words else []


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    forms = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


class Links(_Table, frozen=True):
    """
    The properties that say of a thing of ours which thing elsewhere it is, and where links may lead.

    Each of ``targets`` is a regular expression that the whole IRI of a thing in one other dataset fits.
    """

    properties: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a pattern or an IRI that is none."""
        _require_patterns("targets", self.targets)
        _require_iris("properties", self.properties)


class CheckSettings(_Table, frozen=True):
    """
    The table ``[check]``.

    ``data`` and ``shapes`` are folders or files of the directory; ``own_iris`` is what the IRIs begin with that some
    file must describe; ``iri_pattern`` is a regular expression that each of them fits as a whole; ``blank_nodes`` says
    where they may stand; ``named_by`` are the properties of which a described thing must have one, unless it is of a
    class in ``unnamed``; ``acyclic`` are properties that lead nowhere back; ``forbidden_terms`` are IRIs that no
    statement uses; ``severity`` maps rules to another severity or to ``off``; ``baseline`` is the file of the findings
    that are accepted for now.
    """

    data: tuple[str, ...] = ("graph_data", "ontology")
    shapes: tuple[str, ...] = ("ontology/shapes",)
    own_iris: tuple[str, ...] = ()
    iri_pattern: str = ""
    blank_nodes: Literal["any", "nested", "none"] = "any"
    named_by: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    acyclic: tuple[str, ...] = ()
    forbidden_terms: tuple[str, ...] = ()
    severity: dict[str, Literal["violation", "warning", "info", "off"]] = {}
    baseline: str = ""
    waivers: tuple[Waiver, ...] = ()
    quotations: Quotations = Quotations()
    copied_words: CopiedWords = CopiedWords()
    loaded_words: LoadedWords = LoadedWords()
    links: Links = Links()

    def __post_init__(self) -> None:
        """Refuse a pattern or an IRI that is none."""
        _require_patterns("iri_pattern", [self.iri_pattern])
        for setting in ("own_iris", "named_by", "unnamed", "acyclic", "forbidden_terms"):
            _require_iris(setting, getattr(self, setting))

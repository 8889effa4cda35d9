"""
What a check holds a graph to beyond its shapes: the tables ``[check...]`` of ``agon.toml``.

Every promise of a particular graph stands here as a setting; no rule knows one by itself.
"""

from typing import Literal

import msgspec

__all__ = ["CheckSettings", "CopiedWords", "LoadedWords", "Quotations", "Waiver"]


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


class CopiedWords(_Table, frozen=True):
    """
    Texts of which no run of words may be copied, as files of digests (see ``tools/shingles.py``).

    ``exempt`` are the properties of quotations and names, which are given as they are.
    """

    digests: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()


class LoadedWords(_Table, frozen=True):
    """Words that take a side, and the properties in whose texts, written in our own voice, none may stand."""

    words: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


class CheckSettings(_Table, frozen=True):
    """
    The table ``[check]``.

    ``data`` and ``shapes`` are folders or files of the directory; ``own_iris`` is what the IRIs begin with that some
    file must describe; ``iri_pattern`` is a regular expression that each of them fits as a whole; ``blank_nodes`` says
    where they may stand; ``named_by`` are the properties of which a described thing must have one; ``acyclic`` are
    properties that lead nowhere back; ``severity`` maps rules to another severity or to ``off``; ``baseline`` is the
    file of the findings that are accepted for now.
    """

    data: tuple[str, ...] = ("graph_data", "ontology")
    shapes: tuple[str, ...] = ("ontology/shapes",)
    own_iris: tuple[str, ...] = ()
    iri_pattern: str = ""
    blank_nodes: Literal["any", "nested", "none"] = "any"
    named_by: tuple[str, ...] = ()
    acyclic: tuple[str, ...] = ()
    severity: dict[str, Literal["violation", "warning", "info", "off"]] = {}
    baseline: str = ""
    waivers: tuple[Waiver, ...] = ()
    quotations: Quotations = Quotations()
    copied_words: CopiedWords = CopiedWords()
    loaded_words: LoadedWords = LoadedWords()

"""
Rules for literals as a file writes them, and for triples that are stated twice.

Source: RDF 1.1 Concepts, section 3.3; RFC 5646, section 2.2.9 (valid language tags), and the IANA Language Subtag
Registry by way of langcodes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from kg.dataset import SourceFile
from kg.findings import Severity
from kg.formats import has_tokens
from kg.locator import token_location
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.terms import BlankNode, Quad, Triple
from kg.turtle import locate_statements

__all__ = ["LITERAL_RULES"]

_TAG: Final = re.compile(r"@([A-Za-z]+(?:-[A-Za-z0-9]+)*)")
_DIRECTIVES: Final = {"base", "prefix", "version"}
_STILL_GOOD: Final = {"tl"}
"""Language subtags that langcodes replaces though the registry does not."""
_BREAKS: Final = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[tnr]|\t)")
_LONG: Final = ('"""', "'''")
_OTHER_DATATYPE: Final = re.compile(r"\^\^(?!xsd:string\b|<http://www\.w3\.org/2001/XMLSchema#string>)")


def _unknown_languages(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        for tag in sorted(set(_TAG.findall(file.code)) - _DIRECTIVES):
            problem = _problem(tag)
            if problem:
                place = re.search(rf"@{tag}(?![\w-])", file.code)
                message = f"found the language tag @{tag}, {problem}"
                yield Hit(message, location=file.location(place.start() if place else 0))


@cache
def _problem(tag: str) -> str:
    """Say what is wrong with a language tag, and what could be meant."""
    from langcodes import Language, tag_is_valid  # it reads its tables when it is imported

    if not tag_is_valid(tag):
        is_region = len(tag) == 2 and tag[0] not in "QXqx" and tag_is_valid(f"und-{tag}")  # Q and X are for private use
        meant = f"did you mean @{Language.get(f'und-{tag}').maximize().language}?" if is_region else "mend it"
        return f"which the registry of language subtags does not have: {meant}"
    given, better = Language.get(tag, normalize=False), Language.get(tag)
    if given.extlangs or (given.language or "").lower() in _STILL_GOOD or tag.lower().startswith("x-"):
        return ""
    changes = given.language != better.language or given.territory != better.territory
    return f"expected @{better.to_tag()}, which is the form in use" if changes else ""


def _blanks_in_literals(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        is_lines = file.path.endswith((".nq", ".nt"))  # there every text stands on one line
        for piece in file.pieces:
            if piece.lastgroup != "string" or piece[0].startswith(_LONG):
                continue
            problem = _blanks(piece[0], may_break=is_lines)
            if problem and not _OTHER_DATATYPE.match(file.text, piece.end()):
                yield Hit(f"found {piece[0][:80]}, {problem}", location=file.location(piece.start()))


def _blanks(literal: str, *, may_break: bool) -> str:
    text = literal[1:-1]
    if text.strip() and text.strip() != text:
        return "which begins or ends with a blank: remove it"
    if not may_break and ("\\" in text or "\t" in text) and _BREAKS.search(text):
        return "with a tab or a line end inside: write a blank, or a text of several lines in three quotes"
    return ""


def _duplicate_triples(material: Material) -> Iterator[Hit]:
    told: dict[Triple, str] = {}
    for file in filter(lambda each: has_tokens(each.path), material.sources.files):
        counts = Counter(quad.triple for quad in file.quads if not _has_blank_node(quad))
        repeated = {triple for triple, count in counts.items() if count > 1}
        shared = {triple for triple in counts if triple in told}
        if repeated or shared:
            yield from _duplicates(file, material.texts[file.path], repeated, {each: told[each] for each in shared})
        for triple in counts:
            told.setdefault(triple, file.path)


def _duplicates(file: SourceFile, text: str, repeated: set[Triple], shared: Mapping[Triple, str]) -> Iterator[Hit]:
    """Tell of triples at their second place in a file, or at the first one if another file states them too."""
    seen: set[Triple] = set()
    for statement in locate_statements(text, file.graph.value):
        triple = Triple(statement.subject, statement.predicate, statement.value)  # type: ignore[arg-type]
        place = token_location(file.path, statement.value_token)
        if triple in shared and triple not in seen:
            yield Hit(f"this triple is stated in {shared[triple]} too: remove one of the two", triple, place)
        elif triple in repeated and triple in seen:
            yield Hit("this triple is stated before in this file: remove one of the two", triple, place)
        seen.add(triple)


def _has_blank_node(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


LITERAL_RULES: Final = (
    Rule(
        "language-tag",
        RuleKind.FILES,
        Severity.WARNING,
        "Every language tag is made of subtags that the registry has, in the form that is in use.",
        "Write the tag that the message names: en-GB, not en-UK.",
        _unknown_languages,
    ),
    Rule(
        "literal-whitespace",
        RuleKind.FILES,
        Severity.INFO,
        "No text of one line begins or ends with a blank, or has a tab or a line end inside.",
        "Remove the blank; write a text of several lines in three quotes.",
        _blanks_in_literals,
    ),
    Rule(
        "duplicate-triple",
        RuleKind.FILES,
        Severity.INFO,
        "Every triple is stated once, in one file.",
        "Remove one of the two statements.",
        _duplicate_triples,
    ),
)

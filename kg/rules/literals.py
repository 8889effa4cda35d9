"""
Rules for literals as a file writes them, and for triples that are stated twice.

Source: RDF 1.1 Concepts, section 3.3; RFC 5646, section 2.2.9 (valid language tags), and the IANA Language Subtag
Registry by way of langcodes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from langcodes import Language, tag_is_valid

from kg.dataset import SourceFile
from kg.findings import Location, Severity
from kg.locations import Statement, locate_statements
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.terms import BlankNode, Literal, NamedNode, Term, Triple

__all__ = ["LITERAL_RULES"]

_TAG: Final = re.compile(r"@([A-Za-z]+(?:-[A-Za-z0-9]+)*)")
_DIRECTIVES: Final = {"base", "prefix", "version"}
_STILL_GOOD: Final = {"tl"}
"""Language subtags that langcodes replaces though the registry does not."""
_BREAKS: Final = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[tnr]|\t)")
_LONG: Final = ('"""', "'''")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_OTHER_DATATYPE: Final = re.compile(r"\^\^(?!xsd:string\b|<http://www\.w3\.org/2001/XMLSchema#string>)")


def _unknown_languages(material: Material) -> Iterator[Hit]:
    for file in material.readings:
        for tag in sorted(set(_TAG.findall(file.code)) - _DIRECTIVES):
            problem = _problem(tag)
            if problem:
                place = re.search(rf"@{tag}(?![\w-])", file.code)
                message = f"found the language tag @{tag}, {problem}"
                yield Hit(message, location=file.location(place.start() if place else 0), subject=tag)


def _problem(tag: str) -> str:
    """Say what is wrong with a language tag, and what could be meant."""
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
    for file in material.readings:
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
    readings = {reading.path: reading for reading in material.readings}
    for file in material.sources.files:
        counts = Counter(quad.triple for quad in file.quads)
        repeated = [triple for triple, count in counts.items() if count > 1]
        shared = [triple for triple in counts if triple in told and not _has_blank_node(triple)]
        if repeated or shared:
            statements: dict[tuple[str, str], list[Statement]] = {}
            for statement in locate_statements(readings[file.path].text, file.graph.value):
                statements.setdefault((statement.subject, statement.predicate), []).append(statement)
            for triple in repeated:
                yield _duplicate(triple, file, statements, 1, "stated before in this file")
            for triple in shared:
                yield _duplicate(triple, file, statements, 0, f"stated in {told[triple]} too")
        for triple in counts:
            told.setdefault(triple, file.path)


def _duplicate(
    triple: Triple, file: SourceFile, statements: Mapping[tuple[str, str], list[Statement]], number: int, where: str
) -> Hit:
    """Tell of a triple at its first or second place in a file."""
    near = statements.get((_name(triple.subject), triple.predicate.value), [])
    places = [each for each in near if _has_value(each, triple.object)]
    line = places[min(number, len(places) - 1)].value_line if places else 1
    return Hit(f"this triple is {where}: remove one of the two", triple, Location(file.path, line))


def _has_value(statement: Statement, value: Term) -> bool:
    """Tell whether a statement has this value; a literal is compared by its text and its language tag."""
    if isinstance(value, Literal):
        tag = f"@{value.language}" if value.language else ""
        return value.value + tag in {_unquoted(statement.value), statement.value}
    return statement.value == _name(value)


def _name(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _unquoted(written: str) -> str:
    """Give the text of a literal without quotes and escapes, and behind it its language tag."""
    found = re.match(r"""("{3}|'{3}|"|')(?P<text>.*)\1(?P<tag>@[\w-]+)?""", written, re.DOTALL)
    return _unescaped(found["text"]) + (found["tag"] or "").lower() if found else written


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else _ESCAPES[found[3]], text
    )


def _has_blank_node(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


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

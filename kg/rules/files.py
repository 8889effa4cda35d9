"""
Rules for files as bytes and as text, whether they parse or not.

Source: RDF 1.1 Turtle, section 6 (UTF-8); Unicode Standard Annexes 9 (directions), 15 (normal forms) and 31, section
2.3 (joiners).
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from kg.findings import Severity
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.text_lines import LINE_END

__all__ = ["FILE_RULES"]

_LINE_ENDS: Final = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}
_MARKER: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?= |\r?$)", re.MULTILINE)
_JOINERS: Final = "\u200b\u200c\u200d"
_DIRECTIONS: Final = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN: Final = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_JOINERS}{_DIRECTIONS}\u2060\ufeff]")
_RIGHT_TO_LEFT: Final = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_WORD_BEFORE: Final = re.compile(r"[^\s\"'<>]{1,20}\Z")
_NEIGHBOURHOOD: Final = 500
"""How many characters around a mark are looked at for what it belongs to."""
_UNJOINED: Final = {"ARMENIAN", "COMBINING", "COPTIC", "CYRILLIC", "GEORGIAN", "GREEK", "LATIN"}
"""Scripts, as the names of their characters begin, that need no joiners."""


def _undecodable_bytes(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        if file.content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield Hit("found UTF-16, expected UTF-8: save the file as UTF-8", location=file.location(0))
            continue
        try:
            file.content.decode("utf-8")
        except UnicodeDecodeError as error:
            place = len(file.content[: error.start].decode("utf-8"))
            byte = file.content[error.start : error.start + 1]
            letter = byte.decode("cp1252", "ignore")
            guess = f' (in Windows-1252 it is "{letter}")' if letter else ""
            found = f"found the byte 0x{byte.hex().upper()}, which is no UTF-8 here{guess}"
            yield Hit(f"{found}: save the file as UTF-8", location=file.location(place))


def _byte_order_marks(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        if file.content.startswith(codecs.BOM_UTF8):
            message = "found a byte order mark, expected plain UTF-8: save the file without it"
            yield Hit(message, location=file.location(0))


def _mixed_line_ends(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        if b"\r" not in file.content:
            continue
        ends = LINE_END.finditer(file.text)
        first = next(ends)
        other = next((end for end in ends if end[0] != first[0]), None)
        if other:
            found = f"found a line that ends with {_LINE_ENDS[other[0]]}, expected {_LINE_ENDS[first[0]]} as before"
            yield Hit(f"{found}: save the file with one kind of line ends", location=file.location(other.start()))


def _merge_conflicts(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        markers = list(_MARKER.finditer(file.text)) if "\n=======" in file.text or not file.is_parsed else []
        if file.is_parsed and len({marker[0] for marker in markers}) < 3:
            continue  # such a line in a text of several lines is no conflict
        begins = [marker for marker in markers if marker[0][0] == "<"] or markers[:1]
        for marker in begins:
            message = f'found "{marker[0]}", a conflict that git left: keep one of the sides and remove the marks'
            yield Hit(message, location=file.location(marker.start()))


def _unseen_characters(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        told: set[tuple[int, str]] = set()  # each character once a line
        for found in _UNSEEN.finditer(file.text):
            location = file.location(found.start())
            if (location.line, found[0]) not in told and not _is_at_home(file.text, found.start()):
                told.add((location.line, found[0]))
                yield Hit(_unseen(file.text, found.start()), location=location)


def _unseen(text: str, place: int) -> str:
    code = f"{ord(text[place]):04X}"
    before = _WORD_BEFORE.search(_UNSEEN.sub("", text[max(0, place - _NEIGHBOURHOOD) : place]))
    found = f"found U+{code} {unicodedata.name(text[place], 'control character')}"
    where = f' behind "{before[0]}"' if before else ""
    return f"{found}{where}, which nobody sees: remove it, or write it as \\u{code} where it is meant"


def _is_at_home(text: str, place: int) -> bool:
    """Tell whether a mark serves the writing around it, or is the byte order mark, of which another rule speaks."""
    mark = text[place]
    if mark in _JOINERS:
        return any(_is_joined(neighbour) for neighbour in text[max(0, place - 1) : place + 2] if neighbour != mark)
    if re.match(f"[{_DIRECTIONS}]", mark):
        before = LINE_END.split(text[max(0, place - _NEIGHBOURHOOD) : place])[-1]
        return bool(_RIGHT_TO_LEFT.search(before + LINE_END.split(text[place : place + _NEIGHBOURHOOD], maxsplit=1)[0]))
    return mark == "\ufeff" and place == 0


def _is_joined(character: str) -> bool:
    """Tell whether a character is of a script that has joiners, or part of an emoji."""
    category = unicodedata.category(character)
    script = unicodedata.name(character, "").partition(" ")[0]
    return category in {"Sk", "So"} or (category[0] in "LM" and script not in _UNJOINED and not character.isascii())


def _unnormalized_words(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        if unicodedata.is_normalized("NFC", file.text):
            continue
        for word in re.finditer(r"[^\s\"'<>]+", file.text):
            if not unicodedata.is_normalized("NFC", word[0]):
                found = f'found "{word[0][:80]}" in another form than the letters that it looks like'
                message = f"{found}, so that a search does not find it: write it in Unicode normal form C"
                yield Hit(message, location=file.location(word.start()))


FILE_RULES: Final = (
    Rule(
        "encoding",
        RuleKind.FILES,
        Severity.VIOLATION,
        "Every file is UTF-8.",
        "Save the file as UTF-8.",
        _undecodable_bytes,
        explains_syntax=True,
    ),
    Rule(
        "byte-order-mark",
        RuleKind.FILES,
        Severity.VIOLATION,
        "No file begins with a byte order mark.",
        "Save the file as UTF-8 without it.",
        _byte_order_marks,
        explains_syntax=True,
    ),
    Rule(
        "merge-conflict",
        RuleKind.FILES,
        Severity.VIOLATION,
        "No file holds the marks of a conflict that git left.",
        "Keep one of the sides and remove the marks.",
        _merge_conflicts,
        explains_syntax=True,
    ),
    Rule(
        "mixed-line-ends",
        RuleKind.FILES,
        Severity.WARNING,
        "All lines of a file end in the same way.",
        "Save the file with one kind of line ends, best LF.",
        _mixed_line_ends,
    ),
    Rule(
        "control-character",
        RuleKind.FILES,
        Severity.WARNING,
        "No character is invisible, but where the writing needs it, such as joiners in Persian or Hindi.",
        "Remove it, or write it as an escape where it is meant.",
        _unseen_characters,
    ),
    Rule(
        "not-normalized",
        RuleKind.FILES,
        Severity.WARNING,
        "Text is in Unicode normal form C, so that what looks the same is the same.",
        "Write the word anew, or convert the file to normal form C.",
        _unnormalized_words,
    ),
)

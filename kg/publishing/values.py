"""
One spelling for each value, since engines keep values rather than spellings: 3.0 comes back as 3, 007 as 7.

What is no value of its datatype keeps its spelling. An integer type and decimal are one: the former are ranges of the
latter, and engines narrow or widen them.

Source: XML Schema 1.1 Part 2, sections 3.3 and 3.4; RDF 1.1 Concepts, section 3.3 (language tags have no case).
"""

import re
import struct
from collections.abc import Callable
from typing import Final

from kg.namespaces import PREFIXES

__all__ = ["by_value"]

_TYPED: Final = re.compile(rf'"([^"\\]*)"\^\^<{re.escape(PREFIXES["xsd"])}([A-Za-z]+)>')
_EXACT: Final = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*?)0*)?")
_FRACTION: Final = re.compile(r"(:[0-9]{2})(?:(\.[0-9]*[1-9])0*|\.0+)(?![0-9])")
_ZONE: Final = re.compile(r"[+-]00:00$")
_DURATION: Final = re.compile(
    r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(\.[0-9]+)?S)?)?"
)
_INTEGERS: Final = (
    *("byte", "int", "integer", "long", "negativeInteger", "nonNegativeInteger", "nonPositiveInteger"),
    *("positiveInteger", "short", "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort"),
)


def by_value(term: str) -> tuple[str, str]:
    """
    Spell a term so that equal values are spelt alike.

    >>> by_value('"3.0"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    ('"3"^^<http://www.w3.org/2001/XMLSchema#decimal>', 'numbers')
    >>> by_value('"Farbe"@DE-at')
    ('"Farbe"@de-at', 'language tags')

    Args:
        term: A term as N-Triples writes it.

    Returns:
        Its spelling, and what kind of value it is; the kind is empty where there is only one spelling.
    """
    if not term.startswith('"') or term.endswith('"'):
        return term, ""
    if not term.endswith(">"):
        words, quote, tag = term.rpartition('"')
        return words + quote + tag.lower(), "language tags"
    typed = _TYPED.fullmatch(term)
    spell = _SPELLINGS.get(typed[2]) if typed else None
    if typed is None or spell is None:
        return term, ""
    datatype = "decimal" if typed[2] in _INTEGERS else typed[2]
    return f'"{spell(typed[1])}"^^<{PREFIXES["xsd"]}{datatype}>', "numbers" if spell is _exact else f"xsd:{datatype}"


def _exact(text: str) -> str:
    found = _EXACT.fullmatch(text)
    if found is None or not re.search("[0-9]", text):
        return text
    sign, whole, fraction = found.groups()
    digits = (whole or "0") + (f".{fraction}" if fraction else "")
    return ("-" if sign == "-" and digits != "0" else "") + digits


def _double(text: str) -> str:
    try:
        return repr(float(text))
    except ValueError:
        return text


def _float(text: str) -> str:
    try:
        return repr(struct.unpack("f", struct.pack("f", float(text)))[0])
    except (ValueError, OverflowError):
        return text


def _moment(text: str) -> str:
    return _ZONE.sub("Z", _FRACTION.sub(r"\1\2", text))


def _duration(text: str) -> str:
    found = _DURATION.fullmatch(text)
    if found is None or not re.search("[0-9]", text):
        return text
    years, months, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:7])
    fraction = (found[8] or "").rstrip("0").rstrip(".")
    return f"{found[1]}{years * 12 + months} {((days * 24 + hours) * 60 + minutes) * 60 + seconds}{fraction}"


_SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys([*_INTEGERS, "decimal"], _exact),
    **dict.fromkeys(["date", "dateTime", "dateTimeStamp", "gDay", "gMonth", "gMonthDay", "gYear", "time"], _moment),
    **dict.fromkeys(["dayTimeDuration", "duration", "yearMonthDuration"], _duration),
    "boolean": lambda text: {"0": "false", "1": "true"}.get(text, text),
    "double": _double,
    "float": _float,
}

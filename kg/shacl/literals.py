"""
Whether a literal is well-formed, and how two of them compare.

Source: XML Schema 1.1 Part 2; SPARQL 1.1 Query Language, section 17.3 (operator mapping), by which SHACL compares.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from kg.namespaces import PREFIXES
from kg.terms import Literal, Term

__all__ = ["NUMERIC", "OrderKey", "is_before", "is_well_formed", "order_key"]

OrderKey = tuple[str, Any]
"""What kind of value a literal has, and the value; only values of one kind compare."""

_XSD: Final = PREFIXES["xsd"]
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_MONTHS = r"([0-9]+Y)?([0-9]+M)?"
_DAYS = r"([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
_FORMS: Final = {
    "integer": r"[+-]?[0-9]+",
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "double": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "gYear": rf"-?[0-9]{{4,}}{_ZONE}",
    "gYearMonth": rf"-?[0-9]{{4,}}-(0[1-9]|1[0-2]){_ZONE}",
    "date": rf"-?[0-9]{{4,}}-[0-9]{{2}}-[0-9]{{2}}{_ZONE}",
    "dateTime": rf"-?[0-9]{{4,}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]+)?{_ZONE}",
    "time": rf"((([01][0-9]|2[0-3])(:[0-5][0-9]){{2}}(\.[0-9]+)?)|24:00:00(\.0+)?){_ZONE}",
    "duration": rf"-?P(?=[0-9T])({_MONTHS})?({_DAYS})?",
    "yearMonthDuration": rf"-?P(?=[0-9]){_MONTHS}",
    "dayTimeDuration": rf"-?P(?=[0-9T]){_DAYS}",
    "hexBinary": r"([0-9A-Fa-f]{2})*",
}
_PATTERNS: Final = {name: re.compile(form) for name, form in {**_FORMS, "float": _FORMS["double"]}.items()}
_YEAR: Final = re.compile(r"(-?)([0-9]{4,})")
_END_OF_DAY: Final = re.compile(r"T24:00:00(\.0+)?(?![.0-9])")
_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
_EXACT: Final = {"integer", "decimal", *_RANGES}
_FLOATING: Final = {"double", "float"}
NUMERIC: Final = frozenset(_EXACT | _FLOATING)
"""The datatypes of numbers, all of which compare with each other; local names of XML Schema."""
_MOST_OFFSET = timedelta(hours=14)
"""How far the zone of a moment without one may lie from UTC."""


def is_well_formed(literal: Literal) -> bool:
    """Tell whether the lexical form of a literal is one of its datatype; datatypes that we do not know have any."""
    name, text = _local_name(literal), literal.value
    if name in _RANGES:
        low, high = _RANGES[name]
        if not _PATTERNS["integer"].fullmatch(text):
            return False
        value = Decimal(text)  # an int of thousands of digits cannot be read
        return (low is None or value >= low) and (high is None or value <= high)
    if name not in _PATTERNS:
        return True
    if not _PATTERNS[name].fullmatch(text):
        return False
    return name not in {"date", "dateTime"} or _moment(_in_our_years(text)) is not None


def is_before(one: OrderKey | None, other: OrderKey | None, *, or_equal: bool = False) -> bool:
    """
    Tell whether a value is less than another; two that cannot be compared are not.

    Args:
        one: The value that should be less, as :func:`order_key` gives it.
        other: The value that should be greater.
        or_equal: Whether equal values will do.
    """
    if one is None or other is None or one[0] != other[0]:
        return False
    if isinstance(one[1], datetime):
        return _is_earlier(one[1], other[1], or_equal=or_equal)
    return bool(one[1] < other[1] or (or_equal and one[1] == other[1]))


def _is_earlier(one: datetime, other: datetime, *, or_equal: bool) -> bool:
    """Compare moments; where only one has a zone, it must hold whatever the zone of the other is."""
    if (one.tzinfo is None) == (other.tzinfo is None):
        return one < other or (or_equal and one == other)
    if one.tzinfo is None:
        return other - one.replace(tzinfo=UTC) > _MOST_OFFSET
    return other.replace(tzinfo=UTC) - one > _MOST_OFFSET


def order_key(term: Term) -> OrderKey | None:
    """Give what a literal is compared by; nothing where it is ill-formed or has no order."""
    if not isinstance(term, Literal) or not is_well_formed(term):
        return None
    name = _local_name(term)
    reader = _READERS.get(name)
    value = reader(term.value) if reader else None
    return None if value is None else ("number" if name in _EXACT | _FLOATING else name, value)


def _floating(text: str) -> Decimal | None:
    """Read a float or a double; NaN has no order."""
    value = Decimal(repr(float(text.replace("INF", "inf"))))
    return None if value.is_nan() else value


def _in_our_years(text: str) -> str:
    """Move a date or a dateTime to a like year from 2000 to 2399, and the end of a day to its start."""
    year = _YEAR.match(text)
    if year is None:
        return text
    like = 2000 + int(year[1] + year[2][-4:]) % 400  # the calendar repeats after 400 years
    return f"{like}{_END_OF_DAY.sub('T00:00:00', text[year.end() :])}"


def _moment(text: str) -> datetime | None:
    """Read a date or a dateTime, a date as its first moment."""
    try:
        if "T" in text:
            return datetime.fromisoformat(text)
        day, zone = text[:10], text[10:]
        date.fromisoformat(day)
        return datetime.fromisoformat(f"{day}T00:00:00{zone}")
    except ValueError:
        return None


def _local_name(literal: Literal) -> str:
    iri = literal.datatype.value
    return iri.removeprefix(_XSD) if iri.startswith(_XSD) else iri


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_EXACT, Decimal),
    **dict.fromkeys(_FLOATING, _floating),
    "boolean": lambda text: text in {"1", "true"},
    "date": _moment,
    "dateTime": _moment,
    "gYear": str,
    "gYearMonth": str,
    "string": str,
    "time": str,
}

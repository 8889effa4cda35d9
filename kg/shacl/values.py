"""
Constraints that each value meets or not by itself.

Each entry of :data:`VALUE_CHECKS` makes, of a shape and the value of a parameter, the check of a set of values: it
gives those that fail.

Source: SHACL, sections 4.1 to 4.7.
"""

import re
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Final

from kg.namespaces import PREFIXES
from kg.shacl.index import UnsupportedShapeError
from kg.shacl.judge import Judge
from kg.shacl.literals import is_before, is_well_formed, order_key
from kg.shacl.shapes import Shape
from kg.terms import BlankNode, Literal, NamedNode, Term

__all__ = ["VALUE_CHECKS", "ValueCheck", "as_number"]

ValueCheck = Callable[[set[int]], set[int]]
_KINDS: Final = ((NamedNode, "IRI"), (BlankNode, "BlankNode"), (Literal, "Literal"))
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
"""Without such a group a pattern takes no more than a power of the length of a text."""
_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def as_number(term: Term) -> int:
    """
    Read the value of a parameter that counts.

    Raises:
        UnsupportedShapeError: It is no integer.
    """
    if isinstance(term, Literal) and re.fullmatch(r"[+-]?[0-9]+", term.value):
        return int(term.value)
    raise UnsupportedShapeError(f"{term} is no integer")


def _text(term: Term) -> str | None:
    """Give the text of an IRI or a literal; a blank node has none."""
    return term.value if isinstance(term, NamedNode | Literal) else None


def _failing_test(judge: Judge, test: Callable[[Term], bool]) -> ValueCheck:
    terms = judge.data.terms
    return lambda values: {value for value in values if not test(terms[value])}


def _datatype(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    return _failing_test(
        judge, lambda value: isinstance(value, Literal) and value.datatype == wanted and is_well_formed(value)
    )


def _class(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    instances = judge.data.instances(wanted)
    return lambda values: values - instances


def _node_kind(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    name = _text(wanted) or ""
    kinds = tuple(kind for kind, part in _KINDS if part in name.removeprefix(PREFIXES["sh"]))
    return _failing_test(judge, lambda value: isinstance(value, kinds))


def _length(judge: Judge, wanted: Term, *, at_least: bool) -> ValueCheck:
    bound = as_number(wanted)

    def test(value: Term) -> bool:
        text = _text(value)
        return text is not None and (len(text) >= bound if at_least else len(text) <= bound)

    return _failing_test(judge, test)


def _bound(judge: Judge, wanted: Term, *, is_lower: bool, or_equal: bool) -> ValueCheck:
    bound, key = order_key(wanted), judge.order_key

    def is_within(value: int) -> bool:
        pair = (bound, key(value)) if is_lower else (key(value), bound)
        return is_before(*pair, or_equal=or_equal)

    return lambda values: {value for value in values if not is_within(value)}


def _pattern(judge: Judge, shape: Shape, wanted: Term) -> ValueCheck:
    pattern = _text(wanted) or ""
    search = _regex(pattern, _text(shape.one("flags") or Literal("")) or "").search

    def test(value: Term) -> bool:
        text = _text(value)
        return text is not None and search(text) is not None

    failing = _failing_test(judge, test)
    if _REPEATED_GROUP.search(pattern) is None:
        return failing
    name = f'the pattern "{pattern[:200]}" of {shape.node}'
    return lambda values: judge.bounded(lambda: failing(values), shape.node, name)


def _regex(pattern: str, letters: str) -> re.Pattern[str]:
    """Read a pattern; what Python may read otherwise than XPath, such as the difference of two sets, is refused."""
    flags = 0
    for letter in letters:
        if letter not in _FLAGS:
            raise UnsupportedShapeError(
                f'the flag "{letter}" of the pattern "{pattern}" is none of {", ".join(_FLAGS)}'
            )
        flags |= _FLAGS[letter]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            return re.compile(pattern, flags)
    except (re.error, FutureWarning, OverflowError, RecursionError) as error:
        raise UnsupportedShapeError(f'the pattern "{pattern[:200]}" cannot be read: {error}') from error


def _language_in(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    ranges = [(_text(item) or "").lower() for item in judge.shapes.items(wanted)]

    def test(value: Term) -> bool:
        tag = value.language.lower() if isinstance(value, Literal) and value.language else ""
        return bool(tag) and any(tag == each or tag.startswith(each + "-") for each in ranges)

    return _failing_test(judge, test)


def _in(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    allowed = set(map(judge.data.number, judge.shapes.items(wanted)))
    return lambda values: values - allowed


def _node(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    return lambda values: judge.failing(wanted, values)


def _not(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    return lambda values: values - judge.failing(wanted, values)


def _and(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    members = judge.shapes.items(wanted)
    return lambda values: set[int]().union(*(judge.failing(member, values) for member in members))


def _or(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    def failing(values: set[int]) -> set[int]:
        for member in judge.shapes.items(wanted):
            values = judge.failing(member, values)
        return values

    return failing


def _xone(judge: Judge, _shape: Shape, wanted: Term) -> ValueCheck:
    members = judge.shapes.items(wanted)

    def failing(values: set[int]) -> set[int]:
        counts = Counter(value for member in members for value in values - judge.failing(member, values))
        return {value for value in values if counts[value] != 1}

    return failing


VALUE_CHECKS: Final[dict[str, Callable[[Judge, Shape, Term], ValueCheck]]] = {
    "and": _and,
    "class": _class,
    "datatype": _datatype,
    "in": _in,
    "languageIn": _language_in,
    "maxExclusive": lambda judge, _, wanted: _bound(judge, wanted, is_lower=False, or_equal=False),
    "maxInclusive": lambda judge, _, wanted: _bound(judge, wanted, is_lower=False, or_equal=True),
    "maxLength": lambda judge, _, wanted: _length(judge, wanted, at_least=False),
    "minExclusive": lambda judge, _, wanted: _bound(judge, wanted, is_lower=True, or_equal=False),
    "minInclusive": lambda judge, _, wanted: _bound(judge, wanted, is_lower=True, or_equal=True),
    "minLength": lambda judge, _, wanted: _length(judge, wanted, at_least=True),
    "node": _node,
    "nodeKind": _node_kind,
    "not": _not,
    "or": _or,
    "pattern": _pattern,
    "xone": _xone,
}

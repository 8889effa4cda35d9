"""
Constraints that each value meets or not by itself.

Each entry of :data:`VALUE_TESTS` makes, of a shape and the value of a parameter, the test of one value.

Source: SHACL, sections 4.1 to 4.7.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex, UnsupportedShapeError
from kg.shacl.literals import is_before, is_well_formed
from kg.shacl.shapes import Shape
from kg.terms import BlankNode, Literal, NamedNode, Term

__all__ = ["VALUE_TESTS", "Judge", "ValueTest", "as_number"]

ValueTest = Callable[[Term], bool]
_KINDS: Final = ((NamedNode, "IRI"), (BlankNode, "BlankNode"), (Literal, "Literal"))
_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


class Judge(Protocol):
    """What a constraint may ask of the engine."""

    shapes: TripleIndex
    data: TripleIndex

    def conforms(self, node: Term, shape: Term) -> bool:
        """Tell whether a node conforms to a shape."""


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


def _datatype(_judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    return lambda value: isinstance(value, Literal) and value.datatype == wanted and is_well_formed(value)


def _class(judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    return judge.data.instances(wanted).__contains__


def _node_kind(_judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    name = _text(wanted) or ""
    kinds = tuple(kind for kind, part in _KINDS if part in name.removeprefix(PREFIXES["sh"]))
    return lambda value: isinstance(value, kinds)


def _length(_judge: Judge, _shape: Shape, wanted: Term, *, at_least: bool) -> ValueTest:
    bound = as_number(wanted)

    def test(value: Term) -> bool:
        text = _text(value)
        return text is not None and (len(text) >= bound if at_least else len(text) <= bound)

    return test


def _pattern(_judge: Judge, shape: Shape, wanted: Term) -> ValueTest:
    flags = 0
    for letter in _text(shape.one("flags") or Literal("")) or "":
        flags |= _FLAGS.get(letter, 0)
    try:
        search = re.compile(_text(wanted) or "", flags).search
    except re.error as error:
        raise UnsupportedShapeError(f"the pattern {wanted} cannot be read: {error}") from error

    def test(value: Term) -> bool:
        text = _text(value)
        return text is not None and search(text) is not None

    return test


def _language_in(judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    ranges = [(_text(item) or "").lower() for item in judge.shapes.items(wanted)]

    def test(value: Term) -> bool:
        tag = value.language.lower() if isinstance(value, Literal) and value.language else ""
        return bool(tag) and any(tag == each or tag.startswith(each + "-") for each in ranges)

    return test


def _in(judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    return set(judge.shapes.items(wanted)).__contains__


def _node(judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    return lambda value: judge.conforms(value, wanted)


def _not(judge: Judge, _shape: Shape, wanted: Term) -> ValueTest:
    return lambda value: not judge.conforms(value, wanted)


def _listed(judge: Judge, wanted: Term, verdict: Callable[[Sequence[bool]], bool]) -> ValueTest:
    members = judge.shapes.items(wanted)
    return lambda value: verdict([judge.conforms(value, member) for member in members])


VALUE_TESTS: Final[dict[str, Callable[[Judge, Shape, Term], ValueTest]]] = {
    "and": lambda judge, _, wanted: _listed(judge, wanted, all),
    "class": _class,
    "datatype": _datatype,
    "in": _in,
    "languageIn": _language_in,
    "maxExclusive": lambda _judge, _shape, bound: lambda value: is_before(value, bound),
    "maxInclusive": lambda _judge, _shape, bound: lambda value: is_before(value, bound, or_equal=True),
    "maxLength": lambda judge, shape, wanted: _length(judge, shape, wanted, at_least=False),
    "minExclusive": lambda _judge, _shape, bound: lambda value: is_before(bound, value),
    "minInclusive": lambda _judge, _shape, bound: lambda value: is_before(bound, value, or_equal=True),
    "minLength": lambda judge, shape, wanted: _length(judge, shape, wanted, at_least=True),
    "node": _node,
    "nodeKind": _node_kind,
    "not": _not,
    "or": lambda judge, _, wanted: _listed(judge, wanted, any),
    "pattern": _pattern,
    "xone": lambda judge, _, wanted: _listed(judge, wanted, lambda verdicts: sum(verdicts) == 1),
}

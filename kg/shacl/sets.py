"""
Constraints on all values of a focus node together.

Each entry of :data:`SET_CHECKS` gives, for some focus nodes, those that fail, each with the value at fault if one is.

Source: SHACL, sections 4.2, 4.4.5, 4.5, 4.7.3, 4.8.1 and 4.8.2.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from kg.shacl.index import sh
from kg.shacl.literals import is_before
from kg.shacl.shapes import Shape, is_true
from kg.shacl.values import Judge, as_number
from kg.terms import Literal, Term

__all__ = ["SET_CHECKS", "Failures", "values_of"]

Failures = Iterator[tuple[Term, Term | None]]


def values_of(judge: Judge, shape: Shape, focus: Term) -> list[Term]:
    """Give the value nodes of a focus node: what the path leads to, or the node itself."""
    return [focus] if shape.path is None else list(shape.path.reach(judge.data, focus))


def _min_count(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    bound = as_number(wanted)
    if bound == 1 and shape.path is not None and shape.path.predicate is not None:
        yield from ((focus, None) for focus in foci - judge.data.by_subject(shape.path.predicate).keys())
        return
    yield from ((focus, None) for focus in foci if len(values_of(judge, shape, focus)) < bound)


def _max_count(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    bound = as_number(wanted)
    yield from ((focus, None) for focus in foci if len(values_of(judge, shape, focus)) > bound)


def _unique_lang(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    for focus in foci if isinstance(wanted, Literal) and wanted.value == "true" else ():
        values = values_of(judge, shape, focus)
        tags = Counter(one.language.lower() for one in values if isinstance(one, Literal) and one.language)
        yield from ((focus, None) for count in tags.values() if count > 1)


def _less_than(judge: Judge, shape: Shape, foci: set[Term], wanted: Term, *, or_equal: bool) -> Failures:
    for focus in foci:
        others = judge.data.values(focus, wanted)
        for value in values_of(judge, shape, focus) if others else ():
            for other in others:
                if not is_before(value, other, or_equal=or_equal):
                    yield focus, value


def _equals(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    for focus in foci:
        for value in set(values_of(judge, shape, focus)) ^ set(judge.data.values(focus, wanted)):
            yield focus, value


def _disjoint(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    for focus in foci & judge.data.by_subject(wanted).keys():
        for value in set(values_of(judge, shape, focus)) & set(judge.data.values(focus, wanted)):
            yield focus, value


def _has_value(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    yield from ((focus, None) for focus in foci if wanted not in values_of(judge, shape, focus))


def _closed(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    if not is_true(wanted):
        return
    allowed = {judge.shapes.value(each, sh("path")) for each in shape.parameters.get("property", ())}
    for ignored in shape.parameters.get("ignoredProperties", ()):
        allowed |= set(judge.shapes.items(ignored))
    for focus in foci:
        for node in values_of(judge, shape, focus):
            for predicate in judge.data.predicates(node):
                if predicate not in allowed:
                    yield from ((focus, value) for value in judge.data.values(node, predicate))


def _qualified(judge: Judge, shape: Shape, foci: set[Term], fails: Callable[[int], bool]) -> Failures:
    is_disjoint = is_true(shape.one("qualifiedValueShapesDisjoint"))
    for wanted in shape.parameters.get("qualifiedValueShape", ()):
        siblings = _siblings(judge, shape, wanted) if is_disjoint else []
        for focus in foci:
            fitting = [value for value in values_of(judge, shape, focus) if judge.conforms(value, wanted)]
            count = sum(not any(judge.conforms(value, sibling) for sibling in siblings) for value in fitting)
            if fails(count):
                yield focus, None


def _qualified_min(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    bound = as_number(wanted)
    return _qualified(judge, shape, foci, lambda count: count < bound)


def _qualified_max(judge: Judge, shape: Shape, foci: set[Term], wanted: Term) -> Failures:
    bound = as_number(wanted)
    return _qualified(judge, shape, foci, lambda count: count > bound)


def _siblings(judge: Judge, shape: Shape, wanted: Term) -> list[Term]:
    """Give the qualified shapes that stand beside one in the same parent shapes."""
    return [
        other
        for parent in judge.shapes.by_value(sh("property")).get(shape.node, ())
        for each in judge.shapes.values(parent, sh("property"))
        for other in judge.shapes.values(each, sh("qualifiedValueShape"))
        if other != wanted
    ]


SET_CHECKS: Final[dict[str, Callable[[Judge, Shape, set[Term], Term], Failures]]] = {
    "closed": _closed,
    "disjoint": _disjoint,
    "equals": _equals,
    "hasValue": _has_value,
    "lessThan": lambda judge, shape, foci, wanted: _less_than(judge, shape, foci, wanted, or_equal=False),
    "lessThanOrEquals": lambda judge, shape, foci, wanted: _less_than(judge, shape, foci, wanted, or_equal=True),
    "maxCount": _max_count,
    "minCount": _min_count,
    "qualifiedMaxCount": _qualified_max,
    "qualifiedMinCount": _qualified_min,
    "uniqueLang": _unique_lang,
}

"""
Constraints on all values of a focus node together.

Each entry of :data:`SET_CHECKS` gives, for some focus nodes, those that fail, each with the value at fault if one is.

Source: SHACL, sections 4.2, 4.4.5, 4.5, 4.7.3, 4.8.1 and 4.8.2.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from kg.shacl.data import each
from kg.shacl.index import sh
from kg.shacl.judge import Failure, Failures, Judge, ValueNodes
from kg.shacl.literals import is_before
from kg.shacl.shapes import Shape, is_true
from kg.shacl.values import as_number
from kg.terms import Literal, Term

__all__ = ["SET_CHECKS"]


def _min_count(_judge: Judge, _shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    bound = as_number(wanted)
    if bound == 1:
        return map(Failure, nodes.without_any())
    return (Failure(focus) for focus in nodes.foci if len(nodes.of(focus)) < bound)


def _max_count(_judge: Judge, _shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    bound = as_number(wanted)
    if bound >= 1:
        return (Failure(focus) for focus, values in nodes.with_several() if len(values) > bound)
    return (Failure(focus) for focus in nodes.foci if len(nodes.of(focus)) > bound)


def _unique_lang(judge: Judge, _shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    terms = judge.data.terms
    for focus, values in nodes.with_several() if isinstance(wanted, Literal) and wanted.value == "true" else ():
        literals = (term for term in (terms[value] for value in values) if isinstance(term, Literal))
        tags = Counter(literal.language.lower() for literal in literals if literal.language)
        yield from (Failure(focus) for count in tags.values() if count > 1)


def _less_than(judge: Judge, nodes: ValueNodes, wanted: Term, *, or_equal: bool) -> Failures:
    key, others = judge.order_key, judge.data.values(wanted)
    for focus in nodes.foci & others.keys():
        for value in nodes.of(focus):
            for other in each(others[focus]):
                if not is_before(key(value), key(other), or_equal=or_equal):
                    yield Failure(focus, value)


def _equals(judge: Judge, _shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    others = judge.data.values(wanted)
    for focus in nodes.foci:
        values, wanted_values = nodes.of(focus), each(others.get(focus))
        if values != wanted_values:
            yield from (Failure(focus, value) for value in set(values) ^ set(wanted_values))


def _disjoint(judge: Judge, _shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    others = judge.data.values(wanted)
    for focus in nodes.foci & others.keys():
        yield from (Failure(focus, value) for value in set(nodes.of(focus)).intersection(each(others[focus])))


def _has_value(judge: Judge, _shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    number = judge.data.number(wanted)
    return (Failure(focus) for focus in nodes.foci if number not in nodes.of(focus))


def _closed(judge: Judge, shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    allowed = {judge.shapes.value(inner, sh("path")) for inner in shape.parameters.get("property", ())}
    for ignored in shape.parameters.get("ignoredProperties", ()):
        allowed |= set(judge.shapes.items(ignored))
    for predicate in judge.data.predicates() if is_true(wanted) else ():
        table = judge.data.values(predicate)
        subjects = nodes.distinct & table.keys() if predicate not in allowed else set()
        for focus, subject, _, _ in nodes.having(subjects):
            for value in each(table[subject] if subject is not None else None):
                yield Failure(focus, value, str(predicate))


def _qualified(judge: Judge, shape: Shape, nodes: ValueNodes, fails: Callable[[int], bool]) -> Failures:
    is_disjoint = is_true(shape.one("qualifiedValueShapesDisjoint"))
    for wanted in shape.parameters.get("qualifiedValueShape", ()):
        fitting = nodes.distinct - judge.failing(wanted, nodes.distinct)
        for sibling in _siblings(judge, shape, wanted) if is_disjoint else ():
            fitting &= judge.failing(sibling, fitting)
        for focus in nodes.foci:
            if fails(sum(value in fitting for value in nodes.of(focus))):
                yield Failure(focus)


def _qualified_min(judge: Judge, shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    bound = as_number(wanted)
    return _qualified(judge, shape, nodes, lambda count: count < bound)


def _qualified_max(judge: Judge, shape: Shape, nodes: ValueNodes, wanted: Term) -> Failures:
    bound = as_number(wanted)
    return _qualified(judge, shape, nodes, lambda count: count > bound)


def _siblings(judge: Judge, shape: Shape, wanted: Term) -> list[Term]:
    """Give the qualified shapes that stand beside one in the same parent shapes."""
    return [
        other
        for parent in judge.shapes.by_value(sh("property")).get(shape.node, ())
        for inner in judge.shapes.values(parent, sh("property"))
        for other in judge.shapes.values(inner, sh("qualifiedValueShape"))
        if other != wanted
    ]


SET_CHECKS: Final[dict[str, Callable[[Judge, Shape, ValueNodes, Term], Failures]]] = {
    "closed": _closed,
    "disjoint": _disjoint,
    "equals": _equals,
    "hasValue": _has_value,
    "lessThan": lambda judge, _, nodes, wanted: _less_than(judge, nodes, wanted, or_equal=False),
    "lessThanOrEquals": lambda judge, _, nodes, wanted: _less_than(judge, nodes, wanted, or_equal=True),
    "maxCount": _max_count,
    "minCount": _min_count,
    "qualifiedMaxCount": _qualified_max,
    "qualifiedMinCount": _qualified_min,
    "uniqueLang": _unique_lang,
}

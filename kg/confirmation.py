"""
Whether pySHACL finds what our own engine found, asked on the neighbourhood of the focus nodes only.

What it costs depends on the number of findings, not on the size of the graph. Each finding is asked for at its focus
node with its source shape; of many findings of one shape and component, at a few focus nodes. A query that can read
everything (a path or pattern that starts nowhere) makes its shape be asked on the whole graph.

Source: decision 9.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.errors import ShapesGraphError
from kg.namespaces import PREFIXES
from kg.oracle import Oracle
from kg.shacl import Finding, TripleIndex, UnsupportedShapeError, is_well_formed
from kg.shacl.index import BoundlessQueryError, sh
from kg.shacl.literals import NUMERIC
from kg.shacl.neighbourhood import Neighbourhood
from kg.shacl.parts import aimed, focus_nodes
from kg.shacl.shapes import component_of, parameter_of
from kg.terms import BlankNode, Literal, Term, Triple

__all__ = ["SAMPLE", "Disagreement", "Outcome", "audit", "confirm", "is_known_gap"]

SAMPLE: Final = 200
"""At how many focus nodes the findings of one shape and component are asked for; of more, at so many of them."""

_SPARQL: Final = component_of("sparql")
_PAIRS: Final = frozenset({"lessThan", "lessThanOrEquals"})
_RANGES: Final = frozenset({"maxExclusive", "maxInclusive", "minExclusive", "minInclusive"})
_ORDERED: Final = frozenset({"boolean", "date", "dateTime", "string"})
"""Datatypes besides numbers for which SPARQL has an order."""
_ZONE: Final = re.compile(r"[0-9](Z|[+-][0-9]{2}:[0-9]{2})$")

_Wanted = Mapping[Term, Collection[Term]]
"""Focus nodes by the shapes that they are asked for with."""
_Key = tuple[Term, Term, str, Term | None]


@dataclass(frozen=True)
class Disagreement:
    """A result that one of the engines has and the other has not."""

    result: Finding
    is_ours: bool


@dataclass(frozen=True)
class Outcome:
    """
    What came of asking.

    ``asked`` counts the findings that pySHACL was asked for, ``confirmed`` those that it has too; ``known_gaps`` those
    over which it passes for a reason that is known, or which it cannot evaluate. ``witnesses`` are its own findings.
    """

    asked: int = 0
    confirmed: int = 0
    known_gaps: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    witnesses: tuple[Finding, ...] = ()


def confirm(
    findings: Sequence[Finding], data: TripleIndex, triples: Collection[Triple], shapes: TripleIndex
) -> Outcome:
    """
    Ask pySHACL for findings of our own engine.

    Args:
        findings: All of them.
        data: The data graph.
        triples: The same, for what must be asked on all of it.
        shapes: The shapes that were applied.
    """
    wanted = _sampled(findings)
    witnesses, stopped = _ask(wanted, data, triples, shapes)
    asked = [one for one in findings if one.focus in wanted.get(one.shape, ())]
    known = {_key(one) for one in findings}
    found = {_key(one): one for one in witnesses}
    missing = [one for one in asked if _key(one) not in found]
    gaps = [one for one in missing if one.shape in stopped or is_known_gap(one, data, shapes)]
    more = [
        one
        for one in witnesses
        if _key(one) not in known and one.focus in wanted.get(one.shape, ()) and not is_known_gap(one, data, shapes)
    ]
    return Outcome(
        asked=len(asked),
        confirmed=len(asked) - len(missing),
        known_gaps=len(gaps),
        disagreements=(
            *(Disagreement(one, is_ours=True) for one in missing if one not in gaps),
            *(Disagreement(one, is_ours=False) for one in more),
        ),
        witnesses=tuple(witnesses),
    )


def audit(
    findings: Iterable[Finding],
    data: TripleIndex,
    triples: Collection[Triple],
    shapes: TripleIndex,
    unknown: Collection[Term],
    *,
    count: int,
) -> tuple[Disagreement, ...]:
    """
    Ask pySHACL about focus nodes at which our own engine found nothing.

    Args:
        findings: What our own engine found.
        data: The data graph.
        triples: The same, for what must be asked on all of it.
        shapes: The shapes that were applied.
        unknown: Shapes that pySHACL has looked at already.
        count: How many focus nodes of each shape are asked about.
    """
    known = {_key(one) for one in findings}
    flagged = {focus for focus, *_ in known}
    wanted = {
        node: _spread(foci - flagged, count) for node, foci in focus_nodes(shapes, data).items() if node not in unknown
    }
    witnesses, _ = _ask(wanted, data, triples, shapes)
    more = (one for one in witnesses if _key(one) not in known and not is_known_gap(one, data, shapes))
    return tuple(Disagreement(one, is_ours=False) for one in more)


def is_known_gap(result: Finding, data: TripleIndex, shapes: TripleIndex) -> bool:
    """
    Tell whether our engine and pySHACL 0.40 are known to disagree on such a result.

    Values without an order to each other fail sh:lessThan and the like (SHACL, sections 4.3 and 4.5.3), which pySHACL
    takes for met; whether a literal is well-formed, rdflib decides otherwise for some datatypes; and a blank node has
    no length (section 4.4.1). Each is shown by a case of ``tests/test_shacl_differential.py``.
    """
    name = parameter_of(result.component)
    wanted = shapes.values(result.shape, sh(name))
    if name == "datatype":
        return isinstance(result.value, Literal) and result.value.datatype in wanted
    if name == "minLength":
        return isinstance(result.value, BlankNode)
    if name in _PAIRS:
        wanted = [other for each in wanted for other in data.values(result.focus, each)]
    elif name not in _RANGES:
        return False
    kind = None if result.value is None else _kind(result.value)
    return any(kind is None or kind != _kind(other) for other in wanted)


def _kind(term: Term) -> str | None:
    """Give what a literal can be compared with: its datatype, all numbers being one; nothing for what has no order."""
    if not isinstance(term, Literal) or not is_well_formed(term) or term.value == "NaN":
        return None
    name = term.datatype.value.removeprefix(PREFIXES["xsd"])
    if name in NUMERIC:
        return "number"
    return name + (" with a zone" if _ZONE.search(term.value) else "") if name in _ORDERED else None


def _sampled(findings: Iterable[Finding]) -> dict[Term, set[Term]]:
    """Choose some focus nodes of each shape and component."""
    groups: defaultdict[tuple[Term, str], set[Term]] = defaultdict(set)
    for finding in findings:
        groups[finding.shape, finding.component].add(finding.focus)
    wanted: defaultdict[Term, set[Term]] = defaultdict(set)
    for (shape, _), foci in groups.items():
        wanted[shape].update(_spread(foci, SAMPLE))
    return dict(wanted)


def _spread(nodes: Collection[Term], count: int) -> list[Term]:
    """Choose some nodes, the same each time, from all over their order."""
    ordered = sorted(nodes, key=str)
    return ordered if len(ordered) <= count else [ordered[index * len(ordered) // count] for index in range(count)]


def _ask(
    wanted: _Wanted, data: TripleIndex, triples: Collection[Triple], shapes: TripleIndex
) -> tuple[list[Finding], set[Term]]:
    """Ask about focus nodes with shapes; give what was found, and the shapes at which pySHACL stopped."""
    near = Neighbourhood(data, shapes)
    everywhere = {shape for shape, foci in wanted.items() if not _surround(near, shape, foci)}
    found: list[Finding] = []
    stopped: set[Term] = set()
    for nodes, graph in ((wanted.keys() - everywhere, near.triples), (everywhere, triples)):
        if not any(wanted[node] for node in nodes):
            continue
        oracle = Oracle(graph)
        chosen = {node: wanted[node] for node in nodes}
        try:
            found += oracle.judge(aimed(shapes, chosen))
        except ShapesGraphError:
            for node, foci in chosen.items():
                try:
                    found += oracle.judge(aimed(shapes, {node: foci}))
                except ShapesGraphError:
                    stopped.add(node)
    return found, stopped


def _surround(near: Neighbourhood, shape: Term, foci: Iterable[Term]) -> bool:
    """Put the surroundings of focus nodes in; tell whether a part of the graph is enough."""
    try:
        for focus in foci:
            near.add(focus, shape)
    except (BoundlessQueryError, UnsupportedShapeError):
        return False
    return True


def _key(result: Finding) -> _Key:
    """Give what two engines must agree on; of the solutions of a query for one focus node pySHACL may give only one."""
    value = None if result.component == _SPARQL else result.value
    return result.focus, result.shape, result.component, value

"""
What our engine finds, and which shapes it leaves to another one.

Source: SHACL, section 3.4 (a result does not depend on the other shapes).
"""

import re
from collections.abc import Callable, Collection, Iterable

from kg.errors import ShapesGraphError
from kg.shacl.data import Statement
from kg.shacl.engine import Finding, find_violations
from kg.shacl.index import TripleIndex, UnsupportedShapeError
from kg.shacl.parts import aimed, only
from kg.shacl.shapes import targeted_shapes
from kg.terms import NamedNode, Term, Triple

__all__ = ["Progress", "sift"]

Progress = Callable[[int, int], None]
"""Is told how many shapes are done, and of how many."""
_NOBODY = NamedNode("urn:x-kg:nobody")


def sift(
    data: Iterable[Statement],
    shapes: Collection[Triple],
    *,
    progress: Progress | None = None,
    seconds_per_query: float | None = None,
) -> tuple[tuple[Finding, ...], frozenset[Term]]:
    """
    Hold a graph against those shapes that our engine knows.

    Args:
        data: The data graph; it is gone through anew for shapes that stop one another.
        shapes: The shapes graph.
        progress: Is told how many shapes are done, and of how many.
        seconds_per_query: How long a query or a pattern of the shapes may last.

    Returns:
        What was found, and the shapes with targets that this engine cannot evaluate.

    Raises:
        SlowShapeError: A query or a pattern lasts too long.
    """
    found = _try(data, shapes, seconds_per_query, progress)
    if found is not None:
        return found, frozenset()
    index = TripleIndex(shapes)
    known, unknown = _known(index, sorted(targeted_shapes(index), key=str))
    findings, more = _sift(data, index, known, seconds_per_query)
    return findings, frozenset([*unknown, *more])


def _try(
    data: Iterable[Statement], shapes: Iterable[Triple], seconds: float | None = None, progress: Progress | None = None
) -> tuple[Finding, ...] | None:
    try:
        return find_violations(data, shapes, progress=progress, seconds_per_query=seconds)
    except (UnsupportedShapeError, ShapesGraphError, RecursionError, re.error):
        return None


def _known(shapes: TripleIndex, nodes: list[Term]) -> tuple[list[Term], list[Term]]:
    """Tell the shapes apart by what happens with a node of which nothing is known, which costs next to nothing."""
    if _try((), aimed(shapes, dict.fromkeys(nodes, (_NOBODY,)))) is not None:
        return nodes, []
    if len(nodes) == 1:
        return [], nodes
    halves = [_known(shapes, half) for half in (nodes[::2], nodes[1::2])]
    return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]


def _sift(
    data: Iterable[Statement], shapes: TripleIndex, nodes: list[Term], seconds: float | None
) -> tuple[tuple[Finding, ...], list[Term]]:
    """Look at all shapes at once, and where one stops that, at each half."""
    if not nodes:
        return (), []
    found = _try(data, only(shapes, nodes), seconds)
    if found is not None:
        return found, []
    if len(nodes) == 1:
        return (), nodes
    halves = [_sift(data, shapes, half, seconds) for half in (nodes[::2], nodes[1::2])]
    return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]

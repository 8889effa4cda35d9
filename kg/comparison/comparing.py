"""From two opened sides to a comparison, with what follows for findings and answers."""

from collections.abc import Callable
from dataclasses import replace

from kg.comparison.effects import compare_answers, compare_findings
from kg.comparison.entities import compare
from kg.comparison.report import Comparison
from kg.comparison.sides import Side
from kg.config import Config
from kg.errors import SourceError
from kg.terms import DefaultGraph, Quad

__all__ = ["compare_sides"]


def compare_sides(
    old: Side, new: Side, config: Config, *, check: bool, queries: bool, progress: Callable[[str], None]
) -> Comparison:
    """
    Compare two sides.

    Args:
        old: The old side.
        new: The new side.
        config: Says which properties name things.
        check: Whether findings are compared; both sides are knowledge graph directories then.
        queries: Whether answers of saved queries are; the same holds.
        progress: Is told of each step.

    Returns:
        The comparison; what of it cannot be had is told in its notes.
    """
    notes = []
    if _have_no_graph_in_common(old, new):
        notes.append("the two sides have no named graph in common, so it is not told which statements moved")
        old, new = _without_graphs(old), _without_graphs(new)
    progress(f"comparing {len(old.quads)} statements with {len(new.quads)}")
    properties = (new.config or old.config or config).label_properties
    comparison = Comparison(old, new, compare(old.quads, new.quads, label_properties=properties))
    nodes = comparison.difference.blank_nodes
    if check and old.config and new.config:
        progress("checking both")
        try:
            comparison = replace(comparison, findings=compare_findings(old.config, new.config, nodes))
        except SourceError as error:
            notes.append(f"findings are not compared, because one side cannot be checked: {error}")
    if queries and old.config and new.config:
        progress("asking the saved queries of both")
        try:
            comparison = replace(comparison, answers=compare_answers(old.config, new.config, nodes))
        except SourceError as error:
            notes.append(f"answers are not compared, because one side cannot be asked: {error}")
    return replace(comparison, notes=tuple(notes))


def _have_no_graph_in_common(old: Side, new: Side) -> bool:
    graphs = [{quad.graph_name for quad in side.quads} for side in (old, new)]
    return all(graphs) and graphs[0].isdisjoint(graphs[1])


def _without_graphs(side: Side) -> Side:
    default = DefaultGraph()
    quads = (Quad(quad.subject, quad.predicate, quad.object, default) for quad in side.quads)
    return replace(side, quads=tuple(dict.fromkeys(quads)))

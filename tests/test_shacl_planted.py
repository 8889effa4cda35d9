"""Our own SHACL engine and pySHACL on a generated graph in which every kind of fault is planted once."""

from collections import Counter
from functools import cache

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from harness import REPOSITORY
from rdflib import SH

from benchmarks.check_graph import FAULTS, QUERY_FAULTS, planted_graph
from kg.shacl import find_violations

_SHAPES = "".join((REPOSITORY / "benchmarks" / f"check-shapes-{name}.ttl").read_text() for name in ("core", "sparql"))
_ID = "https://bench.example/id/"
_OURS_ALONE = {
    ("day that does not exist", "LessThanOrEquals"): "an ill-formed date compares with nothing, so it fails (4.5.4)",
    ("end is a dateTime", "LessThan"): "a date and a dateTime do not compare, so they fail (4.5.3)",
}
"""What pySHACL passes over, by fault and kind of constraint, each with the reason why ours is right."""


@cache
def _graph() -> tuple[str, dict[str, str]]:
    """The graph, and the fault that is planted in each IRI."""
    parts, planted = planted_graph(3000, 1)
    return "".join(parts), {_ID + name.replace(":", "/"): fault for fault, names in planted.items() for name in names}


@cache
def _ours() -> Counter[tuple[str, str]]:
    data, shapes = (
        [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)] for text in (_graph()[0], _SHAPES)
    )
    return Counter(_kind(one.focus.value, one.component) for one in find_violations(data, shapes))


def _theirs() -> Counter[tuple[str, str]]:
    data, shapes = (rdflib.Graph().parse(data=text) for text in (_graph()[0], _SHAPES))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    found = (
        (str(report.value(one, part)) for part in (SH.focusNode, SH.sourceConstraintComponent))
        for one in report.objects(None, SH.result)
    )
    return Counter(_kind(*pair) for pair in found)


def _kind(focus: str, component: str) -> tuple[str, str]:
    return _graph()[1].get(focus, focus), component.rpartition("#")[2].removesuffix("ConstraintComponent")


def test_every_planted_fault_is_found() -> None:
    assert {fault for fault, _ in _ours()} >= {fault for fault, *_ in (*FAULTS, *QUERY_FAULTS)}


@pytest.mark.filterwarnings("ignore:NotImplemented:DeprecationWarning")  # of rdflib 7.6, on an ill-formed date
def test_results_are_those_of_pyshacl_but_for_what_it_passes_over() -> None:
    ours, theirs = _ours(), _theirs()
    assert set(ours - theirs) == set(_OURS_ALONE)
    assert not theirs - ours


def test_graph_without_faults_conforms() -> None:
    data = "".join(planted_graph(3000, 0)[0])
    graphs = ([quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)] for text in (data, _SHAPES))
    assert find_violations(*graphs) == ()

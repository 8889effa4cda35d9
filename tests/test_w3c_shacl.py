"""
The W3C tests of SHACL, read where they stand, against our own engine.

Each test asserts conformance and every result with its focus node, path, value, component, severity and source shape.
"""

import os

import pytest
from harness import REPOSITORY, shared

from kg.shacl import UnsupportedShapeError, find_violations
from tools.shacl_suite import REFUSED, Case, conformance_page, found_by_ours, names, term

_FOLDER = "w3c/data-shapes"
_ROOT = (REPOSITORY.parent / "shared" / _FOLDER).resolve()
_DIFFERENT: dict[str, str] = {}
"""Tests whose results differ from those of the suite, each with the reason."""


@pytest.mark.skipif(
    not _ROOT.exists() and not os.environ.get("CI"), reason="the folder shared/ is absent: no W3C tests"
)
def test_suite_is_read() -> None:
    shared(_FOLDER)
    assert (len(names(_ROOT, "core")), len(names(_ROOT, "sparql"))) == (98, 23)


@pytest.mark.parametrize("name", [*names(_ROOT, "core"), *names(_ROOT, "sparql")])
def test_results_are_those_of_the_suite(name: str) -> None:
    case = Case(_ROOT / f"{name}.ttl")
    data, shapes = case.graphs()
    if case.expects_failure():
        with pytest.raises(UnsupportedShapeError):
            find_violations(data, shapes)
        return
    if name in REFUSED:
        with pytest.raises(UnsupportedShapeError, match="nodeShape"):
            find_violations(data, shapes)
        shapes = [triple for triple in shapes if triple.predicate != term("sh:nodeShape")]
    found = found_by_ours(data, shapes)
    assert (not found) == case.conforms()
    assert (found == case.expected()) == (name not in _DIFFERENT), found - case.expected()


@pytest.mark.filterwarnings("ignore")  # rdflib tells of each literal that it cannot read
def test_page_is_current() -> None:
    page = conformance_page(shared(_FOLDER).resolve())
    assert (REPOSITORY / "docs/shacl-conformance.md").read_text() == page

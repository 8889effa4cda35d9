"""
The W3C tests of SHACL, read where they stand, against our own engine.

Each test asserts conformance and every result with its focus node, path, value, component, severity and source shape.
"""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from harness import REPOSITORY, shared

from kg.shacl import TripleIndex, UnsupportedShapeError, find_violations
from kg.shacl.paths import read_path

_FOLDER = "w3c/data-shapes"
_ROOT = REPOSITORY.parent / "shared" / _FOLDER
_SH = "http://www.w3.org/ns/shacl#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_SHT = "http://www.w3.org/ns/shacl-test#"


def _term(name: str) -> pyoxigraph.NamedNode:
    prefix, local = name.split(":")
    return pyoxigraph.NamedNode({"sh": _SH, "mf": _MF, "sht": _SHT}[prefix] + local)


Results = Counter[tuple[Any, ...]]
_PARTS = ("sh:focusNode", "sh:value", "sh:sourceConstraintComponent", "sh:resultSeverity", "sh:sourceShape")
_REFUSED = {
    "core/property/qualifiedValueShape-001": "the shape has sh:nodeShape, a word that SHACL lost before it was done",
}
"""Tests whose shapes are refused although the suite has results for them; without the word they must pass."""
_DIFFERENT: dict[str, str] = {}
"""Tests whose results differ from those of the suite, each with the reason."""


class Case:
    """One test: its graphs, and the report that it expects."""

    def __init__(self, path: Path) -> None:
        self.graph = _read(path)
        self._base = path
        (self._action,) = self._objects(None, "mf:action")
        (self._result,) = self._objects(None, "mf:result")

    def graphs(self) -> tuple[list[pyoxigraph.Triple], list[pyoxigraph.Triple]]:
        data, shapes = (self._objects(self._action, f"sht:{name}Graph")[0] for name in ("data", "shapes"))
        return self._graph(data), self._graph(shapes)

    def expects_failure(self) -> bool:
        return self._result == _term("sht:Failure")

    def conforms(self) -> bool:
        return self._one(self._result, "sh:conforms").value == "true"

    def expected(self) -> Results:
        index = TripleIndex(self.graph)
        found = []
        for result in self._objects(self._result, "sh:result"):
            path = self._one(result, "sh:resultPath")
            found.append((*(self._one(result, name) for name in _PARTS), str(read_path(index, path)) if path else None))
        return Counter(found)

    def _graph(self, node: Any) -> list[pyoxigraph.Triple]:
        path = Path(node.value.removeprefix("file://"))
        return self.graph if path == self._base else _read(path)

    def _objects(self, subject: Any, name: str) -> list[Any]:
        wanted = _term(name)
        return [t.object for t in self.graph if t.predicate == wanted and subject in (None, t.subject)]

    def _one(self, subject: Any, name: str) -> Any:
        return next(iter(self._objects(subject, name)), None)


def _read(path: Path) -> list[pyoxigraph.Triple]:
    form = pyoxigraph.RdfFormat.TURTLE
    return [quad.triple for quad in pyoxigraph.parse(path=str(path), format=form, base_iri=f"file://{path}")]


def _cases(folder: str) -> list[Path]:
    paths = sorted((_ROOT / folder).rglob("*.ttl"))
    return [path for path in paths if "mf:result" in path.read_text()]


def _name(path: Path) -> str:
    return str(path.relative_to(_ROOT)).removesuffix(".ttl")


@pytest.mark.skipif(
    not _ROOT.exists() and not os.environ.get("CI"), reason="the folder shared/ is absent: no W3C tests"
)
def test_suite_is_read() -> None:
    shared(_FOLDER)
    assert (len(_cases("core")), len(_cases("sparql"))) == (98, 23)


def _found(data: list[pyoxigraph.Triple], shapes: list[pyoxigraph.Triple]) -> Results:
    iri = pyoxigraph.NamedNode
    return Counter(
        (one.focus, one.value, iri(one.component), iri(one.severity), one.shape, one.path)
        for one in find_violations(data, shapes)
    )


def _assert_results(path: Path) -> None:
    case, name = Case(path), _name(path)
    data, shapes = case.graphs()
    if case.expects_failure():
        with pytest.raises(UnsupportedShapeError):
            find_violations(data, shapes)
        return
    if name in _REFUSED:
        with pytest.raises(UnsupportedShapeError, match="nodeShape"):
            find_violations(data, shapes)
        shapes = [triple for triple in shapes if triple.predicate != _term("sh:nodeShape")]
    found = _found(data, shapes)
    assert (not found) == case.conforms()
    assert (found == case.expected()) == (name not in _DIFFERENT), found - case.expected()


@pytest.mark.parametrize("path", _cases("core"), ids=_name)
def test_core(path: Path) -> None:
    _assert_results(path)


@pytest.mark.parametrize("path", _cases("sparql"), ids=_name)
def test_sparql(path: Path) -> None:
    _assert_results(path)

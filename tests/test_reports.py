"""The forms of a report: what each tells, of findings and of files that do not parse."""

import json
from pathlib import Path

import pytest
import rdflib
from harness import Kg
from junitparser import JUnitXml
from rdflib import RDF, SH
from sarif_pydantic import Sarif

PEOPLE = "graph_data/people.ttl"
FORMATS = ["text", "json", "sarif", "junit", "github", "gitlab", "turtle"]


@pytest.fixture
def broken(tiny: Path) -> Path:
    """A graph with a missing name, and a date that is none: a violation by rule, a warning by shape."""
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace('    tiny:name "Ada" ;\n', "").replace('"1815-12-10"', '"soon"'))
    return tiny


def report(kg: Kg, root: Path, name: str) -> str:
    result = kg("check", "--output", name, root=root)
    assert result.returncode == 1, result.stderr
    return str(result.stdout)


def lines_of_text(kg: Kg, root: Path) -> list[tuple[str, int]]:
    found = [line.split(":")[:2] for line in report(kg, root, "text").splitlines() if line.startswith(PEOPLE)]
    return sorted((path, int(line)) for path, line in found)


def test_json_tells_every_finding(kg: Kg, broken: Path) -> None:
    told = json.loads(report(kg, broken, "json"))
    assert told["conforms"] is False
    assert told["counts"] == {"violation": 2, "warning": 1, "info": 0}
    assert sorted((one["file"], one["line"]) for one in told["findings"]) == lines_of_text(kg, broken)
    assert [one["severity"] for one in told["findings"]] == ["violation", "violation", "warning"]


def test_sarif_is_a_log_with_rules_places_and_fingerprints(kg: Kg, broken: Path) -> None:
    text = report(kg, broken, "sarif")
    log = Sarif.model_validate_json(text)
    (run,) = json.loads(text)["runs"]
    assert log.version == "2.1.0"
    assert {result["ruleId"] for result in run["results"]} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    found = sorted((place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places)
    assert found == lines_of_text(kg, broken)
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning"]


def test_fingerprint_stays_when_the_line_moves(kg: Kg, broken: Path) -> None:
    before = json.loads(report(kg, broken, "json"))["findings"]
    (broken / PEOPLE).write_text("# a remark\n\n" + (broken / PEOPLE).read_text())
    after = json.loads(report(kg, broken, "json"))["findings"]
    assert {one["fingerprint"] for one in before} == {one["fingerprint"] for one in after}
    assert [one["line"] + 2 for one in before] == [one["line"] for one in after]


def test_junit_has_a_case_for_each_rule_and_file(kg: Kg, broken: Path) -> None:
    document = JUnitXml.fromstring(report(kg, broken, "junit").encode())
    (suite,) = document
    assert {case.name for case in suite} == {PEOPLE}
    assert all(case.result for case in suite)
    assert suite.failures == suite.tests == len(list(suite))


def test_junit_of_a_clean_graph_is_one_case_that_passes(kg: Kg, tiny: Path) -> None:
    (suite,) = JUnitXml.fromstring(kg("check", "--output", "junit", root=tiny).stdout.encode())
    assert [(case.name, case.result) for case in suite] == [("all files", [])]


def test_github_annotates_lines(kg: Kg, broken: Path) -> None:
    lines = report(kg, broken, "github").splitlines()
    kinds = [line.partition(f" file={PEOPLE},line=")[0] for line in lines]
    assert kinds == ["::error", "::error", "::warning"]


def test_github_tells_how_many_more_there_are(kg: Kg, tiny: Path) -> None:
    with (tiny / PEOPLE).open("a") as file:
        file.write("".join(f"person:p{number} a tiny:Person .\n" for number in range(30)))
    lines = report(kg, tiny, "github").splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("::error::20 more of this kind")


def test_gitlab_has_distinct_fingerprints(kg: Kg, broken: Path) -> None:
    entries = json.loads(report(kg, broken, "gitlab"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) > 0
    assert {entry["location"]["path"] for entry in entries} == {PEOPLE}


def test_turtle_is_a_validation_report(kg: Kg, broken: Path) -> None:
    graph = rdflib.Graph().parse(data=report(kg, broken, "turtle"), format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(node, SH.conforms) == rdflib.Literal(False)
    assert len(list(graph.objects(node, SH.result))) == len(lines_of_text(kg, broken))


def test_several_reports_at_once(kg: Kg, broken: Path, tmp_path: Path) -> None:
    options = [option for name in FORMATS for option in ("--output", f"{name}={tmp_path / name}")]
    result = kg("check", *options, root=broken)
    assert (result.returncode, result.stdout) == (1, "")
    assert all((tmp_path / name).stat().st_size for name in FORMATS)


def test_file_that_does_not_parse_is_in_the_report_too(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).write_text("person:cleo a 1 .")
    result = kg("check", "--output", "sarif", root=tiny)
    assert result.returncode == 3
    (finding,) = json.loads(result.stdout)["runs"][0]["results"]
    assert finding["ruleId"] == "syntax"
    assert finding["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--output", "pdf"], 2, "expected one of text, json, sarif"),
        (["--output", "json=/nowhere/report.json"], 8, "cannot be written"),
        (["--fail-on", "error"], 2, "is not one of"),
    ],
)
def test_wrong_option_gets_one_clear_line(kg: Kg, tiny: Path, options: list[str], code: int, message: str) -> None:
    result = kg("check", *options, root=tiny)
    assert result.returncode == code
    assert message in result.stderr


def test_severity_decides_how_it_ends(kg: Kg, broken: Path) -> None:
    shapes = broken / "ontology/shapes/tiny.ttl"
    assert kg("check", "--fail-on", "never", root=broken).returncode == 0
    shapes.write_text(shapes.read_text().replace("sh:path", "sh:severity sh:Warning ; sh:path"))
    only = ("--only", "shapes")
    assert kg("check", *only, root=broken).returncode == 0
    assert kg("check", *only, "--fail-on", "warning", root=broken).returncode == 1

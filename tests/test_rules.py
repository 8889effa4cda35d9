"""Rules beyond shapes: each finds its fault on its line, and nothing in a graph that is well."""

import json
import shutil
from pathlib import Path

import pytest
from harness import REPOSITORY, Kg

from kg.checks import check_sources
from kg.config import load_config
from kg.findings import ValidationResult
from kg.rules import RULES

PEOPLE = "graph_data/people.ttl"
SHOWN_ELSEWHERE = {"shapes", "stale-waiver", "engines-disagree"}
"""Rules whose findings tests/shapes, test_acceptance and test_confirmation show."""
FIXTURES = REPOSITORY / "tests" / "rules"
INVALID = sorted(FIXTURES.glob("*/invalid*/"))
VALID = sorted(FIXTURES.glob("*/valid*/"))


def findings(tiny: Path, fixture: Path) -> list[str]:
    """What one rule, and the parser, find in the tiny graph with the files of a fixture."""
    shutil.copytree(fixture, tiny, dirs_exist_ok=True)
    names = frozenset({fixture.parent.name})
    report = check_sources(load_config(tiny), progress=lambda _: None, names=names).report
    return [line(result) for result in report.results]


def line(result: ValidationResult) -> str:
    place = result.location
    assert place is not None
    where = f"{place.path}:{place.line}:{place.column}"
    return f"{where}: {result.severity.value}: [{result.rule({})}] {result.message}"


def expected(fixture: Path) -> list[str]:
    name = fixture.name.replace("invalid", "expected")
    return (fixture.parent / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def fixture_name(fixture: Path) -> str:
    return f"{fixture.parent.name}-{fixture.name}"


@pytest.mark.parametrize("fixture", INVALID, ids=fixture_name)
def test_fault_is_found_at_its_place(tiny: Path, fixture: Path) -> None:
    assert findings(tiny, fixture) == expected(fixture)


@pytest.mark.parametrize("fixture", VALID, ids=fixture_name)
def test_what_is_well_has_no_finding(tiny: Path, fixture: Path) -> None:
    assert findings(tiny, fixture) == []


def test_every_rule_has_its_fixtures() -> None:
    wanted = set(RULES) - SHOWN_ELSEWHERE
    assert {folder.name for folder in FIXTURES.iterdir()} == wanted
    assert {fixture.parent.name for fixture in INVALID} == wanted
    assert {fixture.parent.name for fixture in VALID} == wanted
    texts = {f"{fixture.parent.name}/{fixture.name.replace('invalid', 'expected')}.txt" for fixture in INVALID}
    assert {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*.txt")} == texts


def test_command_tells_what_the_fixtures_expect(kg: Kg, tiny: Path) -> None:
    fixture = FIXTURES / "undeclared-term" / "invalid"
    shutil.copytree(fixture, tiny, dirs_exist_ok=True)
    result = kg("check", "--only", "undeclared-term", "--output", "json", root=tiny)
    assert result.returncode == 1
    told = [
        f"{each['file']}:{each['line']}:{each['column']}: {each['severity']}: [{each['rule']}] {each['message']}"
        for each in json.loads(result.stdout)["findings"]
    ]
    assert told == expected(fixture)


def test_file_that_is_no_utf_8_is_told_once_and_ends_with_3(kg: Kg, tiny: Path) -> None:
    shutil.copytree(FIXTURES / "encoding" / "invalid", tiny, dirs_exist_ok=True)
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert "[encoding]" in result.stdout
    assert "[syntax]" not in result.stdout
    assert "[syntax]" in kg("check", "--skip", "encoding", root=tiny).stdout


def test_malformed_query_stops_a_build(kg: Kg, tiny: Path) -> None:
    shutil.copytree(FIXTURES / "query-syntax" / "invalid", tiny, dirs_exist_ok=True)
    result = kg("build", root=tiny)
    assert result.returncode == 3
    assert result.stderr.splitlines()[-1].startswith("queries/fixture.rq:5:")


def test_check_of_one_file_says_nothing_of_queries(kg: Kg, tiny: Path) -> None:
    shutil.copytree(FIXTURES / "query-syntax" / "invalid", tiny, dirs_exist_ok=True)
    assert "queries/fixture.rq" not in kg("check", tiny / PEOPLE, root=tiny).stdout
    assert "[query-syntax]" in kg("check", tiny / "queries/fixture.rq", root=tiny).stdout


def test_well_formed_graph_has_no_finding(kg: Kg, tiny: Path) -> None:
    assert kg("check", root=tiny).returncode == 0


def test_rule_can_be_left_out(kg: Kg, tiny: Path) -> None:
    with (tiny / PEOPLE).open("a") as file:
        file.write("person:dan a tiny:Person ; tiny:nmae 'Dan' .\n")
    skipped = kg("check", "--skip", "undeclared-term", root=tiny)
    assert "undeclared-term" not in skipped.stdout
    assert kg("check", "--skip", "undeclared-term", "--skip", "shapes", root=tiny).returncode == 0


def test_rules_are_listed_and_explained(kg: Kg) -> None:
    listed = kg("check", "--list").stdout
    assert set(RULES) <= {line.split()[0] for line in listed.splitlines()}
    assert "Mend the spelling" in kg("check", "--explain", "undeclared-term").stdout


def test_unknown_rule_is_named(kg: Kg, tiny: Path) -> None:
    result = kg("check", "--skip", "undeclared-tern", root=tiny)
    assert result.returncode == 2
    assert (
        'found rule "undeclared-tern", expected one of those that kg check --list shows: did you mean undeclared-term?'
        in result.stderr
    )


def test_finding_about_a_file_has_no_focus_node(kg: Kg, tiny: Path) -> None:
    shutil.copytree(FIXTURES / "language-tag" / "invalid", tiny, dirs_exist_ok=True)
    told = json.loads(kg("check", "--only", "language-tag", "--output", "json", root=tiny).stdout)["findings"]
    assert {one["focus_node"] for one in told} == {None}
    assert len({one["fingerprint"] for one in told}) == len(told)

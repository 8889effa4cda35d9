"""Rules beyond shapes: each finds its fault on its line, and nothing in a graph that is well."""

from pathlib import Path

import pytest
from harness import Kg

PEOPLE = "graph_data/people.ttl"
PREFIXES = "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix s: <http://schema.org/> .\n"
FAULTS = [
    ("undeclared-term", "person:dan tiny:nmae 'Dan' .", "did you mean tiny:name?"),
    ("undeclared-term", "person:dan a tiny:Persn .", "did you mean tiny:Person?"),
    (
        "unknown-term",
        "person:dan foaf:nmae 'Dan' .",
        "a word that its vocabulary does not have: did you mean foaf:name?",
    ),
    ("namespace-scheme", "person:dan s:name 'Dan' .", "expected the namespace <https://schema.org/>"),
    ("dangling-reference", "person:bert tiny:knows person:adaa .", "did you mean person:ada?"),
    ("ill-typed-literal", 'person:bert tiny:born "2025-02-30"^^xsd:date .', 'found "2025-02-30", which is no xsd:date'),
]


@pytest.mark.parametrize(
    ("rule", "line", "message"), FAULTS, ids=[f"{rule}-{message[-12:]}" for rule, _, message in FAULTS]
)
def test_fault_is_found_on_its_line(kg: Kg, tiny: Path, rule: str, line: str, message: str) -> None:
    text = PREFIXES + (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text + line + "\n")
    result = kg("check", "--only", rule, root=tiny)
    assert result.returncode == 1
    first = result.stdout.splitlines()[0]
    assert first.startswith(f"{PEOPLE}:{text.count(chr(10)) + 1}:1: violation: [{rule}] ")
    assert message in first


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
    assert {rule for rule, *_ in FAULTS} <= {line.split()[0] for line in listed.splitlines()}
    assert "Mend the spelling" in kg("check", "--explain", "undeclared-term").stdout


def test_unknown_rule_is_named(kg: Kg, tiny: Path) -> None:
    result = kg("check", "--skip", "undeclared", root=tiny)
    assert result.returncode == 2
    assert 'found rule "undeclared", expected one of dangling-reference' in result.stderr

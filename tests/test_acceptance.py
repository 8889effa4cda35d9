"""Findings that do not count: severities, waivers with reasons, and a baseline."""

import json
from pathlib import Path

import pytest
from harness import Kg

PEOPLE = "graph_data/people.ttl"
DANGLING = "person:bert tiny:knows person:adaa ."


def add(tiny: Path, *lines: str) -> None:
    with (tiny / PEOPLE).open("a") as file:
        file.write("\n".join(lines) + "\n")


def configure(tiny: Path, settings: str) -> None:
    with (tiny / "agon.toml").open("a") as file:
        file.write(settings)


def findings(kg: Kg, tiny: Path, *options: str) -> list[tuple[str, str, str]]:
    result = kg("check", "--output", "json", *options, root=tiny)
    found = json.loads(result.stdout)["findings"]
    return [(one["rule"], one["severity"], one["message"]) for one in found]


@pytest.mark.parametrize(
    "lines",
    [
        (f"{DANGLING}  # kg-check: accept dangling-reference because she comes next month",),
        ("# kg-check: accept dangling-reference because she comes next month", DANGLING),
    ],
    ids=["same line", "line above"],
)
def test_comment_waives_a_finding(kg: Kg, tiny: Path, lines: tuple[str, ...]) -> None:
    add(tiny, *lines)
    assert findings(kg, tiny) == []
    assert kg("check", root=tiny).returncode == 0


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "sarif"])
def test_reports_tell_what_is_accepted(kg: Kg, tiny: Path, form: str) -> None:
    add(tiny, f"{DANGLING}  # kg-check: accept dangling-reference because she comes next month")
    told = kg("check", "--output", form, root=tiny).stdout
    wanted = {"text": "note: 1 finding is accepted", "markdown": "Note: 1 finding is accepted"}
    assert wanted.get(form, "she comes next month") in told


def test_comment_waives_only_its_rule(kg: Kg, tiny: Path) -> None:
    add(tiny, f"{DANGLING}  # kg-check: accept ill-typed-literal because we know")
    assert [rule for rule, *_ in findings(kg, tiny)] == ["dangling-reference", "stale-waiver"]


def test_comment_without_reason_is_told(kg: Kg, tiny: Path) -> None:
    add(tiny, f"{DANGLING}  # kg-check: accept dangling-reference")
    (dangling, stale) = findings(kg, tiny)
    assert dangling[0] == "dangling-reference"
    assert "gives no reason" in stale[2]


def test_settings_waive_a_finding(kg: Kg, tiny: Path) -> None:
    add(tiny, DANGLING)
    waiver = '[[check.waivers]]\nrule = "dangling-reference"\nfiles = "graph_data/*"\nreason = "next month"\n'
    configure(tiny, waiver)
    assert findings(kg, tiny) == []


def test_waiver_without_use_is_told(kg: Kg, tiny: Path) -> None:
    configure(tiny, '[[check.waivers]]\nrule = "dangling-reference"\nreason = "next month"\n')
    ((rule, severity, message),) = findings(kg, tiny)
    assert (rule, severity) == ("stale-waiver", "warning")
    assert "nothing breaks dangling-reference in *: remove the waiver from agon.toml" in message
    assert findings(kg, tiny, str(tiny / PEOPLE)) == []


def test_severity_is_set_anew(kg: Kg, tiny: Path) -> None:
    add(tiny, DANGLING)
    configure(tiny, '[check.severity]\ndangling-reference = "info"\n')
    assert [severity for _, severity, _ in findings(kg, tiny)] == ["info"]
    assert kg("check", root=tiny).returncode == 0


def test_shape_is_turned_off(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).write_text((tiny / PEOPLE).read_text().replace('    tiny:name "Ada" ;\n', ""))
    assert [rule for rule, *_ in findings(kg, tiny)] == ["tinyshape:Person-name"]
    configure(tiny, '[check.severity]\n"tinyshape:Person-name" = "off"\n')
    assert findings(kg, tiny) == []


def test_baseline_accepts_what_was_there(kg: Kg, tiny: Path) -> None:
    add(tiny, DANGLING)
    configure(tiny, '[check]\nbaseline = "baseline.jsonl"\n')
    assert kg("check", "--update-baseline", root=tiny).returncode == 0
    assert findings(kg, tiny) == []
    add(tiny, "person:bert tiny:knows person:dan .")
    assert [message for *_, message in findings(kg, tiny)] == ["found person:dan, of which no file says anything"]


def test_entry_of_the_baseline_without_use_is_told(kg: Kg, tiny: Path) -> None:
    before = (tiny / PEOPLE).read_text()
    add(tiny, DANGLING)
    option = ("--baseline", "baseline.jsonl")
    kg("check", *option, "--update-baseline", root=tiny)
    (tiny / PEOPLE).write_text(before)
    ((rule, _, message),) = findings(kg, tiny, *option)
    assert rule == "stale-waiver"
    assert "dangling-reference in graph_data/people.ttl" in message


@pytest.mark.parametrize(
    ("settings", "options", "message"),
    [
        ('[check]\nbaseline = "none.jsonl"\n', [], "none.jsonl cannot be read as a baseline"),
        ('[[check.waivers]]\nrule = "shapes"\n', [], "missing required field `reason`"),
        ("[check]\nseverities = 1\n", [], "unknown field `severities`"),
        ('[check.severity]\nsyntax = "grave"\n', [], "'grave', expected one of violation, warning, info, off"),
        ("", ["--update-baseline"], "give --baseline FILE, or set check.baseline"),
        ("", ["--baseline", "b", "--update-baseline", "--only", "shapes"], "a baseline is of the whole graph"),
    ],
)
def test_wrong_setting_gets_one_clear_line(kg: Kg, tiny: Path, settings: str, options: list[str], message: str) -> None:
    configure(tiny, settings)
    result = kg("check", *options, root=tiny)
    assert result.returncode in {2, 3, 6}
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        'person:cleo a tiny:Person ; tiny:name "Cleo # kg-check: accept dangling-reference because so" ; '
        "tiny:knows person:nobody .",
        'person:cleo a tiny:Person ; tiny:name """Cleo\n# kg-check: accept dangling-reference because so\n""" ; '
        "tiny:knows person:nobody .",
    ],
)
def test_waiver_in_a_string_is_none(kg: Kg, tiny: Path, text: str) -> None:
    people = tiny / "graph_data/people.ttl"
    people.write_text(people.read_text() + text)
    result = kg("check", "--only", "dangling-reference", root=tiny)
    assert result.returncode == 1
    assert "found person:nobody" in result.stdout


def test_waiver_holds_below_characters_that_only_seem_to_end_a_line(kg: Kg, tiny: Path) -> None:
    people = tiny / "graph_data/people.ttl"
    people.write_text(
        people.read_text()
        + "# a \u2028 b \x0b c\n# kg-check: accept dangling-reference because she comes next month\n"
        + 'person:cleo a tiny:Person ; tiny:name "Cleo" ; tiny:knows person:nobody .'
    )
    result = kg("check", "--only", "dangling-reference", root=tiny)
    assert result.returncode == 0, result.stdout

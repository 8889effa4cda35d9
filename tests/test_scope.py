"""What ``kg check`` looks at: some files, standard input, any RDF files, and a graph that is being edited."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from harness import COMMAND, Kg, running

PEOPLE = "graph_data/people.ttl"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<urn:example:PersonShape> a sh:NodeShape ; sh:targetClass foaf:Person ;
  sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:message "A person has a name: add foaf:name." ] .
"""
DATA = "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n\n<urn:example:ada> a foaf:Person .\n"


def check(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``kg check`` as somebody does who has no knowledge graph directory."""
    command = [*COMMAND, "check", *arguments]
    # the library is found by the working directory otherwise
    environment = {"PYTHONPATH": str(Path.cwd()), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=folder, env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """RDF files in no particular layout."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/people.ttl").write_text(DATA)
    (tmp_path / "shapes.ttl").write_text(SHAPES)
    return tmp_path


def test_any_files_are_held_against_any_shapes(strangers: Path) -> None:
    result = check(strangers, "data", "--shapes", "shapes.ttl")
    assert result.returncode == 1
    assert result.stdout.startswith("data/people.ttl:3:")
    assert "A person has a name: add foaf:name." in result.stdout


def test_any_files_without_shapes_are_held_against_rules(strangers: Path) -> None:
    result = check(strangers, "data")
    assert result.returncode == 0, result.stdout
    (strangers / "data/people.ttl").write_text(DATA + "<urn:example:ada> foaf:nmae 'Ada' .\n")
    result = check(strangers, "data")
    assert result.returncode == 1
    assert "data/people.ttl:4:" in result.stdout
    assert "did you mean foaf:name?" in result.stdout


def test_single_file_elsewhere_is_told_by_its_name(strangers: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    result = check(
        tmp_path_factory.mktemp("elsewhere"),
        str(strangers / "data/people.ttl"),
        *("--shapes", str(strangers / "shapes.ttl")),
    )
    assert result.returncode == 1
    assert result.stdout.startswith("people.ttl:3:")


def test_folder_without_rdf_is_told(strangers: Path) -> None:
    (strangers / "empty").mkdir()
    result = check(strangers, "empty")
    assert result.returncode == 7
    assert "empty is empty: expected at least one file" in result.stderr


def test_shapes_file_without_shapes_is_told(strangers: Path) -> None:
    (strangers / "shapes.ttl").write_text("")
    result = check(strangers, "data", "--shapes", "shapes.ttl")
    assert result.returncode == 3
    assert "found no node shape" in result.stderr


def test_what_is_hidden_or_installed_is_passed_over(strangers: Path) -> None:
    for name in (".git", "node_modules"):
        (strangers / "data" / name).mkdir()
        (strangers / "data" / name / "broken.ttl").write_text("broken")
    assert check(strangers, "data").returncode == 0


def test_standard_input_is_checked_by_itself(strangers: Path) -> None:
    result = check(strangers, "-", "--shapes", "shapes.ttl", stdin=DATA)
    assert result.returncode == 1
    assert result.stdout.startswith("standard-input.ttl:3:")


def test_standard_input_stands_for_a_file_that_is_edited(kg: Kg, tiny: Path) -> None:
    text = (tiny / PEOPLE).read_text() + "person:ada tiny:knows person:bert , person:adda .\n"
    result = kg("check", "-", "--stdin-filename", PEOPLE, "--output", "json", root=tiny, stdin=text)
    assert [(one["file"], one["rule"]) for one in json.loads(result.stdout)["findings"]] == [
        (PEOPLE, "dangling-reference")
    ]
    assert kg("check", root=tiny).returncode == 0


def test_one_file_is_reported_on_and_the_others_are_read(kg: Kg, tiny: Path) -> None:
    (tiny / "graph_data/more.ttl").write_text(
        "@prefix tiny: <https://tiny.example/ns#> .\n"
        "<https://tiny.example/id/person/dan> a tiny:Person ; tiny:name 'Dan' ;\n"
        "  tiny:knows <https://tiny.example/id/person/ada> , <https://tiny.example/id/person/eve> .\n"
    )
    assert kg("check", tiny / PEOPLE, root=tiny).returncode == 0
    result = kg("check", tiny / "graph_data/more.ttl", root=tiny)
    assert result.returncode == 1
    assert "found person:eve, of which" in result.stdout
    assert "found person:ada, of which" not in result.stdout


def test_watch_checks_again_when_a_file_changes(tiny: Path) -> None:
    command = [*COMMAND, "--root", str(tiny), "check", "--watch"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("conforms")
        assert any("waiting for a change" in line for line in process.stderr)
        with (tiny / PEOPLE).open("a") as file:
            file.write("person:cleo a tiny:Person .\n")
        assert f"{PEOPLE}:16:" in process.stdout.readline()


def test_bar_is_shown_on_a_terminal_only(kg: Kg, tiny: Path) -> None:
    reader, writer = os.openpty()
    command = [*COMMAND, "--root", str(tiny), "check"]
    with running(command, stdout=subprocess.DEVNULL, stderr=writer, env={**os.environ, "TERM": "xterm"}):
        os.close(writer)
        told = b""
        with suppress(OSError):  # the terminal ends with the process
            while part := os.read(reader, 4096):
                told += part
    assert b"100%" in told
    assert "100%" not in kg("check", root=tiny).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["README.md"], "README.md is no file of RDF: expected a folder, or one with .ttl"),
        (["data", "--shapes", "README.md"], "README.md is no file of RDF"),
        (["-", "--stdin-filename", "x.md"], '--stdin-filename is "x.md", expected a file with .ttl'),
        (["-", "--stdin-filename", "../x.ttl"], "--stdin-filename is ../x.ttl, expected a file in "),
        (["pipe.ttl"], "pipe.ttl is no regular file: give its content to -"),
    ],
)
def test_what_is_no_rdf_is_refused(strangers: Path, arguments: list[str], message: str) -> None:
    (strangers / "README.md").write_text("# Data\n")
    os.mkfifo(strangers / "pipe.ttl")
    result = check(strangers, *arguments, stdin=DATA)
    assert result.returncode == 2
    assert message in result.stderr


def test_file_that_is_no_part_of_the_graph_is_told(kg: Kg, tiny: Path) -> None:
    (tiny / "README.md").write_text("# Data\n")
    result = kg("check", tiny / "README.md", root=tiny)
    assert result.returncode == 0
    assert "README.md is not looked at" in result.stderr


def test_standard_input_may_be_named_by_an_absolute_path(kg: Kg, tiny: Path) -> None:
    text = (tiny / PEOPLE).read_text()
    result = kg("check", "-", "--stdin-filename", tiny / PEOPLE, root=tiny, stdin=text.replace('"Ada"', "1"))
    assert result.returncode == 1
    assert result.stdout.startswith(PEOPLE + ":")
    assert "in 3 files" in result.stdout


@pytest.mark.parametrize("name", ["with blank", "qu\"o'te", "a%20#?", "[b]", "two\nlines", "ümläut", "\udcffbad"])
def test_file_of_any_name_is_checked(strangers: Path, name: str) -> None:
    (strangers / "data" / f"{name}.ttl").write_text(DATA + "<urn:example:eve> a foaf:Persn .\n")
    result = check(strangers, "data", "--output", "json")
    assert result.returncode == 1, result.stderr
    (finding,) = [one for one in json.loads(result.stdout)["findings"] if one["rule"] == "unknown-term"]
    assert finding["line"] == 4


def test_interrupted_check_ends_as_programs_do(tiny: Path) -> None:
    command = [*COMMAND, "--root", str(tiny), "check", "--watch"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert "checking" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130, rest
    assert "Traceback" not in rest


def test_broken_file_out_of_scope_is_named(kg: Kg, tiny: Path) -> None:
    (tiny / "graph_data/broken.ttl").write_text("broken")
    result = kg("check", tiny / PEOPLE, root=tiny)
    assert result.returncode == 3
    assert "note: graph_data/broken.ttl cannot be parsed, so only rules for files were applied" in result.stdout

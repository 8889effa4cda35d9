"""``kg build``: releases that are immutable, named by what they hold, and switched in one step."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from harness import COMMAND, Kg

PEOPLE = "graph_data/people.ttl"


def current(root: Path) -> Path:
    return (root / "build/current").resolve()


def manifest(root: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((current(root) / "manifest.json").read_text())
    return content


def test_same_files_give_same_digest_and_same_bytes(tiny: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):  # sets have another order in each
        command = [*COMMAND, "--root", tiny, "--build", tmp_path / seed, "build"]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
    one, two = ((tmp_path / seed / "current").resolve() for seed in ("1", "2"))
    assert one.name == two.name
    for name in ("dataset.nq", "manifest.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_second_build_of_same_files_has_nothing_to_do(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    result = kg("build", root=tiny)
    assert (result.returncode, result.stderr) == (0, "")
    assert " is up to date: " in result.stdout


def test_changed_file_gives_another_release_and_keeps_the_old(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    before = current(tiny)
    with (tiny / PEOPLE).open("a") as file:
        file.write('person:cleo a tiny:Person ; tiny:name "Cleo" .\n')
    result = kg("build", root=tiny)
    assert result.returncode == 0
    assert current(tiny) != before
    assert (before / "manifest.json").is_file()


@pytest.mark.parametrize(("wrong", "code"), [("person:cleo a", 3), ("person:cleo a tiny:Person .", 1)])
def test_wrong_file_leaves_the_release_as_it_is(kg: Kg, tiny: Path, wrong: str, code: int) -> None:
    kg("build", root=tiny)
    before = current(tiny)
    with (tiny / PEOPLE).open("a") as file:
        file.write(wrong + "\n")
    result = kg("build", root=tiny)
    assert result.returncode == code
    assert PEOPLE in result.stdout + result.stderr
    assert current(tiny) == before
    assert [path.name for path in before.parent.iterdir()] == [before.name]


def test_invalid_graph_is_built_only_when_asked_and_says_so(kg: Kg, tiny: Path) -> None:
    with (tiny / PEOPLE).open("a") as file:
        file.write("person:cleo a tiny:Person .\n")
    assert kg("build", root=tiny).returncode == 1
    assert not (tiny / "build").exists()
    assert kg("build", "--allow-invalid", root=tiny).returncode == 0
    assert manifest(tiny)["check"] == {"conforms": False, "violation": 1, "warning": 0, "info": 0}
    question = 'ASK { ?dataset ?p ?comment FILTER (isLiteral(?comment) && CONTAINS(?comment, "not conform")) }'
    assert kg("query", "-", root=tiny, stdin=question).stdout == "true\n"


def test_manifest_names_inputs_counts_and_tools(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    content = manifest(tiny)
    assert content["digest"] == current(tiny).name
    read = {"agon.toml", PEOPLE, "ontology/tiny.ttl", "ontology/shapes/tiny.ttl", "queries/names.rq"}
    assert set(content["inputs"]) == read  # type: ignore[call-overload]
    assert set(content["tools"]) == {"agon-kg", "pyoxigraph", "pyshacl"}  # type: ignore[call-overload]
    assert content["triples"] == len((current(tiny) / "dataset.nq").read_text().splitlines())


@pytest.mark.usefixtures("client")  # has built the release
def test_counts_of_the_description_equal_what_queries_answer(kg: Kg, build: Path) -> None:
    question = """
        PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?kind ?told ?counted WHERE {
          { BIND ("triples" AS ?kind) <https://w3id.org/agon/dataset> void:triples ?told
            { SELECT (COUNT(*) AS ?counted) { ?s ?p ?o } } }
          UNION
          { ?partition void:class ?kind ; void:entities ?told
            { SELECT ?kind (COUNT(DISTINCT ?s) AS ?counted) { ?s a ?kind } GROUP BY ?kind } }
          UNION
          { <https://w3id.org/agon/dataset> void:propertyPartition [ void:property ?kind ; void:triples ?told ]
            { SELECT ?kind (COUNT(*) AS ?counted) { ?s ?kind ?o } GROUP BY ?kind } }
          UNION
          { ?entry <http://www.w3.org/ns/sparql-service-description#name> ?kind . ?kind void:triples ?told
            { SELECT ?kind (COUNT(*) AS ?counted) { GRAPH ?kind { ?s ?p ?o } } GROUP BY ?kind } }
        }"""
    answer = kg("--build", build, "query", "-", "--format", "tsv", stdin=question).stdout
    rows = [line.split("\t") for line in answer.splitlines()[1:]]
    assert len(rows) > 100
    assert [row for row in rows if row[1] != row[2]] == []


@pytest.mark.usefixtures("client")
def test_derived_triples_stand_in_a_graph_of_their_own(kg: Kg, build: Path) -> None:
    question = """
        PREFIX agon: <https://w3id.org/agon/ns#>
        SELECT DISTINCT ?graph { GRAPH ?graph { ?response a agon:Refutation } }"""
    assert kg("--build", build, "query", "-", "--format", "csv", stdin=question).stdout.split() == [
        "graph",
        "https://w3id.org/agon/graph/derived",
    ]


def test_each_file_is_a_named_graph(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    question = "SELECT DISTINCT ?graph { GRAPH ?graph {} } ORDER BY ?graph"
    assert kg("query", "-", "--format", "csv", root=tiny, stdin=question).stdout.split()[1:] == [
        "https://tiny.example/graph/description",
        "https://tiny.example/graph/graph_data/people",
        "https://tiny.example/graph/ontology/shapes/tiny",
        "https://tiny.example/graph/ontology/tiny",
        "https://tiny.example/graph/queries",
    ]


@pytest.mark.parametrize("rule", ["ASK {}", "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT {"])
def test_wrong_rule_is_named(kg: Kg, tiny: Path, rule: str) -> None:
    (tiny / "ontology/rules").mkdir()
    (tiny / "ontology/rules/wrong.rq").write_text(rule)
    result = kg("build", root=tiny)
    assert result.returncode == 3
    assert result.stderr.splitlines()[-1].startswith("ontology/rules/wrong.rq:1:")


def test_unwritable_build_folder(kg: Kg, tiny: Path) -> None:
    (tiny / "file").write_text("in the way")
    result = kg("--build", tiny / "file/build", "build", root=tiny)
    assert result.returncode == 8
    assert f"the build folder {tiny / 'file/build'} cannot be written" in result.stderr.splitlines()[-1]


def test_damaged_release_is_named_and_replaced_by_a_build(kg: Kg, tiny: Path) -> None:
    kg("build", root=tiny)
    (current(tiny) / "manifest.json").write_text("{")
    result = kg("query", "-", root=tiny, stdin="ASK {}")
    assert result.returncode == 3
    assert "is damaged" in result.stderr
    assert kg("build", root=tiny).returncode == 0
    assert kg("query", "-", root=tiny, stdin="ASK {}").stdout == "true\n"


def test_missing_release_is_named(kg: Kg, tiny: Path) -> None:
    result = kg("query", "-", root=tiny, stdin="ASK {}")
    assert result.returncode == 3
    assert "holds no release yet: make one with kg build" in result.stderr

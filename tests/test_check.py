"""``kg check``: what it finds, where, and how it ends."""

import shlex
import subprocess
from pathlib import Path

import pytest
from harness import COMMAND, Kg

PEOPLE = "graph_data/people.ttl"
SHAPE_PREFIXES = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tiny: <https://tiny.example/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def test_conforming_graph_ends_with_0(kg: Kg, tiny: Path) -> None:
    result = kg("check", root=tiny)
    assert (result.returncode, result.stdout) == (
        0,
        "conforms: 0 violations, 0 warnings, 0 notes in 3 files, 31 triples held against 1 node shape\n",
    )


def test_both_engines_report_the_same(kg: Kg, tiny: Path) -> None:
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace('"Ada"', "1").replace("1815-12-10", "soon"))
    one, other = (kg("check", "--engine", engine, root=tiny) for engine in ("both", "pyshacl"))
    assert one.stdout.splitlines()[:-1] == other.stdout.splitlines()[:-1]
    assert (one.returncode, other.returncode) == (1, 1)


def test_shape_that_our_engine_does_not_know_is_left_to_the_other(kg: Kg, tiny: Path) -> None:
    shapes = tiny / "ontology/shapes/tiny.ttl"
    shapes.write_text(
        shapes.read_text()
        + """
        <https://tiny.example/shapes#Queried> a sh:NodeShape ;
          sh:targetClass <https://tiny.example/ns#Person> ;
          sh:sparql [ sh:message "No two names."@en ; sh:select "SELECT $this { FILTER (bound($this)) }" ] .
        """
    )
    result = kg("check", root=tiny)
    assert result.returncode == 1
    assert "No two names." in result.stdout


@pytest.mark.parametrize("engine", ["both", "pyshacl"])
def test_own_graph_conforms(kg: Kg, engine: str) -> None:
    result = kg("check", "--engine", engine)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("wrong", "place", "found"),
    [
        ("person:cleo a tiny:Person", "17:", "Unexpected end"),
        ("person:cleo a tinny:Person .", "16:15", "The prefix tinny: has not been declared"),
        ("person:cleo tiny:name 'Cleo .", "16:23", "Unexpected end of file"),
        ("person:cleo a <https://tiny.example/a b> .", "16:", "Invalid IRI code point ' '"),
        ("person:cleo a tiny:Person\nperson:dan a tiny:Person .", "16:26", "write a dot between them"),
    ],
)
def test_syntax_error_gives_file_line_and_column(kg: Kg, tiny: Path, wrong: str, place: str, found: str) -> None:
    with (tiny / PEOPLE).open("a") as file:
        file.write(wrong + "\n")
    result = kg("check", root=tiny)
    assert result.returncode == 3
    line = result.stdout.splitlines()[0]
    assert line.startswith(f"{PEOPLE}:{place}")
    assert found in line


def test_every_broken_file_is_reported(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).write_text("person:cleo a 1 .")
    (tiny / "ontology/tiny.ttl").write_bytes(b"<http://a.example/\xff> a 1 .")
    (tiny / "graph_data/more.ttl").write_bytes(b"\xef\xbb\xbf<http://a.example/> a <http://a.example/> .")
    result = kg("check", root=tiny)
    assert result.returncode == 3
    messages = [line.split(": ", 1) for line in result.stdout.splitlines() if ".ttl:" in line]
    assert [place.split(":")[0] for place, _ in messages] == ["graph_data/more.ttl", PEOPLE, "ontology/tiny.ttl"]
    assert "byte order mark" in messages[0][1]
    assert "UTF-8" in messages[2][1]


def test_violation_names_line_shape_and_mend_and_ends_with_1(kg: Kg, tiny: Path) -> None:
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace('    tiny:name "Ada" ;\n', ""))
    result = kg("check", root=tiny)
    assert result.returncode == 1
    assert result.stdout.splitlines()[:2] == [
        f"{PEOPLE}:5:1: violation: [tinyshape:Person-name] A person has a name: add tiny:name.",
        "    focus node person:ada, path tiny:name",
    ]
    assert result.stdout.splitlines()[-1].startswith("does not conform: 1 violation,")


def test_warning_names_the_line_of_the_value_and_ends_with_0(kg: Kg, tiny: Path) -> None:
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace('"1815-12-10"', '"1815-02-30"'))
    result = kg("check", "--only", "shapes", root=tiny)
    assert result.returncode == 0
    assert result.stdout.startswith(f"{PEOPLE}:8:15: warning: [tinyshape:Person-born]")
    assert '"1815-02-30"' in result.stdout


def test_blank_node_is_found_by_its_shape(kg: Kg, tiny: Path) -> None:
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace(' ; tiny:name "Somebody"', ""))
    result = kg("check", root=tiny)
    assert result.returncode == 1
    assert "[tinyshape:Person-name]" in result.stdout


def test_directory_that_is_no_knowledge_graph(kg: Kg, tmp_path: Path) -> None:
    result = kg("check", root=tmp_path)
    assert (result.returncode, result.stderr) == (
        6,
        f"{tmp_path} is no knowledge graph directory: it has no ontology/ and graph_data/; give one with --root\n",
    )


def test_empty_graph_directory(kg: Kg, tiny: Path) -> None:
    (tiny / PEOPLE).unlink()
    result = kg("check", root=tiny)
    assert result.returncode == 7
    assert "graph_data is empty: expected at least one file of graph data" in result.stderr


def test_graph_without_shapes_is_no_conforming_graph(kg: Kg, tiny: Path) -> None:
    (tiny / "ontology/shapes/tiny.ttl").unlink()
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert "found no node shape" in result.stderr


def test_malformed_shapes_are_named(kg: Kg, tiny: Path) -> None:
    shapes = tiny / "ontology/shapes/tiny.ttl"
    shapes.write_text(shapes.read_text().replace("sh:minCount 1 ;", "sh:minCount 'one' ;"))
    result = kg("check", root=tiny)
    assert result.returncode == 1
    assert result.stdout.startswith("ontology/shapes/tiny.ttl:16:17: violation: [malformed-shape] sh:minCount: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:property [ sh:path _:path ; sh:minCount 1 ] . _:path sh:inversePath _:path .",
        "sh:in _:list . _:list rdf:first 1 ; rdf:rest _:list .",
        'sh:property [ sh:path tiny:name ; sh:pattern "([" ] .',
        'sh:sparql [ sh:select "SELECT $this { $this ?p" ] .',
        'sh:sparql [ sh:select "SELECT $this { $this undeclared:p ?o }" ] .',
        'sh:sparql [ sh:select "SELECT (1 AS ?one) { $this a tiny:Person }" ; sh:prefixes <https://tiny.example/> ] .',
        'sh:sparql [ sh:select "ASK { $this ?p ?o }" ] .',
    ],
)
def test_shapes_that_no_engine_can_evaluate_are_named_and_the_others_applied(
    kg: Kg, tiny: Path, constraint: str
) -> None:
    (tiny / "ontology" / "shapes" / "more.ttl").write_text(
        f"""{SHAPE_PREFIXES}
        <https://tiny.example/> sh:declare [ sh:prefix "tiny" ; sh:namespace "https://tiny.example/ns#"^^xsd:anyURI ] .
        tiny:More a sh:NodeShape ; sh:targetClass tiny:Person ; {constraint}"""
    )
    (tiny / PEOPLE).write_text((tiny / PEOPLE).read_text().replace('    tiny:name "Ada" ;\n', ""))
    outcome = kg("check", root=tiny)
    assert outcome.returncode == 1, outcome.stderr
    lines = [line for line in outcome.stdout.splitlines() if "violation: " in line]
    assert [line.partition(": ")[0].split(":")[0] for line in lines] == [PEOPLE, "ontology/shapes/more.ttl"]
    assert lines[1].endswith("; the shape is not applied until this is mended")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('"-0044-02-29"^^xsd:date', 0),
        ('"-0045-02-29"^^xsd:date', 1),
        ('"12026-01-01"^^xsd:date', 0),
        ('"2026-01-01T24:00:00Z"^^xsd:dateTime', 0),
        ('"2026-01-01T24:00:01Z"^^xsd:dateTime', 1),
        (f'"{"9" * 6000}"^^xsd:nonNegativeInteger', 0),
        (f'"{"9" * 6000}"^^xsd:long', 1),
    ],
)
def test_only_an_ill_typed_literal_is_called_so(kg: Kg, tiny: Path, value: str, code: int) -> None:
    (tiny / "graph_data" / "more.ttl").write_text(f"{SHAPE_PREFIXES} tiny:ada tiny:value {value} .")
    outcome = kg("check", "--only", "ill-typed-literal", root=tiny)
    assert outcome.returncode == code, outcome.stdout


def test_literal_that_rdflib_cannot_read_shows_no_traceback(kg: Kg, tiny: Path) -> None:
    (tiny / "graph_data" / "more.ttl").write_text(
        f'{SHAPE_PREFIXES} tiny:ada tiny:undeclared "-0044-03-15"^^xsd:date .'
    )
    (tiny / "ontology" / "shapes" / "more.ttl").write_text(
        f"""{SHAPE_PREFIXES} tiny:More a sh:NodeShape ; sh:targetSubjectsOf tiny:undeclared ; sh:class tiny:Person ."""
    )
    outcome = kg("check", root=tiny)
    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr


def test_value_without_an_order_is_in_no_range(kg: Kg, tiny: Path) -> None:
    (tiny / "graph_data" / "more.ttl").write_text(f'{SHAPE_PREFIXES} tiny:ada tiny:score "NaN"^^xsd:double .')
    (tiny / "ontology" / "shapes" / "more.ttl").write_text(
        f"""{SHAPE_PREFIXES} tiny:More a sh:NodeShape ; sh:targetSubjectsOf tiny:score ;
        sh:property [ sh:path tiny:score ; sh:minInclusive 1 ; sh:message "a score is 1 or more" ] ."""
    )
    outcome = kg("check", root=tiny)
    assert outcome.returncode == 1
    assert "a score is 1 or more" in outcome.stdout


def test_malformed_saved_query_is_named(kg: Kg, tiny: Path) -> None:
    (tiny / "queries/broken.rq").write_text("SELECT * { ?s ?p ?o }")
    result = kg("check", root=tiny)
    assert result.returncode == 1
    assert "queries/broken.rq:1:1: violation: [query-syntax] the header is None, expected a mapping" in result.stdout


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("titel = 'x'", 'unknown setting "titel"'),
        ("title = 3", "title is 3, expected a text"),
        ("base_iri = 'https://tiny.example'", "expected an IRI that ends with a slash"),
        ("[limits]\nworkers = 0", "workers is 0, expected a positive number"),
        ("title = ", "cannot be read as TOML"),
    ],
)
def test_wrong_settings_are_named(kg: Kg, tiny: Path, settings: str, message: str) -> None:
    (tiny / "agon.toml").write_text(settings)
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert message in result.stderr


def git(root: Path, *arguments: str) -> None:
    names = ("-c", "user.name=test", "-c", "user.email=test@tiny.example", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", root, *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def twice_broken(tiny: Path) -> Path:
    """A graph with a fault in each of two files, of which the second is not under version control yet."""
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace('    tiny:name "Ada" ;\n', ""))
    git(tiny, "init")
    git(tiny, "add", ".")
    git(tiny, "commit", "-m", "all")
    (tiny / "graph_data/more.ttl").write_text(
        "@prefix tiny: <https://tiny.example/ns#> .\n<https://tiny.example/id/person/x> a tiny:Person .\n"
    )
    return tiny


def files_of(text: str) -> set[str]:
    return {line.split(":")[0] for line in text.splitlines() if ".ttl:" in line}


def test_report_is_about_the_files_that_are_named(kg: Kg, twice_broken: Path) -> None:
    more = "graph_data/more.ttl"
    assert files_of(kg("check", root=twice_broken).stdout) == {PEOPLE, more}
    assert files_of(kg("check", twice_broken / more, root=twice_broken).stdout) == {more}
    assert files_of(kg("check", twice_broken / "graph_data", root=twice_broken).stdout) == {PEOPLE, more}
    assert kg("check", twice_broken / "ontology", root=twice_broken).returncode == 0


def test_path_outside_of_the_graph_is_refused(kg: Kg, tiny: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text("")
    result = kg("check", other, root=tiny)
    assert result.returncode == 2
    assert "is not in the knowledge graph directory" in result.stderr


def test_report_is_about_what_has_changed(kg: Kg, twice_broken: Path) -> None:
    result = kg("check", "--changed-since", "HEAD", root=twice_broken)
    assert (result.returncode, files_of(result.stdout)) == (1, {"graph_data/more.ttl"})
    git(twice_broken, "add", ".")
    git(twice_broken, "commit", "-m", "more")
    assert kg("check", "--changed-since", "HEAD", root=twice_broken).returncode == 0
    assert files_of(kg("check", "--changed-since", "HEAD~1", root=twice_broken).stdout) == {"graph_data/more.ttl"}


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", ""])
def test_unknown_revision_gets_one_line(kg: Kg, twice_broken: Path, revision: str) -> None:
    result = kg("check", f"--changed-since={revision}", root=twice_broken)
    assert result.returncode == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (twice_broken / "x").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('[check]\nnamed_by = ["x y"]', 'named_by has "x y", expected an absolute IRI'),
        ('[check]\nacyclic = ["<>"]', 'acyclic has "<>", expected an absolute IRI'),
        ('[check]\nown_iris = [""]', 'own_iris has "", expected an absolute IRI'),
        ('[check.links]\nproperties = ["sameAs"]', 'properties has "sameAs", expected an absolute IRI'),
        ('[check.severity]\ncylce = "off"', 'has the rule "cylce": did you mean cycle?'),
        ('base_iri = "x/"', 'base_iri is "x/", expected an IRI'),
    ],
)
def test_wrong_setting_is_named(kg: Kg, tiny: Path, setting: str, message: str) -> None:
    (tiny / "agon.toml").write_text(setting + "\n")
    result = kg("check", root=tiny)
    assert (result.returncode, result.stdout) == (3, "")
    assert message in result.stderr


def test_baseline_nested_deep_is_refused(kg: Kg, tiny: Path) -> None:
    (tiny / "baseline").write_text("[" * 100_000)
    result = kg("check", "--baseline", "baseline", root=tiny)
    assert result.returncode == 3
    assert "cannot be read as a baseline" in result.stderr


def test_report_is_not_written_over_a_file_that_is_checked(kg: Kg, tiny: Path) -> None:
    before = (tiny / PEOPLE).read_bytes()
    result = kg("check", "--output", f"json={tiny / PEOPLE}", root=tiny)
    assert result.returncode == 8
    assert "is one of the files that are checked" in result.stderr
    assert (tiny / PEOPLE).read_bytes() == before


@pytest.mark.parametrize(("end", "message"), [(">/dev/full", "No space left on device"), (">&-", "is closed")])
def test_standard_output_that_takes_nothing_is_told(tiny: Path, end: str, message: str) -> None:
    command = f"{shlex.join(COMMAND)} --root {shlex.quote(str(tiny))} check {end}"
    result = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 8
    assert message in result.stderr


def test_import_that_no_file_holds_is_told_and_not_fetched(kg: Kg, tiny: Path) -> None:
    ontology = tiny / "ontology/tiny.ttl"
    owl = "http://www.w3.org/2002/07/owl#"
    ontology.write_text(
        ontology.read_text()
        + f"\n<https://tiny.example/ns> <{owl}imports> <http://127.0.0.1:9/absent>, <https://tiny.example/ns> .\n"
    )
    result = kg("check", root=tiny)
    assert "imports are not fetched, so nothing is known of http://127.0.0.1:9/absent: put" in result.stdout


def test_elements_nested_to_great_depth_are_refused(kg: Kg, tiny: Path) -> None:
    (tiny / "graph_data/deep.rdf").write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:tiny="https://tiny.example/ns#">\n'
        + "<rdf:Description><tiny:knows>" * 100_000
        + "</tiny:knows></rdf:Description>" * 100_000
        + "</rdf:RDF>"
    )
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert "graph_data/deep.rdf:2:" in result.stdout
    assert "found elements nested more than 10,000 deep" in result.stdout


def test_file_too_large_is_a_finding_and_the_rest_is_checked(kg: Kg, tiny: Path) -> None:
    with (tiny / "graph_data/large.ttl").open("wb") as file:
        file.truncate(1 << 30)  # a gigabyte that takes no place on the disk
    (tiny / "graph_data/other.ttl").write_text("<urn:a> <urn:b> .\n")
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert "large.ttl:1:1: violation: [syntax] found 1,073,741,824 bytes, expected at most 268,435,456" in result.stdout
    assert "graph_data/other.ttl:1:" in result.stdout

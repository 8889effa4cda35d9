"""``kg diff``: what it says two graphs differ in, in each form, and how it ends."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from harness import REPOSITORY, Kg
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kg.comparison import EntityKind, compare
from kg.comparison.data import write_patch
from kg.comparison.report import Comparison
from kg.comparison.sides import Side

PEOPLE = "graph_data/people.ttl"
TINY_NS = "https://tiny.example/ns#"
PREFIX = "@prefix : <https://tiny.example/ns#> .\n"


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tiny: Path) -> Path:
    """The small graph, committed, so that a test may change the work tree."""
    _git(tiny, "init", "--quiet", "--initial-branch=main")
    _commit(tiny)
    return tiny


def _commit(root: Path) -> None:
    _git(root, "add", ".")
    _git(root, "-c", "user.name=t", "-c", "user.email=t@tiny.example", "commit", "--quiet", "-m", "all")


def _edit(root: Path, old: str, new: str, *, file: str = PEOPLE) -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))


def _lines(kg: Kg, root: Path, *arguments: object) -> list[str]:
    """The lines of a difference without findings and answers."""
    result = kg("diff", *arguments, "--no-check", "--no-queries", root=root)
    assert result.returncode == 1, result.stderr
    return result.stdout.splitlines()


def _facts(kg: Kg, root: Path, *arguments: object) -> dict[str, Any]:
    result = kg("diff", *arguments, "--format", "json", root=root)
    assert result.returncode in {0, 1}, result.stderr
    facts = json.loads(result.stdout)
    assert facts["differs"] is bool(result.returncode)
    return facts


def _turtle(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(PREFIX + text)
    return path


def test_changed_literal_is_one_changed_value(kg: Kg, repository: Path) -> None:
    _edit(repository, "1815-12-10", "1815-12-11")
    lines = _lines(kg, repository, "HEAD")
    assert lines[:2] == [
        f"~ person:ada  tiny:Person, {PEOPLE}",
        '    ~ tiny:born  "1815-12-10"^^xsd:date → "1815-12-11"^^xsd:date',
    ]
    assert "    statements: 1 changed" in lines


def test_entities_have_their_labels(kg: Kg, repository: Path) -> None:
    _edit(repository, '"born"@en', '"born on"@en', file="ontology/tiny.ttl")
    assert _lines(kg, repository, "HEAD")[0].startswith('~ tiny:born  "born on"  owl:DatatypeProperty')


def test_value_in_a_nested_node_is_one_changed_value(kg: Kg, repository: Path) -> None:
    _edit(repository, '"Somebody"', '"Someone"')
    assert _lines(kg, repository, "HEAD")[:3] == [
        f"~ person:bert  tiny:Person, {PEOPLE}",
        '      tiny:knows [ a tiny:Person ; tiny:name "Someone" ]',
        '      ~ tiny:name  "Somebody" → "Someone"',
    ]


def test_nested_nodes_are_paired_by_what_they_share(kg: Kg, tmp_path: Path) -> None:
    old = _turtle(tmp_path, "old.ttl", ":a :holds [ :name 'x' ; :size 1 ; :kind :k ], [ :name 'y' ; :size 2 ] .")
    new = _turtle(tmp_path, "new.ttl", ":a :holds [ :name 'y' ; :size 3 ], [ :name 'z' ; :size 1 ; :kind :k ] .")
    (entity,) = _facts(kg, REPOSITORY, old, new)["entities"]
    inner = [one for change in entity["changes"] for one in change["within"]]
    assert sorted((one["old"]["value"], one["new"]["value"]) for one in inner) == [("2", "3"), ("x", "z")]


def test_list_is_one_value(kg: Kg, tmp_path: Path) -> None:
    old, new = (
        _turtle(tmp_path, "old.ttl", ":a :list ( 1 2 3 ) ."),
        _turtle(tmp_path, "new.ttl", ":a :list ( 1 4 2 3 ) ."),
    )
    assert _lines(kg, REPOSITORY, old, new)[1] == "    ~ :list  ( 1 2 3 ) → ( 1 4 2 3 )"


@pytest.mark.parametrize(
    ("left", "right"), [("[ :p ", " ]"), ("( ", " )"), ("( 1 [ :p ", " ] )")], ids=["nodes", "lists", "lists of nodes"]
)
def test_change_however_deep_is_found(kg: Kg, tmp_path: Path, left: str, right: str) -> None:
    old, new = (_turtle(tmp_path, f"{end}.ttl", f":a :p {left * 800} :{end} {right * 800} .") for end in ("x", "y"))
    result = kg("diff", old, new, "--format", "json")
    assert (result.returncode, result.stderr.count("fault of ours")) == (1, 0), result.stderr
    assert f'"{TINY_NS}y"' in result.stdout


def test_renamed_entity_is_told_as_one(kg: Kg, repository: Path) -> None:
    _edit(repository, "person:ada", "person:ada-lovelace")
    lines = _lines(kg, repository, "HEAD")
    assert lines[0] == (f"~ person:ada-lovelace (was person:ada)  tiny:Person, {PEOPLE}, 1 reference follows")
    assert not [line for line in lines if line.startswith(("    +", "    -"))]
    assert "    entities: 1 renamed" in lines


def test_statement_in_another_file_has_moved(kg: Kg, repository: Path) -> None:
    statement = '    tiny:born "1815-12-10"^^xsd:date ;\n'
    _edit(repository, statement, "")
    (repository / "graph_data/dates.ttl").write_text(
        f'<https://tiny.example/id/person/ada> <{TINY_NS}born> "1815-12-10"^^<http://www.w3.org/2001/XMLSchema#date> .'
    )
    text = "\n".join(_lines(kg, repository, "HEAD"))
    assert f"~ 1 statement about person:ada: from {PEOPLE} to graph_data/dates.ttl" in text
    assert "statements: 1 moved" in text
    assert '"1815-12-10"' not in text
    assert 'person:ada tiny:born "1815-12-10"' in "\n".join(_lines(kg, repository, "HEAD", "--moves"))


def test_no_difference_ends_with_0(kg: Kg, repository: Path) -> None:
    (repository / PEOPLE).write_text("# a remark\n" + (repository / PEOPLE).read_text())
    result = kg("diff", "HEAD", root=repository)
    assert (result.returncode, result.stdout) == (0, "HEAD → the files as they are: no difference\n")


def test_blank_nodes_with_other_labels_are_no_difference(kg: Kg, tmp_path: Path) -> None:
    old = _turtle(tmp_path, "old.ttl", "_:a :p _:b . _:b :p _:c ; :q 1 . _:c :p _:a .")
    new = _turtle(tmp_path, "new.ttl", "_:c :p _:z . _:a :p _:c . _:z :p _:a ; :q 1 .")
    assert kg("diff", old, new).returncode == 0


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".nt", "<https://tiny.example/a> <https://tiny.example/b> <https://tiny.example/c> ."),
        (".nq", "<https://tiny.example/a> <https://tiny.example/b> <https://tiny.example/c> ."),
        (".trig", "{ <https://tiny.example/a> <https://tiny.example/b> <https://tiny.example/c> }"),
        (".jsonld", '{"@id": "https://tiny.example/a", "https://tiny.example/b": {"@id": "https://tiny.example/c"}}'),
        (
            ".rdf",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description '
            'r:about="https://tiny.example/a"><b xmlns="https://tiny.example/" r:resource="https://tiny.example/c"/>'
            "</r:Description></r:RDF>",
        ),
    ],
)
def test_formats_of_files_say_the_same(kg: Kg, tmp_path: Path, suffix: str, text: str) -> None:
    turtle = _turtle(
        tmp_path, "old.ttl", "<https://tiny.example/a> <https://tiny.example/b> <https://tiny.example/c> ."
    )
    other = tmp_path / f"new{suffix}"
    other.write_text(text)
    result = kg("diff", turtle, other)
    assert (result.returncode, result.stderr.count("Error")) == (0, 0), result.stdout


def test_folders_of_files(kg: Kg, tmp_path: Path) -> None:
    for name, size in (("old", 1), ("new", 2)):
        (tmp_path / name).mkdir()
        _turtle(tmp_path / name, "one.ttl", f":a :size {size} .")
        _turtle(tmp_path / name, "two.ttl", ":b :holds [ :size 1 ] .")
    lines = _lines(kg, REPOSITORY, tmp_path / "old", tmp_path / "new")
    assert lines[:2] == ["~ :a  one.ttl", "    ~ :size  1 → 2"]


def test_releases_and_files_are_compared_by_what_the_files_say(kg: Kg, repository: Path) -> None:
    assert kg("build", root=repository).returncode == 0
    digest = (repository / "build/current").resolve().name
    assert kg("diff", "current", root=repository).returncode == 0
    _edit(repository, '"Ada"', '"Ada L."')
    for side in ("current", digest, digest[:12], f"release:{digest[:8]}", repository / "build/current"):
        lines = _lines_without_effects(kg, repository, side)
        assert '    ~ tiny:name  "Ada" → "Ada L."' in lines


def _lines_without_effects(kg: Kg, root: Path, *arguments: object) -> list[str]:
    result = kg("diff", *arguments, root=root)
    assert result.returncode == 1, result.stderr
    return result.stdout.splitlines()


def test_generated_statements_are_compared_on_demand(kg: Kg, repository: Path) -> None:
    assert kg("build", root=repository).returncode == 0
    assert kg("diff", "current", "--generated", root=repository).returncode == 0
    _edit(repository, '"Ada"', '"Ada" , "Ada L."')
    facts = _facts(kg, repository, "current", "--generated")
    assert "https://tiny.example/dataset" in [entity["entity"]["value"] for entity in facts["entities"]]


def test_revisions_are_read_without_the_work_tree(kg: Kg, repository: Path) -> None:
    _edit(repository, '"Ada"', '"Ada L."')
    _commit(repository)
    (repository / PEOPLE).write_text("broken")
    assert '    ~ tiny:name  "Ada" → "Ada L."' in _lines(kg, repository, "HEAD~1", "main")
    assert (repository / PEOPLE).read_text() == "broken"


def test_new_and_fixed_findings(kg: Kg, repository: Path) -> None:
    assert _facts(kg, repository, "HEAD")["findings"] == {"new": [], "fixed": [], "kept": 0}
    _edit(repository, '    tiny:name "Ada" ;\n', "")
    facts = _facts(kg, repository, "HEAD")["findings"]
    assert [finding["focus_node"] for finding in facts["new"]] == ["https://tiny.example/id/person/ada"]
    _commit(repository)
    facts = _facts(kg, repository, "HEAD", "HEAD~1")["findings"]
    assert (facts["new"], len(facts["fixed"])) == ([], 1)


def test_finding_about_a_blank_node_is_known_again(kg: Kg, repository: Path) -> None:
    _edit(repository, ' ; tiny:name "Somebody"', "")
    _commit(repository)
    _edit(repository, "[ a tiny:Person ]", '[ a tiny:Person ] , [ tiny:name "One" ]')
    _edit(repository, "a tiny:Person ]", f"a tiny:Person ; <{TINY_NS}knows> person:ada ]")
    facts = _facts(kg, repository, "HEAD")["findings"]
    assert (facts["new"], facts["fixed"], facts["kept"]) == ([], [], 1)


def test_broken_shapes_leave_the_difference_and_a_note(kg: Kg, repository: Path) -> None:
    (repository / "ontology/shapes/tiny.ttl").unlink()
    result = kg("diff", "HEAD", root=repository)
    assert result.returncode == 1
    assert (
        "note: findings are not compared, because one side cannot be checked: the folder of the shapes" in result.stdout
    )


def test_answers_of_saved_queries(kg: Kg, repository: Path) -> None:
    assert _facts(kg, repository, "HEAD")["queries"] == []
    _edit(repository, '"Ada"', '"Ada L."')
    (answer,) = _facts(kg, repository, "HEAD", "--rows")["queries"]
    assert (answer["name"], answer["query_changed"]) == ("names", False)
    assert answer["removed"] == ['<https://tiny.example/id/person/ada>\t"Ada"\t']
    assert answer["added"] == ['<https://tiny.example/id/person/ada>\t"Ada L."\t']
    text = kg("diff", "HEAD", "--rows", root=repository).stdout
    assert '    ~ names: 1 row added, 1 row removed\n    -   person:ada | "Ada"' in text


def test_new_query_is_told(kg: Kg, repository: Path) -> None:
    (repository / "queries/all.rq").write_text((repository / "queries/names.rq").read_text())
    assert "    ~ all: a new query, 1 row" in kg("diff", "HEAD", root=repository).stdout


def _apply(patch: str, quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Apply an RDF Patch, as its readers do: row after row."""
    found = set(quads)
    for line in patch.splitlines():
        operation, _, row = line.partition(" ")
        if operation in {"A", "D"}:
            (quad,) = ox.parse(row, format=ox.RdfFormat.N_QUADS)
            (found.add if operation == "A" else found.remove)(quad)
    return found


def _canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _quads(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=path))


def test_patch_of_files_makes_one_of_the_other(kg: Kg, tmp_path: Path) -> None:
    old, new = tmp_path / "old.nq", tmp_path / "new.nq"
    old.write_text('<a:a> <a:p> _:x <a:g> .\n_:x <a:q> "1" <a:g> .\n_:x <a:q> _:y .\n_:y <a:q> "3" .\n')
    new.write_text(
        '<a:a> <a:p> _:y <a:g> .\n_:y <a:q> "2" <a:g> .\n_:y <a:q> _:x .\n_:x <a:q> "3" .\n<a:a> <a:p> _:z .\n'
    )
    result = kg("diff", old, new, "--format", "patch")
    assert result.returncode == 1
    head, *rows = result.stdout.splitlines()
    assert head.startswith("H id <urn:uuid:")
    assert [row.split()[0] for row in rows] == ["H", "TX", "D", "A", "A", "TC"]
    assert _canonical(_apply(result.stdout, _quads(old))) == _canonical(_quads(new))
    again = kg("diff", old, new, "--format", "patch")
    assert again.stdout == result.stdout


def test_patch_of_a_release_speaks_of_its_blank_nodes(kg: Kg, repository: Path) -> None:
    assert kg("build", root=repository).returncode == 0
    dump = _quads(repository / "build/current/dataset.nq")
    _edit(repository, '"Somebody"', '"Someone"')
    result = kg("diff", "current", "--format", "patch", root=repository)
    found = _apply(result.stdout, dump)
    assert '"Someone"' in {str(quad.object) for quad in found}
    assert len(found) == len(dump)


def test_patch_without_blank_nodes(kg: Kg, repository: Path) -> None:
    _edit(repository, '"Somebody"', '"Someone"')
    base = "https://tiny.example/.well-known/genid/"
    result = kg("diff", "HEAD", "--format", "patch", "--skolemise", base, root=repository)
    assert f"D <{base}" in result.stdout
    assert "_:" not in result.stdout
    assert kg("diff", "HEAD", "--skolemise", base, root=repository).returncode == 2


_NODES = [*(ox.BlankNode(name) for name in "abcd"), *(ox.NamedNode(f"a:{name}") for name in "ab")]
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREDICATES = [ox.NamedNode("a:p"), ox.NamedNode("a:q"), ox.NamedNode(_RDF + "first"), ox.NamedNode(_RDF + "rest")]
_OBJECTS = [*_NODES, ox.Literal("1"), ox.Literal("one", language="en"), ox.NamedNode(_RDF + "nil")]
_GRAPHS = [ox.DefaultGraph(), ox.NamedNode("a:g"), ox.BlankNode("g")]
_datasets = st.lists(
    st.builds(
        ox.Quad,
        st.sampled_from(_NODES),
        st.sampled_from(_PREDICATES),
        st.sampled_from(_OBJECTS),
        st.sampled_from(_GRAPHS),
    ),
    max_size=12,
    unique=True,
)


@settings(max_examples=400, deadline=None)
@given(_datasets, _datasets)
def test_patch_of_any_two_datasets_makes_one_of_the_other(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    difference = compare(old, new, label_properties=[])
    sides = [Side(name, "file", tuple(quads), {}) for name, quads in (("old", old), ("new", new))]
    patched = _apply(write_patch(Comparison(*sides, difference)), old)
    assert _canonical(patched) == _canonical(new)


@settings(max_examples=200, deadline=None)
@given(_datasets, st.permutations("abcd"))
def test_other_labels_of_blank_nodes_make_no_difference(quads: list[ox.Quad], names: list[str]) -> None:
    labels = dict(zip("abcd", names, strict=True))

    def other(term: Any) -> Any:
        return (
            ox.BlankNode(f"n{labels[term.value]}") if isinstance(term, ox.BlankNode) and term.value in labels else term
        )

    same = [ox.Quad(other(one.subject), one.predicate, other(one.object), one.graph_name) for one in quads]
    assert not compare(quads, same, label_properties=[])


def test_markdown_has_a_table_and_folded_sections(kg: Kg, repository: Path) -> None:
    _edit(repository, '"Ada"', '"Ada <b>`@here`|"')
    _edit(repository, '"Somebody"', '"Someone"')
    text = kg("diff", "HEAD", "--format", "markdown", root=repository).stdout
    assert "### `HEAD` → `the files as they are`\n" in text
    assert "| **statements** |  |  | 2 |" in text
    assert "| **saved queries** |  |  | 1 |" in text
    assert '- tiny:name "Ada"\n+ tiny:name "Ada <b>`@here`|"\n```\n\n</details>' in text
    assert "<details><summary>~ <code>person:bert</code> <sub>~1</sub></summary>" in text


def test_markdown_keeps_to_the_length_of_a_comment(kg: Kg, repository: Path) -> None:
    people = "".join(f'person:p{number} a tiny:Person ; tiny:name "{"x" * 100} {number}" .\n' for number in range(2000))
    with (repository / PEOPLE).open("a") as file:
        file.write(people)
    text = kg("diff", "HEAD", "--format", "markdown", "--no-check", "--no-queries", root=repository).stdout
    assert 60_000 < len(text) < 65_536
    assert text.count("<details>") == text.count("</details>")
    shown = text.count("<details>")
    assert text.splitlines()[-1] == (
        f"**Cut here:** {2000 - shown} of 2000 entities are not shown; `kg diff HEAD` shows all."
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 2, 'found nothing named "nowhere"; expected a file, a folder, a revision such as main'),
        (["rev:nowhere"], 2, '"rev:nowhere": found no revision of this name'),
        (["release:current"], 2, '"release:current": found no release of this name'),
        (["--", "-x"], 2, 'found nothing named "-x"'),
        (["path:empty"], 3, "empty: found no RDF file, expected some with suffix .ttl"),
        (["broken.ttl"], 3, "broken.ttl:1:"),
        (["remote.jsonld"], 3, "is not fetched"),
        (["notes.txt"], 3, "found the suffix .txt, expected one of .ttl"),
        (["main"], 2, '"main" is a file or folder and a revision: say path:main or rev:main'),
        (["rev:main", "people.ttl", "--check"], 2, "--check needs two knowledge graph directories or revisions"),
        (["tree"], 3, "revision tree: found no ontology/ or no graph_data/ in it"),
    ],
)
def test_rubbish_sides_are_named(
    kg: Kg, repository: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    _git(repository, "checkout", "--quiet", "--orphan", "tree")
    _git(repository, "rm", "-r", "--quiet", "--cached", ".")
    _git(repository, "-c", "user.name=t", "-c", "user.email=t@tiny.example", "commit", "--allow-empty", "-m", "none")
    for folder in ("empty", "main"):
        (repository / folder).mkdir()
    (repository / "broken.ttl").write_text("<a> <b> .")
    (repository / "remote.jsonld").write_text('{"@context": "https://tiny.example/context", "a": 1}')
    (repository / "people.ttl").write_text((repository / PEOPLE).read_text())
    (repository / "notes.txt").write_text("a note")
    result = kg("diff", *arguments, root=repository)
    assert result.returncode == code, result.stdout + result.stderr
    assert message in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr


_OWN_MEMBER = [ox.Quad(_NODES[0], _PREDICATES[2], _NODES[0]), ox.Quad(_NODES[0], _PREDICATES[3], _OBJECTS[-1])]


@settings(max_examples=400, deadline=None)
@given(_datasets, _datasets)
@example(_OWN_MEMBER, [])
@example([], _OWN_MEMBER)
def test_no_changed_statement_is_left_out(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    difference = compare(old, new, label_properties=[])
    assume(not difference.of_kind(EntityKind.RENAMED))
    after = (set(old) - set(difference.removed)) | set(difference.added)
    before_triples, after_triples = ({quad.triple for quad in quads} for quads in (old, after))
    leaves = [leaf for entity in difference.entities for change in entity.changes for leaf in change.leaves]
    assert sum(1 + leaf.old.size for leaf in leaves if leaf.old) >= len(before_triples - after_triples)
    assert sum(1 + leaf.new.size for leaf in leaves if leaf.new) >= len(after_triples - before_triples)
    moved = {quad.triple for quad in (*difference.removed, *difference.added)} & before_triples & after_triples
    assert sum(len(move.statements) for move in difference.moves) == len(moved)

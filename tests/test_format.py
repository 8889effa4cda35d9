"""``kg format``: one layout, the same graph, all comments."""

import stat
from collections import Counter
from pathlib import Path

import pytest
from harness import REPOSITORY, Kg
from layouts import Layout

from kg.formatting import format_turtle
from kg.turtle import tokens

LAID_OUT = """\
# What this is

# People
@prefix : <http://a.example/> .
@prefix a-b: <http://b.example/> . # not used
@prefix a: <http://a.example/a#> .

# Classes

a:C
    a a:Class ; # why
    # says more
    a:label "it"@en-GB ;
    .

:x a:is :y .
:y a:is :z . # two
# of one kind

[]
    a:values 1 , +01 , "\\u0041"^^a:t ;
    a:many
        '''two

lines \\t''' ,
        'one' , # with a word
        # and another
        a:C ;
    a:nested [ a:p ( 1 [] () ) ; a:q true ] ;
    a:spread [
        a a:C ;
        a:list (
            [ a:p 1 ] # first
            2
        ) ;
        # nothing more
    ] ;
    # the end
    .

[ a:p 1 ] .
# last
"""


def comments(text: str) -> Counter[str]:
    return Counter(token.text.rstrip() for token in tokens(text, layout=True) if token.kind == "comment")


def formatted(text: str) -> str:
    return format_turtle(text.encode(), "x.ttl").decode()


def test_layout_is_what_it_should_be() -> None:
    assert formatted(LAID_OUT) == LAID_OUT


def test_any_other_layout_becomes_it() -> None:
    text = "PREFIX b: <http://b.example/>\n@prefix a: <http://a.example/>."
    text += "b:s b:p 1,2;;b:q[b:r 3;b:t'x'],(1 2);a b:C .a:s b:p b:o."
    assert formatted(text) == (
        "@prefix a: <http://a.example/> .\n@prefix b: <http://b.example/> .\n\n"
        "b:s\n    a b:C ;\n    b:p 1 , 2 ;\n    b:q [ b:r 3 ; b:t 'x' ] , ( 1 2 ) ;\n    .\n\na:s b:p b:o .\n"
    )


def test_long_values_stand_one_per_line() -> None:
    values = [f'"{letter * 40}"' for letter in "abc"]
    text = f"<a:s>\n  <a:p> {', '.join(values)} ;\n  <a:q> [ <a:r> {', '.join(values)} ] .\n"
    assert formatted(text) == (
        "<a:s>\n    <a:p>\n        " + " ,\n        ".join(values) + " ;\n"
        "    <a:q> [\n        <a:r>\n            " + " ,\n            ".join(values) + " ;\n    ] ;\n    .\n"
    )


def test_one_triple_more_is_one_line_more() -> None:
    before = "<a:s>\n    a <a:C> ;\n    .\n"
    after = formatted(before.replace("    .", "    <a:p> 1 ;\n    ."))
    assert len(after.splitlines()) == len(formatted(before).splitlines()) + 1
    assert set(before.splitlines()) < set(after.splitlines())


def test_prefixes_that_are_declared_twice_stay_where_they_are() -> None:
    text = "@prefix b: <b:> .\n@prefix a: <a:> .\na:s a:p b:o .\n@prefix a: <c:> .\na:s a:p b:o .\n"
    assert formatted(text) == text
    base = "@base <http://a.example/> .\n@prefix b: <b#> .\n@prefix a: <a#> .\n\na:s a:p b:o .\n"
    assert formatted(base) == base


@pytest.mark.parametrize("seed", range(400))
def test_any_layout_keeps_graph_terms_and_comments_and_is_settled_at_once(seed: int) -> None:
    text = Layout(seed, redefines=seed % 2 == 0).text
    once = formatted(text)  # raises an error if the graph were another
    assert comments(once) == comments(text)
    assert formatted(once) == once


def test_own_files_are_formatted(kg: Kg) -> None:
    result = kg("format", "--check")
    assert (result.returncode, result.stdout) == (0, "")


def test_command_writes_only_what_changes(kg: Kg, tiny: Path) -> None:
    file = tiny / "graph_data/people.ttl"
    other = tiny / "ontology/tiny.ttl"
    text, kept = file.read_text(), other.stat().st_mtime_ns
    file.write_text(text.replace("    ", "\t"))
    file.chmod(0o640)
    result = kg("format", root=tiny)
    assert (result.returncode, result.stdout) == (0, f"{file} is formatted\n")
    assert file.read_text() == text
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert other.stat().st_mtime_ns == kept
    assert sorted(path.name for path in file.parent.iterdir()) == ["people.ttl"]


def test_check_names_files_and_diff_shows_lines_and_neither_writes(kg: Kg, tiny: Path) -> None:
    file = tiny / "graph_data/people.ttl"
    file.write_text(file.read_text().replace("    tiny:born", "  tiny:born"))
    text = file.read_text()
    check = kg("format", "--check", tiny / "graph_data", root=tiny)
    assert (check.returncode, check.stdout) == (1, f"{file} would change\n")
    diff = kg("format", "--diff", file, root=tiny)
    assert diff.returncode == 0
    assert '-  tiny:born "1815-12-10"^^xsd:date ;\n+    tiny:born "1815-12-10"^^xsd:date ;\n' in diff.stdout
    assert kg("format", "--check", "--diff", file, root=tiny).returncode == 1
    assert file.read_text() == text


def test_standard_input_is_written_to_standard_output(kg: Kg) -> None:
    result = kg("format", "-", stdin="<a:s> a <a:C>; <a:p> 'é' .")
    assert (result.returncode, result.stdout) == (0, "<a:s>\n    a <a:C> ;\n    <a:p> 'é' ;\n    .\n")
    result = kg("format", "-", stdin="<a:s> a .")
    assert (result.returncode, result.stdout) == (3, "")
    assert "1:9" in result.stderr


def test_malformed_file_is_left_and_the_others_are_formatted(kg: Kg, tiny: Path) -> None:
    data = tiny / "graph_data"
    (data / "a.ttl").write_text("<a:s> a ; .")
    (data / "b.ttl").write_text("<a:s>   a <a:C> .")
    (data / "c.nt").write_text("<a:s>   <a:p>   <a:C> .")
    (data / "d.ttl").write_text("<a:s> <a:p> " + "[ <a:p> " * 101 + "1 " + "]" * 101 + " .")
    (data / "e.ttl").write_text("<a:s> <a:p> <<( <a:s> <a:p> 1 )>> .")
    files = sorted(data.iterdir())
    result = kg("format", *files, root=tiny)
    assert result.returncode == 3
    assert (data / "a.ttl").read_text() == "<a:s> a ; ."
    assert (data / "b.ttl").read_text() == "<a:s> a <a:C> .\n"
    assert (data / "c.nt").read_text() == "<a:s>   <a:p>   <a:C> ."
    for words in ("a.ttl:1:9", "c.nt is not formatted", "d.ttl:1:1: found more than", "e.ttl:1:1: found <<("):
        assert words in result.stderr


def test_link_stays_a_link(kg: Kg, tiny: Path) -> None:
    target, link = tiny / "target.ttl", tiny / "link.ttl"
    target.write_text("<a:s>   a <a:C> .")
    link.symlink_to("target.ttl")
    assert kg("format", link, root=tiny).returncode == 0
    assert link.is_symlink()
    assert target.read_text() == "<a:s> a <a:C> .\n"


def test_repository_has_files_to_format() -> None:
    assert len(list(REPOSITORY.glob("[go]*/**/*.ttl"))) > 50

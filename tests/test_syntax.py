"""What is said of files that do not parse, or cannot be read; and which formats are read."""

import os
from pathlib import Path

import pytest
from harness import Kg

from kg.config import load_config
from kg.dataset import read_sources
from kg.errors import GraphParseError, MalformedFilesError
from kg.syntax import parse_errors

PREFIX = "@prefix a: <http://a.example/> .\n"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a.example/"'


STATEMENT = '<rdf:Description rdf:about="http://a.example/s"><a:p rdf:resource="o"/></rdf:Description>'
XML = f"<rdf:RDF {RDF}>{STATEMENT}</rdf:RDF>"


def told(text: str | bytes, name: str = "x.ttl") -> list[tuple[int, int, str]]:
    content = text if isinstance(text, bytes) else text.encode()
    return [(error.line, error.column, error.problem) for error in parse_errors(content, name, "http://b.example/")]


def places(text: str | bytes, name: str = "x.ttl") -> list[tuple[int, int]]:
    return [error[:2] for error in told(text, name)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:s p 1 .\na:t a:p 1 .\na:u a:p .\n", [(2, 5), (4, 9)]),
        ("a:s a:p [ a:q 1 .\na:t a:p ( 1 ; a:q 2 .\na:u a:q <b c> .\n", [(2, 17), (3, 13), (4, 9)]),
        ("a:s a:p 'x ;\n  a:q 2 ;\n.\na:t a:p 1\n.\na:u p 1 .\n", [(2, 9), (7, 5)]),
        ("a:s a:p 'x .\na:t a:p 1 1 .\n", [(2, 9), (3, 11)]),
        ("a:s a:p 'é😀' , x .\na:t a:p y .", [(2, 16), (3, 9)]),
        ('a:s a:p "# . \\" <" ; p 1 . # a:t a .\n', [(2, 22)]),
        ("a:s a:p <http://a.example/b c> .\na:t a:p <http://a.example/x .\na:u p 1 .\n", [(2, 9), (3, 9), (4, 5)]),
        ("a:s p 1 .\r\na:t p 1 .\r\n", [(2, 5), (3, 5)]),
    ],
)
def test_each_error_of_a_file_is_told_once(text: str, expected: list[tuple[int, int]]) -> None:
    assert places(PREFIX + text) == expected


def test_missing_dot_is_told_where_it_is_missing() -> None:
    (error,) = told(PREFIX + "a:s a:p 1\n\n# next\na:t a:p 2 .\n")
    assert error[:2] == (2, 10)
    assert "found '1' and then, on line 5, 'a:t': write a dot between them" in error[2]
    assert places(PREFIX + "a:s a:p 1 ;\n    a:q 2 ;\n\na:t\n    a:p 1 ;\n    .\na:u p 1 .") == [(3, 12), (8, 5)]


def test_undeclared_prefix_is_told_once_at_its_first_use() -> None:
    errors = told(PREFIX + "a:s a:p b:x .\nb:s b:p c:o .\nb:z a b:y .\na:t p 1 .\n")
    assert [error[:2] for error in errors] == [(2, 9), (3, 9), (5, 5)]
    assert "declare it with @prefix b: <...> ." in errors[0][2]


def test_unclosed_string_names_the_quotation_mark() -> None:
    assert 'close it with "' in told(PREFIX + 'a:s a:p "x .\n')[0][2]
    (error,) = told(PREFIX + 'a:s a:p """x\n .\na:t a:p 1 .\n')
    assert error[:2] == (2, 9)
    assert 'close it with """' in error[2]


def test_byte_of_another_encoding_is_named() -> None:
    errors = told(PREFIX.encode() + b"a:s a:p 'caf\xe9' .\na:t a:p '\x93x\x94' .\na:u p 1 .")
    assert [error[:2] for error in errors] == [(2, 13), (4, 5)]
    assert "found the byte 0xE9, in Windows-1252 the character é, expected UTF-8" in errors[0][2]
    assert "UTF-16" in told((PREFIX + "a:s a:p 1 .").encode("utf-16"))[0][2]


def test_byte_order_mark_and_merge_conflict_are_told_beside_other_errors() -> None:
    errors = told("\ufeff" + PREFIX + "<<<<<<< HEAD\na:s a:p 1 .\n=======\na:s p 2 .\n>>>>>>> other\na:t a:p 3 .\n")
    assert [error[:2] for error in errors] == [(1, 1), (2, 1), (5, 5)]
    assert "byte order mark" in errors[0][2]
    assert "merge-conflict marker '<<<<<<< HEAD'" in errors[1][2]


def test_errors_beyond_twenty_are_not_shown() -> None:
    errors = told(PREFIX + "a:s p 1 .\n" * 100)
    assert len(errors) == 21
    assert errors[-1][2] == "more errors of this file are not shown"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x.nt", "<a:s> <a:p> 1 .\n<a:s> <a:p> <a:o>\n<a:s> <a:p> <a:o> .\nx\n", [(1, 13), (2, 18), (4, 1)]),
        ("x.nq", '<a:s> <a:p> "x" <a:g> .\n<a:s> <a:p> "x\n<a:s> <a:p> <a:o> <a:g> .\n_:b x .\n', [(2, 13), (4, 5)]),
        ("x.trig", "<a:g> { <a:s> <a:p> 1 . <a:t> <a:p> }\n<a:h> { <a:s> b 1 }\n<a:z> a <a:b> .\n", [(1, 37), (2, 15)]),
        ("x.rdf", f"<rdf:RDF {RDF}>\n<rdf:Description>\n</rdf:RDF>", [(3, 3)]),
        ("x.jsonld", '{"@id": "a:s",\n "a:p": [1,]}', [(2, 12)]),
    ],
)
def test_errors_of_other_formats(name: str, text: str, expected: list[tuple[int, int]]) -> None:
    assert places(text, name) == expected


def test_remote_context_is_not_fetched() -> None:
    text = '{"@context": [{"b": "http://b.example/"},\n  "https://context.example/c.jsonld"], "@id": "a:s", "b": 1}'
    problem = "remote context <https://context.example/c.jsonld> is not fetched: put it into the file"
    assert told(text, "x.jsonld") == [(2, 3, problem)]


def test_entities_that_grow_are_refused_and_namespaces_are_not(tiny: Path) -> None:
    names = [f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10)]
    head = f'<!DOCTYPE rdf:RDF [<!ENTITY e0 "{"x" * 1000}">{{}}]>'
    body = f'<rdf:RDF {RDF}><rdf:Description rdf:about="http://a.example/s"><a:p>{{}}</a:p></rdf:Description></rdf:RDF>'
    file = tiny / "graph_data" / "more.rdf"
    file.write_text(head.format("".join(names)) + body.format("&e9;"))
    with pytest.raises(MalformedFilesError, match=r"more\.rdf:1:1: found entities that stand for"):
        read_sources(load_config(tiny))
    file.write_text(head.format("") + body.format("&e0;" * 3))
    quads = next(file.quads for file in read_sources(load_config(tiny)).files if file.path.endswith("more.rdf"))
    assert len(quads[0].object.value) == 3000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("more.nt", "<http://a.example/s> <http://a.example/p> <http://a.example/o> .\n"),
        ("more.nq", "<http://a.example/s> <http://a.example/p> <http://a.example/o> <http://a.example/g> .\n"),
        ("more.trig", "@prefix a: <http://a.example/> . a:g { a:s a:p a:o }"),
        ("more.jsonld", '{"@id": "http://a.example/s", "http://a.example/p": {"@id": "http://a.example/o"}}'),
        ("more.rdf", XML),
        ("more.owl", XML),
    ],
)
def test_source_files_may_be_in_any_format(tiny: Path, name: str, text: str) -> None:
    (tiny / "graph_data" / name).write_text(text)
    (file,) = [file for file in read_sources(load_config(tiny)).files if file.path == f"graph_data/{name}"]
    (quad,) = file.quads
    assert (quad.subject.value, quad.predicate.value) == ("http://a.example/s", "http://a.example/p")
    expected = (
        "http://a.example/g" if name in {"more.nq", "more.trig"} else "https://tiny.example/graph/graph_data/more"
    )
    assert quad.graph_name.value == expected


def test_literal_too_long_for_the_engine_is_told(tiny: Path) -> None:
    text = PREFIX + 'a:s a:p 1 ;\n  a:q """' + "long \n" * 2_850_000 + '""" .\n'
    (tiny / "graph_data" / "more.ttl").write_text(text)
    with pytest.raises(MalformedFilesError, match=r"more\.ttl:3:7: a literal or name is too long"):
        read_sources(load_config(tiny))


def test_files_and_folders_that_cannot_be_read_get_one_line_each(kg: Kg, tiny: Path) -> None:
    data = tiny / "graph_data"
    (data / "self.ttl").symlink_to("self.ttl")
    (data / "gone.ttl").symlink_to("nowhere.ttl")
    (data / "around").symlink_to(tiny, target_is_directory=True)
    (data / "folder.ttl").mkdir()
    os.mkfifo(data / "pipe.ttl")
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert [line for line in result.stdout.splitlines() if ".ttl:" in line] == [
        "graph_data/gone.ttl:1:1: violation: [syntax] cannot be read: No such file or directory",
        "graph_data/pipe.ttl:1:1: violation: [syntax] cannot be read: it is no regular file",
        "graph_data/self.ttl:1:1: violation: [syntax] cannot be read: Too many levels of symbolic links",
    ]


def test_error_tells_its_facts(tiny: Path) -> None:
    (tiny / "graph_data" / "more.ttl").write_text("a:s a:p 1 .")
    with pytest.raises(MalformedFilesError) as caught:
        read_sources(load_config(tiny))
    (error,) = caught.value.errors
    assert isinstance(error, GraphParseError)
    assert (error.path, error.line, error.column) == ("graph_data/more.ttl", 1, 1)

"""``POST /validate``: the findings of ``kg check``, in every form, and nothing that a document does harms others."""

import gzip
import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
import schemathesis
from harness import REPOSITORY, TINY, Kg, media_type, serve, started
from httpx import Client, Response, Timeout, TimeoutException
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from kg.formats import source_formats

TURTLE = {"Content-Type": "text/turtle"}
NAMELESS = """
@prefix tiny: <https://tiny.example/ns#> .
<https://tiny.example/id/person/cleo> a tiny:Person ;
    tiny:born "soon" ;
    tiny:knows <https://tiny.example/id/person/nobody> .
"""
FINE = '<https://tiny.example/id/person/cleo> a <https://tiny.example/ns#Person> ; <https://tiny.example/ns#name> "C" .'
SLOW = "".join(f"<https://tiny.example/id/slow/{number}> a <https://tiny.example/ns#Slow> .\n" for number in range(400))
"""Things of which a shape asks in how many ways four of them can be put together."""
SLOW_SHAPE = '''
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tiny: <https://tiny.example/ns#> .
tiny:SlowShape a sh:NodeShape ; sh:targetClass tiny:Slow ; sh:sparql [ sh:prefixes tiny:queries ; sh:select """
  SELECT $this { $this a tiny:Slow . ?b a tiny:Slow . ?c a tiny:Slow . ?d a tiny:Slow FILTER (str(?d) = str(?c) + 1) }
""" ] .
tiny:queries sh:declare
  [ sh:prefix "tiny" ; sh:namespace "https://tiny.example/ns#"^^<http://www.w3.org/2001/XMLSchema#anyURI> ] .
'''


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny graph, whose server checks documents."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("validate") / "tiny"))
    (root / "ontology/shapes/slow.ttl").write_text(SLOW_SHAPE)
    with (root / "ontology/tiny.ttl").open("a") as file:
        file.write('tiny:Slow a owl:Class ; rdfs:label "slow"@en .')
    with (root / "agon.toml").open("r+") as file:
        settings = file.read()
        file.seek(0)
        file.write("validate = true\n" + settings + "validate_seconds = 10\nvalidate_bytes = 4_000_000\n")
    return root


@pytest.fixture(scope="module")
def service(root: Path) -> Iterator[Client]:
    """A client of a server that checks documents."""
    for address in serve(["--root", str(root)], ["--processes", "2"]):
        with Client(base_url=address, timeout=60) as client:
            del client.headers["Accept"]
            yield client


def send(service: Client, document: str | bytes, *, headers: dict[str, str] | None = None, **options: str) -> Response:
    return service.post("/validate", content=document, params=options, headers=TURTLE | (headers or {}))


def rules(response: Response) -> list[tuple[str, str, int | None]]:
    assert response.status_code == 200, response.text
    return sorted((one["rule"], one["file"], one["line"]) for one in response.json()["findings"])


def test_findings_are_those_of_the_command(service: Client, kg: Kg, root: Path) -> None:
    command = kg("check", "--output", "json", "--stdin-filename", "document.ttl", "-", root=root, stdin=NAMELESS)
    told = send(service, NAMELESS)
    assert media_type(told) == "application/json"
    assert told.headers["Cache-Control"] == "no-store"
    assert "Accept" in told.headers["Vary"]
    assert told.json() == json.loads(command.stdout)
    assert ("tinyshape:Person-name", "document.ttl", 3) in rules(told)


def test_example_of_the_documentation_is_true(kg: Kg) -> None:
    text = (REPOSITORY / "docs/validate.md").read_text()
    document, report = (re.findall(rf"```{name}\n(.*?)```", text, re.DOTALL)[0] for name in ("turtle", "text"))
    assert kg("check", "--stdin-filename", "document.ttl", "-", stdin=document).stdout == report


def test_document_without_fault_conforms(service: Client) -> None:
    report = send(service, FINE).json()
    assert (report["conforms"], report["findings"]) == (True, [])


def test_blank_node_without_a_name_of_its_own_is_found(service: Client, kg: Kg, root: Path) -> None:
    document = "[ a <https://tiny.example/ns#Person> ] ."
    assert [rule for rule, *_ in rules(send(service, document))] == ["tinyshape:Person-name"]
    assert "tinyshape:Person-name" in kg("check", "--stdin-filename", "a.ttl", "-", root=root, stdin=document).stdout


@pytest.mark.parametrize(
    ("context", "found"),
    [
        ("graph", ["undeclared-term"]),
        ("ontology", ["dangling-reference", "undeclared-term"]),
        ("none", ["dangling-reference"]),
    ],
)
def test_context_says_what_the_document_is_checked_beside(service: Client, context: str, found: list[str]) -> None:
    document = """
        @prefix tiny: <https://tiny.example/ns#> .
        @prefix person: <https://tiny.example/id/person/> .
        person:cleo a tiny:Person ; tiny:name "Cleo" ; tiny:knows person:ada ; tiny:nose "long" .
    """
    assert [rule for rule, *_ in rules(send(service, document, context=context))] == found


def test_rules_are_chosen_by_name(service: Client) -> None:
    every = {rule for rule, *_ in rules(send(service, NAMELESS))}
    assert every == {"dangling-reference", "tinyshape:Person-born", "tinyshape:Person-name"}
    assert {rule for rule, *_ in rules(send(service, NAMELESS, rule="dangling-reference"))} == {"dangling-reference"}
    assert {rule for rule, *_ in rules(send(service, NAMELESS, skip="shapes"))} == {"dangling-reference"}


def test_document_that_does_not_parse_is_a_finding(service: Client) -> None:
    assert rules(send(service, "<https://tiny.example/a> a\n nothing:here .")) == [("syntax", "document.ttl", 2)]
    assert rules(send(service, b"<https://tiny.example/\xff> a 1 .")) == [("encoding", "document.ttl", 1)]
    assert "syntax" in {rule for rule, *_ in rules(send(service, "a\x00b\x07"))}


def test_ntriples_are_read_as_such(service: Client) -> None:
    document = "<https://tiny.example/id/person/cleo> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> \n a ."
    told = send(service, document, headers={"Content-Type": "application/n-triples; charset=UTF-8"})
    assert {(rule, file) for rule, file, _ in rules(told)} == {("syntax", "document.nt")}


def _is_sarif(response: Response) -> bool:
    return bool(response.json()["version"] == "2.1.0" and response.json()["runs"][0]["results"])


def _is_junit(response: Response) -> bool:
    return ElementTree.fromstring(response.content).tag == "testsuites"


def _is_shacl(response: Response) -> bool:
    graph = rdflib.Graph().parse(data=response.content, format=media_type(response))
    found = graph.query("ASK { ?report sh:conforms false ; sh:result/sh:focusNode ?node }")
    return bool(found.askAnswer)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own reader of JSON-LD uses it
@pytest.mark.parametrize(
    ("name", "type_name", "holds"),
    [
        ("json", "application/json", lambda response: response.json()["conforms"] is False),
        ("sarif", "application/sarif+json", _is_sarif),
        ("junit", "application/xml", _is_junit),
        ("text", "text/plain", lambda response: "does not conform" in response.text),
        ("turtle", "text/turtle", _is_shacl),
        ("ntriples", "application/n-triples", _is_shacl),
        ("jsonld", "application/ld+json", _is_shacl),
        ("rdfxml", "application/rdf+xml", _is_shacl),
    ],
)
def test_report_is_given_by_accept_and_by_name(
    service: Client, name: str, type_name: str, holds: Callable[[Response], bool]
) -> None:
    by_accept = send(service, NAMELESS, headers={"Accept": f"image/png, {type_name}"})
    by_name = send(service, NAMELESS, headers={"Accept": "image/png"}, format=name)
    for told in (by_accept, by_name):
        assert (told.status_code, media_type(told)) == (200, type_name)
        assert holds(told)


@pytest.mark.parametrize(
    ("headers", "options", "body", "status", "says"),
    [
        ({"Accept": "image/png"}, {}, FINE, 406, "application/sarif+json"),
        ({}, {"format": "pdf"}, FINE, 406, "sarif"),
        ({"Content-Type": "application/pdf"}, {}, FINE, 415, "text/turtle, application/n-triples"),
        ({"Content-Type": "text/turtle; charset=latin-1"}, {}, FINE, 415, "UTF-8"),
        ({"Content-Encoding": "gzip"}, {}, gzip.compress(b"#" * 10_000_000), 415, "gzip"),
        ({}, {}, "", 400, "empty"),
        ({}, {"shapes": "https://shapes.example/"}, FINE, 400, "shapes"),
        ({}, {"context": "world"}, FINE, 400, "graph, ontology, none"),
        ({}, {"rule": "no-such-rule"}, FINE, 400, "no-such-rule"),
        ({}, {"skip": "no-such-rule"}, FINE, 400, "no-such-rule"),
        ({}, {}, "#" * 4_000_001, 413, "limits.validate_bytes"),
    ],
)
def test_malformed_request_is_refused(
    service: Client, headers: dict[str, str], options: dict[str, str], body: str | bytes, status: int, says: str
) -> None:
    response = send(service, body, headers=headers, **options)
    assert response.status_code == status
    assert says in response.json()["detail"]


def test_two_content_types_or_contexts_are_refused(service: Client) -> None:
    headers = [("Content-Type", "text/turtle"), ("Content-Type", "application/n-triples")]
    assert service.post("/validate", content=FINE, headers=headers).status_code == 400
    twice = service.post("/validate?context=graph&context=none", content=FINE, headers=TURTLE)
    assert twice.status_code == 400
    assert "context" in twice.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_other_methods_are_not_allowed(service: Client, method: str) -> None:
    response = service.request(method, "/validate")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_slow_check_is_ended_and_queries_go_on_meanwhile(service: Client) -> None:
    told: list[Response] = []
    slow = threading.Thread(target=lambda: told.append(send(service, SLOW)))
    slow.start()
    time.sleep(1)
    busy = send(service, FINE)
    assert (busy.status_code, busy.json()["title"], "Retry-After" in busy.headers) == (503, "Busy", True)
    assert slow.is_alive()
    assert service.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    slow.join()
    assert told[0].status_code == 503
    assert told[0].json()["limit"] == {"validate_seconds": 10.0}
    assert told[0].headers["Retry-After"]
    assert send(service, FINE).json()["conforms"] is True


def test_client_that_goes_frees_the_worker(service: Client) -> None:
    with suppress(TimeoutException):
        service.post("/validate", content=SLOW, headers=TURTLE, timeout=Timeout(2))
    assert send(service, FINE).json()["conforms"] is True


def test_deep_document_never_ends_the_service(service: Client) -> None:
    depth = 150_000
    response = send(service, "<a:> <b:> " + "[ <b:> " * depth + "1" + " ]" * depth + " .", context="none")
    assert response.status_code in {200, 503}
    assert send(service, FINE).json()["conforms"] is True


def test_many_findings_are_told(service: Client) -> None:
    kind = "<https://tiny.example/ns#Person>"
    document = "".join(f"<https://tiny.example/id/person/p{number}> a {kind} .\n" for number in range(2_000))
    response = send(service, document, context="none", rule="shapes")
    assert response.json()["counts"]["violation"] == 2_000


def test_nothing_that_a_document_names_is_fetched_or_taken_for_shapes(service: Client) -> None:
    document = """
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        <https://other.example/> a owl:Ontology ; owl:imports <http://127.0.0.1:1/nothing> .
        <https://other.example/shape> a sh:NodeShape ; sh:targetClass owl:Ontology ; sh:maxCount 0 ;
            sh:property [ sh:path owl:imports ; sh:maxCount 0 ] .
    """
    assert [rule for rule, *_ in rules(send(service, document, context="none", rule="shapes"))] == []


def test_faulty_file_of_the_graph_is_no_finding_in_the_document(service: Client, root: Path) -> None:
    broken = root / "graph_data/broken.ttl"
    broken.write_text("a b c")
    try:
        assert send(service, FINE).status_code == 500
    finally:
        broken.unlink()


def test_interface_is_described_where_there_is_one(service: Client) -> None:
    document = service.get("/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    operation = document["paths"]["/validate"]["post"]
    assert list(operation["requestBody"]["content"]) == [row.media_type for row in source_formats()]
    assert "application/sarif+json" in operation["responses"]["200"]["content"]
    assert service.get("/limits").json()["validate_bytes"] == 4_000_000
    assert "/validate" in service.get("/", headers={"Accept": "text/html"}).text


def test_server_checks_nothing_unless_that_is_allowed(tiny_client: Client) -> None:
    response = send(tiny_client, FINE)
    assert response.status_code == 403
    assert "kg serve --validate" in response.json()["detail"]
    assert "/validate" not in tiny_client.get("/openapi.json").json()["paths"]
    assert "validate_bytes" not in tiny_client.get("/limits").json()
    assert "/validate" not in tiny_client.get("/", headers={"Accept": "text/html"}).text


def test_option_allows_it_and_memory_is_bounded(tiny: Path) -> None:
    with (tiny / "agon.toml").open("a") as file:
        file.write("memory_bytes = 100_000_000\n")
    document = "".join(f"<a:{number}><b:>{number}." for number in range(250_000))
    running = started(["--root", str(tiny)], ["--validate", "--processes", "1"])
    with running as (address, _), Client(base_url=address, timeout=60) as client:
        response = send(client, document, context="none")
        assert response.status_code == 503
        assert response.json()["limit"] == {"memory_bytes": 100_000_000}
        assert send(client, FINE).json()["conforms"] is True


def test_setting_that_is_neither_true_nor_false_is_refused(kg: Kg, tiny: Path) -> None:
    (tiny / "agon.toml").write_text('validate = "yes"\n')
    result = kg("check", root=tiny)
    assert result.returncode == 3
    assert "validate is 'yes', expected true or false" in result.stderr


@schemathesis.serializer("text/turtle", "application/n-triples")
def _as_it_is(_context: object, value: object) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_server_does_what_the_document_says(service: Client, mode: GenerationMode) -> None:
    described = schemathesis.openapi.from_url(f"{service.base_url}/openapi.json")

    @given(case=described["/validate"]["POST"].as_strategy(generation_mode=mode))
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def calls(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=[not_a_server_error, status_code_conformance, content_type_conformance])

    calls()

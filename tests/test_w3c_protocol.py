"""
The W3C tests of the SPARQL 1.1 Protocol, as their manifest tells them, request by request.

The endpoint is read-only: where the manifest expects an update to succeed, it must be refused and change nothing. The
tests of the Service Description and of the Graph Store HTTP Protocol are prose only; :mod:`test_protocol` asks what
they ask, and names them.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import rdflib
from harness import REPOSITORY, TINY, media_type, serve, shared
from httpx import Client, Response
from rdflib.collection import Collection

_FOLDER = "w3c/sparql11-protocol"
_MANIFEST = REPOSITORY.parent / "shared" / _FOLDER / "manifest.ttl"
_THEIRS = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
_OURS = "https://tiny.example/graph/graph_data/data{}"
"""Under which name this server can hold the graphs of the manifest."""
_MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_HT = rdflib.Namespace("http://www.w3.org/2011/http#")
_CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
_FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples"},
}


def _manifest() -> rdflib.Graph:
    """The manifest, with the names of its graphs as they are here."""
    text = _MANIFEST.read_text() if _MANIFEST.exists() else ""
    for number in range(4):
        ours = _OURS.format(number)
        text = text.replace(_THEIRS.format(number), ours)
        text = text.replace(quote(_THEIRS.format(number), safe=""), quote(ours, safe=""))
    return rdflib.Graph().parse(data=text, format="turtle")


_GRAPH = _manifest()
_TESTS = {
    str(test).rpartition("#")[2]: [*Collection(_GRAPH, _GRAPH.value(action, _HT.requests))]
    for test, action in sorted(_GRAPH.subject_objects(_MF.action))
}


@pytest.fixture(scope="module")
def protocol_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server that holds the three graphs of the manifest."""
    shared(_FOLDER)
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("w3c") / "graph"))
    for number in (1, 2, 3):
        text = shared(f"{_FOLDER}/data{number}.nt").read_text()
        (root / f"graph_data/data{number}.ttl").write_text(text.replace(_THEIRS.format(number), _OURS.format(number)))
    for address in serve(["--root", str(root)], ["--processes", "1"]):
        with Client(base_url=address) as client:
            yield client


@pytest.mark.skipif(not _TESTS and not os.environ.get("CI"), reason="the folder shared/ is absent: no W3C manifest")
def test_manifest_is_read() -> None:
    assert len(_TESTS) == 34


@pytest.mark.parametrize("name", [name for name in _TESTS if not name.startswith("update_")])
def test_situation(protocol_client: Client, name: str) -> None:
    for request in _TESTS[name]:
        _compare(_send(protocol_client, request), _GRAPH.value(request, _HT.resp))


@pytest.mark.parametrize("name", [name for name in _TESTS if name.startswith("update_")])
def test_update_is_refused_and_changes_nothing(protocol_client: Client, name: str) -> None:
    update, *queries = (_send(protocol_client, request) for request in _TESTS[name])
    assert update.status_code == 403
    assert [query.json()["boolean"] for query in queries] == [False] * len(queries)


def _send(client: Client, request: Any) -> Response:
    body = _GRAPH.value(request, _HT.body)
    content = None
    if body is not None:
        content = str(_GRAPH.value(body, _CNT.chars)).encode(str(_GRAPH.value(body, _CNT.characterEncoding)))
    method, path = (str(_GRAPH.value(request, name)) for name in (_HT.methodName, _HT.absolutePath))
    return client.request(method, path, content=content, headers=_headers(request))


def _headers(request: Any) -> dict[str, str]:
    listed = _GRAPH.value(request, _HT.headers)
    nodes = Collection(_GRAPH, listed) if listed else ()
    return {str(_GRAPH.value(node, _HT.fieldName)): str(_GRAPH.value(node, _HT.fieldValue)) for node in nodes}


def _compare(response: Response, expected: Any) -> None:
    statuses = {str(status)[-3] for status in _GRAPH.objects(expected, _MF.expectedStatus)}
    assert str(response.status_code)[0] in statuses, response.text
    form, truth = _GRAPH.value(expected, _MF.expectedFormat), _GRAPH.value(expected, _MF.expectedBoolean)
    if form is not None:
        assert media_type(response) in _FORMATS[str(form)]
    if truth is not None:
        assert response.json()["boolean"] == truth.toPython()

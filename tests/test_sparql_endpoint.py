"""The endpoint: three ways to ask, what it answers, and what it refuses."""

from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection

import pytest
import rdflib
from harness import DIRECT, media_type
from httpx import Client, Response

ASK = "ASK { ?person <https://tiny.example/ns#name> 'Ada' }"
SELECT = "PREFIX tiny: <https://tiny.example/ns#> SELECT ?name { ?person tiny:name ?name } ORDER BY ?name"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a <https://tiny.example/ns#Person> ; ?p ?o FILTER isIRI(?s) }"
NAMES = ["Ada", 'Bert, "the" <friend>', "Somebody"]

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")

Ask = Callable[[Client, str], Response]


def by_get(client: Client, text: str) -> Response:
    return client.get("/sparql", params={"query": text})


def by_form(client: Client, text: str) -> Response:
    return client.post("/sparql", data={"query": text})


def by_direct_post(client: Client, text: str) -> Response:
    return client.post("/sparql", content=text, headers=DIRECT)


every_way = pytest.mark.parametrize("ask", [by_get, by_form, by_direct_post])


@every_way
def test_three_ways_to_ask_are_one(tiny_client: Client, ask: Ask) -> None:
    response = ask(tiny_client, SELECT)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/sparql-results+json"
    bindings = response.json()["results"]["bindings"]
    assert [solution["name"]["value"] for solution in bindings] == NAMES


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", '{"head":{},"boolean":true}'),
        ("text/csv", "text/csv; charset=utf-8", "true\r\n"),
        ("application/json", "application/sparql-results+json", '{"head":{},"boolean":true}'),
    ],
)
def test_ask_is_answered_in_the_format_asked_for(
    tiny_client: Client, accept: str, content_type: str, body: str
) -> None:
    response = tiny_client.get("/sparql", params={"query": ASK}, headers={"Accept": accept})
    assert (response.headers["Content-Type"], response.text) == (content_type, body)
    assert "Accept" in response.headers["Vary"]


def test_csv_and_tsv_quote_as_they_must(tiny_client: Client) -> None:
    csv, tsv = (tiny_client.get("/sparql", params={"query": SELECT, "format": name}) for name in ("csv", "tsv"))
    assert csv.text == 'name\r\nAda\r\n"Bert, ""the"" <friend>"\r\nSomebody\r\n'
    assert tsv.text == '?name\n"Ada"\n"Bert, \\"the\\" <friend>"\n"Somebody"\n'


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib 7.6 warns of itself
@pytest.mark.parametrize(
    "accept",
    [
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
        "application/trig",
        "application/n-quads",
    ],
)
def test_graph_formats_hold_the_same_triples(tiny_client: Client, accept: str) -> None:
    response = tiny_client.get("/sparql", params={"query": CONSTRUCT}, headers={"Accept": accept})
    assert media_type(response) == accept
    graph = rdflib.Dataset().parse(data=response.content, format=accept)
    names = {str(name) for name in graph.objects(None, rdflib.URIRef("https://tiny.example/ns#name"))}
    assert (len(graph), names) == (7, set(NAMES[:2]))


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv, */*", "text/csv"),
        ("application/*", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("application/sparql-results+json;q=0.5, text/csv;q=0.9", "text/csv"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("text/csv; charset=utf-8", "text/csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_negotiation(tiny_client: Client, accept: str | None, mimetype: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    assert media_type(tiny_client.get("/sparql", params={"query": SELECT}, headers=headers)) == mimetype


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "nonsense", "application/sparql-results+json;q=0"])
def test_unacceptable_format_gets_406_with_the_list(tiny_client: Client, accept: str) -> None:
    response = tiny_client.get("/sparql", params={"query": SELECT}, headers={"Accept": accept})
    assert response.status_code == 406
    assert "text/csv" in response.json()["allowed"]


def test_unknown_format_name_gets_406(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", params={"query": SELECT, "format": "xlsx"})
    assert response.status_code == 406
    assert response.json()["allowed"] == ["json", "xml", "csv", "tsv"]


@every_way
def test_malformed_query_gets_400_with_the_place(tiny_client: Client, ask: Ask) -> None:
    response = ask(tiny_client, "SELECT ?name\nWHERE { ?person ?p }")
    problem = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert (problem["line"], problem["column"], problem["found"]) == (2, 20, '"}"')
    assert "a variable such as ?x" in problem["expected"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_undeclared_prefix_gets_400_with_its_likely_namespace(tiny_client: Client) -> None:
    problem = by_get(tiny_client, "SELECT * { ?s a skos:Concept }").json()
    assert problem["status"] == 400
    assert problem["detail"].endswith("add PREFIX skos: <http://www.w3.org/2004/02/skos/core#>")


def test_problem_is_plain_text_on_request(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", params={"query": "ASK"}, headers={"Accept": "text/csv, text/plain;q=0.5"})
    assert response.status_code == 400
    assert response.text == 'query, line 1, column 4: found the end of the query, expected "{", FROM or WHERE\n'


def test_problem_is_a_page_for_browsers_and_escaped(tiny_client: Client) -> None:
    query = {"query": "SELECT <script>alert(1)</script>"}
    response = tiny_client.get("/sparql", params=query, headers={"Accept": "text/html"})
    assert (response.status_code, media_type(response)) == (400, "text/html")
    assert "&lt;script&gt;" in response.text
    assert "<script>" not in response.text


@every_way
@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <http://a.example/> a <http://a.example/> }",
        "DROP ALL",
        "PREFIX a: <http://a.example/> # c\n DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://a.example/>",
        "SELECT * { SERVICE <http://a.example/sparql> { ?s ?p ?o } }",
        "SELECT * { sErViCe # comment\n SILENT <http://a.example/> {} }",
    ],
)
def test_updates_and_other_servers_are_refused(tiny_client: Client, ask: Ask, text: str) -> None:
    assert ask(tiny_client, text).status_code == 403


def test_the_word_service_in_data_is_no_reason_to_refuse(tiny_client: Client) -> None:
    text = 'SELECT ?service { ?service ?p "SERVICE" . ?x <http://a.example/SERVICE> ?load } # SERVICE'
    assert by_get(tiny_client, text).status_code == 200


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        ("update=CLEAR+ALL", "application/x-www-form-urlencoded", 403),
        ("CLEAR ALL", "application/sparql-update", 403),
        (ASK, "text/plain", 415),
        (ASK, "application/sparql-query; charset=latin-1", 415),
        (ASK, None, 400),
        ("", "application/x-www-form-urlencoded", 400),
        (b"ASK { ?s ?p '\xff' }", "application/sparql-query", 400),
        (b"query=ASK+%7B+?s+?p+'%FF'+%7D", "application/x-www-form-urlencoded", 400),
        ("query=ASK{}&query=ASK{}", "application/x-www-form-urlencoded", 400),
        ("query=ASK{}&default-graph-uri=not+an+iri", "application/x-www-form-urlencoded", 400),
        ("x=1&" * 1001 + "query=ASK{}", "application/x-www-form-urlencoded", 400),
        ("ASK {} " + " " * 70_000, "application/sparql-query", 413),
        ("query=ASK{}" + "+" * 1_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_malformed_posts(tiny_client: Client, data: str | bytes, content_type: str | None, status: int) -> None:
    response = tiny_client.post("/sparql", content=data, headers={"Content-Type": content_type} if content_type else {})
    assert (response.status_code, media_type(response)) == (status, "application/problem+json")
    assert "Traceback" not in response.text


def test_connection_outlives_a_body_that_is_too_long(tiny_client: Client) -> None:
    connection = HTTPConnection(tiny_client.base_url.host, tiny_client.base_url.port, timeout=30)
    with closing(connection):
        connection.request("POST", "/sparql", b"ASK {} " + b" " * 8_000_000, DIRECT)
        refused = connection.getresponse()
        assert (refused.status, refused.read().decode().count("is longer than")) == (413, 1)
        same = connection.sock
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        assert connection.sock is same


@pytest.mark.parametrize("address", ["/sparql?query=ASK{}&query=ASK{}", "/sparql?query=ASK%7B%FF%7D"])
def test_malformed_addresses(tiny_client: Client, address: str) -> None:
    assert tiny_client.get(address).status_code == 400


def test_query_in_address_and_body_gets_400(tiny_client: Client) -> None:
    response = tiny_client.post("/sparql?query=ASK{}", content=ASK, headers=DIRECT)
    assert response.status_code == 400


def test_unknown_parameters_are_ignored(tiny_client: Client) -> None:
    assert tiny_client.get("/sparql", params={"query": ASK, "ac": "1"}).status_code == 200


def test_trailing_slash_is_no_difference(tiny_client: Client) -> None:
    assert tiny_client.post("/sparql/", data={"query": ASK}).status_code == 200


def test_wrong_method_gets_405_with_allow(tiny_client: Client) -> None:
    response = tiny_client.put("/sparql", content=ASK)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST"} <= set(response.headers["Allow"].split(", "))
    assert response.json()["status"] == 405


def test_head_is_get_without_a_body(tiny_client: Client) -> None:
    get, head = (by("/sparql", params={"query": ASK}) for by in (tiny_client.get, tiny_client.head))
    assert head.content == b""
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_default_graph_is_the_union_of_all_named_graphs(tiny_client: Client) -> None:
    text = "ASK { ?person a ?class . ?class a <http://www.w3.org/2002/07/owl#Class> }"
    assert by_get(tiny_client, text).json()["boolean"]


DATA, ONTOLOGY = "https://tiny.example/graph/graph_data/people", "https://tiny.example/graph/ontology/tiny"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.mark.parametrize(
    ("text", "dataset", "count"),
    [
        (COUNT, {"default-graph-uri": [DATA]}, 9),
        (COUNT, {"default-graph-uri": [DATA, ONTOLOGY]}, 17),
        (COUNT, {"named-graph-uri": [DATA]}, 0),
        (COUNT, {"default-graph-uri": ["https://tiny.example/graph/absent"]}, 0),
        (COUNT_NAMED, {"named-graph-uri": [DATA, ONTOLOGY]}, 17),
        (COUNT_NAMED, {"default-graph-uri": [DATA]}, 0),
        (f"SELECT (COUNT(*) AS ?n) FROM <{DATA}> {{ ?s ?p ?o }}", {}, 9),
        (f"SELECT (COUNT(*) AS ?n) FROM NAMED <{ONTOLOGY}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", {}, 8),
        (f"SELECT (COUNT(*) AS ?n) FROM <{DATA}> {{ ?s ?p ?o }}", {"default-graph-uri": [ONTOLOGY]}, 8),
    ],
)
def test_dataset_parameters_override_the_query(
    tiny_client: Client, text: str, dataset: dict[str, list[str]], count: int
) -> None:
    for response in (
        tiny_client.get("/sparql", params={"query": text, **dataset}),
        tiny_client.post("/sparql", data={"query": text, **dataset}),
        tiny_client.post("/sparql", content=text, params=dataset, headers=DIRECT),
    ):
        assert response.json()["results"]["bindings"][0]["n"]["value"] == str(count)


def test_asked_for_nothing_it_describes_itself(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", headers={"Host": "agon.example"})
    graph = rdflib.Graph().parse(data=response.content, format="turtle")
    service = rdflib.URIRef("http://agon.example/sparql")
    assert (service, rdflib.RDF.type, SD.Service) in graph
    assert (service, SD.endpoint, service) in graph
    assert set(graph.objects(service, SD.feature)) == {SD.UnionDefaultGraph, SD.EmptyGraphs}
    assert len(set(graph.objects(None, SD.namedGraph))) == 5


def test_browser_asking_for_nothing_gets_a_form(tiny_client: Client) -> None:
    response = tiny_client.get("/sparql", headers={"Accept": "text/html"})
    assert media_type(response) == "text/html"
    assert "<textarea" in response.text


def test_unknown_address_gets_404_in_the_same_body(tiny_client: Client) -> None:
    response = tiny_client.get("/nothing")
    assert (response.status_code, media_type(response)) == (404, "application/problem+json")


def test_result_that_xml_cannot_express_is_refused(tiny_client: Client) -> None:
    query = {"query": 'SELECT ("\\u0001" AS ?x) {}'}
    response = tiny_client.get("/sparql", params=query, headers={"Accept": "application/sparql-results+xml"})
    assert response.status_code == 406
    assert "U+0001" in response.json()["detail"]


def test_unknown_function_gets_400(tiny_client: Client) -> None:
    response = by_get(tiny_client, "SELECT (<http://a.example/f>(1) AS ?x) {}")
    assert response.status_code == 400
    assert "http://a.example/f" in response.json()["detail"]


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_labels_stand_beside_iris(client: Client, name: str) -> None:
    values = '<https://w3id.org/agon/id/state/france> <http://a.example/> "France"'
    query = f"SELECT ?who ?what WHERE {{ VALUES ?who {{ {values} }} }}"
    plain = client.get("/sparql", params={"query": query, "format": "csv"})
    assert plain.text.splitlines()[0] == "who,what"
    labelled = client.get("/sparql", params={"query": query, "labels": "en", "format": "csv"})
    assert labelled.text.splitlines() == [
        "who,whoLabel,what",
        "https://w3id.org/agon/id/state/france,France,",
        "http://a.example/,,",
        "France,,",
    ]
    assert "whoLabel" in client.get("/sparql", params={"query": query, "labels": "en", "format": name}).text
    assert client.get("/sparql", params={"query": query, "labels": "az", "format": "csv"}).text.count("France") == 1


def test_labels_in_no_language_are_refused(client: Client) -> None:
    response = client.get("/sparql", params={"query": "ASK {}", "labels": "no language"})
    assert response.status_code == 400
    assert response.json()["detail"] == 'labels is "no language": expected a language, such as labels=en'

"""The saved queries as RDF: found by the questions that SPARQL editors ask, and runnable as they stand."""

import pyoxigraph
import pytest
import rdflib
from harness import REPOSITORY
from httpx import Client

from kg.config import Limits
from kg.query_files import load_saved_queries
from kg.saved_queries import SavedQuery

QUERIES = sorted(path.stem for path in (REPOSITORY / "queries").glob("*.rq"))
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { ?any sh:prefix ?prefix ; sh:namespace ?namespace } ORDER BY ?prefix
"""
EXAMPLES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX spex: <https://purl.expasy.org/sparql-examples/ontology#>
SELECT DISTINCT ?example ?comment ?query WHERE {
  ?example a sh:SPARQLExecutable ;
    rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|spex:describe ?query .
} ORDER BY ?example
"""
CLASSES = """
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subject ?property ?object ?datatype WHERE {
  ?part void:class ?subject ;
    void:propertyPartition ?of .
  ?of void:property ?property .
  OPTIONAL { ?of void:classPartition [ void:class ?object ] }
  OPTIONAL { ?of ext:datatypePartition [ ext:datatype ?datatype ] }
}
"""


def solutions(client: Client, query: str) -> list[dict[str, str]]:
    answer = client.get("/sparql", params={"ac": "1", "query": query}).json()
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def test_prefixes_examples_and_classes_are_found(client: Client) -> None:
    assert {"prefix": "agon", "namespace": "https://w3id.org/agon/ns#"} in solutions(client, PREFIXES)
    examples = solutions(client, EXAMPLES)
    assert [one["example"].rpartition("/")[2] for one in examples] == QUERIES
    agon = "https://w3id.org/agon/ns#"
    found = solutions(client, CLASSES)
    assert {"subject": agon + "SpeechAct", "property": agon + "putsForward", "object": agon + "Claim"} in found


@pytest.mark.parametrize("saved", load_saved_queries(REPOSITORY / "queries", Limits()), ids=lambda saved: saved.name)
def test_four_faces_give_the_stored_answer(client: Client, saved: SavedQuery) -> None:
    (stored,) = (REPOSITORY / "queries/expected").glob(f"{saved.name}.*")
    text = client.get(f"/queries/{saved.name}.rq").text
    node = pyoxigraph.NamedNode(f"https://w3id.org/agon/id/query/{saved.name}")
    described = client.get(f"/doc/query/{saved.name}.nt").content
    (example,) = (
        quad.object.value
        for quad in pyoxigraph.parse(described, format=pyoxigraph.RdfFormat.N_TRIPLES)
        if quad.subject == node and quad.predicate.value in {str(SH.select), str(SH.construct)}
    )
    form = client.get(f"/queries/{saved.name}/form").text
    assert all(f'name="{one.name}"' in form for one in saved.parameters)
    given = {one.name: list(one.examples) for one in saved.parameters}
    answers = [
        *(client.post("/sparql", data={"query": query, "format": stored.suffix}) for query in (text, example)),
        client.get(f"/queries/{saved.name}{stored.suffix}", params=given),
    ]
    for answer in answers:
        lines = answer.text.splitlines()
        assert (sorted(lines) if stored.suffix == ".nt" else lines) == stored.read_text().splitlines()


def test_well_known_address_names_the_endpoint(client: Client) -> None:
    response = client.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=response.text, format="turtle")
    targets = {str(target) for target in graph.objects(None, rdflib.URIRef("https://schema.org/target"))}
    assert targets == {str(client.base_url).rstrip("/") + "/sparql"}
    assert len(set(graph.subjects(rdflib.RDF.type, SH.SPARQLExecutable))) == len(QUERIES)
    keywords = graph.objects(None, rdflib.URIRef("https://schema.org/keywords"))
    assert all(str(word).strip() == str(word) and len(str(word)) > 1 for word in keywords)


def test_saved_query_resolves_to_what_it_is(client: Client) -> None:
    response = client.get("/queries/claims-by-speaker", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert response.history[0].status_code == 303
    quads = pyoxigraph.parse(response.content, format=pyoxigraph.RdfFormat.TURTLE)
    assert pyoxigraph.NamedNode(str(SH.select)) in {quad.predicate for quad in quads}

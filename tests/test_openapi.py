"""The description of the interface: valid, complete, and true of every operation."""

import pytest
import schemathesis
from harness import REPOSITORY
from httpx import Client
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

QUERIES = sorted(path.stem for path in (REPOSITORY / "queries").glob("*.rq"))


def test_document_is_valid_and_names_every_query(client: Client) -> None:
    document = client.get("/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    operations = {path["get"]["operationId"] for path in document["paths"].values()}
    assert operations == {*QUERIES, "sparql", "list", "search", "suggest"}
    posts = {one["name"]: one for one in document["paths"]["/queries/posts-held-on"]["get"]["parameters"]}
    assert posts["day"]["schema"] == {"type": "string", "format": "date"}
    assert (posts["day"]["required"], posts["post"]["required"]) == (True, False)
    assert posts["day"]["examples"]["example"]["value"] == "2025-01-07"
    assert posts["format"]["schema"]["enum"] == ["json", "xml", "csv", "tsv"]


@pytest.fixture(scope="module")
def described(address: str) -> schemathesis.BaseSchema:
    """The operations that the server describes."""
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


WITH_PARAMETERS = ["/sparql", "/search", "/search/suggest", *(f"/queries/{name}" for name in QUERIES)]
EXAMPLES, EXAMPLES_OF_ONE_QUERY = 15, 5
"""Of each mode; the saved queries, a hundred of them, are all answered by the same few lines."""


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/queries", GenerationMode.POSITIVE),
        *((path, mode) for path in WITH_PARAMETERS for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)),
    ],
)
def test_server_does_what_the_document_says(
    described: schemathesis.BaseSchema, path: str, mode: GenerationMode
) -> None:
    examples = EXAMPLES_OF_ONE_QUERY if path.startswith("/queries/") else EXAMPLES

    @given(case=described[path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def calls(case: schemathesis.Case) -> None:
        case.call_and_validate(
            checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
        )

    calls()

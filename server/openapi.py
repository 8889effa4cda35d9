"""
The interface of this server in OpenAPI: one operation for each saved query, and those of the endpoint.

Source: OpenAPI Specification 3.1.0; JSON Schema 2020-12 for the parameters.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg.document_check import Context
from kg.errors import ReleaseError
from kg.formats import ResultKind, formats_for, source_formats
from kg.report_forms import REPORT_FORMS
from kg.saved_queries import Parameter, SavedQuery
from server.addresses import public_address
from server.search_description import describe_search
from server.service import Service, current_service

__all__ = ["ROUTES"]

_SCHEMAS: Final[dict[str, dict[str, str]]] = {
    "iri": {"type": "string", "format": "iri"},
    "string": {"type": "string"},
    "langString": {"type": "string", "pattern": "^[^]*@[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    "boolean": {"type": "string", "enum": ["true", "false", "1", "0"]},  # type: ignore[dict-item]
    "integer": {"type": "integer"},
    "decimal": {"type": "string", "pattern": "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)$"},
    "date": {"type": "string", "format": "date"},
    "dateTime": {"type": "string", "format": "date-time"},
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
    },
}
_PROBLEMS = {
    "400": "The request is malformed, or a parameter is wrong.",
    "403": "The request asks for what this server does not do.",
    "404": "There is no such thing.",
    "406": "Nothing that the client accepts can be given.",
    "413": "The request or its answer is too large.",
    "415": "The body is of a type that is not understood.",
    "429": "Too many requests in a minute.",
    "503": "The query took too long or too much memory, or too many wait.",
}
_OF_QUERIES = tuple(code for code in _PROBLEMS if code != "415")


async def _openapi(request: Request) -> Response:
    """Describe the interface."""
    service = current_service(request)
    return JSONResponse(_document(service, public_address(request), await _searches(service)))


def _document(service: Service, address: str, searches: dict[str, Any]) -> dict[str, Any]:
    config = service.config
    return {
        "openapi": "3.1.0",
        "info": {
            "title": config.title,
            "description": config.description,
            "version": version("agon-kg"),
            "license": {"name": "Licence of the data", "url": config.licence},
        },
        "servers": [{"url": address}],
        "tags": [{"name": tag} for tag in sorted({tag for query in service.queries for tag in query.tags})],
        "paths": {
            "/sparql": _endpoint(),
            "/queries": _list(),
            **searches,
            **({"/validate": _validation()} if service.checks else {}),
            **{f"/queries/{query.name}": {"get": _operation(query)} for query in service.queries},
        },
        "components": {"schemas": {"Problem": _PROBLEM}, "responses": _problem_responses()},
    }


async def _searches(service: Service) -> dict[str, Any]:
    """Describe the search, if the release has an index."""
    try:
        return describe_search(await service.search.facets(), _failures("400", "406", "429", "503"))
    except ReleaseError:
        return {}


def _operation(query: SavedQuery) -> dict[str, Any]:
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [*map(_parameter, query.parameters), _format_parameter(query.request.kind)],
        "responses": _responses((query.request.kind,)),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_SCHEMAS[parameter.type_name])
    if parameter.allowed:
        schema = {"type": "string", "enum": list(parameter.allowed)}
    if parameter.is_repeatable:
        schema = {"type": "array", "items": schema, "minItems": 1}
    known = [[one] for one in parameter.examples] if parameter.is_repeatable else list(parameter.examples)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": parameter.is_required,
        "schema": schema,
    }
    if known:
        described["examples"] = {"example": {"value": known[0]}}
    if parameter.listing:
        described["x-values"] = f"/queries/{parameter.listing}"
    if parameter.class_iri:
        described["x-class"] = parameter.class_iri
    return described


def _format_parameter(kind: ResultKind) -> dict[str, Any]:
    names = [row.name for row in formats_for(kind)]
    schema = {"type": "string", "enum": names, "default": names[0]}
    return {
        "name": "format",
        "in": "query",
        "description": "The format; it wins over the header Accept.",
        "schema": schema,
    }


def _responses(kinds: Sequence[ResultKind]) -> dict[str, Any]:
    rows = {row.media_type for kind in kinds for row in formats_for(kind)}
    media: dict[str, Any] = {name: {"schema": {"type": "string"}} for name in sorted(rows)}
    for name in rows & {"application/sparql-results+json"}:
        media[name] = {"schema": {"type": "object"}}
    for name in rows & {"application/ld+json"}:
        media[name] = {"schema": {"type": ["array", "object"], "items": {"type": "object"}}}
    return {"200": {"description": "The answer.", "content": media}, **_failures(*_OF_QUERIES)}


def _problem_responses() -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    content = {"application/problem+json": schema, "text/plain": {"schema": {"type": "string"}}}
    return {
        f"Problem{code}": {"description": description, "content": content} for code, description in _PROBLEMS.items()
    }


def _endpoint() -> dict[str, Any]:
    graphs = {"type": "array", "items": _SCHEMAS["iri"]}
    parameters = [
        {"name": "query", "in": "query", "required": True, "schema": {"type": "string"}, "description": "SPARQL 1.1."},
        {"name": "default-graph-uri", "in": "query", "schema": graphs},
        {"name": "named-graph-uri", "in": "query", "schema": graphs},
        {
            "name": "timeout",
            "in": "query",
            "schema": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
            "description": "Seconds, if less than the limit.",
        },
        {
            "name": "labels",
            "in": "query",
            "schema": {"type": "string", "pattern": "^[A-Za-z]{1,8}$"},
            "description": "A language: adds a column of names for each column of IRIs.",
        },
    ]
    return {
        "get": {
            "operationId": "sparql",
            "summary": "Answer a query",
            "parameters": parameters,
            "responses": _responses((ResultKind.SOLUTIONS, ResultKind.GRAPH)),
        }
    }


def _validation() -> dict[str, Any]:
    names = {"type": "array", "items": {"type": "string"}}
    forms, contexts = [form.name for form in REPORT_FORMS], [context.value for context in Context]
    parameters = [
        {
            "name": "context",
            "in": "query",
            "schema": {"type": "string", "enum": contexts, "default": contexts[0]},
            "description": "What the document is checked beside.",
        },
        {"name": "rule", "in": "query", "schema": names, "description": "Apply only these rules."},
        {"name": "skip", "in": "query", "schema": names, "description": "Leave out these rules."},
        {
            "name": "format",
            "in": "query",
            "schema": {"type": "string", "enum": forms, "default": forms[0]},
            "description": "The form of the report; it wins over the header Accept.",
        },
    ]
    media: dict[str, Any] = {form.media_type: {"schema": {}} for form in REPORT_FORMS}
    body = {row.media_type: {"schema": {"type": "string", "minLength": 1}} for row in source_formats()}
    return {
        "post": {
            "operationId": "validate",
            "summary": "Check a document",
            "parameters": parameters,
            "requestBody": {"required": True, "content": body},
            "responses": {
                "200": {"description": "The report, whatever it says.", "content": media},
                **_failures(*_PROBLEMS),
            },
        }
    }


def _failures(*problems: str) -> dict[str, Any]:
    return {code: {"$ref": f"#/components/responses/Problem{code}"} for code in problems}


def _list() -> dict[str, Any]:
    media = {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}
    return {
        "get": {
            "operationId": "list",
            "summary": "List the saved queries",
            "responses": {
                "200": {"description": "The saved queries.", "content": media},
                "406": {"$ref": "#/components/responses/Problem406"},
            },
        }
    }


ROUTES = [Route("/openapi.json", _openapi)]

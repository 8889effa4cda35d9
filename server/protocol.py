"""
Requests of the SPARQL 1.1 Protocol, read strictly: what is malformed is refused, never mended.

GET, POST of a form and POST of a query are one code path after :func:`read_query_operation`.

Source: SPARQL 1.1 Protocol, section 2.1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from kg.errors import QueryRefusedError, TermSyntaxError
from kg.terms import parse_term

__all__ = ["QueryOperation", "read_address_parameters", "read_query_operation"]

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_MOST_PARAMETERS = 1000


@dataclass(frozen=True)
class QueryOperation:
    """
    What a client asks of the endpoint.

    ``text`` is None where the client asks for the description of the service; ``format_name`` is what ``format`` or
    ``output`` names, if anything.
    """

    text: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format_name: str | None = None


def read_address_parameters(request: Request) -> dict[str, list[str]]:
    """
    Read the parameters in the address of a request; each has the values given for it, in order.

    Raises:
        BadRequest: They are no UTF-8, or too many.
    """
    return _parameters(request.query_string, "the address")


def read_query_operation(request: Request) -> QueryOperation:
    """
    Read a query operation, whichever of its three forms it has.

    Raises:
        BadRequest: The query is missing from a POST, stands twice, or is no UTF-8; or a graph has no IRI.
        UnsupportedMediaType: The body is neither a form nor a query.
        QueryRefusedError: It is an update.
    """
    address = read_address_parameters(request)
    if request.method != "POST":
        return _operation(address, address.get("query", []))
    media_type = request.mimetype
    if media_type == _UPDATE:
        raise _update_refused()
    if media_type == _FORM:
        form = _parameters(request.get_data(parse_form_data=False), "the form")
        if "update" in form:
            raise _update_refused()
        return _required(_operation({**address, **form}, form.get("query", []) + address.get("query", [])))
    if media_type == _QUERY:
        return _required(_operation(address, [_body(request), *address.get("query", [])]))
    if not media_type:
        raise BadRequest(f"a POST has no Content-Type: expected {_FORM} or {_QUERY}")
    raise UnsupportedMediaType(f"found a body of type {media_type}: expected {_FORM} or {_QUERY}")


def _operation(parameters: Mapping[str, Sequence[str]], queries: Sequence[str]) -> QueryOperation:
    if "update" in parameters:
        raise _update_refused()
    if len(queries) > 1:
        raise BadRequest(f"found {len(queries)} queries: expected the parameter query once, in address or body")
    formats = [*parameters.get("format", ()), *parameters.get("output", ())]
    return QueryOperation(
        text=queries[0] if queries else None,
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        format_name=formats[0] if formats else None,
    )


def _required(operation: QueryOperation) -> QueryOperation:
    if operation.text is None:
        raise BadRequest("the form has no query: expected the parameter query once")
    return operation


def _graphs(parameters: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    try:
        return tuple(parse_term(text, "iri").value for text in parameters.get(name, ()))
    except TermSyntaxError as error:
        raise BadRequest(f"{name}: {error}") from error


def _body(request: Request) -> str:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"found a query in {charset}: expected UTF-8")
    return _decoded(request.get_data(), "the body")


def _parameters(raw: bytes, place: str) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    text = _decoded(raw, place)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError as error:
        raise _no_utf8(place) from error
    except ValueError as error:
        raise BadRequest(f"{place} has more than {_MOST_PARAMETERS} parameters") from error
    for name, value in pairs:
        found[name].append(value)
    return dict(found)


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _no_utf8(place) from error


def _no_utf8(place: str) -> BadRequest:
    return BadRequest(f"{place} holds bytes that are no UTF-8: encode it as UTF-8, then by percent signs")


def _update_refused() -> QueryRefusedError:
    return QueryRefusedError(
        "this endpoint is read-only: the graph is changed by editing its Turtle files and proposing the change"
    )

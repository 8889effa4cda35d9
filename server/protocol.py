"""
Requests of the SPARQL 1.1 Protocol, read strictly: what is malformed is refused, never mended.

GET, POST of a form and POST of a query are one code path after :func:`read_query_operation`.

Source: SPARQL 1.1 Protocol, section 2.1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from werkzeug.http import parse_options_header

from kg.errors import QueryRefusedError, TermSyntaxError
from kg.query import is_language
from kg.terms import parse_term

__all__ = ["QueryOperation", "read_address_parameters", "read_body", "read_parameters", "read_query_operation"]

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_MOST_PARAMETERS = 1000
_MOST_DISCARDED_BYTES = 16_000_000
"""Read of a body that is too long: a connection whose request was not read to its end would be closed."""
_LONGEST_SECONDS = 1_000_000


@dataclass(frozen=True)
class QueryOperation:
    """
    What a client asks of the endpoint.

    ``text`` is None where the client asks for the description of the service; ``format_name`` is what ``format`` or
    ``output`` names, ``timeout_seconds`` what ``timeout`` says, if anything,
    ``labels`` a language.
    """

    text: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format_name: str | None = None
    timeout_seconds: float | None = None
    labels: str = ""


def read_address_parameters(request: Request) -> dict[str, list[str]]:
    """
    Read the parameters in the address of a request; each has the values given for it, in order.

    Raises:
        HTTPException: 400, they are no UTF-8, or too many.
    """
    return _parameters(request.scope["query_string"], "the address")


async def read_parameters(request: Request, max_bytes: int) -> dict[str, list[str]]:
    """
    Read the parameters of an address, and of a form that is posted to it.

    Args:
        request: A GET, HEAD or POST.
        max_bytes: How long the form may be.

    Raises:
        HTTPException: 400, the address or the form is malformed; 413, the form is too long; 415, the body is no form.
    """
    found = read_address_parameters(request)
    if request.method != "POST":
        return found
    media_type, _ = parse_options_header(request.headers.get("content-type"))
    if media_type != _FORM:
        raise HTTPException(415, f"found a body of type {media_type[:80] or 'none'}: expected {_FORM}")
    form = _parameters(await read_body(request, max_bytes), "the form")
    return {name: [*found.get(name, ()), *form.get(name, ())] for name in {**found, **form}}


async def read_query_operation(request: Request, max_bytes: int) -> QueryOperation:
    """
    Read a query operation, whichever of its forms it has.

    Args:
        request: A GET, HEAD, POST or QUERY.
        max_bytes: How long the body may be.

    Raises:
        HTTPException: 400, the query is missing from a POST, stands twice, or is no UTF-8, or a graph has no IRI; 413,
            the body is too long; 415, it is neither a form nor a query.
        QueryRefusedError: It is an update.
    """
    address = read_address_parameters(request)
    if request.method not in {"POST", "QUERY"}:
        return _operation(address, address.get("query", []))
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type == _UPDATE:
        raise _update_refused()
    if media_type == _FORM:
        form = _parameters(await read_body(request, max_bytes), "the form")
        if "update" in form:
            raise _update_refused()
        return _required(_operation({**address, **form}, form.get("query", []) + address.get("query", [])))
    if media_type == _QUERY:
        return _required(_operation(address, [await _text(request, max_bytes, options), *address.get("query", [])]))
    if not media_type:
        raise HTTPException(400, f"a {request.method} has no Content-Type: expected {_FORM} or {_QUERY}")
    raise HTTPException(415, f"found a body of type {media_type[:80]}: expected {_FORM} or {_QUERY}")


async def read_body(request: Request, max_bytes: int) -> bytes:
    """
    Read the body of a request, and no more than it may have.

    Raises:
        HTTPException: 413, it is longer.
    """
    body, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= max_bytes:
            body += piece
        elif size > max_bytes + _MOST_DISCARDED_BYTES:
            break
    if size > max_bytes:
        raise HTTPException(413, f"the body is longer than {max_bytes} bytes: ask for less at once")
    return bytes(body)


def _operation(parameters: Mapping[str, Sequence[str]], queries: Sequence[str]) -> QueryOperation:
    if "update" in parameters:
        raise _update_refused()
    if len(queries) > 1:
        raise HTTPException(400, f"found {len(queries)} queries: expected the parameter query once, in address or body")
    formats = [*parameters.get("format", ()), *parameters.get("output", ())]
    return QueryOperation(
        text=queries[0] if queries else None,
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        format_name=formats[0] if formats else None,
        timeout_seconds=_seconds(parameters.get("timeout", ())),
        labels=_language(parameters.get("labels", ())),
    )


def _seconds(texts: Sequence[str]) -> float | None:
    """Read how long a client is willing to wait; an absent or empty one leaves the limit."""
    text = texts[0] if texts else ""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < _LONGEST_SECONDS:
        raise HTTPException(400, f'timeout is "{text[:40]}": expected seconds, such as timeout=5')
    return seconds


def _language(texts: Sequence[str]) -> str:
    """Read the language that labels are wished in, if any."""
    text = texts[0] if texts else ""
    if text and not is_language(text):
        raise HTTPException(400, f'labels is "{text[:40]}": expected a language, such as labels=en')
    return text


def _required(operation: QueryOperation) -> QueryOperation:
    if operation.text is None:
        raise HTTPException(400, "the form has no query: expected the parameter query once")
    return operation


def _graphs(parameters: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    try:
        return tuple(parse_term(text, "iri").value for text in parameters.get(name, ()))
    except TermSyntaxError as error:
        raise HTTPException(400, f"{name}: {error}") from error


async def _text(request: Request, max_bytes: int, options: Mapping[str, str]) -> str:
    charset = options.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise HTTPException(415, f"found a query in {charset[:40]}: expected UTF-8")
    return _decoded(await read_body(request, max_bytes), "the body")


def _parameters(raw: bytes, place: str) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    text = _decoded(raw, place)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError as error:
        raise _no_utf8(place) from error
    except ValueError as error:
        raise HTTPException(400, f"{place} has more than {_MOST_PARAMETERS} parameters") from error
    for name, value in pairs:
        found[name].append(value)
    return dict(found)


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _no_utf8(place) from error


def _no_utf8(place: str) -> HTTPException:
    return HTTPException(400, f"{place} holds bytes that are no UTF-8: encode it as UTF-8, then by percent signs")


def _update_refused() -> QueryRefusedError:
    return QueryRefusedError(
        "this endpoint is read-only: the graph is changed by editing its Turtle files and proposing the change"
    )

"""Documents that clients send to be checked, as ``kg check`` checks files."""

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from werkzeug.http import parse_options_header

from kg.checks import choose_rules
from kg.document_check import Context, DocumentCheck
from kg.errors import DocumentTooLongError, FormatError, RefusedError
from kg.formats import Format, source_formats
from kg.report_forms import REPORT_FORMS, ReportForm
from server.answers import StreamedAnswer, await_answer
from server.negotiation import choose_coding, choose_media_type
from server.protocol import read_address_parameters, read_body
from server.service import current_service

__all__ = ["ROUTES"]

_ONCE, _REPEATABLE = ("context", "format"), ("rule", "skip")
_HEADERS = {
    "Cache-Control": "no-store",
    # a page that brings its own style along, and shows what a stranger has written
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


async def _validate(request: Request) -> Response:
    """Check the document that is sent, and give the report in the form that the client asks for."""
    service = current_service(request)
    if service.checks is None:
        raise RefusedError(
            "this server checks no documents: whoever runs it can allow that, by validate = true in agon.toml or by "
            "kg serve --validate"
        )
    parameters = _parameters(request)
    form = _form(request, parameters["format"])
    asked = DocumentCheck(
        context=_context(parameters["context"]),
        rules=choose_rules(parameters["rule"], parameters["skip"]),
        suffix=_source_format(request).suffix,
        content=await _document(request, service.config.limits.validate_bytes),
        form=form.name,
    )
    answer = await await_answer(request, service.checks.ask(asked))
    content_type = form.media_type + "; charset=utf-8" * form.media_type.startswith("text/")
    return StreamedAnswer(answer, content_type, choose_coding(request.headers.get("accept-encoding", "")), _HEADERS)


def _parameters(request: Request) -> Mapping[str, Sequence[str]]:
    """Read the parameters; each of them is there, with the values that are given for it."""
    given = read_address_parameters(request)
    for name, values in given.items():
        if name not in {*_ONCE, *_REPEATABLE}:
            raise HTTPException(400, f'unknown parameter "{name[:80]}": expected {", ".join((*_ONCE, *_REPEATABLE))}')
        if name in _ONCE and len(values) > 1:
            raise HTTPException(400, f"found {name} {len(values)} times: expected it once")
    return {name: given.get(name, []) for name in (*_ONCE, *_REPEATABLE)}


def _form(request: Request, names: Sequence[str]) -> ReportForm:
    """Choose the form of the report: by its name, else by what the client accepts."""
    for name in names:
        found = [form for form in REPORT_FORMS if name.lower() in {form.name, form.media_type, *form.aliases}]
        if not found:
            allowed = [form.name for form in REPORT_FORMS]
            raise FormatError(f'found format "{name[:80]}", expected one of {", ".join(allowed)}', allowed)
        return found[0]
    offers = [(form.media_type, *form.aliases) for form in REPORT_FORMS]
    chosen = choose_media_type(request.headers.get("accept", ""), offers)
    return next(form for form in REPORT_FORMS if form.media_type == chosen)


def _context(names: Sequence[str]) -> Context:
    for name in names:
        if name not in {context.value for context in Context}:
            allowed = ", ".join(context.value for context in Context)
            raise HTTPException(400, f'context is "{name[:80]}": expected one of {allowed}')
        return Context(name)
    return Context.GRAPH


def _source_format(request: Request) -> Format:
    """
    Give the format of the document by the headers that describe it.

    Raises:
        HTTPException: 400, the header Content-Type stands twice; 415, it is none that files are read from, or the
            document is coded.
    """
    types, coding = request.headers.getlist("content-type"), request.headers.get("content-encoding", "identity")
    if len(types) > 1:
        raise HTTPException(400, f"found {len(types)} headers Content-Type: expected one")
    if coding.strip().lower() != "identity":
        raise HTTPException(
            415,
            f"found a document coded as {coding[:80]}: send it as it is",
            headers={"Accept-Encoding": "identity"},
        )
    media_type, options = parse_options_header(types[0] if types else "")
    rows = source_formats()
    row = next((row for row in rows if media_type.lower() in row.media_types), None)
    if row is None:
        allowed = ", ".join(row.media_type for row in rows)
        raise HTTPException(415, f"found a body of type {media_type[:80] or 'none'}: expected one of {allowed}")
    if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise HTTPException(415, f"found a document in {options['charset'][:40]}: expected UTF-8")
    return row


async def _document(request: Request, max_bytes: int) -> bytes:
    try:
        content = await read_body(request, max_bytes)
    except HTTPException as error:
        message = f"the document is longer than {max_bytes} bytes (limits.validate_bytes): send less at once"
        raise DocumentTooLongError(message, validate_bytes=max_bytes) from error
    if not content:
        raise HTTPException(400, "the body is empty: expected an RDF document")
    return content


ROUTES = [Route("/validate", _validate, methods=["POST"])]

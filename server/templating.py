"""Pages from templates."""

from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kg.namespaces import compact_iri
from kg.terms import BlankNode
from server.addresses import public_address
from server.service import current_service

__all__ = ["render_page"]

_TEMPLATES = Environment(loader=PackageLoader("server"), autoescape=select_autoescape())
_TEMPLATES.filters["zip"] = zip


def render_page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """
    Make a page.

    Args:
        request: Whose service the page speaks of.
        template: The name of a template.
        status: The status of the response.
        context: What the template shows.
    """
    service = current_service(request)
    release, base = service.release, service.config.base_iri
    text = _TEMPLATES.get_template(template).render(
        title=release.title,
        compact_iri=lambda iri: compact_iri(iri, release.prefixes),
        local=lambda iri: "/" + iri.removeprefix(base) if iri.startswith(base) else iri,
        is_blank=lambda term: isinstance(term, BlankNode),
        endpoint=public_address(request) + "/sparql",
        **context,
    )
    return HTMLResponse(text, status_code=status)

"""Pages from templates."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kg.namespaces import compact_iri
from kg.terms import BlankNode
from server.addresses import public_address
from server.catalogue import Words, preferred_languages
from server.digests import content_digest
from server.matrix import draw_matrix
from server.service import current_service
from server.tables import KEY_COUNTS, read_table

__all__ = ["SITE_HOST", "render_page", "words_of"]

SITE_HOST = "site.invalid"
"""The host of pages that are made to be files: no endpoint stands behind them."""

_ENDPOINT = "/sparql"
_STATIC = Path(__file__).resolve().parent / "static"
_BUNDLES = _STATIC / "vendor"
_TEMPLATES = Environment(
    loader=PackageLoader("server"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters["zip"] = zip
_TEMPLATES.globals |= {"draw_matrix": draw_matrix, "key_counts": KEY_COUNTS, "read_table": read_table}


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
    endpoint = "" if request.url.hostname == SITE_HOST else public_address(request) + _ENDPOINT

    def local(iri: str) -> str:
        """Give the address here of an IRI of the dataset; other IRIs stay as they are."""
        is_here = iri.startswith(base) and (endpoint or iri != base + _ENDPOINT[1:])
        return "/" + iri.removeprefix(base) if is_here else iri

    language, words = _chosen_words(request)
    text = _TEMPLATES.get_template(template).render(
        t=words,
        language=language,
        title=release.title,
        description=release.description,
        release=release,
        digest=release.digest,
        licence=service.config.licence,
        base=base,
        version=version("agon-kg"),
        path=request.url.path,
        compact_iri=lambda iri: compact_iri(iri, release.prefixes),
        local=local,
        is_blank=lambda term: isinstance(term, BlankNode),
        endpoint=endpoint,
        base_iri=base,
        bundle=_bundle,
        asset=_asset,
        **context,
    )
    return HTMLResponse(text, status_code=status, headers={"Vary": "Accept-Language", "Content-Language": language})


def words_of(request: Request) -> Words:
    """Give the words of the pages, by their groups, in the language that a reader prefers."""
    return _chosen_words(request)[1]


def _chosen_words(request: Request) -> tuple[str, Words]:
    return current_service(request).catalogue.choose(preferred_languages(request.headers.get("accept-language", "")))


def _asset(name: str) -> str:
    """Give the address of a static file, which is another one when the file changes."""
    path = _STATIC / name
    return f"/static/{name}?{content_digest(path)[:8]}"


def _bundle(name: str) -> str:
    """Give the address of a script that was made from front-end packages; where they were not installed, nothing."""
    path = _BUNDLES / name
    return f"/static/vendor/{name}?{content_digest(path)[:8]}" if path.is_file() else ""

"""``kg export``: a release as files to take away, and as a site that any plain file server can host."""

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from httpx import ASGITransport, AsyncClient
from rich.progress import track
from starlette.types import ASGIApp

from kg.cli.session import Session
from kg.config import Config
from kg.errors import KgError, OutputError
from kg.formats import ResultKind, formats_for
from kg.release import Release, require_release
from kg.saved_queries import SavedQuery
from server.service import Service, ServiceSlot, host_release, open_service
from server.templating import SITE_HOST

__all__ = ["export"]

_SELF = f"http://{SITE_HOST}"
_SUBJECTS = "SELECT DISTINCT ?iri WHERE { GRAPH ?graph { ?iri ?property ?value } FILTER (isIRI(?iri)) }"
_REDIRECT = """<!doctype html>
<meta charset="utf-8"><meta http-equiv="refresh" content="0; url={0}">
<a href="{0}">{0}</a>
"""
_STATIC = (
    ("/", "index.html"),
    ("/queries", "queries/index.html"),
    ("/ontology", "ontology/index.html"),
    ("/quality", "quality/index.html"),
    ("/about", "about/index.html"),
    ("/context.jsonld", "context.jsonld"),
    ("/dataset.ttl", ".well-known/void"),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--site", is_flag=True, help="Also write every page and every description, at the addresses of the server."
)
@click.pass_obj
def export(session: Session, folder: Path, site: bool) -> None:
    """
    Write the current release into FOLDER, as dumps with their checksums.

    A site answers without a server: each address of a document is a file, each name of a thing a page that leads on.
    """
    release = require_release(session.config)
    if folder.exists() and any(folder.iterdir()):
        raise OutputError(f"{folder} is not empty: give a new folder")
    try:
        shutil.copytree(release.dumps, folder / "dumps")
        shutil.copy(release.context, folder / "context.jsonld")
        count = _write_site(session.config, release, folder) if site else 0
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}; give another") from error
    click.echo(f"release {release.digest[:12]} is in {folder}" + (f", with {count} files of the site" if site else ""))


def _write_site(config: Config, release: Release, folder: Path) -> int:
    from server.app import create_app

    shutil.copytree(Path(__file__).resolve().parent / "static", folder / "static")
    with host_release(config, release) as host:
        service = open_service(config, release, host.address)
        return asyncio.run(_crawl(create_app(ServiceSlot(service)), service, folder))


async def _crawl(app: ASGIApp, service: Service, folder: Path) -> int:
    """Ask the application for every address, and write what it answers."""
    async with AsyncClient(transport=ASGITransport(app=app), base_url=_SELF, timeout=60) as client:
        subjects = (await client.post("/sparql", data={"query": _SUBJECTS, "format": "json"})).json()
        base = service.config.base_iri
        paths = sorted({row["iri"]["value"].partition("#")[0] for row in subjects["results"]["bindings"]})
        names = [iri.removeprefix(base) for iri in paths if iri.startswith(base)]
        asked = [*_static(service), *(pair for name in names for pair in _described(service, name))]
        for address, place in track(asked, "writing the site", disable=not sys.stderr.isatty()):
            await _write(client, address, folder / place)
        for name in names:
            if not _is_document(service, name):
                _lead(folder / name, f"/doc/{name.removeprefix('id/')}.html")
    return len(asked)


def _static(service: Service) -> Iterator[tuple[str, str]]:
    """Pair the addresses of pages and files with the places where they are written."""
    yield from _STATIC
    for query in service.queries:
        yield from _saved(query)


def _saved(query: SavedQuery) -> Iterator[tuple[str, str]]:
    yield f"/queries/{query.name}.rq", f"queries/{query.name}.rq"
    if any(one.is_required for one in query.parameters):
        yield f"/queries/{query.name}/form", f"queries/{query.name}/index.html"
    else:
        yield f"/queries/{query.name}.html", f"queries/{query.name}/index.html"
        for row in formats_for(query.request.kind):
            yield f"/queries/{query.name}{row.suffix}", f"queries/{query.name}{row.suffix}"


def _described(service: Service, name: str) -> Iterator[tuple[str, str]]:
    """Pair the addresses of a description, in each format, with their places; of a document its page is the index."""
    rows = formats_for(ResultKind.GRAPH)
    if name.startswith("graph/"):
        yield from ((f"/{name}{row.suffix}", f"{name}{row.suffix}") for row in rows if not row.holds_graphs)
    is_document = _is_document(service, name)
    place = name if is_document else "doc/" + name.removeprefix("id/")
    yield f"/{place}.html", f"{place}/index.html" if is_document else f"{place}.html"
    yield from ((f"/{place}{row.suffix}", f"{place}{row.suffix}") for row in rows)


def _is_document(service: Service, name: str) -> bool:
    return name in service.release.documents and not name.startswith("graph/")


async def _write(client: AsyncClient, address: str, place: Path) -> None:
    accept = "text/html" if place.suffix == ".html" else "*/*"
    response = await client.get(address, headers={"Accept": accept})
    if not response.is_success:
        raise KgError(f"{address} cannot be exported: {json.dumps(response.text[:300])}")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(response.content.replace(_SELF.encode(), b""))


def _lead(folder: Path, address: str) -> None:
    """Write a page that leads from the name of a thing to the page about it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(_REDIRECT.format(address), encoding="utf-8")

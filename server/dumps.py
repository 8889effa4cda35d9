"""Whole releases to take away, their checksums, and the JSON-LD context."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kg.dumps import CHECKSUMS, find_dumps
from server.addresses import public_address
from server.answers import CACHE_CONTROL
from server.files import file_response
from server.service import current_service

__all__ = ["ROUTES"]

_FOREVER = "public, max-age=31536000, immutable"


async def _list(request: Request) -> Response:
    """List the dumps of the release that is served."""
    release, address = current_service(request).release, public_address(request)
    files = [
        {
            "url": f"{address}/dumps/{release.digest[:12]}/{dump.path.name}",
            "media_type": dump.row.media_type,
            "bytes": dump.path.stat().st_size,
            "sha256": dump.digest,
        }
        for dump in find_dumps(release.dumps)
    ]
    return JSONResponse({"release": release.digest, "dumps": files})


async def _latest(request: Request) -> Response:
    """Lead to a file of the release that is served."""
    release, name = current_service(request).release, request.path_params["name"]
    return RedirectResponse(f"{public_address(request)}/dumps/{release.digest[:12]}/{name}", 302)


async def _file(request: Request) -> Response:
    """Give a file of the release that is served; its address never means another one."""
    release, name = current_service(request).release, request.path_params["name"]
    if request.path_params["digest"] != release.digest[:12]:
        raise HTTPException(404, f"this server holds the release {release.digest[:12]} only: /dumps lists its files")
    if name == CHECKSUMS:
        return file_response(request, release.dumps / CHECKSUMS, cache_control=_FOREVER, media_type="text/plain")
    found = next((dump for dump in find_dumps(release.dumps) if dump.path.name == name), None)
    if found is None:
        raise HTTPException(404, f"there is no dump {name[:80]}: /dumps lists them")
    return file_response(request, found.path, tag=found.digest, cache_control=_FOREVER, media_type="application/gzip")


async def _context(request: Request) -> Response:
    path = current_service(request).release.context
    return file_response(request, path, cache_control=CACHE_CONTROL, media_type="application/ld+json")


ROUTES = [
    Route("/dumps", _list),
    Route("/dumps/{name}", _latest),
    Route("/dumps/{digest}/{name}", _file),
    Route("/context.jsonld", _context),
]

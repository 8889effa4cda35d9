"""Whole releases to take away, their checksums, and the JSON-LD context."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kg.dumps import CHECKSUMS, find_dumps
from server.addresses import public_address
from server.service import current_service

__all__ = ["ROUTES"]

_FOREVER = "public, max-age=31536000, immutable"
_FOR_A_WHILE = "public, max-age=60, must-revalidate"


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
        return FileResponse(release.dumps / CHECKSUMS, media_type="text/plain", headers={"Cache-Control": _FOREVER})
    found = next((dump for dump in find_dumps(release.dumps) if dump.path.name == name), None)
    if found is None:
        raise HTTPException(404, f"there is no dump {name[:80]}: /dumps lists them")
    return FileResponse(found.path, media_type="application/gzip", headers={"Cache-Control": _FOREVER})


async def _context(request: Request) -> Response:
    path = current_service(request).release.context
    return FileResponse(path, media_type="application/ld+json", headers={"Cache-Control": _FOR_A_WHILE})


ROUTES = [
    Route("/dumps", _list),
    Route("/dumps/{name}", _latest),
    Route("/dumps/{digest}/{name}", _file),
    Route("/context.jsonld", _context),
]

"""Static files: kept for long where their address tells their version, and sent packed where they lie packed."""

import mimetypes
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from server.answers import CACHE_CONTROL
from server.files import file_response

__all__ = ["PackedFiles"]

_SUFFIX = ".br"
_FIRST_ERROR = 400


class PackedFiles(StaticFiles):
    """
    Gives a client that understands Brotli the packed file, where there is one.

    A file whose address has a query, which changes with the file, may be kept for a year.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give a file, or say that it has not changed."""
        response = await self._get_file(path, scope)
        if scope["query_string"] and response.status_code < _FIRST_ERROR:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    async def _get_file(self, path: str, scope: Scope) -> Response:
        accepted = parse_accept_header(Headers(scope=scope).get("accept-encoding", ""), Accept)
        if accepted["br"] <= 0 or self.lookup_path(path + _SUFFIX)[1] is None:
            return await super().get_response(path, scope)
        response = await super().get_response(path + _SUFFIX, scope)
        response.headers["Content-Encoding"] = "br"
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        response.headers["Content-Type"] = media_type + "; charset=utf-8" * media_type.startswith("text/")
        return response

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,  # noqa: ARG002 - Starlette gives it
        scope: Scope,
        status_code: int = 200,  # noqa: ARG002
    ) -> Response:
        """Give a file under a tag of what it holds; Starlette makes one of its date, which another host has not."""
        media_type = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
        return file_response(Request(scope), Path(full_path), cache_control=CACHE_CONTROL, media_type=media_type)

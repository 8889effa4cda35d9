"""
Files as they are sent: with an entity tag of what they hold.

Copies of a file on several hosts have other dates, and must have the same entity tag.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from server.answers import matches
from server.digests import content_digest

__all__ = ["file_response"]


def file_response(request: Request, path: Path, *, tag: str = "", cache_control: str, media_type: str) -> Response:
    """
    Give a file, a range of it, or say that it has not changed.

    Args:
        request: Its conditions are met.
        path: The file.
        tag: What stands for its content; without it, a digest is made.
        cache_control: How long a cache may give it without asking.
        media_type: Its type.
    """
    headers = {"ETag": f'"{tag or content_digest(path)}"', "Cache-Control": cache_control}
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    _settle_if_range(request, headers["ETag"])
    response = FileResponse(path, media_type=media_type, headers=headers, stat_result=path.stat())
    del response.headers["Last-Modified"]
    return response


def _settle_if_range(request: Request, tag: str) -> None:
    """Take If-Range out of a request: Starlette (1.10) fails at it where no date is sent (RFC 9110, section 13.1.5)."""
    given = request.headers.get("if-range")
    if given is not None:
        settled = {b"if-range"} if given == tag else {b"if-range", b"range"}
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] not in settled]

"""Under which address a client reaches us."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

from server.service import current_service

__all__ = ["public_address"]

_ADDRESS = re.compile(r"https?://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", re.ASCII)


def public_address(request: Request) -> str:
    """
    Give the beginning of our addresses, without a slash at its end.

    It is the configured public URL, or else what the client itself used. A proxy whose address is trusted may say by
    ``X-Forwarded-Proto`` and ``X-Forwarded-Host`` what its client used.

    Raises:
        HTTPException: 400, what was used is no address.
    """
    config = current_service(request).config
    if config.public_url:
        return config.public_url.rstrip("/")
    scheme, host = request.url.scheme, request.headers.get("host", request.url.netloc)
    if request.client and request.client.host in config.trusted_proxies:
        scheme = request.headers.get("x-forwarded-proto", scheme)
        host = request.headers.get("x-forwarded-host", host)
    address = f"{scheme}://{host}"
    if not _ADDRESS.fullmatch(address):
        raise HTTPException(
            400, f'the header Host gives the address "{address[:80]}": expected a host, with or without port'
        )
    return address

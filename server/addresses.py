"""Under which address a client reaches us."""

from starlette.requests import Request

from server.service import current_service

__all__ = ["public_address"]


def public_address(request: Request) -> str:
    """
    Give the beginning of our addresses, without a slash at its end.

    It is the configured public URL, or else what the client itself used. A proxy whose address is trusted may say by
    ``X-Forwarded-Proto`` and ``X-Forwarded-Host`` what its client used.
    """
    config = current_service(request).config
    if config.public_url:
        return config.public_url.rstrip("/")
    scheme, host = request.url.scheme, request.headers.get("host", request.url.netloc)
    if request.client and request.client.host in config.trusted_proxies:
        scheme = request.headers.get("x-forwarded-proto", scheme)
        host = request.headers.get("x-forwarded-host", host)
    return f"{scheme}://{host}"

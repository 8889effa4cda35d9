"""
The engine that holds the data, where no store of our own does: the table ``[store]`` of ``agon.toml``.

What is secret never stands there: see :mod:`kg.remote.credentials`.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from kg.errors import ConfigError

__all__ = ["StoreSettings", "http_address"]

_PREFIX = "sparql+"
_EXAMPLE = "sparql+https://engine.example/sparql"


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The table ``[store]``.

    ``url`` is the address of a SPARQL endpoint, ``sparql+https://…``; empty leaves the data to the store of the
    release. ``engine`` names its kind; without it, it is recognised by what it answers. ``update_url`` and
    ``graph_store_url`` are where it is written, if not at the addresses usual for its kind. ``workers`` is how many
    queries are asked of it at once, ``patience_seconds`` how long a request waits for a release that is just being
    published.
    """

    url: str = ""
    engine: Literal[
        "", "blazegraph", "fuseki", "graphdb", "neptune", "other", "oxigraph", "qlever", "stardog", "virtuoso"
    ] = ""
    update_url: str = ""
    graph_store_url: str = ""
    workers: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 16
    patience_seconds: Annotated[float, msgspec.Meta(ge=0, le=300)] = 10

    @property
    def address(self) -> str:
        """The address as HTTP knows it; empty where there is none."""
        return self.url.removeprefix(_PREFIX)


def http_address(text: str, place: str) -> str:
    """
    Give the HTTP address of an engine.

    >>> http_address("sparql+https://engine.example/sparql", "the store")
    'https://engine.example/sparql'

    Args:
        text: An address, with or without ``sparql+`` before it.
        place: Where it was given, for messages.

    Raises:
        ConfigError: It is none, or holds a user or a password.
    """
    address = text.removeprefix(_PREFIX)
    if not address.isprintable() or " " in address:  # what reads addresses would pass over some of these
        raise ConfigError(f"{place} has a blank or a control character in it: expected an address such as {_EXAMPLE}")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{place} cannot be read as an address ({error}): expected one such as {_EXAMPLE}") from error
    if "@" in parts.netloc:  # the address is not shown: it may hold a password
        raise ConfigError(
            f"{place} holds a user or a password before the host {host}: take them out of the address, and give them "
            "in AGON_STORE_USER and AGON_STORE_PASSWORD, or in a file named by AGON_STORE_PASSWORD_FILE"
        )
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        shown = address.partition("?")[0][:100]
        raise ConfigError(f'{place} is "{shown}": expected an address such as {_EXAMPLE}, without parameters')
    return address

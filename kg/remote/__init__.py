"""An engine that holds the data on another machine, asked and written by HTTP; only this package knows how."""

from kg.remote.credentials import Credentials, read_credentials
from kg.remote.endpoint import Endpoint
from kg.remote.engines import ENGINES, Engine
from kg.remote.publication import (
    GraphChange,
    Lock,
    Publication,
    publication_iri,
    read_publication,
    release_iri,
    write_publication,
)

__all__ = [
    "ENGINES",
    "Credentials",
    "Endpoint",
    "Engine",
    "GraphChange",
    "Lock",
    "Publication",
    "publication_iri",
    "read_credentials",
    "read_publication",
    "release_iri",
    "write_publication",
]

"""Every namespace that the library knows by itself, and the one prefix map."""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["BASE_IRI", "PREFIXES", "common_prefix", "compact_iri", "compact_iris", "expand_iri"]

BASE_IRI: Final = "https://w3id.org/agon/"
"""The base of all IRIs of a knowledge graph that does not set its own in ``agon.toml``."""

PREFIXES: Final[dict[str, str]] = {
    "agon": BASE_IRI + "ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "format": "http://www.w3.org/ns/formats/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
    "time": "http://www.w3.org/2006/time#",
    "void": "http://rdfs.org/ns/void#",
    "voidext": "http://ldf.fi/void-ext#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


_IRI: Final = re.compile(r"<([^<>\s]*)>")


def common_prefix(name: str) -> str | None:
    """
    Give the namespace that a prefix commonly stands for.

    Args:
        name: The prefix without its colon.

    Returns:
        The namespace IRI, or None where the prefix is not known.
    """
    return PREFIXES.get(name)


def compact_iri(iri: str, prefixes: Mapping[str, str]) -> str:
    """
    Write an IRI as a prefixed name where a prefix fits, for people to read.

    >>> compact_iri("http://www.w3.org/ns/org#Post", PREFIXES)
    'org:Post'

    Args:
        iri: The IRI, without angle brackets.
        prefixes: Namespaces by their prefixes; the longest that fits is taken.
    """
    fitting = [(len(namespace), prefix) for prefix, namespace in prefixes.items() if iri.startswith(namespace)]
    if not fitting:
        return f"<{iri}>"
    length, prefix = max(fitting)
    local = iri[length:]
    return f"{prefix}:{local}" if local and not set(local) & set("/#?") else f"<{iri}>"


def compact_iris(text: str, prefixes: Mapping[str, str]) -> str:
    """
    Write the IRIs of a text, which stand in angle brackets, as prefixed names where a prefix fits.

    >>> compact_iris("expected <http://www.w3.org/ns/org#Post>", PREFIXES)
    'expected org:Post'

    Args:
        text: Such as a message or a property path.
        prefixes: Namespaces by their prefixes, as for :func:`compact_iri`.
    """
    return _IRI.sub(lambda found: compact_iri(found[1], prefixes), text)


def expand_iri(name: str) -> str:
    """
    Give the IRI that a prefixed name stands for.

    >>> expand_iri("org:Post")
    'http://www.w3.org/ns/org#Post'

    Args:
        name: A prefixed name, whose prefix is one of :data:`PREFIXES`.
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local

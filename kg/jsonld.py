"""
The JSON-LD context of a dataset: short names for the terms of its ontology, and for the namespaces in use.

Source: JSON-LD 1.1, sections 3.1 (the context) and 4.2 (types of values).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pyld import jsonld  # type: ignore[import-untyped]  # it has no annotations

from kg.namespaces import PREFIXES
from kg.terms import NamedNode, Quad, prefixed

__all__ = ["compact_document", "make_context"]

_TYPE = prefixed("rdf:type")
_RANGE = prefixed("rdfs:range")
_OBJECT_PROPERTY = prefixed("owl:ObjectProperty")
_TERMS = tuple(map(prefixed, ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty")))
_PLAIN = {PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString", PREFIXES["rdfs"] + "Literal"}


def make_context(quads: Iterable[Quad], prefixes: Mapping[str, str], base_iri: str) -> dict[str, Any]:
    """
    Make the context of a dataset.

    Args:
        quads: The dataset; its ontology says which terms there are and what their values are.
        prefixes: Namespaces by their prefixes; they stand in the context too.
        base_iri: Terms below it get short names.

    Returns:
        The value of ``@context``, in order.
    """
    kinds: dict[str, NamedNode] = {}
    ranges: dict[str, str] = {}
    for subject, predicate, value, _ in quads:
        if predicate in (_TYPE, _RANGE) and isinstance(subject, NamedNode) and isinstance(value, NamedNode):
            if predicate == _RANGE:
                ranges[subject.value] = value.value
            elif value in _TERMS and subject.value.startswith(base_iri):
                kinds[subject.value] = value
    terms = {iri.rpartition("#")[2]: _definition(iri, kind, ranges.get(iri)) for iri, kind in sorted(kinds.items())}
    return {**dict(sorted(prefixes.items())), "id": "@id", "type": "@type", **terms}


def _definition(iri: str, kind: NamedNode, value: str | None) -> str | dict[str, str]:
    if kind == _OBJECT_PROPERTY:
        return {"@id": iri, "@type": "@id"}
    if value and value.startswith(PREFIXES["xsd"]) and value not in _PLAIN:
        return {"@id": iri, "@type": value}
    return iri


def compact_document(expanded: bytes, context: Mapping[str, Any]) -> bytes:
    """
    Write a document with short names, one object for each node, its context inside it.

    Args:
        expanded: A document in expanded form.
        context: What :func:`make_context` gave.
    """
    nodes = [_with_type_keyword(node) for node in json.loads(expanded)]
    document = jsonld.flatten(nodes, {"@context": dict(context)}, {"graph": True})
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _with_type_keyword(node: dict[str, Any]) -> dict[str, Any]:
    """Say the types of a node by the keyword, which has a short form, not by the property."""
    types = node.pop(_TYPE.value, None)
    return {**node, "@type": [each["@id"] for each in types]} if types else node

"""
Which IRIs of a dataset name documents, such as an ontology or a concept scheme, and in which named graphs these stand.

All other IRIs name things, which are described on request by :mod:`kg.evaluation.entities`.
"""

from collections import defaultdict
from collections.abc import Iterable

from kg.config import Config
from kg.terms import NamedNode, Quad, prefixed

__all__ = ["find_documents"]

_TYPE = prefixed("rdf:type")
_VERSION = prefixed("owl:versionIRI")
_KINDS = (prefixed("owl:Ontology"), prefixed("skos:ConceptScheme"))


def find_documents(quads: Iterable[Quad], config: Config) -> dict[str, list[str]]:
    """
    Find the documents under the base of a dataset.

    Ontologies and concept schemes are documents, in this version and by the IRI of the version; so is whatever stands
    before the # of an IRI, and the dataset itself.

    Args:
        quads: The dataset.
        config: Its base IRI, and the named graphs that hold no document.

    Returns:
        The IRIs of the named graphs of each document, by the IRI of the document without the base, both in order.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    versions: list[tuple[str, str]] = []
    unlisted = (NamedNode(config.derived_iri), NamedNode(config.description_iri))
    for subject, predicate, value, graph in quads:
        if not (isinstance(subject, NamedNode) and isinstance(graph, NamedNode)):
            continue
        if predicate == _VERSION and isinstance(value, NamedNode):
            versions.append((value.value, subject.value))
        if graph not in unlisted:
            for document in _documents(subject.value, is_kind=predicate == _TYPE and value in _KINDS):
                found[document].add(graph.value)
    for version, document in versions:
        found[version] |= found[document]
    found[config.dataset_iri].add(config.description_iri)
    base = config.base_iri
    return {iri.removeprefix(base): sorted(graphs) for iri, graphs in sorted(found.items()) if iri.startswith(base)}


def _documents(subject: str, *, is_kind: bool) -> list[str]:
    """Tell which documents a statement about a subject speaks for."""
    documents = [subject.partition("#")[0]] if "#" in subject else []
    return documents + ([subject] if is_kind else [])

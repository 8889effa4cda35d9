"""
What is known of well-known vocabularies: their words, those that are out of use, and how their namespaces are misspelt.

Source: the documents of the vocabularies, as rdflib has them, and what later versions of these add.
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Final

import rdflib
from rdflib.namespace import DefinedNamespace

from kg.namespaces import PREFIXES
from kg.rules.material import namespace_of

__all__ = ["DEPRECATED", "SCHEMA_ORG", "known_words", "right_spelling"]

SCHEMA_ORG: Final = PREFIXES["schema"]
"""The one vocabulary whose namespace is spelt with http and https, each with good reason."""
DEPRECATED: Final[dict[str, str]] = {
    PREFIXES["owl"] + "DataRange": PREFIXES["rdfs"] + "Datatype",
    PREFIXES["time"] + "January": "",
    PREFIXES["time"] + "Year": "",
    PREFIXES["time"] + "inXSDDateTime": PREFIXES["time"] + "inXSDDateTimeStamp",
    PREFIXES["time"] + "xsdDateTime": PREFIXES["time"] + "inXSDDateTimeStamp",
}
"""Words that the documents of their vocabularies mark as deprecated, each with the word to take, if there is one."""
_FINISHED: Final[dict[str, type[DefinedNamespace]]] = {
    str(vocabulary): vocabulary
    for vocabulary in (
        *(rdflib.DCAT, rdflib.DCTERMS, rdflib.FOAF, rdflib.ORG, rdflib.OWL, rdflib.PROV, rdflib.RDFS, rdflib.SH),
        *(rdflib.SKOS, rdflib.TIME, rdflib.VOID),
    )
}
"""Vocabularies whose words are all known; each stands here because its document is finished."""
_LATER: Final[dict[str, str]] = {
    PREFIXES[
        "dcat"
    ]: "DatasetSeries first hasCurrentVersion hasVersion inSeries isVersionOf last next nextVersion prev "
    "previousVersion resource seriesMember version",
    PREFIXES["sh"]: "agentShape codeIdentifier count desc distinct else groupConcat if limit max maxListLength "
    "memberShape min minListLength nodeByExpression offset orderBy reificationRequired reifierShape ShapeClass "
    "singleLine someValue sparqlExpr subsetOf sum targetWhere then uniqueMembers uniqueValuesFor values",
    PREFIXES["time"]: "disjoint equals hasInside notDisjoint",
}
"""Words of later versions: DCAT 3, SHACL Advanced Features and SHACL 1.2, OWL-Time of 2022."""


@cache
def known_words(namespace: str) -> frozenset[str]:
    """
    Give the words of a vocabulary, as IRIs; none where not all of them are known.

    Args:
        namespace: The namespace of the vocabulary.
    """
    if namespace not in _FINISHED:
        return frozenset()
    names = _names(_FINISHED[namespace]) | set(_LATER.get(namespace, "").split())
    return frozenset(namespace + name for name in names)


@cache
def right_spelling(iri: str) -> str | None:
    """
    Give the IRI that was meant, where the namespace of a well-known vocabulary is misspelt.

    >>> right_spelling("https://www.w3.org/2004/02/skos/core/prefLabel")
    'http://www.w3.org/2004/02/skos/core#prefLabel'

    Args:
        iri: The IRI of a property, a class or a datatype.

    Returns:
        The right IRI, or None where nothing is known to be wrong.
    """
    namespace = namespace_of(iri)
    local = iri[len(namespace) :]
    if namespace in _misspelt():
        return _misspelt()[namespace] + local if local else None
    for right in _without_end().get(namespace, ()):
        name = iri.removeprefix(right[:-1])
        if name != iri and name in _names(_FINISHED[right]):
            return right + name
    return None


def _names(vocabulary: type[DefinedNamespace]) -> set[str]:
    words = {str(word).removeprefix(str(vocabulary)) for word in dir(vocabulary)}
    return words | set(vocabulary._extras)  # those that are no Python names, which rdflib 7.6 leaves out of dir()


@cache
def _misspelt() -> Mapping[str, str]:
    """Give the wrong spellings of namespaces: the other scheme, with or without ``www.``, the other mark at the end."""
    found = {}
    for right in PREFIXES.values():
        host = right.partition("://")[2].removeprefix("www.")
        for scheme, www, end in product(("http://", "https://"), ("", "www."), "#/"):
            found[scheme + www + host[:-1] + end] = right
    return {wrong: right for wrong, right in found.items() if wrong not in PREFIXES.values()}


@cache
def _without_end() -> Mapping[str, list[str]]:
    """Give finished vocabularies by the namespace that a word has when the mark before it is left out."""
    found: dict[str, list[str]] = {}
    for namespace in _FINISHED:
        found.setdefault(namespace_of(namespace[:-1]), []).append(namespace)
    return found

"""
Rules for terms: words that a vocabulary does not have, references that lead nowhere, literals that are none.

Source: Linked Data Platform Best Practices, section 2 (vocabularies); RDF 1.1 Concepts, section 3.3 (literals).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

import rdflib
from rapidfuzz import process
from rapidfuzz.distance import OSA
from rdflib.namespace import DefinedNamespace

from kg.findings import Severity
from kg.namespaces import PREFIXES
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.shacl import is_well_formed
from kg.terms import Literal, NamedNode, Triple

__all__ = ["TERM_RULES", "did_you_mean"]

_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_MENTIONS: Final = {PREFIXES["owl"] + "versionIRI", PREFIXES["rdfs"] + "seeAlso"}
"""Properties whose values need not be described here."""
_NEAR: Final = 0.6
"""How alike two names are at least, where 1 is the same and a transposition counts as one mistake."""
_CLOSED: Final[dict[str, type[DefinedNamespace]]] = {
    str(vocabulary): vocabulary
    for vocabulary in (
        *(rdflib.DCAT, rdflib.DCTERMS, rdflib.FOAF, rdflib.ORG, rdflib.OWL, rdflib.PROV, rdflib.RDFS, rdflib.SH),
        *(rdflib.SKOS, rdflib.TIME, rdflib.VOID),
    )
}
"""Vocabularies whose words are all known; each stands here because its document is finished."""


def _words(material: Material) -> Iterator[tuple[Triple, str]]:
    """Give each use of an IRI as a word: as a property, or as a class."""
    for triple in material.triples:
        yield triple, triple.predicate.value
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            yield triple, triple.object.value


def _undeclared_words(material: Material) -> Iterator[Hit]:
    for triple, iri in _words(material):
        if iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] in material.namespaces and iri not in material.subjects:
            yield Hit(
                f"found <{iri}>, which the ontology does not declare{did_you_mean(iri, material.subjects)}", triple
            )


def _foreign_words(material: Material) -> Iterator[Hit]:
    for triple, iri in _words(material):
        namespace = next((each for each in _CLOSED if iri.startswith(each)), None)
        if namespace and rdflib.URIRef(iri) not in _CLOSED[namespace]:
            known = [str(word) for word in dir(_CLOSED[namespace]) if not word.startswith("_")]
            near = did_you_mean(iri, [namespace + word.removeprefix(namespace) for word in known])
            yield Hit(f"found <{iri}>, a word that its vocabulary does not have{near}", triple)


def _misspelt_namespaces(material: Material) -> Iterator[Hit]:
    wrong = {_other_scheme(namespace): namespace for namespace in PREFIXES.values()}
    for triple, iri in _words(material):
        namespace = next((each for each in wrong if iri.startswith(each)), None)
        if namespace:
            yield Hit(f"found <{iri}>, expected the namespace <{wrong[namespace]}>: http and https differ", triple)


def _dangling_references(material: Material) -> Iterator[Hit]:
    for triple in material.triples:
        value = triple.object
        if not isinstance(value, NamedNode) or not value.value.startswith(material.config.own_iris):
            continue
        if value.value not in material.subjects and triple.predicate.value not in _MENTIONS:
            near = did_you_mean(value.value, material.subjects)
            yield Hit(f"found <{value.value}>, of which no file says anything{near}", triple)


def _ill_typed_literals(material: Material) -> Iterator[Hit]:
    for triple in material.triples:
        value = triple.object
        if isinstance(value, Literal) and not is_well_formed(value):
            yield Hit(f'found "{value.value[:80]}", which is no <{value.datatype.value}>', triple)


def did_you_mean(iri: str, known: Iterable[str]) -> str:
    """
    Say which known IRI an unknown one is most like, among those with the same beginning.

    Args:
        iri: The unknown one.
        known: Those that there are.

    Returns:
        Such as ``: did you mean <...>?``, or nothing.
    """
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    choices = {name: name[cut:] for name in sorted(set(known)) if name.startswith(iri[:cut])}
    found: Sequence[tuple[str, float, str]] = process.extract(
        iri[cut:], choices, scorer=OSA.normalized_similarity, limit=1, score_cutoff=_NEAR
    )
    return f": did you mean <{found[0][2]}>?" if found else ""


def _other_scheme(iri: str) -> str:
    scheme = urlsplit(iri).scheme
    return ("https" if scheme == "http" else "http") + iri.removeprefix(scheme)


TERM_RULES: Final = (
    Rule(
        "undeclared-term",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "Every property and class in a namespace of the dataset is declared by its ontology.",
        "Mend the spelling, or declare the term with a label and a definition.",
        _undeclared_words,
    ),
    Rule(
        "unknown-term",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "Every property and class of a well-known, finished vocabulary exists there.",
        "Mend the spelling: the message names the nearest word.",
        _foreign_words,
    ),
    Rule(
        "namespace-scheme",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "A well-known namespace is spelt with the scheme, http or https, that its document uses.",
        "Replace the scheme in the prefix declaration.",
        _misspelt_namespaces,
    ),
    Rule(
        "dangling-reference",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "A thing of the dataset that a statement leads to is described in some file.",
        "Mend the spelling, or describe the thing.",
        _dangling_references,
    ),
    Rule(
        "ill-typed-literal",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "The text of a literal is one that its datatype has.",
        "Mend the text, or take another datatype.",
        _ill_typed_literals,
    ),
)

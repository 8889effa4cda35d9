"""
Rules for terms: words that a vocabulary does not have or gives up, and namespaces that are misspelt.

Source: Linked Data Platform Best Practices, section 2 (vocabularies); OWL 2 Structural Specification, section 5.5
(deprecation).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Final

from kg.findings import Severity
from kg.namespaces import PREFIXES
from kg.rules.material import Material, namespace_of
from kg.rules.rule import Hit, Rule, RuleKind
from kg.rules.vocabularies import DEPRECATED, SCHEMA_ORG, known_words, right_spelling
from kg.spelling import nearest
from kg.terms import Literal, NamedNode, Triple, prefixed

__all__ = ["TERM_RULES", "did_you_mean", "suggestions"]

_MOST_SUGGESTIONS: Final = 200
"""For how many IRIs a rule looks for a near one; whoever has more has not misspelt them."""
_DEPRECATED: Final = prefixed("owl:deprecated")
_IS_REPLACED_BY: Final = prefixed("dcterms:isReplacedBy")
_SPEAKS_OF_TERMS: Final = (
    *(PREFIXES[prefix] for prefix in ("owl", "rdfs", "skos")),
    *(PREFIXES["dcterms"] + name for name in ("isReplacedBy", "replaces", "isVersionOf", "hasVersion", "relation")),
)
"""What properties begin with whose statements describe a term and are no use of it."""
_LEADS_TO_DOCUMENTS: Final = {
    *(PREFIXES["rdfs"] + name for name in ("isDefinedBy", "seeAlso")),
    *(PREFIXES["foaf"] + name for name in ("homepage", "isPrimaryTopicOf", "page")),
    *(PREFIXES["dcterms"] + name for name in ("conformsTo", "references", "source")),
    *(PREFIXES["dcat"] + name for name in ("downloadURL", "landingPage")),
}
"""Properties whose values may be addresses of documents about a term."""


def _undeclared_words(material: Material) -> Iterator[Hit]:
    suggest = suggestions(material.subjects_by_namespace)
    declared = material.subjects | material.parameters
    for iri, uses in material.words.items():
        if namespace_of(iri) in material.namespaces and iri not in declared:
            near = suggest(iri)
            for triple in uses:
                yield Hit(f"found <{iri}>, which the ontology does not declare{near}", triple, about=iri)


def _foreign_words(material: Material) -> Iterator[Hit]:
    for iri, uses in material.words.items():
        known = known_words(namespace_of(iri))
        if known and iri not in known and iri not in material.subjects and iri != namespace_of(iri):
            near = did_you_mean(iri, known)
            for triple in uses:
                yield Hit(f"found <{iri}>, a word that its vocabulary does not have{near}", triple, about=iri)


def _deprecated_words(material: Material) -> Iterator[Hit]:
    deprecated = _deprecated_terms(material)
    for iri, replacement in deprecated.items():
        instead = f": take <{replacement}>" if replacement else ""
        for triple in dict.fromkeys([*material.words.get(iri, ()), *material.mentions.get(iri, ())]):
            is_use = triple.predicate.value == iri or not triple.predicate.value.startswith(_SPEAKS_OF_TERMS)
            if is_use and not (isinstance(triple.subject, NamedNode) and triple.subject.value in deprecated):
                yield Hit(f"found <{iri}>, which is deprecated{instead}", triple, about=iri)


def _deprecated_terms(material: Material) -> Mapping[str, str]:
    """Give the terms that are deprecated, each with the one that takes its place, if it is known."""
    marked = [
        subject
        for subject, values in material.index.by_subject(_DEPRECATED).items()
        if any(isinstance(value, Literal) and value.value in {"true", "1"} for value in values)
    ]
    for kind in ("DeprecatedClass", "DeprecatedProperty"):
        marked += [triple.subject for triple in material.mentions.get(PREFIXES["owl"] + kind, ())]
    found = dict(DEPRECATED)
    for term in marked:
        if isinstance(term, NamedNode):
            instead = material.index.value(term, _IS_REPLACED_BY)
            found[term.value] = instead.value if isinstance(instead, NamedNode) else ""
    return found


def _misspelt_namespaces(material: Material) -> Iterator[Hit]:
    mixes = any(namespace_of(iri) == SCHEMA_ORG for iri in material.words)
    for iri, triple in _places_of_terms(material):
        right = right_spelling(iri)
        namespace = namespace_of(right) if right else ""
        if not right or iri in material.subjects or (namespace == SCHEMA_ORG and not mixes):
            continue
        yield Hit(f"found <{iri}>, expected the namespace <{namespace}>, as in <{right}>", triple, about=iri)


def _places_of_terms(material: Material) -> Iterator[tuple[str, Triple]]:
    """Give the IRIs that stand where terms do, as a property, a class or a datatype, or that look like a term."""
    for iri, uses in material.words.items():
        yield from ((iri, triple) for triple in uses)
    for iri, triples in material.mentions.items():
        right = right_spelling(iri)
        if right and right in known_words(namespace_of(right)) and iri not in material.words:
            yield from ((iri, triple) for triple in triples if triple.predicate.value not in _LEADS_TO_DOCUMENTS)
    for triple in material.triples:
        if isinstance(triple.object, Literal):
            yield triple.object.datatype.value, triple


def did_you_mean(iri: str, known: Iterable[str]) -> str:
    """
    Say which known IRI an unknown one is most like, among those with the same beginning.

    Args:
        iri: The unknown one.
        known: Those that there are.

    Returns:
        Such as ``: did you mean <...>?``, or nothing.
    """
    cut = len(namespace_of(iri))
    choices = {name: name[cut:] for name in sorted(set(known)) if name.startswith(iri[:cut])}
    near = nearest(iri[cut:], choices)
    return f": did you mean <{near[0]}>?" if near else ""


def suggestions(known: Mapping[str, Iterable[str]]) -> Callable[[str], str]:
    """
    Give a function that says as :func:`did_you_mean` does, for a bounded number of IRIs, since each takes a while.

    Args:
        known: The IRIs that there are, by their namespaces.
    """
    left = count(_MOST_SUGGESTIONS, -1)
    return lambda iri: did_you_mean(iri, known.get(namespace_of(iri), ())) if next(left) > 0 else ""


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
        "deprecated-term",
        RuleKind.TERMS,
        Severity.WARNING,
        "No statement uses a term that is deprecated.",
        "Take the term that the message names, or the one that the documentation of the vocabulary names.",
        _deprecated_words,
    ),
    Rule(
        "namespace-scheme",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "A well-known namespace is spelt as in its document: http or https, with or without www., # or / at its end; "
        "schema.org is spelt in one way throughout.",
        "Replace the namespace in the prefix declaration.",
        _misspelt_namespaces,
    ),
)

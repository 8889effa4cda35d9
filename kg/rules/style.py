"""
Rules for how the terms of an ontology are described.

What most terms of an ontology have, the others should have too; so a vocabulary with habits of its own is held to
these, and not to ours.

Source: FIBO Ontology Guide (labels, definitions, names); the report of ROBOT.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from kg.namespaces import PREFIXES
from kg.rules.material import Material, namespace_of
from kg.rules.rule import Hit
from kg.terms import Literal, NamedNode, Triple, prefixed

__all__ = ["duplicate_labels", "odd_terms"]

_TYPE: Final = prefixed("rdf:type")
_IS_DEFINED_BY: Final = prefixed("rdfs:isDefinedBy")
_DEPRECATED: Final = prefixed("owl:deprecated")
_LABELS: Final = (prefixed("rdfs:label"), prefixed("skos:prefLabel"))
_DEFINITIONS: Final = (
    prefixed("skos:definition"),
    prefixed("dcterms:description"),
    prefixed("rdfs:comment"),
    NamedNode("http://purl.obolibrary.org/obo/IAO_0000115"),
)
_ONE_IN_A_LANGUAGE: Final = (*_LABELS, *(each for each in _DEFINITIONS if each.value.startswith(PREFIXES["skos"])))
_CLASS_NAME: Final = re.compile(r"[^\W\d_a-z][^\W_]*")
_PROPERTY_NAME: Final = re.compile(r"[^\W\d_A-Z][^\W_]*")
_ARTICLES: Final = {"a", "an", "the"}


class _Text(NamedTuple):
    """A text that describes a term."""

    triple: Triple
    words: str
    language: str


def odd_terms(material: Material) -> Iterator[Hit]:
    """Give terms that are described otherwise than the others of their ontology, or not well."""
    if not material.ontologies:
        return
    for namespace in sorted(material.namespaces):
        classes, properties = (
            sorted(iri for iri in terms if namespace_of(iri) == namespace)
            for terms in (material.classes, material.properties)
        )
        both = [*classes, *properties]
        for predicates, name in ((_LABELS, "label"), (_DEFINITIONS, "definition")):
            yield from _unlike_most(
                material, both, partial(_texts, material, predicates=predicates), f" without a {name}"
            )
        yield from _unlike_most(material, both, partial(_is_attributed, material), " without rdfs:isDefinedBy")
        yield from _unlike_most(material, classes, _fits(_CLASS_NAME), ", expected a name such as UpperCamelCase")
        yield from _unlike_most(material, properties, _fits(_PROPERTY_NAME), ", expected a name such as lowerCamelCase")
        for iri in both:
            yield from _odd_texts(material, iri)


def _unlike_most(
    material: Material, iris: Collection[str], test: Callable[[str], object], problem: str
) -> Iterator[Hit]:
    """Give terms that fail a test which most terms pass."""
    odd = [iri for iri in iris if not test(iri)]
    if 2 * len(odd) < len(iris):
        for iri in odd:
            yield Hit(f"found <{iri}>{problem}", _declaration(material, iri), about=iri)


def _fits(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda iri: pattern.fullmatch(iri[len(namespace_of(iri)) :])


def _is_attributed(material: Material, iri: str) -> bool:
    return NamedNode(iri) in material.index.by_subject(_IS_DEFINED_BY)


def _declaration(material: Material, iri: str) -> Triple:
    node = NamedNode(iri)
    return Triple(node, _TYPE, material.index.values(node, _TYPE)[0])


def _odd_texts(material: Material, iri: str) -> Iterator[Hit]:
    for text, count in _repeated(material, iri):
        property_ = text.triple.predicate.value
        yield Hit(f'found {count} texts of <{property_}> in the language "{text.language}"', text.triple)
    labels, definitions = _texts(material, iri, _LABELS), _texts(material, iri, _DEFINITIONS)
    for text in (*labels, *definitions):
        if text.words != text.words.strip():
            yield Hit(f'found "{text.words[:80]}", expected it without blanks at its ends', text.triple)
    plain = {_plain(text.words) for text in labels}
    for text in definitions:
        if _plain(text.words) in plain:
            problem = "found a definition that repeats the label, expected one that gives kind and difference"
            yield Hit(problem, text.triple)


def _repeated(material: Material, iri: str) -> Iterator[tuple[_Text, int]]:
    """Give the last of several texts of which there should be one in a language, and how many there are."""
    for predicate in _ONE_IN_A_LANGUAGE:
        texts = _texts(material, iri, [predicate])
        last = {text.language: text for text in texts}
        counts = Counter(text.language for text in texts)
        yield from ((last[language], count) for language, count in counts.items() if count > 1)


def _texts(material: Material, iri: str, predicates: Iterable[NamedNode]) -> list[_Text]:
    node = NamedNode(iri)
    return [
        _Text(Triple(node, predicate, value), value.value, value.language or "")
        for predicate in predicates
        for value in material.index.values(node, predicate)
        if isinstance(value, Literal)
    ]


def _plain(text: str) -> tuple[str, ...]:
    """Give the words of a text but for articles and case."""
    return tuple(word for word in re.findall(r"\w+", text.casefold()) if word not in _ARTICLES)


def duplicate_labels(material: Material) -> Iterator[Hit]:
    """Give terms of one ontology that have the label of another one of their kind."""
    deprecated = material.index.by_subject(_DEPRECATED)
    for terms in (material.classes, material.properties):
        kept = (iri for iri in terms if NamedNode(iri) not in deprecated)
        for texts in _by_label(material, kept).values():
            first, *others = sorted(texts, key=lambda text: str(text.triple))
            for text in others:
                if text.triple.subject != first.triple.subject:
                    label_of = str(first.triple.subject)
                    yield Hit(f'found "{text.words}", which is the label of {label_of}', text.triple)


def _by_label(material: Material, iris: Iterable[str]) -> Mapping[object, list[_Text]]:
    found: defaultdict[object, list[_Text]] = defaultdict(list)
    for iri in iris:
        if namespace_of(iri) in material.namespaces:
            for text in _texts(material, iri, _LABELS):
                found[namespace_of(iri), text.language, text.words.casefold()].append(text)
    return found

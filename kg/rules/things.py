"""
Rules for what the statements are about: references that lead nowhere, things without name or type, ill-typed literals.

Source: RDF 1.1 Concepts, section 3.3 (literals); Data on the Web Best Practices, practices 9 to 11 (identifiers).
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from kg.findings import Severity
from kg.namespaces import PREFIXES
from kg.rules.material import Material, namespace_of
from kg.rules.rule import Hit, Rule, RuleKind
from kg.rules.terms import suggestions
from kg.shacl import is_well_formed
from kg.terms import BlankNode, Literal, NamedNode, Term, Triple, prefixed

__all__ = ["THING_RULES"]

_TYPE: Final = prefixed("rdf:type")
_MENTIONS: Final = {PREFIXES["owl"] + "priorVersion", PREFIXES["owl"] + "versionIRI", PREFIXES["rdfs"] + "seeAlso"}
"""Properties whose values need not be described here."""


def _dangling_references(material: Material) -> Iterator[Hit]:
    suggest = suggestions(material.subjects_by_namespace)
    as_properties = ((iri, [use for use in uses if use.predicate.value == iri]) for iri, uses in material.words.items())
    for iri, triples in (*material.mentions.items(), *as_properties):
        if not iri.startswith(material.config.own_iris) or iri in material.subjects:
            continue
        if iri in material.words and namespace_of(iri) in material.namespaces:
            continue  # an undeclared term, for which there is a rule of its own
        near = suggest(iri)
        for triple in triples:
            if triple.predicate.value not in _MENTIONS:
                yield Hit(f"found <{iri}>, of which no file says anything{near}", triple, about=iri)


def _ill_typed_literals(material: Material) -> Iterator[Hit]:
    for triple in material.reported_triples:
        value = triple.object
        if isinstance(value, Literal) and not is_well_formed(value):
            yield Hit(f'found "{value.value[:80]}", which is no <{value.datatype.value}>', triple)


def _unnamed_things(material: Material) -> Iterator[Hit]:
    properties = material.config.check.named_by
    if not properties:
        return
    named = {subject for each in properties for subject in material.index.by_subject(NamedNode(each))}
    exempt = {node for each in material.config.check.unnamed for node in material.index.instances(NamedNode(each))}
    for iri, triple in material.own_things.items():
        if triple.subject not in named and triple.subject not in exempt:
            wanted = " or ".join(f"<{each}>" for each in properties)
            yield Hit(f"found <{iri}> without a name, expected {wanted}", triple, about=iri)


def _odd_iris(material: Material) -> Iterator[Hit]:
    pattern = material.config.check.iri_pattern
    if not pattern:
        return
    mentioned = {iri: uses[0] for iri, uses in material.mentions.items() if iri.startswith(material.config.own_iris)}
    for iri, triple in {**mentioned, **material.own_things}.items():
        if not re.fullmatch(pattern, iri) and triple.predicate.value not in _MENTIONS:
            yield Hit(f"found <{iri}>, expected an IRI of the form {pattern}", triple, about=iri)


def _untyped_things(material: Material) -> Iterator[Hit]:
    typed = material.index.by_subject(_TYPE)
    for iri, triple in material.own_things.items():
        if triple.subject not in typed:
            yield Hit(f"found <{iri}> without a class, expected a statement with rdf:type", triple, about=iri)


def _blank_nodes(material: Material) -> Iterator[Hit]:
    policy = material.config.check.blank_nodes
    if policy == "any":
        return
    as_value = [triple for triple in material.triples if isinstance(triple.object, BlankNode)]
    as_subject = [triple for triple in material.triples if isinstance(triple.subject, BlankNode)]
    axioms = {triple.subject for triple in as_subject if triple.predicate == _TYPE and _is_axiom(triple)}
    uses: Counter[Term] = Counter(triple.object for triple in as_value)
    nodes: set[Term] = {*uses, *(triple.subject for triple in as_subject)} - axioms
    odd = nodes if policy == "none" else {node for node in nodes if uses[node] != 1}
    places: dict[Term, Triple] = {triple.subject: triple for triple in as_subject if triple.subject in odd}
    places |= {triple.object: triple for triple in as_value if triple.object in odd}
    for node in odd:
        yield Hit(_problem(policy, uses[node]), places[node])


def _is_axiom(triple: Triple) -> bool:
    return isinstance(triple.object, NamedNode) and triple.object.value.startswith(PREFIXES["owl"])


def _problem(policy: str, uses: int) -> str:
    if policy == "none":
        return "found a blank node, expected an IRI"
    where = f"in {uses} statements" if uses else "in no statement"
    return f"found a blank node that is the value {where}, expected one that is nested in one statement"


THING_RULES: Final = (
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
    Rule(
        "missing-label",
        RuleKind.TERMS,
        Severity.WARNING,
        "Every thing of the dataset has a name, by one of the properties in check.named_by.",
        "Name it, or list its class in check.unnamed if such things need no name.",
        _unnamed_things,
    ),
    Rule(
        "untyped-thing",
        RuleKind.TERMS,
        Severity.WARNING,
        "Every thing of the dataset says of which class it is.",
        "Add rdf:type, or mend the spelling of the subject.",
        _untyped_things,
    ),
    Rule(
        "iri-policy",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "Every IRI of the dataset has the form that check.iri_pattern describes.",
        "Rename the thing wherever it stands.",
        _odd_iris,
    ),
    Rule(
        "blank-node",
        RuleKind.TERMS,
        Severity.VIOLATION,
        "Blank nodes stand only where check.blank_nodes allows them; axioms of OWL may always have them.",
        "Give the thing an IRI, or write it in brackets where it is used.",
        _blank_nodes,
    ),
)

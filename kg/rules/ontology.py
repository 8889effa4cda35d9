"""
Rules for what the ontology says of the data: cycles, disjoint classes, functional properties, inconsistency.

Only what a vocabulary in the files declares is held against the data; nothing is inferred but from subclasses.

Source: OWL 2 Profiles, section 4.3 (the rules of OWL RL, whose names stand beside the functions); SKOS Reference,
section 8.6.7 (cycles of skos:broader).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final, cast

from kg.findings import Severity
from kg.rules.cycles import find_cycles
from kg.rules.inconsistency import inconsistencies
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.rules.style import duplicate_labels, odd_terms
from kg.shacl.literals import is_before, order_key
from kg.terms import BlankNode, Literal, NamedNode, Term, Triple, prefixed

__all__ = ["ONTOLOGY_RULES"]

_Edges = dict[Term, dict[Term, Triple]]
"""The nodes that each node leads to, with the statement that says so."""


_TYPE: Final = prefixed("rdf:type")
_HIERARCHIES: Final = (
    (prefixed("rdfs:subClassOf"), prefixed("owl:equivalentClass")),
    (prefixed("rdfs:subPropertyOf"), prefixed("owl:equivalentProperty")),
)
"""Orders in which a thing stands below itself, and what says that two things stand below each other."""
_MOST_NAMES: Final = 10
"""How many things a message names."""
_BROADER, _NARROWER = map(prefixed, ("skos:broader", "skos:narrower"))


def _cycles(material: Material) -> Iterator[Hit]:
    kinds = {kind: _declared(material, kind) for kind in ("Transitive", "Asymmetric", "Irreflexive")}
    declared = kinds["Transitive"] & (kinds["Asymmetric"] | kinds["Irreflexive"])
    for iri in sorted({*material.config.check.acyclic, *(term.value for term in declared)}):
        yield from _cycles_of(iri, _edges(material, NamedNode(iri)))


def _hierarchy_cycles(material: Material) -> Iterator[Hit]:
    for order, equality in _HIERARCHIES:
        same = material.index.by_subject(equality)
        edges = _edges(material, order)
        for lower, uppers in edges.items():
            for upper in list(uppers):
                if lower == upper or upper in same.get(lower, ()) or lower in same.get(upper, ()):
                    del uppers[upper]
        yield from _cycles_of(order.value, edges)
    broader = _edges(material, _BROADER)
    for subject, values in material.index.by_subject(_NARROWER).items():
        for value in values:
            broader.setdefault(value, {}).setdefault(subject, _stated(subject, _NARROWER, value))
    yield from _cycles_of(_BROADER.value, broader)


def _edges(material: Material, predicate: NamedNode) -> _Edges:
    return {
        subject: {value: _stated(subject, predicate, value) for value in values if not isinstance(value, Literal)}
        for subject, values in material.index.by_subject(predicate).items()
    }


def _cycles_of(iri: str, edges: _Edges) -> Iterator[Hit]:
    for cycle in find_cycles(edges):
        names = [_name(node) for node in [*cycle, cycle[0]]]
        if len(names) > _MOST_NAMES:
            names[_MOST_NAMES - 1 : -1] = ["..."]
        yield Hit(
            f"found a cycle of <{iri}>, expected none: {' > '.join(names)}", edges[cycle[0]][cycle[1 % len(cycle)]]
        )


def _stated(subject: Term, predicate: NamedNode, value: Term) -> Triple:
    """Write a statement whose subject is known to be no literal."""
    return Triple(cast("NamedNode | BlankNode", subject), predicate, value)


def _name(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<{term.value}>"
    return f'"{term.value[:60]}"' if isinstance(term, Literal) else "a blank node"


def _declared(material: Material, kind: str) -> set[NamedNode]:
    nodes = material.index.by_value(_TYPE).get(prefixed(f"owl:{kind}Property"), ())
    return {node for node in nodes if isinstance(node, NamedNode)}


def _asymmetric_properties(material: Material) -> Iterator[Hit]:  # prp-asyp
    for predicate in sorted(_declared(material, "Asymmetric"), key=str):
        stated = material.index.by_subject(predicate)
        for subject, values in stated.items():
            for value in values:
                if subject in stated.get(value, ()) and str(subject) <= str(value):
                    message = f"found <{predicate.value}> from {_name(subject)} to {_name(value)} and back"
                    yield Hit(f"{message}, expected one way only", _stated(subject, predicate, value))


def _irreflexive_properties(material: Material) -> Iterator[Hit]:  # prp-irp
    for predicate in sorted(_declared(material, "Irreflexive") - _declared(material, "Asymmetric"), key=str):
        for subject, values in material.index.by_subject(predicate).items():
            if subject in values:
                message = f"found <{predicate.value}> from {_name(subject)} to itself, expected another value"
                yield Hit(message, _stated(subject, predicate, subject))


def _disjoint_individuals(material: Material) -> Iterator[Hit]:  # cax-dw, cax-adc
    found: dict[Term, tuple[Term, Term]] = {}
    for classes in _disjoint_sets(material):
        first: dict[Term, Term] = {}
        for class_ in classes:
            for node in material.index.instances(class_):
                if first.setdefault(node, class_) != class_:
                    found.setdefault(node, (first[node], class_))
    for node, (one, other) in sorted(found.items(), key=lambda item: str(item[0])):
        below = material.index.subclasses(one) | material.index.subclasses(other)
        stated = [each for each in material.index.values(node, _TYPE) if each in below][-1]
        message = f"found it in {_name(one)} and in {_name(other)}, which are disjoint"
        yield Hit(message, _stated(node, _TYPE, stated))


def _disjoint_sets(material: Material) -> Iterator[list[Term]]:
    """Give the sets of classes of which no two have an instance in common."""
    for one, others in material.index.by_subject(prefixed("owl:disjointWith")).items():
        yield from ([one, other] for other in others)
    for predicate in (prefixed("owl:members"), prefixed("owl:disjointUnionOf")):
        for node, heads in material.index.by_subject(predicate).items():
            if predicate != prefixed("owl:members") or prefixed("owl:AllDisjointClasses") in material.index.values(
                node, _TYPE
            ):
                yield from (material.index.items(head) for head in heads)


def _unsatisfiable_classes(material: Material) -> Iterator[Hit]:
    found: dict[Term, tuple[Term, Term]] = {}
    for classes in _disjoint_sets(material):
        first: dict[Term, Term] = {}
        for class_ in classes:
            below = material.index.subclasses(class_)
            for each in below & first.keys():
                found.setdefault(each, (first[each], class_))
            first.update(dict.fromkeys(below, class_))
    for class_, (one, other) in sorted(found.items(), key=lambda item: str(item[0])):
        message = f"found it below {_name(one)} and {_name(other)}, which are disjoint, so it has no instance"
        yield Hit(message, _statement(material, class_))


def _statement(material: Material, subject: Term) -> Triple:
    """Give the statement that best shows what a class stands below."""
    choices = (*(order for order, _ in _HIERARCHIES), prefixed("owl:disjointWith"), _TYPE)
    found = ((each, material.index.value(subject, each)) for each in choices)
    return next(_stated(subject, each, value) for each, value in found if value is not None)


def _functional_properties(material: Material) -> Iterator[Hit]:  # prp-fp
    same = material.index.by_subject(prefixed("owl:sameAs"))
    for predicate in sorted(_declared(material, "Functional"), key=str):
        for subject, values in material.index.by_subject(predicate).items():
            two = _two_apart(values, same) if len(values) > 1 else None
            if two:
                message = f"found two values of <{predicate.value}>, expected one: {' and '.join(map(_name, two))}"
                yield Hit(message, _stated(subject, predicate, two[1]))


def _inverse_functional_properties(material: Material) -> Iterator[Hit]:  # prp-ifp
    same = material.index.by_subject(prefixed("owl:sameAs"))
    for predicate in sorted(_declared(material, "InverseFunctional"), key=str):
        for value, subjects in material.index.by_value(predicate).items():
            two = _two_apart(subjects, same) if len(subjects) > 1 else None
            if two:
                names = " and ".join(map(_name, two))
                message = f"found {_name(value)} as <{predicate.value}> of two things, expected one: {names}"
                yield Hit(message, _stated(two[1], predicate, value))


def _two_apart(terms: Iterable[Term], same: Mapping[Term, Mapping[Term, None]]) -> tuple[Term, Term] | None:
    """Give two terms that stand for different things, as far as the files tell; a blank node may be any thing."""
    known = [term for term in terms if not isinstance(term, BlankNode)]
    for one, other in combinations(known, 2):
        keys = order_key(one), order_key(other)
        equal = is_before(*keys, or_equal=True) and is_before(*reversed(keys), or_equal=True)
        if not equal and other not in same.get(one, ()) and one not in same.get(other, ()):
            return one, other
    return None


def _inconsistencies(material: Material) -> Iterator[Hit]:
    """Give what OWL RL finds and the rules above do not."""
    known: defaultdict[Term, set[str]] = defaultdict(set)
    for rule in (_disjoint_individuals, _asymmetric_properties, _irreflexive_properties):
        for hit in rule(material):
            if hit.triple:
                known[hit.triple.subject].add(hit.triple.predicate.value)
    for hit in inconsistencies(material):
        if not hit.triple or hit.triple.predicate.value not in known[hit.triple.subject]:
            yield hit


ONTOLOGY_RULES: Final = (
    Rule(
        "cycle",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "A property that leads nowhere back has no cycle: one in check.acyclic, or one that the ontology declares "
        "transitive and asymmetric or irreflexive.",
        "Remove or turn around one of the statements that the message names.",
        _cycles,
    ),
    Rule(
        "hierarchy-cycle",
        RuleKind.ONTOLOGY,
        Severity.WARNING,
        "No class, property or concept stands above itself by rdfs:subClassOf, rdfs:subPropertyOf or skos:broader.",
        "Remove one of the statements, or declare the classes equivalent if they are.",
        _hierarchy_cycles,
    ),
    Rule(
        "asymmetric-property",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "An asymmetric property holds one way only.",
        "Remove one of the two statements.",
        _asymmetric_properties,
    ),
    Rule(
        "irreflexive-property",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "An irreflexive property leads from nothing to itself.",
        "Mend the value, or remove the statement.",
        _irreflexive_properties,
    ),
    Rule(
        "disjoint-classes",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "Nothing is an instance of two classes that the ontology declares disjoint, subclasses included.",
        "Keep the class that holds, or make two things of it.",
        _disjoint_individuals,
    ),
    Rule(
        "unsatisfiable-class",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "No class stands below two classes that are disjoint, or is disjoint with itself.",
        "Remove one of the superclasses, or the disjointness.",
        _unsatisfiable_classes,
    ),
    Rule(
        "functional-property",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "A functional property has one value for each thing.",
        "Keep the value that holds, or state owl:sameAs if both IRIs name one thing.",
        _functional_properties,
    ),
    Rule(
        "inverse-functional-property",
        RuleKind.ONTOLOGY,
        Severity.WARNING,
        "A value of an inverse functional property belongs to one thing.",
        "Mend one of the values, or state owl:sameAs if both IRIs name one thing.",
        _inverse_functional_properties,
    ),
    Rule(
        "term-style",
        RuleKind.ONTOLOGY,
        Severity.WARNING,
        "The terms of one ontology are described alike: with a label and a definition, one in each language, with "
        "rdfs:isDefinedBy if most terms have it, and with names that are spelt as most are.",
        "Describe or name the term as the others are.",
        odd_terms,
    ),
    Rule(
        "duplicate-label",
        RuleKind.ONTOLOGY,
        Severity.WARNING,
        "No two classes and no two properties of one ontology have the same label in one language.",
        "Tell them apart by their labels, or keep one of them.",
        duplicate_labels,
    ),
    Rule(
        "owl-inconsistency",
        RuleKind.ONTOLOGY,
        Severity.VIOLATION,
        "Ontology and data do not contradict each other by the rules of OWL RL.",
        "Remove one of the statements from which the contradiction follows.",
        _inconsistencies,
        is_deep=True,
    ),
)

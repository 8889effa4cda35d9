"""
What contradicts itself in ontology and data together, by the rules of OWL RL.

The closure grows much faster than the graph, so that it is made of small graphs only.

Source: OWL 2 Profiles, section 4.3; the texts of owlrl 7.6, which names the terms of each contradiction.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Final

import rdflib
from owlrl import OWLRL_Semantics

from kg.findings import Severity
from kg.rules.material import Material
from kg.rules.rule import Hit
from kg.terms import Triple

__all__ = ["inconsistencies"]

_MOST_TRIPLES: Final = 50_000
_ABOUT_LITERALS: Final = "Lexical value of the literal"
"""What owlrl says of ill-typed literals, for which there is a rule of its own."""


def inconsistencies(material: Material) -> Iterator[Hit]:
    """
    Find the contradictions.

    Args:
        material: The files; shapes are left out.

    Returns:
        One finding for each; or a remark, if there are too many triples.
    """
    triples = material.data
    if len(triples) > _MOST_TRIPLES:
        message = f"not looked at: found {len(triples)} triples, expected at most {_MOST_TRIPLES} for this rule"
        yield Hit(message, severity=Severity.INFO)
        return
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    graph = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    closure = OWLRL_Semantics(graph, False, False)
    closure.closure()
    for text in sorted(text for text in closure.error_messages if not text.startswith(_ABOUT_LITERALS)):
        yield _hit(text, material, triples)


def _hit(text: str, material: Material, triples: Sequence[Triple]) -> Hit:
    """Find the statement that a text is about: of an individual rather than a term, and with another that it names."""
    words = [word.strip("(),'") for word in text.split()]
    terms = material.classes | material.properties
    named = [word for word in words if word in material.subjects or word in material.words]
    subjects = sorted((word for word in named if word in material.subjects), key=lambda word: word in terms)
    about = [each for each in triples if subjects and str(each.subject) == f"<{subjects[0]}>"]
    with_others = [
        each for each in about if {each.predicate.value, getattr(each.object, "value", "")} & set(named[:-1])
    ]
    message = " ".join(f"<{word}>" if word in named else word for word in words)
    return Hit(f"found a contradiction: {message}", next(iter([*with_others, *about]), None))

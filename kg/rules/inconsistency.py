"""
What contradicts itself in ontology and data together, by the rules of OWL RL.

The closure grows much faster than the graph, so that it is made of small graphs only.

Source: OWL 2 Profiles, section 4.3; the texts of owlrl 7.6, which names the terms of each contradiction.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import rdflib
from owlrl import OWLRL_Semantics

from kg.findings import Severity
from kg.rules.material import Material
from kg.rules.rule import Hit
from kg.terms import Triple

__all__ = ["inconsistencies"]

_MOST_TRIPLES: Final = 50_000
_BLANK_NODE: Final = re.compile("N[0-9a-f]{32}")
"""How rdflib labels a blank node that it reads; another label each time."""
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
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it warns of each ill-typed literal, with a trace
    graph = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    closure = OWLRL_Semantics(graph, False, False)
    closure.closure()
    places: defaultdict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        for term in {triple.subject, triple.object}:
            places[str(term)].append(triple)
    seen = set()
    for text in sorted(text for text in closure.error_messages if not text.startswith(_ABOUT_LITERALS)):
        hit, kind = _hit(text, material, places)
        if (hit.triple, kind) not in seen:  # what follows of one name by owl:sameAs follows of the other
            seen.add((hit.triple, kind))
            yield hit


def _hit(text: str, material: Material, places: Mapping[str, Sequence[Triple]]) -> tuple[Hit, str]:
    """
    Find the statement that a text is about: of an individual rather than a term, and with another that it names.

    Returns:
        The finding, and its text without the terms.
    """
    words = [word.strip("(),'") for word in text.split()]
    named = [word for word in words if f"<{word}>" in places or word in material.words]
    terms = material.classes | material.properties
    first, *others = sorted(named, key=lambda word: word in terms) or [""]
    about = sorted(places.get(f"<{first}>", ()), key=lambda triple: str(triple.subject) != f"<{first}>")
    with_others = [each for each in about if {each.predicate.value, getattr(each.object, "value", "")} & set(others)]
    written = [f"<{word}>" if word in named else _BLANK_NODE.sub("a blank node", word) for word in words]
    message = f"found a contradiction: {' '.join(written)}"
    kind = " ".join(_BLANK_NODE.sub("", word) for word in words if word not in named)
    return Hit(message, next(iter([*with_others, *about]), None)), kind

"""
What is said of a finding: the message of its shape, or a sentence on what was found and what was expected.

Source: SHACL, sections 2.1.5 (sh:message) and 5.3.2 (variables in messages); 4 for what each component asks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.namespaces import PREFIXES, compact_iris
from kg.shacl import Finding, TripleIndex, UnsupportedShapeError
from kg.shacl.index import sh
from kg.shacl.parts import members
from kg.shacl.paths import read_path
from kg.shacl.shapes import parameter_of
from kg.shacl.trace import Trace
from kg.terms import Literal, NamedNode, Term, plain

__all__ = ["best_message", "is_of_core", "message_of"]

_MOST_LISTED = 6
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
_EXPECTED: Final = {
    "class": "found {value}, expected an instance of {wanted}",
    "closed": "found {value} as the value of a property that is not among those of the shape, expected no other",
    "datatype": "found {value}, expected a literal of the datatype {wanted}",
    "disjoint": "found {value} here and among the values of {wanted}, expected it in one place only",
    "equals": "found {value} either here or among the values of {wanted}, expected it in both places",
    "hasValue": "found no {wanted} among the values, expected it",
    "lessThan": "found {value}, expected less than each value of {wanted}",
    "lessThanOrEquals": "found {value}, expected no more than each value of {wanted}",
    "maxCount": "found {count} values, expected at most {wanted}",
    "maxExclusive": "found {value}, expected less than {wanted}",
    "maxInclusive": "found {value}, expected at most {wanted}",
    "maxLength": "found {value}, expected at most {wanted} characters",
    "minCount": "found {count} values, expected at least {wanted}",
    "minExclusive": "found {value}, expected more than {wanted}",
    "minInclusive": "found {value}, expected at least {wanted}",
    "minLength": "found {value}, expected at least {wanted} characters",
    "node": "found {value}, which does not conform to {wanted}, expected one that does",
    "nodeKind": "found {value}, expected {wanted}",
    "not": "found {value}, which conforms to {wanted}, expected one that does not",
    "pattern": "found {value}, expected a text that matches {wanted}",
    "qualifiedMaxCount": "found too many values that conform to the qualified shape, expected at most {wanted}",
    "qualifiedMinCount": "found too few values that conform to the qualified shape, expected at least {wanted}",
    "sparql": "found {value}, a solution of the query of the shape, expected none",
    "uniqueLang": "found several values with one language tag, expected one value for each language",
}
_LISTED: Final = {
    "and": "found {value}, expected one that conforms to all of {listed}",
    "in": "found {value}, expected one of {listed}",
    "languageIn": "found {value}, expected a text in one of the languages {listed}",
    "or": "found {value}, expected one that conforms to at least one of {listed}",
    "xone": "found {value}, expected one that conforms to exactly one of {listed}",
}


def is_of_core(component: str) -> bool:
    """Tell whether a constraint component is one of SHACL Core, whose messages need no query."""
    name = parameter_of(component)
    return name != "sparql" and (name in _EXPECTED or name in _LISTED)


def best_message(messages: Iterable[Term]) -> str:
    """Choose among messages: those in English or without a language, else all."""
    literals = [term for term in messages if isinstance(term, Literal)]
    readable = [one for one in literals if not one.language or one.language.lower().split("-")[0] == "en"]
    return " ".join(sorted({one.value for one in readable or literals}))


def message_of(finding: Finding, shapes: TripleIndex, data: TripleIndex, prefixes: Mapping[str, str]) -> str:
    """
    Say what is wrong.

    Args:
        finding: What an engine found.
        shapes: Where its source shape stands.
        data: The data graph, in which values are counted.
        prefixes: Names of namespaces, by which the IRIs of a sentence of ours are shortened.
    """
    name = parameter_of(finding.component)
    stated: list[Term] = []
    if name == "sparql":
        for constraint in shapes.values(finding.shape, sh("sparql")):
            stated += shapes.values(constraint, sh("message"))
    text = best_message(stated or shapes.values(finding.shape, sh("message")))
    if text:
        return _filled(text, finding)
    return compact_iris(_sentence(name, finding, shapes, data), prefixes)


def _filled(text: str, finding: Finding) -> str:
    known = {"this": finding.focus, "value": finding.value}

    def fill(found: re.Match[str]) -> str:
        if found[1] in {"path", "PATH"} and finding.path:
            return finding.path
        term = known.get(found[1])
        return found[0] if term is None else plain(term)

    return _VARIABLE.sub(fill, text)


def _sentence(name: str, finding: Finding, shapes: TripleIndex, data: TripleIndex) -> str:
    wanted = shapes.values(finding.shape, sh(name))
    template = _EXPECTED.get(name) or _LISTED.get(name)
    if template is None:
        return f"does not meet <{finding.component}>"
    return template.format(
        value=_shown(finding.value if finding.value is not None else finding.focus),
        wanted=" and ".join(map(_shown, wanted)) or "it",
        listed=_enumerated(list(members(shapes, finding.shape, name))) if name in _LISTED else "",
        count=_count(finding, shapes, data) if "{count}" in template else "",
    )


def _count(finding: Finding, shapes: TripleIndex, data: TripleIndex) -> int:
    path = shapes.value(finding.shape, sh("path"))
    try:
        return 0 if path is None else len(list(Trace(data).reach(read_path(shapes, path), finding.focus)))
    except UnsupportedShapeError:
        return 0


def _enumerated(terms: Sequence[Term]) -> str:
    shown = ", ".join(map(_shown, terms[:_MOST_LISTED]))
    return shown if len(terms) <= _MOST_LISTED else f"{shown} and {len(terms) - _MOST_LISTED} more"


def _shown(term: Term) -> str:
    """Write a term for people: a number as it is, a shape without a name as such."""
    if isinstance(term, NamedNode):
        return f"<{term.value}>"
    if isinstance(term, Literal):
        return term.value if term.datatype.value == PREFIXES["xsd"] + "integer" else str(term)
    return "a node without a name"

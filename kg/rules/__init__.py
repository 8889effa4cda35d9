"""
Rules for files, terms, ontologies, saved queries and the promises of a graph, beyond what its shapes ask for.

Each rule stands in :data:`RULES` once, with what it finds and how that is mended; ``docs/rules.md`` is made from it.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from kg.findings import ValidationResult
from kg.namespaces import compact_iris
from kg.rules.elsewhere import BEFORE_RULES, SHAPE_RULE_NAMES, SHAPES, SYNTAX, VALIDATION_RULES
from kg.rules.files import FILE_RULES
from kg.rules.iris import IRI_RULES
from kg.rules.literals import LITERAL_RULES
from kg.rules.material import Material
from kg.rules.ontology import ONTOLOGY_RULES
from kg.rules.promises import PROMISE_RULES
from kg.rules.queries import QUERY_RULES
from kg.rules.rule import Hit, Rule, RuleKind
from kg.rules.terms import TERM_RULES
from kg.rules.things import THING_RULES
from kg.terms import plain

__all__ = ["RULES", "SHAPES", "SHAPE_RULE_NAMES", "SYNTAX", "Material", "Rule", "RuleKind", "apply_rules"]

RULES: Final = {
    rule.name: rule
    for rule in (
        *(*BEFORE_RULES, *FILE_RULES, *IRI_RULES, *LITERAL_RULES, *TERM_RULES, *THING_RULES, *VALIDATION_RULES),
        *(*ONTOLOGY_RULES, *QUERY_RULES, *PROMISE_RULES),
    )
}
"""Every rule, by its name."""


def apply_rules(material: Material, names: Collection[str], *, only_files: bool = False) -> Iterator[ValidationResult]:
    """
    Hold what is checked against rules.

    Args:
        material: The files, their texts and the settings.
        names: The names of the rules that are applied.
        only_files: Some file does not parse, so that only rules for files tell the truth.

    Returns:
        The findings, in the order of the rules.
    """
    for rule in RULES.values():
        if rule.name in names and (rule.kind is RuleKind.FILES or not only_files):
            for hit in rule.find(material):
                yield _result(rule, hit, material)


def _result(rule: Rule, hit: Hit, material: Material) -> ValidationResult:
    found = ValidationResult(
        severity=hit.severity or rule.severity,
        focus_node="",
        path=None,
        value=None,
        component=f"#{rule.name}",
        source_shape="",
        message=compact_iris(hit.message, material.prefixes),
        location=hit.location,
    )
    if not hit.triple:
        return found
    subject, predicate, value = hit.triple
    return replace(
        found,
        focus_node=plain(subject),
        path=predicate.value,
        value=str(value),
        location=hit.location or material.locator.place(hit.triple, hit.about),
    )

"""
Rules for files, terms, ontologies, saved queries and the promises of a graph, beyond what its shapes ask for.

Each rule stands in :data:`RULES` once, with what it finds and how that is mended; ``docs/rules.md`` is made from it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from kg.findings import ValidationResult
from kg.namespaces import compact_iri
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.rules.terms import TERM_RULES
from kg.terms import Term, Triple

__all__ = ["RULES", "Material", "Rule", "RuleKind", "apply_rules"]

RULES: Final = {rule.name: rule for rule in (*TERM_RULES,)}
"""Every rule, by its name."""
_IRI: Final = re.compile(r"<([^<>]*)>")


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
    subject, predicate, value = (_plain(term) for term in hit.triple) if hit.triple else (hit.subject, None, None)
    return ValidationResult(
        severity=rule.severity,
        focus_node=subject or "",
        path=predicate,
        value=str(hit.triple.object) if hit.triple else None,
        component=f"#{rule.name}",
        source_shape="",
        message=_shortened(hit.message, material.prefixes),
        location=hit.location or material.locator.find(subject or "", predicate or "", value or ""),
    )


def _shortened(message: str, prefixes: Mapping[str, str]) -> str:
    """Write the IRIs of a message as prefixed names where a prefix fits."""
    return _IRI.sub(lambda found: compact_iri(found[1], prefixes), message)


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value

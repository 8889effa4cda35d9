"""
Rules whose breaches are found elsewhere: where files are read, shapes are applied, and findings are accepted.

They stand here so that every name that a report can tell is listed and explained.
"""

from typing import Final

from kg.findings import Severity
from kg.rules.rule import Rule, RuleKind
from kg.shape_rules import SHAPE_RULES

__all__ = ["BEFORE_RULES", "SHAPES", "SHAPE_RULE_NAMES", "SYNTAX", "VALIDATION_RULES"]

SYNTAX: Final = "syntax"
"""The name of the rule that files parse; it is always applied."""
SHAPES: Final = "shapes"
"""The name of what the shapes of a graph ask for."""
SHAPE_RULE_NAMES: Final = frozenset(rule.name for rule in SHAPE_RULES)
"""The names of the rules for shapes themselves."""
BEFORE_RULES: Final = (
    Rule(
        SYNTAX,
        RuleKind.FILES,
        Severity.VIOLATION,
        "Every file can be read and parses.",
        "Mend what stands at the place: the message says what was expected.",
    ),
    Rule(
        "stale-waiver",
        RuleKind.FILES,
        Severity.WARNING,
        "Every waiver gives a reason and is of use, and so is every entry of the baseline.",
        "Remove the waiver, write why it is there, or update the baseline.",
    ),
)
"""Those that are found before and after all others."""
VALIDATION_RULES: Final = (
    Rule(
        SHAPES,
        RuleKind.SHAPES,
        Severity.VIOLATION,
        "What the shapes of the graph ask for; findings bear the names and severities of the shapes.",
        "The message of the shape tells the mend.",
    ),
    *(Rule(rule.name, RuleKind.SHAPES, rule.severity, rule.asks, rule.mend) for rule in SHAPE_RULES),
    Rule(
        "engines-disagree",
        RuleKind.SHAPES,
        Severity.WARNING,
        "Our SHACL engine and pySHACL find the same at a focus node, but for what is known.",
        "Report it to us, with the shape and the focus node.",
    ),
)
"""Those that are found while shapes are applied."""

"""
Write the page of the rules that ``kg check`` knows, from the registry and its fixtures.

Run it as ``python tools/rule_pages.py > docs/rules.md``.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from kg.rules import RULES, Rule, RuleKind

_ROOT = Path(__file__).resolve().parent.parent
_FIXTURES = _ROOT / "tests" / "rules"
_HEAD = """\
# The rules of `kg check`

Beside the shapes of a graph, `kg check` holds its files against these rules. `--only` and `--skip` choose among them,
`--explain RULE` tells of one. In `agon.toml` the table `[check.severity]` gives a rule or a shape another severity, or
turns it `"off"`. A finding that is meant is accepted with a reason, on its line or the one above:

    # kg-check: accept RULE because REASON

or by a `[[check.waivers]]` of `agon.toml` with `rule`, `reason`, and `files` or `focus_node`. `--baseline FILE` counts
only findings that the file does not list; `--update-baseline` writes it. A waiver or an entry that nothing needs any
more is a finding itself, `stale-waiver`.

This page is made by `tools/rule_pages.py`.
"""
_KINDS = {
    RuleKind.FILES: "Files",
    RuleKind.TERMS: "Terms",
    RuleKind.SHAPES: "Shapes themselves",
    RuleKind.ONTOLOGY: "Ontology",
    RuleKind.QUERIES: "Saved queries",
    RuleKind.PROMISES: "Promises of a graph",
}


def rule_page() -> str:
    """Give the page: the rules by kind, each with what it asks for, the mend and an example."""
    return "\n".join([_HEAD, *(line for kind in RuleKind for line in _section(kind))])


def _section(kind: RuleKind) -> Iterator[str]:
    yield f"## {_KINDS[kind]}\n"
    for rule in RULES.values():
        if rule.kind is kind:
            yield from _entry(rule)


def _entry(rule: Rule) -> Iterator[str]:
    depth = " Only with `--deep` or `--only`." if rule.is_deep else ""
    yield f"### {rule.name}\n"
    yield f"{rule.severity.value.capitalize()}. {rule.asks}{depth} {rule.mend}\n"
    expected = _FIXTURES / rule.name / "expected.txt"
    example = expected.read_text(encoding="utf-8").splitlines()[:1] if expected.is_file() else []
    yield from (f"    {line}\n" for line in example)


if __name__ == "__main__":
    sys.stdout.write(rule_page())

"""Changes as lines, each with a sign; the forms for people are made of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.comparison.effects import AnswerChange
from kg.comparison.model import Change, ChangeKind, EntityChange, EntityKind, Move, Value
from kg.comparison.naming import Naming, around_change
from kg.comparison.report import Comparison
from kg.findings import ValidationResult
from kg.namespaces import compact_iri
from kg.terms import NamedNode

__all__ = [
    "SIGNS",
    "Line",
    "answer_text",
    "change_lines",
    "counted",
    "entity_name",
    "finding_text",
    "followers",
    "move_text",
    "sum_up",
]

SIGNS: Final = {EntityKind.ADDED: "+", EntityKind.REMOVED: "-", EntityKind.RENAMED: "~", EntityKind.CHANGED: "~"}
_WIDE: Final = 100
"""How many characters of a value stand on one line, if it can be told on several."""


@dataclass(frozen=True)
class Line:
    """One line: ``+``, ``-``, ``~`` for a changed value or nothing for what is the same; how deep it stands; a text."""

    sign: str
    depth: int
    text: str


def change_lines(changes: Iterable[Change], naming: Naming, *, on_two_lines: bool, depth: int = 0) -> Iterator[Line]:
    """
    Give the lines of changes.

    Args:
        changes: What changed.
        naming: How things are named.
        on_two_lines: Whether a changed value is always told as a removed and an added one.
        depth: How deep the lines stand.
    """
    for change in changes:
        name = naming.predicate(change.predicate)
        if change.kind is ChangeKind.NESTED and change.new:
            yield Line(" ", depth, f"{name} {_clipped(naming.value(change.new))}")
            yield from change_lines(change.within, naming, on_two_lines=on_two_lines, depth=depth + 1)
        elif change.old and change.new:
            old, new = around_change(change.old, change.new)
            shown = f"{name}  {naming.value(old)} → {naming.value(new)}"
            if on_two_lines or len(shown) > _WIDE:
                yield from _value_lines("-", depth, name, old, naming)
                yield from _value_lines("+", depth, name, new, naming)
            else:
                yield Line("~", depth, shown)
        elif change.old:
            yield from _value_lines("-", depth, name, change.old, naming)
        elif change.new:
            yield from _value_lines("+", depth, name, change.new, naming)


def _value_lines(sign: str, depth: int, name: str, value: Value, naming: Naming) -> Iterator[Line]:
    """Tell a value on one line, or a large nested one on several."""
    shown = f"{name} {naming.value(value)}".lstrip()
    inside: Iterable[tuple[NamedNode | None, Value]] = value.statements or [(None, item) for item in value.items or ()]
    if len(shown) <= _WIDE or not inside:
        yield Line(sign, depth, shown)
        return
    opening, closing = "[]" if value.statements else "()"
    yield Line(sign, depth, f"{name} {opening}".lstrip())
    for predicate, one in inside:
        yield from _value_lines(sign, depth + 1, naming.predicate(predicate) if predicate else "", one, naming)
    yield Line(sign, depth, closing)


def _clipped(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}…"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun, in the plural where it is not one."""
    plural = f"{noun[:-1]}ies" if noun.endswith(("ity", "ry")) else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def entity_name(entity: EntityChange, naming: Naming) -> str:
    """Name an entity, with its old name if it has another one now."""
    name = naming.term(entity.node)
    return f"{name} (was {naming.term(entity.old_node)})" if entity.is_renamed else name


def followers(entity: EntityChange) -> str:
    """Say how many statements about others name a renamed entity by its new IRI."""
    return "1 reference follows" if entity.followed == 1 else f"{entity.followed} references follow"


def move_text(move: Move, naming: Naming) -> str:
    """Say what moved where, in one line."""
    count = counted(len(move.statements), "statement")
    subjects = list(
        dict.fromkeys(triple.subject for triple in move.statements if isinstance(triple.subject, NamedNode))
    )
    about = f" about {', '.join(map(naming.term, subjects[:3]))}{' and others' if len(subjects) > 3 else ''}"
    count += about if subjects else ""
    if not move.new_graphs:
        return f"{count}: no longer in {naming.graphs(move.old_graphs)} too"
    if not move.old_graphs:
        return f"{count}: now in {naming.graphs(move.new_graphs)} too"
    return f"{count}: from {naming.graphs(move.old_graphs)} to {naming.graphs(move.new_graphs)}"


def finding_text(result: ValidationResult, naming: Naming) -> str:
    """Say what a finding says, in one line."""
    shape = compact_iri(result.source_shape, naming.prefixes) if ":" in result.source_shape else result.source_shape
    rule = shape or result.component.rpartition("#")[2]
    place = f"{result.location.path}:{result.location.line}: " if result.location else ""
    about = f" ({compact_iri(result.focus_node, naming.prefixes)})" if ":" in result.focus_node else ""
    return f"{place}{result.severity.value}: [{rule}] {result.message}{about}"


def answer_text(change: AnswerChange) -> str:
    """Say how the answer of a saved query changed, in one line."""
    if change.problem:
        return f"{change.name}: cannot be asked: {change.problem}"
    if change.state != "changed":
        is_new = change.state == "added"
        rows = counted(len(change.added if is_new else change.removed), "row")
        return f"{change.name}: {'a new query' if is_new else 'the query is gone'}, {rows}"
    facts = [
        f"{counted(len(rows), 'row')} {word}" for rows, word in ((change.added, "added"), (change.removed, "removed"))
    ]
    shown = ", ".join(fact for fact in facts if not fact.startswith("0 ")) or "the same rows in another order"
    return f"{change.name}: {shown}{'; the query itself has changed too' if change.has_new_text else ''}"


def sum_up(comparison: Comparison) -> Iterator[str]:
    """Say in a few words each what differs."""
    entities = {kind.value: count for kind, count in comparison.entity_counts.items() if count}
    if entities:
        yield "entities: " + ", ".join(f"{count} {word}" for word, count in entities.items())
    statements = [f"{count} {kind.value}" for kind, count in comparison.statement_counts.items() if count]
    if comparison.moved_count:
        statements.append(f"{comparison.moved_count} moved")
    if statements:
        yield "statements: " + ", ".join(statements)
    findings = comparison.findings
    if findings is not None:
        yield f"findings: {len(findings.new)} new, {len(findings.fixed)} fixed, {findings.kept_count} as before"
    if comparison.answers is not None:
        yield f"saved queries: {len(comparison.answers)} with another answer"

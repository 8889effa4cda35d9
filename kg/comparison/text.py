"""A comparison as text, for a terminal or a log."""

from collections.abc import Iterator

from rich.text import Text

from kg.comparison.lines import (
    SIGNS,
    answer_text,
    change_lines,
    entity_name,
    finding_text,
    followers,
    move_text,
    sum_up,
)
from kg.comparison.model import EntityChange, EntityKind
from kg.comparison.naming import Naming
from kg.comparison.report import Comparison

__all__ = ["write_text"]

_STYLES = {"+": "green", "-": "red", "~": "yellow", " ": "dim"}


def write_text(comparison: Comparison) -> Iterator[Text]:
    """Give the lines of a comparison, with the colours for a terminal; the last one sums up."""
    naming = comparison.naming
    for entity in comparison.difference.entities:
        yield from _entity_lines(entity, naming)
    yield from _section("moved between named graphs", _moves(comparison))
    if comparison.findings:
        fixed = [("-", finding_text(one, naming)) for one in comparison.findings.fixed]
        new = [("+", finding_text(one, naming)) for one in comparison.findings.new]
        yield from _section("findings that are fixed", iter(fixed))
        yield from _section("new findings", iter(new))
    yield from _section("saved queries with another answer", _answers(comparison))
    for note in comparison.notes:
        yield Text(f"note: {note}", style="dim")
    sides = f"{comparison.old.name} → {comparison.new.name}"
    yield Text(sides if comparison else f"{sides}: no difference", style="bold")
    if comparison:
        yield from (Text(f"    {fact}") for fact in sum_up(comparison))


def _entity_lines(entity: EntityChange, naming: Naming) -> Iterator[Text]:
    sign = SIGNS[entity.kind]
    heading = Text.assemble((f"{sign} {entity_name(entity, naming)}", f"bold {_STYLES[sign]}"))
    if entity.label:
        heading.append(f'  "{entity.label}"')
    facts = [naming.graphs(entity.graphs), *([followers(entity)] if entity.followed else [])]
    if entity.classes and entity.kind not in {EntityKind.ADDED, EntityKind.REMOVED}:
        facts.insert(0, ", ".join(naming.text(f"<{name}>") for name in entity.classes))
    heading.append(f"  {', '.join(facts)}", style="dim")
    yield heading
    for line in change_lines(entity.changes, naming, on_two_lines=False):
        yield Text(f"    {'  ' * line.depth}{line.sign} {line.text}", style=_STYLES[line.sign])
    yield Text("")


def _section(title: str, rows: Iterator[tuple[str, str]]) -> Iterator[Text]:
    """Give a heading and its rows, each a sign and a text; nothing where there are none."""
    shown = [Text(f"    {sign} {text}", style=_STYLES[sign]) for sign, text in rows]
    if shown:
        yield from (Text(title, style="bold"), *shown, Text(""))


def _moves(comparison: Comparison) -> Iterator[tuple[str, str]]:
    naming = comparison.naming
    for move in comparison.difference.moves:
        yield "~", move_text(move, naming)
        for triple in move.statements if comparison.shows_moves else ():
            subject, value = naming.term(triple.subject), naming.term(triple.object)
            yield " ", f"    {subject} {naming.predicate(triple.predicate)} {value}"


def _answers(comparison: Comparison) -> Iterator[tuple[str, str]]:
    naming = comparison.naming
    for change in comparison.answers or ():
        yield "~", answer_text(change)
        if comparison.shows_rows:
            for sign, rows in (("-", change.removed), ("+", change.added)):
                yield from ((sign, "  " + " | ".join(naming.text(row).split("\t"))) for row in rows)

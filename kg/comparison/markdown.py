"""A comparison in Markdown, for a pull request."""

import html
from collections import Counter
from collections.abc import Iterator
from typing import Final

from kg.comparison.lines import SIGNS, answer_text, change_lines, entity_name, finding_text, followers, move_text
from kg.comparison.model import ChangeKind, EntityChange, EntityKind
from kg.comparison.naming import Naming
from kg.comparison.report import Comparison

__all__ = ["write_markdown"]

_LONGEST: Final = 65_000
"""A comment on GitHub has at most 65,536 characters; some are left for what is put around."""
_LONGEST_SECTION: Final = 15_000
_MOST_CLASSES: Final = 12
_MOST_ROWS: Final = 50
_CUT: Final = 300
"""How many characters the line takes that says where it is cut."""


def write_markdown(comparison: Comparison) -> str:
    """
    Write a comparison: a table of counts, findings and answers, then a section for each entity, folded.

    What goes beyond the length of a comment on GitHub is left out, and the last line says so.
    """
    if not comparison:
        return f"**{_code(comparison.old.name)} → {_code(comparison.new.name)}: no difference**\n"
    text = "".join(_head(comparison))
    if len(text) > _LONGEST - _CUT:
        return _cut_text(text, _LONGEST - _CUT) + "\n**Cut here:** the rest is too long for a comment.\n"
    entities, naming, place = comparison.difference.entities, comparison.naming, ""
    for number, entity in enumerate(entities):
        section = _entity_section(entity, naming)
        if place != (place := naming.graph(entity.graphs[0])):
            section = f"\n**{_code(place)}**\n\n{section}"
        if len(text) + len(section) > _LONGEST - _CUT:
            left = len(entities) - number
            command = f"kg diff {comparison.spelt}"[: _CUT // 2]
            return (
                f"{text}\n**Cut here:** {left} of {len(entities)} entities are not shown; {_code(command)} shows all.\n"
            )
        text += section
    return text


def _head(comparison: Comparison) -> Iterator[str]:
    yield f"### {_code(comparison.old.name)} → {_code(comparison.new.name)}\n\n"
    yield from _table(comparison)
    naming = comparison.naming
    if comparison.findings:
        yield from _items("New findings", [finding_text(one, naming) for one in comparison.findings.new])
        yield from _items("Findings that are fixed", [finding_text(one, naming) for one in comparison.findings.fixed])
    yield from _answers(comparison)
    yield from _items("Moved between named graphs", [move_text(move, naming) for move in comparison.difference.moves])
    for note in comparison.notes:
        yield f"\n*{html.escape(note)}*\n"
    yield "\n"


def _table(comparison: Comparison) -> Iterator[str]:
    yield "| | added | removed | changed |\n|---|--:|--:|--:|\n"
    classes = list(comparison.class_counts())
    for name, counts in classes[:_MOST_CLASSES]:
        yield _entity_row(_code(comparison.naming.text(f"<{name}>")), counts)
    if len(classes) > _MOST_CLASSES:
        yield f"| {len(classes) - _MOST_CLASSES} more classes | | | |\n"
    yield _entity_row("**entities**", Counter(comparison.entity_counts))
    statements = comparison.statement_counts
    moved = f", {comparison.moved_count} moved" if comparison.moved_count else ""
    yield _row(
        "**statements**",
        *(statements[kind] or "" for kind in (ChangeKind.ADDED, ChangeKind.REMOVED)),
        f"{statements[ChangeKind.CHANGED] or ''}{moved}".removeprefix(", "),
    )
    if comparison.findings:
        new, fixed = len(comparison.findings.new), len(comparison.findings.fixed)
        yield _row("**findings**", f"{new} new", f"{fixed} fixed", f"{comparison.findings.kept_count} as before")
    if comparison.answers is not None:
        states = Counter(change.state for change in comparison.answers)
        yield _row("**saved queries**", states["added"] or "", states["removed"] or "", states["changed"] or "")


def _entity_row(name: str, counts: Counter[EntityKind]) -> str:
    renamed = f", {counts[EntityKind.RENAMED]} renamed" if counts[EntityKind.RENAMED] else ""
    added, removed = counts[EntityKind.ADDED] or "", counts[EntityKind.REMOVED] or ""
    return _row(name, added, removed, f"{counts[EntityKind.CHANGED] or ''}{renamed}".removeprefix(", "))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"


def _items(title: str, texts: list[str]) -> Iterator[str]:
    if texts:
        yield f"\n**{title}**\n\n"
        yield from (f"- {_code(text)}\n" for text in texts[:_MOST_ROWS])
        if len(texts) > _MOST_ROWS:
            yield f"- and {len(texts) - _MOST_ROWS} more\n"


def _answers(comparison: Comparison) -> Iterator[str]:
    changes = comparison.answers or ()
    if not comparison.shows_rows:
        yield from _items("Saved queries with another answer", [answer_text(change) for change in changes])
        return
    if changes:
        yield "\n**Saved queries with another answer**\n\n"
    for change in changes:
        rows = [("-", row) for row in change.removed] + [("+", row) for row in change.added]
        lines = [f"{sign} {' | '.join(comparison.naming.text(row).split(chr(9)))}" for sign, row in rows]
        yield _details(html.escape(answer_text(change)), lines)


def _entity_section(entity: EntityChange, naming: Naming) -> str:
    lines = [
        f"{line.sign} {'  ' * line.depth}{line.text}"
        for line in change_lines(entity.changes, naming, on_two_lines=True)
    ]
    counts = [
        (sign, entity.count(kind))
        for sign, kind in (("+", ChangeKind.ADDED), ("-", ChangeKind.REMOVED), ("~", ChangeKind.CHANGED))
    ]
    shown = " ".join(f"{sign}{count}" for sign, count in counts if count)
    follow = f" {followers(entity)}" if entity.followed else ""
    name = f"{SIGNS[entity.kind]} <code>{html.escape(entity_name(entity, naming))}</code>"
    label = f" {html.escape(entity.label[:200])}" if entity.label else ""
    return _details(f"{name}{label.replace('@', '&#64;')} <sub>{shown}{follow}</sub>", lines)


def _details(summary: str, lines: list[str]) -> str:
    """Fold lines away; they begin with a sign each, so that none can end the block."""
    text = "\n".join(lines)
    shown = _cut_text(text, _LONGEST_SECTION)
    left = text.count("\n") - shown.count("\n")
    more = f"\n… {left} more lines" if left else ""
    return f"<details><summary>{summary}</summary>\n\n```diff\n{shown}{more}\n```\n\n</details>\n"


def _cut_text(text: str, length: int) -> str:
    """Cut a text at the end of a line."""
    return text if len(text) <= length else text[:length].rpartition("\n")[0]


def _code(text: str) -> str:
    """Show a text as it is: nothing in it is Markdown, a mention or a link."""
    return f"`{' '.join(text.split()).replace('`', chr(39)).replace('|', chr(166))}`"

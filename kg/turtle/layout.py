"""
One layout for Turtle: what the author decides stays, all else follows from rules.

The author decides the order of statements, predicates and values, how terms are written, which comments stand where,
and whether short brackets, lists and values stand on one line. The rules:

- Prefixes stand at the top in the order of their names, unless one is declared twice or a base is declared.
- A statement has its subject on a line, each predicate on one, ``a`` first, and its full stop on one, so that a triple
  more or less is a line more or less. A statement of one triple may stand on one line.
- Values, brackets and lists stand on one line where it has room, or in lines of their own.

Source: RDF 1.1 Turtle, section 2.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from kg.turtle.tree import Comment, Directive, Document, Element, Predicate, Statement, Value, read_tree

__all__ = ["lay_out"]

_WIDTH: Final = 120
_STEP: Final = "    "


def lay_out(text: str) -> str:
    r"""
    Give a well-formed Turtle text in the one layout.

    >>> print(lay_out("@prefix b: <b:> .@prefix a: <a:> . a:s b:p 1,2;a a:C # why\n."), end="")
    @prefix a: <a:> .
    @prefix b: <b:> .
    <BLANKLINE>
    a:s
        a a:C ; # why
        b:p 1 , 2 ;
        .

    Args:
        text: The content of a file.

    Raises:
        UnsettledLayoutError: It holds triple terms, annotations or graphs, or a hundred brackets in each other.
    """
    lines = list(_document(read_tree(text)))
    return "".join(line + "\n" for last, line in pairwise(["", *lines]) if line or last)


def _document(document: Document) -> Iterator[str]:
    items = document.items
    directives = [item for item in items if isinstance(item, Directive)]
    prefixes = [item.prefix for item in directives]
    if directives and None not in prefixes and len(set(prefixes)) == len(prefixes):
        yield from _prefixes(directives, at_top=items[0] is directives[0])
        items = [item for item in items if isinstance(item, Statement)]
        yield ""
    was_block = False
    for number, item in enumerate(items):
        lines = _directive(item) if isinstance(item, Directive) else _statement(item)
        is_block = len(lines) > 1
        has_gap = item.gap or any(comment.gap for comment in item.before)
        gap = bool(number) and (was_block or (is_block and not has_gap))
        yield from _commented(item.before, gap=gap)
        if item.gap or (gap and not item.before):
            yield ""
        yield from lines
        was_block = is_block
    yield from _commented(document.closing, gap=was_block)


def _commented(comments: Iterable[Comment], *, gap: bool) -> Iterator[str]:
    """Give comments with the blank lines between them; ``gap`` says that there must be one before the first."""
    for comment in comments:
        if gap or comment.gap:
            yield ""
        yield comment.text
        gap = False


def _prefixes(directives: Sequence[Directive], *, at_top: bool) -> Iterator[str]:
    """Give the declarations in the order of their lines; the comments at the top of the file stay there."""
    if at_top:
        yield from _commented(directives[0].before, gap=False)
        if directives[0].gap and directives[0].before:
            yield ""
        directives[0].before = []
    for directive in sorted(directives, key=lambda each: f"{each.prefix}:"):
        yield from (comment.text for comment in directive.before)
        yield from _directive(directive)


def _directive(directive: Directive) -> list[str]:
    name = f"{directive.prefix}: " if directive.prefix is not None else ""
    return _ended([f"@{directive.keyword} {name}{directive.target}"], " .", directive)


def _statement(statement: Statement) -> list[str]:
    one = _on_one_line(statement)
    if one is not None:
        return _ended([one], " .", statement)
    lines = _ended(_value(statement.subject, ""), "", statement.subject)
    for predicate in _type_first(statement.predicates):
        lines += _predicate(predicate, _STEP)
    lines += [_STEP + comment.text for comment in statement.closing]
    return _ended([*lines, _STEP], ".", statement)


def _on_one_line(statement: Statement) -> str | None:
    """Give a statement of one triple that the author wrote on one line, or one that has no predicates."""
    predicates = statement.predicates
    if statement.closing or statement.subject.after or len(predicates) > 1:
        return None
    subject = _flat(statement.subject)
    if not predicates:
        return subject if subject is not None and len(subject) <= _WIDTH else None
    (predicate,) = predicates
    if statement.spread or predicate.before or predicate.values[-1].after or len(predicate.values) > 1:
        return None
    flat = _flat_predicate(predicate)
    if subject is None or flat is None or "\n" in flat or len(subject) + len(flat) > _WIDTH:
        return None
    return f"{subject} {flat}"


def _type_first(predicates: Sequence[Predicate]) -> list[Predicate]:
    return sorted(predicates, key=lambda predicate: predicate.text != "a")


def _predicate(predicate: Predicate, indent: str) -> list[str]:
    """Give the lines of a predicate and its values, with the semicolon that ends them."""
    lines = [indent + comment.text for comment in predicate.before]
    last = predicate.values[-1]
    flat = _flat_predicate(predicate)
    spread = predicate.spread and len(predicate.values) > 1
    if flat is not None and not spread and (_fits(flat, indent) or (len(predicate.values) == 1 and not last.group)):
        return [*lines, *_ended([indent + flat], " ;", last)]
    if len(predicate.values) == 1 and not last.before:
        inner = _value(last, indent)
        inner[0] = f"{indent}{predicate.text} {inner[0].removeprefix(indent)}"
        return [*lines, *_ended(inner, " ;", last)]
    lines.append(indent + predicate.text)
    for value in predicate.values:
        lines += [indent + _STEP + comment.text for comment in value.before]
        lines += _ended(_value(value, indent + _STEP), " ;" if value is last else " ,", value)
    return lines


def _value(value: Value, indent: str) -> list[str]:
    """Give the lines of a value without what ends it."""
    flat = _flat(value)
    group = value.group
    if group is None or (flat is not None and _fits(flat, indent)):
        return [indent + (flat or value.text)]
    first, last = "()" if group.is_list else "[]"
    inner = indent + _STEP
    lines = _ended([indent + first], "", group.opening)
    for member in group.members:
        lines += [inner + comment.text for comment in member.before]
        lines += _ended(_value(member, inner), "", member)
    for predicate in _type_first(group.predicates):
        lines += _predicate(predicate, inner)
    return [*lines, *(inner + comment.text for comment in group.closing), indent + last]


def _ended(lines: list[str], end: str, element: Element) -> list[str]:
    """Put the mark that ends an element, and the comment behind it, on its last line."""
    return [*lines[:-1], " ".join([lines[-1] + end, *element.after])]


def _fits(flat: str, indent: str) -> bool:
    return "\n" not in flat and len(indent) + len(flat) <= _WIDTH


def _flat(value: Value) -> str | None:
    """Give a value on one line, if no comment and no wish of the author is against it."""
    group = value.group
    if group is None:
        return value.text
    if group.opening.after or group.closing or group.spread:
        return None
    if group.is_list:
        parts = [None if member.before or member.after else _flat(member) for member in group.members]
        return _joined("( ", parts, " ", " )") if parts else "()"
    parts = [
        None if predicate.before or predicate.values[-1].after else _flat_predicate(predicate)
        for predicate in _type_first(group.predicates)
    ]
    return _joined("[ ", parts, " ; ", " ]") if parts else "[]"


def _flat_predicate(predicate: Predicate) -> str | None:
    values = predicate.values
    if any(value.before for value in values) or any(value.after for value in values[:-1]):
        return None
    return _joined(predicate.text + " ", [_flat(value) for value in values], " , ", "")


def _joined(start: str, parts: Sequence[str | None], between: str, end: str) -> str | None:
    known = [part for part in parts if part is not None]
    return start + between.join(known) + end if len(known) == len(parts) else None

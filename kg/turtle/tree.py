"""
A Turtle text as a tree of statements that keeps comments, blank lines and the way terms are written.

The text is well-formed: the engine has parsed it before.

Source: RDF 1.1 Turtle, section 6.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.turtle.tokens import Token, tokens

__all__ = [
    "Comment",
    "Directive",
    "Document",
    "Element",
    "Group",
    "Predicate",
    "Statement",
    "UnsettledLayoutError",
    "Value",
    "read_tree",
]

_DEEPEST: Final = 100
_NEW_MARKS: Final = {"<<", "<<(", "{|", "~", "{"}


class UnsettledLayoutError(ValueError):
    """
    The text holds something for which there is no layout.

    ``line`` is where it stands.
    """

    def __init__(self, line: int, found: str) -> None:
        self.line = line
        super().__init__(found)


@dataclass
class Comment:
    """A comment, whether it follows something on its line, and whether a blank line is before it."""

    text: str
    trails: bool
    gap: bool


@dataclass
class Element:
    """Something that comments may stand at: ``before`` it on lines of their own, ``after`` it on its last line."""

    before: list[Comment] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    gap: bool = False


@dataclass
class Value(Element):
    """A value, a subject, or a member of a list: a term as it is written, or a group."""

    text: str = ""
    group: "Group | None" = None


@dataclass
class Predicate(Element):
    """A predicate as it is written, and its values; ``spread`` says that the author began a line for the first one."""

    text: str = ""
    values: list[Value] = field(default_factory=list)
    spread: bool = False


@dataclass
class Group:
    """
    What stands in brackets: predicates in ``[ ]``, members in ``( )``.

    ``opening`` has the comment behind the opening bracket, ``closing`` holds those before the closing one.
    """

    opening: Element = field(default_factory=Element)
    predicates: list[Predicate] = field(default_factory=list)
    members: list[Value] = field(default_factory=list)
    closing: list[Comment] = field(default_factory=list)
    is_list: bool = False
    spread: bool = False


@dataclass
class Statement(Element):
    """A subject and its predicates; ``spread`` says that the author wrote it on several lines."""

    subject: Value = field(default_factory=Value)
    predicates: list[Predicate] = field(default_factory=list)
    closing: list[Comment] = field(default_factory=list)
    spread: bool = False


@dataclass
class Directive(Element):
    """A declaration: ``prefix`` is None for a base or a version."""

    keyword: str = ""
    prefix: str | None = None
    target: str = ""


@dataclass
class Document:
    """A text: its directives and statements, and the comments at its end."""

    items: list[Directive | Statement]
    closing: list[Comment]


@dataclass
class _Word:
    token: Token
    comments: list[Comment]
    gap: bool

    @property
    def text(self) -> str:
        return self.token.text

    @property
    def line(self) -> int:
        return self.token.line


def read_tree(text: str) -> Document:
    """
    Read a well-formed Turtle text as a tree.

    Raises:
        UnsettledLayoutError: It holds triple terms, annotations or graphs, or a hundred brackets in each other.
    """
    return _Parser(text).document()


def _words(text: str) -> Iterator[_Word]:
    """Give the tokens with the comments before them; the last word is empty."""
    comments: list[Comment] = []
    gap, last_line = False, 0
    token = Token("mark", "", 0, 0, 0)
    for token in tokens(text, layout=True):
        if token.kind == "space":
            gap = gap or token.end_line - token.line > 1
        elif token.kind == "comment":
            comments.append(Comment(token.text.rstrip(" \t"), token.line == last_line, gap))
            gap = False
        else:
            yield _Word(token, comments, gap)
            comments, gap, last_line = [], False, token.end_line
    yield _Word(Token("mark", "", token.end, token.end_line, token.end_column), comments, gap)


class _Parser:
    """Walks over the words of one text; comments go to what stands before them on the line, or to what follows."""

    def __init__(self, text: str) -> None:
        self._words = _words(text)
        self._word = next(self._words)
        self._pending: list[Comment] = []
        self._anchor: Element | None = None
        self._depth = 0

    def document(self) -> Document:
        items: list[Directive | Statement] = []
        self._hand_out_comments()
        while self._word.text:
            if self._word.token.kind == "at" or self._word.text.upper() in {"PREFIX", "BASE", "VERSION"}:
                items.append(self._directive())
            else:
                items.append(self._statement())
        return Document(items, self._taken())

    def _next(self) -> _Word:
        word = self._word
        if word.text in _NEW_MARKS:
            raise UnsettledLayoutError(word.line, f"{word.text} of RDF 1.2 or TriG")
        if word.text:
            self._word = next(self._words)
            self._hand_out_comments()
        return word

    def _hand_out_comments(self) -> None:
        for comment in self._word.comments:
            if comment.trails and self._anchor is not None and not self._anchor.after:
                self._anchor.after.append(comment.text)
            else:
                self._pending.append(comment)

    def _taken(self) -> list[Comment]:
        taken, self._pending = self._pending, []
        return taken

    def _skip(self, text: str, anchor: Element | None) -> _Word:
        """Pass over a mark; what trails behind it belongs to the anchor."""
        self._anchor = anchor
        return self._next() if self._word.text == text else self._word

    def _directive(self) -> Directive:
        item = Directive(self._taken(), gap=self._word.gap)
        self._anchor = item
        item.keyword = self._next().text.strip("@").lower()
        if item.keyword == "prefix":
            item.prefix = self._next().text[:-1]
        item.target = self._next().text
        self._skip(".", item)
        return item

    def _statement(self) -> Statement:
        item = Statement(self._taken(), gap=self._word.gap)
        line = self._word.line
        self._read_term(item.subject)
        self._anchor = item.subject
        item.predicates = self._predicates()
        item.closing = self._taken()
        item.spread = self._word.line != line
        self._skip(".", item)
        return item

    def _predicates(self) -> list[Predicate]:
        found: list[Predicate] = []
        while self._word.text not in {".", "]", ""}:
            if self._word.text == ";":
                self._next()
                continue
            predicate = Predicate(self._taken())
            self._anchor = None
            word = self._next()
            predicate.text = word.text
            predicate.spread = self._word.line != word.line
            while self._word.text not in {";", ".", "]", ""}:
                predicate.values.append(self._value())
                if self._word.text == ",":
                    self._next()
            found.append(predicate)
        return found

    def _value(self) -> Value:
        value = Value(self._taken())
        self._anchor = None
        self._read_term(value)
        self._anchor = value
        return value

    def _read_term(self, value: Value) -> None:
        if self._word.text in {"[", "("}:
            value.group = self._group(value)
            return
        self._anchor = value
        word = self._next()
        value.text = word.text
        if word.token.kind != "string":
            return
        if self._word.token.kind == "at":
            value.text += self._next().text
        elif self._word.text == "^^":
            value.text += self._next().text + self._next().text

    def _group(self, owner: Value) -> Group:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnsettledLayoutError(self._word.line, f"more than {_DEEPEST} brackets in each other")
        group = Group(is_list=self._word.text == "(")
        self._anchor = group.opening
        opening = self._next()
        group.spread = self._word.line != opening.line and self._word.text not in {"]", ")"}
        if group.is_list:
            while self._word.text not in {")", ""}:
                group.members.append(self._value())
        else:
            group.predicates = self._predicates()
        group.closing = self._taken()
        self._skip(")" if group.is_list else "]", owner)
        self._depth -= 1
        return group

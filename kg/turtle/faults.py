"""
What is wrong with a malformed text, in words that tell the mend, and which part to pass over to look for more.

The engine tells the place and its reason; the tokens around it tell what the writer may have meant.

Source: RDF 1.1 Turtle, section 6.5, for what may follow what.
"""

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from kg.text_lines import LINE_END, line_starts
from kg.turtle.tokens import Token, tokens

__all__ = ["Fault", "conflict_markers", "explain"]

_CONFLICT: Final = re.compile(r"^(?:<<<<<<< |\|\|\|\|\|\|\| |=======(?=[\r\n]|$)|>>>>>>> )[^\r\n]*", re.MULTILINE)
_UNDECLARED: Final = re.compile(r"The prefix (.*): has not been declared")
_LONGEST_ECHO: Final = 60
_ENDS: Final = frozenset({"."})
_GRAPH_ENDS: Final = frozenset({".", "{", "}"})
_MENDS: Final = (
    ("is not a valid subject", "expected a statement to begin: an IRI, a prefixed name or a blank node"),
    ("is not a valid predicate", "expected a property: an IRI in angle brackets, a prefixed name, or a"),
    ("is not a valid RDF object", "expected a value: an IRI, a prefixed name, a blank node or a literal"),
    ("should end with a ']'", "expected ; or ] to go on or to close the brackets"),
    ("Invalid IRI code point", "write the character as a percent escape, or close the IRI with >"),
    ("Unexpected escape character", "write \\\\ for a backslash"),
    ("Unexpected end", "end the last statement with a dot, and close its brackets"),
    ("A dot is expected", "expected ; or , or a dot"),
)


class Fault(NamedTuple):
    """
    A place, from 1, what is wrong there, and from where to where the text is passed over to look for more.

    ``prefix`` is one that is not declared: with it declared, nothing needs to be passed over.
    """

    line: int
    column: int
    problem: str
    start: int
    end: int
    prefix: str | None = None


def explain(text: str, line: int, column: int, reason: str, *, graphs: bool = False) -> Fault:
    """
    Say what is wrong where the engine has stopped.

    Args:
        text: The content of the file.
        line: Where the engine has stopped, from 1.
        column: Where on the line, from 1.
        reason: What the engine says.
        graphs: Whether braces stand around graphs, as in TriG.
    """
    starts = line_starts(text)
    place = min(starts[min(line, len(starts)) - 1] + column - 1, len(text))
    statement = _statement_around(tokens(text), place, _GRAPH_ENDS if graphs else _ENDS)
    if undeclared := _UNDECLARED.search(reason):
        name = undeclared[1]
        problem = f"{reason}: declare it with @prefix {name}: <...> . at the top of the file, or mend its name"
        return Fault(line, column, problem, place, place, name)
    at = bisect_right([token.start for token in statement], place) - 1
    found = statement[at] if at >= 0 else None
    start = statement[0].start if statement else place
    if found is not None and found.kind == "unclosed":
        return Fault(found.line, found.column, _of_string(found), start, _end_behind(statement, at, text))
    if found is not None and (run_on := _run_on(statement, at, reason)):
        last, following = run_on
        problem = (
            f"A dot is expected at the end of statements: found {_shown(last.text)} and then, on line "
            f"{following.line}, {_shown(following.text)}: write a dot between them"
        )
        return Fault(last.end_line, last.end_column, problem, start, following.start)
    shown = _shown(found.text) if found is not None and found.start <= place < found.end else ""
    end = statement[-1].end if statement else min(place + 1, len(text))
    return Fault(line, column, _told(reason, shown), start, end)


def conflict_markers(text: str) -> Iterator[Fault]:
    """Find the lines that a merge of two versions has left, if there is a first one."""
    if not re.search(r"^<<<<<<< ", text, re.MULTILINE):
        return
    starts = line_starts(text)
    for found in _CONFLICT.finditer(text):
        problem = ""
        if found[0].startswith("<"):
            problem = f"found the merge-conflict marker {_shown(found[0])}: keep one version and remove the markers"
        yield Fault(bisect_right(starts, found.start()), 1, problem, found.start(), found.end())


def _statement_around(every: Iterable[Token], place: int, ends: Container[str]) -> list[Token]:
    """Give the tokens from behind the last full stop before the place up to the next one; of braces none around it."""
    statement: list[Token] = []
    for token in every:
        if token.text == "}" and "}" in ends and statement and token.end > place:
            break
        statement.append(token)
        directive = statement[0].text.upper() in {"PREFIX", "BASE"} and token.kind == "iri"
        if directive or (token.kind == "mark" and token.text in ends):
            if token.end > place:
                break
            statement = []
    return statement


def _run_on(statement: Sequence[Token], at: int, reason: str) -> tuple[Token, Token] | None:
    """Find where a new statement begins although the one before has no dot: most likely at the margin."""
    if "A dot is expected" in reason and at and statement[at].line > statement[at - 1].end_line:
        return statement[at - 1], statement[at]
    for last, token in pairwise(statement[: at + 1]):
        if token.column == 1 and token.kind in {"iri", "name", "blank"} and statement[0].column == 1:
            return last, token
    return None


def _end_behind(statement: Sequence[Token], at: int, text: str) -> int:
    """Give the end of a statement that holds a string without an end; the string may have taken its dot."""
    unclosed = statement[at]
    if unclosed.text.rstrip().endswith("."):
        return unclosed.end
    return statement[-1].end if statement[-1] is not unclosed else len(text)


def _of_string(token: Token) -> str:
    quotation = token.text[:3] if token.text[:3] in {'"""', "'''"} else token.text[0]
    more = "" if len(quotation) == 3 else f", or begin and end it with {quotation * 3} if it has several lines"
    return f"Unexpected end of file or line: found the string {_shown(token.text)}: close it with {quotation}{more}"


def _told(reason: str, shown: str) -> str:
    mend = next((mend for words, mend in _MENDS if words in reason), "")
    found = f", found {shown}" if shown and shown.strip("'\"") not in reason else ""
    return f"{reason}{found}" + (f": {mend}" if mend else "")


def _shown(text: str) -> str:
    line = LINE_END.split(text)[0]
    return repr(line if len(line) <= _LONGEST_ECHO else line[:_LONGEST_ECHO] + "…")

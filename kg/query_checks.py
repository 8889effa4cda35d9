"""
What can be wrong with a saved query, seen from its text and from its answer.

Source: SPARQL 1.1 Query Language, sections 4.1.1 (prefixes), 15.1 (order) and 18.2.1 (variable scope).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.formats import ResultKind
from kg.query.tokens import Token, declared_prefixes, tokens
from kg.saved_queries import SavedQuery
from kg.text_lines import line_and_column

__all__ = ["QueryFinding", "check_answer", "check_text", "is_ordered", "stored_answer"]


@dataclass(frozen=True)
class QueryFinding:
    """Something wrong with a saved query; ``rule`` names the kind, ``line`` and ``column`` count from 1."""

    path: str
    line: int
    rule: str
    message: str
    column: int = 1


def check_text(query: SavedQuery, is_declared: Callable[[str], bool]) -> Iterator[QueryFinding]:
    """
    Look at the text of a saved query.

    Args:
        query: What is checked.
        is_declared: Tells whether the dataset says anything of one of its own IRIs; true of all other IRIs.

    Returns:
        What is wrong: a term that is not declared, a prefix that is not used, a variable that nothing binds, a LIMIT
        without an order.
    """
    words, prefixes = list(tokens(query.text)), declared_prefixes(query.text)
    for word, iri in _iris(words, prefixes):
        if not is_declared(iri):
            yield _finding(query, word, "undeclared-term", f"nothing is said of {word.text}: is it spelt right?")
    for prefix in sorted(set(prefixes) - {word.text.partition(":")[0] for word in _names(words)}):
        word = next(one for one in words if one.text == prefix + ":")
        yield _finding(query, word, "unused-prefix", f"no name has the prefix {prefix}: remove its declaration")
    for name in sorted(_used(words) - query.bound_variables):
        word = next(one for one in words if one.text[1:] == name and one.kind == "variable")
        yield _finding(query, word, "unbound-variable", f"nothing binds ?{name}: is it spelt right?")
    limit = next((word for word in words if word.is_keyword("LIMIT")), None)
    if limit and not any(word.is_keyword("ORDER") for word in words):
        message = "LIMIT without ORDER BY cuts off solutions by chance: order them"
        yield _finding(query, limit, "limit-without-order", message)


def check_answer(
    query: SavedQuery, answer: Sequence[str], stored: Sequence[str] | None, seconds: float
) -> Iterator[QueryFinding]:
    """
    Look at the answer of a saved query.

    Args:
        query: What was asked.
        answer: The lines of the answer; of a table the first one is its head.
        stored: The lines of the stored answer, if there is one.
        seconds: How long the answer took.

    Returns:
        What is wrong: no stored answer or another one, too few or too many rows, rows cut off by LIMIT, too long.
    """
    rows = len(answer) - (query.request.kind.value == "solutions")
    if stored is None:
        yield QueryFinding(query.path, 1, "no-stored-answer", "kg queries update stores the answer")
    elif not _same(query, answer, stored):
        more, less = len(set(answer) - set(stored)), len(set(stored) - set(answer))
        message = f"the answer has {more} rows that the stored one has not, and lacks {less} (or another order)"
        yield QueryFinding(query.path, 1, "other-answer", f"{message}: kg queries update shows the difference")
    for problem in _bounds(query, rows, seconds):
        yield QueryFinding(query.path, 1, "out-of-bounds", problem)


def stored_answer(query: SavedQuery, folder: Path) -> Path:
    """
    Say where the answer of a saved query is stored.

    Args:
        query: What was asked.
        folder: That of the saved queries.
    """
    suffix = ".nt" if query.request.kind is ResultKind.GRAPH else ".tsv"
    return folder / "expected" / (query.name + suffix)


def is_ordered(query: SavedQuery) -> bool:
    """Tell whether a query orders its solutions, so that their order is part of the answer."""
    depth = 0
    for word in tokens(query.text):
        depth += {"{": 1, "}": -1}.get(word.text, 0)
        if depth == 0 and word.is_keyword("ORDER"):
            return True
    return False


def _same(query: SavedQuery, answer: Sequence[str], stored: Sequence[str]) -> bool:
    return answer == stored if is_ordered(query) else sorted(answer) == sorted(stored)


def _bounds(query: SavedQuery, rows: int, seconds: float) -> Iterator[str]:
    bounds = query.bounds
    limit = _limit(query)
    if limit is not None and rows >= limit:
        yield f"the answer has {rows} rows, as many as its LIMIT allows: raise it"
    if not bounds.min_row_count <= rows <= (bounds.max_row_count or rows):
        yield f"the answer has {rows} rows, expected {bounds.min_row_count} to {bounds.max_row_count or 'any number'}"
    if seconds > bounds.max_seconds:
        yield f"the answer took {seconds:.2f} seconds, expected at most {bounds.max_seconds:g}"


def _limit(query: SavedQuery) -> int | None:
    words = list(tokens(query.text))
    places = [place for place, word in enumerate(words[:-1]) if word.is_keyword("LIMIT")]
    return int(words[places[-1] + 1].text) if places else None


def _names(words: Sequence[Token]) -> list[Token]:
    """Give the prefixed names that are no declarations."""
    declared = {place + 1 for place, word in enumerate(words) if word.is_keyword("PREFIX")}
    return [word for place, word in enumerate(words) if word.kind == "name" and place not in declared]


def _iris(words: Sequence[Token], prefixes: dict[str, str]) -> Iterator[tuple[Token, str]]:
    declared = {place + 2 for place, word in enumerate(words) if word.is_keyword("PREFIX")}
    for place, word in enumerate(words):
        if word.kind == "iri" and place not in declared:
            yield word, word.text[1:-1]
    for word in _names(words):
        prefix, _, local = word.text.partition(":")
        if local:
            yield word, prefixes.get(prefix, "") + local


def _used(words: Sequence[Token]) -> set[str]:
    return {word.text[1:] for word in words if word.kind == "variable"}


def _finding(query: SavedQuery, word: Token, rule: str, message: str) -> QueryFinding:
    line, column = line_and_column(query.text, word.start)
    return QueryFinding(query.path, line, rule, message, column)

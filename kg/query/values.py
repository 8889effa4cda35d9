"""
The VALUES block that opens the WHERE clause of a saved query, and its replacement by checked terms.

The block is where parameters stand: its example row makes the file run as it is, a call replaces the rows and
nothing else.

Source: SPARQL 1.1 Query Language, section 10.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.query.tokens import Token, declared_prefixes, tokens
from kg.terms import Literal, NamedNode

__all__ = ["ValuesBlock", "find_values_block"]


@dataclass(frozen=True)
class ValuesBlock:
    """
    Where the block stands in a query, counted in characters from 0, and the variables that it binds.

    ``start`` is the place of the keyword, ``end`` the place behind the closing brace.
    """

    variables: tuple[str, ...]
    start: int
    end: int

    def replaced(self, text: str, solutions: Sequence[Sequence[NamedNode | Literal | None]]) -> str:
        """
        Give the query with other rows in the block.

        Args:
            text: The query in which the block was found.
            solutions: One row per solution, a term for each variable in order; None leaves a variable unbound.
        """
        names = " ".join(f"?{name}" for name in self.variables)
        rows = " ".join(f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in solutions)
        return f"{text[: self.start]}VALUES ({names}) {{ {rows} }}{text[self.end :]}"

    def example_solutions(self, text: str) -> list[tuple[str | None, ...]]:
        """
        Give the rows of the block as they stand in the query, each term as a call gives it; None is unbound.

        Args:
            text: The query in which the block was found.
        """
        prefixes, words = declared_prefixes(text), list(tokens(text[self.start : self.end]))
        inside = words[next(index for index, word in enumerate(words) if word.text == "{") + 1 : -1]
        values = list(_spelt_terms([word for word in inside if word.text not in {"(", ")"}], prefixes))
        width = len(self.variables)
        return [tuple(values[place : place + width]) for place in range(0, len(values), width)]


def find_values_block(text: str) -> ValuesBlock | None:
    """
    Find the VALUES block that opens the WHERE clause.

    Args:
        text: A query; of a CONSTRUCT the template is passed over.

    Returns:
        The block, or None where the clause opens with something else.
    """
    words = list(tokens(text))
    place = _where_clause(words)
    if place is None or place + 1 >= len(words) or not words[place + 1].is_keyword("VALUES"):
        return None
    rest = words[place + 1 :]
    opening = next((index for index, word in enumerate(rest) if word.text == "{"), None)
    closing = next((index for index, word in enumerate(rest) if word.text == "}"), None)
    if opening is None or closing is None:
        return None
    variables = tuple(word.text[1:] for word in rest[:opening] if word.kind == "variable")
    return ValuesBlock(variables, rest[0].start, rest[closing].end)


def _where_clause(words: list[Token]) -> int | None:
    """Find the brace that opens the WHERE clause: the first one behind WHERE, else the first one of all."""
    behind = next((index for index, word in enumerate(words) if word.is_keyword("WHERE")), -1) + 1
    return next((index for index in range(behind, len(words)) if words[index].text == "{"), None)


def _spelt_terms(words: Sequence[Token], prefixes: Mapping[str, str]) -> Iterator[str | None]:
    """Write the terms of example rows as a call gives them: an IRI bare, a literal without its datatype."""
    for word, after in zip(words, [*words[1:], None], strict=True):
        if word.kind == "iri" and not _follows(words, word):
            yield word.text[1:-1]
        elif word.kind == "name" and not _follows(words, word):
            prefix, _, local = word.text.partition(":")
            yield prefixes.get(prefix, "") + local
        elif word.kind == "string":
            tag = after.text if after and after.kind == "language" else ""
            yield word.text.strip("\"'") + tag
        elif word.kind == "number" or word.is_keyword("TRUE", "FALSE"):
            yield word.text
        elif word.is_keyword("UNDEF"):
            yield None


def _follows(words: Sequence[Token], word: Token) -> bool:
    """Tell whether a word is the datatype of a literal."""
    return any(one.text == "^^" and one.end == word.start for one in words)

"""
The VALUES block that opens the WHERE clause of a saved query, and its replacement by checked terms.

The block is where parameters stand: its example row makes the file run as it is, a call replaces the rows and
nothing else.

Source: SPARQL 1.1 Query Language, section 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.query.tokens import Token, tokens
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

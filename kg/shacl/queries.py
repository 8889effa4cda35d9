"""
Whether the queries of shapes can be asked at all.

Source: SHACL, sections 5.2.1 (SELECT queries and their prefixes) and 6.2 (validators).
"""

import re

import pyoxigraph as ox

from kg.errors import QuerySyntaxError
from kg.query import require_grammar, syntax_error

__all__ = ["ask_problem", "select_problem"]

_NAME = re.compile(r"[\w.-]*:[\w.-]*$")
_ASK = re.compile(r"\bASK\b", re.IGNORECASE)


def select_problem(text: str) -> str | None:
    """Say what keeps a text from being a SELECT query that gives ``$this``; nothing is evaluated."""
    try:
        solutions = ox.Store().query(text)
    except SyntaxError as error:
        problem = syntax_error(text, error.msg)
        name = _NAME.search(text.splitlines()[problem.line - 1][: problem.column - 1])
        undeclared = f" for {name[0]}" if name and "Prefix not found" in error.msg else ""
        return f"{problem}{undeclared}; write one that parses, with its prefixes declared"
    if not isinstance(solutions, ox.QuerySolutions):
        return "found a query of another form, expected SELECT"
    if ox.Variable("this") not in solutions.variables:
        return "found a query that does not select $this, expected one that does"
    return None


def ask_problem(text: str) -> str | None:
    """Say what keeps a text from being an ASK query."""
    try:
        require_grammar(text)
    except QuerySyntaxError as error:
        return str(error)
    return None if _ASK.search(text) else "found a query of another form, expected ASK"

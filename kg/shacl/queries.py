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
    """
    Say what keeps a query from being a SELECT that gives ``$this``; nothing is evaluated.

    Args:
        text: The query, its prefixes on a first line of their own.
    """
    try:
        solutions = ox.Store().query(text)
    except SyntaxError as error:
        return f"{_placed(syntax_error(text, error.msg), text)}; write one that parses, with its prefixes declared"
    if not isinstance(solutions, ox.QuerySolutions):
        return "found a query of another form, expected SELECT"
    if ox.Variable("this") not in solutions.variables:
        return "found a query that does not select $this, expected one that does"
    return None


def ask_problem(text: str) -> str | None:
    """Say what keeps a query from being an ASK; as :func:`select_problem`."""
    try:
        require_grammar(text)
    except QuerySyntaxError as error:
        return str(_placed(error, text))
    return None if _ASK.search(text) else "found a query of another form, expected ASK"


def _placed(problem: QuerySyntaxError, text: str) -> QuerySyntaxError:
    """Give the line in the query itself, and the name whose prefix is not declared."""
    line = next(iter(text.splitlines()[problem.line - 1 : problem.line]), "")
    name = _NAME.search(line[: problem.column - 1])
    reason = str(problem).partition(": ")[2]
    if name and "Prefix not found" in reason:
        reason = f"the prefix of {name[0]} is not declared"
    return QuerySyntaxError(line=max(problem.line - 1, 1), column=problem.column, found=problem.found, reason=reason)

"""
Whether the queries of shapes can be asked at all.

Source: SHACL, sections 5.2.1 (SELECT queries and their prefixes) and 6.2 (validators).
"""

import pyoxigraph as ox
from pyparsing import ParseException
from rdflib.plugins.sparql.parser import parseQuery

__all__ = ["ask_problem", "select_problem"]


def select_problem(text: str) -> str | None:
    """Say what keeps a text from being a SELECT query that gives ``$this``; nothing is evaluated."""
    try:
        solutions = ox.Store().query(text)
    except SyntaxError as error:
        return f"found a query that does not parse ({error.msg}), expected one with its prefixes declared"
    if not isinstance(solutions, ox.QuerySolutions):
        return "found a query of another form, expected SELECT"
    if ox.Variable("this") not in solutions.variables:
        return "found a query that does not select $this, expected one that does"
    return None


def ask_problem(text: str) -> str | None:
    """Say what keeps a text from being an ASK query."""
    try:
        form = parseQuery(text)[1].name
    except ParseException as error:
        return f"found a query that does not parse ({error.msg}, line {error.lineno}), expected ASK"
    return None if form == "AskQuery" else "found a query of another form, expected ASK"

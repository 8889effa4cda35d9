"""
What is wrong with a query that the engine does not accept: the place, what stands there, what could.

The engine tells how far its parser looked, which is often past the mistake. So the text is read again by the grammar
of the Recommendation, whose parser stops at the first token that cannot stand where it stands.

Source: SPARQL 1.1 Query Language, section 19.8; the grammar is the file ``sparql.lark`` beside this one.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Final

import platformdirs
from lark import Lark, ParseTree, UnexpectedCharacters, UnexpectedToken
from lark.lexer import PatternStr

from kg.errors import QuerySyntaxError
from kg.text_lines import line_and_column

__all__ = ["require_grammar", "syntax_error"]

_ENGINE_MESSAGE: Final = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): expected (?P<expected>.*)", re.DOTALL)
_END: Final = "the end of the query"
_WORD: Final = re.compile(r"[^\s(){}\[\],;]{1,40}|\S")
_CALLS: Final = {"NOT", "EXISTS", "COUNT", "GROUP_CONCAT"}
_LITERALS: Final = {"SIGNED", "TRUE", "FALSE"}
_GROUPS: Final = (
    (
        {"FUNCTION", "VAR", "STRING", "LPAR"},
        {"BANG", "DASH", "IRIREF", "PLUS", "PNAME_LN", "PNAME_NS", "UNSIGNED", *_CALLS, *_LITERALS},
        "an expression",
    ),
    ({"FILTER", "OPTIONAL"}, {"BIND", "GRAPH", "LBRACE", "MINUS", "SERVICE", "VALUES"}, "a pattern such as OPTIONAL"),
    ({"IRIREF"}, {"PNAME_LN", "PNAME_NS"}, "an IRI"),
    ({"STRING", "UNSIGNED"}, _LITERALS, "a literal"),
    ({"FUNCTION"}, _CALLS, "a function"),
    ({"BLANK_NODE_LABEL"}, {"LSQB"}, "a blank node"),
)
"""Terminals that make one thing together: those that must all be there, those that may, and its name."""
_NAMES: Final = {
    "$END": _END,
    "A": '"a"',
    "PNAME_LN": "a prefixed name",
    "PNAME_NS": "a prefix such as ex:",
    "STRING": "a string",
    "UNSIGNED": "a number",
    "VAR": "a variable such as ?x",
}


def syntax_error(text: str, engine_message: str) -> QuerySyntaxError:
    """
    Say what is wrong with a query.

    >>> print(syntax_error("SELECT ?s WHERE { ?s ?p }", ""))
    query, line 1, column 25: found "}", expected an IRI, a literal, a blank node, "(" or a variable such as ?x

    Args:
        text: A query that the engine does not accept.
        engine_message: What the engine says of it; used where the grammar finds no fault.
    """
    try:
        require_grammar(text)
    except QuerySyntaxError as error:
        return error
    return _from_engine(engine_message)


def require_grammar(text: str) -> ParseTree:
    """
    Demand that a text is a query by the grammar, without asking the engine.

    Returns:
        Its parts, named as in the grammar, with every token and its place in the text.

    Raises:
        QuerySyntaxError: It is none; it tells the place, what stands there and what could.
    """
    try:
        return _grammar().parse(text)
    except UnexpectedToken as error:
        raise _unexpected_token(text, error) from error
    except UnexpectedCharacters as error:
        place = error.pos_in_stream or 0
        raise _error(text, place, _found(text, place), error.allowed or ()) from error


def _unexpected_token(text: str, error: UnexpectedToken) -> QuerySyntaxError:
    if error.token.type == "$END":
        return _error(text, len(text.rstrip()), _END, error.accepts or error.expected)
    place = error.token.start_pos or 0
    return _error(text, place, _found(text, place), error.accepts or error.expected)


def _found(text: str, place: int) -> str:
    """Show what stands at a place: a word, or one mark."""
    word = _WORD.match(text, place)
    return f'"{word[0]}"' if word else _END


def _error(text: str, place: int, found: str, terminals: Iterable[str]) -> QuerySyntaxError:
    line, column = line_and_column(text, place)
    return QuerySyntaxError(line=line, column=column, found=found, expected=_described(set(terminals)))


def _described(terminals: set[str]) -> list[str]:
    """Name what could stand at a place, in few words."""
    names = []
    for needed, optional, name in _GROUPS:
        if needed <= terminals:
            names.append(name)
            terminals -= needed | optional
    return [*names, *sorted(_NAMES.get(terminal) or _literal(terminal) for terminal in terminals)]


def _literal(terminal: str) -> str:
    pattern = _grammar().get_terminal(terminal).pattern
    if not isinstance(pattern, PatternStr):
        return terminal.lower().replace("_", " ")
    return pattern.value.upper() if pattern.value.isalpha() else f'"{pattern.value}"'


def _from_engine(message: str) -> QuerySyntaxError:
    """Tell a fault beyond the grammar, as far as the engine names it."""
    told = _ENGINE_MESSAGE.fullmatch(message)
    if not told:
        return QuerySyntaxError(line=1, column=1, found="", reason=message)
    words = re.findall(r"[A-Z][\w']*(?: [\w']+)+", told["expected"])
    reason = "; ".join(words) or "the text breaks a rule beyond the grammar, such as a variable that is bound twice"
    return QuerySyntaxError(line=int(told["line"]), column=int(told["column"]), found="", reason=reason)


@cache
def _grammar() -> Lark:
    grammar = files(__package__).joinpath("sparql.lark").read_text(encoding="utf-8")
    folder = platformdirs.user_cache_path("agon")
    with suppress(OSError):  # without a folder, Lark makes its tables anew each time
        folder.mkdir(parents=True, exist_ok=True)
    cache_file = str(folder / "sparql-grammar")
    return Lark(grammar, parser="lalr", maybe_placeholders=False, keep_all_tokens=True, cache=cache_file)

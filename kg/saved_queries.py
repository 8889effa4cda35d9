"""
Saved queries: what they are, how one is found, and how a call gives it its parameters.

Parameters stand in the VALUES block that opens the WHERE clause, with an example: a call replaces the rows of that
block and nothing else.
"""

import difflib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from kg.config import Limits
from kg.errors import ConfigError, ParameterError, TermSyntaxError, UnknownQueryError
from kg.formats import ResultKind
from kg.page_settings import PageSettings
from kg.query import QueryRequest, ValuesBlock, find_values_block, read_query
from kg.terms import TERM_TYPES, Literal, NamedNode, parse_term

__all__ = [
    "AnswerBounds",
    "CellLink",
    "Parameter",
    "SavedQuery",
    "bind_parameters",
    "class_questions",
    "find_query",
    "require_page_queries",
    "search_queries",
    "wrong_class",
]

_MAY_BE_EMPTY = frozenset({"string"})
_MOST_SOLUTIONS = 1000
"""How many rows the values of several parameters may make together."""
_CLASS_QUESTION = "ASK { VALUES (?item ?class) { (UNDEF UNDEF) } ?item a ?class }"
_CLASS_BLOCK = cast(ValuesBlock, find_values_block(_CLASS_QUESTION))


@dataclass(frozen=True)
class Parameter:
    """
    What a call gives to a saved query.

    ``type_name`` is one of :data:`kg.terms.TERM_TYPES`; ``allowed`` lists the values there are, if it is not empty;
    ``listing`` names the saved query that lists them, ``class_iri`` the class of which they are instances.
    ``examples`` are the texts of the example rows.
    """

    name: str
    type_name: str
    description: str
    is_required: bool = True
    is_repeatable: bool = False
    allowed: tuple[str, ...] = ()
    listing: str = ""
    class_iri: str = ""
    examples: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """A value that a call may give."""
        return next(iter((*self.examples, *self.allowed)), TERM_TYPES[self.type_name])


@dataclass(frozen=True)
class AnswerBounds:
    """What the answer of a saved query must keep to; ``max_row_count`` 0 sets no bound."""

    min_row_count: int = 0
    max_row_count: int = 0
    max_seconds: float = 5.0


@dataclass(frozen=True)
class CellLink:
    """The name of the saved query that tells what a number counts, and its parameters: the variables of those names."""

    query: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedQuery:
    """
    A query with a name; ``text`` is the whole file, ``path`` its place for messages.

    ``view`` says how its answer is best shown, such as ``table`` or ``timeline``; ``bounds`` what it must keep to;
    ``bound_variables`` are those that some part of it can bind; ``cell`` leads from a number of its answer to what is
    counted.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    view: str
    bounds: AnswerBounds
    parameters: tuple[Parameter, ...]
    text: str
    path: str
    request: QueryRequest = field(repr=False)
    bound_variables: frozenset[str] = field(repr=False)
    cell: CellLink | None = None

    @cached_property
    def values_block(self) -> ValuesBlock | None:
        """The block of the parameters, if there are any."""
        return find_values_block(self.text) if self.parameters else None


def find_query(queries: Sequence[SavedQuery], name: str) -> SavedQuery:
    """
    Find a saved query by its name.

    Raises:
        UnknownQueryError: There is none; it names those with a similar name.
    """
    by_name = {query.name: query for query in queries}
    if name not in by_name:
        raise UnknownQueryError(name, difflib.get_close_matches(name[:200], by_name, n=3, cutoff=0.5))
    return by_name[name]


def require_page_queries(queries: Sequence[SavedQuery], settings: PageSettings) -> None:
    """
    Make sure that the pages can ask what their settings name.

    Args:
        queries: All saved queries.
        settings: The table ``[pages]`` of ``agon.toml``.

    Raises:
        ConfigError: A name is that of no SELECT query, or of one that needs other values than the page has.
    """
    by_name = {query.name: query for query in queries}
    for name in sorted(settings.query_names):
        query = by_name.get(name)
        if query is None or query.request.kind is not ResultKind.SOLUTIONS:
            near = ", ".join(difflib.get_close_matches(name, by_name, n=3, cutoff=0.5)) or "kg list shows them"
            raise ConfigError(f'agon.toml: [pages] names the saved query "{name}", expected a saved SELECT: {near}')
    for name in sorted({name for layout in settings.layouts for name in layout.sections}):
        first, *others = by_name[name].parameters or (None,)
        if first is None or first.type_name != "iri" or any(one.is_required for one in others):
            found = ", ".join(one.name for one in by_name[name].parameters) or "none"
            expected = "expected one that takes one IRI, first of its parameters and the only required one"
            raise ConfigError(f'agon.toml: [pages] has "{name}" in sections, with the parameters {found}: {expected}')


def search_queries(queries: Sequence[SavedQuery], words: Sequence[str]) -> tuple[SavedQuery, ...]:
    """
    Find the saved queries that speak of all the words, in name, summary, description or tags.

    Args:
        queries: What is searched.
        words: In any case; none finds all.
    """
    wanted = [word.casefold() for word in words]
    return tuple(query for query in queries if all(word in _searched_text(query) for word in wanted))


def bind_parameters(query: SavedQuery, values: Mapping[str, Sequence[str]], limits: Limits) -> QueryRequest:
    """
    Give the query that a call asks for.

    Args:
        query: A saved query.
        values: The texts given for each parameter, by its name; several give one row each.
        limits: How long the text of the bound query may be.

    Raises:
        ParameterError: A parameter is unknown, missing, given too often or ill-typed.
        QueryTooLongError: The values make the query too long.
    """
    names = [parameter.name for parameter in query.parameters]
    for name in values:
        if name not in names:
            hint = f"expected one of {', '.join(names)}" if names else "expected none, it has no parameters"
            raise ParameterError(query.name, name, f"is unknown, {hint}", allowed=names)
    block = query.values_block
    if block is None:
        return query.request
    terms = {parameter.name: _terms(query, parameter, values.get(parameter.name, ())) for parameter in query.parameters}
    columns = [terms[name] for name in block.variables]
    solutions = list(itertools.islice(itertools.product(*columns), _MOST_SOLUTIONS + 1))
    if len(solutions) > _MOST_SOLUTIONS:
        raise ParameterError(query.name, names[0], f"and the others make more than {_MOST_SOLUTIONS} combinations")
    return read_query(block.replaced(query.text, solutions), max_bytes=limits.query_bytes)


def class_questions(
    query: SavedQuery, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Parameter, str, QueryRequest]]:
    """
    Give the questions whether values are instances of the classes of their parameters.

    Args:
        query: A saved query.
        values: The texts given for each parameter, each of the right type.

    Returns:
        Each value with its parameter and an ASK that must be true.
    """
    for parameter in query.parameters:
        given = values.get(parameter.name, ()) if parameter.class_iri else ()
        for text in filter(None, given):
            terms = [NamedNode(text), NamedNode(parameter.class_iri)]
            yield (
                parameter,
                text,
                QueryRequest(
                    _CLASS_BLOCK.replaced(_CLASS_QUESTION, [terms]), ResultKind.BOOLEAN, has_dataset_clause=False
                ),
            )


def wrong_class(query: SavedQuery, parameter: Parameter, text: str) -> ParameterError:
    """Make the error of a value for which the answer to its :func:`class_questions` is no."""
    mend = f"; the saved query {parameter.listing} lists them" if parameter.listing else ""
    expected = f"expected an instance of <{parameter.class_iri}> such as {parameter.example}{mend}"
    return ParameterError(query.name, parameter.name, f'is "{text[:200]}", {expected}')


def _searched_text(query: SavedQuery) -> str:
    return " ".join((query.name, query.summary, query.description, *query.tags)).casefold()


def _terms(query: SavedQuery, parameter: Parameter, texts: Sequence[str]) -> Sequence[NamedNode | Literal | None]:
    """Read the values of one parameter; an absent optional one leaves its variable unbound."""
    if not parameter.is_required and parameter.type_name not in _MAY_BE_EMPTY:
        texts = [text for text in texts if text]  # a form sends its empty fields too
    if not texts:
        if parameter.is_required:
            problem = f"is missing, expected a value of type {parameter.type_name} such as {parameter.example}"
            raise ParameterError(query.name, parameter.name, problem)
        return [None]
    if len(texts) > 1 and not parameter.is_repeatable:
        raise ParameterError(query.name, parameter.name, f"is given {len(texts)} times, expected one value")
    return [_term(query, parameter, text) for text in texts]


def _term(query: SavedQuery, parameter: Parameter, text: str) -> NamedNode | Literal:
    if parameter.allowed and text not in parameter.allowed:
        shown = text[:80]
        raise ParameterError(
            query.name,
            parameter.name,
            f'is "{shown}", expected one of {", ".join(parameter.allowed)}',
            allowed=parameter.allowed,
        )
    try:
        return parse_term(text, parameter.type_name)
    except TermSyntaxError as error:
        problem = str(error).replace("found", "is", 1).replace(error.example, parameter.example)
        raise ParameterError(query.name, parameter.name, problem) from error

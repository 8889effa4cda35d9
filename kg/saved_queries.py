"""
Saved queries: files that run as they are in any SPARQL tool, and that take checked parameters here.

A file begins with lines ``#+`` that form a YAML header; then comes the query. Parameters stand in the VALUES block
that opens its WHERE clause, with an example: a call replaces the rows of that block and nothing else.

Source: the header is the one that grlc and its kin read.
"""

import difflib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kg.config import Limits
from kg.errors import (
    InputError,
    LimitError,
    ParameterError,
    QueryHeaderError,
    RefusedError,
    TermSyntaxError,
    UnknownQueryError,
)
from kg.query import QueryRequest, ValuesBlock, find_values_block, read_query, require_grammar
from kg.terms import TERM_TYPES, Literal, NamedNode, parse_term

__all__ = ["Parameter", "SavedQuery", "bind_parameters", "find_query", "load_saved_queries", "search_queries"]

_MAY_BE_EMPTY = frozenset({"string"})
_RESERVED = frozenset({"format"})
_MOST_SOLUTIONS = 1000
"""How many rows the values of several parameters may make together."""


@dataclass(frozen=True)
class Parameter:
    """
    What a call gives to a saved query.

    ``type_name`` is one of :data:`kg.terms.TERM_TYPES`; ``allowed`` lists the values there are, if it is not empty.
    """

    name: str
    type_name: str
    description: str
    is_required: bool = True
    is_repeatable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedQuery:
    """A query with a name; ``text`` is the whole file, ``path`` its place for messages."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    path: str
    request: QueryRequest = field(repr=False)

    @cached_property
    def values_block(self) -> ValuesBlock | None:
        """The block of the parameters, if there are any."""
        return find_values_block(self.text) if self.parameters else None


def load_saved_queries(folder: Path, limits: Limits) -> tuple[SavedQuery, ...]:
    """
    Read the saved queries of a folder, in the order of their names.

    Args:
        folder: It may be absent, and then there are none.
        limits: How long the text of a query may be.

    Raises:
        QueryHeaderError: A file is no saved query.
    """
    return tuple(_read_file(path, limits) for path in sorted(folder.glob("*.rq")))


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


def _searched_text(query: SavedQuery) -> str:
    return " ".join((query.name, query.summary, query.description, *query.tags)).casefold()


def _terms(query: SavedQuery, parameter: Parameter, texts: Sequence[str]) -> Sequence[NamedNode | Literal | None]:
    """Read the values of one parameter; an absent optional one leaves its variable unbound."""
    example = parameter.allowed[0] if parameter.allowed else TERM_TYPES[parameter.type_name]
    if not parameter.is_required and parameter.type_name not in _MAY_BE_EMPTY:
        texts = [text for text in texts if text]  # a form sends its empty fields too
    if not texts:
        if parameter.is_required:
            problem = f"is missing, expected a value of type {parameter.type_name} such as {example}"
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
        problem = str(error).replace("found", "is", 1)
        raise ParameterError(query.name, parameter.name, problem) from error


def _read_file(path: Path, limits: Limits) -> SavedQuery:
    place = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        header = yaml.safe_load("\n".join(line[2:] for line in text.splitlines() if line.startswith("#+")))
        request = read_query(text, max_bytes=limits.query_bytes)
        require_grammar(text)
    except (OSError, UnicodeDecodeError) as error:
        raise QueryHeaderError(place, f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise QueryHeaderError(place, f"the header is no YAML: {' '.join(str(error).split())}") from error
    except (InputError, LimitError, RefusedError) as error:
        raise QueryHeaderError(place, str(error)) from error
    query = _described(path.stem, place, text, request, _mapping(place, header, "the header"))
    _require_block(query)
    return query


def _described(name: str, place: str, text: str, request: QueryRequest, header: dict[str, Any]) -> SavedQuery:
    parameters = _mapping(place, header.pop("parameters", {}), "parameters")
    summary, description = (_text(place, header, key) for key in ("summary", "description"))
    tags = header.pop("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        raise QueryHeaderError(place, f"tags is {tags!r}, expected a list of words")
    if header:
        raise QueryHeaderError(
            place, f'the header has "{next(iter(header))}", expected summary, description, tags, parameters'
        )
    read = tuple(_parameter(place, name, fields) for name, fields in parameters.items())
    return SavedQuery(name, summary, description, tuple(tags), read, text, place, request)


def _parameter(place: str, name: object, fields: object) -> Parameter:
    what = f'parameter "{name}"'
    given = _mapping(place, fields, what)
    type_name = given.pop("type", None)
    if type_name not in TERM_TYPES:
        raise QueryHeaderError(place, f"{what} has the type {type_name!r}, expected one of {', '.join(TERM_TYPES)}")
    description = _text(place, given, "description", what)
    optional, several = (given.pop(key, False) for key in ("optional", "several"))
    allowed = given.pop("allowed", [])
    if given or not isinstance(optional, bool) or not isinstance(several, bool) or not isinstance(allowed, list):
        found = f'found "{next(iter(given))}"' if given else f"found {fields}"
        expected = "expected type, description, optional and several (true or false) and allowed (a list)"
        raise QueryHeaderError(place, f"{what}: {found}, {expected}")
    if str(name) in _RESERVED:
        raise QueryHeaderError(place, f"{what} has a name that the server needs itself: choose another")
    return Parameter(str(name), type_name, description, not optional, several, tuple(map(str, allowed)))


def _require_block(query: SavedQuery) -> None:
    """Demand that the VALUES block binds the parameters, all and only."""
    block = query.values_block
    bound = block.variables if block else ()
    wanted = {parameter.name for parameter in query.parameters}
    if set(bound) != wanted:
        raise QueryHeaderError(
            query.path,
            f"the VALUES block that opens WHERE binds {_listed(bound)}, the header declares {_listed(wanted)}",
        )


def _listed(names: Sequence[str] | set[str]) -> str:
    return ", ".join(f"?{name}" for name in sorted(names)) or "no parameter"


def _text(place: str, fields: dict[str, Any], key: str, what: str = "the header") -> str:
    value = fields.pop(key, None)
    if not isinstance(value, str) or not value.strip():
        raise QueryHeaderError(place, f"{what} has {value!r} as {key}, expected a text")
    return " ".join(value.split())


def _mapping(place: str, value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise QueryHeaderError(place, f"{what} is {value!r}, expected a mapping in YAML")
    return dict(value)

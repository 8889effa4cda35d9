"""
The files of the saved queries, which run as they are in any SPARQL tool.

A file begins with lines ``#+`` that form a YAML header; then comes the query. Its parameters stand, with an example, in
the VALUES block that opens the WHERE clause.

Source: the header is the one that grlc and its kin read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import yaml

from kg.config import Limits
from kg.errors import InputError, LimitError, QueryHeaderError, RefusedError
from kg.formats import ResultKind
from kg.query import (
    QueryRequest,
    ValuesBlock,
    declared_prefixes,
    find_values_block,
    read_query,
    require_grammar,
)
from kg.saved_queries import AnswerBounds, Parameter, SavedQuery
from kg.terms import TERM_TYPES

__all__ = ["load_saved_queries"]

_RESERVED = frozenset({"format", "bound"})
_VIEWS: Final = ("table", "timeline", "graph", "bars")


def load_saved_queries(folder: Path, limits: Limits) -> tuple[SavedQuery, ...]:
    """
    Read the saved queries of a folder, in the order of their names.

    Args:
        folder: It may be absent, and then there are none.
        limits: How long the text of a query may be.

    Raises:
        QueryHeaderError: A file is no saved query.
    """
    queries = tuple(_read_file(path, limits) for path in sorted(folder.glob("*.rq")))
    for query in queries:
        _require_listings(query, {one.name: one for one in queries})
    return queries


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
    return _described(path.stem, place, text, request, _mapping(place, header, "the header"))


def _described(name: str, place: str, text: str, request: QueryRequest, header: dict[str, Any]) -> SavedQuery:
    given = _mapping(place, header.pop("parameters", {}), "parameters")
    summary, description = (_text(place, header, key) for key in ("summary", "description"))
    tags = header.pop("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        raise QueryHeaderError(place, f"tags is {tags!r}, expected a list of words")
    view = header.pop("view", _VIEWS[0])
    if view not in _VIEWS:
        raise QueryHeaderError(place, f"view is {view!r}, expected one of {', '.join(_VIEWS)}")
    bounds = _bounds(place, _mapping(place, header.pop("test", {}), "test"))
    if header:
        expected = "summary, description, tags, view, parameters, test"
        raise QueryHeaderError(place, f'the header has "{next(iter(header))}", expected {expected}')
    block = find_values_block(text) if given else None
    parameters = tuple(_parameter(place, name, fields, text) for name, fields in given.items())
    _require_block(place, block, parameters)
    shown = tuple(replace(one, examples=_examples(text, block, one)) for one in parameters)
    return SavedQuery(name, summary, description, tuple(tags), view, bounds, shown, text, place, request)


def _bounds(place: str, given: Mapping[str, Any]) -> AnswerBounds:
    names = {field.name for field in fields(AnswerBounds)}
    if set(given) - names or not all(isinstance(value, int | float) and value >= 0 for value in given.values()):
        raise QueryHeaderError(place, f"test is {dict(given)!r}, expected numbers for {', '.join(sorted(names))}")
    return AnswerBounds(**given)


def _parameter(place: str, name: object, fields: object, text: str) -> Parameter:
    what = f'parameter "{name}"'
    given = _mapping(place, fields, what)
    type_name = given.pop("type", None)
    if type_name not in TERM_TYPES:
        raise QueryHeaderError(place, f"{what} has the type {type_name!r}, expected one of {', '.join(TERM_TYPES)}")
    description = _text(place, given, "description", what)
    optional, several = (given.pop(key, False) for key in ("optional", "several"))
    allowed, listing = given.pop("allowed", []), given.pop("values", "")
    class_iri = _class(place, given.pop("class", ""), type_name, text)
    if given or not isinstance(optional, bool) or not isinstance(several, bool) or not isinstance(allowed, list):
        found = f'found "{next(iter(given))}"' if given else f"found {fields}"
        expected = "expected type, description, optional, several (true or false), allowed (a list), values, class"
        raise QueryHeaderError(place, f"{what}: {found}, {expected}")
    if str(name) in _RESERVED:
        raise QueryHeaderError(place, f"{what} has a name that the server needs itself: choose another")
    return Parameter(
        str(name), type_name, description, not optional, several, tuple(map(str, allowed)), str(listing), class_iri
    )


def _class(place: str, name: object, type_name: str, text: str) -> str:
    """Read the class of a parameter, a prefixed name by the prefixes of the query."""
    if not name:
        return ""
    prefix, _, local = str(name).partition(":")
    namespace = declared_prefixes(text).get(prefix)
    if type_name != "iri" or not namespace or not local:
        raise QueryHeaderError(
            place, f"class is {name!r}, expected a prefixed name of the query, for a parameter of type iri"
        )
    return namespace + local


def _require_listings(query: SavedQuery, queries: Mapping[str, SavedQuery]) -> None:
    """Demand that values come from a saved query that needs no parameters and answers with solutions."""
    for parameter in query.parameters:
        listing = queries.get(parameter.listing)
        if parameter.listing and (
            listing is None
            or listing.request.kind is not ResultKind.SOLUTIONS
            or any(one.is_required for one in listing.parameters)
        ):
            expected = "expected the name of a saved SELECT without required parameters"
            raise QueryHeaderError(
                query.path, f'the values of "{parameter.name}" are {parameter.listing!r}, {expected}'
            )


def _examples(text: str, block: ValuesBlock | None, parameter: Parameter) -> tuple[str, ...]:
    """Give the values of a parameter in the example rows, without an unbound one."""
    if block is None:
        return ()
    place = block.variables.index(parameter.name)
    values = [solution[place] for solution in block.example_solutions(text)]
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _require_block(place: str, block: ValuesBlock | None, parameters: Sequence[Parameter]) -> None:
    """Demand that the VALUES block binds the parameters, all and only."""
    bound = block.variables if block else ()
    wanted = {parameter.name for parameter in parameters}
    if set(bound) != wanted:
        raise QueryHeaderError(
            place,
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

"""
The files of the saved queries, which run as they are in any SPARQL tool.

A file begins with lines ``#+`` that form a YAML header; then comes the query. Its parameters stand, with an example, in
the VALUES block that opens the WHERE clause. Beside the view ``matrix`` the header may have ``cell``, the name of the
saved query that tells what a number counts: its parameters bear the names of variables of the matrix.

Source: the header is the one that grlc and its kin read.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import yaml

from kg.config import Limits
from kg.errors import InputError, LimitError, QueryHeaderError, QuerySyntaxError, RefusedError
from kg.formats import ResultKind
from kg.query import (
    QueryForm,
    QueryRequest,
    ValuesBlock,
    bound_variables,
    declared_prefixes,
    find_values_block,
    is_language,
    read_query,
)
from kg.saved_queries import AnswerBounds, CellLink, Parameter, SavedQuery
from kg.search import RESERVED_NAMES, Facet, Field, Label, Labels, SearchQuery
from kg.terms import TERM_TYPES
from kg.text_lines import line_and_column

__all__ = ["load_saved_queries", "load_search_queries", "read_saved_queries", "read_search_queries", "rule_errors"]

_RESERVED = frozenset({"format", "bound"})
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C is seven times as fast, and not everywhere."""
_FACET: Final = "facet"
_SEARCHED: Final = {**{field.value: "text" for field in Field}, _FACET: "value"}
"""What the solutions of a search query give, and the variable that holds it."""
_ORDERS: Final = ("count", "value")
_MATRIX: Final = "matrix"
_VIEWS: Final = ("table", "timeline", "graph", "bars", "columns", "flow", "map", _MATRIX)


def load_saved_queries(folder: Path, limits: Limits) -> tuple[SavedQuery, ...]:
    """
    Read the saved queries of a folder, in the order of their names.

    Args:
        folder: It may be absent, and then there are none.
        limits: How long the text of a query may be.

    Raises:
        QueryHeaderError: A file is no saved query.
    """
    queries, errors = read_saved_queries(folder, limits)
    if errors:
        raise errors[0]
    return queries


def read_saved_queries(folder: Path, limits: Limits) -> tuple[tuple[SavedQuery, ...], tuple[QueryHeaderError, ...]]:
    """
    Read the saved queries of a folder as far as they are well-formed.

    Args:
        folder: It may be absent, and then there are none.
        limits: How long the text of a query may be.

    Returns:
        The queries in the order of their names, and what is wrong with the other files.
    """
    queries: dict[str, SavedQuery] = {}
    errors: dict[str, QueryHeaderError] = {}
    for path in sorted(folder.glob("*.rq")):
        try:
            queries[path.stem] = _described(path.stem, *_read_file(path, limits))
        except QueryHeaderError as error:
            errors[path.stem] = error
    found = [error for query in queries.values() for error in _wrong_listings(query, queries, errors)]
    found += [error for query in queries.values() for error in _wrong_cells(query, queries, errors)]
    return tuple(_with_cell(query, queries) for query in queries.values()), (*errors.values(), *found)


def rule_errors(folder: Path, limits: Limits) -> Iterator[QueryHeaderError]:
    """
    Say what is wrong with the rules of a folder, each of which is one CONSTRUCT query.

    Args:
        folder: It may be absent.
        limits: How long the text of a rule may be.
    """
    for path in sorted(folder.glob("*.rq")):
        try:
            file = _QueryFile.read(path, f"{folder.parent.name}/{folder.name}/{path.name}")
            request, _ = file.parsed(limits)
            if request.form is not QueryForm.CONSTRUCT:
                yield file.error(f"a rule is a CONSTRUCT query, found {request.form.value}", request.form.value)
        except QueryHeaderError as error:
            yield error


def load_search_queries(folder: Path, limits: Limits) -> tuple[SearchQuery, ...]:
    """
    Read the queries that say what is searched, in the order of their positions and names.

    Args:
        folder: It may be absent, and then there are none.
        limits: How long the text of a query may be.

    Raises:
        QueryHeaderError: A file is no search query.
    """
    queries, errors = read_search_queries(folder, limits)
    if errors:
        raise errors[0]
    return queries


def read_search_queries(folder: Path, limits: Limits) -> tuple[tuple[SearchQuery, ...], tuple[QueryHeaderError, ...]]:
    """
    Read the queries that say what is searched as far as they are well-formed.

    Args:
        folder: It may be absent, and then there are none.
        limits: How long the text of a query may be.

    Returns:
        The queries in the order of their positions and names, and what is wrong with the other files.
    """
    queries, errors = [], []
    for path in sorted(folder.glob("*.rq")):
        try:
            queries.append(_search_query(path, limits))
        except QueryHeaderError as error:
            errors.append(error)
    return tuple(sorted(queries, key=lambda query: (query.position, query.path))), tuple(errors)


@dataclass(frozen=True)
class _QueryFile:
    """The text of a query file; ``path`` is for messages."""

    path: str
    text: str

    @staticmethod
    def read(path: Path, place: str) -> "_QueryFile":
        try:
            return _QueryFile(place, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise QueryHeaderError(place, f"cannot be read: {error}") from error

    def parsed(self, limits: Limits) -> tuple[QueryRequest, frozenset[str]]:
        """Read the query, and the variables that it can bind."""
        try:
            return read_query(self.text, max_bytes=limits.query_bytes), bound_variables(self.text)
        except QuerySyntaxError as error:
            raise QueryHeaderError(self.path, error.problem, line=error.line, column=error.column) from error
        except (InputError, LimitError, RefusedError) as error:
            raise self.error(str(error)) from error

    def header(self) -> dict[str, Any]:
        """Read the header."""
        lines = [line[2:] if line.startswith("#+") else "" for line in self.text.splitlines()]
        try:
            header = yaml.load("\n".join(lines).rstrip(), _LOADER)  # noqa: S506 - both loaders are safe
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = f"the header is no YAML: {getattr(error, 'problem', None) or ' '.join(str(error).split())}"
            line, column = (mark.line + 1, mark.column + 3) if mark else (1, 1)
            raise QueryHeaderError(self.path, problem, line=line, column=column) from error
        return self.mapping(header, "the header", "")

    def mapping(self, value: object, what: str, key: str) -> dict[str, Any]:
        """Give the mapping that stands in the header as a key."""
        if not isinstance(value, dict):
            raise self.error(f"{what} is {value!r}, expected a mapping in YAML", key)
        return dict(value)

    def error(self, problem: str, key: object = "") -> QueryHeaderError:
        """Make the error of a key of the header, or of another word, at the first place where it stands."""
        found = re.search(rf"(?<![\w-]){re.escape(str(key))}(?![\w-])", self.text) if key else None
        line, column = line_and_column(self.text, found.start() if found else 0)
        return QueryHeaderError(self.path, problem, line=line, column=column)


def _search_query(path: Path, limits: Limits) -> SearchQuery:
    file = _QueryFile.read(path, f"{path.parent.parent.name}/{path.parent.name}/{path.name}")
    header = file.header()
    request, bound = file.parsed(limits)
    kind = header.pop("search", None)
    if kind not in _SEARCHED:
        raise file.error(f"search is {kind!r}, expected one of {', '.join(_SEARCHED)}", "search")
    wanted = {"item", _SEARCHED[kind]}
    if request.kind is not ResultKind.SOLUTIONS or not wanted <= bound:
        raise file.error(f"a search query is a SELECT that binds {_listed(wanted)}, found {_listed(set(bound))}")
    if kind == _FACET:
        return _facet_query(path.stem, file, header, request)
    if header:
        raise file.error(f'the header has "{next(iter(header))}", expected only search', next(iter(header)))
    return SearchQuery(Field(kind), 0, request, file.path)


def _facet_query(name: str, file: _QueryFile, header: dict[str, Any], request: QueryRequest) -> SearchQuery:
    labels, position, order = _labels(file, header), header.pop("position", 0), header.pop("order", _ORDERS[0])
    if header or order not in _ORDERS or not isinstance(position, int):
        found = f'"{next(iter(header))}"' if header else f"order {order!r} and position {position!r}"
        expected = f"search, label, position (a number), order ({' or '.join(_ORDERS)})"
        raise file.error(f"the header has {found}, expected {expected}", next(iter(header), "order"))
    if name in RESERVED_NAMES:
        raise file.error("this name is taken by another parameter of a search: choose another file name")
    return SearchQuery(Facet(name, labels, order == "value"), position, request, file.path)


def _labels(file: _QueryFile, header: dict[str, Any]) -> Labels:
    """Read what a facet is called: a text, or a text for each language, of which the first is the best."""
    if not isinstance(header.get("label"), dict):
        return (Label("", _text(file, header, "label")),)
    texts = header.pop("label")
    wrong = next((tag for tag in texts if not isinstance(tag, str) or not is_language(tag)), None)
    if wrong is not None or not texts:
        raise file.error(f"label has {wrong!r} as a language, expected one such as en", "label")
    return tuple(Label(tag, _text(file, texts, tag, "label")) for tag in list(texts))


def _read_file(path: Path, limits: Limits) -> tuple[_QueryFile, dict[str, Any], QueryRequest, frozenset[str]]:
    file = _QueryFile.read(path, f"{path.parent.name}/{path.name}")
    return file, file.header(), *file.parsed(limits)


def _described(
    name: str, file: _QueryFile, header: dict[str, Any], request: QueryRequest, bound: frozenset[str]
) -> SavedQuery:
    text = file.text
    given = file.mapping(header.pop("parameters", {}), "parameters", "parameters")
    summary, description = (_text(file, header, key) for key in ("summary", "description"))
    tags = header.pop("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        raise file.error(f"tags is {tags!r}, expected a list of words", "tags")
    view = header.pop("view", _VIEWS[0])
    if view not in _VIEWS:
        raise file.error(f"view is {view!r}, expected one of {', '.join(_VIEWS)}", "view")
    cell = CellLink(_text(file, header, "cell")) if "cell" in header else None
    if cell and view != _MATRIX:
        raise file.error(f"cell is for the view {_MATRIX}, found the view {view}", "cell")
    bounds = _bounds(file, file.mapping(header.pop("test", {}), "test", "test"))
    if header:
        expected = "summary, description, tags, view, cell, parameters, test"
        raise file.error(f'the header has "{next(iter(header))}", expected {expected}', next(iter(header)))
    block = find_values_block(text) if given else None
    parameters = tuple(_parameter(file, name, fields) for name, fields in given.items())
    _require_block(file, block, parameters)
    shown = tuple(replace(one, examples=_examples(text, block, one)) for one in parameters)
    return SavedQuery(
        name, summary, description, tuple(tags), view, bounds, shown, text, file.path, request, bound, cell
    )


def _bounds(file: _QueryFile, given: Mapping[str, Any]) -> AnswerBounds:
    names = {field.name for field in fields(AnswerBounds)}
    if set(given) - names or not all(isinstance(value, int | float) and value >= 0 for value in given.values()):
        raise file.error(f"test is {dict(given)!r}, expected numbers for {', '.join(sorted(names))}", "test")
    return AnswerBounds(**given)


def _parameter(file: _QueryFile, name: object, fields: object) -> Parameter:
    what = f'parameter "{name}"'
    given = file.mapping(fields, what, str(name))
    type_name = given.pop("type", None)
    if type_name not in TERM_TYPES:
        raise file.error(f"{what} has the type {type_name!r}, expected one of {', '.join(TERM_TYPES)}", name)
    description = _text(file, given, "description", what, name)
    optional, several = (given.pop(key, False) for key in ("optional", "several"))
    allowed, listing = given.pop("allowed", []), given.pop("values", "")
    class_iri = _class(file, given.pop("class", ""), type_name)
    if given or not isinstance(optional, bool) or not isinstance(several, bool) or not isinstance(allowed, list):
        found = f'found "{next(iter(given))}"' if given else f"found {fields}"
        expected = "expected type, description, optional, several (true or false), allowed (a list), values, class"
        raise file.error(f"{what}: {found}, {expected}", name)
    if str(name) in _RESERVED:
        raise file.error(f"{what} has a name that the server needs itself: choose another", name)
    return Parameter(
        str(name), type_name, description, not optional, several, tuple(map(str, allowed)), str(listing), class_iri
    )


def _class(file: _QueryFile, name: object, type_name: str) -> str:
    """Read the class of a parameter, a prefixed name by the prefixes of the query."""
    if not name:
        return ""
    prefix, _, local = str(name).partition(":")
    namespace = declared_prefixes(file.text).get(prefix)
    if type_name != "iri" or not namespace or not local:
        problem = f"class is {name!r}, expected a prefixed name of the query, for a parameter of type iri"
        raise file.error(problem, "class")
    return namespace + local


def _wrong_listings(
    query: SavedQuery, queries: Mapping[str, SavedQuery], malformed: Container[str]
) -> Iterator[QueryHeaderError]:
    """Demand that values come from a saved query that needs no parameters and answers with solutions."""
    for parameter in query.parameters:
        listing = queries.get(parameter.listing)
        if not parameter.listing or parameter.listing in malformed:
            continue
        if (
            listing is None
            or listing.request.kind is not ResultKind.SOLUTIONS
            or any(one.is_required for one in listing.parameters)
        ):
            expected = "expected the name of a saved SELECT without required parameters"
            problem = f'the values of "{parameter.name}" are {parameter.listing!r}, {expected}'
            yield _QueryFile(query.path, query.text).error(problem, parameter.listing)


def _wrong_cells(
    query: SavedQuery, queries: Mapping[str, SavedQuery], malformed: Container[str]
) -> Iterator[QueryHeaderError]:
    """Demand that what a number counts is told by a saved query that takes variables of the matrix."""
    if query.cell is None or query.cell.query in malformed:
        return
    told = queries.get(query.cell.query)
    if told is None or not told.parameters or not {one.name for one in told.parameters} <= query.bound_variables:
        found = "which is none" if told is None else f"with {_listed({one.name for one in told.parameters})}"
        expected = "expected the name of a saved query whose parameters bear names of variables here"
        problem = f'cell is "{query.cell.query}", {found}: {expected}'
        yield _QueryFile(query.path, query.text).error(problem, query.cell.query)


def _with_cell(query: SavedQuery, queries: Mapping[str, SavedQuery]) -> SavedQuery:
    told = queries.get(query.cell.query) if query.cell else None
    if told is None:
        return query
    return replace(query, cell=CellLink(told.name, tuple(one.name for one in told.parameters)))


def _examples(text: str, block: ValuesBlock | None, parameter: Parameter) -> tuple[str, ...]:
    """Give the values of a parameter in the example rows, without an unbound one."""
    if block is None:
        return ()
    place = block.variables.index(parameter.name)
    values = [solution[place] for solution in block.example_solutions(text)]
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _require_block(file: _QueryFile, block: ValuesBlock | None, parameters: Sequence[Parameter]) -> None:
    """Demand that the VALUES block binds the parameters, all and only."""
    bound = block.variables if block else ()
    wanted = {parameter.name for parameter in parameters}
    if set(bound) != wanted:
        found = f"the VALUES block that opens WHERE binds {_listed(bound)}"
        raise file.error(f"{found}, the header declares {_listed(wanted)}", "VALUES" if block else "parameters")


def _listed(names: Sequence[str] | set[str]) -> str:
    return ", ".join(f"?{name}" for name in sorted(names)) or "no parameter"


def _text(file: _QueryFile, fields: dict[str, Any], key: str, what: str = "the header", parent: object = "") -> str:
    value = fields.pop(key, None)
    if not isinstance(value, str) or not value.strip():
        raise file.error(f"{what} has {value!r} as {key}, expected a text", parent or key)
    return " ".join(value.split())

"""
Queries of shapes, written anew so that one run answers for all focus nodes.

Pre-binding is, by the Recommendation, to join each pattern with a table of the values of ``$this`` and its like. Here
the table is a named graph beside the data, and each group that speaks of a pre-bound variable begins with a pattern
that reads it there. A blank node or a literal can stand in such a table as well as an IRI.

Source: SHACL, section 5.3.1 (pre-bound variables) and appendix A (pre-binding, and what a query may not say).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from lark import ParseTree, Token

from kg.errors import QuerySyntaxError
from kg.query import require_grammar
from kg.shacl.index import UnsupportedShapeError
from kg.shacl.paths import Path
from kg.terms import NamedNode

__all__ = ["CONSTANTS", "ROW", "PreparedQuery", "column", "prepare_query"]

ROW: Final = "agonRow"
"""The variable that stands for a row of the table."""
CONSTANTS: Final = NamedNode("urn:x-agon:constants")
"""The row that holds what is the same for all focus nodes."""
_ROW_VARIABLES: Final = frozenset({"this", "value"})
_OPTIONAL_VARIABLES: Final = frozenset({"currentShape", "shapesGraph"})
_FORBIDDEN: Final = ("MINUS", "SERVICE", "VALUES", "FROM")
_IRI: Final = frozenset({"IRIREF", "PNAME_LN", "PNAME_NS"})
_ANY_PREDICATE: Final = frozenset({"VAR", "BANG", "QMARK", "STAR"})
_TABLE: Final = "urn:x-agon:table"
_Place = tuple[int, int, str]


@dataclass(frozen=True)
class PreparedQuery:
    """
    A query to be run once for many focus nodes.

    ``variables`` are the pre-bound ones that it speaks of; ``iris`` are all that are written in it, by which alone it
    can look at the data, or none where it can look at any triple.

    ``is_ask`` tells that it was an ASK: its solutions are then the rows for which it is true. ``is_limited`` tells that
    it holds for one focus node at a time only, for it cuts its solutions.
    """

    text: str
    variables: frozenset[str]
    iris: frozenset[str] | None
    is_ask: bool
    is_limited: bool

    def over(self, table: NamedNode) -> str:
        """Give the text of the query, to read what is pre-bound from a named graph."""
        return self.text.replace(f"<{_TABLE}>", str(table))


def column(variable: str) -> NamedNode:
    """Give the property that leads from a row to the value of a pre-bound variable."""
    return NamedNode(f"urn:x-agon:column:{variable}")


def prepare_query(text: str, *, pre_bound: Collection[str], path: Path | None) -> PreparedQuery:
    """
    Make a query fit for all focus nodes at once.

    Args:
        text: A SELECT or an ASK query, without the prefixes that its shapes graph declares.
        pre_bound: The names of the variables that have values beforehand.
        path: What ``$PATH`` stands for; none where the shape has no path.

    Raises:
        UnsupportedShapeError: It does not parse, or says what a query with pre-bound variables may not say.
    """
    try:
        return _prepared(require_grammar(text), text, frozenset(pre_bound), path)
    except QuerySyntaxError as error:
        raise UnsupportedShapeError(f"cannot be parsed: {error}") from error
    except RecursionError as error:
        raise UnsupportedShapeError("has groups or brackets that lie too deep in each other") from error


def _prepared(tree: ParseTree, text: str, pre_bound: frozenset[str], path: Path | None) -> PreparedQuery:
    form = next(iter(tree.find_pred(lambda node: node.data in {"select_query", "ask_query"})), None)
    if form is None:
        raise UnsupportedShapeError("is neither a SELECT nor an ASK")
    _require_allowed(tree, pre_bound)
    writer = _Writer(pre_bound & _variables(tree), form, path)
    return PreparedQuery(
        writer.written(text),
        writer.pre_bound,
        _iris(form, path),
        form.data == "ask_query",
        any(tree.find_data("limit_offset_clauses")),
    )


def _tokens(node: ParseTree | Token) -> Iterator[Token]:
    if isinstance(node, Token):
        yield node
    else:
        yield from node.scan_values(lambda _: True)


def _variables(*nodes: ParseTree | Token) -> frozenset[str]:
    return frozenset(token[1:] for node in nodes for token in _tokens(node) if token.type == "VAR")


def _require_allowed(tree: ParseTree, pre_bound: frozenset[str]) -> None:
    """Refuse what appendix A forbids, and graphs other than the shapes graph."""
    tokens = list(_tokens(tree))
    for token in tokens:
        if token.type in _FORBIDDEN:
            raise UnsupportedShapeError(f"has {token.type}, which a query with pre-bound variables may not have")
    for word, following in pairwise(tokens):
        if word.type == "AS" and following[1:] in pre_bound:
            raise UnsupportedShapeError(f"gives {following}, which is bound beforehand, another value by AS")
        if word.type == "GRAPH" and following[1:] != "shapesGraph":
            raise UnsupportedShapeError(f"asks GRAPH {following}: only GRAPH $shapesGraph can be asked")
    for select in tree.find_data("sub_select"):
        _require_returned(select, pre_bound - _OPTIONAL_VARIABLES)


def _require_returned(select: ParseTree, pre_bound: frozenset[str]) -> None:
    """Demand that a subquery returns what is bound beforehand; ``*`` returns what a triple pattern of it binds."""
    clause, where = _children(select)[:2]
    words = [token for token in clause.children if isinstance(token, Token)]
    returned = frozenset(token[1:] for token in words if token.type == "VAR")
    if any(token.type == "STAR" for token in words):
        returned = _variables(*where.find_data("triples_block"))
    missing = sorted(pre_bound - returned)
    if missing:
        raise UnsupportedShapeError(f"has a subquery that does not return ${', $'.join(missing)}")


def _children(node: ParseTree) -> list[ParseTree]:
    return [child for child in node.children if not isinstance(child, Token)]


def _iris(form: ParseTree, path: Path | None) -> frozenset[str] | None:
    """Give the IRIs of a query; none if a predicate is a variable, negated, or repeated zero times, for any node."""
    verbs = [token for verb in form.find_data("verb_path") for token in _tokens(verb)]
    if any(token.type in _ANY_PREDICATE and token[1:] != "PATH" for token in verbs):
        return None
    iris = frozenset(str(token) for token in _tokens(form) if token.type in _IRI)
    if path is None or not any(token[1:] == "PATH" for token in verbs):
        return iris
    return None if path.can_be_empty else iris.union(map(str, path.predicates))


@dataclass
class _Writer:
    """Collects where a text is to be changed: each place is a start, an end and what stands there afterwards."""

    pre_bound: frozenset[str]
    form: ParseTree
    path: Path | None
    _places: list[_Place] = field(default_factory=list)

    def written(self, text: str) -> str:
        if self.form.data == "ask_query":
            ask = next(_tokens(self.form))
            self._replace(ask, ask, f"SELECT DISTINCT ?{ROW}")
        for where in self.form.find_data("where_clause"):
            is_outermost = any(where is child for child in self.form.children)
            (group,) = _children(where)
            self._group(group, is_outermost=is_outermost, must_bind=True, is_plain=is_outermost)
        self._paths()
        for start, end, replacement in sorted(self._places, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def _replace(self, first: Token, last: Token, replacement: str) -> None:
        self._places.append((first.start_pos or 0, last.end_pos or 0, replacement))

    def _group(
        self, group: ParseTree, *, is_outermost: bool = False, must_bind: bool = False, is_plain: bool = True
    ) -> None:
        """Let a group read what is pre-bound, and the groups in it."""
        if any(child.data == "sub_select" for child in _children(group)):
            return  # its WHERE clause is a scope of its own
        own = self.pre_bound if must_bind else self.pre_bound & _variables(*_own_parts(group))
        brace = next(_tokens(group))
        self._places.append((brace.end_pos or 0, brace.end_pos or 0, _table_pattern(own, with_row=is_outermost)))
        (content,) = _children(group)
        parts = _children(content)
        for place, part in enumerate(parts):
            if is_plain and part.data == "graph_pattern_not_triples" and _is_difference(parts, place, own):
                words = list(_tokens(part))
                self._replace(words[0], words[2], "MINUS")  # FILTER NOT EXISTS
                continue
            is_inner_plain = is_plain and not _is_word(part, "OPTIONAL")
            for inner in _groups(part):
                is_exists = part.data != "graph_pattern_not_triples" or _is_word(part, "FILTER", "BIND")
                self._group(inner, is_plain=is_inner_plain and not is_exists)

    def _paths(self) -> None:
        found = [token for token in _tokens(self.form) if token.type == "VAR" and token[1:] == "PATH"]
        verbs = [verb.children[0] for verb in self.form.find_data("verb_path")]
        if found and self.path is None:
            raise UnsupportedShapeError("has $PATH, but its shape has no path")
        for token in found:
            if not any(token is verb for verb in verbs):
                raise UnsupportedShapeError("has $PATH elsewhere than in the place of a predicate")
            self._replace(token, token, str(self.path))


def _table_pattern(variables: Iterable[str], *, with_row: bool) -> str:
    """Write the pattern that binds variables from the table."""
    varying = sorted(_ROW_VARIABLES & set(variables))
    row = f"?{ROW}" if with_row else "[]"
    pattern = f"{row} " + " ; ".join(f"{column(name)} ?{name}" for name in varying) + " . " if varying else ""
    fixed = "".join(f"{CONSTANTS} {column(name)} ?{name} . " for name in sorted(set(variables) - _ROW_VARIABLES))
    return f" GRAPH <{_TABLE}> {{ {pattern}{fixed}}} " if pattern or fixed else ""


def _is_word(part: ParseTree, *words: str) -> bool:
    first = part.children[0]
    return isinstance(first, Token) and first.type in words


def _groups(node: ParseTree) -> Iterator[ParseTree]:
    """Give the outermost groups in a part of a query, those in expressions too."""
    for child in _children(node):
        if child.data == "group_graph_pattern":
            yield child
        else:
            yield from _groups(child)


def _own_parts(group: ParseTree) -> Iterator[ParseTree | Token]:
    """Give what stands in a group but not in the groups in it, save those of EXISTS, which see its solutions."""
    (content,) = _children(group)
    for part in _children(content):
        if part.data != "graph_pattern_not_triples" or _is_word(part, "FILTER", "BIND"):
            yield part
        else:
            yield from (child for child in part.children if isinstance(child, Token) or child.data == "var_or_iri")


def _is_difference(parts: list[ParseTree], place: int, pre_bound: frozenset[str]) -> bool:
    """
    Tell whether a part is a FILTER NOT EXISTS of which MINUS in its place means the same.

    So it is if the group in it has triple patterns without paths only, shares a variable with what stands before it and
    is sure to bind that, and nothing behind it binds another variable of the group. The solutions of the group are then
    made once for MINUS; for NOT EXISTS the engine goes through them anew for each solution outside.
    """
    words = [token.type for token in _tokens(parts[place])][:3]
    if words != ["FILTER", "NOT", "EXISTS"]:
        return False
    (group,) = _groups(parts[place])
    if not _has_plain_triples_only(group):
        return False
    inner = _variables(group)
    sure = pre_bound | _variables(*(part for part in parts[:place] if part.data == "triples_block"))
    return bool(inner & sure) and not (inner & _variables(*parts[place + 1 :])) - sure


def _has_plain_triples_only(group: ParseTree) -> bool:
    (content,) = _children(group)
    marks = {token.type for verb in content.find_data("verb_path") for token in _tokens(verb)}
    is_plain = marks <= {"IRIREF", "PNAME_LN", "PNAME_NS", "A", "VAR"}
    is_plain &= "PATH" not in _variables(content)  # it may stand for any path
    return is_plain and all(child.data == "triples_block" for child in _children(content))

"""
What kind of query a text is, which dataset it names, and whether it may run here.

Source: SPARQL 1.1 Query Language, sections 10, 13.2 and 16; SPARQL 1.1 Federated Query, section 2.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from kg.errors import QueryRefusedError, QuerySyntaxError, QueryTooLongError
from kg.formats import ResultKind
from kg.namespaces import common_prefix
from kg.query.federation import judge_service
from kg.query.labels import LabelRequest
from kg.query.tokens import Token, tokens
from kg.text_lines import line_and_column

__all__ = ["QueryForm", "QueryRequest", "read_query"]


class QueryForm(Enum):
    """The form of a query; its value is the keyword."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"


_KINDS = {
    QueryForm.SELECT: ResultKind.SOLUTIONS,
    QueryForm.ASK: ResultKind.BOOLEAN,
    QueryForm.CONSTRUCT: ResultKind.GRAPH,
    QueryForm.DESCRIBE: ResultKind.GRAPH,
}
_KEYWORDS = tuple(form.value for form in QueryForm)
_VOLATILE = ("NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})


@dataclass(frozen=True)
class QueryRequest:
    """
    A query that may be evaluated.

    ``default_graphs`` and ``named_graphs`` are IRIs from the protocol and override the dataset clauses of the text;
    ``has_dataset_clause`` tells whether the text has a FROM of its own; ``is_volatile`` whether asking again may give
    another answer over the same data; ``asks_others`` whether it asks another endpoint; ``form`` is its keyword;
    ``labels`` asks for names beside the IRIs of its solutions.
    """

    text: str
    kind: ResultKind
    has_dataset_clause: bool
    is_volatile: bool = False
    asks_others: bool = False
    form: QueryForm = QueryForm.SELECT
    labels: LabelRequest | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read_query(
    text: str,
    *,
    max_bytes: int,
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
    service_prefixes: tuple[str, ...] = (),
) -> QueryRequest:
    """
    Judge the text of a query.

    Args:
        text: One query in SPARQL 1.1.
        max_bytes: How long it may be, in UTF-8.
        default_graphs: IRIs of the graphs whose union is the default graph; none leaves it to the text.
        named_graphs: IRIs of the named graphs; none leaves it to the text.
        service_prefixes: What the IRI of an endpoint that SERVICE asks must begin with; none forbids SERVICE.

    Raises:
        QueryTooLongError: The text is longer than ``max_bytes``.
        QueryRefusedError: It is an update, or asks by SERVICE what it may not.
        QuerySyntaxError: It has no query form, or uses a prefix that it does not declare.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise QueryTooLongError(f"the query has {size} bytes, at most {max_bytes} are allowed", query_bytes=max_bytes)
    words = list(tokens(text))
    form = _query_form(text, words)
    judge_service(text, words, service_prefixes)
    _require_declared_prefixes(text, words)
    return QueryRequest(
        text,
        _KINDS[form],
        has_dataset_clause=any(word.is_keyword("FROM") for word in words),
        is_volatile=_is_volatile(_KINDS[form], words),
        asks_others=any(word.is_keyword("SERVICE") for word in words),
        form=form,
        default_graphs=default_graphs,
        named_graphs=named_graphs,
    )


def _query_form(text: str, words: list[Token]) -> QueryForm:
    """Find the first keyword that is none of the prologue."""
    for word in words:
        if word.is_keyword(*_UPDATES):
            raise QueryRefusedError(
                f"{word.text.upper()} is an update, and this endpoint is read-only: the graph is changed by editing "
                "its Turtle files and proposing the change"
            )
        if word.is_keyword(*_KEYWORDS):
            return QueryForm(word.text.upper())
        if word.kind in {"word", "mark"} and not word.is_keyword("PREFIX", "BASE", "VERSION"):
            raise _unexpected(text, word.start, f'"{word.text}"', *_KEYWORDS)
    raise _unexpected(text, len(text), "the end of the query", *_KEYWORDS)


def _is_volatile(kind: ResultKind, words: list[Token]) -> bool:
    """Tell whether a function gives something else each time, or a template makes blank nodes, with new labels."""
    makes_nodes = kind is ResultKind.GRAPH and any(word.text == "[" or word.kind == "blank" for word in words)
    return makes_nodes or any(word.is_keyword(*_VOLATILE) for word in words)


def _require_declared_prefixes(text: str, words: list[Token]) -> None:
    declared = {name.text for keyword, name in pairwise(words) if keyword.is_keyword("PREFIX") and name.kind == "name"}
    broken_iris = {word.end for word in words if word.text == "<"}  # what begins there is for the engine to judge
    for word in words:
        if word.kind != "name" or word.start in broken_iris:
            continue
        if (prefix := word.text.split(":")[0]) + ":" not in declared:
            namespace = common_prefix(prefix)
            mend = f"add PREFIX {prefix}: <{namespace}>" if namespace else f"declare it with PREFIX {prefix}: <…>"
            line, column = line_and_column(text, word.start)
            raise QuerySyntaxError(
                line=line, column=column, found=word.text, reason=f'the prefix "{prefix}:" is not declared; {mend}'
            )


def _unexpected(text: str, place: int, found: str, *expected: str) -> QuerySyntaxError:
    line, column = line_and_column(text, place)
    return QuerySyntaxError(line=line, column=column, found=found, expected=expected)

"""
Judge a query before any data is touched: its form, its dataset, what it may not ask, what is wrong with it.

This room knows no engine; the engine's own verdict on the syntax comes back through :func:`syntax_error`.
"""

from kg.query.classification import QueryForm, QueryRequest, read_query
from kg.query.diagnosis import read_tree, require_grammar, syntax_error
from kg.query.labels import LabelRequest, is_language
from kg.query.tokens import declared_prefixes
from kg.query.values import ValuesBlock, find_values_block

__all__ = [
    "LabelRequest",
    "QueryForm",
    "QueryRequest",
    "ValuesBlock",
    "declared_prefixes",
    "find_values_block",
    "is_language",
    "read_query",
    "read_tree",
    "require_grammar",
    "syntax_error",
]

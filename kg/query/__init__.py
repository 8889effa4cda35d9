"""
Judge a query before any data is touched: its form, its dataset, what it may not ask, what is wrong with it.

This room knows no engine; the engine's own verdict on the syntax comes back through :func:`syntax_error`.
"""

from kg.query.classification import QueryForm, QueryRequest, read_query
from kg.query.datasets import DatasetClause, asked_graphs, split_dataset, with_base
from kg.query.diagnosis import require_grammar, syntax_error
from kg.query.labels import LabelRequest, is_language
from kg.query.tokens import declared_prefixes
from kg.query.values import ValuesBlock, find_values_block
from kg.query.variables import bound_variables

__all__ = [
    "DatasetClause",
    "LabelRequest",
    "QueryForm",
    "QueryRequest",
    "ValuesBlock",
    "asked_graphs",
    "bound_variables",
    "declared_prefixes",
    "find_values_block",
    "is_language",
    "read_query",
    "require_grammar",
    "split_dataset",
    "syntax_error",
    "with_base",
]

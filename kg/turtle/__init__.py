"""RDF files as text: tokens, the places of triples, and one layout. The engine is not needed here."""

from kg.turtle.faults import Fault, conflict_markers, explain
from kg.turtle.iris import resolve_iri
from kg.turtle.layout import lay_out
from kg.turtle.statements import Statement, locate_statements, unescaped
from kg.turtle.tokens import Token, tokens
from kg.turtle.tree import UnsettledLayoutError

__all__ = [
    "Fault",
    "Statement",
    "Token",
    "UnsettledLayoutError",
    "conflict_markers",
    "explain",
    "lay_out",
    "locate_statements",
    "resolve_iri",
    "tokens",
    "unescaped",
]

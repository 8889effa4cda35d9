"""RDF files as text: tokens, the places of triples, and one layout. The engine is not needed here."""

from kg.turtle.faults import Fault, conflict_markers, explain, line_starts
from kg.turtle.statements import Statement, locate_statements
from kg.turtle.tokens import Token, tokens

__all__ = [
    "Fault",
    "Statement",
    "Token",
    "conflict_markers",
    "explain",
    "line_starts",
    "locate_statements",
    "tokens",
]

"""RDF files as text: tokens, the places of triples, and one layout. The engine is not needed here."""

from kg.turtle.statements import Statement, locate_statements
from kg.turtle.tokens import Token, tokens

__all__ = ["Statement", "Token", "locate_statements", "tokens"]

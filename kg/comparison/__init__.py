"""What two graphs differ in, by entity, with blank nodes matched; and what follows for findings and answers."""

from kg.comparison.entities import compare
from kg.comparison.model import Change, ChangeKind, Difference, EntityChange, EntityKind, Move, Value

__all__ = ["Change", "ChangeKind", "Difference", "EntityChange", "EntityKind", "Move", "Value", "compare"]

"""
Hold a graph against shapes, a set of nodes at a time.

A constraint on the values of a property is tried once for each distinct value, and the focus nodes are looked up only
where a value fails; so valid data cost as much as there are distinct values. What this room does not know, it refuses
by :class:`UnsupportedShapeError`; it never passes over anything.

Source: Shapes Constraint Language (SHACL), sections 2 to 6.
"""

from kg.shacl.engine import Finding, find_violations
from kg.shacl.index import TripleIndex, UnsupportedShapeError
from kg.shacl.literals import is_well_formed

__all__ = ["Finding", "TripleIndex", "UnsupportedShapeError", "find_violations", "is_well_formed"]

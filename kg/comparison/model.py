"""The parts of a difference between two graphs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from kg.terms import BlankNode, DefaultGraph, NamedNode, Quad, Term, Triple

__all__ = [
    "Change",
    "ChangeKind",
    "Difference",
    "EntityChange",
    "EntityKind",
    "GraphName",
    "Move",
    "Value",
]

GraphName = NamedNode | BlankNode | DefaultGraph
"""What a statement can stand in."""


@dataclass(frozen=True)
class Value:
    """
    What a statement says, with all that hangs on it.

    Of a nested blank node ``statements`` are those it has, by predicate; of an RDF list ``items`` are its members.
    Both are None for any other term.
    """

    term: Term
    statements: tuple[tuple[NamedNode, "Value"], ...] | None = None
    items: tuple["Value", ...] | None = None

    @property
    def size(self) -> int:
        """How many statements it takes to say it, the one that leads to it not counted."""
        nested = sum(1 + value.size for _, value in self.statements or ())
        return nested + sum(2 + item.size for item in self.items or ())


class ChangeKind(Enum):
    """What happened to a statement; ``nested`` means that the change lies within the node it leads to."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    NESTED = "nested"


@dataclass(frozen=True)
class Change:
    """
    One change to the statements of an entity or of a nested blank node.

    ``old`` is absent where a statement was added, ``new`` where one was removed; ``within`` holds the changes of a
    nested node, whose old and new descriptions stand in ``old`` and ``new``.
    """

    kind: ChangeKind
    predicate: NamedNode
    old: Value | None = None
    new: Value | None = None
    within: tuple["Change", ...] = ()

    @property
    def leaves(self) -> Iterator["Change"]:
        """The changes themselves, those of nested nodes among them."""
        if self.kind is not ChangeKind.NESTED:
            yield self
        for change in self.within:
            yield from change.leaves


class EntityKind(Enum):
    """What happened to an entity."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True)
class EntityChange:
    """
    All that changed about one entity.

    ``node`` is its IRI, or a blank node that nothing holds; ``old_node`` differs from it where it was renamed, and
    ``followed`` counts the statements of others that now name it by the new IRI. ``graphs`` are those in which the
    changes stand.
    """

    kind: EntityKind
    node: NamedNode | BlankNode
    old_node: NamedNode | BlankNode
    label: str
    classes: tuple[str, ...]
    graphs: tuple[GraphName, ...]
    changes: tuple[Change, ...]
    followed: int = 0

    @property
    def is_renamed(self) -> bool:
        """Tell whether it has another IRI now."""
        return self.kind is EntityKind.RENAMED

    def count(self, kind: ChangeKind) -> int:
        """Count the statements added or removed, or the values changed."""
        leaves = [leaf for change in self.changes for leaf in change.leaves if leaf.kind is kind]
        if kind is ChangeKind.CHANGED:
            return len(leaves)
        return sum(1 + value.size for leaf in leaves for value in (leaf.old, leaf.new) if value)


@dataclass(frozen=True)
class Move:
    """Statements that are the same and stand in other named graphs than before; their blank nodes are the new ones."""

    old_graphs: tuple[GraphName, ...]
    new_graphs: tuple[GraphName, ...]
    statements: tuple[Triple, ...]


@dataclass(frozen=True)
class Difference:
    """
    What it takes to get from one set of quads to another.

    ``removed`` and ``added`` have the blank nodes of the old set, and of the new set only those that are new; so
    applied to the old set they give the new one. ``blank_nodes`` says which new blank node an old one has become.
    """

    entities: tuple[EntityChange, ...]
    moves: tuple[Move, ...]
    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]
    blank_nodes: Mapping[BlankNode, BlankNode]

    def __bool__(self) -> bool:
        """Tell whether there is any difference."""
        return bool(self.removed or self.added)

    def of_kind(self, kind: EntityKind) -> Sequence[EntityChange]:
        """Give the entities to which something happened."""
        return [entity for entity in self.entities if entity.kind is kind]

    def count(self, kind: ChangeKind) -> int:
        """Count the statements added or removed, or the values changed, of all entities."""
        return sum(entity.count(kind) for entity in self.entities)

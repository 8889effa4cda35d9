"""A comparison as it is told: the two sides, what they differ in, and what follows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.comparison.effects import AnswerChange, FindingChanges
from kg.comparison.model import ChangeKind, Difference, EntityKind
from kg.comparison.naming import Naming
from kg.comparison.sides import WORKING_DIRECTORY, Side

__all__ = ["Comparison"]


@dataclass(frozen=True)
class Comparison:
    """
    What a comparison came to.

    ``findings`` and ``answers`` are None where they were not compared; ``notes`` says what a reader must know besides.
    ``shows_moves`` and ``shows_rows`` ask for moved statements and for rows of answers in full.
    """

    old: Side
    new: Side
    difference: Difference
    findings: FindingChanges | None = None
    answers: tuple[AnswerChange, ...] | None = None
    notes: tuple[str, ...] = ()
    shows_moves: bool = False
    shows_rows: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        found = self.findings
        return bool(self.difference or self.answers or (found and (found.new or found.fixed)))

    @property
    def spelt(self) -> str:
        """The sides as a user gives them to the command."""
        return " ".join(side.name for side in (self.old, self.new) if side.kind != WORKING_DIRECTORY)

    @property
    def naming(self) -> Naming:
        """How things are named for people."""
        return Naming({**self.old.prefixes, **self.new.prefixes}, {**self.old.files, **self.new.files})

    @property
    def moved_count(self) -> int:
        """How many statements stand in other named graphs than before."""
        return sum(len(move.statements) for move in self.difference.moves)

    @property
    def statement_counts(self) -> Mapping[ChangeKind, int]:
        """How many statements were added and removed, and how many values changed."""
        return {kind: self.difference.count(kind) for kind in ChangeKind if kind is not ChangeKind.NESTED}

    @property
    def entity_counts(self) -> Mapping[EntityKind, int]:
        """How many entities were added, removed, renamed and changed."""
        return {kind: len(self.difference.of_kind(kind)) for kind in EntityKind}

    def class_counts(self) -> Iterator[tuple[str, Counter[EntityKind]]]:
        """Count the entities by class, the class with most of them first; an entity counts in each of its classes."""
        found: dict[str, Counter[EntityKind]] = {}
        for entity in self.difference.entities:
            for name in entity.classes:
                found.setdefault(name, Counter())[entity.kind] += 1
        yield from sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0]))

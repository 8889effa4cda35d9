"""Names that are most like one that is not known."""

from collections.abc import Iterable, Mapping
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["nearest"]

_NEAR: Final = 0.6
"""How alike two names are at least, where 1 is the same and a transposition counts as one mistake."""


def nearest(name: str, known: Mapping[str, str] | Iterable[str], *, most: int = 1) -> list[str]:
    """
    Give the names that somebody may have meant, the nearest first.

    >>> nearest("Warnig", ["Info", "Violation", "Warning"])
    ['Warning']

    Args:
        name: What is not known.
        known: What is, in order; or of each name the part that is compared.
        most: How many are given at the most.
    """
    parts = known if isinstance(known, Mapping) else {each: each for each in known}
    found = process.extract(name, parts, scorer=OSA.normalized_similarity, limit=most, score_cutoff=_NEAR)
    return [near for _, _, near in found]

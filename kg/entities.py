"""The wish to have one entity described; :mod:`kg.evaluation` answers it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGE_SIZE", "EntityRequest"]

PAGE_SIZE = 500
"""How many statements that lead to an entity stand on one page."""


@dataclass(frozen=True)
class EntityRequest:
    """
    The wish to have an entity described.

    ``document`` is the IRI of the description, ``dataset`` that of the dataset; ``label_properties`` are the properties
    that name things, the best first; ``page`` counts from 1, and None asks only whether the entity is there.
    ``context`` is the file of the JSON-LD context, with which that format is written.
    """

    iri: str
    document: str
    dataset: str
    label_properties: tuple[str, ...]
    page: int | None = 1
    context: Path | None = None

"""
Write the index of a release: one file of SQLite, whose content depends on the dataset only.

Source: SQLite FTS5 Extension, sections 4.2 and 4.3.1.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from kg.search.content import Field, SearchContent, SearchDocument
from kg.search.labels import Label, write_labels
from kg.search.words import clean, separated

__all__ = ["is_index", "write_index"]

_SCHEMA: Final = """
CREATE TABLE facet (name TEXT PRIMARY KEY, labels TEXT NOT NULL, by_value INTEGER NOT NULL, position INTEGER NOT NULL);
CREATE TABLE name (value TEXT PRIMARY KEY, labels TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, labels TEXT NOT NULL, languages TEXT NOT NULL);
CREATE TABLE placement (
  document INTEGER NOT NULL, facet TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (document, facet, value)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
  name, text, quotation, related,
  prefix='1 2 3',
  tokenize="unicode61 remove_diacritics 2 categories 'L* N* M*'"
);
"""
_FORM: Final = 2
"""Counts the forms that the index has had, so that one of an earlier version is known."""
_FORM_PLACE: Final = slice(60, 64)
_Row = tuple[object, ...]


def is_index(path: Path) -> bool:
    """
    Tell whether a file is an index in the form that this version reads.

    Source: Database File Format (SQLite), section 1.3.
    """
    try:
        with path.open("rb") as file:
            return int.from_bytes(file.read(_FORM_PLACE.stop)[_FORM_PLACE]) == _FORM
    except FileNotFoundError:
        return False


def write_index(path: Path, content: SearchContent) -> None:
    """
    Write an index.

    Documents are numbered as they come, so that this is their order where no words are asked for.

    Args:
        path: A file that is not there yet.
        content: What is found.
    """

    def numbered() -> Iterator[tuple[int, SearchDocument]]:
        return enumerate(content.documents, start=1)

    with closing(sqlite3.connect(path)) as index, index:
        index.executescript(_SCHEMA)
        index.execute(f"PRAGMA user_version = {_FORM}")
        facets = [(one.name, write_labels(one.labels), one.by_value, place) for place, one in enumerate(content.facets)]
        index.executemany("INSERT INTO facet VALUES (?, ?, ?, ?)", facets)
        names = [(value, write_labels(labels)) for value, labels in sorted(content.names.items())]
        index.executemany("INSERT INTO name VALUES (?, ?)", names)
        index.executemany("INSERT INTO document VALUES (?, ?, ?, ?)", map(_document_row, numbered()))
        index.executemany("INSERT INTO placement VALUES (?, ?, ?)", _placement_rows(numbered()))
        index.executemany(
            "INSERT INTO words (rowid, name, text, quotation, related) VALUES (?, ?, ?, ?, ?)", _word_rows(numbered())
        )
        index.execute("INSERT INTO words (words) VALUES ('optimize')")


def _document_row(numbered: tuple[int, SearchDocument]) -> _Row:
    number, document = numbered
    languages = [[text.language for text in document.texts if text.field is field] for field in Field]
    labels = tuple(Label(one.language, clean(one.text)) for one in document.labels)
    return number, document.iri, write_labels(labels), json.dumps(languages)


def _placement_rows(numbered: Iterable[tuple[int, SearchDocument]]) -> Iterator[_Row]:
    for number, document in numbered:
        for facet, value in sorted(set(document.placements)):
            yield number, facet, value


def _word_rows(numbered: Iterable[tuple[int, SearchDocument]]) -> Iterator[_Row]:
    """Give the texts of each field, one on a line, in the order of their languages."""
    for number, document in numbered:
        fields = ([clean(text.value) for text in document.texts if text.field is field] for field in Field)
        yield number, *(separated("\n".join(lines)) for lines in fields)

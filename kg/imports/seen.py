"""What an import has described already, kept on disk so that memory is bounded whatever the size of the feed."""

import sqlite3
from hashlib import blake2b
from types import TracebackType
from typing import Self

__all__ = ["Seen"]


class Seen:
    """Remembers names of several kinds, in a database of SQLite that nobody else sees and that ends with it."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
            "CREATE TABLE seen (name BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID; BEGIN;"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def is_first(self, kind: str, name: str) -> bool:
        """Tell whether a name was not asked for before."""
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, 1)", (_key(kind, name),))
        return added.rowcount == 1

    def count(self, kind: str, name: str) -> int:
        """Give how often a name was counted, this time included."""
        statement = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1 RETURNING count"
        found: int = self._database.execute(statement, (_key(kind, name),)).fetchone()[0]
        return found


def _key(kind: str, name: str) -> bytes:
    return blake2b(f"{kind} {name}".encode(), digest_size=16).digest()

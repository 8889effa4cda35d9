"""Digests of small files, which stand for what the files hold wherever they lie."""

import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

__all__ = ["content_digest"]

_MOST_KNOWN = 1000


def content_digest(path: Path) -> str:
    """Give a digest of what a file holds, which is read again only when its date or its length is another."""
    facts = path.stat()
    return _digest(os.fspath(path), facts.st_mtime_ns, facts.st_size)


@lru_cache(_MOST_KNOWN)
def _digest(path: str, _mtime_ns: int, _bytes: int) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()[:32]

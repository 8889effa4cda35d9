"""
The names of schema.org in JSON-LD, whatever their prefix; a context is looked into, never fetched.

Source: JSON-LD 1.1, section 4.1 (contexts).
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

__all__ = ["Names", "names_of"]

_SCHEMA: Final = re.compile(r"https?://(?:www\.)?schema\.org/?(?:#)?")
_PREFIXES: Final = ("schema:", "sdo:", "schemaorg:")


_DEEPEST: Final = 32
"""How deep the values of a review may lie; what is deeper is none that is read."""
_LONGEST: Final = 200


class Names:
    """What a context calls the terms of schema.org."""

    def __init__(self, context: Any) -> None:
        self._prefixes: tuple[str, ...] = _PREFIXES
        self._terms: dict[str, str] = {}
        for name, iri in _definitions(context):
            if _SCHEMA.fullmatch(iri):
                self._prefixes = (*self._prefixes, f"{name}:")
            elif not name.startswith("@"):
                self._terms[name] = self._local(iri)
        self._known = lru_cache(maxsize=1024)(self._local)

    def local(self, name: str) -> str:
        """Give a name as schema.org has it."""
        return self._known(name) if len(name) <= _LONGEST else name

    def _local(self, name: str) -> str:
        name = self._terms.get(name, name)
        for prefix in self._prefixes:
            if name.startswith(prefix):
                return name[len(prefix) :]
        found = _SCHEMA.match(name)
        return name[found.end() :] if found else name

    def types(self, value: dict[str, Any]) -> list[str]:
        """Give the classes of an object, as schema.org calls them."""
        given = value.get("@type", value.get("type"))
        return [self.local(each) for each in (given if isinstance(given, list) else [given]) if isinstance(each, str)]

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Give a value with the names of schema.org alone; of two members of one name the first stays."""
        if not isinstance(value, dict | list):
            return value
        if depth > _DEEPEST:
            return None
        if isinstance(value, list):
            return [self.plain(each, depth + 1) for each in value]
        found: dict[str, Any] = {}
        for name, each in value.items():
            found.setdefault(self.local(name), self.plain(each, depth + 1))
        return found


def _definitions(context: Any) -> Iterator[tuple[str, str]]:
    """Give the names that a context defines, with their IRIs."""
    for each in context if isinstance(context, list) else [context]:
        if isinstance(each, dict):
            for name, definition in each.items():
                iri = definition.get("@id") if isinstance(definition, dict) else definition
                if isinstance(iri, str):
                    yield name, iri


@lru_cache(maxsize=64)
def _names(context: str) -> Names:
    return Names(json.loads(context))


_PLAIN: Final = Names(None)


def names_of(context: Any) -> Names:
    """
    Give the names of a context.

    Args:
        context: The value of ``@context``; the address of a document counts as schema.org's.
    """
    if not isinstance(context, dict | list):
        return _PLAIN
    terms = dict(_definitions(context))
    return _names(json.dumps(terms, sort_keys=True)) if terms else _PLAIN

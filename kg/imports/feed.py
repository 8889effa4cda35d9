"""
A feed of JSON, item by item, each with its place; only the item at hand is in memory.

The parser is that of the standard library: it reads one value at any place of a text in the speed of C, and tells the
place of what is wrong. Streaming parsers such as ijson tell neither the place of an item nor that of an error.

Source: RFC 8259 (JSON); schema.org DataFeed, ItemList; JSON-LD 1.1, section 4.9 (named graphs).
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Final

from kg.errors import FeedSyntaxError

__all__ = ["Feed", "FeedItem", "Place"]

_CONTAINERS: Final = re.compile(r"(?:.*[:/#])?(?:@graph|dataFeedElement|itemListElement)")
"""Members that hold the items of a feed, whatever their prefix."""
_CHUNK_BYTES: Final = 1 << 20
_ITEM_CHARACTERS: Final = 16 << 20
_WHOLE_CHARACTERS: Final = 1 << 20
_DEEPEST: Final = 64
_BLANK: Final = re.compile(r"[ \t\r\n]*+")
_NEAR_END: Final = 16
"""An escape or a word such as ``false`` that the end of the text cuts off is told this far before it at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a feed: its line from 1, its byte from 0."""

    line: int
    byte: int


@dataclass(frozen=True, slots=True)
class FeedItem:
    """
    A value of a feed, the ``@context`` around it and its place.

    ``is_envelope`` tells that its items are given for themselves.
    """

    value: Any
    context: Any
    place: Place
    is_envelope: bool = False


class Feed:
    """
    The items of a feed.

    Args:
        source: The bytes; UTF-8, or UTF-16 or UTF-32 as JSON recognizes them.
        name: What messages call it.
    """

    def __init__(self, source: IO[bytes], name: str) -> None:
        self._source = source
        self._name = name
        self._digest = sha256()
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = "utf-8"
        # line ends inside of strings are common in real feeds; numbers stay as they are written
        self._json = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=lambda _: None)
        self._text = ""
        self._at = 0
        self._line, self._byte, self._counted = 1, 0, 0
        self._is_at_end = False
        self._flaw: FeedSyntaxError | None = None
        self.bytes_read = 0

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes that were read, in hexadecimal digits."""
        return self._digest.hexdigest()

    def items(self) -> Iterator[FeedItem]:
        """
        Give the items; arrays, and the members of an object that hold items, are taken apart.

        Several values behind each other, such as one a line, are read too.

        Raises:
            FeedSyntaxError: It is no JSON from some place on, no text, or has an item too large or too deep; what was
                given before stands.
        """
        while self._skip_blanks():
            yield from self._value(None, 0)

    def _value(self, context: Any, depth: int) -> Iterator[FeedItem]:
        if depth > _DEEPEST:
            raise self._error(self._at, f"lists of items lie more than {_DEEPEST} deep in each other: take them apart")
        first = self._text[self._at]
        if first == "[":
            yield from self._array(context, depth)
            return
        if first == "{" and not self._is_one_item():
            yield from self._object(context, depth)
            return
        place = self._place(self._at)
        yield FeedItem(self._decode(), context, place)

    def _array(self, context: Any, depth: int) -> Iterator[FeedItem]:
        place = self._place(self._at)
        self._at += 1
        self._require()
        if depth and self._text[self._at] == "]":
            yield FeedItem([], context, place)
        while self._text[self._at] != "]":
            yield from self._value(context, depth + 1)
            self._separate("]")
        self._at += 1

    def _object(self, context: Any, depth: int) -> Iterator[FeedItem]:
        """Take apart an object that holds items, or is large; its other members are given as one, last."""
        members: dict[str, Any] = {}
        place, is_envelope = self._place(self._at), False
        self._at += 1
        self._require()
        while self._text[self._at] != "}":
            name = self._decode() if self._text[self._at] == '"' else self._fail("a name in quotation marks")
            self._require()
            if self._text[self._at] != ":":
                self._fail("a colon")
            self._at += 1
            self._require()
            if self._text[self._at] == "[" and _CONTAINERS.fullmatch(name):
                is_envelope = True
                yield from self._array(members.get("@context", context), depth)
            else:
                members[name] = self._decode()
            self._separate("}")
        self._at += 1
        yield FeedItem(members, context, place, is_envelope)

    def _is_one_item(self) -> bool:
        """Tell whether the object at hand ends within a megabyte, and holds no items; a broken one counts as large."""
        while True:
            try:
                value, _ = self._json.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                if len(self._text) - self._at > _WHOLE_CHARACTERS or not self._more():
                    return False
            else:
                return not any(isinstance(each, list) and _CONTAINERS.fullmatch(name) for name, each in value.items())

    def _decode(self) -> Any:
        """Read the value at hand whole."""
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.pos >= len(self._text) - _NEAR_END or error.msg.startswith("Unterminated string")
                if is_cut and self._more():
                    self._require_bound()
                    continue
                raise self._error(error.pos, error.msg[:1].lower() + error.msg[1:]) from error
            except RecursionError as error:
                raise self._error(self._at, "an item is nested too deeply: expected a few levels") from error
            if end < len(self._text) or not self._more():
                self._at = end
                return value

    def _require_bound(self) -> None:
        if len(self._text) - self._at > _ITEM_CHARACTERS:
            raise self._error(self._at, f"one item or text has more than {_ITEM_CHARACTERS >> 20} Mi characters")

    def _separate(self, end: str) -> None:
        """Go behind the comma, or to the mark that ends an array or an object."""
        self._require()
        if self._text[self._at] == ",":
            self._at += 1
            self._require()
            if self._text[self._at] == end:
                self._fail("another item behind the comma")
        elif self._text[self._at] != end:
            self._fail(f"a comma or {end}")

    def _require(self) -> None:
        """Go to what is no blank, which must be there."""
        if not self._skip_blanks():
            raise self._error(self._at, "it ends in the middle: is it cut off?")

    def _skip_blanks(self) -> bool:
        """Go to what is no blank; gives whether there is anything."""
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        """Read on; what is done with is let go."""
        if self._flaw:
            raise self._flaw
        if self._is_at_end:
            return False
        self._count(self._at)
        try:
            chunk = self._source.read(_CHUNK_BYTES)
        except OSError as error:
            raise self._error(len(self._text), f"cannot be read on: {error.strerror}") from error
        self._digest.update(chunk)
        self.bytes_read += len(chunk)
        self._is_at_end = not chunk
        if self._decoder is None:
            self._encoding = json.detect_encoding(chunk)
            self._decoder = codecs.getincrementaldecoder(self._encoding)()
        text = self._decoded(chunk, self._decoder)
        self._text = self._text[self._at :] + text
        self._at = self._counted = 0
        return not self._is_at_end or bool(text)

    def _decoded(self, chunk: bytes, decoder: codecs.IncrementalDecoder) -> str:
        """Give the text of a chunk; from what is no text on, reading on raises an error."""
        try:
            return decoder.decode(chunk, final=self._is_at_end)
        except UnicodeDecodeError as error:
            byte = self.bytes_read - len(error.object) + error.start
            text = error.object[: error.start].decode(self._encoding, "replace")
            line = self._line + self._text[self._counted :].count("\n") + text.count("\n")
            found = f"found the byte 0x{error.object[error.start]:02X}, which is no {self._encoding.upper()}"
            self._flaw = FeedSyntaxError(self._name, line, byte, f"{found}: is it text, and in UTF-8?")
            return text

    def _count(self, to: int) -> None:
        """Count lines and bytes up to a place."""
        passed = self._text[self._counted : to]
        self._line += passed.count("\n")
        self._byte += len(passed) if passed.isascii() and self._encoding == "utf-8" else self._length(passed)
        self._counted = to

    def _length(self, text: str) -> int:
        encoding = self._encoding.replace("-sig", "")
        return len(text.encode(encoding if encoding == "utf-8" else encoding[:6] + "-le", "surrogatepass"))

    def _place(self, at: int) -> Place:
        if at >= self._counted:
            self._count(at)
            return Place(self._line, self._byte)
        passed = self._text[at : self._counted]
        return Place(self._line - passed.count("\n"), self._byte - self._length(passed))

    def _fail(self, expected: str) -> Any:
        raise self._error(self._at, f'found "{self._text[self._at]}", expected {expected}')

    def _error(self, at: int, problem: str) -> FeedSyntaxError:
        place = self._place(at)
        return FeedSyntaxError(self._name, place.line, place.byte, problem)

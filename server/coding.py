"""Compress the pieces of an answer, so that each can be sent before the next is there."""

import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it has no annotations
import zstandard

__all__ = ["Coder", "coder_for"]

_GZIP_WINDOW = 31  # the largest window, with the header of gzip


class Coder(Protocol):
    """Codes bytes piece by piece."""

    def code(self, piece: bytes) -> bytes:
        """Give what can be sent for a piece; it may be empty."""

    def end(self) -> bytes:
        """Give what remains."""


class _Gzip:
    def __init__(self) -> None:
        self._compressor = zlib.compressobj(6, wbits=_GZIP_WINDOW)

    def code(self, piece: bytes) -> bytes:
        return self._compressor.compress(piece) + self._compressor.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._compressor.flush()


class _Brotli:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=4)

    def code(self, piece: bytes) -> bytes:
        return bytes(self._compressor.process(piece) + self._compressor.flush())

    def end(self) -> bytes:
        return bytes(self._compressor.finish())


class _Zstandard:
    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=3).compressobj()

    def code(self, piece: bytes) -> bytes:
        return self._compressor.compress(piece) + self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._compressor.flush()


_CODERS: dict[str, type[_Gzip] | type[_Brotli] | type[_Zstandard]] = {"gzip": _Gzip, "br": _Brotli, "zstd": _Zstandard}


def coder_for(coding: str) -> Coder:
    """Give a coder of one of the codings that :func:`server.negotiation.choose_coding` chooses."""
    return _CODERS[coding]()

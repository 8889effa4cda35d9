"""
What a client and a worker say to each other over a Unix socket, each message with its length before it.

The worker first names its process, so that the client can end it; then come the pieces of the answer and an end, or a
failure. After the end the worker waits until the client hangs up: as long as a client holds the line, the worker is
its own.
"""

import pickle
import socket
import struct
from dataclasses import dataclass
from enum import IntEnum

from kg.entities import EntityRequest
from kg.errors import KgError, QueryWorkerLostError
from kg.formats import Format, ResultKind, named_format
from kg.query import QueryRequest

__all__ = ["HEADER", "Job", "Kind", "encode", "encode_job", "read_failure", "receive", "split_job", "unpack"]

HEADER = struct.Struct("!BI")
_SECONDS = struct.Struct("!d")


class Kind(IntEnum):
    """What a message is."""

    PROCESS = 1
    JOB = 2
    PIECE = 3
    END = 4
    FAILURE = 5


@dataclass(frozen=True)
class Job:
    """
    A query or an entity, or None for the whole dataset, and the format of the answer.

    ``seconds`` is how long it may take; the worker is ended then, and tells that to whomever it asks.
    """

    request: QueryRequest | EntityRequest | None
    row: Format
    seconds: float = 0.0

    def pack(self) -> bytes:
        """Give its bytes; they are made of plain values, since that takes a quarter of the time."""
        request = self.request
        if isinstance(request, EntityRequest):
            return pickle.dumps((request, ((), ()), self.row.name, self.seconds))
        asked = request and (
            request.text,
            request.kind.value,
            request.has_dataset_clause,
            request.asks_others,
            request.labels,
        )
        graphs = (request.default_graphs, request.named_graphs) if request else ((), ())
        return pickle.dumps((asked, graphs, self.row.name, self.seconds))

    @classmethod
    def unpack(cls, payload: bytes) -> "Job":
        """Read what :meth:`pack` gave."""
        asked, (default, named), name, seconds = pickle.loads(payload)  # noqa: S301 - from a process of ours
        if not asked or isinstance(asked, EntityRequest):
            return cls(asked, named_format(name, ResultKind.GRAPH), seconds)
        text, kind, has_dataset_clause, asks_others, labels = asked
        request = QueryRequest(
            text,
            ResultKind(kind),
            has_dataset_clause=has_dataset_clause,
            asks_others=asks_others,
            labels=labels,
            default_graphs=default,
            named_graphs=named,
        )
        return cls(request, named_format(name, request.kind), seconds)


def encode(kind: Kind, payload: bytes = b"") -> bytes:
    """Give the bytes of a message."""
    return HEADER.pack(kind, len(payload)) + payload


def encode_job(job: bytes, seconds: float) -> bytes:
    """Give the bytes of the message that asks for a job, which may take so many seconds."""
    return encode(Kind.JOB, _SECONDS.pack(seconds) + job)


def split_job(payload: bytes) -> tuple[float, bytes]:
    """Give the seconds that a job may take, and the job."""
    return _SECONDS.unpack_from(payload)[0], payload[_SECONDS.size :]


def unpack(header: bytes) -> tuple[Kind, int]:
    """Give the kind of a message and the length of what follows its header."""
    kind, size = HEADER.unpack(header)
    return Kind(kind), size


def receive(line: socket.socket) -> tuple[Kind, bytes] | None:
    """Wait for a message; None says that the other side has hung up."""
    header = _exactly(line, HEADER.size)
    if header is None:
        return None
    kind, size = unpack(header)
    payload = _exactly(line, size)
    return None if payload is None else (kind, payload)


def read_failure(payload: bytes) -> KgError:
    """Give the exception that a worker has met."""
    error = pickle.loads(payload)  # noqa: S301 - from a process of ours
    return error if isinstance(error, KgError) else QueryWorkerLostError("a worker failed in an unknown way")


def _exactly(line: socket.socket, size: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < size:
        piece = line.recv(min(size - len(pieces), 1 << 16))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)

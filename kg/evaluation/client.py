"""
Ask the workers of a release: wait in line, read the answer piece by piece, and end a worker that takes too long.

Whoever gives up, for want of time or because its own client has gone, ends the worker; another is there in
milliseconds, and nobody else notices.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator
from contextlib import suppress

from kg.config import Limits
from kg.entities import EntityRequest
from kg.errors import EngineTimeoutError, QueryTimeoutError, QueryWorkerLostError, ServiceBusyError
from kg.evaluation.messages import HEADER, Job, Kind, encode_job, read_failure, unpack
from kg.formats import Format
from kg.query import QueryRequest

__all__ = ["Answer", "QueryClient", "ask_worker"]

_CHUNK = 1 << 18


class QueryClient:
    """Asks the workers at an address; any number of queries at once."""

    def __init__(self, address: str, limits: Limits, *, engine: str = "") -> None:
        """
        Make a client.

        Args:
            address: The path of the Unix socket of a :class:`kg.evaluation.WorkerHost`.
            limits: How long one query may take.
            engine: The address of the engine that the workers ask, if they ask one.
        """
        self._address = address
        self._limits = limits
        self._engine = engine

    async def ask(
        self, request: QueryRequest | EntityRequest | None, row: Format, *, timeout_seconds: float | None = None
    ) -> "Answer":
        """
        Ask a query, and wait for the first piece of the answer.

        Args:
            request: The query and its dataset, or an entity; None asks for the whole dataset with its named graphs.
            row: A format that fits the kind of the answer.
            timeout_seconds: How long it may take if that is less than the limit, waiting for a worker included.

        Raises:
            ServiceBusyError: Too many queries wait, or no worker became free in time.
            QueryTimeoutError, EngineTimeoutError: The time ran out.
            QueryWorkerLostError: The query took more memory or stack than a worker has.
            QuerySyntaxError, QueryEvaluationError, ResultTooLargeError, FormatError: As the worker says.
            ReleaseError: The store of the release cannot be read.
        """
        limit = self._limits.timeout_seconds
        if isinstance(request, QueryRequest) and request.asks_others:
            limit = min(limit, self._limits.service_timeout_seconds)
        seconds = min(timeout_seconds or limit, limit)
        job = Job(request, row, seconds).pack()
        return await ask_worker(self._address, job, seconds, self._limits, engine=self._engine)

    def evaluate(
        self, request: QueryRequest | EntityRequest | None, row: Format, *, timeout_seconds: float | None = None
    ) -> bytes:
        """Ask a query as :meth:`ask` does, outside of any event loop, and give the whole answer."""

        async def whole() -> bytes:
            return await (await self.ask(request, row, timeout_seconds=timeout_seconds)).whole()

        return asyncio.run(whole())


async def ask_worker(
    address: str,
    job: bytes,
    seconds: float,
    limits: Limits,
    *,
    patience_seconds: float | None = None,
    engine: str = "",
) -> "Answer":
    """
    Ask for a job, and wait for the first piece of the answer.

    Args:
        address: The path of the Unix socket of a host of workers.
        job: What its work understands.
        seconds: How long it may take.
        limits: What it may cost.
        patience_seconds: How long to wait for a worker beside that; without it, waiting is part of ``seconds``.
        engine: The address of the engine that the worker asks, if it asks one; then that is out of time.

    Raises:
        ServiceBusyError: Too many clients wait, or no worker became free in time.
        QueryTimeoutError: The time ran out.
        QueryWorkerLostError: The job took more memory or stack than a worker has.
        KgError: As the worker says.
    """
    answer = Answer(_connect(address, limits), seconds, limits, engine)
    try:
        await answer.begin(encode_job(job, seconds), patience_seconds)
    except BaseException:
        answer.close()
        raise
    return answer


def _connect(address: str, limits: Limits) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.setblocking(False)
    try:
        line.connect(address)
    except BlockingIOError as error:
        line.close()
        raise ServiceBusyError(
            "too many queries wait for an answer: ask again in a moment", queue=limits.queue
        ) from error
    except OSError as error:
        line.close()
        raise ServiceBusyError("the workers are being replaced: ask again in a moment") from error
    return line


class Answer:
    """
    An answer that is being read.

    ``first`` is its first piece; ``is_whole`` tells that there is no other.
    """

    def __init__(self, line: socket.socket, seconds: float, limits: Limits, engine: str = "") -> None:
        """Hold the line to a worker; :meth:`begin` asks it."""
        self.first = b""
        self.is_whole = False
        self._line: socket.socket | None = line
        self._seconds = seconds
        self._limits = limits
        self._engine = engine
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._process = 0
        self._received = bytearray()

    async def begin(self, message: bytes, patience_seconds: float | None = None) -> None:
        """Send the message that asks for a job, and read the first piece; see :func:`ask_worker`."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout_at(now() + patience_seconds if patience_seconds else self._deadline) as timeout:
                await self._send(message)
                kind, payload = await self._message()
                self._process = int(payload)
                if patience_seconds:
                    self._deadline = now() + self._seconds
                    timeout.reschedule(self._deadline)
                kind, payload = await self._message()
        except TimeoutError as error:
            raise self._out_of_time() from error
        self.first = payload
        self.is_whole = kind is Kind.END or self._ends_here()
        if self.is_whole:
            self._hang_up()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """
        Give the pieces of the answer, the first included.

        Raises:
            KgError: What comes after the first piece can fail as the first can; what was given is then a fragment.
        """
        try:
            yield self.first
            while not self.is_whole:
                kind, payload = await self._next()
                self.is_whole = kind is Kind.END
                if kind is Kind.PIECE:
                    yield payload
        finally:
            self.close()

    async def whole(self) -> bytes:
        """
        Read the answer to its end, and give all of it.

        Raises:
            KgError: As :meth:`pieces` says.
        """
        self.first = b"".join([piece async for piece in self.pieces()])
        return self.first

    def close(self) -> None:
        """Let go of the worker; if it still works on this answer, end it."""
        if self._line and not self.is_whole and self._process:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
        self._hang_up()

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
            self._line = None

    def _ends_here(self) -> bool:
        """Tell whether the end of the answer has come together with what was read."""
        return len(self._received) >= HEADER.size and unpack(bytes(self._received[: HEADER.size]))[0] is Kind.END

    async def _next(self) -> tuple[Kind, bytes]:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._message()
        except TimeoutError as error:
            raise self._out_of_time() from error

    async def _message(self) -> tuple[Kind, bytes]:
        """
        Read one message; a failure is raised.

        Raises:
            KgError: The worker has failed, or is gone.
        """
        kind, size = unpack(await self._exactly(HEADER.size))
        payload = await self._exactly(size)
        if kind is Kind.FAILURE:
            self.is_whole = True
            raise read_failure(payload)
        return kind, payload

    async def _exactly(self, size: int) -> bytes:
        while len(self._received) < size:
            chunk = await asyncio.get_running_loop().sock_recv(self._open_line(), _CHUNK)
            if not chunk:
                raise QueryWorkerLostError(
                    "the query took more memory or a deeper stack than one query may: ask for less, or nest less",
                    memory_bytes=self._limits.memory_bytes,
                )
            self._received += chunk
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    async def _send(self, message: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._open_line(), message)

    def _open_line(self) -> socket.socket:
        if self._line is None:
            raise QueryWorkerLostError("the line to the worker is closed")
        return self._line

    def _out_of_time(self) -> QueryTimeoutError | ServiceBusyError | EngineTimeoutError:
        if not self._process:
            return ServiceBusyError(
                f"no worker became free in {self._seconds:g} seconds: ask again in a moment",
                timeout_seconds=self._seconds,
            )
        if self._engine:
            problem = (
                f"gave no whole answer in {self._seconds:g} seconds: add a LIMIT, or name more of what you look for"
            )
            return EngineTimeoutError(self._engine, problem)
        return QueryTimeoutError(
            f"the query took longer than {self._seconds:g} seconds: add a LIMIT, or name more of what you look for",
            timeout_seconds=self._seconds,
        )

"""
The connection to an engine: the SPARQL protocol and the Graph Store HTTP Protocol, as their client.

What comes back is held to what was asked: its status, its media type, that it is whole, and that the engine does not
mark it as a part. Nothing is retried but a request that never arrived, and a query whose kept connection was gone.

Source: SPARQL 1.1 Protocol, sections 2.1 and 2.2; SPARQL 1.1 Graph Store HTTP Protocol, section 5.
"""

import io
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import count
from threading import Lock
from typing import Final, cast

import httpx

from kg.errors import (
    EngineAnswerError,
    EngineError,
    EngineTimeoutError,
    EngineUnreachableError,
)
from kg.formats import ReadResult, ResultKind, read_result, result_kind
from kg.remote.answers import Body, fault, one_line
from kg.remote.credentials import Credentials, read_credentials
from kg.remote.engines import Addresses, Engine, find_addresses, find_engine, named_engine, require_address
from kg.store_settings import StoreSettings, http_address
from kg.terms import Literal, Triple

__all__ = ["Endpoint"]

_CONNECT_SECONDS = 5.0
_JSON: Final = "application/sparql-results+json"
_N_TRIPLES: Final = "application/n-triples"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_UPDATE: Final = {"Content-Type": "application/sparql-update"}
_PROBE: Final = "ASK {}"
_PAGE: Final = "CONSTRUCT { ?subject ?predicate ?object } WHERE { ?subject ?predicate ?object } LIMIT %d OFFSET %d"
_VIRTUOSO_BOOLEAN: Final = "__ASK_RETVAL"
_BOOLEANS: Final = {
    value: b'{"head": {}, "boolean": %s}' % text for value, text in ((True, b"true"), (False, b"false"))
}
_AGENT: Final = "agon"
_GONE: Final = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
"""By which one learns that a connection was gone that had been kept."""
_BULK_BYTES: Final = 100_000
"""Less than that is written faster by a transaction."""


class Endpoint:
    """
    An engine that is asked and written by HTTP; its connections are kept and shared between threads.

    ``name`` is its address, for messages. Close it, or use it as a context manager.
    """

    def __init__(
        self, settings: StoreSettings, *, credentials: Credentials | None = None, timeout_seconds: float = 60.0
    ) -> None:
        """
        Prepare; nothing is sent yet.

        Args:
            settings: Its address, and its kind if that cannot be recognised.
            credentials: Who we are to it; without them they are read from the environment.
            timeout_seconds: How long one answer may take, or one piece of a graph that is written.

        Raises:
            ConfigError: The address or the credentials cannot be used.
        """
        self.name = http_address(settings.url, "the store")
        self._settings = settings
        self._credentials = read_credentials() if credentials is None else credentials
        self._seconds = timeout_seconds
        self._named = named_engine(settings.engine) if settings.engine else None
        self._lock = Lock()
        self._client = httpx.Client(
            headers={"User-Agent": _AGENT},
            timeout=httpx.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds)),
            transport=httpx.HTTPTransport(
                verify=_known_certificates(),
                retries=1,  # of connecting only: then nothing has been asked yet
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=8),
            ),
            trust_env=False,
        )

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    @property
    def engine(self) -> Engine:
        """
        The kind of the engine, by the settings or by what it says of itself.

        Raises:
            EngineError: It cannot be asked.
        """
        with self._lock:
            if self._named is None:
                with self._asked({"query": _PROBE}, _JSON, None) as response:
                    self._named = find_engine(response.headers.get("server", ""))
            return self._named

    @cached_property
    def addresses(self) -> Addresses:
        """Where it is asked and written; raises as :attr:`engine` does."""
        return find_addresses(self.engine, self._settings, names_user=self._credentials.names_user)

    @contextmanager
    def query(
        self,
        text: str,
        kind: ResultKind,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_seconds: float | None = None,
    ) -> Iterator[ReadResult]:
        """
        Ask a query; the answer is read as it comes, inside the context.

        At the end of the context the connection is looked at: an answer that was not whole is an error there.

        Args:
            text: One query in SPARQL 1.1.
            kind: The kind of its answer.
            default_graphs: The graphs whose union is the default graph.
            named_graphs: The named graphs.
            timeout_seconds: How long it may take, if less than usual; the engine is told where it can be.

        Raises:
            EngineError: The engine cannot be asked, or what it answers is not a whole answer.
        """
        engine, seconds = self.engine, min(timeout_seconds or self._seconds, self._seconds)
        form: dict[str, str | list[str]] = {"query": text}
        if default_graphs:
            form["default-graph-uri"] = list(default_graphs)
        if named_graphs:
            form["named-graph-uri"] = list(named_graphs)
        if engine.deadline and timeout_seconds:
            form[engine.deadline.parameter] = engine.deadline.value(seconds)
        accept = engine.graph_type if kind is ResultKind.GRAPH else _JSON
        with self._asked(form, accept, seconds) as response:
            body = Body(response, self.name, accept, seconds, engine.misspelt)
            with body.faults():
                yield _fitting(read_result(body, accept), kind, self.name)
            body.finish()

    def ask(self, text: str, *, default_graphs: Sequence[str] = (), timeout_seconds: float | None = None) -> bool:
        """Ask an ASK query; see :meth:`query`."""
        with self.query(
            text, ResultKind.BOOLEAN, default_graphs=default_graphs, timeout_seconds=timeout_seconds
        ) as answer:
            return bool(answer)

    def update(self, text: str) -> None:
        """
        Send an update; it is sent once only, whatever happens.

        Raises:
            EngineError: It was refused, or nobody knows whether it was done.
            ConfigError: Nobody knows where updates are sent.
        """
        address = require_address(self.addresses.update, "update_url", self.name)
        self._write("POST", address, text.encode(), headers=_UPDATE)

    @contextmanager
    def read_graph(self, iri: str, *, whole_seconds: float | None = None) -> Iterator[Iterator[Triple]]:
        """
        Read a named graph; the triples come inside the context, as :meth:`query` gives them.

        Args:
            iri: The graph.
            whole_seconds: How long it may take in all, if not as long as any answer; each piece, or each page where
                an engine gives pages, may take as long.

        Raises:
            EngineError: As :meth:`query` says. A graph that is not there has no triples.
            ConfigError: Nobody knows the address of the graph store.
        """
        if self.engine.page_triples:
            yield self._pages(iri, self.engine.page_triples)
            return
        request = self._client.build_request(
            "GET", self._graph_store(), params={"graph": iri}, headers={"Accept": self.engine.graph_type}
        )
        with self._sent(request, self._seconds) as response:
            if response.status_code == 404:
                yield iter(())
                return
            self._require_success(response)
            body = Body(response, self.name, self.engine.graph_type, whole_seconds or self._seconds)
            with body.faults():
                yield read_result(body, self.engine.graph_type)  # type: ignore[misc]
            body.finish()

    def _pages(self, iri: str, size: int) -> Iterator[Triple]:
        for first in count(0, size):
            given = 0
            with self.query(_PAGE % (size, first), ResultKind.GRAPH, default_graphs=[iri]) as triples:
                for triple in cast(Iterable[Triple], triples):
                    given += 1
                    yield triple
            if given < size:
                return

    def put_graph(self, iri: str, content: bytes) -> None:
        """
        Replace a named graph; who asks meanwhile may see a part of it.

        Args:
            iri: The graph.
            content: Its triples in N-Triples.

        Raises:
            EngineError: It was refused, or nobody knows whether it was done. It may be sent again.
            ConfigError: Nobody knows the address of the graph store.
        """
        self._write_graph("PUT", iri, content)

    def post_graph(self, iri: str, content: bytes) -> None:
        """Add triples to a named graph, as :meth:`put_graph` replaces one."""
        self._write_graph("POST", iri, content)

    def delete_graph(self, iri: str) -> None:
        """Drop a named graph; one that is not there is no error. Raises as :meth:`put_graph` does."""
        self._write("DELETE", self._graph_store(), b"", params={"graph": iri}, allowed=404)

    def _write_graph(self, method: str, iri: str, content: bytes) -> None:
        address, params = self._graph_store(), {"graph": iri}
        if self.engine.bulk_parameter and len(content) > _BULK_BYTES:
            params[self.engine.bulk_parameter] = ""
        self._write(method, address, content, headers={"Content-Type": _N_TRIPLES}, params=params)

    def _graph_store(self) -> str:
        return require_address(self.addresses.graph_store, "graph_store_url", self.name)

    @contextmanager
    def _asked(self, form: Mapping[str, object], accept: str, seconds: float | None) -> Iterator[httpx.Response]:
        """Post a query; if a kept connection was gone before an answer began, post it again on a fresh one."""
        request = self._client.build_request("POST", self.name, data=form, headers={"Accept": accept, **_FORM})
        with self._sent(request, seconds, again=True) as response:
            self._require_success(response)
            yield response

    def _write(
        self,
        method: str,
        address: str,
        content: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        allowed: int = 0,
    ) -> None:
        request = self._client.build_request(
            method, address, content=content, headers=dict(headers or {}), params=dict(params) if params else None
        )
        with self._sent(request, None) as response:
            if response.status_code != allowed:
                self._require_success(response)

    @contextmanager
    def _sent(self, request: httpx.Request, seconds: float | None, *, again: bool = False) -> Iterator[httpx.Response]:
        if seconds is not None:
            request.extensions["timeout"] = httpx.Timeout(
                seconds, connect=min(_CONNECT_SECONDS, seconds), pool=seconds
            ).as_dict()
        began = time.monotonic()
        try:
            response = self._client.send(request, auth=self._auth(), stream=True)
        except _GONE as error:
            left = None if seconds is None else seconds - (time.monotonic() - began)
            if not again or (left is not None and left <= 0):
                raise self._failure(error) from error
            with self._sent(request, left) as response:
                yield response
            return
        except httpx.HTTPError as error:
            raise self._failure(error) from error
        try:
            yield response
        finally:
            response.close()

    def _auth(self) -> httpx.Auth | None:
        user, password, token = self._credentials.user, self._credentials.password, self._credentials.token
        if token:
            return _Bearer(token)
        if not user:
            return None
        if self._named and self._named.is_digest:
            return self._digest
        return httpx.BasicAuth(user, password)

    @cached_property
    def _digest(self) -> httpx.DigestAuth:
        return httpx.DigestAuth(self._credentials.user, self._credentials.password)

    def _require_success(self, response: httpx.Response) -> None:
        if not response.is_success or response.status_code == 206:
            raise fault(response, self.name)

    def _failure(self, error: httpx.HTTPError) -> EngineError:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            problem = f"shows a certificate that does not hold ({one_line(str(error))})"
            mend = "if an authority of your own has signed it, name the file of its certificate in SSL_CERT_FILE"
            return EngineUnreachableError(self.name, f"{problem}: {mend}")
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            reason = one_line(str(error)) or f"no connection in {_CONNECT_SECONDS:g} seconds"
            return EngineUnreachableError(
                self.name, f"cannot be reached ({reason}): see that it runs, and that its address is right"
            )
        if isinstance(error, httpx.TimeoutException):
            return EngineTimeoutError(self.name, "gave no answer in time: ask for less, or give it more time")
        if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
            return EngineAnswerError(self.name, f"cannot be spoken to: {one_line(str(error))}")
        reason = one_line(str(error))
        return EngineUnreachableError(self.name, f"broke the connection ({reason}): see whether it still runs")


@cache
def _known_certificates() -> ssl.SSLContext:
    """Read those of the system, unlike httpx by itself, or those that SSL_CERT_FILE names; it takes a while."""
    return ssl.create_default_context()


class _Bearer(httpx.Auth):
    """A bearer token (RFC 6750)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def _fitting(result: ReadResult, kind: ResultKind, engine: str) -> ReadResult:
    """Make sure that an answer is of the kind that was asked for; Virtuoso gives some truth values as a solution."""
    found = result_kind(result)
    if found is kind:
        return result
    variables = [one.value for one in getattr(result, "variables", ())]
    if kind is ResultKind.BOOLEAN and variables == [_VIRTUOSO_BOOLEAN]:
        is_true = any(row[0] in {Literal(1), Literal(True)} for row in cast(Iterable[Sequence[object]], result))
        return read_result(io.BytesIO(_BOOLEANS[is_true]), _JSON)
    problem = f"answered with a {found.value}, expected a {kind.value}: see that it is a SPARQL endpoint"
    raise EngineAnswerError(engine, problem)

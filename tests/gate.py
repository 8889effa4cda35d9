"""A gate before an engine: what is written through it is counted, held up, cut, falsified or refused as a test says."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

__all__ = ["Gate", "gate"]

_SECONDS = 30
_PASSED_ON = ("Accept", "Authorization", "Content-Type")
_PASSED_BACK = ("Content-Type", "Server", "WWW-Authenticate", "X-SQL-State", "X-SPARQL-MaxRows")
_STATUSES = {
    "401": (401, b"who are you"),
    "403": (403, b"not you"),
    "405": (405, b"I only read"),
    "500": (500, b"IO error: No space left on device: while appending to the log"),
    "507": (507, b""),
    "html": (200, b"<html>All is well</html>"),
}


class Gate(ThreadingHTTPServer):
    """
    The gate. ``faults`` gives what happens to a write, by its number since :meth:`reset`; ``*`` to all of them.

    ``arrived`` is set when a write is held up by the fault ``hold``, which goes on when ``go_on`` is set; ``act`` is
    called by the faults ``act``, ``act-after`` and ``act-before``; the last writes then, unless ``act`` says True.
    """

    daemon_threads = True

    def __init__(self, target: str, certificate: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if certificate:
            self.socket = certificate.wrap_socket(self.socket, server_side=True)
        self._scheme = "https" if certificate else "http"
        found = re.fullmatch(r"(https?://[^/]+)(/.*)", target)
        assert found
        self.target, self._path = found.groups()
        self.act: Callable[[], object] = lambda: None
        self.counting = threading.Lock()
        self.reset()

    @property
    def store(self) -> str:
        """What ``--store`` and ``--to`` take."""
        return f"sparql+{self._scheme}://127.0.0.1:{self.server_address[1]}{self._path}"

    def reset(self, faults: dict[int | str, str] | None = None) -> None:
        """Count anew."""
        self.faults = faults or {}
        self.writes: list[str] = []
        self.arrived, self.go_on = threading.Event(), threading.Event()

    def fault(self, name: str) -> str:
        """Count a write, and tell what happens to it."""
        with self.counting:
            self.writes.append(name)
            return self.faults.get(len(self.writes), self.faults.get("*", ""))


class _Handler(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        is_write = self.command != "GET" and path not in {"/query", "/sparql"}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "auth" in path and "Authorization" not in self.headers:  # Virtuoso asks who it is first
            is_write = False
        fault = self.server.fault(f"{self.command} {self.path}") if is_write else ""
        if not fault:
            self._pass_on(body)
        elif fault in _STATUSES:
            status, text = _STATUSES[fault]
            self._answer(status, {"Content-Type": "text/html" if fault == "html" else "text/plain"}, text)
        else:
            getattr(self, "_" + fault.replace("-", "_"))(body)

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - as the server calls them

    def _hold(self, body: bytes) -> None:
        self.server.arrived.set()
        self.server.go_on.wait(_SECONDS)
        self._pass_on(body)

    def _act(self, _: bytes) -> None:
        self.server.act()
        self.close_connection = True

    def _act_before(self, body: bytes) -> None:
        if self.server.act():
            self.close_connection = True
        else:
            self._pass_on(body)

    def _act_after(self, body: bytes) -> None:
        self._ask(body)
        self._act(body)

    def _cut(self, body: bytes) -> None:
        self._ask(b"".join(body.splitlines(keepends=True)[:2]))
        self.close_connection = True

    def _lost(self, body: bytes) -> None:
        self._ask(body)
        self.close_connection = True

    def _falsified(self, body: bytes) -> None:
        self._pass_on(b"".join(body.splitlines(keepends=True)[:-1]))

    def _swallowed(self, _: bytes) -> None:
        self._answer(204, {}, b"")

    def _slow(self, _: bytes) -> None:
        self.server.go_on.wait(_SECONDS)
        self.close_connection = True

    def _ask(self, body: bytes) -> httpx.Response:
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        return httpx.request(
            self.command,
            self.server.target + self.path,
            content=body,
            headers=headers,
            timeout=_SECONDS,
            trust_env=False,
            verify=False,  # no certificate is asked for, and to read those of the system takes a while
        )

    def _pass_on(self, body: bytes) -> None:
        answer = self._ask(body)
        headers = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
        self._answer(answer.status_code, headers, answer.content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if status != 204 else b"")


@contextmanager
def gate(target: str, certificate: ssl.SSLContext | None = None) -> Iterator[Gate]:
    """Put one before an engine; with a certificate it is spoken to by https."""
    with Gate(target, certificate) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()

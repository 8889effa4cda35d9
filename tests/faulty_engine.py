"""A server between ours and an engine that answers wrongly where a query asks for it: it names ``urn:fault``."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

__all__ = ["FaultyEngine", "faulty_engine"]

_JSON = "application/sparql-results+json"
_HEAD = b'{"head": {"vars": ["x"]}, "results": {"bindings": [\n'
_ROW = b'{"x": {"type": "literal", "value": "1"}}'
_SECONDS = 20


class FaultyEngine(ThreadingHTTPServer):
    """The server; ``fault`` names what goes wrong next, ``is_left`` is set when a client goes without an answer."""

    daemon_threads = True
    fault = ""

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.is_left = threading.Event()
        self.authorizations: list[str] = []
        self.questions: list[str] = []
        self.clients: list[int] = []

    @property
    def store(self) -> str:
        """What ``--store`` takes."""
        return f"sparql+http://127.0.0.1:{self.server_address[1]}/query"


class _Handler(BaseHTTPRequestHandler):
    server: FaultyEngine
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.authorizations.append(self.headers.get("Authorization", ""))
        self.server.questions.append(body.decode())
        self.server.clients.append(self.client_address[1])
        if self.server.fault and b"urn%3Afault" in body:
            getattr(self, "_" + self.server.fault)()
            return
        headers = {name: self.headers[name] for name in ("Accept", "Content-Type")}
        answer = httpx.post(
            self.server.target, content=body, headers=headers, timeout=_SECONDS, trust_env=False, verify=False
        )
        self._send(answer.status_code, answer.headers["Content-Type"], answer.content, Server=answer.headers["Server"])

    def log_message(self, *_: object) -> None:
        pass

    def _send(self, status: int, media_type: str, body: bytes, size: int | None = None, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": media_type, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if size is None else size))
        self.end_headers()
        self.wfile.write(body)

    def _html(self) -> None:
        self._send(200, "text/html", b"<html>All is well</html>")

    def _truncated(self) -> None:
        self._send(200, _JSON, _HEAD + _ROW)

    def _closing(self) -> None:
        self._send(200, _JSON, _HEAD + _ROW + b"]}}", Connection="close")
        self.close_connection = True

    def _short(self) -> None:
        self._send(200, _JSON, _HEAD + _ROW + b"]}}", size=10_000)
        self.close_connection = True

    def _unended(self) -> None:
        self._chunked([_HEAD + _ROW + b"]}}"])

    def _late(self) -> None:
        self._chunked([_HEAD, *[_ROW + b",\n"] * 60_000])

    def _chunked(self, chunks: list[bytes]) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", _JSON)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.close_connection = True

    def _gone(self) -> None:
        """Leave without an answer, once."""
        self.server.fault = "whole"
        self.close_connection = True

    def _reset(self) -> None:
        """The same, as a machine does it that knows nothing of the connection."""
        self._gone()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _whole(self) -> None:
        self._send(200, _JSON, _HEAD + _ROW + b"]}}")

    def _page(self) -> None:
        self._send(500, "text/html", b"<html><h3>Error 40004</h3><xmp>SR174: Log out of disk</xmp></html>")

    def _credentials(self) -> None:
        self._send(401, "text/plain", b"who are you", WWW_Authenticate="Basic")

    def _marked(self) -> None:
        self._send(200, _JSON, _HEAD + _ROW + b"]}}", X_SQL_State="S1TAT")

    def _capped(self) -> None:
        self._send(200, _JSON, _HEAD + _ROW + b"]}}", X_SPARQL_MaxRows="1")

    def _part(self) -> None:
        self._send(206, _JSON, _HEAD + _ROW + b"]}}")

    def _busy(self) -> None:
        self._send(503, "text/plain", b"come back later")

    def _refusing(self) -> None:
        self._send(500, "text/plain", b"SQ156: compiler error\nSPARQL query:\n" + b"x" * 5000)

    def _elsewhere(self) -> None:
        self._send(302, "text/plain", b"", Location="http://127.0.0.1:9/")

    def _boolean(self) -> None:
        self._send(200, _JSON, b'{"head": {}, "boolean": true}')

    def _slow(self) -> None:
        self.connection.settimeout(_SECONDS)
        if self.connection.recv(1) == b"":
            self.server.is_left.set()
        self.close_connection = True

    def _dripping(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", _JSON)
        self.end_headers()
        self.close_connection = True
        self.wfile.write(_HEAD)
        try:
            while not threading.Event().wait(0.1):
                self.wfile.write(_ROW + b",")
        except OSError:
            self.server.is_left.set()


@contextmanager
def faulty_engine(target: str) -> Iterator[FaultyEngine]:
    """Run one before the endpoint of an engine."""
    with FaultyEngine(target) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()

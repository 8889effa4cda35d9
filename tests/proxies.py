"""nginx before replicas, from the very file that ``deploy/`` offers."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import REPOSITORY, absent, running

__all__ = ["DEPLOY", "proxied", "require_nginx", "write_configuration"]

_NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
DEPLOY = REPOSITORY / "deploy"


def require_nginx() -> str:
    """The command; where it is absent the test is skipped, and fails in CI."""
    return _NGINX or absent("nginx is absent: on Debian, apt-get install nginx")


def write_configuration(folder: Path, port: int, replicas: Sequence[str], named: str = "replicas.conf") -> Path:
    """Write the configuration for a port and replicas on this machine, with all its files in a folder."""
    text, upstream = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / named).read_text()
    for old, new in (("listen 8080;", f"listen 127.0.0.1:{port};"), (" /tmp/", f" {folder}/")):
        assert old in text
        text = text.replace(old, new)
    servers = iter(replicas)
    upstream = re.sub(r"(?<=server )\S+", lambda _: next(servers).removeprefix("http://"), upstream)
    (folder / "replicas.conf").write_text(upstream)
    (folder / "nginx.conf").write_text(text)
    return folder / "nginx.conf"


@contextmanager
def proxied(replicas: Sequence[str]) -> Iterator[str]:
    """Start nginx before two replicas, as a user without rights, and stop it at the end; gives its address."""
    command = require_nginx()
    with tempfile.TemporaryDirectory(prefix="agon-nginx-") as name, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        path = write_configuration(Path(name), port, replicas)
        options = [command, "-p", name, "-e", "stderr", "-c", str(path), "-g", "daemon off;"]
        with running(options, **_without_rights(Path(name))) as process:
            _await(process, port)
            yield f"http://127.0.0.1:{port}"


def _without_rights(folder: Path) -> dict[str, Any]:
    if os.geteuid():
        return {}
    shutil.chown(folder, "nobody", "nogroup")
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _await(process: subprocess.Popen[str], port: int) -> None:
    for _ in range(200):
        assert process.poll() is None, "nginx has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")

"""
The command ``kg`` in a process of its own for each call, forked from one that has imported what the commands need.

So a call costs what the command does, without the half second in which Python reads the modules.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["CommandForks", "serve"]

_REPOSITORY = Path(__file__).resolve().parent.parent
_SERVE = f"import sys; sys.path[0] = {str(_REPOSITORY)!r}; from tests.command_forks import serve; serve()"
_SECONDS = 120
_COMMANDS = ("building", "checking", "comparing", "formatting", "importing", "publishing", "queries", "querying")
_IMPORTED = (*(f"kg.cli.{name}" for name in _COMMANDS), "pyshacl", "server.app", "server.command")
_STREAMS = ("stdin", "stdout", "stderr")


class CommandForks:
    """The process that is forked for each call."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, arguments: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command where this process stands, with its environment; ends it after two minutes."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            paths = {name: Path(folder) / name for name in _STREAMS}
            for name, path in paths.items():
                path.write_text(stdin if name == "stdin" else "", encoding="utf-8")
            call = {name: str(path) for name, path in paths.items()}
            call |= {"arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
            self._server.stdin.write(json.dumps(call) + "\n")
            self._server.stdin.flush()
            code = int(self._server.stdout.readline())
            return subprocess.CompletedProcess(
                arguments, code, *(paths[name].read_text(encoding="utf-8") for name in ("stdout", "stderr"))
            )

    def close(self) -> None:
        """End the process."""
        with self._server as server:
            assert server.stdin is not None
            server.stdin.close()


def serve() -> None:
    """Import what the commands need, and fork for each line on standard input; answers with the exit code."""
    for name in _IMPORTED:
        import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _call(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _call(call: dict[str, Any]) -> NoReturn:
    from kg.cli import main

    for number, name in enumerate(_STREAMS):
        os.dup2(os.open(call[name], os.O_WRONLY if number else os.O_RDONLY), number)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", errors="backslashreplace")
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    signal.alarm(_SECONDS)
    sys.argv[1:] = call["arguments"]
    code: object = 1
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as Python itself does at the top
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))

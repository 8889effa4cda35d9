"""What has changed since a revision, and what stood in one, as Git tells it."""

import io
import subprocess
from collections.abc import Container
from pathlib import Path
from typing import IO

from kg.errors import NotFoundError

__all__ = ["changed_files", "is_revision", "read_revision"]

_SECONDS = 30
_SYMBOLIC_LINK = b"120000"


def changed_files(root: Path, revision: str) -> set[str]:
    """
    Give the files of a folder that differ from a revision, those that Git does not know yet among them.

    Args:
        root: A folder of a Git work tree.
        revision: Such as ``main`` or ``HEAD~1``.

    Returns:
        Paths relative to the folder, with slashes.

    Raises:
        NotFoundError: Git does not know the revision, or the folder is in no work tree.
    """
    _require_no_option(revision)
    changed = _git(root, "diff", "--name-only", "--relative", "-z", revision, "--")
    others = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return set(filter(None, (changed + others).decode("utf-8", "surrogateescape").split("\0")))


def is_revision(root: Path, text: str) -> bool:
    """Tell whether a text names a revision in the work tree of a folder."""
    try:
        _require_no_option(text)
        _git(root, "rev-parse", "--verify", "--quiet", f"{text}^{{commit}}")
    except NotFoundError:
        return False
    return True


def read_revision(root: Path, revision: str, folders: Container[str]) -> dict[str, bytes]:
    """
    Read files as they stood in a revision; the work tree is left alone.

    Args:
        root: A folder of a Git work tree.
        revision: Such as ``main`` or ``HEAD~1``.
        folders: The folders in it that are read; of the folder itself all files are.

    Returns:
        The bytes of each file by its path relative to the folder, without symbolic links.

    Raises:
        NotFoundError: Git does not know the revision, or the folder is in no work tree.
    """
    _require_no_option(revision)
    objects: dict[str, bytes] = {}
    for entry in filter(None, _git(root, "ls-tree", "-r", "-z", f"{revision}^{{commit}}", "--", ".").split(b"\0")):
        facts, _, name = entry.partition(b"\t")
        mode, kind, digest = facts.split()
        path = name.decode("utf-8", "surrogateescape")
        if kind == b"blob" and mode != _SYMBOLIC_LINK and ("/" not in path or path.partition("/")[0] in folders):
            objects[path] = digest
    answer = io.BytesIO(_git(root, "cat-file", "--batch", stdin=b"".join(one + b"\n" for one in objects.values())))
    return {path: _next_object(answer) for path in objects}


def _next_object(answer: IO[bytes]) -> bytes:
    size = int(answer.readline().split()[-1])
    return answer.read(size + 1)[:size]


def _require_no_option(revision: str) -> None:
    if revision.startswith("-"):
        raise NotFoundError(f'found revision "{revision}", expected one such as main or HEAD~1')


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - Git, with arguments of ours and one revision
            ["git", "-C", str(root), *arguments],  # noqa: S607 - wherever Git is installed
            input=stdin,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFoundError(f"Git cannot be asked: {error}") from error
    except subprocess.CalledProcessError as error:
        problem = (error.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[0]
        raise NotFoundError(f"Git cannot tell: {problem}") from error
    return done.stdout

"""Which files have changed since a revision, as Git tells it."""

import subprocess
from pathlib import Path

from kg.errors import NotFoundError

__all__ = ["changed_files"]

_SECONDS = 30


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
    changed = _git(root, "diff", "--name-only", "--relative", "-z", revision, "--")
    return set(filter(None, (changed + _git(root, "ls-files", "--others", "--exclude-standard", "-z")).split("\0")))


def _git(root: Path, *arguments: str) -> str:
    if any(argument.startswith("-") for argument in arguments[4:5]):
        raise NotFoundError(f'found revision "{arguments[4]}", expected one such as main or HEAD~1')
    try:
        done = subprocess.run(  # noqa: S603 - Git, with arguments of ours and one revision
            ["git", "-C", str(root), *arguments],  # noqa: S607 - wherever Git is installed
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFoundError(f"Git cannot be asked what has changed: {error}") from error
    except subprocess.CalledProcessError as error:
        problem = (error.stderr.strip().splitlines() or ["no reason given"])[0]
        raise NotFoundError(f"Git cannot say what has changed: {problem}") from error
    return done.stdout

"""Files that commands write."""

import os
import shutil
from pathlib import Path

from kg.errors import OutputError

__all__ = ["write_file"]


def write_file(path: Path, document: bytes, *, mend: str = "give another file") -> None:
    """
    Write a file whole or not at all: its mode stays, and so does a link that leads to it.

    What is no regular file, such as a pipe, is written to.

    Args:
        path: The file.
        document: What it is to hold.
        mend: What to do where it cannot be written, for the message.

    Raises:
        OutputError: It cannot be written.
    """
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(document)
            return
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            aside.write_bytes(document)
            if target.exists():
                shutil.copymode(target, aside)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}; {mend}") from error

"""What has been measured, kept beside the graph that it is about, so that a long benchmark can be gone on with."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["measured", "sizes_and_folder"]


def sizes_and_folder(description: str | None) -> tuple[list[int], Path]:
    """Read the sizes of graphs from the command line, and the folder where they are kept."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "agon-scale")
    options = parser.parse_args()
    return options.sizes, options.folder


def measured(notes: Path, works: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """
    Measure what has not been measured.

    Args:
        notes: The file of what has been, which is written after each measurement.
        works: What measures, by the names under which it is kept.
    """
    known: dict[str, Any] = json.loads(notes.read_text()) if notes.exists() else {}
    for name, work in works.items():
        if name not in known:
            print(f"{notes.parent.name}: {name}", file=sys.stderr, flush=True)
            known[name] = work()
            notes.write_text(json.dumps(known, indent=1))
    return known

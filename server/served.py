"""The small file that says which release is served and where its workers are."""

import json
from dataclasses import dataclass
from pathlib import Path

from kg.config import Config
from kg.release import read_release
from server.service import Service, open_service

__all__ = ["ServedRelease"]


@dataclass(frozen=True)
class ServedRelease:
    """
    Which release is served, and where its workers are reached.

    ``checks`` is where the workers are reached that check documents; empty where there are none.
    """

    folder: Path
    address: str
    checks: str = ""

    def write(self, path: Path) -> None:
        """Tell the processes that speak HTTP, in one step."""
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps([str(self.folder), self.address, self.checks]), encoding="utf-8")
        aside.replace(path)

    @classmethod
    def read(cls, path: Path) -> "ServedRelease | None":
        """Read what was written; before that there is nothing."""
        try:
            folder, *addresses = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return cls(Path(folder), *addresses)

    def open(self, config: Config) -> Service:
        """
        Open the release as a service.

        Raises:
            KgError: It cannot be served.
        """
        return open_service(config, read_release(self.folder), self.address, self.checks)

"""What all commands share: the settings, and where words and answers go."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.console import Console

from kg.config import Config, load_config

__all__ = ["Session"]


@dataclass
class Session:
    """One call of ``kg``; ``words`` is standard error, for progress and remarks."""

    root: Path | None
    build: Path | None
    words: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    @cached_property
    def config(self) -> Config:
        """
        The settings of the knowledge graph directory.

        Raises:
            NotAKnowledgeGraphError: There is none.
            ConfigError: Its ``agon.toml`` is wrong.
        """
        return load_config(self.root, build=self.build)

    def tell(self, step: str) -> None:
        """Say what is done next."""
        self.words.print(f"{step} ...", style="dim", soft_wrap=True, markup=False)

"""What all commands share: the settings, and where words and answers go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from kg.config import Config, load_config
from kg.steps import Steps

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

    @contextmanager
    def steps(self) -> Iterator[Steps]:
        """Say what each step does, and show on a terminal how far it is."""
        with Progress(console=self.words, transient=True, disable=not self.words.is_terminal) as progress:

            def tell(step: str) -> None:
                self.tell(step)
                for task in progress.task_ids:
                    progress.remove_task(task)
                progress.add_task(step, total=None)

            def share(done: int, total: int) -> None:
                for task in progress.task_ids:
                    progress.update(task, completed=done, total=total)

            yield Steps(tell, share)

    @contextmanager
    def bar(self, step: str) -> Iterator[Callable[[int, int], None]]:
        """Show on a terminal how much of a long step is done, as the function that it gives is told."""
        with Progress(console=self.words, transient=True, disable=not self.words.is_terminal) as progress:
            task = progress.add_task(step, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)

"""``kg publish``: from a release to an engine on another machine."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from kg.cli.session import Session
from kg.config import Config, with_store
from kg.errors import ConfigError, ReleaseRefusedError, UnknownReleaseError
from kg.publishing import Outcome, publish_release, verify_release
from kg.release import Release, read_release, require_release
from kg.remote import Endpoint

__all__ = ["publish"]

_DIFFERS = 1


@click.command()
@click.option("--to", "store", metavar="URL", help="The engine, sparql+https://host/sparql [store.url of agon.toml].")
@click.option("--release", "digest", metavar="DIGEST", help="The release, or how its digest begins [the current one].")
@click.option("--allow-invalid", is_flag=True, help="Publish although the release does not conform.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--verify", is_flag=True, help="Compare what the engine holds, and send nothing.")
@click.option("--mend", is_flag=True, help="Compare what the engine holds, and send what differs.")
@click.option(
    "--keep", default=1, show_default=True, type=click.IntRange(0), help="How many older releases stay there."
)
@click.option(
    "--timeout", default=120.0, show_default=True, type=click.FloatRange(1), help="Seconds that one request may take."
)
@click.pass_obj
def publish(
    session: Session,
    store: str | None,
    digest: str | None,
    allow_invalid: bool,
    dry_run: bool,
    verify: bool,
    mend: bool,
    keep: int,
    timeout: float,
) -> None:
    """
    Bring a release to a SPARQL engine.

    Only what differs is sent. Readers see the old release until all of the new one is there and compared. After an
    interruption the same command goes on where it stopped. User and password, or a token, are read from
    AGON_STORE_USER, AGON_STORE_PASSWORD and AGON_STORE_TOKEN, or from files that AGON_STORE_..._FILE name.
    """
    if sum([dry_run and mend, verify and (mend or dry_run)]):
        raise click.UsageError("--dry-run, --verify and --mend exclude each other")
    config = session.config if store is None else with_store(session.config, store)
    if not config.store.url:
        raise ConfigError("the engine is not named: give --to sparql+https://host/sparql, or [store] url in agon.toml")
    release = _find_release(config, digest)
    if not release.outcome["conforms"] and not allow_invalid:
        raise ReleaseRefusedError(
            f"release {release.digest[:12]} does not conform: mend what kg check finds, or publish with --allow-invalid"
        )
    watcher = _Watcher(session.words)
    with Endpoint(config.store, timeout_seconds=timeout) as endpoint:
        if verify:
            _verify(endpoint, release, watcher)
            return
        begin = time.monotonic()
        outcome = publish_release(endpoint, release, watcher, keep=keep, dry_run=dry_run, mend=mend)
        words = _planned(outcome) if dry_run else _summary(outcome, time.monotonic() - begin)
        click.echo(f"release {release.digest[:12]} {words.format(engine=endpoint.name)}")


def _verify(endpoint: Endpoint, release: Release, watcher: "_Watcher") -> None:
    differences = verify_release(endpoint, release, watcher)
    for error in differences:
        click.echo(str(error))
    if differences:
        click.echo(f"{_graphs(len(differences))} not as sent: kg publish --mend sends that again")
        sys.exit(_DIFFERS)
    size = f"{release.triple_count} triples in {release.graph_count} named graphs"
    click.echo(f"release {release.digest[:12]} stands whole at {endpoint.name}: {size}")


def _find_release(config: Config, digest: str | None) -> Release:
    if digest is None:
        return require_release(config)
    folder: Path = config.build / "releases"
    found = [path for path in sorted(folder.glob("*")) if path.name.startswith(digest) and path.name[0] != "."]
    if len(found) != 1 or not digest:
        problem = "there is no release" if not found else f"there are {len(found)} releases"
        raise UnknownReleaseError(f'{problem} in {folder} whose digest begins with "{digest}"; see what it holds')
    return read_release(found[0])


def _summary(outcome: Outcome, seconds: float) -> str:
    if not outcome.is_new:
        return "is published at {engine} already: nothing is sent"
    return f"is published at {{engine}}: {_counts(outcome, 'sent')}, in {seconds:.1f} seconds"


def _planned(outcome: Outcome) -> str:
    if not outcome.is_new:
        return "is published at {engine} already: nothing would be sent"
    names = "".join(f"\n  send <{name}>, {count} triples" for name, count in sorted(outcome.sent.items()))
    names += "".join(f"\n  remove <{name}>" for name in outcome.removed)
    return f"would be published at {{engine}}: {_counts(outcome, 'to be sent')}{names}"


def _counts(outcome: Outcome, verb: str) -> str:
    return (
        f"{_graphs(len(outcome.sent))} {verb} ({outcome.triples} triples), {outcome.unchanged} unchanged, "
        f"{len(outcome.removed)} removed"
    )


def _graphs(number: int) -> str:
    return "1 graph" if number == 1 else f"{number} graphs"


class _Rate(ProgressColumn):
    """Triples in a second."""

    def render(self, task: Task) -> Text:
        """Show it, once it is known."""
        return Text(f"{task.speed:,.0f} triples/s" if task.speed else "")


@dataclass
class _Watcher:
    """Shows remarks, and how far it is: on a terminal as a bar, elsewhere by a line in so many seconds at most."""

    words: Console
    seconds: float = 10.0
    told: float = field(default_factory=time.monotonic)

    def tell(self, remark: str) -> None:
        """Show a remark."""
        self.words.print(remark, soft_wrap=True, markup=False)

    @contextmanager
    def watch(self, step: str, triples: int) -> Iterator[Callable[[int], None]]:
        """Show how far a step is."""
        if not self.words.is_terminal:
            yield _Lines(self, step, triples).advance
            return
        columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), _Rate()
        with Progress(*columns, console=self.words, transient=True) as progress:
            task = progress.add_task(step, total=triples)
            yield lambda done: progress.update(task, advance=done)


@dataclass
class _Lines:
    """A step that is told line by line."""

    watcher: _Watcher
    step: str
    triples: int
    done: int = 0

    def advance(self, done: int) -> None:
        """Count triples, and tell of them if it is time to."""
        self.done += done
        if time.monotonic() - self.watcher.told >= self.watcher.seconds:
            self.watcher.told = time.monotonic()
            self.watcher.tell(f"{self.step}: {self.done} of {self.triples} triples ...")

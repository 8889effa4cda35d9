"""One call of ``kg check``, whose options are read: once, again at every change, or to write a baseline."""

import gc
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import watchfiles

from kg.acceptance import write_baseline
from kg.checks import USUAL_RULES, CheckedSources, check_sources
from kg.cli.reporting import Output, write_reports
from kg.cli.scope import Scope
from kg.cli.session import Session
from kg.errors import KgError, OutputError, SourceError
from kg.findings import Severity
from kg.formats import SOURCE_SUFFIXES
from kg.report_forms import report_context
from kg.rules import SHAPE_RULE_NAMES, SHAPES
from kg.streamed_check import are_large, check_streamed
from kg.validation import Engine

__all__ = ["CheckRun"]

_DOES_NOT_CONFORM = 1
_LOOK_MILLISECONDS = 200
_OBJECTS_BEFORE_COLLECTION = 500_000
"""A check makes many objects that all stay to its end: looking for garbage among them takes a tenth of its time."""


@dataclass(frozen=True)
class CheckRun:
    """One call of the command, whose options are read."""

    session: Session
    scope: Scope
    engine: Engine
    audited: int
    names: frozenset[str]
    wanted: Sequence[Output]
    fail_on: Severity | None
    limit: int | None
    excerpt: bool | None

    def once(self) -> int:
        """
        Check, report, and give the exit code.

        Raises:
            OutputError: A report cannot be written, or would be written over a file that is checked.
        """
        gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
        checked = self._check()
        self._require_apart(checked.texts)
        context = report_context(checked, self.scope.config, self.names, fail_on=self.fail_on, limit=self.limit)
        write_reports(checked.report, context, self.wanted, excerpt=self.excerpt)
        if checked.errors:
            return SourceError.exit_code
        return _DOES_NOT_CONFORM if self.fail_on and checked.report.reaches(self.fail_on) else 0

    def _require_apart(self, sources: Iterable[str]) -> None:
        """Refuse to write a report over a file that was checked."""
        checked = {(self.scope.config.root / name).resolve() for name in sources}
        for _, path in self.wanted:
            if path and path.resolve() in checked:
                raise OutputError(f"{path} is one of the files that are checked: give another file for the report")

    def update_baseline(self) -> None:
        """
        Write all that is found to the baseline.

        Raises:
            click.UsageError: There is no file for it, or some files are not looked at.
            MalformedFilesError: Some files do not parse.
        """
        config = self.scope.config
        if not config.check.baseline:
            raise click.UsageError("--update-baseline needs a file: give --baseline FILE, or set check.baseline")
        if self.scope.paths is not None or self.names < USUAL_RULES:
            raise click.UsageError(
                "a baseline is of the whole graph: leave out PATHS, --changed-since, --only and --skip"
            )
        checked = self._check(with_baseline=False).require_parsed()
        write_baseline(config.root / config.check.baseline, checked.report.results, checked.prefixes)
        self.session.tell(f"{len(checked.report.results)} findings are accepted by {config.check.baseline}")

    def watch(self) -> None:
        """Check at every change until the user ends it."""
        changes = watchfiles.watch(
            self.scope.config.root,
            watch_filter=_is_source,
            raise_interrupt=False,
            rust_timeout=_LOOK_MILLISECONDS,
            yield_on_timeout=True,
        )
        next(changes, None)  # from now on no change is missed
        self._once_and_go_on()
        for change in changes:
            if change:
                self._once_and_go_on()

    def _once_and_go_on(self) -> None:
        try:
            self.once()
        except KgError as error:
            click.echo(str(error), err=True)
        self.session.tell("waiting for a change")

    def _check(self, *, with_baseline: bool = True) -> CheckedSources:
        config = self.scope.config
        self.session.tell(f"checking {config.root}")
        if self._is_streamed():
            with tempfile.TemporaryDirectory(prefix="agon-check-") as aside, self.session.steps() as steps:
                return check_streamed(config, Path(aside), steps=steps)[0]
        with self.session.bar("shapes") as share:
            return check_sources(
                config,
                progress=self.session.tell,
                share=share,
                engine=self.engine,
                audited=self.audited,
                names=self.names,
                replaced=self.scope.replaced,
                scope=self.scope.paths,
                with_baseline=with_baseline,
                seconds_per_query=config.limits.shape_seconds,
            )

    def _is_streamed(self) -> bool:
        """Tell whether only shapes are asked for, by our own engine, of files that are large."""
        is_whole = self.scope.paths is None and not self.scope.replaced
        is_bare = self.names <= {SHAPES, *SHAPE_RULE_NAMES} and not self.audited and self.engine is not Engine.PYSHACL
        return is_whole and is_bare and bool(self.scope.config.check.shapes) and are_large(self.scope.config)


def _is_source(_change: watchfiles.Change, path: str) -> bool:
    """Tell whether a file that has changed is one that a check reads."""
    return Path(path).suffix in {*SOURCE_SUFFIXES, ".rq", ".toml"} and "/build/" not in path

"""``kg check``: what is wrong with the files, where, and how one mends it."""

import sys
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import watchfiles
from rapidfuzz import process

from kg.acceptance import write_baseline
from kg.checks import ALL_RULES, USUAL_RULES, CheckedSources, check_sources
from kg.cli.reporting import Output, read_outputs, write_reports
from kg.cli.scope import Scope, find_scope
from kg.cli.session import Session
from kg.config import with_baseline
from kg.errors import KgError, SourceError
from kg.findings import Location, Severity
from kg.formats import SOURCE_SUFFIXES
from kg.locator import Locator
from kg.reports import WRITERS, FileTexts, ReportContext
from kg.rules import RULES, Rule, RuleKind
from kg.validation import Engine

__all__ = ["check"]

_DOES_NOT_CONFORM = 1
_LOOK_MILLISECONDS = 200
_GRAVEST_FIRST = [severity.value for severity in Severity]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True))
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Hold PATHS against this file or folder of shapes, outside of any knowledge graph directory.",
)
@click.option("--changed-since", metavar="REVISION", help="Report only on files that have changed since this revision.")
@click.option(
    "--stdin-filename",
    default="standard-input.ttl",
    show_default=True,
    metavar="FILE",
    help="Read standard input, given as -, in the place of this file of the directory.",
)
@click.option(
    "--engine",
    type=click.Choice([engine.value for engine in Engine]),
    default=Engine.BOTH.value,
    show_default=True,
    help="Our own engine, with its findings confirmed by pySHACL; our own alone; or pySHACL alone, which takes long.",
)
@click.option("--audit", type=click.IntRange(0), default=0, help="Nodes of each shape that pySHACL also looks at. [0]")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Write the report as {', '.join(WRITERS)}, to standard output or to FILE; may be given several times. [text]",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help="Show so many findings of a rule, 0 for all; the forms for CI systems show all. [text, markdown 50; html 500]",
)
@click.option(
    "--excerpt/--no-excerpt",
    default=None,
    help="Show in text the line of the file that a finding is about. [on a terminal]",
)
@click.option(
    "--fail-on",
    type=click.Choice([*_GRAVEST_FIRST, "never"]),
    default=Severity.VIOLATION.value,
    show_default=True,
    help="From which severity on a finding makes the command end with 1.",
)
@click.option("--only", multiple=True, metavar="RULE", help="Apply only this rule; may be given several times.")
@click.option("--skip", multiple=True, metavar="RULE", help="Leave out this rule; may be given several times.")
@click.option("--deep", is_flag=True, help="Apply the rules too that take long.")
@click.option("--baseline", metavar="FILE", help="Count only findings that this file does not list.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl+C.")
@click.option("--list", "lists", is_flag=True, help="List the rules, and check nothing.")
@click.option("--explain", metavar="RULE", help="Say what a rule asks for and how to mend what breaks it.")
@click.pass_obj
def check(
    session: Session,
    paths: Sequence[Path],
    shapes: Sequence[Path],
    changed_since: str | None,
    stdin_filename: str,
    engine: str,
    audit: int,
    outputs: Sequence[str],
    limit: int | None,
    excerpt: bool | None,
    fail_on: str,
    only: Sequence[str],
    skip: Sequence[str],
    deep: bool,
    baseline: str | None,
    update_baseline: bool,
    watch: bool,
    lists: bool,
    explain: str | None,
) -> None:
    """
    Hold the files against the shapes and the rules; with PATHS, report only on these.

    All files are read whatever is reported, since statements of one may break or mend what another says. PATHS that
    lie in no knowledge graph directory are checked by themselves; - is standard input.

    Ends with 0 if the graph conforms, 1 if it does not, 3 if a file does not parse.
    """
    names = (_known(only) or (ALL_RULES if deep else USUAL_RULES)) - _known(skip)
    if lists or explain:
        _tell_rules(_known([explain]) if explain else ALL_RULES, at_length=explain is not None)
        return
    wanted = read_outputs(outputs)
    scope = find_scope(session, paths, shapes, revision=changed_since, input_name=stdin_filename)
    if baseline:
        scope = replace(scope, config=with_baseline(scope.config, baseline))
    run = _Run(session, scope, Engine(engine), audit, names, wanted, fail_on, limit, excerpt)
    if update_baseline:
        run.update_baseline()
    elif watch:
        run.watch()
    else:
        sys.exit(run.once())


@dataclass(frozen=True)
class _Run:
    """One call of the command, whose options are read."""

    session: Session
    scope: Scope
    engine: Engine
    audited: int
    names: frozenset[str]
    wanted: Sequence[Output]
    fail_on: str
    limit: int | None
    excerpt: bool | None

    def once(self) -> int:
        """Check, report, and give the exit code."""
        checked = self._check()
        write_reports(checked.report, self._context(checked), self.wanted, excerpt=self.excerpt)
        if checked.errors:
            return SourceError.exit_code
        return _DOES_NOT_CONFORM if any(map(checked.report.count, _failing(self.fail_on))) else 0

    def _context(self, checked: CheckedSources) -> ReportContext:
        return ReportContext(
            prefixes=checked.prefixes,
            dataset=self.scope.config.dataset_iri,
            texts=FileTexts(self.scope.config.root, checked.texts),
            rules={name: (rule.asks, rule.mend) for name, rule in self._applied(checked)},
            shape_places=_shape_places(checked),
            fail_on=Severity(self.fail_on) if self.fail_on in _GRAVEST_FIRST else None,
            limit=self.limit,
        )

    def _applied(self, checked: CheckedSources) -> list[tuple[str, Rule]]:
        """Give the rules that were applied."""
        return [
            (name, rule)
            for name, rule in RULES.items()
            if name in self.names and not (checked.errors and rule.kind is not RuleKind.FILES)
        ]

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
        return check_sources(
            config,
            progress=self.session.tell,
            engine=self.engine,
            audited=self.audited,
            names=self.names,
            replaced=self.scope.replaced,
            scope=self.scope.paths,
            with_baseline=with_baseline,
        )


def _is_source(_change: watchfiles.Change, path: str) -> bool:
    """Tell whether a file that has changed is one that a check reads."""
    return Path(path).suffix in {*SOURCE_SUFFIXES, ".rq", ".toml"} and "/build/" not in path


def _known(names: Sequence[str]) -> frozenset[str]:
    for name in names:
        if name not in ALL_RULES:
            near = process.extractOne(name, sorted(ALL_RULES))
            meant = f": did you mean {near[0]}?" if near else ""
            raise click.UsageError(f'found rule "{name}", expected one of kg check --list{meant}')
    return frozenset(names)


def _tell_rules(names: Container[str], *, at_length: bool) -> None:
    """Say what rules there are."""
    for rule in RULES.values():
        if rule.name in names:
            click.echo(f"{rule.name}  {rule.severity.value}  {rule.asks}" + f"\n{rule.mend}" * at_length)


def _failing(fail_on: str) -> list[Severity]:
    return list(Severity)[: _GRAVEST_FIRST.index(fail_on) + 1] if fail_on in _GRAVEST_FIRST else []


def _shape_places(checked: CheckedSources) -> dict[str, Location]:
    """Say where the shapes stand that are broken."""
    locator = Locator(checked.sources.shapes, checked.texts)
    shapes = {result.source_shape for result in checked.report.results if ":" in result.source_shape}
    places = {shape: locator.find(shape, "", "") for shape in shapes}
    return {shape: place for shape, place in places.items() if place}

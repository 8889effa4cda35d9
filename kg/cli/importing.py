"""``kg import``: what others publish, as graph data."""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import click

from kg.cli.output import write_file
from kg.cli.session import Session
from kg.errors import EmptyFeedError, OutputError, TermSyntaxError
from kg.imports import (
    GRAPH_FORMATS,
    Import,
    ImportReport,
    Options,
    UnreadableError,
    import_claim_reviews,
    read_language,
    read_url,
    slug,
)
from kg.namespaces import BASE_IRI
from kg.terms import parse_term

__all__ = ["import_data"]

_STDIN: Final = "-"
_MAKER: Final = BASE_IRI + "id/organization/agon-editors"


def _iri(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            parse_term(value, "iri")
        except TermSyntaxError as error:
            raise click.BadParameter(str(error), param=parameter) from error
    return value


def _address(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    try:
        return read_url(value)
    except UnreadableError as error:
        raise click.BadParameter(
            f'found "{value}", expected an address such as https://a.example/', param=parameter
        ) from error


def _tag(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    try:
        return read_language(value) if value else ""
    except UnreadableError as error:
        raise click.BadParameter(f'found "{value}", expected a language tag such as en', param=parameter) from error


@click.group("import")
def import_data() -> None:
    """Turn what others publish into graph data."""


@import_data.command("claimreview")
@click.argument("feed", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, not to standard output.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(GRAPH_FORMATS)),
    help="[the one that the output is named for, turtle]",
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report in JSON to this file too.",
)
@click.option("--name", help="What the feed is called. [the name of the file]")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the import. [that of the file; today for -]"
)
@click.option("--maker", default=_MAKER, callback=_iri, help="The IRI of who makes the graph. [the editors]")
@click.option("--licence", callback=_iri, help="The IRI of the licence of the graph. [that of agon.toml]")
@click.option("--source", default="", callback=_address, help="The address at which the feed is found.")
@click.option("--base", default="", callback=_address, help="What relative addresses of reviews are relative to.")
@click.option("--language", default="", callback=_tag, help="The language of reviews that do not say theirs. [und]")
@click.option(
    "--day-first/--month-first",
    "day_first",
    default=None,
    help="Read 03/04/2020 as in April, or as in March. [neither]",
)
@click.option(
    "--split", type=click.IntRange(0), default=0, help="Write a file for every so many reviews: FILE-0001 and so on."
)
@click.pass_obj
def claimreview(
    session: Session,
    feed: Path,
    output: Path | None,
    format_name: str | None,
    report_path: Path | None,
    name: str | None,
    day: datetime | None,
    maker: str,
    licence: str | None,
    source: str,
    base: str,
    language: str,
    day_first: bool | None,
    split: int,
) -> None:
    """
    Turn FEED, ClaimReviews of schema.org in JSON-LD, into one named graph; - is standard input.

    Ratings stay the words of their reviewers. What the graph needs and no feed can give is stated to be awaited.
    A report on standard error says what was left out and why.

    Ends with 0 if the feed was read to its end, 3 if it cannot be read or breaks off; what stands before that is
    written to FILE.incomplete, or to standard output.
    """
    chosen = format_name or _format_of(output)
    if split and output is None:
        raise click.UsageError("--split needs --output, after which the files are named")
    _require_apart(feed, output, report_path)
    about = Import(
        graph=_graph_iri(session, output, name or feed.stem),
        name=name or ("claimreview" if str(feed) == _STDIN else feed.stem),
        date=(day.date() if day else _day_of(feed)).isoformat(),
        maker=maker,
        licence=licence or session.config.licence,
        source_url=source,
    )
    loaded = session.config.check.loaded_words
    options = Options(base=base, language=language, day_first=day_first)
    with _opened(feed) as stream, _target(output) as target, session.bar("importing") as bar:
        size = 0 if str(feed) == _STDIN else feed.stat().st_size
        report = import_claim_reviews(
            stream,
            target.open,
            about,
            format_name=chosen,
            most_reviews=split,
            options=options,
            is_neutral=lambda text: not loaded.found_in(text),
            progress=lambda done: bar(done, size),
        )
        kept = target.keep(report)
    click.echo(report.text(), err=True)
    if report_path:
        write_file(report_path, report.json())
    _end(report, feed, kept)


def _require_apart(feed: Path, *written: Path | None) -> None:
    """Refuse to write over the feed, or two things over each other."""
    paths = [path.resolve() for path in (feed, *written) if path is not None]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice:
        raise click.UsageError(f"{twice} would be written over: give the feed, --output and --report apart")


def _format_of(output: Path | None) -> str:
    """Give the format that a file is named for, Turtle for standard output."""
    if output is None:
        return "turtle"
    found = next((name for name, suffix in GRAPH_FORMATS.items() if suffix == output.suffix), None)
    if found is None:
        suffixes = ", ".join(GRAPH_FORMATS.values())
        raise click.UsageError(f"{output} is in no format by its name: expected {suffixes} at its end, or --format")
    return found


def _graph_iri(session: Session, output: Path | None, name: str) -> str:
    """Give the IRI that ``kg build`` gives the file: by its place in the directory, or where imports usually lie."""
    config = session.config
    path = f"graph_data/imports/{slug(name) or 'claimreview'}"
    if output is not None and output.resolve().is_relative_to(config.root):
        path = output.resolve().relative_to(config.root).with_suffix("").as_posix()
    return f"{config.base_iri}graph/{quote(path)}"


def _day_of(feed: Path) -> date:
    """Give the day on which a feed was last changed, or today for standard input."""
    if str(feed) == _STDIN:
        return datetime.now(tz=UTC).date()
    try:
        return datetime.fromtimestamp(feed.stat().st_mtime, tz=UTC).date()
    except OSError as error:
        raise _unreadable(feed, error) from error


def _unreadable(feed: Path, error: OSError) -> EmptyFeedError:
    return EmptyFeedError(f"{feed} cannot be read: {error.strerror}; give a file of JSON, or - for standard input")


@contextmanager
def _opened(feed: Path) -> Iterator[IO[bytes]]:
    if str(feed) == _STDIN:
        yield sys.stdin.buffer
        return
    try:
        stream = feed.open("rb")
    except OSError as error:
        raise _unreadable(feed, error) from error
    with stream:
        yield stream


class _Target:
    """Where graphs are written: standard output, or files beside those that they become when all are whole."""

    def __init__(self, output: Path | None) -> None:
        self._output = output.resolve() if output else None
        self._files: list[tuple[IO[bytes], Path]] = []

    def open(self, suffix: str) -> IO[bytes]:
        """Open a file beside that of a graph; ``suffix`` stands at the end of its name."""
        if self._output is None:
            return sys.stdout.buffer
        if self._files:
            self._files[-1][0].flush()
        path = self._output.with_name(self._output.stem + suffix + self._output.suffix)
        stream = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115
        self._files.append((stream, path))
        return stream

    def keep(self, report: ImportReport) -> list[Path]:
        """Move the files to their places; of a feed that broke off to others, of an empty one nowhere."""
        if self._output is None:
            sys.stdout.buffer.flush()
        umask = os.umask(0)
        os.umask(umask)
        kept = []
        for stream, path in self._files if report.imported else []:
            place = path.with_name(path.name + ".incomplete") if report.error else path
            stream.close()
            Path(stream.name).chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~umask)
            Path(stream.name).replace(place)
            kept.append(place)
        return kept

    def clear(self) -> None:
        """Remove what was not moved."""
        for stream, _ in self._files:
            stream.close()
            Path(stream.name).unlink(missing_ok=True)


@contextmanager
def _target(output: Path | None) -> Iterator[_Target]:
    target = _Target(output)
    try:
        yield target
    except BrokenPipeError:
        raise
    except OSError as error:
        problem = f"{output or 'standard output'} cannot be written: {error.strerror}; give another file, or make room"
        raise OutputError(problem) from error
    finally:
        target.clear()


def _end(report: ImportReport, feed: Path, kept: Sequence[Path]) -> None:
    """
    End with what is wrong with the feed, if anything.

    Raises:
        EmptyFeedError: Nothing could be imported.
    """
    if report.error:
        places = f"what stands before, {report.imported:,} reviews, is in {', '.join(map(str, kept))}" if kept else ""
        click.echo(f"the graph is not complete: {places or 'mend the feed and import it again'}", err=True)
        sys.exit(EmptyFeedError.exit_code)
    if not report.imported:
        found = (
            f"{report.reviews:,} reviews in {report.items:,} items, none of which" if report.items else "nothing that"
        )
        raise EmptyFeedError(f"{feed}: found {found} could be imported, expected ClaimReviews of schema.org in JSON-LD")

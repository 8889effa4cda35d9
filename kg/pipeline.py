"""The journey of the data, from the files of a knowledge graph directory to a current release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.assembly import write_dataset
from kg.check_record import record_check
from kg.checks import USUAL_RULES, CheckedSources, check_sources
from kg.config import Config
from kg.errors import ReleaseError
from kg.evaluation import find_search_content
from kg.findings import CheckRecord, Severity
from kg.query_files import load_search_queries
from kg.release import Release, build_release, current_release, is_up_to_date, read_inputs, release_aside
from kg.rules import SHAPES
from kg.search import SearchContent
from kg.sorting import sort_lines, write_lines
from kg.steps import Steps
from kg.stores import QuadFile, open_store, quad_lines
from kg.streamed_check import are_large, check_streamed

__all__ = ["BuildOutcome", "build_current_release"]


@dataclass(frozen=True)
class BuildOutcome:
    """
    What a build came to.

    ``release`` is None where the graph does not conform; ``checked`` is None where the current release was made from
    the same files by the same tools, so that nothing was left to do.
    """

    release: Release | None
    checked: CheckedSources | None


def build_current_release(config: Config, *, allow_invalid: bool = False, steps: Steps) -> BuildOutcome:
    """
    Make a release of the files, if they conform, and make it current.

    Args:
        config: Says where the files and the releases lie.
        allow_invalid: Build even where the graph does not conform; the description of the release says so.
        steps: Is told of each step.

    Raises:
        BuildFolderError: The folder of the releases cannot be written.
        SourceError: As :func:`check_sources` says.
    """
    inputs = read_inputs(config)
    release = _usable_release(config)
    if release is not None and is_up_to_date(release, inputs):
        return BuildOutcome(release, None)
    if are_large(config):
        with release_aside(config, steps) as aside:
            checked, files = check_streamed(config, aside, steps=steps)
            is_wanted = checked.report.conforms or allow_invalid
            record = record_check(checked.report, {SHAPES}, config.check.severity, checked.prefixes)
            built = _build(config, aside, files, checked, record, inputs, steps) if is_wanted else None
            return BuildOutcome(built, checked)
    checked = check_sources(config, progress=steps.tell, share=steps.share).require_parsed()
    if not (checked.report.conforms or allow_invalid):
        return BuildOutcome(None, checked)
    with release_aside(config, steps) as aside:
        facts = aside / "facts.nq"
        write_lines(facts, sort_lines(quad_lines(checked.sources.quads), aside))
        record = record_check(checked.report, USUAL_RULES, config.check.severity, checked.prefixes)
        return BuildOutcome(_build(config, aside, [facts], checked, record, inputs, steps), checked)


def _build(
    config: Config,
    aside: Path,
    facts: Sequence[Path],
    checked: CheckedSources,
    record: CheckRecord,
    inputs: Mapping[str, str],
    steps: Steps,
) -> Release:
    conforms = checked.report.conforms
    outcome = {"conforms": conforms, **{kind.value: checked.report.count(kind) for kind in Severity}}
    folder = aside / "release"
    folder.mkdir()
    dataset = write_dataset(folder, aside, facts, checked.queries, config, conforms=conforms, steps=steps)
    searches = load_search_queries(config.searches, config.limits)

    def find_search() -> SearchContent:
        return find_search_content(open_store(folder / "store"), QuadFile(dataset), searches, config, aside)

    return build_release(
        config,
        folder,
        prefixes=checked.prefixes,
        outcome=outcome,
        inputs=inputs,
        record=record,
        steps=steps,
        find_search=find_search,
    )


def _usable_release(config: Config) -> Release | None:
    """Give the current release, or None where there is none or a build must replace a damaged one."""
    try:
        return current_release(config)
    except ReleaseError:
        return None

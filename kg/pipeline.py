"""The journey of the data, from the files of a knowledge graph directory to a current release."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.check_record import record_check
from kg.checks import USUAL_RULES, CheckedSources, Progress, check_sources
from kg.config import Config
from kg.dataset import Sources
from kg.description import describe_dataset
from kg.errors import ReleaseError
from kg.evaluation import derive, find_search_content
from kg.examples import describe_queries
from kg.findings import Severity
from kg.query_files import load_search_queries
from kg.release import Release, build_release, current_release, is_up_to_date, read_inputs
from kg.saved_queries import SavedQuery
from kg.terms import NamedNode, Quad, in_graph

__all__ = ["BuildOutcome", "assemble", "build_current_release"]


@dataclass(frozen=True)
class BuildOutcome:
    """
    What a build came to.

    ``release`` is None where the graph does not conform; ``checked`` is None where the current release was made from
    the same files by the same tools, so that nothing was left to do.
    """

    release: Release | None
    checked: CheckedSources | None


def build_current_release(config: Config, *, allow_invalid: bool = False, progress: Progress) -> BuildOutcome:
    """
    Make a release of the files, if they conform, and make it current.

    Args:
        config: Says where the files and the releases lie.
        allow_invalid: Build even where the graph does not conform; the description of the release says so.
        progress: Is told of each step.

    Raises:
        BuildFolderError: The folder of the releases cannot be written.
        SourceError: As :func:`check_sources` says.
    """
    inputs = read_inputs(config)
    release = _usable_release(config)
    if release is not None and is_up_to_date(release, inputs):
        return BuildOutcome(release, None)
    checked = check_sources(config, progress=progress).require_parsed()
    if not (checked.report.conforms or allow_invalid):
        return BuildOutcome(None, checked)
    progress("deriving triples and describing the dataset")
    quads = assemble(config, checked.sources, checked.queries, conforms=checked.report.conforms)
    search = find_search_content(quads, load_search_queries(config.searches, config.limits), config)
    progress(f"writing a release of {len(quads)} quads")
    outcome = {"conforms": checked.report.conforms, **{kind.value: checked.report.count(kind) for kind in Severity}}
    built = build_release(
        config,
        quads,
        prefixes=checked.prefixes,
        outcome=outcome,
        inputs=inputs,
        record=record_check(checked.report, USUAL_RULES, config.check.severity, checked.prefixes),
        search=search,
    )
    return BuildOutcome(built, checked)


def assemble(config: Config, sources: Sources, queries: Sequence[SavedQuery], *, conforms: bool) -> tuple[Quad, ...]:
    """
    Put the dataset of a release together: the files, what follows from them, and what the dataset says of itself.

    Args:
        config: The rules, and the IRIs of the named graphs.
        sources: The files.
        queries: The saved queries.
        conforms: Whether the files conform to the shapes.

    Raises:
        QueryHeaderError: A rule is malformed.
    """
    quads = tuple(sources.quads)
    quads += derive(quads, config.rules, NamedNode(config.derived_iri), max_bytes=config.limits.query_bytes)
    listed = NamedNode(config.queries_iri)
    quads += tuple(in_graph(triple, listed) for triple in describe_queries(queries, config))
    quads += describe_dataset(quads, config, conforms=conforms)
    return quads


def _usable_release(config: Config) -> Release | None:
    """Give the current release, or None where there is none or a build must replace a damaged one."""
    try:
        return current_release(config)
    except ReleaseError:
        return None

"""The journey of the data, from the files of a knowledge graph directory to a current release."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.config import Config
from kg.dataset import Sources, read_sources
from kg.description import describe_dataset
from kg.errors import GraphParseError, ReleaseError
from kg.evaluation import derive
from kg.examples import describe_queries
from kg.findings import Severity, ValidationReport
from kg.graph_rules import RULES, apply_rules
from kg.namespaces import PREFIXES
from kg.query_files import load_saved_queries
from kg.release import Release, build_release, current_release, is_up_to_date, read_inputs
from kg.saved_queries import SavedQuery
from kg.terms import NamedNode, Quad, in_graph
from kg.validation import Engine, validate

__all__ = [
    "ALL_RULES",
    "SHAPES",
    "BuildOutcome",
    "CheckedSources",
    "assemble",
    "build_current_release",
    "check_sources",
]

SHAPES = "shapes"
"""The name of what the shapes of a graph ask for, among the names of rules."""
ALL_RULES = frozenset({SHAPES, *(rule.name for rule in RULES)})
"""The names of all rules."""
Progress = Callable[[str], None]
"""Is told what is done next, in a few words."""


@dataclass(frozen=True)
class CheckedSources:
    """The files of a knowledge graph directory, what their check found, and the prefixes that they use."""

    sources: Sources
    queries: tuple[SavedQuery, ...]
    report: ValidationReport
    prefixes: Mapping[str, str]


@dataclass(frozen=True)
class BuildOutcome:
    """
    What a build came to.

    ``release`` is None where the graph does not conform; ``checked`` is None where the current release was made from
    the same files by the same tools, so that nothing was left to do.
    """

    release: Release | None
    checked: CheckedSources | None


def check_sources(
    config: Config,
    *,
    progress: Progress,
    engine: Engine = Engine.BOTH,
    audited: int = 0,
    names: Container[str] = ALL_RULES,
) -> CheckedSources:
    """
    Read the files of a knowledge graph directory and hold them against its shapes and rules of form.

    Args:
        config: Says where the files lie.
        progress: Is told of each step.
        engine: Which engine holds them against the shapes.
        audited: At how many nodes of each shape pySHACL looks too, though our own engine finds nothing there.
        names: The names of the rules that are applied, ``shapes`` among them.

    Raises:
        EmptyGraphError: There is no file of graph data.
        MalformedFilesError: Some RDF files do not parse.
        QueryHeaderError: A saved query is malformed.
        ShapesGraphError: The shapes cannot be used.
    """
    progress("reading the files")
    sources = read_sources(config)
    queries = load_saved_queries(config.queries, config.limits)
    progress(f"holding {len(sources.files)} files against the shapes")
    texts, prefixes = _texts(config, sources), _prefixes(sources)
    report = validate(sources, texts, engine=engine, audited=audited)
    if SHAPES not in names:
        report = replace(report, results=())
    report = report.with_more(apply_rules(sources, texts, config, prefixes, names))
    return CheckedSources(sources, queries, report, prefixes)


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
    checked = check_sources(config, progress=progress)
    if not (checked.report.conforms or allow_invalid):
        return BuildOutcome(None, checked)
    progress("deriving triples and describing the dataset")
    quads = assemble(config, checked.sources, checked.queries, conforms=checked.report.conforms)
    progress(f"writing a release of {len(quads)} quads")
    outcome = {"conforms": checked.report.conforms, **{kind.value: checked.report.count(kind) for kind in Severity}}
    built = build_release(config, quads, prefixes=checked.prefixes, outcome=outcome, inputs=inputs)
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


def _texts(config: Config, sources: Sources) -> dict[str, str]:
    return {file.path: _text(config, file.path) for file in sources.files}


def _text(config: Config, path: str) -> str:
    try:
        return (config.root / path).read_text(encoding="utf-8")
    except OSError as error:
        raise GraphParseError(path, 1, 1, f"cannot be read: {error.strerror}") from error


def _prefixes(sources: Sources) -> dict[str, str]:
    """Collect the prefixes of the files; the common ones win, then the first file."""
    found: dict[str, str] = {}
    for file in sources.files:
        for prefix, namespace in file.prefixes.items():
            found.setdefault(prefix, namespace)
    return {**found, **PREFIXES}

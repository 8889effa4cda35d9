"""The dataset of a release: the files, what follows from them, and what the dataset says of itself."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from kg.config import Config
from kg.dataset import Sources
from kg.description import describe_dataset
from kg.evaluation import derive
from kg.examples import describe_queries
from kg.saved_queries import SavedQuery
from kg.sorting import merge_lines, sort_lines, write_lines
from kg.steps import SILENT, Steps
from kg.stores import QuadFile, load_files, quad_lines
from kg.terms import NamedNode, Quad, in_graph

__all__ = ["assemble", "write_dataset"]


def assemble(config: Config, sources: Sources, queries: Sequence[SavedQuery], *, conforms: bool) -> tuple[Quad, ...]:
    """
    Put the dataset of a release together in memory.

    Args:
        config: The rules, and the IRIs of the named graphs.
        sources: The files.
        queries: The saved queries.
        conforms: Whether the files conform to the shapes.

    Raises:
        QueryHeaderError: A rule is malformed.
    """
    with tempfile.TemporaryDirectory(prefix="agon-assembly-") as name:
        aside = Path(name)
        facts = aside / "facts.nq"
        write_lines(facts, sort_lines(quad_lines(sources.quads), aside))
        return tuple(QuadFile(write_dataset(aside, aside, [facts], queries, config, conforms=conforms)))


def write_dataset(
    folder: Path,
    aside: Path,
    facts: Sequence[Path],
    queries: Sequence[SavedQuery],
    config: Config,
    *,
    conforms: bool,
    steps: Steps = SILENT,
) -> Path:
    """
    Put the dataset of a release together on disk: ``dataset.nq``, sorted, and ``store``.

    Args:
        folder: Where both are written.
        aside: Where what does not fit in memory is kept meanwhile.
        facts: What the files state, in sorted N-Quads.
        queries: The saved queries.
        config: The rules, and the IRIs of the named graphs.
        conforms: Whether the files conform to the shapes.
        steps: Is told of each step.

    Returns:
        The path of ``dataset.nq``.

    Raises:
        QueryHeaderError: A rule is malformed.
        OSError: There is no room for it.
    """
    dataset, store = folder / "dataset.nq", folder / "store"
    derived, described, whole = (aside / name for name in ("derived.nq", "described.nq", "whole.nq"))
    steps.tell("filling the store")
    filled = load_files(store, facts)
    steps.tell("deriving triples")
    graph, most = NamedNode(config.derived_iri), config.limits.query_bytes
    write_lines(derived, derive(filled, merge_lines(facts), config.rules, graph, max_bytes=most, folder=aside))
    del filled
    listed = NamedNode(config.queries_iri)
    examples = [in_graph(triple, listed) for triple in describe_queries(queries, config)]
    write_lines(described, sort_lines(quad_lines(examples), aside))
    size = write_lines(whole, merge_lines([*facts, derived, described]))
    steps.tell(f"describing a dataset of {size} quads")
    description = describe_dataset(steps.through(QuadFile(whole), size), config, conforms=conforms)
    write_lines(described, sort_lines(quad_lines([*examples, *description]), aside))
    write_lines(dataset, merge_lines([whole, described]))
    steps.tell("putting the store in order")
    load_files(store, [derived, described])
    return dataset

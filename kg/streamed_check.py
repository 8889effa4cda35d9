"""
Check and sort files that are too large to be held in memory.

They are held against the shapes by our own engine alone, and no other rule is applied; a finding tells its focus node,
but no line of a file.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from kg.acceptance import accept, read_baseline
from kg.checks import CheckedSources, read_all_queries
from kg.config import Config
from kg.dataset import SourceFile, Sources, SourceText, parse_texts, read_text, source_paths, stream_text
from kg.errors import GraphParseError, MalformedFilesError
from kg.findings import ValidationReport
from kg.namespaces import PREFIXES
from kg.sorting import sort_lines, write_lines
from kg.steps import Steps
from kg.stores import QuadFile, quad_lines
from kg.terms import Quad, Triple, prefixed
from kg.validation import validate_streamed

__all__ = ["are_large", "check_streamed"]

_TYPE: Final = prefixed("rdf:type")
_SUBCLASS: Final = prefixed("rdfs:subClassOf")


def are_large(config: Config) -> bool:
    """
    Tell whether the RDF files have more than ``limits.whole_bytes``.

    Raises:
        EmptyGraphError: The folders of the graph data hold none.
    """
    return sum(map(_size, source_paths(config))) > config.limits.whole_bytes


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # whoever reads it says so
        return 0


def check_streamed(config: Config, aside: Path, *, steps: Steps) -> tuple[CheckedSources, list[Path]]:
    """
    Hold files against the shapes, and sort what they state.

    Args:
        config: Says where the files lie.
        aside: A folder for what is sorted.
        steps: Is told of each step.

    Returns:
        What the check found, and the files of sorted N-Quads.

    Raises:
        EmptyGraphError: The folders of the graph data hold no RDF file.
        MalformedFilesError: Some files cannot be read or do not parse.
        QueryHeaderError: A saved query or a rule does not parse.
        ShapesGraphError: The shapes cannot be used.
    """
    files = [aside / "data.nq", aside / "shapes.nq"]
    reading = _Reading(config, steps.share)
    steps.tell("reading and sorting the files")
    write_lines(files[0], sort_lines(quad_lines(reading.data()), aside))
    if reading.errors:
        raise MalformedFilesError(sorted(reading.errors, key=lambda error: (error.path, error.line)))
    shapes = Sources(tuple(reading.shapes))
    write_lines(files[1], sort_lines(quad_lines(shapes.quads), aside))
    queries, query_errors = read_all_queries(config, None)
    report = ValidationReport((), reading.files, reading.triples, 0, remarks=("there are no shapes",))
    if config.check.shapes:
        steps.tell(f"holding {reading.triples} triples against the shapes")
        report = validate_streamed(
            QuadFile(files[0]),
            reading.outline.values(),
            shapes,
            reading.texts,
            file_count=reading.files,
            triple_count=reading.triples,
            progress=steps.share,
            seconds_per_query=config.limits.shape_seconds,
        )
    prefixes = {**reading.prefixes, **PREFIXES}
    report = accept(
        report,
        config.check,
        texts={},
        prefixes=prefixes,
        baseline=read_baseline(config.root / config.check.baseline) if config.check.baseline else {},
        is_whole=False,
    )
    checked = CheckedSources(shapes, queries, report, prefixes, reading.texts, (), query_errors)
    return checked.require_parsed(), files


class _Reading:
    """
    Reads the files once.

    ``outline`` has a triple for each property and each class, and those about subclasses: enough to tell which targets
    of shapes select nothing.
    """

    def __init__(self, config: Config, share: Callable[[int, int], None]) -> None:
        self.prefixes: dict[str, str] = {}
        self.errors: list[GraphParseError] = []
        self.shapes: list[SourceFile] = []
        self.texts: dict[str, str] = {}
        self.outline: dict[object, Triple] = {}
        self.files = 0
        self.triples = 0
        self._config = config
        self._share = share

    def data(self) -> Iterator[Quad]:
        """Give what the files state that are no shapes."""
        paths = source_paths(self._config)
        done, total = 0, sum(map(_size, paths))
        for path in paths:
            self.files += 1
            try:
                text = read_text(path, self._config)
                if text.is_shapes:
                    self._take_shapes(text)
                else:
                    yield from self._outlined(self._parsed(text))
            except GraphParseError as error:
                self.errors.append(error)
            except MalformedFilesError as error:
                self.errors += error.errors
            done += _size(path)
            self._share(done, total)

    def _take_shapes(self, text: SourceText) -> None:
        parsed, errors = parse_texts([text], self._config)
        self.errors += errors
        for file in parsed.files:
            self.shapes.append(file)
            self.texts[file.path] = text.content.decode("utf-8", "replace")
            self.prefixes = {**file.prefixes, **self.prefixes}

    def _parsed(self, text: SourceText) -> Iterator[Quad]:
        declared: dict[str, str] = {}
        yield from stream_text(text, self._config, declared)
        self.prefixes = {**declared, **self.prefixes}

    def _outlined(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        for quad in quads:
            predicate = quad.predicate
            if predicate == _TYPE:
                self.outline.setdefault((predicate, quad.object), quad.triple)
            elif predicate == _SUBCLASS:
                self.outline[quad.triple] = quad.triple
            elif predicate not in self.outline:
                self.outline[predicate] = quad.triple
            self.triples += 1
            yield quad

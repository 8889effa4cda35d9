"""
All that ``kg check`` looks at, and what it finds: files, terms, shapes, the ontology, saved queries and promises.

A file that does not parse is a finding, and the others are still looked at; but what only the whole graph can tell is
left out then, and the report says so.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from rapidfuzz import process

from kg.acceptance import accept, read_baseline
from kg.config import Config
from kg.dataset import Sources, parse_texts, read_texts
from kg.errors import ConfigError, GraphParseError, MalformedFilesError, QueryHeaderError, RuleNameError
from kg.findings import ValidationReport, ValidationResult, result_of_error
from kg.query_files import read_saved_queries, read_search_queries, rule_errors
from kg.rules import RULES, SHAPE_RULE_NAMES, SHAPES, Material, apply_rules
from kg.saved_queries import SavedQuery, require_page_queries
from kg.steps import Share
from kg.validation import Engine, validate

__all__ = [
    "ALL_RULES",
    "USUAL_RULES",
    "CheckedSources",
    "Progress",
    "check_sources",
    "choose_rules",
    "read_all_queries",
]

ALL_RULES: Final = frozenset(RULES)
"""The names of all rules."""
USUAL_RULES: Final = ALL_RULES - {name for name, rule in RULES.items() if rule.is_deep}
"""The names of the rules that are applied where nobody chooses."""
Progress = Callable[[str], None]
"""Is told what is done next, in a few words."""
_SHOWN_IMPORTS: Final = 3
_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


@dataclass(frozen=True)
class CheckedSources:
    """
    The files of a knowledge graph directory, what their check found, and the prefixes that they use.

    ``texts`` holds the text of each file by its path; ``errors`` and ``query_errors`` tell of those that do not parse;
    ``queries`` are empty where no query is reported on.
    """

    sources: Sources
    queries: tuple[SavedQuery, ...]
    report: ValidationReport
    prefixes: Mapping[str, str]
    texts: Mapping[str, str]
    errors: tuple[GraphParseError, ...]
    query_errors: tuple[QueryHeaderError, ...]

    def require_parsed(self) -> "CheckedSources":
        """
        Give the same, if all files parse.

        Raises:
            MalformedFilesError: Some RDF files do not.
            QueryHeaderError: A saved query or a rule does not.
        """
        if self.errors:
            raise MalformedFilesError(self.errors)
        if self.query_errors:
            raise self.query_errors[0]
        return self


def choose_rules(only: Collection[str], skip: Collection[str], *, deep: bool = False) -> frozenset[str]:
    """
    Choose rules by their names; ``shapes`` stands for the rules about shapes too.

    Args:
        only: Those that are applied; none means the usual ones.
        skip: Those that are not.
        deep: Whether those that take long are usual too.

    Raises:
        RuleNameError: There is no rule of a name.
    """
    for name in (*only, *skip):
        if name not in ALL_RULES:
            near = process.extractOne(name, sorted(ALL_RULES))
            raise RuleNameError(name, sorted(ALL_RULES), near[0] if near else "")
    return (_expanded(only) or (ALL_RULES if deep else USUAL_RULES)) - _expanded(skip)


def _expanded(names: Collection[str]) -> frozenset[str]:
    """Take the name of the shapes for the rules about shapes too: a shape at fault is not applied."""
    return frozenset(names) | (SHAPE_RULE_NAMES if SHAPES in names else frozenset())


def check_sources(
    config: Config,
    *,
    progress: Progress,
    share: Share | None = None,
    engine: Engine = Engine.BOTH,
    audited: int = 0,
    names: frozenset[str] = USUAL_RULES,
    replaced: Mapping[str, bytes] = _NOTHING,
    scope: Collection[str] | None = None,
    with_baseline: bool = True,
    seconds_per_query: float | None = None,
) -> CheckedSources:
    """
    Read the files of a knowledge graph directory and hold them against its shapes and the rules.

    Args:
        config: Says where the files lie.
        progress: Is told of each step.
        share: Is told how many shapes are done, and of how many.
        engine: Which engine holds them against the shapes.
        audited: At how many nodes of each shape pySHACL looks too, though our own engine finds nothing there.
        names: The names of the rules that are applied, ``shapes`` among them.
        replaced: What stands in some files, by their paths, instead of what is on disk.
        scope: The paths that are reported on; None means all.
        with_baseline: Whether the baseline of the settings is applied.
        seconds_per_query: How long a query or a pattern of the shapes may last; no bound needs no other process.

    Raises:
        EmptyGraphError: There is no file of graph data.
        ShapesGraphError: The shapes cannot be used.
        ConfigError: A severity is set for a rule that does not exist, or the baseline is none.
    """
    _require_rules(config.check.severity)
    progress("reading the files")
    texts, unreadable = read_texts(config, replaced=replaced, max_bytes=config.limits.file_bytes)
    sources, malformed = parse_texts(texts, config)
    errors = tuple(sorted((*unreadable, *malformed), key=lambda error: (error.path, error.line)))
    queries, query_errors = read_all_queries(config, scope)
    material = Material(config, texts, sources, queries, query_errors, scope)
    report = _report(material, errors, engine, audited, names, progress, share, seconds_per_query)
    report = accept(
        report,
        config.check,
        texts={**material.texts, **{query.path: query.text for query in queries}},
        prefixes=material.prefixes,
        baseline=read_baseline(config.root / config.check.baseline) if with_baseline and config.check.baseline else {},
        is_whole=scope is None and names >= USUAL_RULES and not errors and not query_errors,
    )
    if scope is not None:
        report = report.about(scope)
    return CheckedSources(sources, queries, report, material.prefixes, material.texts, errors, query_errors)


def _require_rules(names: Iterable[str]) -> None:
    """Refuse names that are neither of a rule nor, as prefixed names or components, of a shape."""
    for name in names:
        if name not in ALL_RULES and ":" not in name and not name.endswith("ConstraintComponent"):
            near = process.extractOne(name, sorted(ALL_RULES))[0]
            raise ConfigError(f'agon.toml: [check.severity] has the rule "{name}": did you mean {near}?')


def read_all_queries(
    config: Config, scope: Collection[str] | None
) -> tuple[tuple[SavedQuery, ...], tuple[QueryHeaderError, ...]]:
    """
    Read the saved queries, the rules and the search queries.

    Args:
        config: Says where they lie.
        scope: The paths that are reported on; if none is a query, none is read.

    Returns:
        The saved queries, and what is wrong with queries of any kind.
    """
    if not config.has_queries or (scope is not None and not any(path.endswith(".rq") for path in scope)):
        return (), ()
    queries, errors = read_saved_queries(config.queries, config.limits)
    if not errors:
        require_page_queries(queries, config.pages)
    _, search_errors = read_search_queries(config.searches, config.limits)
    return queries, (*errors, *rule_errors(config.rules, config.limits), *search_errors)


def _report(
    material: Material,
    errors: Sequence[GraphParseError],
    engine: Engine,
    audited: int,
    names: frozenset[str],
    progress: Progress,
    share: Share | None,
    seconds: float | None,
) -> ValidationReport:
    progress("applying the rules")
    triples = sum(len(file.quads) for file in material.sources.files)
    found = tuple(apply_rules(material, names, only_files=bool(errors)))
    unexplained = [error for error in errors if error.path not in _explained(found, material.config)]
    report = ValidationReport(tuple(map(result_of_error, unexplained)), len(material.contents), triples, 0)
    if errors:
        first = errors[0].path
        more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        problem = f"{first}{more} cannot be parsed"
        report = replace(report, remarks=(f"{problem}, so only rules for files were applied",))
    elif not material.config.check.shapes:
        report = replace(report, remarks=("there are no shapes, so only rules were applied",))
    elif names & {SHAPES, *SHAPE_RULE_NAMES}:
        progress(f"holding {len(material.contents)} files against the shapes")
        report = validate(
            material.sources,
            material.texts,
            engine=engine,
            audited=audited,
            progress=share,
            seconds_per_query=seconds,
        )
        report = replace(report, results=tuple(one for one in report.results if _is_wanted(one, names)))
    if material.absent_imports:
        report = replace(report, remarks=(*report.remarks, _not_fetched(material.absent_imports)))
    return report.with_more(found)


def _not_fetched(iris: Sequence[str]) -> str:
    shown = ", ".join(iris[:_SHOWN_IMPORTS]) + f" and {len(iris) - _SHOWN_IMPORTS} more" * (len(iris) > _SHOWN_IMPORTS)
    return f"imports are not fetched, so nothing is known of {shown}: put a copy beside the files"


def _is_wanted(result: ValidationResult, names: frozenset[str]) -> bool:
    """Tell whether a finding of the validation is one of a rule that is applied."""
    name = result.component.removeprefix("#")
    return (name if name in SHAPE_RULE_NAMES else SHAPES) in names


def _explained(found: Iterable[ValidationResult], config: Config) -> set[str]:
    """Give the files of which some finding says why they do not parse."""
    names = {
        rule.name for rule in RULES.values() if rule.explains_syntax and config.check.severity.get(rule.name) != "off"
    }
    return {result.location.path for result in found if result.location and result.component[1:] in names}

"""What else changes when a graph does: findings of its check, and answers of its saved queries."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.checks import check_sources
from kg.config import Config
from kg.errors import KgError
from kg.findings import ValidationReport, ValidationResult, report_order
from kg.formats import ResultKind
from kg.query_answers import SavedAnswers, open_answers
from kg.saved_queries import SavedQuery
from kg.terms import BlankNode

__all__ = ["AnswerChange", "FindingChanges", "compare_answers", "compare_findings"]

_BLANK = re.compile(r"_:([^\s>\])]+)")
_Nodes = Mapping[BlankNode, BlankNode]


@dataclass(frozen=True)
class FindingChanges:
    """Findings that only the new graph has, those that only the old one has, and how many both have."""

    new: tuple[ValidationResult, ...]
    fixed: tuple[ValidationResult, ...]
    kept_count: int


@dataclass(frozen=True)
class AnswerChange:
    """
    A saved query that answers something else than before.

    ``state`` is ``changed``, ``added`` or ``removed``, of the query; ``has_new_text`` tells that it asks something else
    too. ``added`` and ``removed`` are rows of its answer; there are none where only their order is another.
    ``problem`` says why it could not be asked.
    """

    name: str
    summary: str
    state: str
    has_new_text: bool
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problem: str = ""


def compare_findings(old: Config, new: Config, nodes: _Nodes) -> FindingChanges:
    """
    Check two knowledge graph directories.

    Args:
        old: The old one.
        new: The new one.
        nodes: Which new blank node each old one has become.

    Raises:
        SourceError: The shapes or the saved queries of one cannot be used.
    """
    labels = {str(one): str(other) for one, other in nodes.items()}
    labels |= {one.value: other.value for one, other in nodes.items()}
    olds = _by_fingerprint(
        replace(
            result,
            focus_node=labels.get(result.focus_node, result.focus_node),
            value=labels.get(result.value, result.value) if result.value else None,
        )
        for result in _report(old).results
    )
    news = _by_fingerprint(_report(new).results)
    return FindingChanges(
        new=_only(news, olds), fixed=_only(olds, news), kept_count=sum(len(news[key]) for key in news.keys() & olds)
    )


def _report(config: Config) -> ValidationReport:
    return check_sources(config, progress=lambda _: None).require_parsed().report


def _by_fingerprint(results: Iterable[ValidationResult]) -> dict[str, list[ValidationResult]]:
    found: dict[str, list[ValidationResult]] = {}
    for result in results:
        found.setdefault(result.fingerprint, []).append(result)
    return found


def _only(
    some: Mapping[str, list[ValidationResult]], others: Mapping[str, list[ValidationResult]]
) -> tuple[ValidationResult, ...]:
    found = [result for key, results in some.items() if key not in others for result in results]
    return tuple(sorted(found, key=report_order))


def compare_answers(old: Config, new: Config, nodes: _Nodes) -> tuple[AnswerChange, ...]:
    """
    Ask the saved queries of two knowledge graph directories, each its own of what its files make.

    Args:
        old: The old one.
        new: The new one.
        nodes: Which new blank node each old one has become.

    Raises:
        SourceError: A saved query or a rule is malformed.
    """
    labels = {one.value: other.value for one, other in nodes.items()}
    with open_answers(old) as before, open_answers(new) as after:
        olds, news = ({query.name: query for query in side.queries} for side in (before, after))
        found = []
        for name in sorted(olds.keys() | news.keys()):
            change = _compare_answer(before, olds.get(name), after, news.get(name), labels)
            if change:
                found.append(change)
    return tuple(found)


def _compare_answer(
    before: SavedAnswers,
    old: SavedQuery | None,
    after: SavedAnswers,
    new: SavedQuery | None,
    labels: Mapping[str, str],
) -> AnswerChange | None:
    query = new or old
    if query is None:
        return None
    state = "changed" if old and new else "added" if new else "removed"
    has_new_text = bool(old and new and old.text != new.text)
    change = AnswerChange(query.name, query.summary, state, has_new_text)
    try:
        olds = [_relabelled(row, labels) for row in _rows(before, old)]
        news = list(_rows(after, new))
    except KgError as error:
        return replace(change, problem=str(error))
    if olds == news and state == "changed":
        return None
    return replace(change, added=_more(news, olds), removed=_more(olds, news))


def _rows(answers: SavedAnswers, query: SavedQuery | None) -> Sequence[str]:
    """Give the answer, without the line that names the variables."""
    if query is None:
        return ()
    return answers.ask(query)[1 if query.request.kind is ResultKind.SOLUTIONS else 0 :]


def _relabelled(row: str, labels: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda found: f"_:{labels.get(found[1], found[1])}", row)


def _more(rows: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    return tuple((Counter(rows) - Counter(others)).elements())

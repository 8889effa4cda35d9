"""What the writers share: names of rules, fingerprints of findings, and texts that are safe to show."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.findings import Location, Severity, ValidationReport, ValidationResult
from kg.namespaces import compact_iri, compact_iris

__all__ = [
    "COUNTED",
    "UNNAMED",
    "ReportContext",
    "Shown",
    "clipped",
    "counts_text",
    "fingerprints",
    "held_text",
    "is_unreadable",
    "one_line",
    "path_text",
    "remarks",
    "rule_id",
    "shown",
    "value_text",
    "visible",
]

COUNTED: Final = {Severity.VIOLATION: "violations", Severity.WARNING: "warnings", Severity.INFO: "notes"}
"""What several findings of a severity are called."""
UNNAMED: Final = "a shape without a name"
"""What stands for the rule of a finding that has none."""
_UNREADABLE: Final = frozenset({"syntax"})
"""The rules whose findings say that a file could not be read, so that others may be missing."""
_MOST_CHARACTERS: Final = 600


@dataclass(frozen=True)
class ReportContext:
    """
    What a report needs to know beside the findings.

    ``prefixes`` shorten IRIs, ``dataset`` is the IRI of what was checked and ``texts`` gives the text of a file by its
    path. ``rules`` says for each rule that was applied what it asks for and how one mends what breaks it, and
    ``shape_places`` where a shape is stated. ``fail_on`` is the least severity that makes the check fail, None for
    never. ``limit`` is the number of findings that are shown of a rule: 0 for all, None for what the form holds right.
    ``excerpt`` and ``colour`` are for text alone.
    """

    prefixes: Mapping[str, str]
    dataset: str
    texts: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    shape_places: Mapping[str, Location] = field(default_factory=dict)
    fail_on: Severity | None = Severity.VIOLATION
    limit: int | None = None
    excerpt: bool = False
    colour: bool = False

    def fails(self, result: ValidationResult) -> bool:
        """Tell whether a finding is grave enough to make the check fail."""
        return self.fail_on is not None and result.severity.rank <= self.fail_on.rank


@dataclass(frozen=True)
class Shown:
    """The findings that a form shows, and by rule how many it leaves out."""

    results: tuple[ValidationResult, ...]
    left_out: Mapping[str, int]


def shown(report: ValidationReport, context: ReportContext, *, usual: int) -> Shown:
    """
    Give the first findings of each rule, in the order of the report.

    Args:
        report: What the validation found.
        context: Its ``limit`` is the number of findings of a rule.
        usual: The number where ``limit`` is None; 0 for all.
    """
    limit = usual if context.limit is None else context.limit
    if not limit:
        return Shown(report.results, {})
    counts: Counter[str] = Counter()
    kept = []
    for result in report.results:
        rule = rule_id(result, context)
        counts[rule] += 1
        if counts[rule] <= limit:
            kept.append(result)
    return Shown(tuple(kept), {rule: count - limit for rule, count in sorted(counts.items()) if count > limit})


def rule_id(result: ValidationResult, context: ReportContext) -> str:
    """Name the rule that a finding breaks: its shape, or of a shape without a name the kind of constraint."""
    return result.rule(context.prefixes)


def is_unreadable(result: ValidationResult) -> bool:
    """Tell whether a finding says that a file could not be read."""
    return result.component.rpartition("#")[2] in _UNREADABLE


def fingerprints(results: Iterable[ValidationResult]) -> Iterator[tuple[ValidationResult, str, int]]:
    """
    Give each finding with a digest by which it is known again when its line has moved.

    Returns:
        The finding, the digest, and a number from 1 that tells findings with equal digests apart.
    """
    seen: Counter[str] = Counter()
    for result in results:
        seen[result.fingerprint] += 1
        yield result, result.fingerprint, seen[result.fingerprint]


def remarks(report: ValidationReport) -> list[str]:
    """Say what was not looked at, and how many findings do not count."""
    count = len(report.accepted)
    counted = "1 finding is" if count == 1 else f"{count} findings are"
    told = f"{counted} accepted: a waiver or the baseline gives the reason"
    return [*report.remarks, *([told] if count else [])]


def counts_text(report: ValidationReport) -> str:
    """Say how many findings of each severity there are: ``2 violations, 1 warning, 0 notes``."""
    counts = {severity: report.count(severity) for severity in Severity}
    return ", ".join(f"{n} {COUNTED[severity] if n != 1 else COUNTED[severity][:-1]}" for severity, n in counts.items())


def held_text(report: ValidationReport) -> str:
    """Say how much was checked: ``3 files, 96 triples held against 1 node shape``."""
    counts = {"file": report.file_count, "triple": report.triple_count, "node shape": report.shape_count}
    files, triples, shapes = (f"{number} {noun}{'' if number == 1 else 's'}" for noun, number in counts.items())
    return f"{files}, {triples} held against {shapes}"


def path_text(path: str, prefixes: Mapping[str, str]) -> str:
    """Write a result path with prefixed names."""
    if "<" in path:
        return compact_iris(path, prefixes)
    return "^" + compact_iri(path[1:], prefixes) if path.startswith("^") else compact_iri(path, prefixes)


def value_text(value: str, prefixes: Mapping[str, str]) -> str:
    """Write a value with prefixed names, cut to a length fit for people."""
    if value.startswith("<"):
        return one_line(path_text(value, prefixes))
    literal, _, datatype = value.rpartition("^^") if value.endswith(">") else (value, "", "")
    return f"{one_line(literal)}^^{path_text(datatype, prefixes)}" if datatype else one_line(value)


def one_line(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Write a text on one line, without control characters, cut in its middle where it is longer than ``most``."""
    return visible(" ".join(clipped(text, most).split()))


def clipped(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Cut a text in its middle where it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end]} … {text[-end:]}"


def visible(text: str) -> str:
    r"""
    Write what cannot be seen, or changes the order of what can, by its escape.

    >>> visible("a\u202eb")
    'a\\u202eb'
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)

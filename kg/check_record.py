"""What a release keeps of its check: the rules that were applied, what each found, and what was waived and why."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from kg.findings import AcceptedResult, CheckRecord, RuleRecord, ValidationReport, ValidationResult, WaiverRecord
from kg.rules import RULES, SHAPES

__all__ = ["record_check"]


def record_check(
    report: ValidationReport, names: Collection[str], severities: Mapping[str, str], prefixes: Mapping[str, str]
) -> CheckRecord:
    """
    Count what a check found by its rules; what breaks a shape counts for the rule of the shapes.

    Args:
        report: What was found.
        names: The names of the rules that were applied.
        severities: The severities that the settings give to rules.
        prefixes: Names of namespaces, by which the names of shapes are shortened.
    """

    def counts(results: Collection[ValidationResult]) -> Counter[str]:
        broken = (result.rule(prefixes) for result in results)
        return Counter(rule if rule in RULES else SHAPES for rule in broken)

    found, waived = counts(report.results), counts([one.result for one in report.accepted])
    rules = [
        RuleRecord(rule.name, severities.get(rule.name, rule.severity.value), rule.asks, found[name], waived[name])
        for name, rule in RULES.items()
        if name in names
    ]
    return CheckRecord(tuple(rules), tuple(_waivers(report.accepted, prefixes)))


def _waivers(accepted: Collection[AcceptedResult], prefixes: Mapping[str, str]) -> list[WaiverRecord]:
    """Count what is accepted by rule and reason, in their order, and name the files."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in accepted:
        location = one.result.location
        groups[one.result.rule(prefixes), one.reason].append(location.path if location else "")
    return [
        WaiverRecord(rule, reason, tuple(sorted(set(filter(None, paths)))), len(paths))
        for (rule, reason), paths in sorted(groups.items())
    ]

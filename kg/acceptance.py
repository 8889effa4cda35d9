"""
Findings that do not count, and why: severities set anew, waivers with reasons, and a baseline.

A waiver stands in ``agon.toml``, or in the data as a comment on the line of the finding or the line above it::

    # kg-check: accept dangling-reference because the partner publishes it next month

A baseline is a file of findings that were there when somebody adopted the check; only others count. Waivers and
entries of the baseline that nothing needs any more are findings themselves.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from kg.check_settings import CheckSettings, Waiver
from kg.errors import ConfigError, OutputError
from kg.findings import AcceptedResult, Location, Severity, ValidationReport, ValidationResult
from kg.formats import has_tokens
from kg.turtle import tokens

__all__ = ["accept", "read_baseline", "write_baseline"]

_COMMENT: Final = re.compile(r"#\s*kg-check:\s*accept\s+(?P<rule>\S+?)(?:\s+because\s+(?P<reason>\S.*))?\s*$")
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_BASELINE = "the baseline"


@dataclass(frozen=True)
class _Comment:
    """A waiver in the data; it is for its own line and the next one."""

    location: Location
    rule: str
    reason: str


class _Waivers:
    """All waivers, and which of them have been of use."""

    def __init__(self, settings: CheckSettings, texts: Mapping[str, str], baseline: Mapping[str, str]) -> None:
        self._settings = settings.waivers
        self._comments = {
            (each.location.path, each.location.line + offset, each.rule): each
            for path, text in texts.items()
            for each in _comments(path, text)
            for offset in (1, 0)
        }
        self._baseline = baseline
        self._used: set[object] = set()

    def reason(self, rule: str, result: ValidationResult) -> str | None:
        """Say why a finding is accepted, if it is."""
        if result.location:
            comment = self._comments.get((result.location.path, result.location.line, rule))
            if comment and comment.reason:
                self._used.add(comment)
                return comment.reason
        for waiver in self._settings:
            if _fits(waiver, rule, result):
                self._used.add(waiver)
                return waiver.reason
        if result.fingerprint in self._baseline:
            self._used.add(result.fingerprint)
            return f"it stands in {_BASELINE}"
        return None

    def stale(self) -> Iterator[ValidationResult]:
        """Give what was of no use."""
        for comment in dict.fromkeys(self._comments.values()):
            if not comment.reason:
                problem = "gives no reason: write ... because ..., and why"
                yield _stale(f"the waiver of {comment.rule} {problem}", comment.location)
            elif comment not in self._used:
                yield _stale(f"nothing breaks {comment.rule} here: remove the waiver", comment.location)
        for waiver in self._settings:
            if waiver not in self._used:
                message = f"nothing breaks {waiver.rule} in {waiver.files}: remove the waiver from agon.toml"
                yield _stale(message, None)
        for fingerprint in sorted(set(self._baseline) - self._used):
            message = f"{_BASELINE} has a finding that is no more ({self._baseline[fingerprint]}): update it"
            yield _stale(message, None)


def accept(
    report: ValidationReport,
    settings: CheckSettings,
    *,
    texts: Mapping[str, str],
    prefixes: Mapping[str, str],
    baseline: Mapping[str, str],
    is_whole: bool,
) -> ValidationReport:
    """
    Set severities anew, and put aside what is waived.

    Args:
        report: What was found.
        settings: Severities and waivers.
        texts: The text of each file by its path; waivers in comments are looked for there.
        prefixes: Names of namespaces, by which the names of shapes are shortened.
        baseline: The findings that are accepted for now, as :func:`read_baseline` gives them.
        is_whole: Whether all rules were applied to all files, so that a waiver without use is a finding.
    """
    waivers, counted, accepted = _Waivers(settings, texts, baseline), list[ValidationResult](), []
    for result in report.results:
        rule = result.rule(prefixes)
        severity = settings.severity.get(rule, result.severity.value)
        if severity == "off":
            continue
        reason = waivers.reason(rule, result)
        if reason is None:
            counted.append(replace(result, severity=Severity(severity)))
        else:
            accepted.append(AcceptedResult(result, reason))
    stale = waivers.stale() if is_whole else ()
    return replace(report, results=tuple(counted), accepted=tuple(accepted)).with_more(stale)


def read_baseline(path: Path) -> dict[str, str]:
    """
    Read the findings that are accepted for now: what each is, by its fingerprint.

    Raises:
        ConfigError: The file is missing or no baseline.
    """
    try:
        entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        return {entry["fingerprint"]: f"{entry['rule']} in {entry['file']}" for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError(
            f"{path} cannot be read as a baseline ({type(error).__name__}: {error}): write it with --update-baseline"
        ) from error


def write_baseline(path: Path, results: Iterable[ValidationResult], prefixes: Mapping[str, str]) -> None:
    """
    Write a baseline: JSON lines in order, without line numbers, so that a merge seldom fails.

    Raises:
        OutputError: The file cannot be written.
    """
    entries = {result.fingerprint: _entry(result, prefixes) for result in results}
    lines = sorted(json.dumps(entry, ensure_ascii=False) for entry in entries.values())
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}; give another file") from error


def _entry(result: ValidationResult, prefixes: Mapping[str, str]) -> dict[str, str]:
    return {
        "rule": result.rule(prefixes),
        "file": result.location.path if result.location else "",
        "focus_node": result.focus_node,
        "message": result.message,
        "fingerprint": result.fingerprint,
    }


def _comments(path: str, text: str) -> Iterator[_Comment]:
    if "kg-check:" not in text:
        return
    for number, column, line in _commented(path, text):
        found = _COMMENT.search(line)
        if found:
            yield _Comment(Location(path, number, found.start() + column), found["rule"], found["reason"] or "")


def _commented(path: str, text: str) -> Iterator[tuple[int, int, str]]:
    """Give the comments with their lines and columns; of a file without such, every line."""
    if has_tokens(path) or path.endswith(".rq"):
        yield from ((each.line, each.column, each.text) for each in tokens(text, layout=True) if each.kind == "comment")
    else:
        yield from ((number, 1, line) for number, line in enumerate(_LINE_END.split(text), start=1))


def _fits(waiver: Waiver, rule: str, result: ValidationResult) -> bool:
    path = result.location.path if result.location else ""
    return (
        waiver.rule == rule
        and fnmatchcase(path, waiver.files)
        and (not waiver.focus_node or waiver.focus_node == result.focus_node)
    )


def _stale(message: str, location: Location | None) -> ValidationResult:
    return ValidationResult(Severity.WARNING, "", None, None, "#stale-waiver", "", message, location)

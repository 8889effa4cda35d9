"""``kg queries``: test the saved queries, and store their answers."""

import difflib
import sys
from collections.abc import Iterator, Sequence

import click
from junitparser import Failure, JUnitXml, TestCase, TestSuite

from kg.cli.session import Session
from kg.query_answers import QueryTest, SavedAnswers, open_answers
from kg.query_checks import QueryFinding
from kg.saved_queries import SavedQuery, find_query

__all__ = ["queries"]

_FAILED = 1


@click.group()
def queries() -> None:
    """Test the saved queries, and store their answers."""


@queries.command()
@click.argument("names", nargs=-1)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "junit", "github"]),
    default="text",
    show_default=True,
    help="How to write the outcome.",
)
@click.pass_obj
def test(session: Session, names: Sequence[str], format_name: str) -> None:
    """
    Ask the saved queries NAMES, or all, of the files as they are, and compare with the stored answers.

    Ends with 0 if all is well, 1 if not.
    """
    with open_answers(session.config) as answers:
        tests = [answers.test(query) for query in _chosen(answers, names)]
    for line in _WRITERS[format_name](tests):
        click.echo(line)
    if any(one.findings for one in tests):
        sys.exit(_FAILED)


@queries.command()
@click.argument("names", nargs=-1)
@click.pass_obj
def update(session: Session, names: Sequence[str]) -> None:
    """Store the answers of the saved queries NAMES, or of all, and show what changes."""
    with open_answers(session.config) as answers:
        changed = [_update(answers, query) for query in _chosen(answers, names)]
    click.echo(f"{sum(changed)} of {len(changed)} stored answers have changed")


def _chosen(answers: SavedAnswers, names: Sequence[str]) -> Sequence[SavedQuery]:
    return [find_query(answers.queries, name) for name in names] or answers.queries


def _update(answers: SavedAnswers, query: SavedQuery) -> bool:
    """Store an answer if it is another one than before, and show the difference."""
    path = answers.stored(query)
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    after = answers.ask(query)
    if list(after) == before and path.exists():
        return False
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in after), encoding="utf-8")
    for line in difflib.unified_diff(before, after, f"before/{path.name}", f"after/{path.name}", lineterm="", n=0):
        click.echo(line)
    return True


def _text(tests: Sequence[QueryTest]) -> Iterator[str]:
    for one in tests:
        state = "wrong" if one.findings else "ok   "
        yield f"{state}  {one.query.name}: {len(one.answer)} lines in {one.seconds:.3f} s"
        for finding in one.findings:
            yield f"{finding.path}:{finding.line}: error: [{finding.rule}] {finding.message}"
    wrong = sum(bool(one.findings) for one in tests)
    yield f"{len(tests)} saved queries, {wrong} wrong"


def _junit(tests: Sequence[QueryTest]) -> Iterator[str]:
    suite = TestSuite("saved queries")
    for one in tests:
        case = TestCase(one.query.name, classname="queries", time=round(one.seconds, 3))
        case.result = [
            Failure(f"{finding.path}:{finding.line}: {finding.message}", finding.rule) for finding in one.findings
        ]
        suite.add_testcase(case)
    document = JUnitXml()
    document.add_testsuite(suite)
    yield document.tostring().decode("utf-8")  # type: ignore[no-untyped-call]


def _github(tests: Sequence[QueryTest]) -> Iterator[str]:
    for one in tests:
        yield from map(_annotation, one.findings)


def _annotation(finding: QueryFinding) -> str:
    message = finding.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error file={finding.path},line={finding.line},title={finding.rule}::{message}"


_WRITERS = {"text": _text, "junit": _junit, "github": _github}

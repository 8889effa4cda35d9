"""``kg queries``: what it finds in texts and answers, how it says so, and how answers are stored."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_forks import CommandForks
from harness import TINY as SMALL
from harness import Kg

HEADER = "#+ summary: S\n#+ description: D\n"
TINY = "PREFIX tiny: <https://tiny.example/ns#>\n"
GOOD = HEADER + TINY + "SELECT ?person ?name WHERE {\n  ?person tiny:name ?name .\n}\nORDER BY ?name\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, forks: CommandForks) -> Path:
    """A knowledge graph whose saved queries have stored answers; no test changes it."""
    root = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("stored") / "tiny"))
    (root / "queries/good.rq").write_text(GOOD)
    assert forks.run(["--root", str(root), "queries", "update"]).returncode == 0
    return root


@pytest.fixture
def stored(original: Path, tmp_path: Path) -> Path:
    """A copy of it, which a test may change."""
    return Path(shutil.copytree(original, tmp_path / "tiny"))


def test_all_is_well(kg: Kg, stored: Path) -> None:
    result = kg("queries", "test", root=stored)
    assert result.returncode == 0, result.stdout
    assert result.stdout.splitlines()[-1] == "2 saved queries, 0 wrong"
    assert "ok     good: " in result.stdout


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (GOOD.replace("tiny:name ?name", "tiny:nmae ?name"), 5, "undeclared-term"),
        (GOOD.replace("?name .", "?name , <https://tiny.example/id/person/nobody> ."), 5, "undeclared-term"),
        (GOOD.replace("SELECT", "PREFIX owl: <http://www.w3.org/2002/07/owl#>\nSELECT"), 4, "unused-prefix"),
        (GOOD.replace("?person ?name WHERE", "?person ?nmae WHERE"), 4, "unbound-variable"),
        (GOOD.replace("ORDER BY ?name", "ORDER BY ?nmae"), 7, "unbound-variable"),
        (GOOD.replace("?name .", "?name . FILTER (?age > 3)"), 5, "unbound-variable"),
        (GOOD.replace("ORDER BY ?name", "LIMIT 100"), 7, "limit-without-order"),
        (GOOD + "LIMIT 2\n", 1, "out-of-bounds"),
        (HEADER + "#+ test: {min_row_count: 9}\n" + GOOD.removeprefix(HEADER), 1, "out-of-bounds"),
        (HEADER + "#+ test: {max_row_count: 1}\n" + GOOD.removeprefix(HEADER), 1, "out-of-bounds"),
        (GOOD.replace("ORDER BY ?name", "ORDER BY DESC(?name)"), 1, "other-answer"),
        (GOOD.replace("?name .", '?name . FILTER (?name = "Ada")'), 1, "other-answer"),
    ],
)
def test_mistake_is_found_on_its_line(kg: Kg, stored: Path, text: str, line: int, rule: str) -> None:
    (stored / "queries/good.rq").write_text(text)
    result = kg("queries", "test", "good", "--format", "github", root=stored)
    assert result.returncode == 1
    assert f"::error file=queries/good.rq,line={line},title={rule}::" in result.stdout


def test_order_counts_only_where_the_query_orders(kg: Kg, stored: Path) -> None:
    unordered = GOOD.replace("ORDER BY ?name\n", "")
    (stored / "queries/good.rq").write_text(unordered)
    answer = stored / "queries/expected/good.tsv"
    head, *rows = answer.read_text().splitlines()
    answer.write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert kg("queries", "test", "good", root=stored).returncode == 0
    (stored / "queries/good.rq").write_text(GOOD)
    assert kg("queries", "test", "good", root=stored).returncode == 1


def test_junit_names_each_query_and_what_is_wrong(kg: Kg, stored: Path) -> None:
    (stored / "queries/expected/good.tsv").unlink()
    document = ElementTree.fromstring(kg("queries", "test", "--format", "junit", root=stored).stdout)
    cases = {case.get("name"): case.find("failure") for case in document.iter("testcase")}
    assert set(cases) == {"good", "names"}
    failure = cases["good"]
    assert cases["names"] is None
    assert failure is not None
    assert failure.get("type") == "no-stored-answer"


def test_update_shows_the_difference_and_stores(kg: Kg, stored: Path) -> None:
    people = stored / "graph_data/people.ttl"
    people.write_text(people.read_text().replace('"Ada"', '"Augusta"'))
    result = kg("queries", "update", root=stored)
    assert '"Ada"' in next(line for line in result.stdout.splitlines() if line.startswith("-<"))
    assert '"Augusta"' in next(line for line in result.stdout.splitlines() if line.startswith("+<"))
    assert kg("queries", "test", root=stored).returncode == 0
    assert kg("queries", "update", root=stored).stdout == "0 of 2 stored answers have changed\n"


def test_unknown_query_is_named(kg: Kg, tiny: Path) -> None:
    result = kg("queries", "test", "nmaes", root=tiny)
    assert result.returncode == 2
    assert "did you mean names?" in result.stderr

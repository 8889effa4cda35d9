"""What the README shows is what happens."""

import csv
import re
import tomllib
from urllib.request import Request, urlopen

import pytest
from harness import REPOSITORY

README = (REPOSITORY / "README.md").read_text()
ADDRESS = "http://127.0.0.1:8080"


def test_first_question_has_the_answer_shown(address: str) -> None:
    shown = re.search(r"\$ curl .*?'(Accept): ([^']+)' (\S+)\n((?:    \S.*\n)+)", README)
    assert shown is not None
    request = Request(shown[3].replace(ADDRESS, address), headers={shown[1]: shown[2]})
    with urlopen(request) as response:
        answer = list(csv.reader(response.read().decode().splitlines()))
    assert list(csv.reader(line.strip() for line in shown[4].splitlines())) == answer


@pytest.mark.parametrize(
    "block", re.findall(r"```python\n(.*?)```", README, re.DOTALL), ids=["SPARQLWrapper", "RDFLib"]
)
def test_python_block_runs(
    address: str, block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPOSITORY)
    code = block.replace(ADDRESS, address).replace('open("queries/unanswered-claims.rq").read()', "TEXT")
    exec(code, {"TEXT": (REPOSITORY / "queries/unanswered-claims.rq").read_text()})
    assert len(capsys.readouterr().out.splitlines()) > 10


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r"`([\w/]+/)`", README)
    assert named
    assert [
        name
        for name in named
        if not (REPOSITORY / name).exists() and name not in {"schemes/", "shapes/", "rules/", "expected/"}
    ] == []


def test_floors_are_those_that_the_code_is_held_to() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    shown = [
        (int(number), names.split()) for number, names in re.findall(r"^    floor (\d+) +(.+)$", README, re.MULTILINE)
    ]
    held = [re.findall(r"(\w+)(?: |$)", layer) for layer in layers]
    assert shown == [(len(held) - place, names) for place, names in enumerate(held)]

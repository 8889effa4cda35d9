"""The hook, the action and the GitLab job, each run in a scratch repository as its CI system would."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import COMMAND, REPOSITORY
from junitparser import JUnitXml

PEOPLE = "graph_data/people.ttl"


@pytest.fixture
def scratch(tiny: Path, tmp_path: Path) -> Path:
    """A repository with a fault, and ``kg`` on the path beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "kg").write_text(f"#!{sys.executable}\n{COMMAND[2]}\n")
    (folder / "kg").chmod(0o755)
    _git(tiny, "init", "--quiet")
    _git(tiny, "add", ".")
    _git(tiny, "-c", "user.name=t", "-c", "user.email=t@tiny.example", "commit", "--quiet", "-m", "all")
    text = (tiny / PEOPLE).read_text()
    (tiny / PEOPLE).write_text(text.replace('    tiny:name "Ada" ;\n', ""))
    return tiny


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


def _run(script: str, root: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = f"{root.parent / 'bin'}:{os.environ['PATH']}"
    variables = {**os.environ, **environment, "PATH": path}
    return subprocess.run(
        ["bash", "-e", "-c", script], cwd=root, env=variables, capture_output=True, text=True, check=False
    )


def _yaml(name: str) -> Any:
    return yaml.safe_load((REPOSITORY / name).read_text())


@pytest.mark.parametrize("changed_since", ["", "HEAD"])
def test_action_annotates_and_writes_reports(scratch: Path, changed_since: str) -> None:
    action = _yaml("action.yml")
    step = action["runs"]["steps"][-1]
    inputs = {name: one["default"] for name, one in action["inputs"].items()} | {"changed-since": changed_since}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)
        for name, value in step["env"].items()
    }
    result = _run(step["run"], scratch, **environment)
    assert result.returncode == 1
    assert result.stdout.startswith(f"::error file={PEOPLE},line=")
    assert json.loads((scratch / "kg-check.sarif").read_text())["version"] == "2.1.0"
    assert sum(suite.failures for suite in JUnitXml.fromfile(str(scratch / "kg-check.xml"))) == 1


def test_action_installs_from_its_own_folder() -> None:
    (install, _) = _yaml("action.yml")["runs"]["steps"]
    assert "${GITHUB_ACTION_PATH}" in install["run"]


def test_hook_reports_on_the_files_of_the_commit(scratch: Path) -> None:
    (hook, whole, _) = _yaml(".pre-commit-hooks.yaml")
    staged = [path for path in (PEOPLE, "ontology/tiny.ttl") if re.search(hook["files"], path)]
    assert hook["pass_filenames"]
    result = _run(f"{hook['entry']} {' '.join(staged)}", scratch)
    assert (result.returncode, result.stdout.partition(":")[0]) == (1, PEOPLE)
    assert _run(f"{hook['entry']} ontology/tiny.ttl", scratch).returncode == 0
    assert not whole["pass_filenames"]
    assert _run(whole["entry"], scratch).returncode == 1


def test_hook_brings_files_of_the_commit_into_the_layout(scratch: Path) -> None:
    (_, _, hook) = _yaml(".pre-commit-hooks.yaml")
    (scratch / PEOPLE).write_text("<https://tiny.example/a>   a <https://tiny.example/b>.\n")
    assert re.search(hook["files"], PEOPLE)
    result = _run(f"{hook['entry']} {PEOPLE}", scratch)
    assert (result.returncode, result.stdout) == (0, f"{PEOPLE} is formatted\n")
    assert (scratch / PEOPLE).read_text() == "<https://tiny.example/a> a <https://tiny.example/b> .\n"


def test_gitlab_job_writes_what_it_names(scratch: Path) -> None:
    section = (REPOSITORY / "docs/ci.md").read_text().partition("## GitLab")[2]
    job = yaml.safe_load(section)["kg-check"]
    result = _run(job["script"][0], scratch)
    assert result.returncode == 1
    reports = job["artifacts"]["reports"]
    assert json.loads((scratch / reports["codequality"]).read_text())[0]["location"]["path"] == PEOPLE
    assert (scratch / reports["junit"]).exists()

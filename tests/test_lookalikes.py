"""Datasets of others, in the styles of well-known public ones: their habits are no faults, whatever ours are."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from harness import COMMAND, REPOSITORY

LOOKALIKES = sorted(path for path in (REPOSITORY / "tests/lookalikes").iterdir() if path.is_dir())


def test_there_are_lookalikes() -> None:
    assert len(LOOKALIKES) >= 4


@pytest.mark.parametrize("folder", LOOKALIKES, ids=lambda path: path.name)
def test_valid_dataset_of_others_has_no_finding(folder: Path, tmp_path: Path) -> None:
    shapes = ["--shapes", folder / "shapes.ttl"] if (folder / "shapes.ttl").exists() else []
    data = [path for path in folder.iterdir() if path.name != "shapes.ttl"]
    result = subprocess.run(
        [*COMMAND, "check", "--output", "json", "--deep", *data, *shapes],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert json.loads(result.stdout)["findings"] == []

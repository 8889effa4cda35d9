"""Datasets of others, in the styles of well-known public ones: their habits are no faults, whatever ours are."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from harness import COMMAND, REPOSITORY, Kg

LOOKALIKES = sorted(path for path in (REPOSITORY / "tests/lookalikes").iterdir() if path.is_dir())


BROADER = "http://www.w3.org/2004/02/skos/core#broader"


def test_there_are_lookalikes() -> None:
    assert len(LOOKALIKES) >= 4


@pytest.mark.parametrize("folder", LOOKALIKES, ids=lambda path: path.name)
def test_valid_dataset_of_others_has_no_violation_and_no_warning(folder: Path, tmp_path: Path) -> None:
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
    assert [one for one in json.loads(result.stdout)["findings"] if one["severity"] != "info"] == []


def test_dataset_too_large_for_owl_is_told_so(kg: Kg, tiny: Path) -> None:
    lines = (f"<https://tiny.example/id/a> <https://tiny.example/ns#born> {number} .\n" for number in range(50_001))
    (tiny / "graph_data/large.ttl").write_text("".join(lines))
    result = kg("check", "--only", "owl-inconsistency", root=tiny)
    assert result.returncode == 0
    assert "info: [owl-inconsistency] not looked at: found 50018 triples, expected at most 50000" in result.stdout


def test_thousands_of_faults_are_found_in_a_moment(kg: Kg, tiny: Path) -> None:
    """A ring of two thousand and as many misspelt references: neither recursion nor quadratic time."""
    person = "https://tiny.example/id/person"
    ring = (f"<{person}/{number}> <{BROADER}> <{person}/{(number + 1) % 2_000}> .\n" for number in range(2_000))
    lost = (f"<{person}/{number}> <https://tiny.example/ns#knows> <{person}/x{number}> .\n" for number in range(2_000))
    (tiny / "graph_data/large.nt").write_text("".join([*ring, *lost]))
    result = kg("check", "--only", "hierarchy-cycle", "--only", "dangling-reference", "--output", "json", root=tiny)
    assert json.loads(result.stdout)["counts"] == {"violation": 2_000, "warning": 1, "info": 0}

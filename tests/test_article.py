"""The data against the article that they are made from; what the check holds them to stands in test_promises."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from harness import REPOSITORY, shared

from kg.checks import check_sources
from kg.config import load_config
from kg.dataset import Sources, read_sources
from kg.shingles import shingles

NS = "https://w3id.org/agon/ns#"
PASSAGES = "graph_data/sources/passages/international-actors-part-2.ttl"
SHINGLES = REPOSITORY / "tests/shingles/international-actors-part-2.txt"


@pytest.fixture(scope="module")
def article() -> Path:
    return shared("source/article.txt")


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources(load_config(REPOSITORY))


def test_passages_are_those_of_the_article(article: Path) -> None:
    script = REPOSITORY / "tools/index_passages.py"
    result = subprocess.run([sys.executable, script, article], capture_output=True, text=True, check=True)
    assert result.stdout == (REPOSITORY / PASSAGES).read_text()


def test_quoted_words_stand_in_the_article_as_they_are(article: Path, sources: Sources) -> None:
    text = re.sub(r"\s+", " ", article.read_text().replace("\u2019", "'"))
    quoted = [quad.object.value for quad in sources.quads if quad.predicate.value == NS + "exactWords"]  # type: ignore[union-attr]
    assert len(quoted) > 30
    assert [quote for quote in quoted if quote.replace("\u2019", "'") not in text] == []


def test_digests_of_its_runs_are_those_of_the_article(article: Path) -> None:
    assert shingles(article.read_text()) == set(SHINGLES.read_text().split())


def test_words_of_the_article_are_found_in_our_data(article: Path) -> None:
    words = " ".join(article.read_text().split()[1000:1007])
    text = f"<https://w3id.org/agon/id/place/kosovo> <http://www.w3.org/2004/02/skos/core#note> {json.dumps(words)} ."
    report = check_sources(
        load_config(REPOSITORY),
        progress=lambda _: None,
        names=frozenset({"copied-words"}),
        replaced={"graph_data/planted.ttl": text.encode()},
    ).report
    assert [result.component for result in report.results] == ["#copied-words"]

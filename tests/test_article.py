"""The data against the article that they are made from: by digests everywhere, by its text where it is at hand."""

import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
from harness import REPOSITORY, shared

from kg.config import load_config
from kg.dataset import Sources, read_sources
from tools.shingles import shingles

NS = "https://w3id.org/agon/ns#"
PASSAGES = "graph_data/sources/passages/international-actors-part-2.ttl"
SHINGLES = REPOSITORY / "tests/shingles/international-actors-part-2.txt"
NAMES = {"http://purl.org/dc/terms/title", NS + "form"}
"""Predicates of names, which are given as they are."""
MOST_QUOTED_WORDS = 300


@pytest.fixture(scope="module")
def article() -> Path:
    return shared("source/article.txt")


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources(load_config(REPOSITORY))


def literals(sources: Sources, *, quoted: bool) -> list[str]:
    return [
        quad.object.value
        for file in sources.files
        if file.path.startswith("graph_data/")
        for quad in file.quads
        if isinstance(quad.object, pyoxigraph.Literal)
        and (quad.predicate.value == NS + "exactWords") is quoted
        and quad.predicate.value not in NAMES
    ]


def test_passages_are_those_of_the_article(article: Path) -> None:
    script = REPOSITORY / "tools/index_passages.py"
    result = subprocess.run([sys.executable, script, article], capture_output=True, text=True, check=True)
    assert result.stdout == (REPOSITORY / PASSAGES).read_text()


def test_quoted_words_stand_in_the_article_as_they_are(article: Path, sources: Sources) -> None:
    text = re.sub(r"\s+", " ", article.read_text().replace("\u2019", "'"))
    quoted = literals(sources, quoted=True)
    assert len(quoted) > 30
    assert [quote for quote in quoted if quote.replace("\u2019", "'") not in text] == []


def test_quoted_words_are_few(sources: Sources) -> None:
    quoted = literals(sources, quoted=True)
    assert max(len(quote.split()) for quote in quoted) <= 10
    assert sum(len(quote.split()) for quote in quoted) <= MOST_QUOTED_WORDS


def test_no_seven_words_of_the_article_are_copied(sources: Sources) -> None:
    theirs = set(SHINGLES.read_text().split())
    assert len(theirs) > 5000
    assert [text for text in literals(sources, quoted=False) if shingles(text) & theirs] == []


def test_digests_of_its_runs_are_those_of_the_article(article: Path) -> None:
    assert shingles(article.read_text()) == set(SHINGLES.read_text().split())

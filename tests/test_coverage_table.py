"""The table of what is anchored in each passage."""

from harness import REPOSITORY

from tools.coverage import COLUMNS, NOTHING_TO_ANCHOR, anchored, markdown


def test_table_is_current() -> None:
    assert (REPOSITORY / "docs/coverage.md").read_text() == markdown(anchored(REPOSITORY))


def test_every_passage_attests_something_or_has_a_reason() -> None:
    substance = list(COLUMNS)[:3]
    bare = {name for name, counts in anchored(REPOSITORY).items() if not any(counts[column] for column in substance)}
    assert bare == set(NOTHING_TO_ANCHOR)

"""The page of the rules is made from the registry, and kept as it is made."""

from harness import REPOSITORY

from tools.rule_pages import rule_page


def test_page_of_the_rules_is_current() -> None:
    assert (REPOSITORY / "docs/rules.md").read_text() == rule_page()

"""
Rules for saved queries and for the rules that derive triples: that they parse, and mean what they say.

Source: SPARQL 1.1 Query Language, sections 4.1.1 (prefixes), 15.1 (order) and 18.2.1 (variable scope).
"""

from collections.abc import Callable, Iterator
from typing import Final

from kg.findings import Location, Severity
from kg.query_checks import stored_answer
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind

__all__ = ["QUERY_RULES"]


def _malformed_queries(material: Material) -> Iterator[Hit]:
    for error in material.query_errors:
        yield Hit(error.problem, location=Location(error.path, error.line, error.column))


def _found(name: str) -> Callable[[Material], Iterator[Hit]]:
    """Make what gives the findings of one kind that the text of a query shows."""

    def find(material: Material) -> Iterator[Hit]:
        for finding in material.query_findings:
            if finding.rule == name:
                yield Hit(finding.message, location=Location(finding.path, finding.line, finding.column))

    return find


def _unanswered_queries(material: Material) -> Iterator[Hit]:
    folder = material.config.queries
    for query in material.queries:
        path = stored_answer(query, folder).relative_to(folder.parent).as_posix()
        if not (folder.parent / path).is_file():
            message = f"there is no stored answer {path}: kg queries update makes it"
            yield Hit(message, location=Location(query.path, 1))


QUERY_RULES: Final = (
    Rule(
        "query-syntax",
        RuleKind.FILES,
        Severity.VIOLATION,
        "Every saved query and every rule of the ontology parses, and its header says what it must.",
        "Mend what stands at the place.",
        _malformed_queries,
    ),
    Rule(
        "query-undeclared-term",
        RuleKind.QUERIES,
        Severity.VIOLATION,
        "Some file says something of each IRI of the dataset that a saved query names.",
        "Mend the spelling, or declare the term.",
        _found("undeclared-term"),
    ),
    Rule(
        "query-unbound-variable",
        RuleKind.QUERIES,
        Severity.WARNING,
        "Some part of a saved query can bind each of its variables.",
        "Mend the spelling of the variable.",
        _found("unbound-variable"),
    ),
    Rule(
        "query-limit-without-order",
        RuleKind.QUERIES,
        Severity.WARNING,
        "A saved query with LIMIT orders its solutions, so that two runs agree.",
        "Add ORDER BY.",
        _found("limit-without-order"),
    ),
    Rule(
        "query-without-answer",
        RuleKind.QUERIES,
        Severity.WARNING,
        "Every saved query has a stored answer, by which a change of the data or of the query is seen.",
        "Store it with kg queries update.",
        _unanswered_queries,
    ),
    Rule(
        "query-unused-prefix",
        RuleKind.QUERIES,
        Severity.INFO,
        "Every prefix that a saved query declares is used in it.",
        "Remove the declaration.",
        _found("unused-prefix"),
    ),
)

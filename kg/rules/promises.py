"""
Rules for what a graph promises: short quotations, words of its own, no side taken, no verdict, links that lead right.

What is promised stands in ``agon.toml``; without a setting its rule finds nothing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kg.errors import ConfigError
from kg.findings import Severity
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.shingles import RUN_WORDS, shingles
from kg.terms import Literal, NamedNode, Triple

__all__ = ["PROMISE_RULES"]

_DIGEST: Final = re.compile(r"[0-9a-f]{12}")


def _long_quotations(material: Material) -> Iterator[Hit]:
    settings = material.config.check.quotations
    total = 0
    for triple, text in _texts(material, settings.properties):
        words, before = len(text.split()), total
        total += words
        if words > settings.max_words:
            yield Hit(f"found a quotation of {words} words, expected at most {settings.max_words}", triple)
        if 0 < settings.max_words_total < total and before <= settings.max_words_total:
            message = f"found more than {settings.max_words_total} quoted words in all from here on"
            yield Hit(f"{message}, expected at most that many", triple)


def _copied_words(material: Material) -> Iterator[Hit]:
    settings = material.config.check.copied_words
    if not settings.digests:
        return
    theirs = {digest for path in settings.digests for digest in _digests(material, path)}
    for triple in material.reported_data:
        words = triple.object.value if isinstance(triple.object, Literal) else ""
        if triple.predicate.value not in settings.exempt and shingles(words) & theirs:
            message = f"found {RUN_WORDS} or more words in a row that a source has, expected words of our own"
            yield Hit(message, triple)


def _digests(material: Material, path: str) -> Sequence[str]:
    """
    Read a file of digests.

    Raises:
        ConfigError: It cannot be read, or holds something else.
    """
    setting = f'agon.toml: check.copied_words.digests names "{path}"'
    try:
        digests = (material.config.root / path).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{setting}, which cannot be read: {error}; make it with tools/shingles.py") from error
    odd = next((digest for digest in digests if not _DIGEST.fullmatch(digest)), None)
    if odd or not digests:
        found = f'holds "{odd[:40]}"' if odd else "is empty"
        raise ConfigError(f"{setting}, which {found}, expected digests of twelve hexadecimal digits")
    return digests


def _loaded_words(material: Material) -> Iterator[Hit]:
    settings = material.config.check.loaded_words
    for triple, text in _texts(material, settings.properties):
        found = settings.found_in(text)
        if found:
            yield Hit(f"found words that take a side: {', '.join(found)}; expected neutral ones", triple)


def _texts(material: Material, properties: Sequence[str]) -> Iterator[tuple[Triple, str]]:
    """Give the texts that stand under some properties, in the order of the files."""
    wanted = set(properties)
    for triple in material.data if wanted else ():
        if triple.predicate.value in wanted and isinstance(triple.object, Literal):
            yield triple, triple.object.value


def _forbidden_terms(material: Material) -> Iterator[Hit]:
    in_data = set(material.data) if material.config.check.forbidden_terms else set()  # a shape may forbid it by name
    for iri in material.config.check.forbidden_terms:
        for triple in dict.fromkeys([*material.words.get(iri, ()), *material.mentions.get(iri, ())]):
            if triple in in_data:
                yield Hit(f"found <{iri}>, which this graph promises not to use", triple, about=iri)


def _odd_links(material: Material) -> Iterator[Hit]:
    settings = material.config.check.links
    taken: dict[tuple[str, str, str], str] = {}
    for triple in material.data if settings.properties else ():
        predicate, value = triple.predicate.value, triple.object
        if predicate not in settings.properties or not isinstance(value, NamedNode):
            continue
        if isinstance(triple.subject, NamedNode) and value.value.startswith(material.config.own_iris):
            yield Hit(f"found a link to <{value.value}>, which is of this dataset, expected one elsewhere", triple)
            continue
        target = next((each for each in settings.targets if re.fullmatch(each, value.value)), None)
        first = taken.setdefault((str(triple.subject), predicate, target or ""), value.value)
        if target is None and settings.targets:
            yield Hit(f"found a link to <{value.value}>, expected one of the form {_either(settings.targets)}", triple)
        elif target and first != value.value:
            yield Hit(f"found a link to <{value.value}> beside the one to <{first}>, expected one of the two", triple)


def _either(patterns: Sequence[str]) -> str:
    return " or ".join(patterns)


PROMISE_RULES: Final = (
    Rule(
        "quotation-length",
        RuleKind.PROMISES,
        Severity.VIOLATION,
        "Quotations are as short, and all together as few, as check.quotations says.",
        "Shorten the quotation, or say in words of your own what it says.",
        _long_quotations,
    ),
    Rule(
        "copied-words",
        RuleKind.PROMISES,
        Severity.VIOLATION,
        "No text of the data has seven words in a row from a source in check.copied_words, but quotations and names.",
        "Say it in words of your own.",
        _copied_words,
    ),
    Rule(
        "loaded-words",
        RuleKind.PROMISES,
        Severity.WARNING,
        "No text in the voice of the dataset has a word that takes a side, as listed in check.loaded_words.",
        "Take a word that all sides would accept, or say whose word it is.",
        _loaded_words,
    ),
    Rule(
        "forbidden-term",
        RuleKind.PROMISES,
        Severity.VIOLATION,
        "No statement of the data uses a term in check.forbidden_terms, such as one that gives a verdict.",
        "Remove the statement.",
        _forbidden_terms,
    ),
    Rule(
        "link-target",
        RuleKind.PROMISES,
        Severity.VIOLATION,
        "Links to other datasets lead where check.links allows: to one thing of each dataset, and to none of our own.",
        "Mend the IRI, or remove the link.",
        _odd_links,
    ),
)

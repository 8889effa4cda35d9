"""
Rules for prefixes and IRIs as a file writes them: what is never used, clashes, or is hardly meant.

Source: RDF 1.1 Turtle, sections 2.4 and 6.3; RFC 3986, sections 4.4 (same-document references) and 6.2.2 (what makes
IRIs equal); Unicode Technical Standard 39, section 5 (mixed scripts).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from kg.findings import Severity
from kg.rules.material import Material
from kg.rules.rule import Hit, Rule, RuleKind
from kg.rules.texts import Declaration, SourceReading
from kg.terms import NamedNode, Triple

__all__ = ["IRI_RULES"]

_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_BASE: Final = re.compile(r"@base\b|(?<![\w:.@\\%-])(?i:base)\s")
_PREFIX_USED: Final = re.compile(r"(?<![\w.:\\%-])([\w.-]*):")
_PREFIX_NAMED: Final = re.compile(r"(?<![\w:.-])([\w.-]*+):(?=\w)")
_LOOKALIKES: Final = "асеіјорѕхуһԁԛԝАВСЕНІЈКМОРЅТХУοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # noqa: RUF001
"""Letters of Cyrillic and Greek that look like Latin ones."""
_MIXED: Final = re.compile(f"[A-Za-z][{_LOOKALIKES}]|[{_LOOKALIKES}][A-Za-z]")
_MISTAKES: Final = {
    re.compile(r"^(?i:https?):(?!//[^/])"): "has no host behind its scheme, expected http:// or https:// and a name",
    re.compile(r"^(?i:https?)://(?i:https?)(?::|%3A)?//"): "has its scheme twice: remove one",
    re.compile(r"%(?:20|09|0A|0D)$", re.IGNORECASE): "ends with an encoded blank: remove it",
    re.compile(r"^.{2001}", re.DOTALL): "is longer than 2,000 characters, which many programs cut off: shorten it",
}
"""What is surely wrong with an IRI."""


def _unused_prefixes(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        used = set(_PREFIX_USED.findall(_without_declarations(file))) if file.declarations else set()
        idle = [declared for declared in file.declarations if declared.prefix not in used]
        named = _named_in_strings(file) if idle else set()
        for declared in idle:
            if declared.prefix not in named:
                message = f'no name has the prefix "{declared.prefix}:": remove its declaration'
                yield Hit(message, location=file.location(declared.start))


def _without_declarations(file: SourceReading) -> str:
    parts, end = [], 0
    for declared in file.declarations:
        parts.append(file.code[end : declared.start])
        end = declared.start + len(declared.prefix) + 1
    return "".join((*parts, file.code[end:]))


def _named_in_strings(file: SourceReading) -> set[str]:
    """Give the prefixes of which a string, such as a query in a shape, has a name."""
    strings = (piece[0] for piece in file.pieces if piece.lastgroup == "string")
    return {prefix for string in strings for prefix in _PREFIX_NAMED.findall(string)}


def _prefix_conflicts(material: Material) -> Iterator[Hit]:
    first: dict[str, tuple[str, Declaration]] = {}
    told: set[tuple[str, str]] = set()
    for file in material.readings:
        own: dict[str, Declaration] = {}
        for declared in file.declarations:
            known = own.setdefault(declared.prefix, declared)
            path, other = (file.path, known) if not declared.prefix else first.get(declared.prefix, (file.path, known))
            named = (declared.prefix, declared.namespace)
            if other.namespace != declared.namespace and named not in told and _ABSOLUTE.match(declared.namespace):
                told.add(named)
                found = f'"{declared.prefix}:" is <{declared.namespace}> here and <{other.namespace}> in {path}'
                mend = "take another prefix for one of them, or mend the namespace"
                yield Hit(f"{found}: {mend}", location=file.location(declared.start))
        for prefix, declared in own.items():
            if prefix and _ABSOLUTE.match(declared.namespace):
                first.setdefault(prefix, (file.path, declared))


def _relative_iris(material: Material) -> Iterator[Hit]:
    for file in material.reported_readings:
        if _BASE.search(file.code):
            continue
        first: dict[str, re.Match[str]] = {}
        for piece in file.pieces:
            if piece.lastgroup == "iri" and _is_relative(piece[0]):
                first.setdefault(piece[0], piece)
        for piece in first.values():
            found = f'found "{piece[0][1:-1]}", a relative IRI in a file without @base'
            yield Hit(f"{found}: write it in full, or declare a base", location=file.location(piece.start()))


def _is_relative(iri: str) -> bool:
    """Tell whether a base is needed; a reference to the file itself, such as <#me>, is meant as it is."""
    return not _ABSOLUTE.match(iri, 1) and iri != "<>" and not iri.startswith("<#")


def _suspicious_iris(material: Material) -> Iterator[Hit]:
    described: dict[str, list[str]] = {}
    is_whole = len(material.sources.files) == len(material.contents)
    for iri in sorted(material.subjects if is_whole else ()):
        described.setdefault(_rough(iri), []).append(iri)
    for iri, triple in _used_iris(material).items():
        if mistake := _mistake(iri):
            yield Hit(f'found "{iri[:200]}", which {mistake}', triple, about=iri)
        elif (near := _nearly_described(iri, described, material)) is not None:
            yield Hit(f"found <{iri}>, of which no file says anything: did you mean <{near}>?", triple, about=iri)


def _mistake(iri: str) -> str | None:
    if mixed := _MIXED.search(iri):
        letter = unicodedata.name(next(letter for letter in mixed[0] if not letter.isascii()))
        return f"has {letter} beside a Latin letter: write the word anew in one script"
    return next((said for pattern, said in _MISTAKES.items() if pattern.search(iri)), None)


def _used_iris(material: Material) -> Mapping[str, Triple]:
    """Give each IRI with the first triple that has it."""
    found: dict[str, Triple] = {}
    for triple in material.reported_triples:
        for term in triple:
            if isinstance(term, NamedNode):
                found.setdefault(term.value, triple)
    return found


def _nearly_described(iri: str, described: Mapping[str, list[str]], material: Material) -> str | None:
    """Find what differs in letter case or in the mark at the end only; of our own IRIs other rules speak."""
    near = described.get(_rough(iri))
    own = (*material.config.own_iris, *material.namespaces)
    if near is None or iri in near or iri.startswith(own):
        return None
    return next((other for other in near if not _is_class_and_property(iri, other)), None)


def _is_class_and_property(one: str, other: str) -> bool:
    """Tell whether one begins with a capital and the other does not, as the class ex:URL and the property ex:url."""
    cut = max(one.rfind("#"), one.rfind("/")) + 1
    return one[:cut] == other[:cut] and one[cut : cut + 1].isupper() != other[cut : cut + 1].isupper()


def _rough(iri: str) -> str:
    return iri.rstrip("/#").casefold()


IRI_RULES: Final = (
    Rule(
        "unused-prefix",
        RuleKind.FILES,
        Severity.INFO,
        "Every prefix that a file declares is used in it.",
        "Remove the declaration.",
        _unused_prefixes,
    ),
    Rule(
        "prefix-conflict",
        RuleKind.FILES,
        Severity.WARNING,
        "A prefix stands for one namespace, in a file and across files; the empty one may differ from file to file.",
        "Take another prefix for one of the namespaces, or mend the one that is misspelt.",
        _prefix_conflicts,
    ),
    Rule(
        "relative-iri",
        RuleKind.FILES,
        Severity.WARNING,
        "An IRI is absolute, or the file declares what it is relative to; <> and <#...> mean the file itself.",
        "Write the IRI in full, or declare a base.",
        _relative_iris,
    ),
    Rule(
        "suspicious-iri",
        RuleKind.FILES,
        Severity.WARNING,
        "No IRI mixes scripts that look alike, has a broken beginning or end, or differs from one that is described "
        "only in the case of letters or in a slash or # at its end.",
        "Write the IRI anew: the message names what is wrong with it.",
        _suspicious_iris,
    ),
)

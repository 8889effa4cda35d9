"""
Index the passages of a source text: their place and digest, never their words.

Run it as ``python tools/index_passages.py ARTICLE > graph_data/sources/passages/international-actors-part-2.ttl``.
A heading is a short line that ends no sentence; the heading ``Analysis`` opens part b of the section, any other
one a new section. The passages end with the section ``Conclusions``: what follows it belongs to other articles.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = "international-actors-part-2"
_PLAYER_LABEL = "Listen to the article."
_LONGEST_HEADING_WORDS = 20
_HEADER = f"""\
@prefix agon: <https://w3id.org/agon/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix organization: <https://w3id.org/agon/id/organization/> .
@prefix pas: <https://w3id.org/agon/id/passage/{DOCUMENT}/> .
@prefix source: <https://w3id.org/agon/id/source/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/agon/graph/graph_data/sources/passages/{DOCUMENT}>
    a void:Dataset ;
    dcterms:title "Passages of the article on international actors, part II"@en ;
    dcterms:creator organization:agon-editors ;
    dcterms:created "2026-11-24"^^xsd:date ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:source source:{DOCUMENT} ;
    .
"""


@dataclass(frozen=True)
class Passage:
    """One paragraph: its section (0 is the introduction), part (a or b), ordinal from 1, and its text."""

    section: int
    part: str
    ordinal: int
    text: str

    @property
    def name(self) -> str:
        """The last segment of its IRI, such as ``s02b-p05``."""
        return f"s{self.section:02d}{self.part}-p{self.ordinal:02d}"

    @property
    def digest(self) -> str:
        """The digest as ``agon:digest`` defines it."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()


def normalize(text: str) -> str:
    """Give the text in normalization form C with runs of white space as one space, trimmed."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def is_heading(line: str) -> bool:
    """Tell whether a line is short and ends no sentence."""
    return len(line.split()) < _LONGEST_HEADING_WORDS and not re.search(r"[.?!][”\"]?$", line)


def passages(text: str) -> Iterator[Passage]:
    """
    Split a source text into its passages.

    Args:
        text: The whole article, one paragraph or heading a line.

    Returns:
        The passages in document order, up to the end of the conclusions.
    """
    section, part, ordinal, heading = 0, "a", 0, ""
    for line in filter(None, map(normalize, text.splitlines())):
        if line == _PLAYER_LABEL:
            continue
        if not is_heading(line):
            ordinal += 1
            yield Passage(section, part, ordinal, line)
            continue
        if heading == "Conclusions":
            return
        heading, ordinal = line, 0
        section, part = (section, "b") if line == "Analysis" else (section + 1, "a")


def turtle(passage: Passage) -> str:
    """Give the Turtle block that states one passage without its text."""
    return f"""
pas:{passage.name}
    a agon:Passage ;
    dcterms:isPartOf source:{DOCUMENT} ;
    agon:section {passage.section} ;
    agon:part "{passage.part}" ;
    agon:ordinal {passage.ordinal} ;
    agon:digest "{passage.digest}" ;
    .
"""


if __name__ == "__main__":
    article = Path(sys.argv[1]).read_text(encoding="utf-8")
    sys.stdout.write(_HEADER + "".join(map(turtle, passages(article))))

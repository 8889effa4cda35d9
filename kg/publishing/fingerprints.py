"""
Fingerprints of graphs: the same whatever the order, the labels of blank nodes and the spelling of values.

A fingerprint is a sum over the triples, so a graph can be read as a stream. Only the triples that have to do with blank
nodes are held, since the digest of one node needs all that leads from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from kg.blank_nodes import write_without_labels
from kg.formats import read_quads
from kg.publishing.values import by_value

__all__ = ["Fingerprint", "Line", "fingerprint", "has_blank_nodes", "number_of", "numbered", "read_line"]

_MODULUS: Final = 1 << 128


@dataclass(frozen=True, slots=True)
class Line:
    """
    A triple, as N-Triples writes it without the dot.

    ``value`` is the same with one spelling for each value, ``kind`` what kind of value its object is, and ``number``
    stands for ``value`` in sums.
    """

    text: str
    value: str
    kind: str
    number: int
    has_blank_nodes: bool


@dataclass
class Fingerprint:
    """
    The fingerprint of a graph; ``blank`` holds its triples that have to do with blank nodes.

    ``spellings`` sums, for each kind of value that has more than one spelling, how its values are spelt.
    """

    count: int = 0
    total: int = 0
    spellings: dict[str, int] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Take a triple in; no triple is taken in twice."""
        self.count += 1
        if line.kind:
            self.spellings[line.kind] = (self.spellings.get(line.kind, 0) + number_of(line.text)) % _MODULUS
        if line.has_blank_nodes:
            self.blank.append(line.text)
        else:
            self.total = (self.total + line.number) % _MODULUS

    def close(self) -> "Fingerprint":
        """Take the blank nodes in; to be called once, at the end."""
        self.total = (self.total + sum(map(number_of, _without_labels(self.blank)))) % _MODULUS
        return self

    @property
    def digest(self) -> str:
        """The sum, in hexadecimal digits."""
        return f"{self.total:032x}"

    @property
    def is_like(self) -> tuple[int, int]:
        """What is equal for equal graphs."""
        return self.count, self.total

    def differing_kinds(self, other: Mapping[str, int]) -> frozenset[str]:
        """Tell of which kinds values are spelt otherwise."""
        return frozenset(kind for kind, total in self.spellings.items() if other.get(kind) != total)


def fingerprint(triples: Iterable[str]) -> Fingerprint:
    """Give the fingerprint of a graph, whose triples come as N-Triples writes them without the dot, each once."""
    found = Fingerprint()
    for text in triples:
        found.add(read_line(text))
    return found.close()


def number_of(text: str) -> int:
    """Give the number that stands for a text in sums."""
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


def has_blank_nodes(text: str) -> bool:
    """Tell whether a triple has to do with blank nodes, or is about a triple."""
    if "_:" not in text:
        return False
    subject, _, value = text.split(" ", 2)
    return subject.startswith("_:") or value.startswith(("_:", "<<"))


def read_line(text: str) -> Line:
    """Read a triple, as N-Triples writes it without the dot."""
    subject, predicate, value = text.split(" ", 2)
    spelt, kind = by_value(value)
    whole = f"{subject} {predicate} {spelt}" if kind else text
    is_blank = has_blank_nodes(text)
    return Line(text, whole, kind, 0 if is_blank else number_of(whole), is_blank)


def numbered(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """
    Give the triples of a graph, each with a number that is the same in equal graphs.

    Args:
        texts: Its triples, as N-Triples writes them without the dot.
    """
    blank = []
    for text in texts:
        line = read_line(text)
        if line.has_blank_nodes:
            blank.append(text)
        else:
            yield line.number, text
    yield from zip(map(number_of, _without_labels(blank)), blank, strict=True)


def _without_labels(texts: Iterable[str]) -> Iterator[str]:
    document = "".join(f"{read_line(text).value} .\n" for text in texts)
    return write_without_labels(read_quads(document.encode()))

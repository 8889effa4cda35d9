"""A shapes graph, for reading, and what to say of shapes that this engine does not know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.terms import NamedNode, Term, Triple, prefixed

__all__ = ["BoundlessQueryError", "TripleIndex", "UnsupportedShapeError", "sh"]

_FIRST, _REST = map(prefixed, ("rdf:first", "rdf:rest"))
_TYPE = prefixed("rdf:type")
_SUBCLASS = prefixed("rdfs:subClassOf")
_NOTHING: Mapping[Term, dict[Term, None]] = {}


class UnsupportedShapeError(Exception):
    """A shape uses what this engine does not know; the message names it."""


class BoundlessQueryError(Exception):
    """A query can read every triple of a graph."""


def sh(name: str) -> NamedNode:
    """Give a term of the SHACL vocabulary."""
    return prefixed(f"sh:{name}")


class TripleIndex:
    """A small graph, by terms; values stand in the order in which they were given, each once."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Take the triples in."""
        self._values: defaultdict[Term, dict[Term, dict[Term, None]]] = defaultdict(dict)
        self._subjects: defaultdict[Term, dict[Term, dict[Term, None]]] = defaultdict(dict)
        self._predicates: defaultdict[Term, dict[Term, None]] = defaultdict(dict)
        self.triples = tuple(triples)
        self._lists: dict[Term, list[Term]] = {}
        for triple in self.triples:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            self._values[predicate].setdefault(subject, {})[value] = None
            self._subjects[predicate].setdefault(value, {})[subject] = None
            self._predicates[subject][predicate] = None

    def by_subject(self, predicate: Term) -> Mapping[Term, dict[Term, None]]:
        """Give the values of a property, by their subjects."""
        return self._values.get(predicate, _NOTHING)

    def by_value(self, predicate: Term) -> Mapping[Term, dict[Term, None]]:
        """Give the subjects of a property, by its values."""
        return self._subjects.get(predicate, _NOTHING)

    def values(self, subject: Term, predicate: Term) -> list[Term]:
        """Give the values of a property of one subject."""
        return list(self.by_subject(predicate).get(subject, ()))

    def value(self, subject: Term, predicate: Term) -> Term | None:
        """Give one value of a property of one subject, if there is any."""
        return next(iter(self.by_subject(predicate).get(subject, ())), None)

    def all_predicates(self) -> set[Term]:
        """Give every property in use."""
        return set(self._values)

    def predicates(self, subject: Term) -> list[Term]:
        """Give the properties that a subject has."""
        return list(self._predicates.get(subject, ()))

    def items(self, head: Term) -> list[Term]:
        """Give the members of a list; a malformed one ends where it breaks."""
        if head not in self._lists:
            self._lists[head] = self._items(head)
        return list(self._lists[head])

    def _items(self, head: Term) -> list[Term]:
        found: list[Term] = []
        seen: set[Term] = set()
        node: Term | None = head
        while node is not None and node not in seen:
            seen.add(node)
            member = self.value(node, _FIRST)
            if member is None:
                break
            found.append(member)
            node = self.value(node, _REST)
        return found

    def subclasses(self, class_: Term) -> set[Term]:
        """Give a class and all that are declared below it."""
        found, waiting = {class_}, [class_]
        below = self.by_value(_SUBCLASS)
        while waiting:
            new = set(below.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return found

    def instances(self, class_: Term) -> set[Term]:
        """Give the instances of a class and of those below it."""
        by_type = self.by_value(_TYPE)
        return {node for each in self.subclasses(class_) for node in by_type.get(each, ())}

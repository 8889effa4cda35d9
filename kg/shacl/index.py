"""Triples by predicate, so that the values of one property are at hand for all subjects at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.namespaces import PREFIXES
from kg.terms import NamedNode, Term, Triple

__all__ = ["TripleIndex", "UnsupportedShapeError", "sh"]

_FIRST, _REST = (NamedNode(PREFIXES["rdf"] + name) for name in ("first", "rest"))
_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_NOTHING: Mapping[Term, dict[Term, None]] = {}


class UnsupportedShapeError(Exception):
    """A shape uses what this engine does not know; the message names it."""


def sh(name: str) -> NamedNode:
    """Give a term of the SHACL vocabulary."""
    return NamedNode(PREFIXES["sh"] + name)


class TripleIndex:
    """A graph, for reading; values stand in the order in which they were given, each once."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Take the triples in."""
        self._values: defaultdict[Term, dict[Term, dict[Term, None]]] = defaultdict(dict)
        for subject, predicate, value in triples:
            self._values[predicate].setdefault(subject, {})[value] = None
        self._subjects: dict[Term, dict[Term, dict[Term, None]]] = {}
        self._predicates: dict[Term, list[Term]] | None = None
        self._instances: dict[Term, set[Term]] = {}

    def by_subject(self, predicate: Term) -> Mapping[Term, dict[Term, None]]:
        """Give the values of a property, by their subjects."""
        return self._values.get(predicate, _NOTHING)

    def by_value(self, predicate: Term) -> Mapping[Term, dict[Term, None]]:
        """Give the subjects of a property, by its values."""
        if predicate not in self._subjects:
            found: defaultdict[Term, dict[Term, None]] = defaultdict(dict)
            for subject, values in self.by_subject(predicate).items():
                for value in values:
                    found[value][subject] = None
            self._subjects[predicate] = dict(found)
        return self._subjects[predicate]

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
        if self._predicates is None:
            found: defaultdict[Term, list[Term]] = defaultdict(list)
            for predicate, subjects in self._values.items():
                for each in subjects:
                    found[each].append(predicate)
            self._predicates = dict(found)
        return self._predicates.get(subject, [])

    def items(self, head: Term) -> list[Term]:
        """Give the members of a list; a malformed one ends where it breaks."""
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
            for other in below.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def instances(self, class_: Term) -> set[Term]:
        """Give the instances of a class and of those below it."""
        if class_ not in self._instances:
            by_type = self.by_value(_TYPE)
            self._instances[class_] = {node for each in self.subclasses(class_) for node in by_type.get(each, ())}
        return self._instances[class_]

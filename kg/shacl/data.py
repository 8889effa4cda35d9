"""
A data graph whose nodes are numbers, so that a million of them can be put into sets and looked up at little cost.

A term is hashed when it comes in and not again; the term that a number stands for is ``terms[number]``.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping

from kg.terms import Quad, Term, Triple, prefixed

__all__ = ["DataGraph", "Statement", "Values", "each"]

Statement = Triple | Quad
Values = int | dict[int, None]
"""The values that a subject has of one property; by far the most have one, which then stands for itself."""

_SUBCLASS = prefixed("rdfs:subClassOf")
_TYPE = prefixed("rdf:type")
_NOTHING: Mapping[int, Values] = {}


def each(values: Values | None) -> Collection[int]:
    """Give values one by one."""
    if values is None:
        return ()
    return (values,) if isinstance(values, int) else values


class DataGraph:
    """A graph, for reading, by property and then by subject; values stand in the order in which they came."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        """Take statements in; of quads the graph does not count."""
        self.terms: list[Term] = []
        self._numbers: dict[Term, int] = {}
        self._values: defaultdict[Term, dict[int, Values]] = defaultdict(dict)
        self._subjects: dict[Term, dict[int, list[int]]] = {}
        self._instances: dict[Term, set[int]] = {}
        deque(self.reading(statements), maxlen=0)

    def reading(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """Take statements in, one at a time, and pass each on, for another reader of the same parse."""
        terms, tables = self.terms, self._values
        number = self._numbers.setdefault
        for statement in statements:
            term, value = statement.subject, statement.object
            subject = number(term, len(terms))
            if subject == len(terms):
                terms.append(term)
            found = number(value, len(terms))
            if found == len(terms):
                terms.append(value)
            table = tables[statement.predicate]
            before = table.get(subject)
            if before is None:
                table[subject] = found
            elif isinstance(before, dict):
                before[found] = None
            elif before != found:
                table[subject] = {before: None, found: None}
            yield statement

    def number(self, term: Term) -> int:
        """Give the number of a term, a new one if need be."""
        number = self._numbers.setdefault(term, len(self.terms))
        if number == len(self.terms):
            self.terms.append(term)
        return number

    def find(self, term: Term) -> int | None:
        """Give the number of a term, if it has one."""
        return self._numbers.get(term)

    def predicates(self) -> Collection[Term]:
        """Give every property in use."""
        return self._values.keys()

    def values(self, predicate: Term) -> Mapping[int, Values]:
        """Give the values of a property, by their subjects."""
        return self._values.get(predicate, _NOTHING)

    def subjects(self, predicate: Term) -> Mapping[int, list[int]]:
        """Give the subjects of a property, by its values."""
        if predicate not in self._subjects:
            found: defaultdict[int, list[int]] = defaultdict(list)
            for subject, values in self.values(predicate).items():
                for value in each(values):
                    found[value].append(subject)
            self._subjects[predicate] = dict(found)
        return self._subjects[predicate]

    def instances(self, class_: Term) -> set[int]:
        """Give the instances of a class and of those below it."""
        if class_ not in self._instances:
            by_type = self.subjects(_TYPE)
            self._instances[class_] = {node for one in self._subclasses(class_) for node in by_type.get(one, ())}
        return self._instances[class_]

    def _subclasses(self, class_: Term) -> set[int]:
        top = self.number(class_)
        found, waiting = {top}, [top]
        below = self.subjects(_SUBCLASS)
        while waiting:
            new = set(below.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return found

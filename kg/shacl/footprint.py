"""
The triples that a query can read for a focus node: answered from them alone, it gives the same solutions.

A triple pattern reads the triples that it matches. Where a variable can only have certain values, because another
pattern that must match too gives it no others, only these are followed; so the footprint mostly lies around ``$this``.

Source: SPARQL 1.1 Query Language, section 18.5 (what each part of a query is evaluated to).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import rdflib
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
from rdflib.plugins.sparql.parserutils import CompValue

from kg.shacl.index import BoundlessQueryError
from kg.shacl.paths import Path
from kg.shacl.trace import Trace
from kg.terms import NamedNode, Term

__all__ = ["Footprint"]

_Candidates = dict[rdflib.term.Node, set[Term]]
"""The values that a variable can have; one that is absent can have any."""
_WHOLE = frozenset({"Group", "Slice"})
"""Parts that depend on all solutions of what is within, so none of these may be left out beforehand."""


class Footprint:
    """A query, for finding what it reads."""

    def __init__(self, text: str) -> None:
        """
        Read a query.

        Raises:
            BoundlessQueryError: It is one that this module cannot follow.
        """
        try:
            self._algebra = prepareQuery(text).algebra
        except Exception as error:  # of any type, a plain Exception for an unknown prefix
            raise BoundlessQueryError(str(error)) from error
        _translate_exists(self._algebra)

    def record(self, trace: Trace, bound: Mapping[str, Iterable[Term]]) -> None:
        """
        Put what the query reads into a trace.

        Args:
            trace: Where the triples are kept.
            bound: The values that variables such as ``this`` are bound to beforehand.

        Raises:
            BoundlessQueryError: The query can read everything.
        """
        known: _Candidates = {rdflib.Variable(name): set(values) for name, values in bound.items()}
        _Walk(trace, known).visit(self._algebra, known)


class _Walk:
    """One walk over the parts of a query."""

    def __init__(self, trace: Trace, bound: _Candidates) -> None:
        self._trace = trace
        self._bound = bound

    def visit(self, part: CompValue, known: _Candidates) -> _Candidates:
        """Record what a part of a query reads, and give the values that its variables can have afterwards."""
        if part.name == "BGP":
            return self._match(list(part.triples), known)
        if part.name == "Join":
            return self.visit(part.p2, self.visit(part.p1, known))
        if part.name in {"LeftJoin", "Minus"}:
            left = self.visit(part.p1, known)
            self._visit_exists(part.get("expr"), self.visit(part.p2, left))
            return left
        if part.name == "Union":
            one, other = self.visit(part.p1, known), self.visit(part.p2, known)
            return {name: one[name] | other[name] for name in one.keys() & other.keys()}
        if part.name in {"Graph", "ServiceGraphPattern"}:
            raise BoundlessQueryError("it asks named graphs or another endpoint")
        if part.name == "Project":
            return {**known, **self._visit_project(part, known)}
        if part.name in _WHOLE:
            self.visit(part.p, self._bound if part.name == "Group" else {})  # rdflib binds nothing within a LIMIT
            return known
        inner = self.visit(part.p, known) if "p" in part else known
        self._visit_exists(part.get("expr"), inner)
        return inner

    def _visit_project(self, part: CompValue, known: _Candidates) -> _Candidates:
        """Visit a query within: it shares only the variables that it selects."""
        shared = set(part.PV) | self._bound.keys()
        inner = self.visit(part.p, {name: values for name, values in known.items() if name in shared})
        return {name: values for name, values in inner.items() if name in shared}

    def _visit_exists(self, expression: Any, known: _Candidates) -> None:
        for group in _exists(expression):
            self.visit(group, known)

    def _match(self, patterns: list[Sequence[Any]], known: _Candidates) -> _Candidates:
        """Match triple patterns, those first that lie next to what is known."""
        known = dict(known)
        while patterns:
            pattern = next((each for each in patterns if _is_near(each, known)), patterns[0])
            patterns.remove(pattern)
            subject, predicate, value = pattern
            pairs = self._pairs(_values(subject, known), predicate, _values(value, known))
            for end, found in ((subject, {one for one, _ in pairs}), (value, {other for _, other in pairs})):
                if isinstance(end, rdflib.Variable | rdflib.BNode):
                    known[end] = known[end] & found if end in known else found
        return known

    def _pairs(self, subjects: set[Term] | None, predicate: Any, values: set[Term] | None) -> set[tuple[Term, Term]]:
        """Give the pairs of nodes that a pattern relates, and record the triples on the way."""
        if isinstance(predicate, rdflib.Variable):
            return self._any_pairs(subjects, values)
        path = _path(predicate)
        if subjects is None and values is None:
            return set(self._trace.all_pairs(path.predicate) if path.predicate else self._everywhere(path))
        if subjects is None:
            back = path.inverted()
            return {(node, value) for value in values or () for node in self._trace.reach(back, value)}
        return {(node, value) for node in subjects for value in self._trace.reach(path, node)}

    def _any_pairs(self, subjects: set[Term] | None, values: set[Term] | None) -> set[tuple[Term, Term]]:
        if subjects is not None:
            return {(triple.subject, triple.object) for node in subjects for triple in self._trace.describe(node)}
        if values is not None:
            return {(triple.subject, triple.object) for node in values for triple in self._trace.mentions(node)}
        raise BoundlessQueryError("a pattern of it matches every triple")

    def _everywhere(self, path: Path) -> Iterator[tuple[Term, Term]]:
        """Follow a path from every subject of its first steps; one that may be empty relates each node to itself."""
        starts = self._trace.starts(path)
        if starts is None:
            raise BoundlessQueryError("a path of it relates every node to itself")
        return ((node, value) for node in starts for value in self._trace.reach(path, node))


def _is_near(pattern: Sequence[Any], known: _Candidates) -> bool:
    return _values(pattern[0], known) is not None or _values(pattern[2], known) is not None


def _values(term: Any, known: _Candidates) -> set[Term] | None:
    """Give what may stand at an end of a pattern; a literal of a query may be written otherwise in the data."""
    if isinstance(term, rdflib.URIRef):
        return {NamedNode(str(term))}
    return known.get(term)


def _path(predicate: Any) -> Path:
    if isinstance(predicate, rdflib.URIRef):
        return Path("predicate", NamedNode(str(predicate)))
    if isinstance(predicate, InvPath):
        return Path("^", parts=(_path(predicate.arg),))
    if isinstance(predicate, SequencePath | AlternativePath):
        kind = "/" if isinstance(predicate, SequencePath) else "|"
        return Path(kind, parts=tuple(map(_path, predicate.args)))
    if isinstance(predicate, MulPath):
        return Path(str(predicate.mod), parts=(_path(predicate.path),))
    raise BoundlessQueryError(f"it has the path {predicate}")


def _exists(expression: Any) -> Iterator[CompValue]:
    """Give the groups of EXISTS and NOT EXISTS within an expression."""
    if isinstance(expression, CompValue):
        if expression.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
            yield expression.graph
            return
        children: Iterable[Any] = expression.values()
    else:
        children = expression if isinstance(expression, list) else ()
    for child in children:
        yield from _exists(child)


def _translate_exists(node: Any) -> None:
    """Bring the groups of EXISTS into the form of the others; rdflib 7 leaves that to the evaluation."""
    children: Iterable[Any] = node.values() if isinstance(node, CompValue) else node if isinstance(node, list) else ()
    for child in children:
        _translate_exists(child)
    if not isinstance(node, CompValue) or node.name not in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
        return
    if node.graph.name.startswith("GroupGraphPattern"):
        node["graph"] = translateGroupGraphPattern(node.graph)

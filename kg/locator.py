"""
Where in the files a finding stands.

Files are read anew, with places, when a finding is about them, and only then.

Source: SHACL, section 3.6, for the parts of a finding.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from kg.blank_nodes import blank_node_labels
from kg.dataset import SourceFile
from kg.findings import Location
from kg.formats import has_tokens
from kg.terms import BlankNode, DefaultGraph, NamedNode, Quad, Term, Triple, plain, prefixed
from kg.text_lines import line_and_column
from kg.turtle import Statement, Token, locate_statements

__all__ = ["Locator", "token_location"]

_TYPE = prefixed("rdf:type")
_VALUE, _PREDICATE, _SUBJECT, _REFERENCE = range(4)


class _Index:
    """The statements of a file, by their subjects and by their values."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.by_subject: dict[str, list[Statement]] = {}
        self.by_value: dict[str, list[Statement]] = {}
        for statement in statements:
            self.by_subject.setdefault(plain(statement.subject), []).append(statement)
            self.by_value.setdefault(plain(statement.value), []).append(statement)


class Locator:
    """Finds the place that a result is about: its value, else its predicate, else its focus node."""

    def __init__(self, files: Iterable[SourceFile], texts: Mapping[str, str]) -> None:
        """Look in these files, whose texts, with their line ends as they are, are given by their paths."""
        self._files = {file.path: file for file in files}
        self._texts = texts
        self._expected: frozenset[str] | None = None
        self._expects_blank_nodes = True
        self._indexes: dict[str, _Index] = {}

    def expect(self, nodes: Iterable[Term | str]) -> None:
        """
        Keep only what is stated about some nodes, since large files are large in memory; find no others.

        Args:
            nodes: The focus nodes, and the blank nodes among the values, that will be asked for.
        """
        self._expected = frozenset(node if isinstance(node, str) else plain(node) for node in nodes)
        self._expects_blank_nodes = any(":" not in node for node in self._expected)  # an IRI has a colon
        self._indexes.clear()

    def place(self, triple: Triple, about: str) -> Location | None:
        """
        Give the place of a triple, or the nearest to it.

        Args:
            triple: The triple.
            about: The IRI in it that is meant; otherwise its value is.
        """
        for path in self._stated_in.get(plain(triple.subject), ()) if about else ():
            for statement in self._index(path).by_subject.get(plain(triple.subject), ()) if has_tokens(path) else ():
                if (statement.subject, statement.predicate, statement.value) == tuple(triple):
                    return token_location(path, _token_about(statement, about))
        return self.find(triple.subject, triple.predicate.value, triple.object)

    def find(self, focus_node: Term | str, path: str | None, value: Term | str | None) -> Location | None:
        """
        Give the place of a statement, or the nearest to it, if a file speaks of the focus node.

        Args:
            focus_node: A term, or the IRI, label or text of one.
            path: A property path as in SPARQL, with or without angle brackets; its first step counts.
            value: A term, or the IRI, label or text of one; without it, the last value of the path is meant.

        Returns:
            The place of the value, else of the predicate, else of the focus node where its type is stated, else
            where another thing refers to it.
        """
        focus = focus_node if isinstance(focus_node, str) else plain(focus_node)
        files = self._stated_in.get(focus) or self._referred_to_in.get(focus) or ()
        inverse, steps = _steps(path)
        if inverse:
            files = [*dict.fromkeys([*files, *self._referred_to_in.get(focus, ())])]
        found = [
            (rank, -order if rank == _PREDICATE else order, place)
            for order, file in enumerate(files)
            for rank, place in self._places(file, focus_node, inverse, steps, value)
        ]
        return min(found, key=lambda each: each[:2])[2] if found else None

    def _places(
        self, path: str, focus_node: Term | str, inverse: bool, steps: str, value: Term | str | None
    ) -> Iterator[tuple[int, Location]]:
        """Give the best place of each rank in one file."""
        focus = focus_node if isinstance(focus_node, str) else plain(focus_node)
        if not has_tokens(path):
            yield _SUBJECT, _line_that_names(path, self._texts[path], focus)
            return
        index = self._index(path)
        stated = [each for each in index.by_subject.get(focus, ()) if _is(each.subject, focus_node)]
        referring = [each for each in index.by_value.get(focus, ()) if _is(each.value, focus_node)]
        on_path = _on_path(referring if inverse else stated, steps)
        for statement in on_path:
            if value is not None and _is(statement.subject if inverse else statement.value, value):
                yield _VALUE, token_location(path, statement.value_token)
                break
        if on_path:
            yield _PREDICATE, token_location(path, on_path[-1].value_token if inverse else on_path[-1].predicate_token)
        if stated:
            typed = next((each for each in stated if each.predicate == _TYPE), stated[0])
            yield _SUBJECT, token_location(path, typed.subject_token)
        elif referring:
            yield _REFERENCE, token_location(path, referring[0].value_token)

    @cached_property
    def _stated_in(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for file in self._files.values():
            for subject in {quad.subject for quad in file.quads}:
                found.setdefault(plain(subject), []).append(file.path)
        return found

    @cached_property
    def _referred_to_in(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for file in self._files.values():
            for value in {quad.object for quad in file.quads}:
                found.setdefault(plain(value), []).append(file.path)
        return found

    def _index(self, path: str) -> _Index:
        if path not in self._indexes:
            graph = self._files[path].graph.value
            kept = [each for each in locate_statements(self._texts[path], graph) if self._may_count(each)]
            self._indexes[path] = _Index(filter(self._may_count, _labelled(kept, graph)))
        return self._indexes[path]

    def _may_count(self, statement: Statement) -> bool:
        """Tell whether a statement is about an expected node; of blank nodes that shows when they have their labels."""
        if self._expected is None:
            return True
        for term in (statement.subject, statement.value):
            if plain(term) in self._expected or (self._expects_blank_nodes and _is_of_reader(term)):
                return True
        return False


def _is_of_reader(term: Term) -> bool:
    return isinstance(term, BlankNode) and term.value.startswith("n")


def _labelled(statements: list[Statement], graph_iri: str) -> Iterator[Statement]:
    """Give blank nodes the labels, which begin with b, that they have in the dataset."""
    labels = blank_node_labels(map(_quad, statements), graph_iri)
    for statement in statements:
        subject, value = (
            labels[term] if isinstance(term, BlankNode) else term for term in (statement.subject, statement.value)
        )
        yield statement._replace(subject=subject, value=value)


def _token_about(statement: Statement, iri: str) -> Token:
    """Give the token of a statement that stands for an IRI, else that of its value."""
    if statement.predicate.value == iri:
        return statement.predicate_token
    return statement.subject_token if plain(statement.subject) == iri else statement.value_token


def _quad(statement: Statement) -> Quad:
    subject, graph = statement.subject, statement.graph
    if not isinstance(subject, NamedNode | BlankNode):
        raise TypeError(f"the subject {subject} is no IRI and no blank node")
    name = graph if isinstance(graph, NamedNode | BlankNode) else DefaultGraph()
    return Quad(subject, statement.predicate, statement.value, name)


def _steps(path: str | None) -> tuple[bool, str]:
    """Tell whether the first step of a path goes against the arrows; gives the steps without brackets."""
    steps = (path or "").translate({ord(mark): None for mark in "<>()"})
    return steps.startswith("^"), steps.removeprefix("^")


def _on_path(statements: Iterable[Statement], steps: str) -> list[Statement]:
    """Give the statements whose predicate is the first step; of two that could be, the longer one is."""
    fit: dict[str, list[Statement]] = {}
    for statement in statements:
        predicate = statement.predicate.value
        if steps.startswith(predicate) and steps[len(predicate) : len(predicate) + 1] in {"", *"/|*+?"}:
            fit.setdefault(predicate, []).append(statement)
    return fit[max(fit, key=len)] if fit else []


def _is(term: Term, wanted: Term | str) -> bool:
    return wanted in (plain(term), str(term)) if isinstance(wanted, str) else term == wanted


def token_location(path: str, token: Token) -> Location:
    """Give the place of a token; where it ends only if that is on its line."""
    return Location(path, token.line, token.column, token.end_column if token.end_line == token.line else None)


def _line_that_names(path: str, text: str, iri: str) -> Location:
    """Give the line on which a whole IRI stands in XML or JSON, else the first one."""
    start = text.find(iri)
    if start < 0:
        return Location(path, 1)
    line, column = line_and_column(text, start)
    return Location(path, line, column, column + len(iri))

"""
Where in the files a finding stands.

Files are read anew, with places, when a finding is about them, and only then.

Source: SHACL, section 3.6, for the parts of a finding.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property

from kg.blank_nodes import blank_node_labels
from kg.dataset import SourceFile
from kg.findings import Location
from kg.formats import has_tokens
from kg.namespaces import PREFIXES
from kg.terms import BlankNode, DefaultGraph, NamedNode, Quad, Term, Triple
from kg.turtle import Statement, Token, locate_statements

__all__ = ["Locator"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_VALUE, _PREDICATE, _SUBJECT, _REFERENCE = range(4)


class _Index:
    """The statements of a file, by their subjects and by their values."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.by_subject: dict[str, list[Statement]] = {}
        self.by_value: dict[str, list[Statement]] = {}
        for statement in statements:
            self.by_subject.setdefault(_plain(statement.subject), []).append(statement)
            self.by_value.setdefault(_plain(statement.value), []).append(statement)


class Locator:
    """Finds the place that a result is about: its value, else its predicate, else its focus node."""

    def __init__(self, files: Iterable[SourceFile], texts: Mapping[str, str]) -> None:
        """Look in these files, whose texts, with their line ends as they are, are given by their paths."""
        self._files = {file.path: file for file in files}
        self._texts = texts

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
        focus = focus_node if isinstance(focus_node, str) else _plain(focus_node)
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
        focus = focus_node if isinstance(focus_node, str) else _plain(focus_node)
        if not has_tokens(path):
            yield _SUBJECT, _line_that_names(path, self._texts[path], focus)
            return
        index = self._index(path)
        stated = [each for each in index.by_subject.get(focus, ()) if _is(each.subject, focus_node)]
        referring = [each for each in index.by_value.get(focus, ()) if _is(each.value, focus_node)]
        on_path = _on_path(referring if inverse else stated, steps)
        for statement in on_path:
            if value is not None and _is(statement.subject if inverse else statement.value, value):
                yield _VALUE, _location(path, statement.value_token)
                break
        if on_path:
            yield _PREDICATE, _location(path, on_path[-1].value_token if inverse else on_path[-1].predicate_token)
        if stated:
            typed = next((each for each in stated if each.predicate == _TYPE), stated[0])
            yield _SUBJECT, _location(path, typed.subject_token)
        elif referring:
            yield _REFERENCE, _location(path, referring[0].value_token)

    @cached_property
    def _stated_in(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for file in self._files.values():
            for subject in {quad.subject for quad in file.quads}:
                found.setdefault(_plain(subject), []).append(file.path)
        return found

    @cached_property
    def _referred_to_in(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for file in self._files.values():
            for value in {quad.object for quad in file.quads}:
                found.setdefault(_plain(value), []).append(file.path)
        return found

    @cache  # noqa: B019 - the locator lives as long as one validation
    def _index(self, path: str) -> _Index:
        graph = self._files[path].graph.value
        return _Index(_labelled(list(locate_statements(self._texts[path], graph)), graph))


def _labelled(statements: list[Statement], graph_iri: str) -> Iterator[Statement]:
    """Give blank nodes the labels that they have in the dataset."""
    labels = blank_node_labels(map(_quad, statements), graph_iri)
    for statement in statements:
        subject, value = (
            labels[term] if isinstance(term, BlankNode) else term for term in (statement.subject, statement.value)
        )
        yield statement._replace(subject=subject, value=value)


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
    return wanted in (_plain(term), str(term)) if isinstance(wanted, str) else term == wanted


def _location(path: str, token: Token) -> Location:
    return Location(path, token.line, token.column, token.end_column if token.end_line == token.line else None)


def _line_that_names(path: str, text: str, iri: str) -> Location:
    """Give the line on which a whole IRI stands in XML or JSON, else the first one."""
    start = text.find(iri)
    if start < 0:
        return Location(path, 1)
    before = text[:start]
    return Location(path, before.count("\n") + 1, start - before.rfind("\n"), start - before.rfind("\n") + len(iri))


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value

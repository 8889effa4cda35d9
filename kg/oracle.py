"""
pySHACL, asked what it finds.

It stands outside of our own engine and shares nothing with it but the triples, so that where both say the same, it is
so.

Source: SHACL, section 3.6 (validation report).
"""

import warnings
from collections.abc import Collection, Iterable, Iterator

import rdflib
from rdflib import SH

from kg.errors import ShapesGraphError
from kg.shacl import Finding, TripleIndex, UnsupportedShapeError
from kg.shacl.parts import only
from kg.shacl.paths import read_path
from kg.terms import BlankNode, Literal, NamedNode, Term, Triple

__all__ = ["Oracle"]

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Oracle:
    """pySHACL over one data graph."""

    def __init__(self, data: Iterable[Triple]) -> None:
        """Take the data graph in."""
        self._terms: dict[Term, rdflib.term.Node] = {}
        self._data = self._graph(data)

    def judge(self, shapes: Iterable[Triple]) -> tuple[Finding, ...]:
        """
        Hold the data graph against shapes.

        Args:
            shapes: The shapes graph.

        Returns:
            What pySHACL finds; the messages are those of the report, with the variables of a query filled in, or
            pySHACL's own.

        Raises:
            ShapesGraphError: pySHACL stopped at the shapes.
        """
        import pyshacl  # it takes long to import, and a check that finds nothing does without it

        graph = self._graph(shapes)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pySHACL 0.40.1 compares a date with a text, of which Python warns
                _, report, text = pyshacl.validate(self._data, shacl_graph=graph, inference="none", inplace=True)
        except Exception as error:  # of any type, a plain Exception for an undeclared prefix
            raise ShapesGraphError(
                f"pySHACL stopped with {type(error).__name__} ({error}), expected paths, lists and shapes that do not "
                "lead back to themselves or thousands deep, and patterns and queries that parse"
            ) from error
        if not isinstance(report, rdflib.Graph):
            raise ShapesGraphError(f"pySHACL stopped: {text}")
        return tuple(_findings(report))

    def judge_each(
        self, shapes: TripleIndex, nodes: Collection[Term]
    ) -> tuple[tuple[Finding, ...], dict[Term, ShapesGraphError]]:
        """
        Hold the data graph against some shapes, those at which pySHACL stops apart.

        Args:
            shapes: The shapes graph.
            nodes: The shapes in it that are applied.

        Returns:
            What it finds, and the errors by the shapes that it cannot evaluate.
        """
        if not nodes:
            return (), {}
        try:
            return self.judge(only(shapes, nodes)), {}
        except ShapesGraphError as error:
            if len(nodes) == 1:
                return (), dict.fromkeys(nodes, error)
        found: list[Finding] = []
        errors: dict[Term, ShapesGraphError] = {}
        listed = sorted(nodes, key=str)
        for half in (listed[::2], listed[1::2]):
            more, stopped = self.judge_each(shapes, half)
            found += more
            errors |= stopped
        return tuple(found), errors

    def _graph(self, triples: Iterable[Triple]) -> rdflib.Graph:
        graph = rdflib.Graph(bind_namespaces="none")
        for subject, predicate, value in triples:
            graph.add((self._term(subject), self._term(predicate), self._term(value)))
        return graph

    def _term(self, term: Term) -> rdflib.term.Node:
        if term not in self._terms:
            self._terms[term] = _to_rdflib(term)
        return self._terms[term]


def _findings(report: rdflib.Graph) -> Iterator[Finding]:
    index = TripleIndex(
        Triple(subject, predicate, _from_rdflib(value))
        for subject, predicate, value in ((_from_rdflib(one), _from_rdflib(two), three) for one, two, three in report)
        if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode)
    )
    for node in report.objects(None, SH.result):
        value = report.value(node, SH.value)
        path = report.value(node, SH.resultPath)
        yield Finding(
            focus=_from_rdflib(report.value(node, SH.focusNode)),
            path=None if path is None else _path_text(index, _from_rdflib(path)),
            value=None if value is None else _from_rdflib(value),
            component=str(report.value(node, SH.sourceConstraintComponent)),
            severity=str(report.value(node, SH.resultSeverity)),
            shape=_from_rdflib(report.value(node, SH.sourceShape)),
            messages=tuple(
                term for term in map(_from_rdflib, report.objects(node, SH.resultMessage)) if isinstance(term, Literal)
            ),
        )


def _path_text(report: TripleIndex, node: Term) -> str:
    try:
        return str(read_path(report, node))
    except UnsupportedShapeError:
        return "(complex path)"


def _to_rdflib(term: Term) -> rdflib.term.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, Literal):
        raise TypeError(f"a triple term cannot be validated: {term}")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value == _XSD_STRING:  # rdflib takes a plain literal and an xsd:string for two different terms
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _from_rdflib(term: rdflib.term.Node | None) -> Term:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        return Literal(str(term), datatype=NamedNode(str(term.datatype or _XSD_STRING)))
    return BlankNode(str(term))

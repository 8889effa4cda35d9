"""
The queries of a shapes graph, read: their text, their prefixes, what is bound beforehand, and what data they look at.

Source: SHACL, sections 5.1 and 5.2 (SPARQL-based constraints) and 6.2 (validators).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.namespaces import PREFIXES
from kg.query import declared_prefixes
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.shacl.parts import query_prefixes
from kg.shacl.prebinding import PreparedQuery, prepare_query
from kg.shacl.shapes import KNOWN, Shape
from kg.terms import Literal, NamedNode, Term, prefixed

__all__ = ["SHAPES_GRAPH", "Question", "predicates_of", "read_question"]

SHAPES_GRAPH = NamedNode("urn:x-agon:shapes")
_TYPE = prefixed("rdf:type")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Question:
    """
    A query about the focus nodes of a shape.

    ``constants`` are bound beforehand for all focus nodes alike, ``prefixes`` those that the shapes graph declares.
    """

    shape: Shape
    query: PreparedQuery
    constants: Mapping[str, Term]
    prefixes: Mapping[str, str]
    messages: tuple[Literal, ...]


def read_question(
    shapes: TripleIndex, shape: Shape, node: Term, messages: tuple[Literal, ...], arguments: Mapping[str, Term]
) -> Question:
    """
    Read the query of a constraint or a validator.

    Args:
        shapes: The shapes graph.
        shape: The shape that has the constraint.
        node: What has the text of the query.
        messages: What to say of each solution.
        arguments: The values of the parameters of a constraint component, by their variables.

    Raises:
        UnsupportedShapeError: It has no query that can be asked.
    """
    text, is_ask = _text(shapes, shape, node)
    pre_bound = {"this", "currentShape", "shapesGraph", *arguments, *(("value",) if is_ask else ())}
    try:
        query = prepare_query(text, pre_bound=pre_bound, path=shape.path)
    except UnsupportedShapeError as error:
        raise UnsupportedShapeError(f"the query of {shape.node} {error}") from error
    if query.is_ask != is_ask:
        raise UnsupportedShapeError(f"the query of {shape.node} is no {'ASK' if is_ask else 'SELECT'}")
    constants = {"currentShape": shape.node, "shapesGraph": SHAPES_GRAPH, **arguments}
    return Question(shape, query, constants, query_prefixes(shapes, node), messages)


def predicates_of(questions: Iterable[Question]) -> set[Term] | None:
    """Give the properties that some queries can look at; none where they could be any."""
    found: set[Term] = {_TYPE}
    for question in questions:
        if question.query.iris is None:
            return None
        prefixes = {**question.prefixes, **declared_prefixes(question.query.text)}
        resolved = {_resolved(iri, prefixes) for iri in question.query.iris}
        if None in resolved:
            return None
        found |= {NamedNode(iri) for iri in resolved if iri}
    return found


def _resolved(written: str, prefixes: Mapping[str, str]) -> str | None:
    """Give the IRI that is meant, or none where that is not certain."""
    if written.startswith("<"):
        return written[1:-1] if ":" in written and "\\" not in written else None
    prefix, _, local = written.partition(":")
    return prefixes[prefix] + _ESCAPE.sub(r"\1", local) if prefix in prefixes else None


def _text(shapes: TripleIndex, shape: Shape, node: Term) -> tuple[str, bool]:
    """Give the text of a query, and whether it should be an ASK."""
    names = [one.value for one in shapes.predicates(node) if isinstance(one, NamedNode)]
    own = [name.removeprefix(PREFIXES["sh"]) for name in names if name.startswith(PREFIXES["sh"])]
    unknown = sorted(set(own) - KNOWN)
    if unknown:
        raise UnsupportedShapeError(f"the query of {shape.node} uses sh:{', sh:'.join(unknown)}")
    found = [(one, name == "ask") for name in ("select", "ask") for one in shapes.values(node, sh(name))]
    if len(found) != 1 or not isinstance(found[0][0], Literal):
        raise UnsupportedShapeError(f"the query of {shape.node} has {len(found)} texts, expected one sh:select")
    return found[0][0].value, found[0][1]

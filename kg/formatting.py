"""
Turtle files in the one layout, with the proof that the graph is the same.

Source: RDF 1.1 Concepts, section 3.6, for when two graphs are the same.
"""

from collections import Counter

from kg.blank_nodes import blank_node_labels
from kg.errors import GraphParseError, KgError, MalformedFilesError
from kg.syntax import parse_source
from kg.terms import BlankNode, Quad, Term
from kg.turtle import UnsettledLayoutError, lay_out, tokens

__all__ = ["format_turtle"]

_BASE = "http://base.example/"
_DIRECTIVES = {"PREFIX", "BASE", "VERSION"}


def format_turtle(content: bytes, path: str) -> bytes:
    """
    Give a Turtle file in the one layout of :func:`kg.turtle.lay_out`.

    Args:
        content: The bytes of the file.
        path: Its name, for errors; it ends with ``.ttl``.

    Raises:
        MalformedFilesError: It does not parse.
        GraphParseError: It holds something that has no settled layout.
        KgError: The layout would change the graph, a comment or how a term is written: a fault of ours.
    """
    before = parse_source(content, path, _BASE)
    try:
        result = lay_out(content.decode()).encode()
    except UnsettledLayoutError as error:
        problem = f"found {error}, which has no settled layout: the file is left as it is"
        raise GraphParseError(path, error.line, 1, problem) from error
    try:
        after = parse_source(result, path, _BASE)
    except MalformedFilesError as error:
        raise KgError(f"{path} is left as it is: its layout would not parse ({error}): report it") from error
    if before[1] != after[1] or _graph(before[0]) != _graph(after[0]) or _written(content) != _written(result):
        raise KgError(f"{path} is left as it is: its layout would say something else: report it")
    return result


def _graph(quads: list[Quad]) -> set[tuple[Term, ...]]:
    """Give triples to compare: equal ones are the proof, since each blank node has a label of its own."""
    labels = blank_node_labels(quads, "")
    return {tuple(labels[term] if isinstance(term, BlankNode) else term for term in quad.triple) for quad in quads}


def _written(content: bytes) -> Counter[str]:
    """Count the terms and comments as they are written."""
    return Counter(
        token.text.rstrip()
        for token in tokens(content.decode(), layout=True)
        if token.kind not in {"space", "mark"} and token.text.strip("@").upper() not in _DIRECTIVES
    )

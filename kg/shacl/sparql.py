"""
Constraints that are SPARQL queries, each asked once for all focus nodes.

A query may be asked so if a triple pattern of its outermost group binds ``$this``: then the solutions for one focus
node are the same as with ``$this`` bound beforehand. Any other query is refused.

Source: SHACL, sections 5.1 to 5.3.
"""

import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from pyparsing import ParseException, ParseResults
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

from kg.errors import ShapesGraphError
from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.shacl.sets import Failures
from kg.shacl.shapes import Shape, is_true
from kg.terms import Literal, NamedNode, Term

__all__ = ["query_failures"]

_THIS = Variable("this")
_KNOWN = frozenset({"select", "prefixes", "message", "deactivated", "severity"})
_NOT_PRE_BOUND = re.compile(r"[$?](shapesGraph|currentShape)\b")
_REFUSED = frozenset({"SubSelect", "MinusGraphPattern", "ServiceGraphPattern", "InlineData"})
_IMPORTS = NamedNode(PREFIXES["owl"] + "imports")


def query_failures(shapes: TripleIndex, store: ox.Store, shape: Shape, foci: set[Term], constraint: Term) -> Failures:
    """
    Give the focus nodes for which a query has solutions.

    Args:
        shapes: Where the constraint stands.
        store: The data.
        shape: The shape that has the constraint.
        foci: Its focus nodes.
        constraint: The node of the constraint.

    Raises:
        UnsupportedShapeError: The query cannot be asked for all focus nodes at once.
        ShapesGraphError: The query does not project ``$this`` (section 5.2.1), which pySHACL would pass over.
    """
    if is_true(shapes.value(constraint, sh("deactivated"))):
        return
    text = _text(shapes, shape, constraint)
    try:
        solutions = store.query(text, use_default_graph_as_union=True)
    except SyntaxError as error:
        raise UnsupportedShapeError(f"the query of {shape.node} cannot be parsed: {error}") from error
    if not isinstance(solutions, ox.QuerySolutions):
        raise UnsupportedShapeError(f"the query of {shape.node} is no SELECT")
    if ox.Variable("this") not in solutions.variables:
        raise ShapesGraphError(f"ontology/shapes: the query of {shape.node} does not project $this; select it")
    for solution in solutions:
        focus = solution["this"]
        if focus in foci:
            value = _column(solution, "value")
            yield focus, value if value is not None or shape.path is not None else focus


def _column(solution: ox.QuerySolution, name: str) -> Term | None:
    try:
        term: Term | None = solution[name]
    except KeyError:
        return None
    return term


def _text(shapes: TripleIndex, shape: Shape, constraint: Term) -> str:
    unknown = {
        predicate.value
        for predicate in shapes.predicates(constraint)
        if isinstance(predicate, NamedNode)
        and predicate.value.startswith(PREFIXES["sh"])
        and predicate.value.removeprefix(PREFIXES["sh"]) not in _KNOWN
    }
    select = shapes.value(constraint, sh("select"))
    if unknown or not isinstance(select, Literal) or _NOT_PRE_BOUND.search(select.value):
        raise UnsupportedShapeError(f"the query of {shape.node} is more than a plain sh:select")
    path = str(shape.path) if shape.path is not None else "$PATH"
    body = re.sub(r"\$(\w)", r"?\1", select.value.replace("$PATH", path))
    text = "".join(_declarations(shapes, constraint)) + body
    if not _binds_this(text):
        raise UnsupportedShapeError(f"the query of {shape.node} does not bind $this by a triple pattern")
    return text


def _declarations(shapes: TripleIndex, constraint: Term) -> list[str]:
    """Write the prefixes of a query, those of imported ontologies too."""
    waiting, seen, found = shapes.values(constraint, sh("prefixes")), set[Term](), []
    while waiting:
        ontology = waiting.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        waiting += shapes.values(ontology, _IMPORTS)
        for declaration in shapes.values(ontology, sh("declare")):
            prefix, namespace = (shapes.value(declaration, sh(name)) for name in ("prefix", "namespace"))
            if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                found.append(f"PREFIX {prefix.value}: <{namespace.value}>\n")
    return found


def _binds_this(text: str) -> bool:
    """Tell whether a triple pattern of the outermost group binds ``?this``, and nothing hides it from there."""
    try:
        query = parseQuery(text)[1]
    except ParseException as error:
        raise UnsupportedShapeError(f"a query cannot be parsed: {error}") from error
    if query.name != "SelectQuery" or "groupby" in query or "having" in query:
        return False
    return _matches_this(query["where"]) and not any(map(_is_refused, _nodes(query)))


def _nodes(node: Any) -> Iterator[CompValue]:
    if isinstance(node, CompValue):
        yield node
    children = node.values() if isinstance(node, CompValue) else node if isinstance(node, list | ParseResults) else ()
    for child in children:
        yield from _nodes(child)


def _is_refused(node: CompValue) -> bool:
    """Tell whether a part of a query has a scope of its own, into which ``?this`` would have to be bound beforehand."""
    if node.name in _REFUSED or node.name.startswith("Aggregate"):
        return True
    if node.name == "Bind" and node["var"] == _THIS:
        return True
    if node.get("evar") == _THIS:
        return True
    if node.name != "GroupOrUnionGraphPattern":
        return False
    return any(_mentions_this(group) and not _matches_this(group) for group in node["graph"])


def _matches_this(group: CompValue) -> bool:
    blocks = [part for part in group["part"] or () if part.name == "TriplesBlock"]
    return any(term == _THIS for block in blocks for triples in block["triples"] for term in triples)


def _mentions_this(node: Any) -> bool:
    if isinstance(node, CompValue):
        return any(map(_mentions_this, node.values()))
    return node == _THIS or (isinstance(node, list | ParseResults) and any(map(_mentions_this, node)))

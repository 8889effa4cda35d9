"""
Parts of a shapes graph: some shapes with all that they lead to, aimed at chosen focus nodes.

A shape is aimed at focus nodes by a copy in which its targets are replaced by ``sh:targetNode``; so an engine looks at
these nodes only, and nested shapes mean what they meant.

Source: SHACL, sections 2.1.3 (targets) and 4.7 (shapes that refer to others).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex, sh
from kg.shacl.shapes import TARGETS, targeted_shapes
from kg.terms import BlankNode, Literal, NamedNode, Term, Triple, prefixed

__all__ = ["aimed", "focus_nodes", "members", "only", "query_prefixes", "query_text", "reachable", "targets", "without"]

_CLASS_TYPES = frozenset(map(prefixed, ("rdfs:Class", "owl:Class")))
_COMPONENT = sh("ConstraintComponent")
_IMPORTS = prefixed("owl:imports")
_LIST = frozenset(map(prefixed, ("rdf:first", "rdf:rest")))
_TARGETS = frozenset(map(sh, TARGETS))
_TYPE = prefixed("rdf:type")
_SH = PREFIXES["sh"]


def targets(shapes: TripleIndex) -> Iterator[tuple[Term, str, Term]]:
    """Give each target: the shape, the kind such as ``targetClass``, and the class, property or node."""
    for name in TARGETS:
        for node, values in shapes.by_subject(sh(name)).items():
            yield from ((node, name, value) for value in values)
    explicit = {node for name in TARGETS for node in shapes.by_subject(sh(name))}
    for node in targeted_shapes(shapes):
        if node not in explicit or any(each in _CLASS_TYPES for each in shapes.values(node, _TYPE)):
            yield node, "targetClass", node


def focus_nodes(shapes: TripleIndex, data: TripleIndex) -> dict[Term, set[Term]]:
    """Give the focus nodes of each shape that has targets."""
    found: defaultdict[Term, set[Term]] = defaultdict(set)
    for node, name, value in targets(shapes):
        if name == "targetNode":
            found[node].add(value)
        elif name == "targetSubjectsOf":
            found[node].update(data.by_subject(value))
        elif name == "targetObjectsOf":
            found[node].update(data.by_value(value))
        else:
            found[node].update(data.instances(value))
    return found


def only(shapes: TripleIndex, nodes: Collection[Term]) -> list[Triple]:
    """Give some shapes with their targets, and what they lead to without."""
    return [triple for triple in reachable(shapes, nodes) if triple.subject in nodes or not _is_target(triple)]


def aimed(shapes: TripleIndex, foci: Mapping[Term, Iterable[Term]]) -> list[Triple]:
    """Give some shapes, each with the focus nodes that are named for it and with no others."""
    kept = [triple for triple in reachable(shapes, foci) if not _is_target(triple)]
    target = sh("targetNode")
    return kept + [_triple(node, target, focus) for node, nodes in foci.items() for focus in nodes]


def without(shapes: TripleIndex, broken: Collection[Term]) -> list[Triple]:
    """
    Give all shapes but those that are broken, or that mean nothing without one that is.

    A property shape can be taken out of a shape that is not closed, since it only adds to what is asked.
    """
    gone = _spread(shapes, broken)
    return [
        triple
        for subject in dict.fromkeys(each for word in shapes.all_predicates() for each in shapes.by_subject(word))
        for triple in _described(shapes, subject)
        if not (triple.subject in gone and _is_target(triple))
        and not (triple.predicate == sh("property") and triple.object in gone)
    ]


def _spread(shapes: TripleIndex, broken: Collection[Term]) -> set[Term]:
    """Add to broken shapes those that need one of them."""
    gone, waiting = set(broken), list(broken)
    words = [each for each in shapes.all_predicates() if each in _LIST or _is_of_shacl(each)]
    while waiting:
        node = waiting.pop()
        for predicate in words:
            for subject in shapes.by_value(predicate).get(node, ()):
                can_be_spared = predicate == sh("property") and shapes.value(subject, sh("closed")) is None
                if subject not in gone and not can_be_spared:
                    gone.add(subject)
                    waiting.append(subject)
    return gone


def reachable(shapes: TripleIndex, nodes: Iterable[Term]) -> Iterator[Triple]:
    """Give the triples of some shapes and of all that they lead to, constraint components included."""
    seen: set[Term] = set()
    waiting = list(nodes)
    used: set[Term] = set()
    while waiting:
        node = waiting.pop()
        if node in seen or isinstance(node, Literal):
            continue
        seen.add(node)
        for triple in _described(shapes, node):
            used.add(triple.predicate)
            waiting.append(triple.object)
            yield triple
        waiting += _parents(shapes, node)
        if not waiting:
            waiting += (each for each in _components(shapes, used) if each not in seen)


def _parents(shapes: TripleIndex, node: Term) -> Iterable[Term]:
    """Give the shapes among whose property shapes one must be disjoint from the others (section 4.7.3)."""
    if shapes.value(node, sh("qualifiedValueShapesDisjoint")) is None:
        return ()
    return shapes.by_value(sh("property")).get(node, ())


def _components(shapes: TripleIndex, used: Collection[Term]) -> Iterator[Term]:
    """Give the constraint components that shapes declare for some parameters."""
    for component in shapes.by_value(_TYPE).get(_COMPONENT, ()):
        for parameter in shapes.values(component, sh("parameter")):
            if shapes.value(parameter, sh("path")) in used:
                yield component


def members(shapes: TripleIndex, node: Term, name: str) -> Iterator[Term]:
    """Give the members of the lists that a parameter of a shape has as its values."""
    for head in shapes.values(node, sh(name)):
        yield from shapes.items(head)


def query_prefixes(shapes: TripleIndex, node: Term) -> dict[str, str]:
    """Give the prefixes that a query may use, those of imported ontologies too (section 5.2.1)."""
    waiting, seen, found = shapes.values(node, sh("prefixes")), set[Term](), dict[str, str]()
    while waiting:
        ontology = waiting.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        waiting += shapes.values(ontology, _IMPORTS)
        for declaration in shapes.values(ontology, sh("declare")):
            prefix, namespace = (shapes.value(declaration, sh(name)) for name in ("prefix", "namespace"))
            if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                found[prefix.value] = namespace.value
    return found


def query_text(shapes: TripleIndex, node: Term, query: str, path: str | None) -> str:
    """Write a query as an engine reads it: prefixes on a first line, and the path of the shape for ``$PATH``."""
    prefixes = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in query_prefixes(shapes, node).items())
    return f"{prefixes}\n{query.replace('$PATH', path or '$PATH')}"


def _described(shapes: TripleIndex, node: Term) -> Iterator[Triple]:
    for predicate in shapes.predicates(node):
        for value in shapes.values(node, predicate):
            yield _triple(node, predicate, value)


def _triple(subject: Term, predicate: Term, value: Term) -> Triple:
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        raise TypeError(f"{subject} {predicate} {value} is no triple of a shapes graph")
    return Triple(subject, predicate, value)


def _is_target(triple: Triple) -> bool:
    """Tell whether a triple gives a shape focus nodes; that a shape is a class, does (section 2.1.3.3)."""
    return triple.predicate in _TARGETS or (triple.predicate == _TYPE and triple.object in _CLASS_TYPES)


def _is_of_shacl(predicate: Term) -> bool:
    return isinstance(predicate, NamedNode) and predicate.value.startswith(_SH)

"""
Labels for blank nodes that follow from what is stated of them.

RDFC-1.0 labels nodes so too, but needs minutes for a list of a thousand equal members, and numbers all nodes anew when
one is added. Here a label is a digest of all that can be reached from the node, so a change stays where it is made.
Nodes that differ by nothing but their place in the file are counted in the order in which they occur.

Source: RDF 1.1 Concepts, section 3.4; RDF Dataset Canonicalization, section 4.6, for the digest of one node.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term, Triple

__all__ = ["blank_node_labels", "write_without_labels"]

_ROUNDS: Final = 64
"""How many steps away two nodes may differ on a way that no nesting of brackets could have."""
_SELF: Final = "_:self"
_GROUND: Final = frozenset({NamedNode, Literal, DefaultGraph})


def blank_node_labels(quads: Iterable[Quad], graph_iri: str) -> dict[BlankNode, BlankNode]:
    """
    Choose a label for each blank node of a file.

    Args:
        quads: What the file states, in its order.
        graph_iri: Something that no other file has; it makes the labels of the files different.
    """
    digests = _digests(quads)
    prefix = "b" + _digest(graph_iri)[:12]
    seen: Counter[str] = Counter()
    labels = {}
    for node, whole in digests.items():
        digest = whole[:16]
        seen[digest] += 1
        again = f"n{seen[digest]}" if seen[digest] > 1 else ""
        labels[node] = BlankNode(prefix + digest + again)
    return labels


def write_without_labels(quads: Sequence[Quad]) -> Iterator[str]:
    """
    Write triples with digests in the place of labels, so that two graphs compare whatever their labels are.

    Args:
        quads: All triples that have to do with blank nodes; which graph they are in does not matter.
    """
    digests = _digests(quads)
    for quad in quads:
        yield " ".join(_text(term, None, digests) for term in quad.triple)


def _digests(quads: Iterable[Quad]) -> dict[BlankNode, str]:
    """Digest what is stated of each node, in the order in which they occur."""
    about: dict[BlankNode, list[Quad]] = {}
    for quad in quads:
        terms = tuple(quad)
        if not _GROUND.issuperset(map(type, terms)):
            for node in dict.fromkeys(_blank_nodes(terms)):
                about.setdefault(node, []).append(quad)
    return _refined(about, _nested(about))


def _nested(about: Mapping[BlankNode, list[Quad]]) -> dict[BlankNode, str]:
    """Digest trees of nodes in two walks, from the leaves and from the roots; what lies on a circle comes out equal."""
    inner = {node: [_inner(quad) for quad in quads if quad.subject == node] for node, quads in about.items()}
    outer: dict[BlankNode, list[BlankNode]] = {node: [] for node in about}
    for node, ends in inner.items():
        for end in filter(None, ends):
            outer[end].append(node)
    waiting = {node: sum(end is not None for end in ends) for node, ends in inner.items()}
    order = [node for node, count in waiting.items() if not count]
    for node in order:  # grows while it is walked over
        for parent in outer[node]:
            waiting[parent] -= 1
            if not waiting[parent]:
                order.append(parent)
    digests = dict.fromkeys(about, "")
    for node in order:
        digests[node] = _of_statements(node, (quad for quad in about[node] if quad.subject == node), digests)
    for node in reversed(order):
        digests[node] = _of_statements(node, (quad for quad in about[node] if quad.subject != node), digests)
    return digests


def _refined(about: Mapping[BlankNode, list[Quad]], digests: dict[BlankNode, str]) -> dict[BlankNode, str]:
    """Tell nodes of equal digest apart by their neighbours, until that tells no more of them apart."""
    for _ in range(_ROUNDS):
        sizes = Counter(digests.values())
        equal = [node for node, digest in digests.items() if sizes[digest] > 1]
        if not equal:
            break
        finer = digests | {node: _of_statements(node, about[node], digests) for node in equal}
        if len(set(finer.values())) == len(sizes):
            break
        digests = finer
    return digests


def _of_statements(node: BlankNode, quads: Iterable[Quad], digests: Mapping[BlankNode, str]) -> str:
    lines = sorted(" ".join(_text(term, node, digests) for term in quad) for quad in quads)
    return _digest("\n".join([digests[node], *lines]))


def _text(term: object, node: BlankNode | None, digests: Mapping[BlankNode, str]) -> str:
    if isinstance(term, BlankNode):
        return _SELF if term == node else "_:" + digests[term]
    if isinstance(term, Triple):
        return f"<<( {' '.join(_text(part, node, digests) for part in term)} )>>"
    return str(term)


def _blank_nodes(terms: Iterable[object]) -> Iterator[BlankNode]:
    for term in terms:
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from _blank_nodes(term)


def _inner(quad: Quad) -> BlankNode | None:
    value: Term = quad.object
    return value if isinstance(value, BlankNode) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""
What the dataset says of itself: its size and its parts in VoID, its endpoint in SPARQL Service Description.

The counts hold for the union of all named graphs, the description itself included, so that they equal what queries
answer.

Source: Describing Linked Datasets with the VoID Vocabulary, sections 2 to 4; SPARQL 1.1 Service Description.
"""

from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby

from kg.config import Config
from kg.formats import FORMATS
from kg.terms import DefaultGraph, Literal, NamedNode, Quad, Term, Triple, in_graph, prefixed

__all__ = ["describe_dataset", "describe_service"]

_MOST_PASSES = 10
_SIMPLE_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"


_TYPE = prefixed("rdf:type")


def describe_dataset(quads: Iterable[Quad], config: Config, *, conforms: bool) -> tuple[Quad, ...]:
    """
    Describe a dataset in a named graph of its own.

    Args:
        quads: The dataset without its description, each quad once and equal triples side by side, as in sorted
            N-Quads; it is gone through twice, and what is kept of it are the classes of its nodes.
        config: The title, the licence and the base IRI.
        conforms: Whether the dataset conforms to its shapes; if not, the description says so.

    Returns:
        The quads of the description, in order.
    """
    survey = _survey(quads, config)
    described: tuple[Quad, ...] = ()
    for _ in range(_MOST_PASSES):  # the description is a part of what it counts: two passes more than it has layers
        counts = survey.with_description(described, config)
        again = tuple(sorted(set(_description(counts, config, conforms)), key=str))
        if again == described:
            break
        described = again
    return described


def describe_service(
    endpoint: str, description: Iterable[Triple], config: Config, *, dump: str = ""
) -> Iterator[Triple]:
    """
    Describe an endpoint.

    Args:
        endpoint: The IRI at which the client reached it.
        description: What :func:`describe_dataset` says, as triples.
        config: The IRI of the dataset in it, the limits, and whether other endpoints may be asked.
        dump: The address of the whole dataset in N-Quads, if it can be had.

    Returns:
        The triples of the service description, those of ``description`` included.
    """
    service, dataset = NamedNode(endpoint), NamedNode(config.dataset_iri)
    yield Triple(service, _TYPE, prefixed("sd:Service"))
    yield Triple(service, prefixed("sd:endpoint"), service)
    yield Triple(service, prefixed("sd:supportedLanguage"), prefixed("sd:SPARQL11Query"))
    yield Triple(service, prefixed("sd:feature"), prefixed("sd:UnionDefaultGraph"))
    yield Triple(service, prefixed("sd:feature"), prefixed("sd:EmptyGraphs"))
    if config.service_prefixes:
        yield Triple(service, prefixed("sd:feature"), prefixed("sd:BasicFederatedQuery"))
    yield Triple(service, prefixed("sd:defaultEntailmentRegime"), NamedNode(_SIMPLE_ENTAILMENT))
    yield Triple(service, prefixed("sd:defaultDataset"), dataset)
    yield Triple(dataset, prefixed("void:sparqlEndpoint"), service)
    if dump:
        yield Triple(dataset, prefixed("void:dataDump"), NamedNode(dump))
    limits = f"A query may take {config.limits.timeout_seconds:g} seconds and have {config.limits.query_bytes} bytes."
    yield Triple(service, prefixed("rdfs:comment"), Literal(limits, language="en"))
    for row in FORMATS:
        yield Triple(service, prefixed("sd:resultFormat"), NamedNode(row.iri))
    yield from description


_Classes = frozenset[NamedNode]
"""The classes of a node; nodes of the same classes share one set."""
_NO_CLASSES: _Classes = frozenset()


_Part = tuple[_Classes, NamedNode, NamedNode | _Classes]
"""The triples whose subject has some classes, by their property and the datatype or the classes of their value."""


@dataclass
class _Counts:
    """How many there are: subjects, quads of each graph, instances of each class, and triples of each part."""

    subjects: int = 0
    graphs: Counter[Term | DefaultGraph] = field(default_factory=Counter)
    entities: Counter[NamedNode] = field(default_factory=Counter)
    parts: Counter[_Part] = field(default_factory=Counter)

    def add(self, triples: Iterable[Triple], classes: Mapping[Term, _Classes]) -> None:
        """Count triples, each of which comes once, by their parts."""
        parts = self.parts
        for subject, predicate, value in triples:
            kind = value.datatype if isinstance(value, Literal) else classes.get(value, _NO_CLASSES)
            parts[classes.get(subject, _NO_CLASSES), predicate, kind] += 1


@dataclass(frozen=True)
class _Survey:
    """
    A dataset, counted but for the triples that are ``near`` its description.

    These speak of nodes of which the description may speak too, and so say of what classes they are. ``subjects``
    are those of the near triples.
    """

    counts: _Counts
    classes: dict[Term, _Classes]
    near: frozenset[Triple]
    subjects: frozenset[Term]

    def with_description(self, described: Iterable[Quad], config: Config) -> _Counts:
        """Count the dataset and a description of it."""
        triples = {quad.triple for quad in described}
        typed: dict[Term, _Classes] = {}
        for subject, predicate, value in triples:
            if predicate == _TYPE and isinstance(value, NamedNode):
                typed[subject] = typed.get(subject, self.classes.get(subject, _NO_CLASSES)) | {value}
        counts = deepcopy(self.counts)
        counts.subjects += len({triple.subject for triple in triples} - self.subjects)
        counts.graphs[NamedNode(config.description_iri)] += len(triples)
        for node, classes in typed.items():
            counts.entities.update(classes - self.classes.get(node, _NO_CLASSES))
        counts.add(triples | self.near, ChainMap(typed, self.classes))
        return counts


def _survey(quads: Iterable[Quad], config: Config) -> _Survey:
    """Go through a dataset for the classes of its nodes, and again to count."""
    counts = _Counts()
    classes: dict[Term, _Classes] = {}
    shared: dict[_Classes, _Classes] = {}
    for subject, predicate, value, graph in quads:
        counts.graphs[graph] += 1
        if predicate == _TYPE and isinstance(value, NamedNode):
            found = classes.get(subject, _NO_CLASSES) | {value}
            classes[subject] = shared.setdefault(found, found)
    counts.entities.update(class_ for found in classes.values() for class_ in found)
    names = {*counts.graphs, NamedNode(config.description_iri)}

    def is_near(term: Term) -> bool:
        return isinstance(term, NamedNode) and (term in names or term.value.startswith(config.dataset_iri))

    near: set[Triple] = set()
    subjects: set[Term] = set()

    def far() -> Iterator[Triple]:
        before = None
        for triple, _ in groupby(quad.triple for quad in quads):
            subject = triple.subject
            if subject != before:
                counts.subjects += 1
                before = subject
            if is_near(subject) or is_near(triple.object):
                near.add(triple)
                subjects.add(subject)
            else:
                yield triple

    counts.add(far(), classes)
    return _Survey(counts, classes, frozenset(near), frozenset(subjects))


def _description(counts: _Counts, config: Config, conforms: bool) -> Iterator[Quad]:
    graph = NamedNode(config.description_iri)
    triples = (*_whole(counts, config, conforms), *_named_graphs(counts, config), *_partitions(counts, config))
    return (in_graph(triple, graph) for triple in triples)


def _whole(counts: _Counts, config: Config, conforms: bool) -> Iterator[Triple]:
    dataset, default_graph = NamedNode(config.dataset_iri), NamedNode(config.dataset_iri + "#default-graph")
    yield from (Triple(dataset, _TYPE, prefixed(name)) for name in ("sd:Dataset", "void:Dataset"))
    yield Triple(dataset, prefixed("dcterms:title"), Literal(config.title, language="en"))
    if config.description:
        yield Triple(dataset, prefixed("dcterms:description"), Literal(config.description, language="en"))
    yield Triple(dataset, prefixed("dcterms:license"), NamedNode(config.licence))
    yield Triple(dataset, prefixed("void:uriSpace"), Literal(config.base_iri + "id/"))
    yield Triple(dataset, prefixed("void:triples"), _count(counts.parts.total()))
    yield Triple(dataset, prefixed("void:distinctSubjects"), _count(counts.subjects))
    yield Triple(dataset, prefixed("sd:defaultGraph"), default_graph)
    yield Triple(default_graph, _TYPE, prefixed("sd:Graph"))
    yield Triple(default_graph, prefixed("void:triples"), _count(counts.parts.total()))
    if not conforms:
        comment = "This release does not conform to its own shapes."
        yield Triple(dataset, prefixed("rdfs:comment"), Literal(comment, language="en"))


def _named_graphs(counts: _Counts, config: Config) -> Iterator[Triple]:
    for name, size in counts.graphs.items():
        if not isinstance(name, NamedNode):
            continue
        entry = NamedNode(f"{config.dataset_iri}#graph-{_key(name)}")
        yield Triple(NamedNode(config.dataset_iri), prefixed("sd:namedGraph"), entry)
        yield Triple(entry, _TYPE, prefixed("sd:NamedGraph"))
        yield Triple(entry, prefixed("sd:name"), name)
        yield Triple(entry, prefixed("sd:graph"), name)
        yield Triple(name, prefixed("void:triples"), _count(size))


def _partitions(counts: _Counts, config: Config) -> Iterator[Triple]:
    """Tell counts by class, by property in each class, by kind of value in each of these; and by property."""
    properties: Counter[NamedNode] = Counter()
    by_class: Counter[tuple[NamedNode, NamedNode]] = Counter()
    by_value: Counter[tuple[NamedNode, NamedNode, str, NamedNode]] = Counter()
    for (classes, predicate, kind), size in counts.parts.items():
        properties[predicate] += size
        kinds = [("datatype", kind)] if isinstance(kind, NamedNode) else [("class", each) for each in kind]
        for class_ in classes:
            by_class[class_, predicate] += size
            for name, value in kinds:
                by_value[class_, predicate, name, value] += size
    dataset = NamedNode(config.dataset_iri)
    for class_, size in counts.entities.items():
        yield from _partition(config, dataset, "class", (class_,), "void:entities", size)
    for predicate, size in properties.items():
        yield from _partition(config, dataset, "property", (predicate,), "void:triples", size)
    for (class_, predicate), size in by_class.items():
        outer = _node(config, "class", (class_,))
        yield from _partition(config, outer, "property", (predicate, class_), "void:triples", size)
    for (class_, predicate, name, value), size in by_value.items():
        outer = _node(config, "property", (predicate, class_))
        yield from _partition(config, outer, name, (value, predicate, class_), "void:triples", size)


def _partition(
    config: Config, outer: NamedNode, kind: str, path: tuple[NamedNode, ...], measure: str, size: int
) -> Iterator[Triple]:
    """Describe a part of a part; ``path`` leads from what it is about to the whole."""
    node = _node(config, kind, path)
    namespace = "voidext" if kind == "datatype" else "void"
    yield Triple(outer, prefixed(f"{namespace}:{kind}Partition"), node)
    yield Triple(node, prefixed(f"{namespace}:{kind}"), path[0])
    yield Triple(node, prefixed(measure), _count(size))


def _node(config: Config, kind: str, path: tuple[NamedNode, ...]) -> NamedNode:
    return NamedNode(f"{config.dataset_iri}#{kind}-{_key(*path)}")


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=prefixed("xsd:integer"))


def _key(*terms: NamedNode) -> str:
    return sha256(" ".join(term.value for term in terms).encode()).hexdigest()[:12]

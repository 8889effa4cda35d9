"""
What the dataset says of itself: its size and its parts in VoID, its endpoint in SPARQL Service Description.

The counts hold for the union of all named graphs, the description itself included, so that they equal what queries
answer.

Source: Describing Linked Datasets with the VoID Vocabulary, sections 2 to 4; SPARQL 1.1 Service Description.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from kg.config import Config
from kg.formats import FORMATS
from kg.terms import Literal, NamedNode, Quad, Term, Triple, in_graph, prefixed

__all__ = ["describe_dataset", "describe_service"]

_MOST_PASSES = 10
_SIMPLE_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"


_TYPE = prefixed("rdf:type")


def describe_dataset(quads: Iterable[Quad], config: Config, *, conforms: bool) -> tuple[Quad, ...]:
    """
    Describe a dataset in a named graph of its own.

    Args:
        quads: The dataset without its description.
        config: The title, the licence and the base IRI.
        conforms: Whether the dataset conforms to its shapes; if not, the description says so.

    Returns:
        The quads of the description, in order.
    """
    given = tuple(quads)
    described: tuple[Quad, ...] = ()
    for _ in range(_MOST_PASSES):  # the description is a part of what it counts: two passes more than it has layers
        again = tuple(sorted(set(_description((*given, *described), config, conforms)), key=str))
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


def _description(quads: tuple[Quad, ...], config: Config, conforms: bool) -> Iterator[Quad]:
    graph = NamedNode(config.description_iri)
    triples = (*_whole(quads, config, conforms), *_named_graphs(quads, config), *_partitions(quads, config))
    return (in_graph(triple, graph) for triple in triples)


def _whole(quads: tuple[Quad, ...], config: Config, conforms: bool) -> Iterator[Triple]:
    dataset, default_graph = NamedNode(config.dataset_iri), NamedNode(config.dataset_iri + "#default-graph")
    union = {quad.triple for quad in quads}
    yield from (Triple(dataset, _TYPE, prefixed(name)) for name in ("sd:Dataset", "void:Dataset"))
    yield Triple(dataset, prefixed("dcterms:title"), Literal(config.title, language="en"))
    if config.description:
        yield Triple(dataset, prefixed("dcterms:description"), Literal(config.description, language="en"))
    yield Triple(dataset, prefixed("dcterms:license"), NamedNode(config.licence))
    yield Triple(dataset, prefixed("void:uriSpace"), Literal(config.base_iri + "id/"))
    yield Triple(dataset, prefixed("void:triples"), _count(len(union)))
    yield Triple(dataset, prefixed("void:distinctSubjects"), _count(len({triple.subject for triple in union})))
    yield Triple(dataset, prefixed("sd:defaultGraph"), default_graph)
    yield Triple(default_graph, _TYPE, prefixed("sd:Graph"))
    yield Triple(default_graph, prefixed("void:triples"), _count(len(union)))
    if not conforms:
        comment = "This release does not conform to its own shapes."
        yield Triple(dataset, prefixed("rdfs:comment"), Literal(comment, language="en"))


def _named_graphs(quads: tuple[Quad, ...], config: Config) -> Iterator[Triple]:
    sizes = Counter(quad.graph_name for quad in quads)
    for name, size in sizes.items():
        if not isinstance(name, NamedNode):
            continue
        entry = NamedNode(f"{config.dataset_iri}#graph-{_key(name)}")
        yield Triple(NamedNode(config.dataset_iri), prefixed("sd:namedGraph"), entry)
        yield Triple(entry, _TYPE, prefixed("sd:NamedGraph"))
        yield Triple(entry, prefixed("sd:name"), name)
        yield Triple(entry, prefixed("sd:graph"), name)
        yield Triple(name, prefixed("void:triples"), _count(size))


def _partitions(quads: tuple[Quad, ...], config: Config) -> Iterator[Triple]:
    """Count by class, by property in each class, by kind of value in each of these; and by property."""
    triples = {quad.triple for quad in quads}
    classes: defaultdict[Term, set[NamedNode]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            classes[triple.subject].add(triple.object)
    entities = Counter(class_ for found in classes.values() for class_ in found)
    by_property: Counter[tuple[NamedNode, NamedNode]] = Counter()
    by_value: Counter[tuple[NamedNode, NamedNode, str, NamedNode]] = Counter()
    for triple in triples:
        kinds = _value_kinds(triple.object, classes)
        for class_ in classes.get(triple.subject, ()):
            by_property[class_, triple.predicate] += 1
            by_value.update((class_, triple.predicate, *kind) for kind in kinds)
    dataset = NamedNode(config.dataset_iri)
    for class_, size in entities.items():
        yield from _partition(config, dataset, "class", (class_,), "void:entities", size)
    for predicate, size in Counter(triple.predicate for triple in triples).items():
        yield from _partition(config, dataset, "property", (predicate,), "void:triples", size)
    for (class_, predicate), size in by_property.items():
        outer = _node(config, "class", (class_,))
        yield from _partition(config, outer, "property", (predicate, class_), "void:triples", size)
    for (class_, predicate, kind, value), size in by_value.items():
        outer = _node(config, "property", (predicate, class_))
        yield from _partition(config, outer, kind, (value, predicate, class_), "void:triples", size)


def _value_kinds(value: Term, classes: Mapping[Term, set[NamedNode]]) -> list[tuple[str, NamedNode]]:
    if isinstance(value, Literal):
        return [("datatype", value.datatype)]
    return [("class", class_) for class_ in classes.get(value, ())]


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

"""
What the dataset says of itself: its size and its parts in VoID, its endpoint in SPARQL Service Description.

The counts hold for the union of all named graphs, the description itself included, so that they equal what queries
answer.

Source: Describing Linked Datasets with the VoID Vocabulary, sections 2 to 4; SPARQL 1.1 Service Description.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256

from kg.config import Config
from kg.formats import FORMATS
from kg.namespaces import PREFIXES
from kg.terms import Literal, NamedNode, Quad, Term, Triple, in_graph

__all__ = ["describe_dataset", "describe_service"]

_MOST_PASSES = 10


def _term(name: str) -> NamedNode:
    prefix, local = name.split(":")
    return NamedNode(PREFIXES[prefix] + local)


_TYPE = _term("rdf:type")


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


def describe_service(endpoint: str, description: Iterable[Triple], dataset: str) -> Iterator[Triple]:
    """
    Describe an endpoint.

    Args:
        endpoint: The IRI at which the client reached it.
        description: What :func:`describe_dataset` says, as triples.
        dataset: The IRI of the dataset in it.

    Returns:
        The triples of the service description, those of ``description`` included.
    """
    service = NamedNode(endpoint)
    yield Triple(service, _TYPE, _term("sd:Service"))
    yield Triple(service, _term("sd:endpoint"), service)
    yield Triple(service, _term("sd:supportedLanguage"), _term("sd:SPARQL11Query"))
    yield Triple(service, _term("sd:feature"), _term("sd:UnionDefaultGraph"))
    yield Triple(service, _term("sd:defaultDataset"), NamedNode(dataset))
    for row in FORMATS:
        yield Triple(service, _term("sd:resultFormat"), NamedNode(row.iri))
    yield from description


def _description(quads: tuple[Quad, ...], config: Config, conforms: bool) -> Iterator[Quad]:
    graph = NamedNode(config.description_iri)
    triples = (*_whole(quads, config, conforms), *_named_graphs(quads, config), *_partitions(quads, config))
    return (in_graph(triple, graph) for triple in triples)


def _whole(quads: tuple[Quad, ...], config: Config, conforms: bool) -> Iterator[Triple]:
    dataset, default_graph = NamedNode(config.dataset_iri), NamedNode(config.dataset_iri + "#default-graph")
    union = {quad.triple for quad in quads}
    yield from (Triple(dataset, _TYPE, _term(name)) for name in ("sd:Dataset", "void:Dataset"))
    yield Triple(dataset, _term("dcterms:title"), Literal(config.title, language="en"))
    if config.description:
        yield Triple(dataset, _term("dcterms:description"), Literal(config.description, language="en"))
    yield Triple(dataset, _term("dcterms:license"), NamedNode(config.licence))
    yield Triple(dataset, _term("void:uriSpace"), Literal(config.base_iri + "id/"))
    yield Triple(dataset, _term("void:triples"), _count(len(union)))
    yield Triple(dataset, _term("void:distinctSubjects"), _count(len({triple.subject for triple in union})))
    yield Triple(dataset, _term("sd:defaultGraph"), default_graph)
    yield Triple(default_graph, _TYPE, _term("sd:Graph"))
    yield Triple(default_graph, _term("void:triples"), _count(len(union)))
    if not conforms:
        comment = "This release does not conform to its own shapes."
        yield Triple(dataset, _term("rdfs:comment"), Literal(comment, language="en"))


def _named_graphs(quads: tuple[Quad, ...], config: Config) -> Iterator[Triple]:
    sizes = Counter(quad.graph_name for quad in quads)
    for name, size in sizes.items():
        if not isinstance(name, NamedNode):
            continue
        entry = NamedNode(f"{config.dataset_iri}#graph-{_key(name)}")
        yield Triple(NamedNode(config.dataset_iri), _term("sd:namedGraph"), entry)
        yield Triple(entry, _TYPE, _term("sd:NamedGraph"))
        yield Triple(entry, _term("sd:name"), name)
        yield Triple(entry, _term("sd:graph"), name)
        yield Triple(name, _term("void:triples"), _count(size))


def _partitions(quads: tuple[Quad, ...], config: Config) -> Iterator[Triple]:
    instances: defaultdict[NamedNode, set[Term]] = defaultdict(set)
    statements: defaultdict[NamedNode, set[Triple]] = defaultdict(set)
    for quad in quads:
        statements[quad.predicate].add(quad.triple)
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            instances[quad.object].add(quad.subject)
    for class_, members in instances.items():
        yield from _partition(config, "class", class_, "void:entities", len(members))
    for predicate, stated in statements.items():
        yield from _partition(config, "property", predicate, "void:triples", len(stated))


def _partition(config: Config, kind: str, term: NamedNode, measure: str, size: int) -> Iterator[Triple]:
    node = NamedNode(f"{config.dataset_iri}#{kind}-{_key(term)}")
    yield Triple(NamedNode(config.dataset_iri), _term(f"void:{kind}Partition"), node)
    yield Triple(node, _term(f"void:{kind}"), term)
    yield Triple(node, _term(measure), _count(size))


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=_term("xsd:integer"))


def _key(term: NamedNode) -> str:
    return sha256(term.value.encode()).hexdigest()[:12]

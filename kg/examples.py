"""
The saved queries as RDF, so that editors and tools that look for examples find them by their usual questions.

Source: SHACL, section 5.2 (SPARQL executables); the convention of the sparql-examples repository of SIB.
"""

from collections.abc import Iterator, Sequence

from kg.config import Config
from kg.query import QueryForm, declared_prefixes
from kg.saved_queries import SavedQuery
from kg.terms import Literal, NamedNode, Triple, prefixed

__all__ = ["describe_queries"]

_FORMS = {
    QueryForm.SELECT: ("sh:SPARQLSelectExecutable", "sh:select"),
    QueryForm.ASK: ("sh:SPARQLAskExecutable", "sh:ask"),
    QueryForm.CONSTRUCT: ("sh:SPARQLConstructExecutable", "sh:construct"),
    QueryForm.DESCRIBE: ("spex:SPARQLDescribeExecutable", "spex:describe"),
}
"""The class of a query of each form, and the property that holds its text."""


def describe_queries(queries: Sequence[SavedQuery], config: Config, endpoint: str = "") -> Iterator[Triple]:
    """
    Describe saved queries.

    Args:
        queries: What is described.
        config: The base of their IRIs.
        endpoint: The IRI of the endpoint that they ask; without it, the one below the public URL or the base.
    """
    target = NamedNode(endpoint or (config.public_url or config.base_iri).rstrip("/") + "/sparql")
    declared = NamedNode(f"{config.queries_iri}#prefixes")
    namespaces: dict[str, str] = {}
    for query in queries:
        namespaces |= declared_prefixes(query.text)
        yield from _executable(query, config, declared)
        yield Triple(NamedNode(f"{config.base_iri}id/query/{query.name}"), prefixed("schema:target"), target)
    yield Triple(declared, prefixed("rdf:type"), prefixed("owl:Ontology"))
    for prefix, namespace in sorted(namespaces.items()):
        declaration = NamedNode(f"{config.queries_iri}#prefix-{prefix}")
        yield Triple(declared, prefixed("sh:declare"), declaration)
        yield Triple(declaration, prefixed("rdf:type"), prefixed("sh:PrefixDeclaration"))
        yield Triple(declaration, prefixed("sh:prefix"), Literal(prefix))
        yield Triple(declaration, prefixed("sh:namespace"), Literal(namespace, datatype=prefixed("xsd:anyURI")))


def _executable(query: SavedQuery, config: Config, prefixes: NamedNode) -> Iterator[Triple]:
    node = NamedNode(f"{config.base_iri}id/query/{query.name}")
    kind, holds_text = _FORMS[query.request.form]
    yield Triple(node, prefixed("rdf:type"), prefixed("sh:SPARQLExecutable"))
    yield Triple(node, prefixed("rdf:type"), prefixed(kind))
    yield Triple(node, prefixed("rdfs:label"), Literal(query.summary, language="en"))
    yield Triple(node, prefixed("rdfs:comment"), Literal(query.summary, language="en"))
    yield Triple(node, prefixed("dcterms:description"), Literal(query.description, language="en"))
    yield Triple(node, prefixed(holds_text), Literal(_without_header(query.text)))
    yield Triple(node, prefixed("sh:prefixes"), prefixes)
    yield Triple(node, prefixed("rdfs:seeAlso"), NamedNode(f"{config.base_iri}queries/{query.name}"))
    for tag in query.tags:
        yield Triple(node, prefixed("schema:keywords"), Literal(tag))


def _without_header(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+"))

"""
Rules for a graph that shapes do not express: words that a vocabulary does not have, references that lead nowhere.

Each rule stands in :data:`RULES` once, with what it finds and how that is mended.

Source: Linked Data Platform Best Practices, section 2 (vocabularies); RDF 1.1 Concepts, section 3.3 (literals).
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

import rdflib
from rapidfuzz import process
from rapidfuzz.distance import OSA
from rdflib.namespace import DefinedNamespace

from kg.config import Config
from kg.dataset import Sources
from kg.findings import Severity, ValidationResult
from kg.locator import Locator
from kg.namespaces import PREFIXES, compact_iri
from kg.shacl import is_well_formed
from kg.terms import Literal, NamedNode, Term, Triple

__all__ = ["RULES", "GraphRule", "apply_rules"]

_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_MENTIONS: Final = {PREFIXES["owl"] + "versionIRI", PREFIXES["rdfs"] + "seeAlso"}
"""Properties whose values need not be described here."""
_NEAR: Final = 0.6
"""How alike two names are at least, where 1 is the same and a transposition counts as one mistake."""
_IRI: Final = re.compile(r"<([^<>]*)>")
_CLOSED: Final[dict[str, type[DefinedNamespace]]] = {
    str(vocabulary): vocabulary
    for vocabulary in (
        *(rdflib.DCAT, rdflib.DCTERMS, rdflib.FOAF, rdflib.ORG, rdflib.OWL, rdflib.PROV, rdflib.RDFS, rdflib.SH),
        *(rdflib.SKOS, rdflib.TIME, rdflib.VOID),
    )
}
"""Vocabularies whose words are all known; each stands here because its document is finished."""


@dataclass(frozen=True)
class _Hit:
    """A statement at fault, and what is said of it."""

    triple: Triple
    message: str


@dataclass(frozen=True)
class GraphRule:
    """
    A rule: its name, how grave a breach is, what it asks for and how one mends what breaks it.

    ``find`` gives the statements that break it.
    """

    name: str
    severity: Severity
    asks: str
    mend: str
    find: Callable[["_Graph"], Iterator[_Hit]]


class _Graph:
    """The triples of the files, and what they declare."""

    def __init__(self, triples: Iterable[Triple], config: Config) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self.base = config.base_iri

    @cached_property
    def subjects(self) -> set[str]:
        """The IRIs that the files say something of."""
        return {triple.subject.value for triple in self.triples if isinstance(triple.subject, NamedNode)}

    @cached_property
    def namespaces(self) -> set[str]:
        """The namespaces of the dataset in which words are declared; they end with a #."""
        return {iri.partition("#")[0] + "#" for iri in self.subjects if iri.startswith(self.base) and "#" in iri}


def apply_rules(
    sources: Sources, texts: Mapping[str, str], config: Config, prefixes: Mapping[str, str], names: Container[str]
) -> list[ValidationResult]:
    """
    Hold the files of a knowledge graph against the rules.

    Args:
        sources: The files, read.
        texts: The text of each file by its path; lines are looked up here.
        config: The base IRI of the dataset.
        prefixes: Names of namespaces, by which IRIs are shortened.
        names: The names of the rules that are applied.
    """
    graph, locator = _Graph((quad.triple for quad in sources.quads), config), Locator(sources.files, texts)
    return [_result(rule, hit, locator, prefixes) for rule in RULES if rule.name in names for hit in rule.find(graph)]


def _result(rule: GraphRule, hit: _Hit, locator: Locator, prefixes: Mapping[str, str]) -> ValidationResult:
    subject, predicate, value = (_plain(term) for term in hit.triple)
    return ValidationResult(
        severity=rule.severity,
        focus_node=subject,
        path=predicate,
        value=str(hit.triple.object),
        component=f"#{rule.name}",
        source_shape="",
        message=_shortened(hit.message, prefixes),
        location=locator.find(subject, predicate, value),
    )


def _shortened(message: str, prefixes: Mapping[str, str]) -> str:
    """Write the IRIs of a message as prefixed names where a prefix fits."""
    return _IRI.sub(lambda found: compact_iri(found[1], prefixes), message)


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value


def _words(graph: _Graph) -> Iterator[tuple[Triple, str]]:
    """Give each use of an IRI as a word: as a property, or as a class."""
    for triple in graph.triples:
        yield triple, triple.predicate.value
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            yield triple, triple.object.value


def _undeclared_words(graph: _Graph) -> Iterator[_Hit]:
    for triple, iri in _words(graph):
        if iri.partition("#")[0] + "#" in graph.namespaces and iri not in graph.subjects:
            yield _Hit(triple, f"found <{iri}>, which the ontology does not declare{_near(iri, graph.subjects)}")


def _foreign_words(graph: _Graph) -> Iterator[_Hit]:
    for triple, iri in _words(graph):
        namespace = next((each for each in _CLOSED if iri.startswith(each)), None)
        if namespace and rdflib.URIRef(iri) not in _CLOSED[namespace]:
            known = [str(word) for word in dir(_CLOSED[namespace]) if not word.startswith("_")]
            near = _near(iri, [namespace + word.removeprefix(namespace) for word in known])
            yield _Hit(triple, f"found <{iri}>, a word that its vocabulary does not have{near}")


def _misspelt_namespaces(graph: _Graph) -> Iterator[_Hit]:
    wrong = {_other_scheme(namespace): namespace for namespace in PREFIXES.values()}
    for triple, iri in _words(graph):
        namespace = next((each for each in wrong if iri.startswith(each)), None)
        if namespace:
            yield _Hit(triple, f"found <{iri}>, expected the namespace <{wrong[namespace]}>: http and https differ")


def _dangling_references(graph: _Graph) -> Iterator[_Hit]:
    for triple in graph.triples:
        value = triple.object
        if not isinstance(value, NamedNode) or not value.value.startswith(graph.base + "id/"):
            continue
        if value.value not in graph.subjects and triple.predicate.value not in _MENTIONS:
            near = _near(value.value, graph.subjects)
            yield _Hit(triple, f"found <{value.value}>, of which no file says anything{near}")


def _ill_typed_literals(graph: _Graph) -> Iterator[_Hit]:
    for triple in graph.triples:
        value = triple.object
        if isinstance(value, Literal) and not is_well_formed(value):
            yield _Hit(triple, f'found "{value.value[:80]}", which is no <{value.datatype.value}>')


def _near(iri: str, known: Iterable[str]) -> str:
    """Say which known IRI an unknown one is most like, among those with the same beginning."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    choices = {name: name[cut:] for name in sorted(set(known)) if name.startswith(iri[:cut])}
    found: Sequence[tuple[str, float, str]] = process.extract(
        iri[cut:], choices, scorer=OSA.normalized_similarity, limit=1, score_cutoff=_NEAR
    )
    return f": did you mean <{found[0][2]}>?" if found else ""


def _other_scheme(iri: str) -> str:
    scheme = urlsplit(iri).scheme
    return ("https" if scheme == "http" else "http") + iri.removeprefix(scheme)


RULES: Final = (
    GraphRule(
        "undeclared-term",
        Severity.VIOLATION,
        "Every property and class in a namespace of the dataset is declared by its ontology.",
        "Mend the spelling, or declare the term with a label and a definition.",
        _undeclared_words,
    ),
    GraphRule(
        "unknown-term",
        Severity.VIOLATION,
        "Every property and class of a well-known, finished vocabulary exists there.",
        "Mend the spelling: the message names the nearest word.",
        _foreign_words,
    ),
    GraphRule(
        "namespace-scheme",
        Severity.VIOLATION,
        "A well-known namespace is spelt with the scheme, http or https, that its document uses.",
        "Replace the scheme in the prefix declaration.",
        _misspelt_namespaces,
    ),
    GraphRule(
        "dangling-reference",
        Severity.VIOLATION,
        "A thing of the dataset that a statement leads to is described in some file.",
        "Mend the spelling, or describe the thing.",
        _dangling_references,
    ),
    GraphRule(
        "ill-typed-literal",
        Severity.VIOLATION,
        "The text of a literal is one that its datatype has.",
        "Mend the text, or take another datatype.",
        _ill_typed_literals,
    ),
)
"""Every rule, once."""

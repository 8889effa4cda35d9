"""What rules look at: the files as text and as triples, what they declare, and the settings."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from kg.config import Config
from kg.dataset import Sources, SourceText, distinct_triples
from kg.errors import QueryHeaderError
from kg.locator import Locator
from kg.namespaces import PREFIXES, expand_iri
from kg.query_checks import QueryFinding, check_text
from kg.rules.texts import SourceReading
from kg.saved_queries import SavedQuery
from kg.shacl import TripleIndex
from kg.terms import NamedNode, Triple, prefixed

__all__ = ["Material", "namespace_of"]


def _iris(names: str) -> frozenset[str]:
    """Write prefixed names, apart by blanks, in full."""
    return frozenset(map(expand_iri, names.split()))


_TYPE: Final = prefixed("rdf:type")
_IS_DEFINED_BY: Final = prefixed("rdfs:isDefinedBy")
_VOCABULARY_TYPES: Final = {PREFIXES["owl"] + "Ontology", "http://purl.org/vocommons/voaf#Vocabulary"}
_IMPORTING: Final = ("imports", "versionIRI")
_CLASS_TYPES: Final = _iris("owl:Class rdfs:Class rdfs:Datatype owl:DeprecatedClass")
_PROPERTY_TYPES: Final = _iris(
    "rdf:Property owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty owl:OntologyProperty "
    "owl:FunctionalProperty owl:InverseFunctionalProperty owl:TransitiveProperty owl:SymmetricProperty "
    "owl:AsymmetricProperty owl:ReflexiveProperty owl:IrreflexiveProperty owl:DeprecatedProperty"
)
_LEADS_TO_WORDS: Final = _iris(
    "rdf:type rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range owl:allValuesFrom owl:equivalentClass "
    "owl:equivalentProperty owl:disjointWith owl:inverseOf owl:onClass owl:onProperty owl:someValuesFrom "
    "sh:class sh:inversePath sh:path sh:targetClass sh:targetObjectsOf sh:targetSubjectsOf "
)
"""Properties whose values are themselves properties or classes."""


class Material:
    """
    All that is checked.

    Args:
        config: The settings.
        contents: The files as they are, those that do not parse among them.
        sources: The files that parse.
        queries: The saved queries.
        query_errors: What is wrong with query files that do not parse.
        scope: The paths that are reported on; None means all.
    """

    def __init__(
        self,
        config: Config,
        contents: Sequence[SourceText],
        sources: Sources,
        queries: Sequence[SavedQuery],
        query_errors: Sequence[QueryHeaderError] = (),
        scope: Collection[str] | None = None,
    ) -> None:
        self.config = config
        self.contents = tuple(contents)
        self.sources = sources
        self.queries = tuple(queries)
        self.query_errors = tuple(query_errors)
        self._scope = scope

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each file, those that do not parse among them."""
        return {each.path: each.content.decode("utf-8", "replace") for each in self.contents}

    def _is_reported(self, path: str) -> bool:
        return self._scope is None or path in self._scope

    @cached_property
    def reported_triples(self) -> tuple[Triple, ...]:
        """The triples of the files that are reported on, once, for rules that look at one triple at a time."""
        return distinct_triples(file for file in self.sources.files if self._is_reported(file.path))

    @cached_property
    def reported_data(self) -> tuple[Triple, ...]:
        """Those of them that do not stand in files of shapes."""
        return distinct_triples(file for file in self.sources.data if self._is_reported(file.path))

    @cached_property
    def reported_readings(self) -> tuple[SourceReading, ...]:
        """The files that are reported on, letter by letter, those that do not parse among them."""
        return tuple(reading for reading in self.readings if self._is_reported(reading.path))

    @cached_property
    def readings(self) -> tuple[SourceReading, ...]:
        """Each file letter by letter, those that do not parse among them."""
        parsed = {file.path for file in self.sources.files}
        return tuple(SourceReading(each.path, each.content, each.path in parsed) for each in self.contents)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of the files; the common ones win, then the first file."""
        return self.sources.prefixes

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """Every triple of every file, once."""
        return distinct_triples(self.sources.files)

    @cached_property
    def data(self) -> tuple[Triple, ...]:
        """Every triple of the files that are no shapes, once."""
        return distinct_triples(self.sources.data)

    @cached_property
    def index(self) -> TripleIndex:
        """Every triple, by its predicate."""
        return TripleIndex(self.triples)

    @cached_property
    def locator(self) -> Locator:
        """Finds the lines of statements."""
        return Locator(self.sources.files, self.texts)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The IRIs that the files say something of."""
        return frozenset(triple.subject.value for triple in self.triples if isinstance(triple.subject, NamedNode))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The properties that constraint components and targets of SHACL declare as their parameters."""
        nodes = self.index.by_value(NamedNode(PREFIXES["sh"] + "parameter"))
        paths = (path for node in nodes for path in self.index.values(node, NamedNode(PREFIXES["sh"] + "path")))
        return frozenset(path.value for path in paths if isinstance(path, NamedNode))

    @cached_property
    def query_findings(self) -> tuple[QueryFinding, ...]:
        """What the texts of the saved queries show to be wrong with them."""
        return tuple(finding for query in self.queries for finding in check_text(query, self._is_declared))

    def _is_declared(self, iri: str) -> bool:
        """Tell whether some file speaks of one of our own IRIs; of all others it is taken for granted."""
        graphs = self.config.base_iri + "graph/"
        if not iri.startswith((*self.config.own_iris, *self.namespaces, graphs)):
            return True
        return iri in self._known_iris

    @cached_property
    def _known_iris(self) -> frozenset[str]:
        """The IRIs of things, of values and of named graphs."""
        values = {triple.object.value for triple in self.triples if isinstance(triple.object, NamedNode)}
        graphs = {file.graph.value for file in self.sources.files}
        config = self.config
        return self.subjects | values | graphs | {config.derived_iri, config.description_iri, config.queries_iri}

    @cached_property
    def subjects_by_namespace(self) -> Mapping[str, Sequence[str]]:
        """The IRIs that the files say something of, by their namespaces."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for iri in sorted(self.subjects):
            found[namespace_of(iri)].append(iri)
        return found

    @cached_property
    def own_things(self) -> Mapping[str, Triple]:
        """The things of the dataset that the files say something of, each with the first statement."""
        found: dict[str, Triple] = {}
        for triple in self.triples:
            if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(self.config.own_iris):
                found.setdefault(triple.subject.value, triple)
        return found

    @cached_property
    def mentions(self) -> Mapping[str, Sequence[Triple]]:
        """The statements that have an IRI as their value, by that IRI."""
        found: defaultdict[str, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            if isinstance(triple.object, NamedNode):
                found[triple.object.value].append(triple)
        return found

    @cached_property
    def words(self) -> Mapping[str, Sequence[Triple]]:
        """The IRIs that are used as a property or as a class, each with the statements that use it so."""
        found: defaultdict[str, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            predicate = triple.predicate.value
            found[predicate].append(triple)
            if predicate in _LEADS_TO_WORDS and isinstance(triple.object, NamedNode):
                found[triple.object.value].append(triple)
        return found

    @cached_property
    def classes(self) -> frozenset[str]:
        """The IRIs that the files declare as classes."""
        return self._instances(_CLASS_TYPES)

    @cached_property
    def properties(self) -> frozenset[str]:
        """The IRIs that the files declare as properties."""
        return self._instances(_PROPERTY_TYPES)

    @cached_property
    def ontologies(self) -> frozenset[str]:
        """The IRIs of the vocabularies that the files describe."""
        return self._instances(_VOCABULARY_TYPES)

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """
        The namespaces whose words the files declare: below the base IRI, or of a vocabulary that they describe.

        Not one of which the files have a part only: a few terms that are added to somebody else's, or one of several
        modules.
        """
        declared = Counter(map(namespace_of, self.classes | self.properties))
        missing = Counter(namespace_of(word) for word in self.words if word not in self.subjects)
        absent = {urlsplit(each).netloc for each in self.absent_imports}
        described = {
            each
            for each in self._described_namespaces & set(declared)
            if declared[each] >= missing[each] and urlsplit(each).netloc not in absent
        }
        return frozenset(described | {each for each in declared if each.startswith(self.config.base_iri)})

    @cached_property
    def absent_imports(self) -> Sequence[str]:
        """The vocabularies that the files import, and of which no file says anything."""
        imports, versions = (self.index.by_value(NamedNode(PREFIXES["owl"] + name)) for name in _IMPORTING)
        asked = {each.value for each in imports if isinstance(each, NamedNode) and each not in versions}
        return sorted(asked - self.subjects)

    @property
    def _described_namespaces(self) -> set[str]:
        """Those that a description of a vocabulary may be about."""
        found = {ontology + end for ontology in self.ontologies for end in ("", "#", "/")}
        for triple in (each for iri in self.ontologies for each in self.mentions.get(iri, ())):
            if triple.predicate == _IS_DEFINED_BY and isinstance(triple.subject, NamedNode):
                found.add(namespace_of(triple.subject.value))
        return found

    def _instances(self, types: Collection[str]) -> frozenset[str]:
        by_type = self.index.by_value(_TYPE)
        nodes = (node for each in types for node in by_type.get(NamedNode(each), ()))
        return frozenset(node.value for node in nodes if isinstance(node, NamedNode))


def namespace_of(iri: str) -> str:
    """
    Give what an IRI begins with, up to its last ``#`` or ``/``.

    >>> namespace_of("http://www.w3.org/ns/org#Post")
    'http://www.w3.org/ns/org#'

    Args:
        iri: The IRI, without angle brackets.
    """
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]

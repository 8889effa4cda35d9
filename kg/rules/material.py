"""What rules look at: the files as text and as triples, what they declare, and the settings."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from kg.config import Config
from kg.dataset import Sources, SourceText
from kg.locator import Locator
from kg.namespaces import PREFIXES
from kg.saved_queries import SavedQuery
from kg.shacl import TripleIndex
from kg.terms import NamedNode, Triple

__all__ = ["Material"]

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_VOCABULARIES = frozenset({PREFIXES["owl"] + "Ontology", "http://purl.org/vocommons/voaf#Vocabulary"})


class Material:
    """
    All that is checked.

    Args:
        config: The settings.
        contents: The files as they are, those that do not parse among them.
        sources: The files that parse.
        queries: The saved queries.
    """

    def __init__(
        self, config: Config, contents: Sequence[SourceText], sources: Sources, queries: Sequence[SavedQuery]
    ) -> None:
        self.config = config
        self.contents = tuple(contents)
        self.sources = sources
        self.queries = tuple(queries)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each file, those that do not parse among them."""
        return {each.path: each.content.decode("utf-8", "replace") for each in self.contents}

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of the files; the common ones win, then the first file."""
        found: dict[str, str] = {}
        for file in self.sources.files:
            for prefix, namespace in file.prefixes.items():
                found.setdefault(prefix, namespace)
        return {**found, **PREFIXES}

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """Every triple of every file, once."""
        return tuple(dict.fromkeys(quad.triple for quad in self.sources.quads))

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
    def namespaces(self) -> frozenset[str]:
        """The namespaces whose words the files declare, by a description of the vocabulary or below the base IRI."""
        base = self.config.base_iri
        own = {iri.partition("#")[0] + "#" for iri in self.subjects if iri.startswith(base) and "#" in iri}
        headers = [
            triple.subject.value
            for triple in self.triples
            if triple.predicate == _TYPE
            and isinstance(triple.subject, NamedNode)
            and isinstance(triple.object, NamedNode)
            and triple.object.value in _VOCABULARIES
        ]
        return frozenset(own | {_namespace(iri, self.subjects) for iri in headers})


def _namespace(ontology: str, subjects: frozenset[str]) -> str:
    """Give the namespace of an ontology: its IRI, with the mark behind which its terms are declared."""
    if ontology.endswith(("#", "/")):
        return ontology
    return ontology + ("#" if any(iri.startswith(ontology + "#") for iri in subjects) else "/")

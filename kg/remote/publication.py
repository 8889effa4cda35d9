"""
What an engine holds of ours: its publication graph, by which those who write and those who read agree.

``<base>publication`` names the release that is current, those that can be answered from, and the one whose named graphs
stand whole; each release is one graph ``<base>release/<digest>``, the union of its named graphs. The publication graph
is changed by one update that does nothing if another has been there meanwhile, so all changes of it come one after the
other. What stays is not touched, since Virtuoso may lose what was deleted and inserted again when it comes back after a
crash.

Source: DCMI Metadata Terms; PROV-O; RDF 1.1 Concepts, section 1.4 (naming graphs).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast
from uuid import uuid4

from kg.errors import EngineAnswerError
from kg.formats import ReadResult, ResultKind
from kg.namespaces import expand_iri
from kg.query import ValuesBlock, find_values_block
from kg.remote.endpoint import Endpoint
from kg.terms import Literal, NamedNode, Triple

__all__ = [
    "GraphChange",
    "Lock",
    "Publication",
    "publication_iri",
    "read_publication",
    "release_iri",
    "write_publication",
]

_EVERYTHING: Final = "SELECT ?subject ?predicate ?object WHERE { ?subject ?predicate ?object }"
_STATE: Final = """
SELECT ?subject ?predicate ?object WHERE {
  VALUES (?subject) { (UNDEF) }
  ?subject ?predicate ?object .
}
"""
_STATE_BLOCK = cast(ValuesBlock, find_values_block(_STATE))
_CURRENT, _WHOLE, _NAMED = (expand_iri(f"dcterms:{name}") for name in ("hasVersion", "hasPart", "hasFormat"))
_EDITION, _TOKEN = expand_iri("prov:wasGeneratedBy"), expand_iri("dcterms:identifier")
_RECORD = expand_iri("dcterms:provenance")
_HOLDER, _SINCE, _HEARTBEAT = (expand_iri(name) for name in ("dcterms:creator", "prov:startedAtTime", "dcterms:date"))
_LOCK = "#lock"
_PIECE: Final = 100_000
"""Characters of a record in one literal: one with three million takes Virtuoso 14 s, and of one with four it dies."""
_FIRST: Final = """
INSERT { GRAPH %(graph)s { %(triples)s } }
WHERE {
  { SELECT (COUNT(*) AS ?number) WHERE { GRAPH %(graph)s { ?subject ?predicate ?object } } }
  FILTER (?number = 0)
}
"""
_NEXT: Final = """
DELETE { GRAPH %(graph)s { ?subject ?predicate ?object } }
INSERT { GRAPH %(graph)s { %(added)s } }
WHERE {
  GRAPH %(graph)s { %(graph)s %(property)s %(token)s . ?subject ?predicate ?object }
  FILTER ( %(removed)s )
}
"""
_CHANGE: Final = """
%(verb)s { GRAPH %(changed)s { ?subject ?predicate ?object } }
WHERE { GRAPH %(graph)s { %(graph)s %(property)s %(token)s } GRAPH %(beside)s { ?subject ?predicate ?object } } ;
"""
"""The holes are filled with terms and triples only, which write themselves."""


@dataclass(frozen=True)
class Lock:
    """Who is publishing, since when, and when last heard of: texts that only ``kg publish`` reads."""

    holder: str
    since: str
    heartbeat: str


@dataclass(frozen=True)
class Publication:
    """
    The content of a publication graph.

    ``current`` is the digest of the release that is served; ``whole`` are the releases whose graph is whole, so that
    they can be answered from; ``named`` is the release whose named graphs stand whole, empty while they are replaced,
    and ``edition`` changes whenever ``named`` does. ``records`` holds what ``kg publish`` notes of a release, in JSON.
    ``token`` tells this content from any other; it is empty where there is none yet.
    """

    current: str = ""
    named: str = ""
    whole: frozenset[str] = frozenset()
    records: Mapping[str, str] = field(default_factory=dict)
    lock: Lock | None = None
    edition: str = ""
    token: str = ""


@dataclass(frozen=True)
class GraphChange:
    """
    How a named graph is changed by graphs that lie beside it.

    First the triples of ``removed`` are taken out of ``graph``, which are all of them where that is ``graph`` itself;
    then those of ``added`` are put in. Either may be empty, for nothing.
    """

    graph: str
    removed: str = ""
    added: str = ""


def publication_iri(base_iri: str) -> str:
    """Give the IRI of the publication graph."""
    return base_iri + "publication"


def release_iri(base_iri: str, digest: str) -> str:
    """Give the IRI of the graph that is the union of a release."""
    return f"{base_iri}release/{digest}"


def read_publication(
    endpoint: Endpoint, base_iri: str, *, whole: bool = True, timeout_seconds: float | None = None
) -> Publication:
    """
    Read the publication graph; where there is none, nothing has been published.

    Args:
        endpoint: The engine.
        base_iri: What our IRIs begin with.
        whole: Whether the records and the lock are read too, which those who only read do without.
        timeout_seconds: How long it may take, if less than usual.

    Raises:
        EngineError: The engine cannot be asked, or its publication graph is none of ours.
    """
    graph = publication_iri(base_iri)
    text = _EVERYTHING if whole else _STATE_BLOCK.replaced(_STATE, [[NamedNode(graph)]])
    with endpoint.query(text, ResultKind.SOLUTIONS, default_graphs=[graph], timeout_seconds=timeout_seconds) as answer:
        values = _values(answer)
    if not values:
        return Publication()

    def one(predicate: str, subject: str = graph) -> str:
        found = sorted(values.get((subject, predicate), ()))
        if len(found) > 1:
            problem = f"holds {len(found)} values of <{predicate}> in <{graph}>, expected one: drop that graph, publish"
            raise EngineAnswerError(endpoint.name, problem)
        return found[0] if found else ""

    prefix, lock = release_iri(base_iri, ""), graph + _LOCK
    held = Lock(one(_HOLDER, lock), one(_SINCE, lock), one(_HEARTBEAT, lock)) if one(_HOLDER, lock) else None
    return Publication(
        current=one(_CURRENT).removeprefix(prefix),
        named=one(_NAMED).removeprefix(prefix),
        whole=frozenset(iri.removeprefix(prefix) for iri in values[graph, _WHOLE]),
        records=_joined({iri.removeprefix(prefix): one(_RECORD, iri) for iri, name in [*values] if name == _RECORD}),
        lock=held,
        edition=one(_EDITION),
        token=one(_TOKEN),
    )


def write_publication(
    endpoint: Endpoint,
    base_iri: str,
    old: Publication,
    new: Publication,
    *,
    changes: Sequence[GraphChange] = (),
) -> Publication | None:
    """
    Put a new content in the place of the old one, unless another has been there meanwhile.

    Args:
        endpoint: The engine.
        base_iri: What our IRIs begin with.
        old: What was read.
        new: What is to stand there; its ``token`` and ``edition`` are made here.
        changes: Named graphs that are changed by the same request. Where an engine has transactions, readers see all
            of it at once.

    Returns:
        What stands there now, or None if another was faster: then read it anew.

    Raises:
        EngineError: The engine cannot be written; read what stands there before anything else is done.
    """
    is_same = new.named == old.named and old.edition and not changes
    edition = old.edition if is_same else uuid4().urn
    written = replace(new, token=uuid4().urn, edition=edition)
    standing = set(_triples(old, base_iri)) if old.token else set()
    wanted = dict.fromkeys(_triples(written, base_iri))
    holes = {
        "graph": NamedNode(publication_iri(base_iri)),
        "triples": _written(wanted),
        "added": _written(one for one in wanted if one not in standing),
        "removed": " || ".join(map(_condition, standing - wanted.keys())),
        "property": NamedNode(_TOKEN),
        "token": Literal(old.token),
    }
    changed = (
        _CHANGE % {**holes, "verb": verb, "changed": NamedNode(change.graph), "beside": NamedNode(beside)}
        for change in changes
        for verb, beside in (("DELETE", change.removed), ("INSERT", change.added))
        if beside
    )
    endpoint.update("".join(changed) + (_NEXT if old.token else _FIRST) % holes)
    return written if read_publication(endpoint, base_iri, whole=False).token == written.token else None


def _triples(publication: Publication, base_iri: str) -> Iterator[Triple]:
    graph = publication_iri(base_iri)
    node, lock = NamedNode(graph), NamedNode(graph + _LOCK)
    yield Triple(node, NamedNode(_TOKEN), Literal(publication.token))
    yield Triple(node, NamedNode(_EDITION), NamedNode(publication.edition))
    for predicate, digests in (
        (_CURRENT, [publication.current]),
        (_NAMED, [publication.named]),
        (_WHOLE, sorted(publication.whole)),
    ):
        for digest in filter(None, digests):
            yield Triple(node, NamedNode(predicate), NamedNode(release_iri(base_iri, digest)))
    for name, record in sorted(publication.records.items()):
        for number, start in enumerate(range(0, len(record), _PIECE)):
            piece = Literal(record[start : start + _PIECE])
            yield Triple(NamedNode(release_iri(base_iri, f"{name}#{number}")), NamedNode(_RECORD), piece)
    if publication.lock:
        facts = publication.lock.holder, publication.lock.since, publication.lock.heartbeat
        for predicate, text in zip((_HOLDER, _SINCE, _HEARTBEAT), facts, strict=True):
            yield Triple(lock, NamedNode(predicate), Literal(text))


def _joined(pieces: Mapping[str, str]) -> Mapping[str, str]:
    """Put records together from their pieces, whose names end in their numbers."""
    found: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for place, piece in sorted(pieces.items()):
        name, _, number = place.partition("#")
        found[name][int(number) if number.isdecimal() else 0] = piece
    return {name: "".join(piece for _, piece in sorted(parts.items())) for name, parts in found.items()}


def _written(triples: Iterable[Triple]) -> str:
    return " ".join(f"{triple} ." for triple in triples)


def _condition(triple: Triple) -> str:
    """Tell a triple from all others; a literal is the only one in its place, and engines differ in comparing them."""
    parts = {"subject": triple.subject, "predicate": triple.predicate}
    if isinstance(triple.object, NamedNode):
        parts["object"] = triple.object
    return f"({' && '.join(f'?{name} = {term}' for name, term in parts.items())})"


def _values(solutions: ReadResult) -> defaultdict[tuple[str, str], set[str]]:
    """Sort the values by subject and predicate."""
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for subject, predicate, value in solutions:  # type: ignore[union-attr]
        values[subject.value, predicate.value].add(value.value)
    return values

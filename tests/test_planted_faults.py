"""
Faults planted into our own graph, one at a time: each is found, and on its line.

A fault is a change of one file; ``¦`` in the new text marks the place at which it must be found.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import REPOSITORY

from kg.checks import ALL_RULES, USUAL_RULES, check_sources
from kg.config import load_config
from kg.findings import Severity, ValidationResult
from kg.validation import Engine

Outcomes = Mapping[str, tuple[list[tuple[str, ValidationResult]], int, int]]
"""Of each fault by its name: the findings of its rule, with their names, and the line and column of the fault."""

CLAIMS = "graph_data/discourse/international-actors-part-2/s02.ttl"
ANSWERS = "graph_data/responses/international-actors-part-2/s02.ttl"
EVENTS = "graph_data/events.ttl"
LINKS = "graph_data/links/wikidata.ttl"
PEOPLE = "graph_data/agents/people.ttl"
POSTS = "graph_data/agents/posts.ttl"
TERMS = "ontology/discourse.ttl"
SHAPES = "ontology/shapes/discourse.ttl"
QUERY = "queries/claims-by-speaker.rq"

ACT = """\
act:aliyev-on-open-arms-supplies
    a agon:SpeechAct ;
    agon:isSpokenBy person:ilham-aliyev ;
    agon:speaksAs post:president-of-azerbaijan ;
    agon:takesPlaceIn event:aliyev-interviews-2024-12-and-2025-01 ;
    agon:hasIllocution illocution:accuse ;
    agon:putsForward claim:france-openly-supplies-lethal-weapons , claim:india-openly-supplies-lethal-weapons ;
    agon:usesWords quotation:aliyev-on-open-arms-supplies-1 ;
    agon:isAttestedBy attestation:aliyev-on-open-arms-supplies ;
"""
GLOSS = 'agon:gloss "France openly supplies lethal weapons to Armenia."@en ;'
WINDOW = 'agon:notBefore "2024-12-01"^^xsd:date ;\n    agon:notAfter "2025-01-31"^^xsd:date ;'


@dataclass(frozen=True)
class Fault:
    """What is done to a file: ``old`` becomes ``new``, and ``rule`` must find it."""

    name: str
    path: str
    old: str
    new: str
    rule: str

    def plant(self) -> tuple[bytes, int, int]:
        """Give the changed file, and the line and column of the fault."""
        text = (REPOSITORY / self.path).read_bytes().decode()
        assert self.old in text, f"{self.path} has changed: plant {self.name} elsewhere"
        before, mark, after = text.replace(self.old, self.new, 1).partition("¦")
        assert mark, self.name
        line = before.count("\n") + 1
        return _bytes(before + after), line, len(before.rpartition("\n")[2]) + 1


def _bytes(text: str) -> bytes:
    """Encode a text in which ``\\udcXX`` stands for the byte XX."""
    return text.encode("utf-8", "surrogateescape")


FAULTS = [
    # files
    Fault(
        "dot left out",
        CLAIMS,
        "    agon:hasTopic topic:arms-supplies ;",
        "    agon:hasTopic ¦topic:arms supplies ;",
        "syntax",
    ),
    Fault(
        "string not closed", CLAIMS, GLOSS, GLOSS.replace('Armenia."@en', "Armenia.@en").replace('"', '¦"', 1), "syntax"
    ),
    Fault("prefix not declared", CLAIMS, "topic:arms-supplies ;", "¦topics:arms-supplies ;", "syntax"),
    Fault(
        "blank in an IRI",
        PEOPLE,
        "person:charles-michel\n",
        "¦<https://w3id.org/agon/id/person/charles michel>\n",
        "syntax",
    ),
    Fault("bracket not closed", EVENTS, WINDOW, WINDOW.replace('"2025', '¦[ a agon:Event ; "2025'), "syntax"),
    Fault("byte of another encoding", CLAIMS, "France openly", "Fran¦\udce7ois openly", "encoding"),
    Fault("byte order mark", CLAIMS, "@prefix act:", "¦\ufeff@prefix act:", "byte-order-mark"),
    Fault("merge conflict", CLAIMS, "# s02a-p01\n", "¦<<<<<<< HEAD\n# s02a-p01\n", "merge-conflict"),
    Fault("mixed line ends", CLAIMS, GLOSS + "\n", "¦" + GLOSS + "\r\n", "mixed-line-ends"),
    Fault("unseen character", CLAIMS, "France openly", "France¦\u200b openly", "control-character"),
    Fault(
        "prefix without use",
        CLAIMS,
        "@prefix act:",
        "@prefix ¦foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix act:",
        "unused-prefix",
    ),
    Fault(
        "prefix of another namespace",
        CLAIMS,
        "person: <https://w3id.org/agon/id/person/>",
        "¦person: <https://w3id.org/agon/id/persons/>",
        "prefix-conflict",
    ),
    Fault(
        "triple stated twice",
        CLAIMS,
        GLOSS,
        f"{GLOSS}\n    agon:gloss ¦" + GLOSS.removeprefix("agon:gloss "),
        "duplicate-triple",
    ),
    Fault("blank at the beginning", CLAIMS, '"France openly', '¦" France openly', "literal-whitespace"),
    Fault(
        "language that is none",
        CLAIMS,
        GLOSS,
        GLOSS.replace('"France', '¦"France').replace("@en", "@en-UK"),
        "language-tag",
    ),
    Fault(
        "Cyrillic letter",
        CLAIMS,
        "claim:france-openly-supplies-lethal-weapons\n",
        "¦<https://w3id.org/agon/id/claim/fr\u0430nce>\n",
        "suspicious-iri",
    ),
    # terms
    Fault("property misspelt", CLAIMS, "agon:hasTopic topic:arms", "¦agon:hasTopik topic:arms", "undeclared-term"),
    Fault("class misspelt", CLAIMS, "a agon:Claim ;", "a ¦agon:Clam ;", "undeclared-term"),
    Fault("word misspelt of another vocabulary", PEOPLE, 'rdfs:label "Charles', '¦rdfs:lable "Charles', "unknown-term"),
    Fault("scheme of a namespace", POSTS, "a org:Post ;", "a ¦<https://www.w3.org/ns/org#Post> ;", "namespace-scheme"),
    Fault(
        "reference that dangles",
        CLAIMS,
        "agon:concerns state:france",
        "agon:concerns ¦state:frnace",
        "dangling-reference",
    ),
    Fault("date that is none", EVENTS, WINDOW, WINDOW.replace('"2024-12-01"', '¦"2024-02-30"'), "ill-typed-literal"),
    Fault(
        "label left out",
        PEOPLE,
        'person:charles-michel\n    a agon:Person ;\n    rdfs:label "Charles Michel"@en ;',
        "¦person:charles-michel\n    a agon:Person ;",
        "missing-label",
    ),
    # shapes
    Fault("attestation left out", CLAIMS, ACT, "¦" + ACT.rpartition("    agon:isAttestedBy")[0], "ags:attestation"),
    Fault("two glosses", CLAIMS, GLOSS, f'{GLOSS}\n    agon:gloss ¦"France sends arms."@en ;', "ags:gloss-form"),
    Fault(
        "value of another class",
        CLAIMS,
        "agon:hasTopic topic:arms-supplies ;",
        "agon:hasTopic ¦person:ilham-aliyev ;",
        "ags:Proposition-hasTopic",
    ),
    Fault(
        "literal for a thing",
        CLAIMS,
        "agon:isSpokenBy person:ilham-aliyev ;",
        'agon:isSpokenBy ¦"Aliyev" ;',
        "ags:SpeechAct-isSpokenBy",
    ),
    Fault("number for a text", CLAIMS, GLOSS, "agon:gloss ¦42 ;", "ags:gloss-form"),
    Fault(
        "end before begin",
        EVENTS,
        WINDOW,
        WINDOW.replace("2024-12-01", "2025-12-01").replace('"2025-12', '¦"2025-12'),
        "ags:window-start",
    ),
    Fault(
        "name against the pattern",
        CLAIMS,
        "quotation:aliyev-on-open-arms-supplies-1\n",
        "¦quotation:Aliyev_1\n",
        "ags:Quotation",
    ),
    Fault(
        "type left out",
        ANSWERS,
        "response:author-corroborates-imbalance\n    a agon:Corroboration ;",
        "¦response:author-corroborates-imbalance",
        "untyped-thing",
    ),
    Fault(
        "demand that is a claim",
        CLAIMS,
        ACT,
        "¦" + ACT.replace("illocution:accuse", "illocution:demand"),
        "ags:SpeechAct-demands",
    ),
    # the shapes themselves
    Fault("word that SHACL does not have", SHAPES, "sh:nodeKind sh:IRI ;", "¦sh:nodeKinds sh:IRI ;", "unknown-term"),
    Fault("count that is none", SHAPES, "sh:minCount 1 ;", 'sh:minCount ¦"one" ;', "malformed-shape"),
    # the ontology
    Fault(
        "classes in a circle",
        TERMS,
        "agon:Proposition\n    a owl:Class ;",
        "agon:Proposition\n    a owl:Class ;\n    rdfs:subClassOf ¦agon:Demand ;",
        "hierarchy-cycle",
    ),
    Fault(
        "types that exclude each other", CLAIMS, "a agon:Claim ;", "a agon:Claim , ¦agon:Demand ;", "disjoint-classes"
    ),
    Fault(
        "two labels in a language",
        TERMS,
        'rdfs:label "claim"@en ;',
        'rdfs:label "claim"@en , ¦"assertion"@en ;',
        "term-style",
    ),
    # saved queries
    Fault(
        "term of a query misspelt", QUERY, "agon:putsForward ?claim", "¦agon:putForward ?claim", "query-undeclared-term"
    ),
    Fault(
        "prefix of a query without use",
        QUERY,
        "PREFIX agon:",
        "PREFIX ¦foaf: <http://xmlns.com/foaf/0.1/>\nPREFIX agon:",
        "query-unused-prefix",
    ),
    Fault(
        "variable that nothing binds",
        QUERY,
        "?reportingMode ?passage WHERE",
        "?reportingMode ¦?pasage WHERE",
        "query-unbound-variable",
    ),
    Fault("query that does not parse", QUERY, "ORDER BY ?passage", "ORDER BY ¦OR ?passage", "query-syntax"),
    # promises
    Fault(
        "quotation too long",
        CLAIMS,
        '"lethal weapons"@en',
        '¦"one two three four five six seven eight nine ten eleven"@en',
        "quotation-length",
    ),
    Fault(
        "word that takes a side",
        PEOPLE,
        'rdfs:label "Charles Michel"',
        'rdfs:label ¦"Charles Michel the liar"',
        "loaded-words",
    ),
    Fault("link to two items", LINKS, "owl:sameAs wd:Q458 .", "owl:sameAs wd:Q458 , ¦wd:Q459 .", "link-target"),
]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our own graph."""
    folder = tmp_path_factory.mktemp("agon")
    for name in ("graph_data", "ontology", "queries", "tests/shingles"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "agon.toml", folder)
    return folder


@pytest.fixture(scope="module")
def outcomes(graph: Path) -> Outcomes:
    """What is found of each fault, and where it was planted."""
    found = {}
    for fault in FAULTS:
        content, line, column = fault.plant()
        before = (graph / fault.path).read_bytes()
        (graph / fault.path).write_bytes(content)
        names = frozenset({fault.rule if fault.rule in ALL_RULES else "shapes"})
        found[fault.name] = ([one for one in _findings(graph, names) if one[0] == fault.rule], line, column)
        (graph / fault.path).write_bytes(before)
    return found


def _findings(graph: Path, names: frozenset[str] = USUAL_RULES) -> list[tuple[str, ValidationResult]]:
    checked = check_sources(load_config(graph), progress=lambda _: None, engine=Engine.OWN, names=names)
    return [(one.rule(checked.prefixes), one) for one in checked.report.results]


def _lines(results: list[tuple[str, ValidationResult]]) -> set[int]:
    return {one.location.line for _, one in results if one.location}


def test_graph_without_a_fault_has_no_finding(graph: Path) -> None:
    assert [one for _, one in _findings(graph) if one.severity is not Severity.INFO] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found(fault: Fault, outcomes: Outcomes) -> None:
    results, _, _ = outcomes[fault.name]
    assert results, f"{fault.rule} finds nothing"


def test_nineteen_of_twenty_are_on_their_line(outcomes: Outcomes) -> None:
    elsewhere = {
        name: (line, _lines(results)) for name, (results, line, _) in outcomes.items() if line not in _lines(results)
    }
    assert len(elsewhere) <= len(FAULTS) / 20, elsewhere

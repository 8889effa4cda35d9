"""
Write the table of what is anchored in each passage, from the graph.

Run it as ``python tools/coverage.py > docs/coverage.md``. A passage in which nothing is anchored needs a reason in
``NOTHING_TO_ANCHOR``, or the test of the table fails.
"""

import sys
from collections import Counter, defaultdict
from pathlib import Path

from kg.config import load_config
from kg.dataset import read_sources
from kg.terms import NamedNode

NS = "https://w3id.org/agon/ns#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ANCHORS = ("isFoundIn", "isMentionedIn", "isQuotedFrom")
COLUMNS = {
    "claims": {"Claim", "Characterization"},
    "demands, commitments, evaluations": {"Demand", "Commitment", "Evaluation"},
    "responses": {
        *("OfficialRefutation", "ExpertRefutation", "EvidenceRefutation"),
        *("Corroboration", "Dismissal", "Objection"),
    },
    "framing": {"TermUse", "Stance", "PropositionRelation"},
    "words quoted": {"Quotation"},
}
NOTHING_TO_ANCHOR: dict[str, str] = {}
"""Why a passage anchors nothing, by its name."""


def anchored(root: Path) -> dict[str, Counter[str]]:
    """Count what each passage attests, by the columns of the table; the keys are the names of the passages in order."""
    links: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    types: defaultdict[str, set[str]] = defaultdict(set)
    for quad in read_sources(load_config(root)).quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            links[quad.predicate.value].add((quad.subject.value, quad.object.value))
            if quad.predicate.value == TYPE and quad.object.value.startswith(NS):
                types[quad.subject.value].add(quad.object.value.removeprefix(NS))
    names = sorted(iri.rpartition("/")[2] for iri, kinds in types.items() if "Passage" in kinds)
    table = {name: Counter[str]() for name in names}
    for item, passage in _anchors(links):
        columns = [column for column, kinds in COLUMNS.items() if kinds & types[item]]
        for column in columns or ([] if "Attestation" in types[item] else ["other records"]):
            table[passage.rpartition("/")[2]][column] += 1
    return table


def _anchors(links: dict[str, set[tuple[str, str]]]) -> set[tuple[str, str]]:
    """Pair each record with the passages that it rests on; propositions rest on those of their speech acts."""
    direct = {pair for name in ANCHORS for pair in links[NS + name]}
    passages: defaultdict[str, set[str]] = defaultdict(set)
    for item, passage in direct:
        passages[item].add(passage)
    attested = {(item, passage) for item, record in links[NS + "isAttestedBy"] for passage in passages[record]}
    acts: defaultdict[str, set[str]] = defaultdict(set)
    for act, passage in attested:
        acts[act].add(passage)
    said = {(proposition, passage) for act, proposition in links[NS + "putsForward"] for passage in acts[act]}
    return direct | attested | said


def markdown(table: dict[str, Counter[str]]) -> str:
    """Give the table as a page."""
    columns = [*COLUMNS, "other records"]
    lines = [
        "# Coverage",
        "",
        "What the graph anchors in each passage of its first source; made by `tools/coverage.py`, and a test finds it",
        "current. A claim counts in each passage that reports it; other records are actors, events, instruments,",
        "figures, places, posts and corrections.",
        "",
        f"| passage | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for name, counts in table.items():
        reason = f" {NOTHING_TO_ANCHOR[name]}" if name in NOTHING_TO_ANCHOR else ""
        lines.append(f"| {name}{reason} | {' | '.join(str(counts[column] or '') for column in columns)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown(anchored(Path(__file__).resolve().parent.parent)))

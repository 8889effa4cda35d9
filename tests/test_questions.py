"""The competency questions: all told of, each able to be found, and what a hasty model of the article gets wrong."""

import csv
import re
from pathlib import Path

import pytest
from harness import REPOSITORY

from kg.config import Limits, load_config
from kg.dataset import read_sources
from kg.query_files import load_saved_queries
from kg.saved_queries import search_queries
from kg.terms import NamedNode

NAMES = sorted(path.stem for path in (REPOSITORY / "queries").glob("*.rq"))
OWN_TERM = re.compile(r"https://w3id\.org/agon/(ns#\w+|scheme/[\w-]+/[\w-]+)$")


def answer(name: str) -> list[dict[str, str]]:
    """The stored answer, which another test finds current, without the marks of RDF syntax."""
    with (REPOSITORY / f"queries/expected/{name}.tsv").open(newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        head = [variable.removeprefix("?") for variable in next(rows)]
        return [dict(zip(head, map(_plain, row), strict=True)) for row in rows]


def _plain(term: str) -> str:
    return re.sub(r'^"(.*)"(@en|\^\^<.*>)?$', r"\1", term).strip("<>").rpartition("agon/id/")[2]


def test_every_question_is_told_of() -> None:
    told = re.findall(r"^\| [^|]+ \| `([\w-]+)` \|", (REPOSITORY / "docs/questions.md").read_text(), re.M)
    assert sorted(told) == NAMES
    assert len(NAMES) >= 40


@pytest.mark.parametrize("words", ["double standard", "mandate mission", "who declined", "names", "licence curators"])
def test_question_is_found_by_words(words: str) -> None:
    assert search_queries(load_saved_queries(REPOSITORY / "queries", Limits()), words.split())


def test_every_term_is_used_by_the_data_or_a_question() -> None:
    files = read_sources(load_config(REPOSITORY)).files
    declared = {
        quad.subject.value
        for file in files
        if file.path.startswith("ontology/") and not file.path.startswith("ontology/shapes/")
        for quad in file.quads
        if isinstance(quad.subject, NamedNode) and OWN_TERM.match(quad.subject.value)
    }
    used = {
        term.value
        for file in files
        if file.path.startswith("graph_data/")
        for quad in file.quads
        for term in (quad.predicate, quad.object)
        if isinstance(term, NamedNode)
    }
    text = "".join(path.read_text() for path in Path(REPOSITORY / "queries").glob("*.rq"))
    asked = {f"https://w3id.org/agon/ns#{name}" for name in re.findall(r"\bagon:(\w+)", text)}
    assert len(declared) > 200
    assert declared - used - asked - set(re.findall(r"<(\S+?)>", text)) == set()


def test_one_denial_leaves_the_other_claims_of_the_utterance_unanswered() -> None:
    officials = {row["claim"]: row["officialName"] for row in answer("denials-and-what-they-leave")}
    assert officials["claim/united-states-secretly-supplies-lethal-weapons"] == "United States Department of State"
    assert officials["claim/military-planes-brought-weapons-to-armenia"] == ""
    assert officials["claim/france-openly-supplies-lethal-weapons"] == ""


def test_motive_or_own_conduct_is_no_refutation() -> None:
    dismissed = {row["proposition"] for row in answer("dismissals") if row["alsoRefuted"] == "false"}
    assert {"claim/europe-helps-armenia-for-religion", "claim/mission-is-cover-for-nato"} <= dismissed
    contested = answer("claims-refuted-by-experts-only") + answer("claims-refuted-by-evidence")
    assert dismissed & {row["claim"] for row in contested} == set()


def test_standing_position_is_no_reply() -> None:
    assert ("Government of Iran", "opposes") in {(row["holderName"], row["position"]) for row in answer("stances")}
    met = {row["demand"]: row["respondentName"] for row in answer("answers-to-demands")}
    assert met["demand/route-outside-armenian-control"] == ""


def test_two_declarations_share_a_name_and_one_has_two() -> None:
    shared_name = {(row["form"], row["instrument"]) for row in answer("names-shared-by-instruments")}
    assert shared_name == {
        ("Declaration on Allied Relations", "instrument/azerbaijan-russia-declaration-2022"),
        ("Declaration on Allied Relations", "instrument/azerbaijan-turkey-declaration-2021"),
    }
    names = {row["form"] for row in answer("instruments-with-several-names")}
    assert names == {"Declaration on Allied Relations", "Declaration on Allied Interaction"}


def test_label_of_a_person_does_not_date_the_post() -> None:
    (row,) = answer("posts-at-event")
    assert (row["roleLabel"], row["postName"], row["heldThen"]) == (
        "former French Prime Minister",
        "prime minister of France",
        "false",
    )


def test_nominated_person_does_not_hold_the_post() -> None:
    assert ("Tulsi Gabbard", "nominated") in {(row["personName"], row["status"]) for row in answer("tenures-on")}
    assert "Tulsi Gabbard" not in {row["personName"] for row in answer("posts-held-on")}


def test_act_of_one_chamber_still_needs_the_others() -> None:
    needed = {row["neededFromName"] for row in answer("acts-adopted-in-part")}
    assert needed == {"House of Representatives of the United States", "Biden administration"}


def test_name_of_a_city_is_told_apart_from_the_city() -> None:
    places = {row["form"]: (row["actorName"], row["place"]) for row in answer("places-named-for-governments")}
    assert places["Brussels"] == ("European Union", "place/brussels")
    assert places["Washington"] == ("Government of the United States", "place/washington")
    assert places["Baku"] == ("Government of Azerbaijan", "")


def test_slips_are_kept_and_mended() -> None:
    mended = {row["sourceValue"]: row["editorialValue"] for row in answer("departures-from-source")}
    assert mended == {
        "Grenada": "Granada",
        "EC President": "president of the European Council",
        "European Council": "Council of the European Union",
        "State Secretary": "secretary of state",
    }


def test_silence_is_a_statement_of_whoever_remarks_on_it() -> None:
    (row,) = [row for row in answer("silences") if row["claim"] == "claim/aliyev-silent-on-crash-and-russia"]
    assert row["remarkedByName"].startswith("author of the article")


def test_undated_answer_has_no_known_order() -> None:
    assert {row["order"] for row in answer("refutations-and-their-order")} == {"unknown"}


def test_dates_known_as_a_window_stay_one() -> None:
    windows = {row["event"]: (row["notBefore"], row["notAfter"]) for row in answer("events-known-by-window")}
    assert windows["event/first-interview-2024-12"] == ("2024-12-01", "2024-12-31")


def test_layers_of_a_passage_are_told_apart() -> None:
    layers = {(row["speakerName"].split(" ")[0], row["reportingMode"]) for row in answer("layers-of-passage")}
    assert layers == {
        ("Ilham", "paraphrase"),
        ("United", "verbatim"),
        ("United", "paraphrase"),
        ("author", "own words"),
    }


def test_every_side_characterizes_and_is_characterized() -> None:
    found = {(row["thing"], row["conceptName"]) for row in answer("characterizations")}
    assert {("state/armenia", "aggression"), ("state/azerbaijan", "aggression")} <= found
    assert {("government/biden-administration", "double standard"), ("state/azerbaijan", "double standard")} <= found


def test_contested_names_stand_in_no_iri_and_no_label() -> None:
    """They stand in term uses, in quotations and, as concepts that somebody ascribes, in one scheme."""
    concepts = "https://w3id.org/agon/scheme/characterization/"
    forms = {row["form"] for row in answer("names") if row["registerName"] in {"contested", "pejorative"}}
    named = {
        text.value
        for quad in read_sources(load_config(REPOSITORY)).quads
        if isinstance(quad.subject, NamedNode) and not quad.subject.value.startswith(concepts)
        for text in (quad.subject, *([quad.object] if quad.predicate.value.endswith(("#label", "#prefLabel")) else []))
    }
    words = {re.sub(r"[^a-z]+", "-", text.lower()) for text in named}
    assert {"blockade", "Zangezur Corridor", "ethnic cleansing"} <= forms
    for form in forms:
        contested = re.sub(r"[^a-z]+", "-", form.lower()).strip("-")
        assert [text for text in words if re.search(rf"\b{contested}\b", text)] == [], form


def test_graph_takes_no_side() -> None:
    assert answer("verdicts") == []


def test_document_is_covered() -> None:
    assert answer("passages-that-anchor-nothing") == []

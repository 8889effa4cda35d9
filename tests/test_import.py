"""``kg import claimreview``: feeds of reviews as graph data, what is left out and why, and feeds that are broken."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pyoxigraph
import pytest
from harness import REPOSITORY, Kg

from benchmarks.review_feeds import FAULTS, feed, reviews
from kg.imports.report import MEANINGS

AGON = "https://w3id.org/agon/ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://check.example.org/2020/tram",
    "claimReviewed": "The trams of the town run on tea and have done so for many years.",
    "author": {"@type": "Organization", "name": "Town Check"},
    "datePublished": "March 3, 2020",
    "inLanguage": "en",
    "reviewRating": {"@type": "Rating", "ratingValue": "2", "bestRating": "6", "alternateName": "Mostly False"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Jane Doe"}, "datePublished": "2020-02"},
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our directory that imports may be added to."""
    root = tmp_path_factory.mktemp("directory")
    for name in ("ontology", "graph_data", "queries", "tests/shingles"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copy(REPOSITORY / "agon.toml", root)
    (root / "graph_data/imports").mkdir()
    return root


def imported(kg: Kg, value: Any, *options: object) -> list[pyoxigraph.Triple]:
    """The triples that a feed, given as JSON on standard input, becomes."""
    result = kg("import", "claimreview", "-", *options, stdin=json.dumps(value))
    assert result.returncode == 0, result.stderr
    return [quad.triple for quad in pyoxigraph.parse(result.stdout, format=pyoxigraph.RdfFormat.TURTLE)]


def values(triples: list[pyoxigraph.Triple], name: str) -> list[str]:
    """The values of a property, in order."""
    iri = name if ":" in name else AGON + name
    return [triple.object.value for triple in triples if triple.predicate.value == iri]  # type: ignore[union-attr]


def one(triples: list[pyoxigraph.Triple], subject: Any, name: str) -> Any:
    """The one value of a property of a thing."""
    (found,) = [each.object for each in triples if each.subject == subject and each.predicate.value == AGON + name]
    return found


def test_claim_speaker_and_review_are_kept_apart(kg: Kg) -> None:
    triples = imported(kg, REVIEW)
    (response,) = [each.subject for each in triples if each.predicate.value == AGON + "respondsTo"]
    (act,) = [each.subject for each in triples if each.predicate.value == AGON + "putsForward"]
    claim = one(triples, response, "respondsTo")
    assert one(triples, act, "putsForward") == claim
    names = {each.subject: each.object.value for each in triples if each.predicate.value == LABEL}  # type: ignore[union-attr]
    assert names[one(triples, act, "isSpokenBy")] == "Jane Doe"
    assert names[one(triples, response, "isGivenBy")] == "Town Check"
    assert one(triples, act, "notBefore").value == "2020-02-01"
    assert one(triples, act, "notAfter").value == "2020-02-29"
    assert values(triples, "http://purl.org/dc/terms/issued") == ["2020-03-03"]
    assert values(triples, "https://schema.org/url") == [REVIEW["url"]]


def test_rating_is_the_words_of_the_reviewer_and_no_verdict(kg: Kg) -> None:
    triples = imported(kg, REVIEW)
    (rating,) = [each for each in triples if getattr(each.object, "value", "") == "Mostly False"]
    assert rating.predicate.value == AGON + "wordedAs"
    (response,) = [each.subject for each in triples if each.object == rating.subject]
    assert one(triples, response, "isGivenBy").value.startswith("https://w3id.org/agon/id/actor/town-check-")
    types = set(values(triples, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"))
    assert not {AGON + name for name in ("Refutation", "Corroboration", "Dismissal")} & types
    assert not [
        each for each in triples if "atingValue" in each.predicate.value or "eviewRating" in each.predicate.value
    ]
    (claim,) = values(triples, "respondsTo")
    about_claim = {each.predicate.value for each in triples if each.subject == pyoxigraph.NamedNode(claim)}
    assert about_claim == {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type", LABEL, AGON + "awaits"}


def test_text_of_the_claim_is_cut_to_ten_words_and_said_to_be(kg: Kg) -> None:
    triples = imported(kg, REVIEW)
    assert sorted(values(triples, "wordedAs")) == ["Mostly False", "The trams of the town run on tea and have…"]
    assert values(triples, "gloss") == []
    assert not [each for each in triples if "many years" in str(each.object)]


@pytest.mark.parametrize("form", ["datafeed", "graph", "array", "itemlist", "lines"])
def test_every_form_of_a_feed_gives_the_same_reviews(kg: Kg, form: str) -> None:
    text = "".join(feed(40, 3, mess=0, form=form))
    result = kg("import", "claimreview", "-", "--date", "2024-01-01", stdin=text)
    assert result.returncode == 0
    assert result.stderr.startswith("claimreview: 40 of 40 reviews imported, 0 things left out")
    alike = re.sub(r'agon:digest "sha256:\w+" ;\n    agon:lacks', "agon:lacks", result.stdout)
    expected = kg("import", "claimreview", "-", "--date", "2024-01-01", stdin=json.dumps(list(reviews(40, 3, mess=0))))
    assert alike == re.sub(r'agon:digest "sha256:\w+" ;\n    agon:lacks', "agon:lacks", expected.stdout)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_of_a_feed_leaves_the_other_reviews_whole(kg: Kg, fault: str, tmp_path: Path) -> None:
    (good,) = reviews(1, 1, mess=0)
    made = FAULTS[fault](next(reviews(1, 2, mess=0)), Random(1))
    result = kg("import", "claimreview", "-", "--report", tmp_path / "r.json", stdin=json.dumps([made, good]))
    assert result.returncode == 0, result.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    dropped = sum(each["count"] for each in report["dropped"].values())
    assert report["complete"]
    assert report["imported"] + dropped == 2
    assert report["imported"] >= 1


def test_messy_feed_passes_the_check_of_our_directory(kg: Kg, directory: Path, tmp_path: Path) -> None:
    source = tmp_path / "messy.json"
    source.write_text("".join(feed(300, 11, mess=0.7)), encoding="utf-8")
    target = directory / "graph_data/imports/messy.ttl"
    result = kg("import", "claimreview", source, "--output", target, root=directory)
    assert result.returncode == 0, result.stderr
    assert target.read_text().count("<https://w3id.org/agon/graph/graph_data/imports/messy>\n    a void:Dataset") == 1
    check = kg("check", "--engine", "own", root=directory)
    assert check.returncode == 0, check.stdout
    assert "conforms: 0 violations, 0 warnings, 0 notes" in check.stdout + check.stderr
    assert kg("format", "--check", target).returncode == 0
    answer = kg("queries", "test", "verdicts", root=directory)
    assert answer.returncode == 0, answer.stdout
    target.unlink()


def test_imported_claim_is_found_and_listed_with_its_rating(kg: Kg, directory: Path) -> None:
    target = directory / "graph_data/imports/one.ttl"
    assert (
        kg("import", "claimreview", "-", "--output", target, stdin=json.dumps(REVIEW), root=directory).returncode == 0
    )
    built = kg("build", root=directory)
    assert built.returncode == 0, built.stderr
    listed = kg("run", "imported-reviews", "--format", "csv", root=directory)
    assert "The trams of the town run on tea and have…,Jane Doe,Town Check,Mostly False" in listed.stdout
    assert kg("run", "verdicts", "--format", "csv", root=directory).stdout.split() == ["proposition,property,value"]
    assert "claim in a review at check.example.org" in kg("search", "trams", "tea", root=directory).stdout
    target.unlink()


def test_same_feed_gives_the_same_bytes(kg: Kg, tmp_path: Path) -> None:
    source = tmp_path / "feed.json"
    source.write_text("".join(feed(50, 5)), encoding="utf-8")
    outputs = [kg("import", "claimreview", source).stdout for _ in range(2)]
    assert outputs[0] == outputs[1] != ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("turtle", pyoxigraph.RdfFormat.TURTLE),
        ("trig", pyoxigraph.RdfFormat.TRIG),
        ("ntriples", pyoxigraph.RdfFormat.N_TRIPLES),
        ("nquads", pyoxigraph.RdfFormat.N_QUADS),
    ],
)
def test_every_format_says_the_same(kg: Kg, name: str, kind: pyoxigraph.RdfFormat) -> None:
    text = json.dumps(list(reviews(30, 9)))
    options = ("--date", "2024-01-01", "--name", "x")
    expected = kg("import", "claimreview", "-", *options, stdin=text).stdout
    result = kg("import", "claimreview", "-", *options, "--format", name, stdin=text)
    assert result.returncode == 0, result.stderr
    quads = list(pyoxigraph.parse(result.stdout, format=kind))
    turtle = pyoxigraph.parse(expected, format=pyoxigraph.RdfFormat.TURTLE)
    assert {quad.triple for quad in quads} == {quad.triple for quad in turtle}
    graphs = {str(quad.graph_name) for quad in quads}
    assert graphs == (
        {"<https://w3id.org/agon/graph/graph_data/imports/x>"} if name in {"trig", "nquads"} else {"DEFAULT"}
    )


def test_split_import_is_several_graphs_that_hold_the_same(kg: Kg, directory: Path) -> None:
    text = json.dumps(list(reviews(25, 9, mess=0)))
    options = ("--date", "2024-01-01", "--name", "x")
    whole = kg("import", "claimreview", "-", *options, stdin=text).stdout
    target = directory / "graph_data/imports/x.ttl"
    result = kg("import", "claimreview", "-", *options, "--split", 10, "--output", target, stdin=text, root=directory)
    assert result.returncode == 0, result.stderr
    files = sorted((directory / "graph_data/imports").iterdir())
    assert [path.name for path in files] == ["x-0001.ttl", "x-0002.ttl", "x-0003.ttl"]
    graph = "<https://w3id.org/agon/graph/graph_data/imports/x"
    found: set[pyoxigraph.Triple] = set()
    for path in files:
        triples = {quad.triple for quad in pyoxigraph.parse(path.read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)}
        assert {str(each.subject) for each in triples if str(each.subject).startswith(graph)} == {
            f"{graph}{path.stem[1:]}>"
        }
        found |= triples
        path.unlink()
    expected = {quad.triple for quad in pyoxigraph.parse(whole, format=pyoxigraph.RdfFormat.TURTLE)}
    assert {each for each in expected ^ found if not str(each.subject).startswith(graph)} == set()


def test_report_names_reasons_with_the_first_places(kg: Kg, tmp_path: Path) -> None:
    lines = [json.dumps(REVIEW), json.dumps({**REVIEW, "author": None}), "{}", json.dumps(REVIEW), "null"]
    kg("import", "claimreview", "-", "--report", tmp_path / "report.json", stdin="\n".join(lines))
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["items"], report["reviews"], report["imported"]) == (5, 3, 1)
    assert {name: each["count"] for name, each in report["dropped"].items()} == {
        "duplicate": 1,
        "empty-object": 1,
        "no-object": 1,
        "no-reviewer": 1,
    }
    assert report["dropped"]["no-reviewer"]["examples"] == [
        {"line": 2, "byte": len(lines[0]) + 1, "found": REVIEW["url"]}
    ]
    assert report["values"]["claim-cut"]["count"] == 1


def test_byte_of_an_item_counts_bytes_not_characters(kg: Kg, tmp_path: Path) -> None:
    first = json.dumps({**REVIEW, "claimReviewed": "Перевірка 😀"}, ensure_ascii=False)
    kg("import", "claimreview", "-", "--report", tmp_path / "report.json", stdin=f"[{first}, {{}}]")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["dropped"]["empty-object"]["examples"][0]["byte"] == len(first.encode()) + 3


@pytest.mark.parametrize(
    ("spelling", "found"),
    [
        ("2020-03-04", ["2020-03-04"]),
        ("2020-03-04T23:30:00-08:00", ["2020-03-04"]),
        ("4 March 2020", ["2020-03-04"]),
        ("Wed, 04 Mar 2020 10:00:00 GMT", ["2020-03-04"]),
        ("13/04/2020", ["2020-04-13"]),
        ("03/04/2020", []),
        ("2020-03", ["2020-03"]),
        ("March 2020", ["2020-03"]),
        ("2020", ["2020"]),
        (["", "2020-03-04"], ["2020-03-04"]),
        ({"@value": "2020-03-04"}, ["2020-03-04"]),
        ("2020-02-30", []),
        ("0001-01-01", []),
        ("soon", []),
        (1583193600000, []),
        (None, []),
    ],
)
def test_date_is_read_in_its_spellings_or_left_out(kg: Kg, spelling: Any, found: list[str]) -> None:
    triples = imported(kg, {**REVIEW, "datePublished": spelling})
    assert values(triples, "http://purl.org/dc/terms/issued") == found


def test_order_of_day_and_month_can_be_said(kg: Kg) -> None:
    review = {**REVIEW, "datePublished": "03/04/2020"}
    issued = "http://purl.org/dc/terms/issued"
    assert values(imported(kg, review, "--day-first"), issued) == ["2020-04-03"]
    assert values(imported(kg, review, "--month-first"), issued) == ["2020-03-04"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://check.example.org/a b", "https://check.example.org/a%20b"),
        ("/2020/a", "https://base.example.org/2020/a"),
        ("HTTP://Check.Example.org/ä", "http://check.example.org/%C3%A4"),
        ("https://приклад.example.com/x", "https://xn--80aikifvh.example.com/x"),
    ],
)
def test_address_is_made_an_iri(kg: Kg, url: str, found: str) -> None:
    triples = imported(kg, {**REVIEW, "url": url}, "--base", "https://base.example.org/")
    assert values(triples, "https://schema.org/url") == [found]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://", "https://localhost/x", "ftp://a.example/b", "x" * 5000]
)
def test_address_that_no_page_has_is_left_out(kg: Kg, url: str) -> None:
    assert values(imported(kg, {**REVIEW, "url": url}), "https://schema.org/url") == []


def test_pages_that_differ_in_scheme_and_slash_only_are_one(kg: Kg) -> None:
    again = {**REVIEW, "url": "http://www.check.example.org/2020/tram/#top"}
    assert len(values(imported(kg, [REVIEW, again]), "respondsTo")) == 1


def test_claims_on_one_page_are_told_apart(kg: Kg) -> None:
    triples = imported(kg, [REVIEW, {**REVIEW, "claimReviewed": "Tea is blue."}])
    assert len(set(values(triples, "respondsTo"))) == 2
    assert sorted(values(triples, "ordinal")) == ["1", "1", "2", "2"]
    assert len(values(triples, "https://schema.org/url")) == 1


def test_same_words_by_two_reviewers_are_two_claims(kg: Kg) -> None:
    """Whether two feeds mean the same is for a curator to say."""
    triples = imported(kg, [REVIEW, {**REVIEW, "url": "https://other.example.org/1"}])
    assert len(set(values(triples, "respondsTo"))) == 2
    assert len(set(values(triples, "isSpokenBy"))) == 1


def test_name_that_takes_a_side_is_no_label(kg: Kg) -> None:
    triples = imported(kg, {**REVIEW, "author": "Fake News Hunters"})
    assert values(triples, "http://xmlns.com/foaf/0.1/name") == ["Fake News Hunters", "Jane Doe"]
    assert not [label for label in values(triples, LABEL) if "Fake" in label]


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        ({"alternateName": "<b>Half&nbsp;True</b>"}, "Half True"),
        ("Falsch", "Falsch"),
        ([{"ratingValue": 1}, {"name": "No proof"}], "No proof"),
        ({"ratingValue": "False"}, "False"),
        (
            {"alternateName": "one two three four five six seven eight nine ten eleven"},
            "one two three four five six seven eight nine ten…",
        ),
    ],
)
def test_rating_is_found_in_its_forms(kg: Kg, rating: Any, words: str) -> None:
    assert words in values(imported(kg, {**REVIEW, "reviewRating": rating}), "wordedAs")


@pytest.mark.parametrize("rating", [{"ratingValue": "2", "bestRating": "6"}, 3, {"ratingValue": None}, True, [[]]])
def test_rating_in_numbers_is_not_put_into_words(kg: Kg, rating: Any) -> None:
    assert len(values(imported(kg, {**REVIEW, "reviewRating": rating}), "wordedAs")) == 1


def test_reviews_before_a_break_are_kept_aside(kg: Kg, tmp_path: Path) -> None:
    source, target = tmp_path / "feed.json", tmp_path / "out.ttl"
    target.write_text("# as it was\n")
    good = json.dumps(REVIEW)
    text = f'[{good},\n{{"@type": "ClaimReview", "claimReviewed": oops}},\n{good}]'
    source.write_text(text)
    result = kg("import", "claimreview", source, "--output", target)
    assert result.returncode == 3
    assert f"line 2, byte {text.index('oops')}: expecting value" in result.stderr
    assert target.read_text() == "# as it was\n"
    kept = list(pyoxigraph.parse((tmp_path / "out.ttl.incomplete").read_bytes(), format=pyoxigraph.RdfFormat.TURTLE))
    assert Counter(quad.predicate.value for quad in kept)[AGON + "respondsTo"] == 1
    assert str(tmp_path / "out.ttl.incomplete") in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed.json", "out.ttl", "out.ttl.incomplete"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}', "it ends in the middle"),
        ("", "found nothing that could be imported"),
        ("  \n ", "found nothing that could be imported"),
        ("[]", "found nothing that could be imported"),
        ("no json", "line 1, byte 0: expecting value"),
        ('[{"a": 1} {"b": 2}]', 'byte 10: found "{", expected a comma or ]'),
        ("[1, 2,]", "expected another item behind the comma"),
        ('{"@graph": [null], x}', 'byte 19: found "x", expected a name in quotation marks'),
        ("[" * 100, "lists of items lie more than 64 deep"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a": "' + "x" * (17 << 20), "more than 16 Mi characters"),
        ('[{"@type": "NewsArticle"}]', "found 0 reviews in 1 items, none of which could be imported"),
        ('{"@type": "ClaimReview", "author": "X"}', "found 1 reviews in 1 items, none of which could be imported"),
    ],
)
def test_feed_without_use_is_refused(kg: Kg, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "feed.json").write_text(text)
    result = kg("import", "claimreview", tmp_path / "feed.json", "--output", tmp_path / "out.ttl")
    assert result.returncode == 3
    assert said in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["feed.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"claimReviewed": "caf\xe9"}]', "line 1, byte 23: found the byte 0xE9, which is no UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "found the byte 0x89"),
        (b'[\n{},\n"\xff"]', "line 3, byte 7: found the byte 0xFF"),
    ],
)
def test_feed_that_is_no_text_is_refused_at_its_byte(kg: Kg, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "feed.json").write_bytes(content)
    result = kg("import", "claimreview", tmp_path / "feed.json")
    assert result.returncode == 3
    assert said in result.stderr


@pytest.mark.parametrize(
    "value",
    [
        {"reviewRating": {"ratingValue": 1234567}},
        {"reviewRating": {"ratingValue": float("nan")}},
        {"claimReviewed": "half a pair \ud83d of surrogates", "x\ud83d": 1},
        {"itemReviewed": json.loads("[" * 300 + "]" * 300), "author": ["A", [["B"]]]},
        {"about": json.loads('{"a":' * 400 + "1" + "}" * 400)},
        {"claimReviewed": "<a" * 20_000},
        {"claimReviewed": "<!--" * 20_000},
        {"datePublished": "1" * 100_000, "inLanguage": "x" * 100_000},
        {"x" * 10_000: 1, "@type": ["ClaimReview", None, 3]},
        {"@context": [[{"a": {"@id": 3}}], None, {"@vocab": "https://schema.org/"}]},
    ],
)
def test_feed_with_odd_values_is_read(kg: Kg, value: Any) -> None:
    odd = {**REVIEW, "url": "https://check.example.org/odd", **value}
    result = kg("import", "claimreview", "-", stdin=json.dumps([odd, REVIEW]).replace("1234567", "9" * 5000))
    assert result.returncode == 0, result.stderr
    assert "of 2 reviews imported" in result.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_feed_in_another_encoding_of_unicode_is_read(kg: Kg, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "feed.json").write_bytes(json.dumps(REVIEW).encode(encoding))
    result = kg("import", "claimreview", tmp_path / "feed.json")
    assert result.returncode == 0, result.stderr
    assert "Mostly False" in result.stdout


def test_item_across_the_pieces_that_are_read_is_whole(kg: Kg, tmp_path: Path) -> None:
    many = [{**REVIEW, "url": f"https://check.example.org/{n}", "reviewBody": "ü" * 30_000} for n in range(60)]
    (tmp_path / "feed.json").write_text(json.dumps({"@graph": many}, ensure_ascii=False), encoding="utf-8")
    result = kg("import", "claimreview", tmp_path / "feed.json", "--report", tmp_path / "report.json")
    assert result.returncode == 0, result.stderr
    assert json.loads((tmp_path / "report.json").read_text())["imported"] == 60


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["absent.json"], 3, "absent.json cannot be read: No such file or directory"),
        (["-", "--output", "out.csv"], 2, "expected .ttl, .trig, .nt, .nq at its end, or --format"),
        (["-", "--output", "absent/out.ttl"], 8, "cannot be written: No such file or directory"),
        (["-", "--output", "a.ttl", "--report", "a.ttl"], 2, "would be written over"),
        (["-", "--split", "5"], 2, "--split needs --output"),
        (["-", "--maker", "me"], 2, "expected an IRI"),
        (["-", "--base", "here"], 2, "expected an address such as https://a.example/"),
        (["-", "--language", "English!"], 2, "expected a language tag such as en"),
        (["-", "--date", "today"], 2, "does not match the format"),
    ],
)
def test_wrong_use_is_told(kg: Kg, options: list[str], code: int, said: str) -> None:
    result = kg("import", "claimreview", *options, stdin="[]")
    assert result.returncode == code
    assert said in " ".join(result.stderr.split())


def test_every_reason_is_told_of() -> None:
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", (REPOSITORY / "docs/import.md").read_text(), re.M))
    assert {name: told.get(name) for name in MEANINGS} == MEANINGS

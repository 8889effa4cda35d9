"""
Ask engines through Agon, hold their answers to those of the embedded store, and write into a page what came of it.

The cases are all saved queries, and those of a file; the differences that are known stand in another, each with its
reason. ``tests/test_engines.py`` runs them and prints the page where the committed one is another.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from httpx import Client, Response

from kg.query_checks import is_ordered
from kg.remote.engines import ENGINES
from kg.saved_queries import SavedQuery

__all__ = [
    "AGON",
    "SAME",
    "Case",
    "Differences",
    "engine_page",
    "outcome",
    "read_cases",
    "read_differences",
    "saved_cases",
]

AGON = "agon"
SAME = "same"
_SAVED, _SAVED_FILTERED = "Saved queries", "Saved queries, with values for what may be left out"
_PROLOGUE = (
    "PREFIX t: <https://terms.example/ns#> PREFIX agon: <https://w3id.org/agon/ns#> "
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
)
_JSON, _N_TRIPLES = "application/sparql-results+json", "application/n-triples"
_SOLUTIONS = {
    _JSON: ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_BEGIN, _END = "<!-- made by tests/test_engines.py: begin -->\n", "<!-- end -->\n"


@dataclass(frozen=True)
class Case:
    """A request; ``graph`` says of which graph, ``query`` is posted, else ``path`` is got."""

    group: str
    name: str
    graph: str = "terms"
    query: str = ""
    path: str = ""
    accept: str = f"{_JSON}, {_N_TRIPLES}"
    is_ordered: bool = False
    status: int = 200


Differences = Mapping[str, Mapping[str, tuple[str, str]]]
"""Of each engine, by the name of a case, what comes of it and why."""


def read_cases(path: Path) -> list[Case]:
    """Read the cases of a file."""
    return [
        Case(**{**row, "is_ordered": "ORDER BY" in row.get("query", "")})
        for row in tomllib.loads(path.read_text())["case"]
    ]


def read_differences(path: Path) -> Differences:
    """Read the differences that are known; a reason may stand for several cases."""
    found: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in tomllib.loads(path.read_text())["difference"]:
        found[row["engine"]] |= dict.fromkeys(row["cases"], (row["outcome"], row["reason"]))
    return found


def saved_cases(queries: Sequence[SavedQuery], values: Mapping[str, str]) -> Iterator[Case]:
    """
    Give each saved query with what it needs, and once more with what may be left out.

    Args:
        queries: All of them.
        values: A value that each listing of values gives.
    """
    for query in queries:
        needed = {one.name: one.example for one in query.parameters if one.is_required}
        yield _saved(query, _SAVED, query.name, needed)
        others = {one.name: values.get(one.listing, one.example) for one in query.parameters if not one.is_required}
        if others:
            yield _saved(query, _SAVED_FILTERED, f"{query.name} with {', '.join(others)}", needed | others)


def _saved(query: SavedQuery, group: str, name: str, values: Mapping[str, str]) -> Case:
    path = str(Client().build_request("GET", f"http://agon/queries/{query.name}", params=values).url)
    return Case(group, name, AGON, path=path.removeprefix("http://agon"), is_ordered=is_ordered(query))


def outcome(case: Case, ours: Client, remote: Client) -> str:
    """Tell what comes of a case: the same as with the embedded store, or in which way another answer."""
    answers = [_ask(case, client) for client in (ours, remote)]
    if answers[0].status_code != case.status:
        raise ValueError(f"{case.name}: our own store answers {answers[0].status_code}, {answers[0].text[:500]}")
    expected, found = (_read(answer, client) for answer, client in zip(answers, (ours, remote), strict=True))
    if found == expected:
        return SAME
    if isinstance(found, str) or isinstance(expected, str):
        return found if isinstance(found, str) and found.startswith("refused") else "another answer"
    if Counter(found) != Counter(expected):
        return "another answer"
    return "another order" if case.is_ordered else SAME


def _ask(case: Case, client: Client) -> Response:
    headers = {"Accept": case.accept}
    if case.query:
        text = case.query if case.query.startswith(("BASE", "PREFIX")) else _PROLOGUE + case.query
        return client.post("/sparql", data={"query": text}, headers=headers)
    return client.get(case.path, headers=headers)


def _read(response: Response, client: Client) -> list[Any] | str:
    """Read an answer into what can be compared: blank nodes without their labels, the text without our address."""
    media_type = response.headers["Content-Type"].partition(";")[0]
    if not response.is_success:
        problem = response.json()
        return f"refused: {problem['title']}" if "engine" in problem else f"{problem['title']}: {problem['detail']}"
    if media_type in _SOLUTIONS:
        results = ox.parse_query_results(response.content, format=_SOLUTIONS[media_type])
        if isinstance(results, ox.QueryBoolean):
            return str(bool(results))
        names = sorted(variable.value for variable in results.variables)
        return [tuple(_plain(solution[name]) for name in names) for solution in results]
    form = ox.RdfFormat.from_media_type(media_type)
    if form and media_type != "application/json":
        dataset = ox.Dataset(ox.parse(response.content, format=form))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return sorted(map(str, dataset))
    return response.text.replace(str(client.base_url).rstrip("/"), "")


def _plain(term: object) -> str:
    return "_:" if isinstance(term, ox.BlankNode) else str(term)


def engine_page(page: str, cases: Sequence[Case], runs: Mapping[str, Mapping[str, str]], known: Differences) -> str:
    """
    Put into the page what came of the cases.

    Args:
        page: The page as it is.
        cases: What was asked.
        runs: By the name of an engine and of a case, what came of it.
        known: The differences that are known.
    """
    made = "\n".join([*_counts(cases, runs), "", *_differences(cases, runs, known), *_kinds(), ""])
    return re.sub(f"{_BEGIN}.*?{_END}", lambda _: _BEGIN + made + _END, page, flags=re.DOTALL)


def _counts(cases: Sequence[Case], runs: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    titles = {engine.name: engine.title for engine in ENGINES}
    yield f"| asked through Agon | cases | {' | '.join(titles[name] for name in runs)} |"
    yield f"|---|---|{'---|' * len(runs)}"
    for group in dict.fromkeys(case.group for case in cases):
        names = [case.name for case in cases if case.group == group]
        same = [sum(run[name] == SAME for name in names) for run in runs.values()]
        yield f"| {group} | {len(names)} | {' | '.join(map(str, same))} |"


def _differences(cases: Sequence[Case], runs: Mapping[str, Mapping[str, str]], known: Differences) -> Iterator[str]:
    for engine in ENGINES:
        rows = [case for case in cases if runs.get(engine.name, {}).get(case.name, SAME) != SAME]
        if rows:
            yield from (f"### What {engine.title} does otherwise", "", "| case | what comes | why |", "|---|---|---|")
            for case in rows:
                reason = known.get(engine.name, {}).get(case.name, ("", "not known yet"))[1]
                yield f"| {case.group}: {case.name} | {runs[engine.name][case.name]} | {reason} |"
            yield ""


def _kinds() -> Iterable[str]:
    yield from ("### What Agon knows of each kind", "")
    columns = (
        "`store.engine`",
        "tested",
        "updates go to",
        "graphs are written to",
        "password",
        "told how long",
        "whole updates",
    )
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for one in ENGINES:
        ends = (_end(one.query_end, end) for end in (one.update_end, one.graph_store_end))
        facts = (
            "yes" if one.is_tested else "no",
            *ends,
            "digest" if one.is_digest else "basic",
            f"`{one.deadline.parameter}`" if one.deadline else "no",
            "yes" if one.has_transactions else "not known",
        )
        yield f"| `{one.name}` | {' | '.join(facts)} |"


def _end(query_end: str, end: str | None) -> str:
    if end is None:
        return "what the settings say"
    whole = f"`…{query_end}` → `…{end}`" if query_end else f"`…{end}`"
    return whole if end != query_end else "the same address"

"""
Names beside the IRIs of an answer, for people who read it.

The query is not changed: each variable that is bound to IRIs gets a second column, named after it.
"""

import io
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox

from kg.evaluation.sources import Source
from kg.query import LabelRequest
from kg.terms import Literal, NamedNode

__all__ = ["LABEL_SUFFIX", "with_labels"]

LABEL_SUFFIX: Final = "Label"
"""What the name of a column of labels adds to the name of its variable."""


def with_labels(solutions: ox.QuerySolutions, source: Source, wish: LabelRequest) -> ox.QuerySolutions:
    """
    Add a column of names for each variable that is bound to IRIs.

    Args:
        solutions: They are read to their end.
        source: It names things.
        wish: The language, and the properties that name.

    Returns:
        The same solutions in the same order; a thing without a name in a wished language leaves its new variable
        unbound.
    """
    document = io.BytesIO()
    solutions.serialize(document, format=ox.QueryResultsFormat.JSON)
    result: dict[str, Any] = json.loads(document.getvalue())
    rows: list[dict[str, Any]] = result["results"]["bindings"]
    bound = {name for row in rows for name, term in row.items() if term["type"] == "uri"}
    variables: list[str] = result["head"]["vars"]
    names = [name for name in variables if name in bound and name + LABEL_SUFFIX not in variables]

    iris = {row[name]["value"] for row in rows for name in names if row.get(name, {}).get("type") == "uri"}
    labels = _labels(source, iris, wish)
    for row in rows:
        for name in names:
            found = labels.get(row[name]["value"]) if row.get(name, {}).get("type") == "uri" else None
            if found is not None:
                row[name + LABEL_SUFFIX] = _named(found)
    result["head"]["vars"] = [
        each for name in variables for each in ([name, name + LABEL_SUFFIX] if name in names else [name])
    ]
    text = json.dumps(result, ensure_ascii=False).encode()
    again = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
    if not isinstance(again, ox.QuerySolutions):
        raise TypeError(again)
    return again


def _named(name: Literal) -> dict[str, str]:
    return {"type": "literal", "value": name.value} | ({"xml:lang": name.language} if name.language else {})


def _labels(source: Source, iris: Iterable[str], wish: LabelRequest) -> dict[str, Literal]:
    properties = [NamedNode(name) for name in wish.properties]
    found: defaultdict[str, list[list[Literal]]] = defaultdict(lambda: [[] for _ in properties])
    places = {name: place for place, name in enumerate(properties)}
    for subject, predicate, name in source.values(map(NamedNode, sorted(iris)), properties):
        if isinstance(subject, NamedNode) and isinstance(name, Literal):
            found[subject.value][places[predicate]].append(name)
    chosen = ((iri, _label(names, wish)) for iri, names in found.items())
    return {iri: name for iri, name in chosen if name is not None}


def _label(names: list[list[Literal]], wish: LabelRequest) -> Literal | None:
    for language in (wish.language, *wish.otherwise):
        for found in names:
            fitting = [one for one in found if _fits(one.language, language)]
            if fitting:
                return min(fitting, key=lambda one: (len(one.language or ""), one.language or "", one.value))
    return None


def _fits(language: str | None, wanted: str) -> bool:
    tag, wanted = (language or "").lower(), wanted.lower()
    return wanted == "*" or tag == wanted or tag.startswith(wanted + "-")

"""The search in the description of the interface."""

from collections.abc import Sequence
from typing import Any, Final

from kg.search import MOST_HITS, MOST_PASSED_OVER, Facet, SearchRequest, choose_label

__all__ = ["describe_search"]

_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_SEGMENTS: Final = _list(_object(text=_TEXT, hit={"type": "boolean"}))
_ENTITY: Final = {
    "iri": {"type": "string", "format": "iri"},
    "url": _TEXT,
    "label": _object(language=_TEXT, segments=_SEGMENTS),
    "classes": _list(_TEXT),
    "snippets": _list(_object(field=_TEXT, language=_TEXT, segments=_SEGMENTS)),
}
_HIT: Final = _object(**_ENTITY, score={"type": "number"})
_FACET: Final = _object(
    name=_TEXT,
    label=_TEXT,
    values=_list(_object(value=_TEXT, label=_TEXT, count=_COUNT, selected={"type": "boolean"})),
    more=_COUNT,
)
_RESULT: Final = _object(
    query=_TEXT,
    words=_list(_TEXT),
    total=_COUNT,
    limit=_COUNT,
    offset=_COUNT,
    results=_list(_HIT),
    facets=_list(_FACET),
)
_SUGGESTIONS: Final = _object(suggestions={**_list(_object(**_ENTITY)), "maxItems": 10})


def describe_search(facets: Sequence[Facet], failures: dict[str, Any]) -> dict[str, Any]:
    """
    Describe the operations of the search.

    Args:
        facets: Those of the release.
        failures: The responses that tell of failures, by their status.

    Returns:
        Path items of OpenAPI, by their paths.
    """
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": SearchRequest.limit}
    offset = {"type": "integer", "minimum": 0, "maximum": MOST_PASSED_OVER, "default": 0}
    parameters = [
        _parameter("q", _TEXT, "Words, or beginnings of words, in any script; without it, everything is found."),
        *(
            _parameter(
                one.name, _list(_TEXT), f"{choose_label(one.labels, ()).text or one.name}: one of the values given."
            )
            for one in facets
        ),
        _parameter("limit", limit, "How many results are given."),
        _parameter("offset", offset, "How many results are passed over."),
        _parameter(
            "format", {"type": "string", "enum": ["json"], "default": "json"}, "It wins over the header Accept."
        ),
    ]
    typed = [_parameter("q", _TEXT, "What was typed so far.")]
    return {
        "/search": _operation("search", "Find entities by words and facets", parameters, _RESULT, failures),
        "/search/suggest": _operation(
            "suggest", "Suggest entities while somebody types", typed, _SUGGESTIONS, failures
        ),
    }


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _operation(
    name: str, summary: str, parameters: list[dict[str, Any]], schema: dict[str, Any], failures: dict[str, Any]
) -> dict[str, Any]:
    answer = {"description": "The answer.", "content": {"application/json": {"schema": schema}}}
    responses = {"200": answer, **failures}
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}}

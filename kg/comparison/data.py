"""
A comparison for programs: in JSON, and as an RDF Patch.

Source: SPARQL 1.1 Query Results JSON Format, section 3.2.2, for terms; RDF Patch, version 1.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from kg.comparison.effects import AnswerChange
from kg.comparison.model import Change, EntityChange, GraphName, Move, Value
from kg.comparison.naming import Naming
from kg.comparison.report import Comparison
from kg.comparison.sides import Side
from kg.comparison.statements import blank_nodes, replaced
from kg.findings import ValidationResult
from kg.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term

__all__ = ["write_json", "write_patch"]

_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/agon/patch")


def write_json(comparison: Comparison) -> str:
    """Write all that is known, with terms as in SPARQL results."""
    difference, naming = comparison.difference, comparison.naming
    findings, answers = comparison.findings, comparison.answers
    facts = {
        "old": _side(comparison.old),
        "new": _side(comparison.new),
        "differs": bool(comparison),
        "counts": {
            "entities": {kind.value: count for kind, count in comparison.entity_counts.items()},
            "statements": {kind.value: count for kind, count in comparison.statement_counts.items()}
            | {"moved": comparison.moved_count},
        },
        "entities": [_entity(entity, naming) for entity in difference.entities],
        "moves": [_move(move, naming, in_full=comparison.shows_moves) for move in difference.moves],
        "findings": None
        if findings is None
        else {
            "new": [_finding(one) for one in findings.new],
            "fixed": [_finding(one) for one in findings.fixed],
            "kept": findings.kept_count,
        },
        "queries": None if answers is None else [_answer(one, in_full=comparison.shows_rows) for one in answers],
        "notes": list(comparison.notes),
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def _side(side: Side) -> dict[str, object]:
    return {"name": side.name, "kind": side.kind, "statements": len(set(side.quads))}


def _entity(entity: EntityChange, naming: Naming) -> dict[str, object]:
    return {
        "change": entity.kind.value,
        "entity": _term(entity.node),
        "old_entity": _term(entity.old_node),
        "label": entity.label or None,
        "classes": list(entity.classes),
        "graphs": [_graph(name, naming) for name in entity.graphs],
        "references_that_follow": entity.followed,
        "changes": [_change(change) for change in entity.changes],
    }


def _change(change: Change) -> dict[str, object]:
    facts: dict[str, object] = {"change": change.kind.value, "predicate": change.predicate.value}
    if change.old:
        facts["old"] = _value(change.old)
    if change.new:
        facts["new"] = _value(change.new)
    if change.within:
        facts["within"] = [_change(one) for one in change.within]
    return facts


def _value(value: Value) -> dict[str, object]:
    facts = _term(value.term)
    if value.items is not None:
        facts["items"] = [_value(item) for item in value.items]
    if value.statements is not None:
        facts["statements"] = [
            {"predicate": predicate.value, "value": _value(one)} for predicate, one in value.statements
        ]
    return facts


def _term(term: Term) -> dict[str, object]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, Literal):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _term(part) for name, part in parts.items()}}
    facts: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language:
        facts["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        facts["datatype"] = term.datatype.value
    return facts


def _graph(name: GraphName, naming: Naming) -> dict[str, object]:
    if isinstance(name, DefaultGraph):
        return {"graph": None, "file": None}
    return {"graph": name.value, "file": naming.files.get(name.value)}


def _move(move: Move, naming: Naming, *, in_full: bool) -> dict[str, object]:
    facts: dict[str, object] = {
        "from": [_graph(name, naming) for name in move.old_graphs],
        "to": [_graph(name, naming) for name in move.new_graphs],
        "count": len(move.statements),
    }
    if in_full:
        facts["statements"] = [
            {"subject": _term(one.subject), "predicate": _term(one.predicate), "object": _term(one.object)}
            for one in move.statements
        ]
    return facts


def _finding(result: ValidationResult) -> dict[str, object]:
    return {
        "severity": result.severity.value,
        "message": result.message,
        "focus_node": result.focus_node or None,
        "path": result.path,
        "value": result.value,
        "component": result.component,
        "source_shape": result.source_shape,
        "file": result.location.path if result.location else None,
        "line": result.location.line if result.location else None,
        "fingerprint": result.fingerprint,
    }


def _answer(change: AnswerChange, *, in_full: bool) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": change.name,
        "summary": change.summary,
        "state": change.state,
        "query_changed": change.has_new_text,
        "rows_added": len(change.added),
        "rows_removed": len(change.removed),
        "problem": change.problem or None,
    }
    return facts | ({"added": list(change.added), "removed": list(change.removed)} if in_full else {})


def write_patch(comparison: Comparison, *, skolem_base: str = "") -> str:
    """
    Write an RDF Patch that makes the new dataset of the old one.

    Its identifier follows from the new dataset and the previous one from the old, so that patches form a chain.

    Args:
        comparison: What is written; of its findings and answers a patch knows nothing.
        skolem_base: What IRIs in place of blank nodes begin with; without one, blank nodes keep their labels.
    """
    return "".join(f"{line} .\n" for line in _patch_lines(comparison, skolem_base))


def _patch_lines(comparison: Comparison, skolem_base: str) -> Iterator[str]:
    yield f"H id <urn:uuid:{_identifier(comparison.new)}>"
    yield f"H prev <urn:uuid:{_identifier(comparison.old)}>"
    yield "TX"
    yield from _rows("D", comparison.difference.removed, skolem_base)
    yield from _rows("A", comparison.difference.added, skolem_base)
    yield "TC"


def _rows(operation: str, quads: Iterable[Quad], skolem_base: str) -> Iterator[str]:
    for quad in quads:
        nodes = {node: NamedNode(skolem_base + node.value) for node in blank_nodes([quad])} if skolem_base else {}
        yield f"{operation} {replaced(quad, nodes)}"


def _identifier(side: Side) -> uuid.UUID:
    """Give the same identifier for the same statements."""
    lines = "\n".join(sorted({str(quad) for quad in side.quads}))
    return uuid.uuid5(_NAMESPACE, sha256(lines.encode()).hexdigest())

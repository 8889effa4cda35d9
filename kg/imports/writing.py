"""
Descriptions written one by one in Turtle, TriG, N-Triples or N-Quads; the Turtle is in the layout of ``kg format``.

Terms come as prefixed names, as IRIs in angle brackets, or as literals made by :func:`literal`.

Source: RDF 1.1 Turtle, TriG, N-Triples and N-Quads; :mod:`kg.turtle.layout`.
"""

from collections.abc import Iterable, Mapping
from typing import IO, Final, NamedTuple

from kg.namespaces import BASE_IRI, PREFIXES

__all__ = ["GRAPH_FORMATS", "NAMESPACES", "Description", "GraphWriter", "literal", "typed"]

_ID: Final = BASE_IRI + "id/"
_SCHEME: Final = BASE_IRI + "scheme/"
NAMESPACES: Final[Mapping[str, str]] = {
    "act": _ID + "speech-act/",
    "actor": _ID + "actor/",
    "agon": PREFIXES["agon"],
    "attestation": _ID + "attestation/",
    "claim": _ID + "claim/",
    "dcterms": PREFIXES["dcterms"],
    "explicitness": _SCHEME + "explicitness/",
    "foaf": PREFIXES["foaf"],
    "illocution": _SCHEME + "illocution/",
    "passage": _ID + "passage/",
    "rdfs": PREFIXES["rdfs"],
    "reporting-mode": _SCHEME + "reporting-mode/",
    "response": _ID + "response/",
    "schema": PREFIXES["schema"],
    "scope": _SCHEME + "scope/",
    "source": _ID + "source/",
    "void": PREFIXES["void"],
    "xsd": PREFIXES["xsd"],
}
"""The prefixes of what is written."""

GRAPH_FORMATS: Final = {"turtle": ".ttl", "trig": ".trig", "ntriples": ".nt", "nquads": ".nq"}
"""The formats, with their suffixes."""
_LINES: Final = frozenset({"ntriples", "nquads"})
_WIDTH: Final = 120
_STEP: Final = "    "


class Description(NamedTuple):
    """What is said of one thing: its properties, each with its values; those without any are left out."""

    subject: str
    properties: tuple[tuple[str, tuple[str, ...]], ...]


def literal(text: str, language: str = "en") -> str:
    r"""
    Write a text with its language.

    >>> literal('a "b"')
    '"a \\"b\\""@en'
    """
    return f"{_quoted(text)}@{language}"


def typed(text: str, datatype: str = "") -> str:
    """Write a text as it is, or with the prefixed name of its datatype."""
    return f"{_quoted(text)}^^{datatype}" if datatype else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r") + '"'


class GraphWriter:
    """
    Writes one named graph.

    Args:
        output: Where the bytes go.
        format_name: One of :data:`GRAPH_FORMATS`.
        graph: The IRI of the named graph, for the formats that tell it.
    """

    def __init__(self, output: IO[bytes], format_name: str, graph: str) -> None:
        self._output = output
        self._writes_lines = format_name in _LINES
        self._end = f" <{graph}> .\n" if format_name == "nquads" else " .\n"
        self._braces = ("", "")
        if not self._writes_lines:
            prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(NAMESPACES.items()))
            self._put(prefixes)
        if format_name == "trig":
            self._put(f"\n<{graph}> {{\n")
            self._braces = ("{", "}\n")

    def write(self, descriptions: Iterable[Description]) -> None:
        """Write some descriptions."""
        each = self._lines if self._writes_lines else _block
        self._put("".join(map(each, descriptions)))

    def close(self) -> None:
        """Write what ends the graph."""
        self._put(self._braces[1])

    def _put(self, text: str) -> None:
        self._output.write(text.encode("utf-8"))

    def _lines(self, description: Description) -> str:
        subject = _expanded(description.subject)
        return "".join(
            f"{subject} {_expanded(name)} {_expanded(value)}{self._end}"
            for name, values in description.properties
            for value in values
        )


def _expanded(term: str) -> str:
    """Write a term as N-Triples do."""
    if term.startswith("<"):
        return term
    if term.startswith('"'):
        text, mark, datatype = term.rpartition("^^")
        return f"{text}^^{_expanded(datatype)}" if mark and not term.endswith('"') and text.endswith('"') else term
    if term.isdigit():
        return f'"{term}"^^<{PREFIXES["xsd"]}integer>'
    if term == "a":
        return "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    prefix, _, local = term.partition(":")
    return f"<{NAMESPACES[prefix]}{local}>"


def _block(description: Description) -> str:
    properties = "".join(_property(name, values) for name, values in description.properties if values)
    return f"\n{description.subject}\n{properties}{_STEP}.\n"


def _property(name: str, values: tuple[str, ...]) -> str:
    flat = f"{_STEP}{name} {' , '.join(values)}"
    if len(values) == 1 or len(flat) <= _WIDTH:
        return f"{flat} ;\n"
    inner = f" ,\n{_STEP}{_STEP}".join(values)
    return f"{_STEP}{name}\n{_STEP}{_STEP}{inner} ;\n"

"""Graphs and shapes made up from a seed: every component of SHACL Core, every kind of path, some queries."""

from random import Random

import pyoxigraph

__all__ = ["PREFIX_NODE", "Maker", "triples"]

PREFIXES = """
@prefix e: <http://e.example/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PREFIX_NODE = 'e:queries sh:declare [ sh:prefix "e" ; sh:namespace "http://e.example/"^^xsd:anyURI ] .\n'


def triples(text: str) -> list[pyoxigraph.Triple]:
    return [quad.triple for quad in pyoxigraph.parse(PREFIXES + text, format=pyoxigraph.RdfFormat.TURTLE)]


NODES = [*(f"e:n{number}" for number in range(7)), "_:x", "_:y"]
PREDICATES = ["e:p", "e:q", "e:r"]
ORDERED = ["e:s", "e:t"]
"""Properties whose values are numbers, so that they can be compared with each other."""
CLASSES = ["e:A", "e:B", "e:C"]
LITERALS = [
    *("1", "2", "3", "-4", "2.5", '"1"^^xsd:double', "true"),
    *('"a"', '"ab"', '"abc"', '"b"', '"A"@en', '"B"@EN', '"C"@en-GB', '"D"@de', '"E"@en', '"F"@de'),
    *('"x"^^xsd:integer', '"2020-01-01"^^xsd:date', '"2021-02-03"^^xsd:date', '"2020-02-30"^^xsd:date'),
    *('"2020-01-01T00:00:00"^^xsd:dateTime', '"2020-01-01T00:00:00Z"^^xsd:dateTime', '"a"^^xsd:string'),
]
NUMBERS = LITERALS[:6]
TEXTS = ['"A"@en', '"B"@EN', '"C"@en-GB', '"D"@de', '"E"@en', '"F"@de', '"g"']
PATTERNS = ['"^a"', '"B" ; sh:flags "i"', '"[0-9]"', '"n[0-3]$"']
LANGUAGES = ['"en"', '"de" "fr"', '"en-GB"']


class Maker:
    """Makes a graph and shapes up."""

    def __init__(self, seed: int) -> None:
        self.any = Random(seed)
        self.shapes = 0

    def graphs(self) -> tuple[str, str]:
        """Give a data graph and a shapes graph with three shapes."""
        data = self.data()
        return data, PREFIX_NODE + "\n".join(self.node_shape() for _ in range(3))

    def data(self) -> str:
        lines = ["e:B rdfs:subClassOf e:A ."]
        for node in NODES:
            lines += [f"{node} a {self.any.choice(CLASSES)} ."] * (self.any.random() < 0.7)
            for predicate in PREDICATES:
                for _ in range(self.any.choice([0, 1, 1, 2, 3])):
                    value = self.any.choice(NODES if self.any.random() < 0.4 else LITERALS)
                    lines.append(f"{node} {predicate} {value} .")
            lines += [f"{node} e:text {self.any.choice(TEXTS)} ." for _ in range(self.any.randrange(4))]
            for predicate in ORDERED:
                lines += [f"{node} {predicate} {self.any.choice(NUMBERS)} ." for _ in range(self.any.randrange(3))]
        return "\n".join(lines)

    def path(self, depth: int = 2) -> str:
        kind = self.any.randrange(7 if depth else 1)
        if not kind or self.any.random() < 0.5:
            return self.any.choice(PREDICATES)
        inner, other = self.path(depth - 1), self.path(depth - 1)
        words = ("inverse", "zeroOrMore", "oneOrMore", "zeroOrOne")
        if kind == 1:
            inner = self.path(0)  # pySHACL walks a sequence backwards in the wrong order
        if kind <= len(words):
            return f"[ sh:{words[kind - 1]}Path {inner} ]"
        return f"( {inner} {other} )" if kind == 5 else f"[ sh:alternativePath ( {inner} {other} ) ]"

    def node_shape(self) -> str:
        """Give a shape with its targets."""
        self.shapes += 1
        target = self.any.choice(
            [
                f"sh:targetClass {self.any.choice(CLASSES)}",
                f"sh:targetNode {self.any.choice(NODES[:7])} , {self.any.choice(LITERALS)}",
                f"sh:targetSubjectsOf {self.any.choice(PREDICATES)}",
                f"sh:targetObjectsOf {self.any.choice(PREDICATES)}",
            ]
        )
        severity = self.any.choice(["", "", "sh:severity sh:Warning ;", "sh:severity e:Grave ;"])
        return f"e:Shape{self.shapes} a sh:NodeShape ; {target} ; {severity} {self.constraints(2)} ."

    def constraints(self, depth: int) -> str:
        """Give the constraints of a node shape."""
        makers = [self.of_value, self.of_value, self.of_property, self.of_property, self.of_order]
        if depth:
            makers += [self.of_shapes, self.closed, self.of_query]
        chosen = {maker.__name__: maker for maker in self.any.sample(makers, self.any.choice([1, 1, 2]))}
        return " ; ".join(maker(depth) for maker in chosen.values())

    def of_property(self, depth: int) -> str:
        makers = [self.of_value, self.of_values, self.of_values]
        if depth:
            makers += [self.of_shapes, self.qualified, self.of_query]
        chosen = {maker.__name__: maker for maker in self.any.sample(makers, 2)}
        inner = " ; ".join(maker(depth - 1) for maker in chosen.values())
        return f"sh:property [ sh:path {self.path()} ; {inner} ]"

    def of_order(self, _depth: int) -> str:
        one, other = self.any.sample(ORDERED, 2)
        bound = f"{self.any.choice(['min', 'max'])}{self.any.choice(['In', 'Ex'])}clusive {self.any.choice(NUMBERS)}"
        chosen = self.any.choice([f"sh:lessThan {other}", f"sh:lessThanOrEquals {other}", f"sh:{bound}"])
        texts = "sh:property [ sh:path e:text ; sh:uniqueLang true ]"
        return self.any.choice([f"sh:property [ sh:path {one} ; {chosen} ]"] * 4 + [texts])

    def of_value(self, _depth: int) -> str:
        length = self.any.choice([1, 2, 3])
        return self.any.choice(
            [
                f"sh:class {self.any.choice(CLASSES)}",
                f"sh:datatype xsd:{self.any.choice(['integer', 'string', 'date', 'double', 'boolean'])}",
                f"sh:nodeKind sh:{self.any.choice(['IRI', 'Literal', 'BlankNode', 'IRIOrLiteral', 'BlankNodeOrIRI'])}",
                f"sh:in ( {' '.join(self.any.sample(NODES[:7] + LITERALS, 12))} )",
                f"sh:pattern {self.any.choice(PATTERNS)}",
                f"sh:minLength {length}",
                f"sh:maxLength {length}",
                f"sh:languageIn ( {self.any.choice(LANGUAGES)} )",
                f"sh:hasValue {self.any.choice(NODES[:7] + LITERALS)}",
                f"sh:equals {self.any.choice(PREDICATES)}",
                f"sh:disjoint {self.any.choice(PREDICATES)}",
            ]
        )

    def of_values(self, _depth: int) -> str:
        """Give constraints that only property shapes have."""
        return self.any.choice(
            [
                f"sh:minCount {self.any.choice([1, 1, 2])}",
                f"sh:maxCount {self.any.choice([0, 1, 2])}",
                "sh:uniqueLang true",
            ]
        )

    def of_shapes(self, depth: int) -> str:
        one, other = (f"[ {self.constraints(depth - 1 if depth > 0 else 0)} ]" for _ in range(2))
        name = self.any.choice(["node", "not", "and", "or", "xone"])
        return f"sh:{name} {one}" if name in {"node", "not"} else f"sh:{name} ( {one} {other} )"

    def qualified(self, _depth: int) -> str:
        disjoint = self.any.choice(["", "sh:qualifiedValueShapesDisjoint true ;"])
        count = f"sh:qualified{self.any.choice(['Min', 'Max'])}Count {self.any.choice([1, 2])}"
        return f"sh:qualifiedValueShape [ {self.of_value(0)} ] ; {disjoint} {count}"

    def closed(self, _depth: int) -> str:
        ignored = f"sh:ignoredProperties ( rdf:type {self.any.choice(PREDICATES)} )"
        return f"sh:closed true ; {ignored} ; sh:property [ sh:path {self.any.choice(PREDICATES)} ]"

    def of_query(self, _depth: int) -> str:
        one, other = self.any.sample(PREDICATES, 2)
        where = self.any.choice(
            [
                f"$this {one} ?value . ?value {other} ?other . FILTER isIRI(?other)",
                f"$this {one} ?value . FILTER NOT EXISTS {{ ?value {other} ?other }}",
                f"$this {one}/{other}* ?value . FILTER isLiteral(?value)",
                f"$this {one} ?value OPTIONAL {{ ?value {other} ?other }} FILTER (!bound(?other))",
                f"$this {one} ?value . ?value ^{other} ?someone . FILTER (?someone != $this)",
            ]
        )
        return f'sh:sparql [ sh:prefixes e:queries ; sh:select "SELECT $this ?value WHERE {{ {where} }}" ]'

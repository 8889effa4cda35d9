"""
Generate a graph for ``check.py`` in Turtle, of any size, made of nothing, with faults planted in it.

Run it as ``python benchmarks/check_graph.py 100000 3 > graph.ttl``: about so many triples, and each fault three times.
The same numbers give the same bytes. Without faults the graph conforms to ``check-shapes-core.ttl`` and
``check-shapes-sparql.ttl``.
"""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain

__all__ = ["FAULTS", "QUERY_FAULTS", "planted_graph"]

_PREFIXES = """@prefix b: <https://bench.example/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix speaker: <https://bench.example/id/speaker/> .
@prefix statement: <https://bench.example/id/statement/> .
@prefix reply: <https://bench.example/id/reply/> .
@prefix text: <https://bench.example/id/text/> .
@prefix theme: <https://bench.example/id/theme/> .
@prefix treaty: <https://bench.example/id/treaty/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

b:Person rdfs:subClassOf b:Speaker .
b:Body rdfs:subClassOf b:Speaker .
b:Page rdfs:subClassOf b:Text .
b:Volume rdfs:subClassOf b:Text .

"""
_TRIPLES_PER_STATEMENT = 24.4
_WORDS = (
    "border",
    "budget",
    "charter",
    "demand",
    "exercise",
    "mission",
    "region",
    "support",
    "talks",
    "treaty",
    "visit",
)


@dataclass
class Entity:
    """One subject: its kind, its prefixed name, and the values of each property as Turtle writes them."""

    kind: str
    name: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def written(self) -> str:
        """Give the statements about it, in Turtle."""
        lines = (f"  {predicate} {' , '.join(values)}" for predicate, values in self.values.items() if values)
        return f"{self.name}\n" + " ;\n".join(lines) + " .\n\n"


class _Maker:
    """Makes the entities of a graph, in an order in which each speaks only of those before it."""

    def __init__(self, triples: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.statements = max(24, int(triples / _TRIPLES_PER_STATEMENT))
        self.speakers = max(24, self.statements // 3)
        self.texts = max(24, self.statements // 2)
        self.themes = max(12, self.statements // 50)
        self.said_by: list[int] = []

    def entities(self) -> Iterator[Entity]:
        yield from map(self._theme, range(self.themes))
        yield from map(self._speaker, range(self.speakers))
        yield from map(self._text, range(self.texts))
        replied = dict.fromkeys(sorted(self.chance.sample(range(self.statements), int(self.statements * 0.4))))
        yield from (self._statement(number, number in replied) for number in range(self.statements))
        yield from (self._reply(number, about) for number, about in enumerate(replied))
        yield from map(self._treaty, range(max(6, self.statements // 10)))

    def _day(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self.chance.randrange(365 * (last - first)))

    def _prose(self, count: int) -> str:
        return " ".join(self.chance.choices(_WORDS, k=count))

    def _body(self) -> str:
        return f"speaker:{3 * self.chance.randrange(self.speakers // 3)}"

    def _theme(self, number: int) -> Entity:
        values = {
            "a": ["skos:Concept"],
            "skos:prefLabel": [f'"Theme {number}"@en', f'"Thème {number}"@fr'],
            "skos:notation": [f'"T{number}"' if number > 9 else f'"T0{number}"'],
        }
        if number:
            values["skos:broader"] = [f"theme:{self.chance.randrange(max(0, number - 40), number)}"]
        return Entity("theme", f"theme:{number}", values)

    def _speaker(self, number: int) -> Entity:
        is_body = number % 3 == 0
        values = {
            "a": ["b:Body" if is_body else "b:Person"],
            "rdfs:label": [f'"Speaker {number}"@en', f'"Sprecher {number}"@de'],
            "b:key": [f'"S-{number:07}"'],
            "b:from": [_typed(self._day(1950, 1980), "date")],
            "b:site": [f"<https://speaker{number}.bench.example/>"],
        }
        if number % 2:
            values["b:until"] = [_typed(self._day(2022, 2025), "date")]
        if is_body:
            values["b:seat"] = [f'"{self.chance.choice(("Bern", "Lima", "Oslo", "Rome", "Suva"))}"']
        else:
            values["b:belongsTo"] = [self._body()]
        return Entity("body" if is_body else "person", f"speaker:{number}", values)

    def _text(self, number: int) -> Entity:
        is_page = number % 5 != 0
        year = self.chance.randrange(1990, 2000)
        values = {
            "a": ["b:Page" if is_page else "b:Volume"],
            "rdfs:label": [f'"Text {number} {self._prose(4)}"@en'],
            "dcterms:issued": [_typed(self._day(1990, 2000), "date") if number % 3 else _typed(year, "gYear")],
            "b:seenAt": [_typed(f"{self._day(2020, 2024)}T10:00:00Z", "dateTime")],
            "dcterms:publisher": [self._body()],
            "b:rank": ["b:First" if number % 2 == 0 else self.chance.choice(("b:Second", "b:Third"))],
        }
        if is_page:
            values["b:address"] = [_typed(f"https://texts.bench.example/{number}", "anyURI")]
        else:
            values["b:isbn"] = [f'"978-{number:09}"']
        return Entity("page" if is_page else "volume", f"text:{number}", values)

    def _statement(self, number: int, is_denied: bool) -> Entity:
        speaker, first = self.chance.randrange(self.speakers), 2 * self.chance.randrange(self.texts // 2)
        self.said_by.append(speaker)
        values = {
            "a": ["b:Statement"],
            "rdfs:label": [f'"Statement {number} {self._prose(5)}"@en', f'"Aussage {number}"@de'],
            "b:number": [f'"N{number:08}"'],
            "b:saidBy": [f"speaker:{speaker}"],
            "b:signedBy": [f"speaker:{speaker}"],
            "b:words": [f'"{self._prose(16)}"@en'],
            "dcterms:issued": [_typed(self._day(2000, 2015), "date")],
            "dcterms:modified": [_typed(self._day(2016, 2019), "date")],
            "b:state": ["b:Denied" if is_denied else "b:Standing"],
            "b:weight": [f"{self.chance.random():.2f}"],
            "b:theme": [f"theme:{self.chance.randrange(self.themes)}"],
            "b:foundIn": sorted({f"text:{first}", f"text:{self.chance.randrange(self.texts)}"}),
        }
        if number % 4 == 3:
            values["b:backs"] = [f"statement:{self.chance.randrange(number)}"]
        return Entity("denied" if is_denied else "standing", f"statement:{number}", values)

    def _reply(self, number: int, about: int) -> Entity:
        speaker = (self.said_by[about] + 1 + self.chance.randrange(self.speakers - 1)) % self.speakers
        values = {
            "a": ["b:Reply"],
            "rdfs:label": [f'"Reply {number}"@en'],
            "b:repliesTo": [f"statement:{about}"],
            "b:saidBy": [f"speaker:{speaker}"],
            "b:restsOn": [f"text:{self.chance.randrange(self.texts)}"],
            "b:outcome": ['"denied"'],
            "dcterms:issued": [_typed(self._day(2016, 2022), "date")],
        }
        if number % 3 == 0:
            values["b:passage"] = [f'[ b:quote "{self._prose(8)}"@en ; b:page {self.chance.randrange(1, 400)} ]']
        return Entity("reply", f"reply:{number}", values)

    def _treaty(self, number: int) -> Entity:
        signed = self._day(1990, 2000)
        others = (f"speaker:{other}" for other in self.chance.sample(range(self.speakers), 3))
        values = {
            "a": ["b:Treaty"],
            "rdfs:label": [f'"Treaty {number}"@en'],
            "b:party": sorted({self._body(), *others}),
            "b:signedOn": [_typed(signed, "date")],
            "b:inForce": [_typed(signed + timedelta(days=self.chance.randrange(400)), "date")],
            "b:ended": [_typed(self._day(2010, 2020), "date")],
        }
        return Entity("treaty", f"treaty:{number}", values)


def _typed(value: object, name: str) -> str:
    return f'"{value}"^^xsd:{name}'


Change = Callable[[Entity], None]


def _set(predicate: str, *values: str) -> Change:
    return lambda entity: entity.values.__setitem__(predicate, list(values))


def _add(predicate: str, *values: str) -> Change:
    return lambda entity: entity.values.setdefault(predicate, []).extend(values)


def _set_both(values: dict[str, str]) -> Change:
    return lambda entity: entity.values.update({predicate: [value] for predicate, value in values.items()})


FAULTS: tuple[tuple[str, str, Change], ...] = (
    ("label missing", "standing", _set("rdfs:label")),
    ("label twice in a language", "standing", _add("rdfs:label", '"another"@en')),
    ("label twice, tag in capitals", "denied", _add("rdfs:label", '"another"@EN')),
    ("label in another language", "standing", _add("rdfs:label", '"etiqueta"@es')),
    ("label without a language", "page", _set("rdfs:label", '"plain"')),
    ("key of another form", "person", _set("b:key", '"S-12"')),
    ("two keys", "body", _add("b:key", '"S-9999999"')),
    ("ends before it begins", "person", _set("b:until", _typed("1940-01-01", "date"))),
    ("end is a dateTime", "person", _set("b:until", _typed("2023-01-01T00:00:00Z", "dateTime"))),
    ("day that does not exist", "standing", _set("dcterms:issued", _typed("2010-02-30", "date"))),
    ("date is a string", "standing", _set("dcterms:issued", '"2010-02-03"')),
    ("site is a literal", "person", _set("b:site", '"https://x.example/"')),
    ("belongs to a person", "person", _set("b:belongsTo", "speaker:1")),
    ("person and body", "person", _set_both({"a": "b:Person , b:Body", "b:seat": '"Bern"'})),
    ("seat unknown", "body", _set("b:seat", '"Nowhere"')),
    ("seat with a language", "body", _set("b:seat", '"Bern"@de')),
    ("issued is a dateTime", "page", _set("dcterms:issued", _typed("1999-01-01T00:00:00", "dateTime"))),
    ("neither address nor isbn", "volume", _set("b:isbn")),
    ("address and isbn", "page", _add("b:isbn", '"978-1"')),
    ("address of another scheme", "page", _set("b:address", _typed("ftp://x.example/", "anyURI"))),
    ("rank unknown", "volume", _set("b:rank", "b:Fourth")),
    ("publisher is nothing", "page", _set("dcterms:publisher", "speaker:none")),
    ("said by a string", "standing", _set_both({"b:saidBy": '"Speaker"', "b:signedBy": '"Speaker"'})),
    ("signed by another", "standing", _set("b:signedBy", "speaker:none")),
    ("words too short", "denied", _set("b:words", '"short"@en')),
    ("modified before issued", "standing", _set("dcterms:modified", _typed("1980-01-01", "date"))),
    ("state unknown", "standing", _set("b:state", "b:Opened")),
    ("weight too great", "standing", _set("b:weight", "1.01")),
    ("weight is a double", "standing", _set("b:weight", "1.0e0")),
    ("theme is a speaker", "denied", _set("b:theme", "speaker:1")),
    ("backs what it denies", "standing", _set_both({"b:backs": "statement:0", "b:denies": "statement:0"})),
    ("no text of first rank", "standing", _set("b:foundIn", "text:1")),
    ("five texts", "denied", _set("b:foundIn", *(f"text:{number}" for number in (0, 2, 4, 6, 8)))),
    ("outcome unknown", "reply", _add("b:outcome", '"Denied"')),
    ("passage with another property", "reply", _set("b:passage", '[ b:quote "quote" ; b:pge 3 ]')),
    ("passage without a quote", "reply", _set("b:passage", "[ b:page 0 ]")),
    ("one party", "treaty", _set("b:party", "speaker:0")),
    ("no body among the parties", "treaty", _set("b:party", "speaker:1", "speaker:2")),
    ("signed after it is in force", "treaty", _set("b:inForce", _typed("1989-01-01", "date"))),
    ("theme with another property", "theme", _add("skos:definition", '"text"@en')),
)
"""Each fault: its name, the kind of entity that it is planted in, and what it changes."""

QUERY_FAULTS: tuple[tuple[str, str, Change], ...] = (
    ("denied by nobody", "standing", _set("b:state", "b:Denied")),
    ("number taken", "standing", _set("b:number", '"N00000000"')),
    ("reply before the statement", "reply", _set("dcterms:issued", _typed("1999-01-01", "date"))),
    ("party younger than the treaty", "treaty", _set("b:signedOn", _typed("1949-01-01", "date"))),
    ("theme below itself", "theme", lambda entity: entity.values.update({"skos:broader": [entity.name]})),
)
"""The faults that only queries find."""


def planted_graph(triples: int, copies: int, *, seed: int = 7) -> tuple[Iterator[str], dict[str, list[str]]]:
    """
    Give the parts of a graph in Turtle, and the names of the entities that each fault is planted in.

    Args:
        triples: About how many triples the graph has.
        copies: How often each fault is planted; no entity gets two.
        seed: What chance begins with.
    """
    entities = list(_Maker(triples, seed).entities())
    chance = random.Random(seed + 1)
    free: dict[str, list[Entity]] = {}
    for entity in entities[8:]:
        free.setdefault(entity.kind, []).append(entity)
    for some in free.values():
        chance.shuffle(some)
    planted: dict[str, list[str]] = {}
    for fault, kind, change in (*FAULTS, *QUERY_FAULTS):
        chosen = [free[kind].pop() for _ in range(min(copies, len(free[kind])))]
        for entity in chosen:
            change(entity)
        planted[fault] = [entity.name for entity in chosen]
    return chain([_PREFIXES], (entity.written() for entity in entities)), planted


if __name__ == "__main__":
    sys.stdout.writelines(planted_graph(int(sys.argv[1]), int(sys.argv[2]))[0])

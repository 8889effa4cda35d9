"""Answers as pages show them: each thing by its name, and solutions that differ in one variable only made one row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import isfinite
from typing import Any

from kg.evaluation.labels import LABEL_SUFFIX

__all__ = ["KEPT_VARIABLES", "KEY_COUNTS", "Cell", "Period", "Row", "Table", "read_table"]

KEY_COUNTS = {"flow": 0, "map": 0, "bars": 0, "matrix": 0, "timeline": 3, "columns": 2}
"""How many variables tell the rows of a view apart."""
KEPT_VARIABLES = {"map": 2, "timeline": 3, "columns": 2, "matrix": 3}
"""How many variables have places of their own in a view, from the first on."""

_YEAR = re.compile(r"-?\d+")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NUMBERS = frozenset({"integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"})
_MOST_SERIES = 4
"""How many bars a row has at most."""


@dataclass(frozen=True)
class Cell:
    """
    A term: its text, or the name of the thing with its ``iri``.

    ``language`` is that of the text, ``datatype`` the local name of its datatype, where it has one.
    """

    text: str
    iri: str = ""
    language: str = ""
    datatype: str = ""

    @property
    def is_number(self) -> bool:
        """Tell whether it is a finite number."""
        try:
            return self.datatype in _NUMBERS and isfinite(float(self.text))
        except ValueError:
            return False

    @property
    def number(self) -> float:
        """The number that it is, a whole one as such."""
        value = float(self.text)
        return int(value) if value.is_integer() else value


Row = Mapping[str, Sequence[Cell]]
"""The values of each variable; several where solutions were made one."""


@dataclass(frozen=True)
class Period:
    """The first and the last year, empty where it is not known, and the rows of each pair of days in them."""

    years: tuple[str, ...]
    days: tuple[tuple[Row, ...], ...]

    @property
    def count(self) -> int:
        """The number of rows."""
        return sum(map(len, self.days))


@dataclass(frozen=True)
class Table:
    """
    Solutions; ``count`` says how many there were before some became one row.

    ``numbers`` are the variables that are bound to numbers only; ``largest`` is the largest of these numbers, or 0.
    """

    variables: tuple[str, ...]
    rows: tuple[Row, ...]
    count: int
    numbers: frozenset[str]
    largest: float = 0

    def title(self, variable: str) -> str:
        """Give the name of a variable in words; one that holds the name of a thing is called after the thing."""
        thing = variable.removesuffix("Name")
        shown = variable if thing in self.variables else thing or variable
        return _WORD.sub(" ", shown).replace("_", " ").lower()

    @property
    def has_bars(self) -> bool:
        """Tell whether its numbers can be bars on one scale: a few in a row, with a name, and none below zero."""
        is_named = 0 < len(self.numbers) < len(self.variables)
        return is_named and len(self.numbers) <= _MOST_SERIES and min(_values(self.rows, self.numbers), default=0) >= 0

    def about(self, iri: str, kept: int) -> "Table":
        """
        Give the same without the variables that are never bound, or to nothing but the thing that it is about.

        Args:
            iri: What it is about.
            kept: How many variables, from the first on, have their places in a view and stay.
        """

        def tells(name: str) -> bool:
            return any(cell.iri != iri for row in self.rows for cell in row.get(name, ()))

        places, others = self.variables[:kept], self.variables[kept:]
        return replace(self, variables=(*places, *filter(tells, others)))

    def first(self, most: int) -> "Table":
        """Give the same with its first rows only."""
        return replace(self, rows=self.rows[:most])

    def after(self, count: int) -> "Table":
        """Give the same without its first rows."""
        return replace(self, rows=self.rows[count:])

    def periods(self) -> list[Period]:
        """Give the rows by the years and the days that their first two variables say, as neighbours stand."""
        by_days = [list(rows) for _, rows in groupby(self.rows, key=self._days)]
        by_years = groupby(by_days, key=lambda rows: tuple(map(_year, self._days(rows[0]))))
        return [Period(years, tuple(map(tuple, found))) for years, found in by_years]

    def _days(self, row: Row) -> tuple[str, ...]:
        return tuple(row[name][0].text if name in row else "" for name in self.variables[:2])

    def groups(self, variable: str) -> list[tuple[Cell, list[Row]]]:
        """Give the rows for each value of a variable, in the order of the names of the values."""
        found: dict[Cell, list[Row]] = {}
        for row in self.rows:
            for cell in row.get(variable, (Cell(""),)):
                found.setdefault(cell, []).append(row)
        return sorted(found.items(), key=lambda item: (_numeric(item[0]), item[0].text.casefold(), item[0].iri))


def read_table(result: Mapping[str, Any], *, key_count: int = 0) -> Table:
    """
    Read an answer.

    Args:
        result: Solutions in JSON; a variable with ``Label`` at its end names what the one without is bound to.
        key_count: How many variables, from the first on, tell rows apart: neighbours that differ in one other variable
            become one row. With 0, each solution is a row.
    """
    names: Sequence[str] = result["head"]["vars"]
    variables = tuple(name for name in names if name.removesuffix(LABEL_SUFFIX) not in set(names) - {name})
    solutions = result["results"]["bindings"]
    rows: list[dict[str, list[Cell]]] = []
    open_variable: str | None = None
    for solution in solutions:
        row = {name: [_cell(solution, name)] for name in variables if name in solution}
        differing = _difference(rows[-1], row, variables) if rows and key_count else None
        if differing and differing in variables[key_count:] and open_variable in {None, differing}:
            open_variable = differing
            rows[-1][differing] += row[differing]
        else:
            open_variable = None
            rows.append(row)
    numbers = _numbers(variables, rows)
    largest = max(_values(rows, numbers), default=0)
    return Table(_telling(variables, rows), tuple(rows), len(solutions), numbers, largest)


def _values(rows: Iterable[Row], numbers: Iterable[str]) -> list[float]:
    return [cell.number for row in rows for name in numbers for cell in row.get(name, ())]


def _numbers(variables: Sequence[str], rows: Sequence[Row]) -> frozenset[str]:
    cells = {name: [cell for row in rows for cell in row.get(name, ())] for name in variables}
    return frozenset(name for name, found in cells.items() if found and all(cell.is_number for cell in found))


def _telling(variables: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """Leave out variables that only repeat the name of the thing that another one is bound to."""
    things = [name for name in variables if any(cell.iri for row in rows for cell in row.get(name, ()))]

    def repeats(name: str, thing: str) -> bool:
        return all(
            [cell.text for cell in row.get(name, ())] == [cell.text for cell in row.get(thing, ())] for row in rows
        )

    return tuple(name for name in variables if name in things or not any(repeats(name, thing) for thing in things))


def _difference(kept: Mapping[str, list[Cell]], row: Mapping[str, list[Cell]], variables: Sequence[str]) -> str | None:
    """Give the only variable in which a row differs from one before, if there is one and both bind it."""
    differing = [name for name in variables if (kept.get(name) or [])[-1:] != row.get(name, [])]
    return differing[0] if len(differing) == 1 and differing[0] in kept and differing[0] in row else None


def _cell(solution: Mapping[str, Any], name: str) -> Cell:
    term = solution[name]
    label = solution.get(name + LABEL_SUFFIX) if term["type"] == "uri" else None
    if label:
        return Cell(label["value"], term["value"], label.get("xml:lang", ""))
    if term["type"] == "uri":
        return Cell("", term["value"])
    if term["type"] == "bnode":
        return Cell("_:" + term["value"])
    if term["type"] == "triple":
        parts = [_cell(term["value"], part) for part in ("subject", "predicate", "object")]
        return Cell(f"<< {' '.join(part.text or part.iri for part in parts)} >>")
    return Cell(term["value"], "", term.get("xml:lang", ""), term.get("datatype", "").rpartition("#")[2])


def _year(day: str) -> str:
    found = _YEAR.match(day)
    return found[0] if found else ""


def _numeric(cell: Cell) -> tuple[int, float]:
    return (0, float(cell.text)) if cell.is_number else (1, 0.0)

"""
Answers as a matrix: the first variable makes the rows, the second the columns, the third is the number in each cell.

Rows and columns stand in the order of their totals. One neutral scale shades the cells, by ratios, since counts of
this kind spread over orders of magnitude.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlencode

from kg.saved_queries import CellLink
from server.tables import Cell, Table

__all__ = ["Matrix", "MatrixCell", "MatrixRow", "draw_matrix"]

_MOST_ROWS, _MOST_COLUMNS = 20, 10
_STEPS = 5


@dataclass(frozen=True)
class MatrixCell:
    """A number, its step on the scale, and the address of what it counts, if a saved query tells that."""

    number: float
    step: int
    address: str


@dataclass(frozen=True)
class MatrixRow:
    """A row: what it is about, the cell for each column, None where there is no number, and the total of all."""

    head: Cell
    cells: tuple[MatrixCell | None, ...]
    total: float


@dataclass(frozen=True)
class Matrix:
    """
    A matrix as far as it is shown; its totals count all that there is.

    ``bounds`` are the largest numbers of the steps of the scale; ``row_count`` and ``column_count`` say how many rows
    and columns there are with those that are not shown.
    """

    columns: tuple[Cell, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[float, ...]
    total: float
    bounds: tuple[int, ...]
    row_count: int
    column_count: int

    @property
    def is_whole(self) -> bool:
        """Tell whether all rows and columns are shown."""
        return (len(self.rows), len(self.columns)) == (self.row_count, self.column_count)

    @property
    def scale(self) -> list[tuple[int, int]]:
        """The smallest and the largest whole number of each step."""
        return [(before + 1, bound) for before, bound in zip((0, *self.bounds), self.bounds, strict=False)]


def draw_matrix(table: Table, link: CellLink | None = None) -> Matrix | None:
    """
    Draw a matrix.

    Args:
        table: Three variables, of which the last one is a number.
        link: The saved query that tells what a number counts.

    Returns:
        The matrix, or nothing where the answer has another form.
    """
    if len(table.variables) != 3 or table.variables[2] not in table.numbers:
        return None
    numbers = _numbers(table)
    bounds = _bounds(numbers.values())
    row_totals, column_totals = (_totals(numbers, place) for place in (0, 1))
    columns = _largest(column_totals, _MOST_COLUMNS)

    def cell(head: Cell, column: Cell) -> MatrixCell | None:
        number = numbers.get((head, column))
        return (
            None if number is None else MatrixCell(number, _step(number, bounds), _address(table, link, head, column))
        )

    rows = [
        MatrixRow(head, tuple(cell(head, column) for column in columns), row_totals[head])
        for head in _largest(row_totals, _MOST_ROWS)
    ]
    return Matrix(
        columns,
        tuple(rows),
        tuple(column_totals[column] for column in columns),
        sum(row_totals.values()),
        bounds,
        len(row_totals),
        len(column_totals),
    )


def _numbers(table: Table) -> Mapping[tuple[Cell, Cell], float]:
    found: defaultdict[tuple[Cell, Cell], float] = defaultdict(int)
    row_name, column_name, measure = table.variables
    for row in table.rows:
        if row_name in row and column_name in row and measure in row:
            found[row[row_name][0], row[column_name][0]] += row[measure][0].number
    return found


def _totals(numbers: Mapping[tuple[Cell, Cell], float], place: int) -> Mapping[Cell, float]:
    found: defaultdict[Cell, float] = defaultdict(int)
    for heads, number in numbers.items():
        found[heads[place]] += number
    return found


def _largest(totals: Mapping[Cell, float], most: int) -> tuple[Cell, ...]:
    return tuple(sorted(totals, key=lambda cell: (-totals[cell], cell.text.casefold(), cell.iri))[:most])


def _bounds(numbers: Iterable[float]) -> tuple[int, ...]:
    """Give the largest numbers of up to five steps, each of which is larger than the one before by the same ratio."""
    largest = max(1, ceil(max(numbers, default=1)))
    wanted: Sequence[int] = [int(largest ** (step / _STEPS)) for step in range(1, _STEPS)]
    return tuple(sorted({*wanted, largest}))


def _step(number: float, bounds: Sequence[int]) -> int:
    """Give the step of a number on the scale, from 1, or 0 for what is not above zero."""
    return next((place for place, bound in enumerate(bounds, start=1) if number <= bound), 0) if number > 0 else 0


def _address(table: Table, link: CellLink | None, head: Cell, column: Cell) -> str:
    values = dict(zip(table.variables, (head.iri, column.iri), strict=False))
    if link is None or not all(values.get(name) for name in link.parameters):
        return ""
    return f"/queries/{link.query}?{urlencode({name: values[name] for name in link.parameters})}"

"""
Pictures of answers as shapes in a plane, which a template writes as SVG.

A flow has one column for each variable but the last: its values as bars, and bands between the bars of neighbouring
columns, as wide as the last variable says. Bars stand in the order of their size, and all bands look alike.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.tables import Cell, Table

__all__ = ["Band", "Bar", "Flow", "draw_flow"]

_WIDTH, _HEIGHT, _MARGIN = 960, 560, 28
_BAR_WIDTH, _GAP = 12, 15
_MOST_BARS = 9


@dataclass(frozen=True)
class Bar:
    """A value of a column; ``is_last`` says that its text stands to its left."""

    cell: Cell
    size: float
    x: float
    y: float
    height: float
    is_last: bool


@dataclass(frozen=True)
class Band:
    """What flows from one bar to another; ``path`` is its outline."""

    source: Cell
    target: Cell
    size: float
    path: str


@dataclass(frozen=True)
class Flow:
    """A picture; ``titles`` names its columns, each with the place where its name stands."""

    width: int
    height: int
    bar_width: int
    titles: tuple[tuple[str, float, bool], ...]
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]


def draw_flow(table: Table, rest: str) -> Flow | None:
    """
    Draw a flow.

    Args:
        table: Its last variable is a number.
        rest: The name of the values that are too small for a bar of their own.

    Returns:
        The picture, or nothing where there is nothing to draw.
    """
    *columns, measure = table.variables
    solutions = [(_cells(row, columns), float(row[measure][0].text)) for row in table.rows if measure in row]
    if not solutions or len(columns) < 2:
        return None
    kept = [_largest(solutions, place) for place in range(len(columns))]
    sizes: Counter[tuple[Cell, ...]] = Counter()
    for cells, size in solutions:
        sizes[tuple(cell if cell in own else Cell(rest) for cell, own in zip(cells, kept, strict=True))] += int(size)
    scale = min(
        (_HEIGHT - _MARGIN - _GAP * len({cells[place] for cells in sizes})) / sizes.total()
        for place in range(len(columns))
    )
    bars = [_bars(sizes, place, len(columns), scale, rest) for place in range(len(columns))]
    bands = [
        band for place in range(len(columns) - 1) for band in _bands(sizes, place, bars[place], bars[place + 1], scale)
    ]
    titles = tuple(
        (table.title(name), _x(place, len(columns)), place == len(columns) - 1) for place, name in enumerate(columns)
    )
    return Flow(
        _WIDTH, _HEIGHT, _BAR_WIDTH, titles, tuple(bar for column in bars for bar in column.values()), tuple(bands)
    )


def _cells(row: Mapping[str, Sequence[Cell]], columns: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(row[name][0] if name in row else Cell("") for name in columns)


def _largest(solutions: Sequence[tuple[tuple[Cell, ...], float]], place: int) -> set[Cell]:
    totals: Counter[Cell] = Counter()
    for cells, size in solutions:
        totals[cells[place]] += int(size)
    return {cell for cell, _ in totals.most_common(_MOST_BARS)}


def _x(place: int, columns: int) -> float:
    return place * (_WIDTH - _BAR_WIDTH) / (columns - 1)


def _bars(sizes: Counter[tuple[Cell, ...]], place: int, columns: int, scale: float, rest: str) -> dict[Cell, Bar]:
    totals: Counter[Cell] = Counter()
    for cells, size in sizes.items():
        totals[cells[place]] += size
    order = sorted(totals, key=lambda cell: (cell == Cell(rest), -totals[cell], cell.text))
    found, y = {}, float(_MARGIN)
    for cell in order:
        height = totals[cell] * scale
        found[cell] = Bar(cell, totals[cell], _x(place, columns), y, height, place == columns - 1)
        y += height + _GAP
    return found


def _bands(
    sizes: Counter[tuple[Cell, ...]], place: int, sources: Mapping[Cell, Bar], targets: Mapping[Cell, Bar], scale: float
) -> list[Band]:
    pairs: Counter[tuple[Cell, Cell]] = Counter()
    for cells, size in sizes.items():
        pairs[cells[place], cells[place + 1]] += size
    leaving = {cell: bar.y for cell, bar in sources.items()}
    arriving = {cell: bar.y for cell, bar in targets.items()}
    bands = []
    for source, target in sorted(pairs, key=lambda pair: (sources[pair[0]].y, targets[pair[1]].y)):
        height = pairs[source, target] * scale
        path = _outline(sources[source].x + _BAR_WIDTH, leaving[source], targets[target].x, arriving[target], height)
        bands.append(Band(source, target, pairs[source, target], path))
        leaving[source] += height
        arriving[target] += height
    return bands


def _outline(x: float, y: float, end_x: float, end_y: float, height: float) -> str:
    middle = (x + end_x) / 2
    return (
        f"M{x:.0f} {y:.1f}C{middle:.0f} {y:.1f} {middle:.0f} {end_y:.1f} {end_x:.0f} {end_y:.1f}"
        f"v{height:.1f}C{middle:.0f} {end_y + height:.1f} {middle:.0f} {y + height:.1f} {x:.0f} {y + height:.1f}z"
    )

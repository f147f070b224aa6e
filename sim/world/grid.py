"""The grid: cells by number, polylines as steps from cell to cell, and whose jurisdiction a cell is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = Sequence[int]
Polygon = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Grid:
    """Cells numbered row by row: x counts to the right from 0, y downwards from 0.

    Cell (x, y) is the square from (x, y) to (x + 1, y + 1), so its centre lies at (x + 0.5, y + 0.5).
    """

    width: int
    height: int
    cell_km: float

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.width * self.height

    def contains(self, x: int, y: int) -> bool:
        """Whether (x, y) is a cell of the grid."""
        return 0 <= x < self.width and 0 <= y < self.height

    def cell(self, x: int, y: int) -> int:
        """Number of the cell at (x, y).

        Raises
        ------
        ValueError
            If (x, y) lies outside the grid.
        """
        if not self.contains(x, y):
            raise ValueError(f"({x}, {y}) lies outside the grid of {self.width} x {self.height} cells")
        return y * self.width + x

    def xy(self, cell: int) -> tuple[int, int]:
        """Coordinates of a cell."""
        y, x = divmod(int(cell), self.width)
        return x, y


def polyline_cells(grid: Grid, points: Sequence[Point]) -> list[int]:
    """Cells along a polyline, each an 8-neighbour of the one before.

    Parameters
    ----------
    grid : Grid
    points : sequence of (x, y)
        At least one; straight lines are drawn between successive points.

    Returns
    -------
    list of int
        Cell numbers. Never the same cell twice running; a ring ends on the cell on which it began.
    """
    cells = [grid.cell(*points[0])]
    for start, end in pairwise(points):
        cells += [grid.cell(x, y) for x, y in _line(start, end)[1:]]
    return cells


def _line(start: Point, end: Point) -> list[tuple[int, int]]:
    """Cells of one straight line, both ends included; the same cells whichever end it starts from."""
    if tuple(end) < tuple(start):
        return _line(end, start)[::-1]
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    n = max(abs(dx), abs(dy))
    return [(x + _rounded(i * dx, n), y + _rounded(i * dy, n)) for i in range(n + 1)]


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest whole number, halves up, and 0 for 0 / 0."""
    return (2 * numerator + denominator) // (2 * denominator) if denominator else 0


def jurisdiction_of_cells(grid: Grid, areas: Sequence[Polygon]) -> NDArray[np.int64]:
    """Position in `areas` of the first polygon that holds each cell's centre.

    Parameters
    ----------
    grid : Grid
    areas : sequence of polygons
        Each a sequence of (x, y) corners; the last corner is joined to the first. Polygons that share an edge
        with the same two corners leave no gap between them.

    Returns
    -------
    ndarray of int64, shape (cells,)

    Raises
    ------
    ValueError
        If a cell lies in no polygon; names the first one.
    """
    y, x = np.divmod(np.arange(grid.size), grid.width)
    owner = np.full(grid.size, -1, dtype=np.int64)
    for number, area in enumerate(areas):
        owner[(owner < 0) & _inside(x + 0.5, y + 0.5, area)] = number
    if (owner < 0).any():
        raise ValueError(f"cell {grid.xy(int(np.argmax(owner < 0)))} lies in no jurisdiction")
    return owner


def _inside(x: NDArray[np.float64], y: NDArray[np.float64], polygon: Polygon) -> NDArray[np.bool_]:
    """Ray casting: a point is inside if a ray to its right crosses the outline an odd number of times."""
    inside = np.zeros(len(x), dtype=bool)
    for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        (x0, y0), (x1, y1) = sorted((tuple(a), tuple(b)), key=lambda corner: corner[::-1])
        if y0 == y1:
            continue
        inside ^= (y0 <= y) & (y < y1) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside

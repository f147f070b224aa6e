"""The grid: cells, polylines and jurisdictions."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.grid import Grid, jurisdiction_of_cells, polyline_cells

GRID = Grid(30, 20, 2)
points = st.tuples(st.integers(0, 29), st.integers(0, 19))
polylines = st.lists(points, min_size=1, max_size=6)


def king_moves(cells):
    """Distance from each cell to the next, in moves of a chess king."""
    y, x = np.divmod(np.array(cells), GRID.width)
    return np.maximum(abs(np.diff(x)), abs(np.diff(y)))


@given(points)
def test_a_cell_and_its_coordinates_name_each_other(point):
    assert GRID.xy(GRID.cell(*point)) == point
    assert 0 <= GRID.cell(*point) < GRID.size


@pytest.mark.parametrize("point", [(-1, 0), (0, -1), (30, 0), (0, 20)])
def test_a_point_off_the_grid_is_refused_by_name(point):
    assert not GRID.contains(*point)
    message = f"({point[0]}, {point[1]}) lies outside the grid of 30 x 20 cells"
    with pytest.raises(ValueError, match=re.escape(message)):
        GRID.cell(*point)


@given(polylines)
def test_a_polyline_steps_to_a_neighbour_and_never_stays(line):
    assert (king_moves(polyline_cells(GRID, line)) == 1).all()


@given(polylines)
def test_a_polyline_passes_its_points_in_their_order(line):
    cells = iter(polyline_cells(GRID, line))
    corners = [p for k, p in enumerate(line) if k == 0 or p != line[k - 1]]
    assert all(GRID.cell(*corner) in cells for corner in corners)


@given(points, points)
def test_a_straight_line_takes_as_few_steps_as_a_king(a, b):
    assert len(polyline_cells(GRID, [a, b])) == 1 + max(abs(a[0] - b[0]), abs(a[1] - b[1]))


@given(polylines)
def test_a_road_is_the_same_whichever_end_it_is_written_from(line):
    assert polyline_cells(GRID, line[::-1]) == polyline_cells(GRID, line)[::-1]


def test_the_first_of_two_areas_that_overlap_has_the_cell():
    small, all_of_it = [(0, 0), (10, 0), (10, 10), (0, 10)], [(0, 0), (30, 0), (30, 20), (0, 20)]
    owner = jurisdiction_of_cells(GRID, [small, all_of_it]).reshape(20, 30)
    assert owner.dtype == np.int64
    assert (owner[:10, :10] == 0).all() and owner.sum() == 600 - 100


def test_an_uncovered_cell_is_named():
    area = [(0, 0), (30, 0), (30, 10), (5, 20), (0, 20)]
    with pytest.raises(ValueError, match=r"cell \(29, 10\) lies in no jurisdiction"):
        jurisdiction_of_cells(GRID, [area])


@given(st.lists(st.integers(0, 30), min_size=2, max_size=5))
def test_areas_that_share_a_border_leave_no_gap_and_do_not_overlap(bends):
    rows = np.linspace(0, 20, len(bends)).round().astype(int).tolist()
    border = list(zip(bends, rows, strict=True))
    west, east = [(0, 0), *border, (0, 20)], [*border, (30, 20), (30, 0)]
    one, other = (jurisdiction_of_cells(GRID, areas) for areas in ([west, east], [east, west]))
    assert np.array_equal(one, 1 - other)


@given(points, points, points)
def test_the_direction_in_which_corners_are_written_does_not_matter(a, b, c):
    all_of_it = [(0, 0), (30, 0), (30, 20), (0, 20)]
    one, other = (jurisdiction_of_cells(GRID, [area, all_of_it]) for area in ([a, b, c], [c, b, a]))
    assert np.array_equal(one, other)

"""Roads on paper: what the rules see as joined meets there too, and nothing else is moved."""

import numpy as np
import pytest

from sim.view.stretches import Stretches, joined, points_along
from sim.world.grid import Grid

GRID = Grid(40, 30, 2.0)
SLANTED = [(0, 0), (30, 7)]


def test_a_spur_that_meets_a_slanted_road_in_a_cell_ends_on_its_line():
    """Cell (10, 2) is on the road, whose line passes it at 2.33: the spur's end moves there, its site's doesn't."""
    spur = [(10, 10), (10, 2)]
    road, moved = joined(GRID, [SLANTED, spur])
    assert np.array_equal(road, np.array(SLANTED) + 0.5)
    assert moved[0].tolist() == [10.5, 10.5]
    start, end = road
    across = np.cross(np.append(end - start, 0.0), np.append(moved[1] - start, 0.0))[2]
    assert across == pytest.approx(0.0, abs=1e-9)
    assert 0 < np.hypot(*(moved[1] - (10.5, 2.5))) < 0.5


def test_roads_that_end_in_the_same_point_stay_as_they_are():
    roads = [[(5, 5), (20, 5)], [(20, 5), (25, 20)], [(20, 5), (5, 20)]]
    assert all(
        np.array_equal(line, np.array(road) + 0.5) for line, road in zip(joined(GRID, roads), roads, strict=True)
    )


def test_a_road_that_only_passes_near_another_is_not_joined_to_it():
    near = [(10, 3), (10, 20)]  # a cell below the slanted road
    assert joined(GRID, [SLANTED, near])[1].tolist() == [[10.5, 3.5], [10.5, 20.5]]


def test_what_is_far_from_every_stretch_stays():
    point = np.array([5.5, 20.5])
    assert Stretches([np.array(SLANTED) + 0.5]).nearest(point) is point


def test_points_along_lines_are_no_farther_apart_than_a_step():
    points = points_along([np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.5]])], 0.7)
    assert points[0].tolist() == [0, 0] and points[-1].tolist() == [3, 4.5]
    assert np.hypot(*np.diff(points, axis=0).T).max() <= 0.7

"""The roads: joining, routes and reach."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.grid import Grid
from sim.world.roads import RoadNetwork

GRID = Grid(24, 16, 2)
# A ring with a road through its middle, and a spur: three ways from west to east.
RING = [[2, 2], [20, 2], [20, 12], [2, 12], [2, 2]]
MIDDLE = [[2, 7], [20, 7]]
SPUR = [[20, 7], [23, 7]]
WEST, EAST = GRID.cell(2, 7), GRID.cell(23, 7)

points = st.tuples(st.integers(0, 23), st.integers(0, 15))
picks = st.integers(0, 10_000)
connected_lines = st.lists(points, min_size=2, max_size=8, unique=True).map(
    lambda corners: [list(pair) for pair in pairwise(corners)] + [[corners[0], corners[-1]]]
)


@pytest.fixture
def ring():
    return RoadNetwork(GRID, [RING, MIDDLE, SPUR], {WEST: "Westing", EAST: "Easting"})


def steps(cells):
    """The edges of a route, without direction."""
    return {frozenset(pair) for pair in pairwise(cells.tolist())}


def test_a_node_is_the_position_of_its_cell(ring):
    assert (np.diff(ring.cells) > 0).all()
    assert np.array_equal(ring.node_of_cell[ring.cells], np.arange(len(ring.cells)))
    assert (ring.node_of_cell >= 0).sum() == len(ring.cells)
    assert ring.cells.dtype == ring.node_of_cell.dtype == np.int64


def test_roads_join_where_they_share_a_cell():
    network = RoadNetwork(GRID, [[[0, 5], [10, 5]], [[5, 0], [5, 10]]])
    assert len(network.graph.around[network.node(GRID.cell(5, 5))]) == 4


def test_roads_side_by_side_do_not_join():
    network = RoadNetwork(GRID, [[[0, 5], [10, 5]], [[0, 6], [10, 6]]])
    with pytest.raises(ValueError, match=r"^no road between cell \(0, 5\) and cell \(10, 6\)$"):
        network.routes(GRID.cell(0, 5), GRID.cell(10, 6), 1, 4)


@given(connected_lines, picks, picks, st.integers(1, 4))
def test_routes_lead_along_roads_from_one_end_to_the_other(lines, a, b, count):
    network = RoadNetwork(GRID, lines)
    start, end = (network.cells[pick % len(network.cells)] for pick in (a, b))
    routes = network.routes(start, end, count, 4)
    assert 1 <= len(routes) <= count
    assert len({tuple(route.tolist()) for route in routes}) == len(routes)
    for route in routes:
        assert route.dtype == np.int64 and route[0] == start and route[-1] == end
        assert nx.is_path(nx.Graph(network.graph.edges), network.node_of_cell[route].tolist())


@given(connected_lines, picks, picks)
def test_the_first_route_is_a_shortest_one(lines, a, b):
    network = RoadNetwork(GRID, lines)
    start, end = (network.cells[pick % len(network.cells)] for pick in (a, b))
    dist, _ = network.reach([start])
    assert len(network.routes(start, end, 2, 4)[0]) == 1 + dist[0, network.node(end)]


def test_penalised_routes_share_only_what_has_no_other_way(ring):
    routes = ring.routes(WEST, EAST, 3, 4)
    assert len(routes) == 3
    spur = {frozenset((x, x + 1)) for x in range(GRID.cell(20, 7), EAST)}
    assert all(steps(a) & steps(b) == spur for a, b in ((routes[0], routes[1]), (routes[1], routes[2])))


def test_a_route_found_again_is_left_out():
    network = RoadNetwork(GRID, [MIDDLE])
    assert len(network.routes(GRID.cell(2, 7), GRID.cell(20, 7), 3, 4)) == 1


def test_the_order_in_which_roads_are_written_changes_nothing(ring):
    other = RoadNetwork(GRID, [SPUR[::-1], MIDDLE[::-1], RING[::-1]])
    assert np.array_equal(ring.cells, other.cells)
    assert list(ring.graph.edges) == list(other.graph.edges)
    for a, b in zip(ring.routes(WEST, EAST, 3, 4), other.routes(WEST, EAST, 3, 4), strict=True):
        assert np.array_equal(a, b)
    for a, b in zip(ring.reach([WEST]), other.reach([WEST]), strict=True):
        assert np.array_equal(a, b)


@given(connected_lines)
def test_every_step_to_the_parent_is_one_cell_nearer(lines):
    network = RoadNetwork(GRID, lines)
    sources = network.cells[[0, -1]]
    dist, parent = network.reach(sources)
    edges = set(network.graph.edges)
    assert dist.dtype == parent.dtype == np.int64
    for row, source in enumerate(network.node_of_cell[sources]):
        assert parent[row, source] == source and dist[row, source] == 0
        others = np.delete(np.arange(len(network.cells)), source)
        assert np.array_equal(dist[row, parent[row, others]], dist[row, others] - 1)
        assert all((min(step), max(step)) in edges for step in zip(others, parent[row, others], strict=True))


def test_a_place_off_the_road_is_named(ring):
    with pytest.raises(ValueError, match=r"^cell \(0, 0\) is not on a road$"):
        ring.routes(WEST, GRID.cell(0, 0), 1, 4)


def test_two_places_without_a_road_between_them_are_named():
    names = {GRID.cell(0, 0): "Westing", GRID.cell(9, 9): "Easting"}
    network = RoadNetwork(GRID, [[[0, 0], [4, 0]], [[9, 5], [9, 9]]], names)
    with pytest.raises(ValueError, match=r"^no road between Westing and Easting$"):
        network.routes(GRID.cell(0, 0), GRID.cell(9, 9), 3, 4)
    with pytest.raises(ValueError, match=r"^no road between Westing and Easting$"):
        network.reach([GRID.cell(0, 0)])


@given(connected_lines, st.lists(picks, min_size=1, max_size=6), st.sampled_from([0.0, 0.5, 3.0, 7.3, 100.0]))
def test_ways_round_posts_cost_no_more_than_any_other_and_are_as_long_as_they_are_walked(lines, cells, detour):
    network = RoadNetwork(GRID, lines)
    source, *posts = (int(network.cells[k % len(network.cells)]) for k in cells)
    (dist,), (parent,) = network.round_posts([source], posts, detour)
    dear = set(network.node_of_cell[posts].tolist())
    directed = nx.DiGraph()
    for a, b in network.graph.edges:
        directed.add_weighted_edges_from((x, y, 1.0 + detour * (y in dear)) for x, y in ((a, b), (b, a)))
    cheapest = nx.single_source_dijkstra_path_length(directed, network.node(source))
    for node in range(len(network.cells)):
        walked, cost, here = 0, 0.0, node
        while here != network.node(source):
            walked, cost, here = walked + 1, cost + 1.0 + detour * (here in dear), int(parent[here])
        assert walked == dist[node]
        assert cost == pytest.approx(cheapest.get(node, 0.0))

"""Routes and distances: node by node those of NetworkX, ways of the same length among them."""

from collections import Counter
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.worldfile import WorldFile
from sim.world.generate import generate
from sim.world.graph import Graph
from sim.world.grid import Grid
from sim.world.roads import RoadNetwork
from sim.world.routes import NoWay, Routes

GENERATED = {
    "as it comes": {"seed": 1},
    "ways of the same length": {"seed": 5},
    "close junctions": {"seed": 3, "sites": 40, "width": 60, "height": 50, "spacing": 8},
    "many spurs": {"seed": 1, "sites": 120, "width": 160, "height": 120},
    "large": {"seed": 6, "sites": 20, "width": 300, "height": 200},
}
GRID = Grid(24, 16, 2)
points = st.tuples(st.integers(0, 23), st.integers(0, 15))
tangles = st.lists(points, min_size=2, max_size=8, unique=True).map(
    lambda corners: RoadNetwork(GRID, [list(pair) for pair in pairwise(corners)] + [[corners[0], corners[-1]]]).graph
)
picks = st.integers(0, 10_000)
at_any_speed = settings(deadline=None)
penalties = st.sampled_from([1.0, 1.1, 1.5, 2.3, 4.0, 10.0])


@pytest.fixture(scope="module", params=["corridor", *GENERATED])
def world(request, baseline):
    """A world's graph, its pairs of sites and hubs, and the nodes of its bases and hideouts."""
    tree = GENERATED.get(request.param)
    file = WorldFile.model_validate(generate(**tree)) if tree else baseline.world_file
    roads = RoadNetwork(Grid(**file.grid.model_dump()), [road.points for road in file.roads])
    node = {place.name: roads.node(roads.grid.cell(*place.cell)) for place in (*file.sites, *file.hubs)}
    pairs = [(node[site.name], node[site.hub]) for site in file.sites]
    sources = [roads.node(roads.grid.cell(*place.cell)) for place in (*file.bases, *file.hideouts)]
    return roads.graph, pairs, sources


def networkx_of(graph):
    """The same graph there, nodes and edges in ascending order."""
    made = nx.Graph()
    made.add_nodes_from(range(len(graph.around)))
    made.add_edges_from(graph.edges)
    return made


def by_networkx(graph, start, end, count, penalty):
    """The paths that its two-sided search finds, and for each whether another one is as short."""
    uses, found = Counter(), {}

    def length(u, v, _):
        return penalty ** uses[min(u, v), max(u, v)]

    for _ in range(count):
        ties = len(list(nx.all_shortest_paths(graph, start, end, weight=length))) > 1
        path = nx.bidirectional_dijkstra(graph, start, end, weight=length)[1]
        uses.update((min(step), max(step)) for step in pairwise(path))
        found[tuple(path)] = ties
    return [list(path) for path in found], any(found.values())


def test_routes_there_and_back_are_those_of_networkx(world):
    graph, pairs, _ = world
    routes, reference = Routes(graph), networkx_of(graph)
    tied = 0
    for start, end in pairs[:20]:
        for ends in ((start, end), (end, start)):
            expected, ties = by_networkx(reference, *ends, 3, 4.0)
            assert routes.between(*ends, 3, 4.0) == expected
            tied += ties
    assert tied, "no two ways of the same length: their choice is not tested"


@at_any_speed
@given(tangles, picks, picks, st.integers(1, 5), penalties)
def test_so_they_are_there_and_back_in_any_tangle_of_roads_and_for_any_penalty(graph, a, b, count, penalty):
    start, end = (pick % len(graph.around) for pick in (a, b))
    routes, reference = Routes(graph), networkx_of(graph)
    for ends in ((start, end), (end, start)):
        assert routes.between(*ends, count, penalty) == by_networkx(reference, *ends, count, penalty)[0]


@at_any_speed
@given(tangles, picks, picks)
def test_what_was_asked_before_changes_no_answer(graph, a, b):
    start, end = (pick % len(graph.around) for pick in (a, b))
    asked = Routes(graph)
    for node in range(0, len(graph.around), 3):
        asked.between(node, start, 2, 4.0)
    assert asked.between(start, end, 3, 4.0) == Routes(graph).between(start, end, 3, 4.0)


def spread_of_networkx(graph, source):
    """Steps and the node before, in the order in which its breadth-first search meets them."""
    steps, before = [-1] * len(graph), [-1] * len(graph)
    steps[source], before[source] = 0, source
    for node, other in nx.bfs_edges(graph, source):
        steps[other], before[other] = steps[node] + 1, node
    return steps, before


def test_distances_and_ways_from_bases_and_hideouts_are_those_of_networkx(world):
    graph, _, sources = world
    reference = networkx_of(graph)
    assert all(graph.spread(source) == spread_of_networkx(reference, source) for source in sources)


@at_any_speed
@given(tangles, picks)
def test_so_they_are_from_any_node_of_any_tangle(graph, pick):
    source = pick % len(graph.around)
    assert graph.spread(source) == spread_of_networkx(networkx_of(graph), source)


def test_blind_alleys_lead_out_to_where_ways_go_on():
    ring, alley = [(0, 1), (1, 2), (2, 3), (0, 3)], [(3, 4), (4, 5), (4, 6)]
    assert Graph(7, sorted(ring + alley)).blind() == {5: 4, 6: 4, 4: 3}


def test_in_a_tree_all_but_one_node_are_in_a_blind_alley():
    tree = Graph(5, [(0, 1), (1, 2), (1, 3), (3, 4)])
    assert len(tree.blind()) == 4
    assert Routes(tree).between(2, 4, 3, 4.0) == [[2, 1, 3, 4]]


def test_what_nothing_joins_is_refused():
    graph = Graph(4, [(0, 1), (2, 3)])
    with pytest.raises(NoWay):
        Routes(graph).between(0, 3, 1, 4.0)
    assert graph.spread(0)[0] == [0, 1, -1, -1]

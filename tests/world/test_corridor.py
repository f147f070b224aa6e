"""The corridor: the facts and the geometry that scenarios/worlds/corridor.yaml was drawn for.

Run with `-s` to read the measured figures.
"""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from sim.world.grid import Grid, jurisdiction_of_cells
from sim.world.roads import RoadNetwork

FILE = Path(__file__).parents[2] / "scenarios" / "worlds" / "corridor.yaml"
KINDS = ("hubs", "towns", "sites", "bases", "checkpoints", "hideouts")


@pytest.fixture(scope="module")
def corridor():
    """The file, its cells by name, its roads, and each site's routes to its hub."""
    file = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    grid = Grid(**file["grid"])
    at = {kind: {p["name"]: grid.cell(*p["cell"]) for p in file[kind]} for kind in KINDS}
    roads = RoadNetwork(grid, [road["points"] for road in file["roads"]])
    ends = [(grid.cell(*site["cell"]), at["hubs"][site["hub"]]) for site in file["sites"]]
    routes = [roads.routes(a, b, **file["routes"]) for a, b in ends]
    return SimpleNamespace(file=file, grid=grid, at=at, roads=roads, routes=routes)


@pytest.fixture(scope="module")
def owner(corridor):
    """Name of the jurisdiction of each cell."""
    jurisdictions = corridor.file["jurisdictions"]
    names = np.array([jurisdiction["name"] for jurisdiction in jurisdictions])
    return names[jurisdiction_of_cells(corridor.grid, [j["area"] for j in jurisdictions])]


def middle(route):
    """The middle 80 % of a route."""
    return route[len(route) // 10 : -(len(route) // 10) or None]


def on_others(routes):
    """For each other route (rows) and cell of the habitual one: whether it passes there."""
    return np.array([np.isin(routes[0], other) for other in routes[1:]])


def passed(corridor, hideouts):
    """Checkpoints on the shortest way from each hideout (rows) to each node, its own included."""
    dist, parent = corridor.roads.reach([corridor.at["hideouts"][name] for name in hideouts])
    count = np.zeros_like(dist)
    stands = np.isin(corridor.roads.cells, list(corridor.at["checkpoints"].values()))
    for row in range(len(hideouts)):
        for node in np.argsort(dist[row], kind="stable")[1:]:
            count[row, node] = count[row, parent[row, node]] + stands[node]
    return count


def test_sites_have_the_staff_and_costs_of_the_model(corridor):
    sites = corridor.file["sites"]
    staff = [site["foreign_staff"] for site in sites]
    cost = [site["cost_bn_usd"] for site in sites]
    assert staff == [741, 665, 500, 303, 250, 200, 150, 100, 59, 50, 30, 12] and sum(staff) == 3060
    assert np.mean(cost) == pytest.approx(0.82) and min(cost) >= 0.1 and max(cost) <= 3
    assert np.corrcoef(staff, cost)[0, 1] > 0.8


def test_the_country_has_four_jurisdictions_and_a_small_capital(corridor, owner):
    names, sizes = np.unique(owner, return_counts=True)
    assert set(names) == {"coast", "plains", "highlands", "capital"}
    assert dict(zip(names, sizes / owner.size, strict=True))["capital"] < 0.05


def test_the_capital_surrounds_its_town_and_airport(corridor, owner):
    assert owner[corridor.at["towns"]["Meridian"]] == "capital"
    assert owner[corridor.at["hubs"]["Meridian Airport"]] == "capital"


def test_there_are_as_many_places_as_the_model_asks_for(corridor):
    number = {kind: len(corridor.file[kind]) for kind in KINDS}
    checkpoints = number.pop("checkpoints")
    assert number == {"hubs": 4, "towns": 12, "sites": 12, "bases": 7, "hideouts": 6}
    assert 14 <= checkpoints <= 18
    assert [len(group["hideouts"]) for group in corridor.file["groups"]] == [3, 3]


def test_private_shares_sum_to_one(corridor):
    assert sum(town["private_share"] for town in corridor.file["towns"]) == pytest.approx(1, abs=1e-9)


def test_every_place_lies_on_a_road(corridor):
    for kind in KINDS:
        for name, cell in corridor.at[kind].items():
            assert corridor.roads.node_of_cell[cell] >= 0, f"{name} is not on a road"


def test_roads_never_cross_without_joining(corridor):
    steps = {frozenset(step) for step in corridor.roads.graph.edges}
    for a, b in corridor.roads.graph.edges:
        (ax, ay), (bx, by) = (corridor.grid.xy(corridor.roads.cells[node]) for node in (a, b))
        across = corridor.roads.node_of_cell[[corridor.grid.cell(ax, by), corridor.grid.cell(bx, ay)]]
        assert ax == bx or ay == by or frozenset(across.tolist()) not in steps


def test_bases_lie_in_their_jurisdictions(corridor, owner):
    for base in corridor.file["bases"]:
        assert owner[corridor.grid.cell(*base["cell"])] == base["jurisdiction"]
    assert {base["jurisdiction"] for base in corridor.file["bases"]} == set(owner)


def test_a_sites_town_is_the_nearest_by_road(corridor):
    towns = list(corridor.at["towns"])
    dist, _ = corridor.roads.reach(list(corridor.at["towns"].values()))
    for site in corridor.file["sites"]:
        here = dist[:, corridor.roads.node(corridor.grid.cell(*site["cell"]))]
        assert here[towns.index(site["town"])] == here.min(), site["name"]


def test_closures_are_at_the_sites_of_one_port_town(corridor):
    sites = corridor.file["sites"]
    assert {site["town"] for site in sites if site["closures"]} == {"Port Amber"}
    assert all(site["closures"] == (site["town"] == "Port Amber") for site in sites)


def test_routes_to_the_hub_are_about_sixty_cells_long(corridor):
    lengths = [len(routes[0]) for routes in corridor.routes]
    print(f"\nhabitual routes: {lengths}, mean {np.mean(lengths):.1f}")
    assert min(lengths) >= 15 and max(lengths) <= 110 and 55 <= np.mean(lengths) <= 65


def test_every_site_has_three_routes(corridor):
    assert all(len(routes) == 3 for routes in corridor.routes)


def test_routes_really_differ(corridor):
    shared = [on_others(routes) for routes in corridor.routes]
    anywhere = np.mean([cells.mean() for cells in shared])
    best = np.mean([middle(cells.mean(axis=0)).max() for cells in shared])
    lengths = [[len(route) for route in routes] for routes in corridor.routes]
    detour = np.mean([np.mean(others) / habitual - 1 for habitual, *others in lengths])
    print(f"\na random cell {anywhere:.3f}, the best middle cell {best:.3f}, detour {detour:+.1%}")
    assert 0.38 <= anywhere <= 0.48
    assert 0.57 <= best <= 0.71
    assert 0.32 <= detour <= 0.46


def test_checkpoints_leave_towns_sites_and_hubs_free(corridor):
    taken = {cell for kind in ("towns", "sites", "hubs", "hideouts") for cell in corridor.at[kind].values()}
    assert not taken & set(corridor.at["checkpoints"].values())


def test_a_habitual_route_passes_a_few_checkpoints(corridor):
    posts = list(corridor.at["checkpoints"].values())
    count = [int(np.isin(routes[0], posts).sum()) for routes in corridor.routes]
    print(f"\ncheckpoints on habitual routes: {count}, mean {np.mean(count):.2f}")
    assert 2 <= np.mean(count) <= 4 and min(count) >= 1 and max(count) <= 5


@pytest.mark.parametrize("group", [0, 1])
def test_an_approach_passes_about_one_and_a_half_checkpoints(corridor, group):
    count = passed(corridor, corridor.file["groups"][group]["hideouts"]).mean(axis=0)
    node = corridor.roads.node_of_cell
    convoys = np.mean([count[node[middle(routes[0])]].mean() for routes in corridor.routes])
    sites = np.mean([count[node[routes[0][0]]] for routes in corridor.routes])
    print(f"\ngroup {group + 1}: to convoys {convoys:.2f}, to sites {sites:.2f}")
    assert 1.3 <= convoys <= 1.7 and 1.3 <= sites <= 1.7


def test_no_figure_depends_on_the_order_of_roads(corridor):
    lines = [road["points"] for road in corridor.file["roads"]][::-1]
    roads = RoadNetwork(corridor.grid, lines)
    for routes in corridor.routes:
        again = roads.routes(routes[0][0], routes[0][-1], **corridor.file["routes"])
        assert all(np.array_equal(a, b) for a, b in zip(routes, again, strict=True))


def test_a_convoy_moves_to_a_neighbouring_cell_every_tick(corridor):
    for routes in corridor.routes:
        for route in routes:
            points = [corridor.grid.xy(cell) for cell in route]
            assert all(max(abs(a - c), abs(b - d)) == 1 for (a, b), (c, d) in pairwise(points))

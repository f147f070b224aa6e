"""Generated worlds: valid, reproducible, and the same thing by the same name whatever else there is."""

import time

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.worldfile import WorldFile
from sim.world.generate import SPACING, generate
from sim.world.grid import Grid, jurisdiction_of_cells
from sim.world.roads import RoadNetwork

KINDS_ON_ROADS = ("hubs", "towns", "sites", "bases", "checkpoints", "hideouts")
sizes = st.integers(45, 150), st.integers(30, 100)
worlds = st.builds(generate, st.integers(0, 2**63), st.integers(1, 40), *sizes)
a_few = settings(max_examples=25, deadline=None)


def cells(world, kind):
    return [tuple(place["cell"]) for place in world[kind]]


def network(world):
    grid = Grid(**world["grid"])
    names = {grid.cell(*p["cell"]): p["name"] for kind in KINDS_ON_ROADS for p in world[kind]}
    return grid, RoadNetwork(grid, [road["points"] for road in world["roads"]], names)


@a_few
@given(worlds)
def test_a_generated_world_is_a_valid_world_file(world):
    assert WorldFile.model_validate(world).name == world["name"]


def test_a_generated_world_survives_a_yaml_file():
    text = yaml.safe_dump(generate(5))
    assert "&id" not in text
    assert yaml.safe_load(text) == generate(5)


@a_few
@given(worlds)
def test_every_place_lies_on_a_road_and_all_roads_hang_together(world):
    grid, net = network(world)
    places = [grid.cell(*cell) for kind in KINDS_ON_ROADS for cell in cells(world, kind)]
    assert (net.node_of_cell[places] >= 0).all()
    dist, _ = net.reach(places[:1])
    assert (dist >= 0).all()


@a_few
@given(worlds)
def test_checkpoints_sites_and_hubs_have_cells_of_their_own(world):
    posts, sites = cells(world, "checkpoints"), cells(world, "sites")
    assert not set(posts) & {*cells(world, "towns"), *sites, *cells(world, "hubs"), *cells(world, "hideouts")}
    assert not set(sites) & {*cells(world, "towns"), *cells(world, "hubs")}
    assert len(set(posts)) == len(posts) and len(set(sites)) == len(sites)


@a_few
@given(worlds)
def test_every_jurisdiction_has_bases_and_they_lie_in_it(world):
    grid = Grid(**world["grid"])
    areas = [jurisdiction["area"] for jurisdiction in world["jurisdictions"]]
    names = [jurisdiction["name"] for jurisdiction in world["jurisdictions"]]
    owner = jurisdiction_of_cells(grid, areas)
    assert {base["jurisdiction"] for base in world["bases"]} == set(names)
    assert all(names[owner[grid.cell(*base["cell"])]] == base["jurisdiction"] for base in world["bases"])


@a_few
@given(worlds)
def test_closures_are_at_the_sites_of_one_port_town_only(world):
    port = f"town {world['grid']['width'] // SPACING - 1}-{world['grid']['height'] // SPACING // 2}"
    assert port in {town["name"] for town in world["towns"]}
    assert all(site["closures"] == (site["town"] == port) for site in world["sites"])


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    assert generate(1) == generate(1)
    assert generate(1)["sites"] != generate(2)["sites"]


@a_few
@given(st.integers(0, 1000), st.integers(1, 30), st.integers(1, 30))
def test_a_site_is_the_same_however_many_sites_there_are(seed, few, more):
    small, large = generate(seed, sites=few), generate(seed, sites=few + more)
    assert large["sites"][:few] == small["sites"]
    assert [road for road in large["roads"] if road in small["roads"]] == small["roads"]
    unchanged = set(small) - {"sites", "roads"}
    assert all(small[key] == large[key] for key in unchanged)


def test_roads_and_their_checkpoints_are_the_same_on_a_larger_grid():
    small, large = generate(3), generate(3, width=200, height=140)
    for kind, name in (("roads", "road"), ("checkpoints", "post")):
        here = [thing for thing in small[kind] if thing["name"].startswith(name)]
        assert here and all(thing in large[kind] for thing in here)


def test_staff_and_cost_have_the_sizes_of_the_corridor():
    sites = generate(4, sites=400, width=400, height=300)["sites"]
    staff = np.array([site["foreign_staff"] for site in sites])
    cost = np.array([site["cost_bn_usd"] for site in sites])
    assert 180 < staff.mean() < 330 and staff.min() >= 10 and staff.max() <= 900
    assert 0.6 < cost.mean() < 1.05 and cost.min() >= 0.1 and cost.max() <= 3.0
    assert np.corrcoef(staff, cost)[0, 1] > 0.5


def test_most_sites_have_three_routes_of_about_the_corridors_length():
    world = generate(6, sites=60, width=300, height=200)
    grid, net = network(world)
    hubs = {hub["name"]: grid.cell(*hub["cell"]) for hub in world["hubs"]}
    routes = [net.routes(grid.cell(*s["cell"]), hubs[s["hub"]], **world["routes"]) for s in world["sites"]]
    assert 40 < np.mean([len(found[0]) for found in routes]) < 90
    assert np.mean([len(found) == 3 for found in routes]) > 0.8


def test_two_thousand_sites_take_a_few_seconds():
    generate(7)  # compiles the draws
    start = time.perf_counter()
    world = generate(7, sites=2000, width=1000, height=800)
    assert time.perf_counter() - start < 20
    assert len(set(cells(world, "sites"))) == 2000


@pytest.mark.parametrize(
    "size, message",
    [
        ({"width": 44}, "^the grid is 44 x 80 cells, allowed 45 x 30 or more$"),
        ({"height": 29}, "^the grid is 120 x 29 cells, allowed 45 x 30 or more$"),
        ({"sites": 601}, "^601 sites, allowed 1 to 600 on a grid of 120 x 80 cells$"),
        ({"sites": 0}, "^0 sites, allowed 1 to 600 on a grid of 120 x 80 cells$"),
        ({"spacing": 7}, "^spacing is 7, allowed 8 or more$"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_is_allowed(size, message):
    with pytest.raises(ValueError, match=message):
        generate(1, **size)

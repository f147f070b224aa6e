"""Where checkpoints stand under each rule: on free road cells, always the same, and harder to get round than others."""

from dataclasses import replace

import numpy as np
import pytest

from sim.scenario.posts import land_of
from sim.scenario.worldfile import WorldFile
from sim.world.generate import generate
from sim.world.grid import Grid
from sim.world.placement import Land, placed
from sim.world.roads import RoadNetwork

RULES = ("random", "crossroads", "no_way_round")
DETOURS = (2.0, 10.0, 30.0)


@pytest.fixture(scope="module", params=["corridor", "generated 1", "generated 2"])
def world(request, baseline):
    """A world file, what the rules go by, and the cells of its own checkpoints."""
    number = request.param.removeprefix("generated ")
    file = WorldFile.model_validate(generate(int(number))) if number.isdigit() else baseline.world_file
    roads = RoadNetwork(Grid(**file.grid.model_dump()), [road.points for road in file.roads])
    land = land_of(file, roads)
    return file, land, [land.roads.grid.cell(*post.cell) for post in file.checkpoints]


def posts_passed(land, posts, detour):
    """Mean number on the ways round them from everywhere to every target; share of those with one, by people."""
    _, parent = land.roads.round_posts(list(land.targets), posts, detour)
    count = np.isin(land.roads.cells, posts)[np.newaxis].repeat(len(parent), axis=0).astype(int)
    count[parent == np.arange(parent.shape[1])] = 0  # a target is no post on the way to it
    leap = parent
    while (beyond := np.take_along_axis(count, leap, axis=1)).any():
        count, leap = count + beyond, np.take_along_axis(leap, leap, axis=1)
    return count.mean(), np.average((count > 0).mean(axis=1), weights=list(land.targets.values()))


@pytest.mark.parametrize("rule", RULES)
def test_as_many_posts_stand_on_free_road_cells_as_the_world_has_and_always_the_same(world, rule):
    file, land, own = world
    cells = placed(rule, land, len(own), 10.0)
    assert len(set(cells)) == len(cells) == len(own)
    assert (land.roads.node_of_cell[cells] >= 0).all()
    assert not set(cells) & set(land.places)
    lines = [road.points for road in file.roads][::-1]
    backwards = replace(land, roads=RoadNetwork(land.roads.grid, lines), targets=dict(reversed(land.targets.items())))
    assert placed(rule, backwards, len(own), 10.0) == cells


@pytest.mark.parametrize("detour", DETOURS)
def test_fewer_ways_lead_round_posts_where_there_is_none_than_round_any_others(world, detour):
    """The mean of 12 random placements, which differ by the name of the world alone."""
    _, land, own = world
    anywhere = [replace(land, name=f"{land.name} {k}") for k in range(12)]
    by_chance = np.mean([posts_passed(land, placed("random", x, len(own), detour), detour) for x in anywhere], axis=0)
    crossroads = posts_passed(land, placed("crossroads", land, len(own), detour), detour)
    hard = posts_passed(land, placed("no_way_round", land, len(own), detour), detour)
    print(f"\n{land.name}, detour {detour:g}: posts passed, and weighted share of ways with a post")
    for name, found in {
        "random": by_chance,
        "world": posts_passed(land, own, detour),
        "crossroads": crossroads,
    }.items():
        print("  {:12} {:.2f} {:.2f}".format(name, *found))
    print("  {:12} {:.2f} {:.2f}".format("no way round", *hard))
    assert hard[0] > 1.8 * by_chance[0]
    assert hard[1] > max(0.85, crossroads[1])


def test_a_post_where_there_is_no_way_round_stands_before_the_only_road_to_most_people():
    """A ring, and a spur to the site: whoever comes from the ring must take it, and has two ways on the ring itself."""
    grid = Grid(40, 20, 2)
    ring = [[5, 5], [25, 5], [25, 15], [5, 15], [5, 5]]
    roads = RoadNetwork(grid, [ring, [[25, 10], [35, 10]]])
    site = grid.cell(35, 10)
    land = Land("ring", roads, [site], {site: 100.0})
    assert placed("no_way_round", land, 1, 10.0) == [grid.cell(25, 10)]


def test_posts_fill_a_road_on_which_no_rule_finds_a_place_for_all():
    grid = Grid(12, 4, 2)
    roads = RoadNetwork(grid, [[[1, 1], [10, 1]]])
    ends = [grid.cell(1, 1), grid.cell(10, 1)]
    land = Land("road", roads, ends, {ends[0]: 1.0})
    for rule in RULES:
        assert set(placed(rule, land, 20, 10.0)) == set(roads.cells.tolist()) - set(ends)
        assert len(placed(rule, land, 20, 10.0)) == 8

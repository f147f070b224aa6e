"""Checkpoints of a World: those of the policy's placement and the warm-up's, and which of them work."""

import numpy as np
import pytest

from sim import load_scenario, simulate, with_values
from sim.agents.detectors import CHECKPOINT
from sim.rng import identity
from sim.scenario.build import build_world, structure
from sim.scenario.names import row_names

PLACEMENT = "policy.checkpoints.placement"
KNOWN = "threat.posts_known"
MOVED = ("random", "crossroads", "no_way_round")


def posts_of(world):
    return world.detectors[world.detectors["kind"] == CHECKPOINT]


@pytest.fixture(scope="module")
def unknown(baseline):
    """Posts stand where the world file says, and no team knows them."""
    return with_values(baseline, {KNOWN: 0.0})


def test_a_world_whose_posts_stand_where_the_file_says_holds_nothing_else(unknown):
    """As before there were placements: the same rows, in the file's order, and the straight ways alone."""
    world, file = build_world(unknown), unknown.world_file
    posts = posts_of(world)
    assert posts["id"].tolist() == [identity(f"checkpoint/{post.name}") for post in file.checkpoints]
    assert world.setting[0].first_cameras == len(posts) == (posts["placements"] == 1).sum() == posts["placed"].sum()
    assert len(world.reach) == len(file.bases) + len(file.hideouts)
    assert not world.ways.any()


@pytest.mark.parametrize("placement", MOVED)
def test_the_placement_is_the_policy_s_from_the_first_day_on_and_never_before(placement, replicate):
    scenario = load_scenario("baseline", {PLACEMENT: placement, "run.warmup": 0.1, "run.horizon": 0.1})
    run, count = replicate(scenario).to(0), len(scenario.world_file.checkpoints)
    before, after = posts_of(run.kept), posts_of(run.world)
    assert np.array_equal(before["working"] == 1, before["placements"] & 1 == 1)
    assert np.array_equal(after["working"] == 1, after["placements"] != 1)
    assert before["working"].sum() == after["working"].sum() == count < len(after)
    nodes = after["node"].tolist()
    assert len(set(nodes)) == len(nodes) == run.world.setting[0].first_cameras
    assert run.world.nodes["checkpoint"][nodes].tolist() == list(range(len(nodes)))


def test_posts_that_were_placed_are_called_by_their_cells(baseline):
    scenario = load_scenario("baseline", {PLACEMENT: "crossroads"})
    world = build_world(scenario)
    names, width = row_names(scenario, world)["detectors"], scenario.world_file.grid.width
    own = [post.name for post in baseline.world_file.checkpoints]
    assert names[: len(own)] == own
    for post, name in zip(posts_of(world)[len(own) :], names[len(own) :], strict=False):
        y, x = divmod(int(world.nodes[post.node].cell), width)
        assert name == f"post {x}-{y}"


def test_only_what_a_world_depends_on_gives_another_one(unknown):
    def differs(**values):
        return structure(with_values(unknown, values)) != structure(unknown)

    assert not differs(**{"threat.detour": 5.0})
    assert differs(**{PLACEMENT: "random"}) and differs(**{KNOWN: 0.5})
    for value in ({PLACEMENT: "no_way_round"}, {KNOWN: 0.5}):
        one, other = (with_values(unknown, {**value, "threat.detour": detour}) for detour in (5.0, 6.0))
        assert structure(one) != structure(other)


def test_ways_round_lead_from_each_hideout_and_are_as_long_as_they_are_walked():
    scenario = load_scenario("baseline", {PLACEMENT: "crossroads", KNOWN: 0.5})
    world, hideouts = build_world(scenario), len(scenario.world_file.hideouts)
    first = len(scenario.world_file.bases)
    assert (world.ways > 0).tolist() == [True, False, True, False]
    assert len(world.reach) == first + 3 * hideouts
    for code in (0, 2):
        for home in range(first, first + hideouts):
            straight, around = world.reach[home], world.reach[home + world.ways[code]]
            assert np.array_equal(around["distance"] == 0, straight["distance"] == 0)
            assert (around["distance"] >= straight["distance"]).all() and (around != straight).any()
            behind = around["distance"] > 0
            assert (around["distance"][around["toward"]] == around["distance"] - 1)[behind].all()


def test_moved_posts_cost_as_much_and_are_passed_by_other_teams():
    values = {"run.warmup": 0.1, "run.horizon": 1.0, KNOWN: 0.5}
    placements = ("world", *MOVED)
    rows = simulate([load_scenario("baseline", {**values, PLACEMENT: placement}) for placement in placements], 60, 3)
    passed = {name: rows["posts_passed"][rows["point"] == k] / 60 for k, name in enumerate(placements)}
    assert len({round(spent) for spent in rows["state_spent"][rows["replicate"] == 0]}) == 1
    assert passed["no_way_round"].sum() > 1.5 * passed["random"].sum() > 0

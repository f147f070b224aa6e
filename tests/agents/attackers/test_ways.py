"""Ways round checkpoints: who knows where they stand takes one if it is worth it.

Bounds of `Z` = 3.9 standard errors: a right model would break one with 1 seed in 10,000.
"""

import pytest

from sim.agents.threat.slots import APPROACHING
from sim.outcome import INCIDENT
from tests.small import ONE_ROAD, QUICK, UNPAID, Z, only, scenario, table, z_of_share

# A checkpoint on the road from the hideout to the site, 40 cells, and another road round it that is 8 cells longer.
APPROACH, LONGER = 40, 8
UNDER_WAY = 2  # teams at most between the hideout and the post as the year begins or ends
POST = {"checkpoints": [{"name": "post", "cell": [25, 5]}]}
ROUND = {"name": "round", "points": [[35, 5], [35, 1], [15, 1], [15, 5]]}
WITH_A_WAY_ROUND = {**ONE_ROAD, **POST, "roads": [*ONE_ROAD["roads"], ROUND]}
WITHOUT = {**ONE_ROAD, **POST}
VALUES = {"policy.adherence.hold": True, "insider.prevalence": 0.0, **QUICK, **UNPAID, **only("site")}


def made(known, detour, world, **values):
    """Teams that go for the site, of whom a share knows the post."""
    common = {**VALUES, "threat.cells_per_group": 50, "run.horizon": 1.0, "run.warmup": 0.1}
    return scenario({**common, "threat.posts_known": known, "threat.detour": detour, **values}, world)


def passed(scenario):
    """Teams that set out, and those that came to the post."""
    x = table(scenario, 2, seed=91)
    return x["set_out"].sum(), x["posts_passed"].sum()


@pytest.mark.parametrize("detour", [LONGER - 0.1, LONGER + 0.1])
def test_a_team_that_knows_a_post_goes_round_it_if_the_way_is_not_longer_than_it_will_make(detour):
    set_out, posts = passed(made(1.0, detour, WITH_A_WAY_ROUND))
    assert set_out > 200
    assert posts == 0 if detour > LONGER else abs(posts - set_out) <= UNDER_WAY


@pytest.mark.parametrize("known, world", [(0.0, WITH_A_WAY_ROUND), (1.0, WITHOUT)], ids=["unknown", "no way round"])
def test_a_team_comes_to_a_post_that_it_does_not_know_or_that_no_way_leads_round(known, world):
    set_out, posts = passed(made(known, 500.0, world))
    assert set_out > 200
    assert abs(posts - set_out) <= UNDER_WAY


def test_half_of_the_teams_know_the_posts():
    set_out, posts = passed(made(0.5, 20.0, WITH_A_WAY_ROUND))
    assert abs(z_of_share(posts, set_out, 0.5)) < Z


@pytest.mark.parametrize("staffed", [0.0, 1.0])
def test_a_way_round_takes_as_much_longer_whether_anybody_stands_at_the_post_or_not(replicate, staffed):
    """Teams know where posts stand, not who stands there (assumed)."""
    values = {"policy.checkpoints.staffed_share": staffed, "threat.cells_per_group": 1}
    run, strikes = replicate(made(1.0, 20.0, WITH_A_WAY_ROUND, **values)), 0
    for day in range(1, 300):
        before = len(run.events)
        run.to(day)
        for event in run.events[before:]:
            if event.stage == INCIDENT:
                assert event.tick == run.world.slots[event.slot].since + APPROACH + LONGER
                strikes += 1
    assert strikes > 1


def test_a_team_out_of_a_plot_has_its_straight_way_and_one_under_way_the_one_that_it_set_out_on(replicate):
    run, seen = replicate(made(1.0, 20.0, WITH_A_WAY_ROUND)), 0
    for day in range(1, 60):
        slots = run.to(day, 360).world.slots
        in_plot = slots["state"] != 0
        in_plot &= (slots["state"] > 1) & (slots["state"] < 6)
        assert (slots["way"][~in_plot] == slots["home"][~in_plot]).all()
        assert (slots["way"][in_plot] == slots["home"][in_plot] + run.world.ways[0]).all()
        seen += (slots["state"] == APPROACHING).sum()
    assert run.world.ways[0] > 0 < seen

"""The lie of the land: posts, overlap and borders, measured in worlds where they can be counted by hand."""

import pytest

from sim import with_values
from sim.history.lie import Lie, lie_of
from tests.small import ONE_ROAD, THREE_ROADS, divided, scenario


def with_posts(world, *cells):
    return {**world, "checkpoints": [{"name": f"post {k}", "cell": list(cell)} for k, cell in enumerate(cells)]}


def test_posts_are_counted_between_hideout_and_target():
    """From the hills at 45 a post at 25 is on the way to the site and the town at 5, not to the middle of the route."""
    assert lie_of(scenario({}, with_posts(ONE_ROAD, (25, 5)))).posts == pytest.approx(3 / 4)
    assert lie_of(scenario({}, with_posts(ONE_ROAD, (25, 5), (20, 5), (65, 5)))).posts == pytest.approx(2 * 3 / 4)
    assert lie_of(scenario({}, ONE_ROAD)).posts == 0


@pytest.mark.parametrize(
    "known, detour, posts", [(1.0, 30.0, 0.0), (1.0, 5.0, 0.75), (0.5, 30.0, 0.375), (0.0, 30.0, 0.75)]
)
def test_teams_that_know_a_post_go_round_it_where_the_way_is_not_too_long(known, detour, posts):
    """The straight road to the site is 40 cells; over its eastern end and the northern road it is 120 and more."""
    links = [{"name": "link", "points": [[35, 5], [35, 1]]}]
    world = with_posts({**THREE_ROADS, "roads": THREE_ROADS["roads"] + links}, (25, 5))
    values = {"threat.posts_known": known, "threat.detour": detour}
    assert lie_of(scenario(values, world)).posts == pytest.approx(posts)


def test_no_way_round_leaves_a_known_post_on_the_way():
    values = {"threat.posts_known": 1.0, "threat.detour": 500.0}
    assert lie_of(scenario(values, with_posts(ONE_ROAD, (25, 5)))).posts == pytest.approx(3 / 4)


@pytest.mark.parametrize("ends", [0.0, 0.35])
def test_routes_that_share_only_their_ends_overlap_by_one_in_three(ends):
    """Near the site one cell of three is every route's."""
    near = (1 + 1 / 3 + 1 / 3) / 3
    found = lie_of(scenario({"threat.wait_at_ends": ends}, THREE_ROADS))
    assert found.overlap == pytest.approx(ends * near + (1 - ends) / 3)


def test_a_border_lies_between_the_hideouts_and_the_targets_beyond_it():
    """Of two hideouts one is beyond; site and town are in the first, the middle of the route in the second."""
    assert lie_of(scenario({}, divided(45))).abroad == pytest.approx(0.5)
    assert lie_of(scenario({}, ONE_ROAD)).abroad == 0


def test_the_corridor_is_as_its_file_says(baseline):
    """1.5 posts to a line's middle or a site, fewer to towns; overlap of other routes .40 and .63."""
    found = lie_of(with_values(baseline, {"threat.posts_known": 0.0}))
    assert 1.2 < found.posts < 1.6 and 0.6 < found.overlap < 0.8 and 0.5 < found.abroad < 0.7


def test_where_a_policy_puts_the_posts_is_not_measured(baseline):
    moved = with_values(baseline, {"policy.checkpoints.placement": "random"})
    assert lie_of(moved) == lie_of(baseline) == Lie(**vars(lie_of(baseline)))

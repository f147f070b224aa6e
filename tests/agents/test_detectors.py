"""Detectors in the field: where each of them sees a team, and how often. Bounds of `Z`: 1 seed in 10,000."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.agents import detectors
from sim.agents.detectors import FIRST_SHIFT_HOUR
from sim.clock import TICKS_A_DAY, TICKS_AN_HOUR
from sim.outcome import INCIDENT, WATCHED
from tests.small import CROSSING, FROZEN, ONE_ROAD, QUICK, UNPAID, Z, only, scenario, table, z_of_share

COMMON = {
    **QUICK,
    **UNPAID,
    "policy.adherence.hold": True,
    "insider.prevalence": 0.0,
    "run.warmup": 0.1,
    "run.horizon": 2.0,
}


# Cameras.


@pytest.mark.parametrize("monitored", [0.0, 0.5, 1.0])
def test_cameras_see_a_team_in_reach_as_often_as_they_are_watched(monitored):
    """Three places, hub, town and site; site and town are one cell, so that both places' cameras see the team."""
    rested = {"policy.adherence.fatigue": 0.0}
    values = {**COMMON, **only("site"), "threat.cells_per_group": 200, "layers.camera.dmax": 0.6}
    values |= {"policy.cameras.count": 60, "policy.cameras.monitored": monitored, "layers.camera.scale": 20.0}
    x = table(scenario({**values, **rested}, ONE_ROAD), 4, seed=111)
    seen, reached = x["foiled_watch"].sum(), x["foiled_watch"].sum() + x["incidents"].sum()
    place = 0.6 * (1 - math.exp(-60 / 3 / 20)) * monitored
    assert reached > 3_000
    if monitored > 0:
        assert abs(z_of_share(seen, reached, 1 - (1 - place) ** 2)) < Z
    else:
        assert seen == 0


@pytest.mark.parametrize("sees", ["cameras", "watchtowers"])
def test_a_team_out_of_reach_is_not_seen(replicate, sees):
    """Site and town are the cell 5, the hub is the cell 85; a cell has 2 km."""
    values = {"policy.cameras.count": 600, "policy.cameras.monitored": 1.0, "layers.camera.reach": 9.0}
    if sees == "watchtowers":
        values = {"policy.watchtowers.per_site": 3, "layers.watchtower.reach": 9.0, "policy.budget.share": 5.0}
    run = replicate(scenario({**COMMON, **values, "threat.cells_per_group": 0}, ONE_ROAD)).to(1)
    places = {5, 85} if sees == "cameras" else {5}
    x = run.world.nodes["cell"] % 90
    missed = np.array([detectors.miss_at(run.world, run.params[0], node, 0) for node in range(len(x))])
    near = np.min([abs(x - place) for place in places], axis=0) * 2.0 <= 9.0
    assert (missed[near] < 1).all() and (missed[~near] == 1).all()


@pytest.mark.parametrize("towers", [1, 4])
def test_each_watchtower_of_a_site_sees_a_team_there_apart_from_the_others(towers):
    values = {**COMMON, **only("site"), "threat.cells_per_group": 200, "layers.watchtower.d": 0.25}
    values |= {"policy.watchtowers.per_site": towers, "policy.budget.share": 1.0, "layers.route_watch.dmax": 0.2}
    values |= {"policy.adherence.level": 0.0}  # the watch of the budget sees nobody
    values |= {"policy.adherence.fatigue": 0.0}
    x = table(scenario(values, ONE_ROAD), 4, seed=112)
    seen, reached = x["foiled_watch"].sum(), x["foiled_watch"].sum() + x["incidents"].sum()
    assert reached > 3_000
    assert abs(z_of_share(seen, reached, 1 - 0.75**towers)) < Z


# Who watches tires.


@pytest.mark.parametrize("sees", ["cameras", "watchtowers"])
@pytest.mark.parametrize("hour, fatigue, shift", [(6, 0.03, 12.0), (12, 0.03, 12.0), (5, 0.02, 24.0), (17, 0.03, 4.0)])
def test_each_detection_falls_with_the_hours_since_the_change_of_shift(replicate, sees, hour, fatigue, shift):
    """Shifts begin at 6 o'clock; site and town are one cell, where two places have cameras and one has towers."""
    values = {"policy.cameras.count": 60, "policy.cameras.monitored": 1.0, "layers.camera.dmax": 0.6}
    if sees == "watchtowers":
        values = {"policy.watchtowers.per_site": 1, "layers.watchtower.d": 0.3, "policy.budget.share": 5.0}
    values |= {"policy.adherence.fatigue": fatigue, "policy.checkpoints.shift_hours": shift}
    run = replicate(scenario({**COMMON, **values, "threat.cells_per_group": 0}, ONE_ROAD)).to(1)
    d, places = (0.6 * (1 - math.exp(-60 / 3 / 20)), 2) if sees == "cameras" else (0.3, 1)
    rested = 1 - fatigue * ((hour - 6) % shift)
    node = run.world.sites[0].node
    missed = detectors.miss_at(run.world, run.params[0], node, 7 * TICKS_A_DAY + hour * TICKS_AN_HOUR)
    assert missed == pytest.approx((1 - d * rested) ** places)


def test_cameras_see_less_at_the_end_of_a_shift_than_at_its_beginning(replicate):
    tired = {"policy.checkpoints.shift_hours": 24.0, "policy.adherence.fatigue": 0.03}
    cameras = {"policy.cameras.count": 3000, "policy.cameras.monitored": 1.0, "layers.camera.dmax": 0.6}
    quick = {**FROZEN, **QUICK, **UNPAID, **only("site"), "run.horizon": 1.0, "run.warmup": 0.1}
    made = scenario({**quick, **tired, **cameras, "threat.cells_per_group": 60}, ONE_ROAD)
    log = np.concatenate([replicate(made, number).finish().events for number in range(8)])
    log = log[np.isin(log["stage"], (WATCHED, INCIDENT))]
    hours = (log["tick"] % TICKS_A_DAY / TICKS_AN_HOUR - FIRST_SHIFT_HOUR) % 24
    rested, tired_out = (log["stage"][part] == WATCHED for part in (hours < 8, hours >= 16))
    assert min(len(rested), len(tired_out)) > 400
    assert np.mean(rested) > np.mean(tired_out) + 0.1


# Drones.


def test_a_drone_crew_flies_over_another_stretch_of_its_jurisdiction_s_roads_on_another_day(replicate):
    values = {**COMMON, "policy.drones.crews": 5, "layers.drone.stretch": 15.0, "threat.cells_per_group": 0}
    run, flown = replicate(scenario(values, CROSSING)), {}
    for day in range(1, 61):
        world = run.to(day, 1).world
        for crew in world.detectors[world.detectors["kind"] == detectors.DRONE][:5]:
            line = next(row for row in world.lines if row.first_route == crew.route)  # a line's habitual route
            assert line.jurisdiction == crew.jurisdiction
            assert 0 <= crew.first <= world.routes[crew.route].length - crew.cells
            assert crew.cells == min(8, world.routes[crew.route].length)  # 15 km, cells of 2 km
            flown.setdefault(crew.id, []).append((crew.route, crew.first))
    stretches = list(flown.values())
    assert len(stretches) == 5
    assert all(len(set(days)) > 10 for days in stretches)
    assert len({tuple(days) for days in stretches}) == 5


def test_a_drone_crew_sees_what_is_on_its_stretch_today_and_nothing_else(replicate):
    values = {**COMMON, "policy.drones.crews": 1, "layers.drone.d": 0.7, "threat.cells_per_group": 0}
    run = replicate(scenario(values, ONE_ROAD))
    for day in range(1, 21):
        world = run.to(day, 1).world
        crew = world.detectors[world.setting[0].first_drone]
        first = world.routes[crew.route].first + crew.first
        below = set(world.path[first : first + crew.cells].tolist())
        assert len(below) == 30
        for node in range(len(world.nodes)):
            assert detectors.miss_from_above(world, run.params[0], node) == pytest.approx(0.3 if node in below else 1.0)


def test_a_waiting_team_is_seen_from_above_as_often_as_a_stretch_covers_its_cell():
    """A team that never meets its convoy waits: whoever is seen stood below the stretch of that day."""
    values = {**COMMON, **only("convoy"), "policy.drones.crews": 1, "layers.drone.d": 0.9, "run.horizon": 2.0}
    values |= {"layers.waiting.hazard": 0.0, "threat.wait_patience": 20, "threat.cells_per_group": 5}
    without, watched = (
        table(scenario({**values, **drones}, ONE_ROAD), 30, seed=113) for drones in ({"policy.drones.crews": 0}, {})
    )
    assert without["foiled_watch"].sum() == 0 < watched["foiled_watch"].sum()
    assert watched["incidents"].sum() < without["incidents"].sum()


def test_nobody_stands_out_to_a_drone_inside_a_town():
    halfway = {**ONE_ROAD, "towns": [{"name": "town", "cell": [46, 5], "private_share": 1.0}]}
    values = {**COMMON, **only("private"), "policy.drones.crews": 1, "layers.drone.d": 0.9, "run.horizon": 2.0}
    values |= {"exposure.private_meeting": 0.0, "layers.waiting.hazard": 0.0, "threat.wait_patience": 3}
    values |= {"layers.drone.revisit": 48.0}  # too seldom to see who drives by
    x = table(scenario({**values, "threat.cells_per_group": 5}, halfway), 20, seed=113)
    assert x["gave_up"].sum() > 500
    assert x["foiled_watch"].sum() < 0.1 * x["gave_up"].sum()


@pytest.mark.parametrize("revisit, flying", [(0.0, 24.0), (0.5, 24.0), (4.0, 12.0)])
def test_a_crew_sees_a_team_that_stands_an_hour_as_often_as_it_passes_while_it_flies(replicate, revisit, flying):
    """min(1, an hour over the time between passes) x the share of the day in the air."""
    values = {**COMMON, "policy.drones.crews": 1, "layers.drone.d": 0.8, "threat.cells_per_group": 0}
    values |= {"layers.drone.revisit": revisit, "layers.drone.flying": flying, "threat.wait_window": 60.0}
    run = replicate(scenario(values, ONE_ROAD)).to(1, 1)
    crew = run.world.detectors[run.world.setting[0].first_drone]
    below = run.world.path[run.world.routes[crew.route].first + crew.first]
    share = (min(1.0, 1.0 / revisit) if revisit else 1.0) * flying / 24.0
    assert detectors.miss_from_above(run.world, run.params[0], below) == pytest.approx(1.0 - 0.8 * share)


def test_a_crew_sees_who_drives_over_its_stretch_and_nobody_who_does_not(replicate):
    """30 cells of 2 minutes each take an hour: half of the 2 hours between passes."""
    values = {**COMMON, "policy.drones.crews": 1, "layers.drone.d": 0.8, "threat.cells_per_group": 0}
    run = replicate(scenario({**values, "layers.drone.revisit": 2.0, "layers.drone.flying": 24.0}, ONE_ROAD))
    for day in range(1, 12):
        world = run.to(day, 1).world
        crew = world.detectors[world.setting[0].first_drone]
        below = set(world.path[world.routes[crew.route].first + crew.first :][: crew.cells].tolist())
        hideout = len(world.reach) - 1
        for node in range(len(world.nodes)):
            way, here = [node], node
            while world.reach[hideout, here].distance > 0:
                here = world.reach[hideout, here].toward
                way.append(here)
            hours = sum(step in below for step in way) / 30
            missed = detectors.miss_on_the_way(world, run.params[0], hideout, node)
            assert missed == pytest.approx(1.0 - 0.8 * min(1.0, hours / 2.0))


# Checkpoints.


@pytest.mark.parametrize("thoroughness", [0.5, 1.0, 2.5])
def test_thorough_looks_find_more_and_take_as_much_longer(thoroughness):
    """So many looks, each by d: 1 - (1 - d)^looks. A convoy stands 0 to 2 ticks at today's checkpoints."""
    watched = {**ONE_ROAD, "checkpoints": [{"name": "post", "cell": [25, 5]}]}
    values = {**COMMON, **only("site"), "policy.adherence.level": 0.9, "policy.adherence.fatigue": 0.0}
    values |= {"layers.checkpoint.d0": 0.2, "layers.checkpoint.vigilance": 0.7, "threat.cells_per_group": 200}
    values |= {"policy.checkpoints.thoroughness": thoroughness, "confidence.stoppage": 0.0}
    x = table(scenario(values, watched), 4, seed=114)
    found = x["foiled_checkpoint"].sum()
    passed = found + x["foiled_watch"].sum() + x["incidents"].sum()
    assert passed > 3_000
    assert abs(z_of_share(found, passed, 0.9 * 0.7 * (1 - 0.8**thoroughness))) < Z
    width = 2 * thoroughness + 1  # ticks: whole ones below, alike
    chances = np.diff(np.minimum(np.arange(math.ceil(width) + 1), width)) / width
    ticks = np.arange(len(chances))
    mean = chances @ ticks
    error = math.sqrt(chances @ ticks**2 - mean**2) / math.sqrt(x["trips"].sum())
    assert abs(x["delay_hours"].sum() * 30 / x["trips"].sum() - mean) < Z * error


def test_who_staffs_fewer_checkpoints_leaves_some_and_moves_none(replicate):
    """The army's people stand at the same checkpoints and are as much more diligent as the facts say."""

    def working(share, staff="police"):
        values = {"policy.checkpoints.staffed_share": share, "policy.checkpoints.staffed_by": staff}
        values["layers.checkpoint.d0"] = 0.2
        run = replicate(scenario({**COMMON, **values, "threat.cells_per_group": 0})).to(1)
        posts = np.flatnonzero(run.world.detectors["kind"] == detectors.CHECKPOINT)
        return [detectors.chance_of_finding(run.world, run.params[0], k, 400) for k in posts]

    shares = [np.array(working(share)) > 0 for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    counts = [staffed.sum() for staffed in shares]
    assert counts[0] == 0 and counts[-1] == len(shares[0])
    assert counts == sorted(counts) and len(set(counts)) == 5
    for fewer, more in pairwise(shares):
        assert (more | ~fewer).all()
    assert np.array(working(0.5, "army")) == pytest.approx(1.15 * np.array(working(0.5)))

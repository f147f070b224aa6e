"""Exposure and distance in the choice of targets. Bounds of `Z`: 1 seed in 10,000."""

import math

import numpy as np
import pytest

from sim.agents.threat import exposure, targets
from sim.outcome import CLASSES, CONVOY, OUTING, SITE
from tests.small import FROZEN, ONE_ROAD, QUICK, Z, scenario, site, table, z_of_ratio, z_of_share

COUNTED = {**FROZEN, "threat.exposure_counts": True, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 1.0}
PRESENT = (992.0, 3060.0, 3060.0, 6000.0)


def world_of(staff, **values):
    return {**ONE_ROAD, "sites": [site("works", [5, 5], foreign_staff=staff, **values)]}


def test_every_class_counts_by_the_people_it_exposes(replicate):
    """The corridor's own numbers are the reference: 24 lines x 4 trips x 31/3 passengers, 3,060 staff, 6,000 others."""
    run = replicate(scenario(COUNTED)).to(1)
    exposed = [run.world.exposed[run.world.targets["target_class"] == c].sum() for c in range(len(CLASSES))]
    assert exposed == pytest.approx(PRESENT, rel=1e-3)


@pytest.mark.parametrize("nest", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("staff", [50, 400, 3000])
def test_a_class_pulls_with_the_power_theta_of_what_it_exposes(staff, nest):
    """With lambda 0 every target is worth the same: a class pulls (E / E_ref)^theta, nothing 4 P0 / (1 - P0)."""
    values = {**COUNTED, **QUICK, "threat.nest": nest, "threat.declined": 0.5, "threat.cells_per_group": 100}
    x = table(scenario({**values, "exposure.private_nationals": 2000.0}, world_of(staff)), 2, seed=71)
    exposed = (2 * 4.0 * min(staff, 31 / 3), staff, staff, 2000.0)
    pulls = sum((e / r) ** nest for e, r in zip(exposed, PRESENT, strict=True))
    taken = x["opportunities"].sum()
    assert taken > 700
    assert abs(z_of_share(x["nothing_chosen"].sum(), taken, 4 / (4 + pulls))) < Z


@pytest.mark.parametrize("nest", [0.3, 1.0])
def test_a_project_that_is_written_as_two_draws_no_more_plots(replicate, nest):
    """Two sites of 200 with 2 trips a week each expose what one of 400 with 4 does."""
    values = {**COUNTED, "threat.rationality": 4.0, "threat.nest": nest}
    whole = world_of(400, trips_per_week=4.0)
    halves = {**ONE_ROAD, "sites": [site(f"works {k}", [5, 5], foreign_staff=200, trips_per_week=2.0) for k in (0, 1)]}
    pulls = []
    for world in (whole, halves):
        run = replicate(scenario(values, world)).to(1)
        targets.weigh(run.world, run.params[0], 0)
        pulls.append(run.world.pulls["whole"][0].copy())
    assert pulls[0] == pytest.approx(pulls[1], rel=1e-12)


def test_the_share_declined_holds_at_the_reference_whatever_the_rationality(replicate):
    for rationality in (0.0, 4.0, 20.0):
        run = replicate(scenario({**COUNTED, "threat.rationality": rationality, "threat.declined": 0.6})).to(1)
        run.world.stance["perceived"] = run.params[0].threat_x0
        world, params = run.world, run.params[0]
        classes = 0.0
        for g in range(len(world.groups)):
            for c, seen in ((CONVOY, targets.SEEN_CONVOY), (SITE, targets.SEEN_SITE), (OUTING, 0.0), (3, 0.0)):
                u = targets.utility_of_class(world, params, g, c, params.threat_x0[c], seen)
                classes += math.exp(rationality * u) / len(world.groups)
        nothing = world.pulls["whole"][0, -1]
        assert nothing / (nothing + classes) == pytest.approx(0.6)


def test_a_target_s_appeal_falls_with_the_road_to_it(replicate):
    """exp((60 - d) / D): over D km it falls by the factor e."""
    values = {**COUNTED, "threat.distance_scale": 30.0, "threat.distance_ref": 60.0}
    far = {**ONE_ROAD, "sites": [site("near", [40, 5]), site("far", [25, 5])]}
    run = replicate(scenario(values, far)).to(1)
    world = run.world
    here = np.flatnonzero(world.targets["target_class"] == SITE)
    km = world.road_km[0, here]
    assert km.tolist() == [40.0, 10.0]  # rows in the order of names among sites of a size: far, near
    assert world.appeal[0, here[1]] / world.appeal[0, here[0]] == pytest.approx(math.exp(30 / 30))
    assert exposure.decay(run.params[0], 60.0) == 1.0
    line = np.flatnonzero((world.targets["target_class"] == CONVOY) & (world.targets["site"] == 1))[0]
    assert world.road_km[0, line] == 0.0  # its road passes the hideout


def test_where_a_hideout_lies_decides_which_of_two_alike_is_attacked():
    values = {**FROZEN, **QUICK, "threat.cells_per_group": 300, "run.warmup": 0.1, "run.horizon": 1.0}
    values |= {"threat.distance_scale": 60.0, "threat.distance_ref": 60.0, "threat.declined": 0.5}
    near, far = (
        table(scenario(values, {**ONE_ROAD, "hideouts": [{"name": "hills", "cell": cell}]}), 4, seed=72)
        for cell in ([8, 5], [80, 5])
    )
    assert near["incidents_site"].sum() > 1.5 * far["incidents_site"].sum() > 100


def test_people_a_trip_and_trips_are_what_the_policy_makes_of_the_timetable():
    """Half of the movements, each with twice the people: as many passengers, but for the few small sites."""
    common = {**FROZEN, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 2.0}
    common |= {"policy.adherence.level": 0.0}  # nobody asks for an escort, and so nobody cancels
    merged = {"policy.movement.trips": 0.5, "policy.movement.people": 2.0}
    world = world_of(1000)
    usual, fewer, together = (
        table(scenario(common | v, world), 4, seed=73) for v in ({}, {"policy.movement.trips": 0.5}, merged)
    )
    assert np.array_equal(usual["trips_planned"], together["trips_planned"])
    assert np.array_equal(together["trips"] + together["trips_left_out"], usual["trips"])
    assert abs(together["trips"].sum() * 2 - usual["trips"].sum()) <= 16
    assert np.array_equal(fewer["trips"], together["trips"])
    assert abs(z_of_ratio(together["passenger_trips"], usual["passenger_trips"], 1.0)) < Z


def test_no_convoy_carries_more_people_than_work_at_its_site():
    common = {**FROZEN, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 1.0}
    x = table(scenario(common, world_of(5)), 2, seed=74)
    assert (x["passenger_trips"] <= 5 * x["trips"]).all()
    assert x["passenger_trips"].sum() > 4.5 * x["trips"].sum()


@pytest.mark.parametrize("trips", [1.0, 14.0])
def test_a_site_has_its_own_timetable_where_the_world_gives_one(trips):
    common = {**FROZEN, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 2.0}
    x = table(scenario(common, world_of(100, trips_per_week=trips, people_a_trip=4.0)), 3, seed=75)
    assert x["trips_planned"].mean() == pytest.approx(2 * trips * 2 * 365 / 7, rel=0.02)
    assert x["passenger_trips"].sum() / x["trips"].sum() == pytest.approx(4.0, rel=0.05)

"""Surveillance: what is delivered when, how good it is, and who pays for it."""

import math

import numpy as np
import pytest

from sim import load_scenario
from sim.agents.detectors import CAMERAS, CHECKPOINT, DRONE, WATCHTOWERS
from tests.small import FROZEN, scenario

SHORT = {**FROZEN, "run.horizon": 1.0, "run.warmup": 0.1, "threat.cells_per_group": 0}


def watching(world, kind):
    """Detectors of a kind."""
    return world.detectors[world.detectors["kind"] == kind]


@pytest.mark.parametrize("count, monitored", [(280, 0.0), (280, 0.6), (2800, 0.6)])
def test_cameras_saturate_with_their_number_at_a_place_and_are_as_good_as_they_are_watched(replicate, count, monitored):
    made = scenario({**SHORT, "policy.cameras.count": count, "policy.cameras.monitored": monitored})
    cameras = watching(replicate(made).to(1).world, CAMERAS)
    assert len(cameras) == 4 + 12 + 12  # hubs, towns, sites
    assert (cameras["working"] == 1).all()
    assert cameras["detection"] == pytest.approx(monitored * 0.35 * (1 - math.exp(-count / 28 / 20)))


LEVERS = {CAMERAS: ("cameras", "count", 300), DRONE: ("drones", "crews", 4)}


@pytest.mark.parametrize("kind", LEVERS)
@pytest.mark.parametrize("start", [0, 1, 60])
def test_what_is_delivered_on_a_date_works_from_that_day_on_and_costs_nothing_before(replicate, kind, start):
    name, lever, number = LEVERS[kind]
    made = load_scenario("baseline", {**SHORT, f"policy.{name}.{lever}": number, f"policy.{name}.start": start})
    run, plain = replicate(made), replicate(load_scenario("baseline", SHORT))
    spent = plain.to(start).world.delivered[0].state_a_day
    before = run.to(start).world
    assert not watching(before, kind)["working"].any()
    assert before.delivered[0].state_a_day == pytest.approx(spent)
    after = run.to(start, 1).world
    assert watching(after, kind)["working"].sum() == (number if kind == DRONE else len(watching(after, kind)))
    assert after.delivered[0].state_a_day > spent


@pytest.mark.parametrize("crews", [0, 1, 7, 12])
def test_as_many_drone_crews_fly_as_there_are_shared_out_over_the_jurisdictions(replicate, crews):
    flying = watching(replicate(scenario({**SHORT, "policy.drones.crews": crews})).to(1).world, DRONE)
    assert flying["working"].sum() == crews
    here = np.bincount(flying["jurisdiction"][flying["working"] == 1], minlength=4)
    assert np.ptp(here) <= 1


def test_watchtowers_stand_once_the_budget_has_delivered_them(replicate):
    run = replicate(load_scenario("baseline", {**SHORT, "policy.watchtowers.per_site": 3}))
    assert not watching(run.to(180).world, WATCHTOWERS)["working"].any()
    towers = watching(run.to(180, 1).world, WATCHTOWERS)
    assert (towers["working"] == 1).all() and len(towers) == 12
    assert towers["detection"] == pytest.approx(1 - 0.92**3)


@pytest.mark.parametrize("start", [0, 200])
def test_cameras_on_the_project_s_ledger_work_as_far_as_the_budget_pays_for_them(replicate, start):
    """Whether they come before or after what the budget buys."""
    values = {"policy.cameras.count": 3000, "policy.cameras.monitored": 1.0, "policy.cameras.ledger": "project"}
    made = load_scenario("baseline", {**SHORT, **values, "policy.cameras.start": start, "policy.budget.share": 0.5})
    world = replicate(made).to(300).world
    paid = 0.005 * 0.82e9 / 25 * 12 * 0.85 / (3000 * 1_500)
    assert paid < 1
    assert world.delivered[0].extras_paid == pytest.approx(paid)
    assert watching(world, CAMERAS)["detection"] == pytest.approx(0.35 * (1 - math.exp(-paid * 3000 / 28 / 20)))
    assert world.delivered[0].training_money == 0  # nothing is left for the split
    assert world.delivered[0].state_a_day == replicate(scenario(SHORT)).to(300).world.delivered[0].state_a_day


@pytest.mark.parametrize("share", [0.25, 0.7])
def test_the_state_pays_for_the_checkpoints_that_are_staffed_and_by_the_hours_and_looks(replicate, share):
    def state(**values):
        run = replicate(scenario({**SHORT, **{f"policy.checkpoints.{name}": x for name, x in values.items()}}))
        world = run.to(1).world
        return world.delivered[0].state_a_day * 365, watching(world, CHECKPOINT)["working"].sum()

    rest = state(staffed_share=0.0)[0]
    spent, staffed = state(staffed_share=share)
    assert spent - rest == pytest.approx(staffed * 85_000)
    assert state(staffed_share=share, thoroughness=2.0, shift_hours=8.0)[0] - rest == pytest.approx(
        staffed * 85_000 * (0.5 + 0.5 * 2 * 12 / 8)
    )

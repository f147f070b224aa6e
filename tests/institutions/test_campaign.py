"""Programmes of years: whom an offensive reaches, what it leaves behind, and how development follows its money."""

import numpy as np
import pytest

from sim import load_scenario, with_values
from sim.agents.threat.slots import EMPTY, WAITING, in_plot
from sim.clock import EPOCH_DAYS, TICKS_A_DAY
from sim.outcome import CONVOY, RAIDED
from tests.small import CROSSING, FROZEN, ONE_ROAD, UNPAID, Z, divided, only, scenario, z_of_share

# Every slot holds a cell until it is removed.
FULL = {
    **FROZEN,
    "threat.removed_if_foiled": 0.0,
    "threat.removed_if_engaged": 0.0,
    "threat.cells_per_group": 1000,
    "run.warmup": 0.1,
    "run.horizon": 1.0,
}
RAID = {"state.offensive.campaigns": 1, "state.offensive.first_day": 20}


@pytest.mark.parametrize("removal", [0.3, 0.9])
@pytest.mark.parametrize("districts", [["second"], ["first", "third"], []])
def test_an_offensive_removes_its_share_of_the_cells_that_hide_in_its_districts_and_no_other(
    replicate, districts, removal
):
    """With no district named it reaches all. Cells hide in all three in equal numbers."""
    values = {**FULL, **RAID, "campaign.removal": removal, "state.offensive.districts": districts}
    run = replicate(scenario({**values, "threat.recruit_interval": 1500.0}, divided(30, 60)))
    world = run.to(20).world
    assert (world.slots["state"] != EMPTY).all()
    run.to(20, 1)
    empty = np.bincount(world.slots["jurisdiction"][world.slots["state"] == EMPTY], minlength=3)
    reached = [name in districts or not districts for name in ("first", "second", "third")]
    assert (empty[~np.array(reached)] == 0).all()
    removed, here = world.outcome[0].cells_removed, np.bincount(world.slots["jurisdiction"])[reached].sum()
    assert 0.95 * removed < empty.sum() <= removed  # a few are recruited again on the same day
    assert abs(z_of_share(removed, here, removal)) < Z
    assert (world.displaced["campaigns"] > 0).tolist() == reached


def test_two_campaigns_draw_apart(replicate):
    """A cell that one did not find is as likely as any other to be found by the next."""
    values = {**FULL, **RAID, "state.offensive.campaigns": 2, "state.offensive.interval": 30, "campaign.removal": 0.5}
    run = replicate(scenario({**values, "threat.recruit_interval": 1500.0}, ONE_ROAD))
    first = run.to(20, 1).world.outcome[0].cells_removed
    live = (run.to(50).world.slots["state"] != EMPTY).sum()
    second = run.to(50, 1).world.outcome[0].cells_removed - first
    assert abs(z_of_share(second, live, 0.5)) < Z


def test_plots_of_removed_cells_end_as_foiled_and_no_line_counts_their_teams_any_more(busy, replicate):
    """Cells that plot, wait or drive: all of them are lost, and each plot is on record once."""
    values = {**RAID, "campaign.removal": 0.9, **only("convoy"), "threat.wait_patience": 20}
    run = replicate(with_values(busy, values))
    world = run.to(20).world
    states = world.slots["state"].copy()
    run.to(20, 1)
    gone = (states != EMPTY) & (world.slots["state"] == EMPTY)
    raided = [event for event in run.events if event.stage == RAIDED]
    assert len(raided) == world.outcome[0].foiled_offensive > 20
    assert {event.slot for event in raided} >= {s for s in np.flatnonzero(gone) if in_plot(states[s])}
    assert {event.tick for event in raided} == {(EPOCH_DAYS + 20) * TICKS_A_DAY}
    assert (states[[event.slot for event in raided]] == WAITING).any()
    waiting = [s for s in world.slots if s.state == WAITING and s.target_class == CONVOY]
    lines = [world.targets[s.target].place for s in waiting]
    assert world.lookouts["teams"].tolist() == np.bincount(lines, minlength=len(world.lines)).tolist()


@pytest.mark.parametrize("half_life", [200.0, 624.0])
def test_displacement_decays_with_its_half_life_and_adds_up(replicate, half_life):
    values = {**FROZEN, **RAID, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 2.0}
    values |= {"campaign.displacement_half_life": half_life, "state.offensive.campaigns": 2}
    values |= {"state.offensive.interval": 300, "state.offensive.districts": ["west"]}
    run = replicate(scenario(values, CROSSING))
    for day in (20, 150, 320, 500, 700):
        stock = sum(0.5 ** ((day + 1 - begun) / half_life) for begun in (20, 320) if begun <= day)
        assert run.to(day, 1).world.displaced["campaigns"] == pytest.approx([stock, 0.0])


def test_an_offensive_costs_the_state_what_its_districts_take(replicate):
    values = {**FROZEN, **RAID, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 1.0}
    for districts, share in ([], 1.0), (["east"], 0.5):
        run = replicate(scenario({**values, "state.offensive.districts": districts}, CROSSING))
        spent = run.to(20).world.outcome[0].state_spent
        day = run.world.delivered[0].state_a_day
        assert run.to(20, 1).world.outcome[0].state_spent - spent - day == pytest.approx(share * 1e7)


@pytest.mark.parametrize("lag", [180.0, 730.0])
def test_development_and_dialogue_follow_what_is_paid_for_by_their_lag(replicate, lag):
    """D' = (goal - D) / lag, from none before t = 0."""
    common = {**FROZEN, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 3.0}
    common["community.development_lag"] = lag
    made = load_scenario(
        "baseline", {**common, "policy.community.development": 0.8, "policy.community.civil_society": 0.5}
    )
    run = replicate(made)
    for day in (0, 30, 365, 1000):
        followed = 1 - np.exp(-(day + 1) / lag)
        found = run.to(day, 1).world.programmes[0]
        assert (found.development, found.dialogue) == pytest.approx((0.8 * followed, 0.5 * followed))


def test_development_on_the_project_s_ledger_is_as_much_as_the_budget_pays_for(replicate):
    values = {**FROZEN, **UNPAID, "threat.cells_per_group": 0, "run.warmup": 0.1, "run.horizon": 1.0}
    values |= {"policy.community.development": 1.0, "policy.community.ledger": "project"}
    world = replicate(scenario({**values, "policy.budget.share": 0.2}, ONE_ROAD)).to(1).world
    paid = 0.002 * 0.82e9 / 25 * 0.85 / 2e6
    assert paid < 1
    assert world.programmes[0].development == pytest.approx(paid)

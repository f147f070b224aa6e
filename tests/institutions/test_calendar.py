"""The calendar: each kind of dated thing happens when it should, as often as it should, and at no other time."""

import numpy as np
import pytest

from sim import load_scenario
from sim.agents.detectors import CHECKPOINT
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS
from tests.small import FROZEN, ONE_ROAD, RICH, UNPAID, divided, scenario, table

QUIET = {"threat.cells_per_group": 0, "exposure.trips_per_week": 2.0, "policy.adherence.audit_interval": 0.0}
# Lever -> its jump; each is held at an interval.
HELD = {
    "adherence.training_interval": "adherence.training_jump",
    "consultation.review_interval": "consultation.review_jump",
    "consultation.visit_interval": "consultation.visit_jump",
}


def dates(interval, last):
    """Days since the epoch: the k-th occurrence falls on the day of k intervals."""
    return {int(k * interval) for k in range(int(last / interval) + 2)}


@pytest.mark.parametrize("warmup", [0.2, 1.0])
@pytest.mark.parametrize("interval", [60.0, 91.3])
@pytest.mark.parametrize("lever", HELD)
def test_courses_reviews_and_visits_lift_adherence_on_their_dates_whatever_the_warmup(
    replicate, lever, interval, warmup
):
    level, kept = 0.5, 0.5 ** (1 / 105)
    values = {**QUIET, **RICH, f"policy.{lever}": interval, f"policy.{HELD[lever]}": 0.3, "run.warmup": warmup}
    run = replicate(scenario({**values, "policy.adherence.level": level, "run.horizon": 1.0}, ONE_ROAD))
    due, lifted = dates(interval, EPOCH_DAYS + DAYS_A_YEAR), 0
    a = run.to(0).world.protocol[0].adherence
    for day in range(DAYS_A_YEAR):
        if EPOCH_DAYS + day in due:
            a, lifted = a + 0.3 * (1 - a), lifted + 1
        a = level + kept * (a - level)
        assert run.to(day, 1).world.protocol[0].adherence == pytest.approx(a, rel=1e-12), day
    assert lifted == sum(EPOCH_DAYS <= day < EPOCH_DAYS + DAYS_A_YEAR for day in due) > 3


@pytest.mark.parametrize("lever", HELD)
def test_what_is_held_never_lifts_nothing_and_what_is_held_is_paid_for(lever):
    values = {**QUIET, **FROZEN, **RICH, "run.warmup": 0.1, "run.horizon": 2.0}
    never = table(scenario(values, ONE_ROAD), 1, seed=3)
    held = table(scenario({**values, f"policy.{lever}": 50.0}, ONE_ROAD), 1, seed=3)
    count = sum(EPOCH_DAYS <= day < EPOCH_DAYS + 730 for day in dates(50.0, EPOCH_DAYS + 730))
    asked = 0 if lever.startswith("adherence") else count * 50_000  # courses are paid from the training line
    assert held["state_spent"] - never["state_spent"] == pytest.approx(asked)
    assert never["adherence_days"] == held["adherence_days"] == pytest.approx(730 * 0.6)  # held at its level


@pytest.mark.parametrize("campaigns, first, interval", [(0, 10, 30), (1, 0, 30), (3, 25, 40)])
def test_offensives_begin_on_their_first_day_and_follow_at_their_interval(replicate, campaigns, first, interval):
    values = {**QUIET, **FROZEN, "run.warmup": 0.1, "run.horizon": 1.0, "state.offensive.campaigns": campaigns}
    values |= {"state.offensive.first_day": first, "state.offensive.interval": interval}
    run = replicate(scenario(values, ONE_ROAD))
    displaced, found = run.to(0).world.displaced[0].campaigns, []
    assert displaced == 0
    for day in range(200):
        now = run.to(day, 1).world.displaced[0].campaigns
        found += [day] * bool(now > displaced)
        displaced = now
    assert found == [first + k * interval for k in range(campaigns)]


STARTS = {
    "state.offensive.campaigns": 2,
    "state.offensive.first_day": 0,
    "policy.cameras.count": 500,
    "policy.drones.crews": 6,
    "policy.watchtowers.per_site": 2,
    "policy.partner.teams": 4,
    "state.special_police.teams": 9,
    "state.army_division.size": 30000,
    "policy.checkpoints.staffed_share": 0.0,
    "policy.consultation.review_interval": 60.0,
    "policy.community.development": 1.0,
    "policy.site.extra_guards": 5,
    "state.equipment.promised": 1.0,
}


# Forces of the state and the partner are told at t = 0; re-checks of the past are waived.
AT_ONCE = {"teams", "patrols", "state", "strength", "pledged", "checked"}
UNTOUCHED = ("protocol", "presence", "intelligence", "mood", "displaced", "residents", "programmes", "confidence")
UNTOUCHED += ("stoppages", "fleets", "forces", "teams", "slots", "convoys", "insiders")


def test_nothing_of_what_starts_at_t_0_happens_before(replicate):
    """The world at t = 0 is the one of the policy that went before, but for what is decided and needs no delivery."""
    common = {"run.horizon": 1.0, "run.warmup": 0.5, "policy.budget.lead_time": 0.0, "state.equipment.delay": 0.0}
    plain, changed = (replicate(load_scenario("baseline", common | values)).to(0) for values in ({}, STARTS))
    for name in UNTOUCHED:
        before, after = getattr(plain.world, name), getattr(changed.world, name)
        for field in set(before.dtype.names) - AT_ONCE:
            assert np.array_equal(before[field], after[field]), (name, field)
    posts = changed.world.detectors
    assert not posts["working"][posts["kind"] != CHECKPOINT].any()
    assert changed.world.outcome[0].cells_removed == 0
    for field in ("towers", "extra_guards", "checkpoint", "route_watch"):
        assert plain.world.delivered[0][field] == changed.world.delivered[0][field]
    assert (changed.world.forces["teams"].sum(), plain.world.forces["teams"].sum()) == (4 * 9 + 4 + 3, 4 * 2 + 3)
    assert changed.to(0, 1).world.outcome[0].cells_removed > 0
    assert changed.world.detectors["working"].sum() > 6
    assert (changed.world.delivered[0].towers, changed.world.delivered[0].extra_guards) == (2, 5)


@pytest.mark.parametrize("lead", [0.0, 20.0, 20.7])
def test_forces_and_what_the_budget_buys_change_once_when_they_are_delivered(replicate, lead):
    values = {**FROZEN, "run.horizon": 0.2, "run.warmup": 0.1, "policy.budget.lead_time": lead}
    made = load_scenario("baseline", {**values, "state.special_police.teams": 5, "policy.site.perimeter": 1.0})
    run, found = replicate(made), []
    before = (*run.to(0).world.forces["teams"], run.world.delivered[0].perimeter)
    for day in range(60):
        now = (*run.to(day, 1).world.forces["teams"], run.world.delivered[0].perimeter)
        found += [day] * bool(now != before)
        before = now
    assert found == [int(lead)]


def test_the_capital_s_police_and_its_equipment_come_on_days_of_their_own(replicate):
    world = divided(45)
    world["jurisdictions"] = [{**world["jurisdictions"][0], "capital": True}, world["jurisdictions"][1]]
    values = {**QUIET, **FROZEN, **UNPAID, "run.horizon": 0.2, "run.warmup": 0.1, "policy.budget.lead_time": 0.0}
    values |= {"state.special_police.capital_founded": 12, "state.equipment.promised": 0.5}
    run, found = replicate(scenario({**values, "state.equipment.delay": 31.0}, world)), []
    before = None
    for day in range(60):
        forces = run.to(day, 1).world.forces
        now = (forces["teams"].sum(), forces["strength"].sum())
        found += [day] * (before is not None and now != before)
        before = now
    assert found == [12, 31]

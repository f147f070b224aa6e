"""Adherence to the protocol: its decay and jumps, day by day against the rules' own words, and what its items do."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim import rng, simulate, with_values
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.outcome import INCIDENT
from sim.rng import identity, replicate_seed
from tests.small import CROSSING, FROZEN, ONE_ROAD, QUICK, RICH, Z, scenario, table, z_of_mean

QUIET = {"threat.cells_per_group": 0, "exposure.trips_per_week": 2.0, "run.warmup": 1.0, "run.horizon": 2.0}
NO_JUMPS = {"policy.adherence.audit_jump": 0.0, "policy.adherence.event_jump": 0.0}
AUDITS_ONLY = {"policy.adherence.audit_jump": 0.25, "policy.adherence.event_jump": 0.0}


def by_year(made, column, runs=1, seed=71):
    rows = simulate(made, runs, seed)
    return [rows[column][rows["year"] == year] for year in range(rows["year"].max() + 1)]


@pytest.mark.parametrize("half_life", [45.0, 105.0, 365.0])
def test_the_gap_to_the_base_level_halves_in_a_half_life(half_life):
    values = {"policy.adherence.level": 0.9, "policy.adherence.half_life": half_life}
    high = scenario({**QUIET, **NO_JUMPS, **values}, ONE_ROAD)
    low = with_values(high, {"policy.adherence.level": 0.3})
    days = np.arange(1, 2 * DAYS_A_YEAR + 1)
    path = 0.3 + 0.6 * 0.5 ** (days / half_life)
    for found, year in zip(by_year(low, "adherence_days"), path.reshape(2, -1), strict=True):
        assert found == pytest.approx(year.sum(), rel=1e-9)


def test_an_audit_closes_its_share_of_the_gap_on_its_date():
    """Dates are drawn: the k-th audit falls at a moment of the k-th interval since the epoch."""
    level, jump, interval, kept = 0.5, 0.25, 100.0, 0.5 ** (1 / 105)
    values = {"policy.adherence.level": level, "policy.adherence.audit_interval": interval}
    made = scenario({**QUIET, **RICH, **AUDITS_ONLY, **values}, ONE_ROAD)
    seed, number = np.uint64(replicate_seed(71, 0)), identity("jurisdiction/all")
    dates = [interval * (k + rng.uniform(seed, rng.AUDIT, number, k, 0)) for k in range(30, 50)]
    a, path = level, []
    for day in range(EPOCH_DAYS - DAYS_A_YEAR, EPOCH_DAYS + 2 * DAYS_A_YEAR):
        a = level + kept * (a - level)
        for _ in [date for date in dates if day <= date < day + 1]:
            a += jump * (1 - a)
        path.append(a)
    assert sum(by_year(made, "audits")) == sum(EPOCH_DAYS <= date < EPOCH_DAYS + 2 * DAYS_A_YEAR for date in dates)
    for found, year in zip(by_year(made, "adherence_days"), np.reshape(path[DAYS_A_YEAR:], (2, -1)), strict=True):
        assert found == pytest.approx(year.sum(), rel=1e-9)


def test_an_incident_closes_its_share_of_the_gap_there_and_less_elsewhere(replicate):
    level, jump, spill, kept = 0.4, 0.35, 0.4, 0.5 ** (1 / 105)
    values = {"policy.adherence.level": level, "policy.adherence.audit_jump": 0.0, "threat.cells_per_group": 40}
    values |= {"policy.adherence.event_jump": jump, "policy.adherence.event_spill": spill}
    run = replicate(scenario({**QUICK, **values, "run.warmup": 0.0, "run.horizon": 0.2}, CROSSING)).finish()
    where = dict(zip(run.world.nodes["cell"].tolist(), run.world.nodes["jurisdiction"].tolist(), strict=True))
    incidents = [e for e in run.events if e.stage == INCIDENT]
    a = [level, level]
    for day in range(EPOCH_DAYS, EPOCH_DAYS + run.days):
        a = [level + kept * (x - level) for x in a]
        for event in incidents:
            if event.tick // TICKS_A_DAY == day:
                here = where[int(event.cell)]
                a = [x + jump * (1.0 if j == here else spill) * (1 - x) for j, x in enumerate(a)]
    assert len(incidents) > 10
    assert run.world.protocol["adherence"] == pytest.approx(a, rel=1e-9)
    assert min(a) > level + 0.1


def test_held_adherence_stays_at_its_level_at_once_and_for_good():
    values = {**QUICK, "threat.cells_per_group": 20, "run.warmup": 0.2, "run.horizon": 2.0}
    free = scenario({**values, "policy.adherence.level": 0.4}, CROSSING)
    held = with_values(free, {"policy.adherence.level": 0.8, "policy.adherence.hold": True})
    for found in by_year(held, "adherence_days", runs=3):
        assert found == pytest.approx(0.8 * DAYS_A_YEAR)


def test_adherence_stays_between_its_level_and_one():
    values = {"policy.adherence.audit_jump": 0.8, "policy.adherence.event_jump": 0.8, "threat.cells_per_group": 40}
    values |= {"policy.adherence.audit_interval": 5.0, **RICH, "run.warmup": 0.2, "run.horizon": 1.0}
    x = table(scenario({**QUICK, **values}, CROSSING), 3, seed=72)
    mean = x["adherence_days"] / x["days"]
    assert ((mean > 0.9) & (mean < 1)).all()


@pytest.mark.parametrize("bias", [0.0, 0.15, 0.5])
def test_stated_adherence_closes_the_reporting_bias_of_the_gap(bias):
    made = scenario({**QUIET, "policy.adherence.reporting_bias": bias}, ONE_ROAD)
    x = table(made, 2, seed=73)
    assert x["stated_days"] == pytest.approx(x["adherence_days"] + bias * (x["days"] - x["adherence_days"]))


# Items. Money buys a vehicle for every trip; escorts are asked for early.
ITEMS = {**QUIET, **FROZEN, **RICH, "policy.movement.escort_notice": 4.0, "policy.movement.escort_patience": 12.0}


@pytest.mark.parametrize("level, odds", [(0.3, 0.0), (0.6, 0.0), (0.6, -2.0), (0.6, 2.0), (0.0, 6.0), (1.0, -6.0)])
@pytest.mark.parametrize("item, column", [("armour", "trips_armoured"), ("escort", "trips_escorted")])
def test_an_item_is_followed_by_the_log_odds_of_the_level_and_its_own(item, column, level, odds):
    values = {"policy.adherence.level": level, f"policy.adherence.items.{item}": odds}
    x = table(scenario(ITEMS | values, ONE_ROAD), 20, seed=74)
    chance = level if level in (0, 1) else 1 / (1 + math.exp(-math.log(level / (1 - level)) - odds))
    share = x[column] / x["trips"]
    assert abs(z_of_mean(share, chance)) < Z


def test_deviations_count_the_items_that_a_trip_does_not_follow():
    """Seven items; nobody asks for a closed road here, and what is not asked for counts as followed."""
    x = table(scenario(ITEMS | {"policy.adherence.level": 0.7}, ONE_ROAD), 20, seed=75)
    assert abs(z_of_mean(x["deviations"] / x["trips"], 6 * 0.3)) < Z
    assert abs(z_of_mean(x["trips_with_deviation"] / x["trips"], 1 - 0.7**6)) < Z


def test_what_is_followed_at_a_level_is_followed_at_every_higher_one(replicate):
    """Common random numbers: the items followed are nested sets."""
    runs = [replicate(scenario(ITEMS | {"policy.adherence.level": a}, ONE_ROAD)) for a in (0.2, 0.5, 0.9, 1.0)]
    for day in range(1, 60, 7):
        masks = [run.to(day, 1).world.convoys["followed"] for run in runs]
        for fewer, more in pairwise(masks):
            assert (fewer & ~more == 0).all()

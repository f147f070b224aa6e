"""Attackers: their clocks, their choice, the law in which they start."""

import numpy as np
import pytest

from sim import simulate, with_values
from sim.agents.attackers import clocks
from sim.scenario.build import params_rows
from tests.small import (
    CROSSING,
    NEUTRAL,
    ONE_ROAD,
    QUICK,
    UNBURDENED,
    Z,
    only,
    scenario,
    table,
    z_of_mean,
    z_of_ratio,
    z_of_share,
)

HELD = {**NEUTRAL, "policy.adherence.hold": True, "threat.learning": False, "insider.prevalence": 0.0}
HELD |= {"community.recruit_exponent": 0.0}
MANY = {"threat.cells_per_group": 100, "threat.level_sd": 0.0, "exposure.trips_per_week": 2.0}


def test_idle_slots_take_up_opportunities_at_the_base_rate():
    """Alone, a slot is idle but for its plots: 1 / opportunities = interval + what a plot takes."""
    values = {**HELD, **QUICK, **MANY, **only("private"), "exposure.private_meeting": 1.0, "layers.waiting.hazard": 0.0}
    values |= {"threat.plot_interval": 300.0, "threat.delta0": 0.0005, "run.warmup": 1.0, "run.horizon": 4.0}
    x = table(scenario(values, ONE_ROAD), 10, seed=91)
    cycle = 300 + 15 + 10 + 20 + 1.1
    assert abs(z_of_mean(x["opportunities"], 100 * 4 * 365 / cycle)) < Z


@pytest.mark.parametrize("sd", [0.3, 0.6])
def test_the_threat_level_multiplies_the_rate_by_a_lognormal_of_its_spread(sd):
    """Months are correlated over a year: the rate of a replicate-year varies, its mean is exp(sd^2 / 2)."""
    values = {**HELD, **QUICK, **MANY, **only("private"), "threat.plot_interval": 1500.0, "run.horizon": 1.0}
    values |= {"run.warmup": 0.1, "threat.cells_per_group": 20}
    calm = table(scenario(values, ONE_ROAD), 1_500, seed=92)
    rough = table(scenario({**values, "threat.level_sd": sd}, ONE_ROAD), 1_500, seed=92)
    busy = 1 - calm["opportunities"].mean() / (20 * 365 / 1500)  # an occupied slot lets its clock pass
    ratio = rough["opportunities"].mean() / calm["opportunities"].mean()
    error = (rough["opportunities"].std() / calm["opportunities"].mean()) / np.sqrt(1_500)
    assert ratio == pytest.approx(np.exp(sd**2 / 2), abs=Z * error + busy * (np.exp(sd**2 / 2) - 1) * 2)
    spread = [x["opportunities"].var() / x["opportunities"].mean() for x in (calm, rough)]
    assert spread[1] > spread[0] + 0.1


def test_no_clock_runs_out_of_candidates_however_much_the_threat_level_moves(baseline):
    x = table(with_values(baseline, {"threat.level_sd": 0.9, "run.horizon": 2.0}), 100, seed=3)
    assert x["candidates_capped"].sum() == 0


def test_clocks_run_at_eight_times_the_base_rate_with_the_shipped_values_and_faster_where_needed(baseline):
    rates = []
    for changed in ({}, {"threat.level_sd": 0.9, "community.recruit_exponent": 6.0}):
        params = params_rows([with_values(baseline, changed)])[0]
        rates.append((clocks.opportunities_rate(params), clocks.recruits_rate(params)))
    assert rates == [(8, 8), (128, 128)]


def test_random_attackers_choose_all_classes_and_nothing_alike():
    values = {**HELD, **QUICK, **MANY, "threat.rationality": 0.0, "run.warmup": 0.5, "run.horizon": 3.0}
    x = table(scenario({**values, "threat.declined": 0.2}, CROSSING), 3, seed=93)
    taken = x["opportunities"].sum()
    assert taken > 3_000
    assert abs(z_of_share(x["nothing_chosen"].sum(), taken, 1 / 5)) < Z


@pytest.mark.parametrize("rationality", [1.0, 4.0])
def test_choice_is_a_quantal_response_to_utility(rationality):
    """A convoy without protection is worth .7 - .1, at the reference .7 x (1 - .4 x .6) - .1, where .3 is declined."""
    values = {**HELD, **QUICK, **MANY, "threat.rationality": rationality, "threat.declined": 0.3}
    values |= {"policy.adherence.level": 0.0, "threat.value.convoy": 1.0, "threat.x0.convoy": 0.7}
    values |= {"threat.cost.convoy": 0.1, "threat.visible_protection": 0.4}
    for name in ("site", "outing", "private"):
        values |= {f"threat.value.{name}": 0.0, f"threat.cost.{name}": 1.0}
    x = table(scenario({**values, "run.warmup": 0.5, "run.horizon": 3.0}, ONE_ROAD), 4, seed=94)
    others = 3 * np.exp(-rationality)
    nothing = (np.exp(rationality * (0.7 * 0.76 - 0.1)) + others) * 0.3 / 0.7
    convoy = np.exp(rationality * 0.6)
    taken = x["opportunities"].sum()
    assert taken > 2_000
    assert abs(z_of_share(x["nothing_chosen"].sum(), taken, nothing / (convoy + nothing + others))) < Z


def test_expected_counts_are_numbers_for_the_keenest_attackers():
    eager = [{**group, "weights": dict.fromkeys(group["weights"], 10.0)} for group in CROSSING["groups"]]
    values = {"threat.rationality": 60.0, "threat.value.site": 3.0, "threat.x0.site": 0.9, "run.warmup": 0.1}
    x = table(scenario({**values, "run.horizon": 1.0}, {**CROSSING, "groups": eager}), 3, seed=98)
    assert np.isfinite(x["expected_incidents"]).all()


def test_more_targets_of_a_class_do_not_make_it_likelier():
    values = {**HELD, **QUICK, **MANY, "threat.rationality": 4.0, "threat.visible_protection": 0.0}
    values |= {"run.warmup": 0.5, "run.horizon": 3.0}
    three = {**ONE_ROAD, "sites": [{**ONE_ROAD["sites"][0], "name": f"works {k}"} for k in range(6)]}
    few, many = (table(scenario(values, world), 6, seed=95) for world in (ONE_ROAD, three))
    share = few["nothing_chosen"].sum() / few["opportunities"].sum()
    assert abs(z_of_ratio(many["nothing_chosen"], many["opportunities"], share)) < Z + 1


@pytest.mark.parametrize("removed", [0.0, 1.0])
def test_a_lost_slot_is_empty_until_it_is_recruited_again(removed):
    values = {**HELD, **QUICK, **MANY, **only("private"), "threat.removed_if_engaged": removed}
    values |= {"threat.removed_if_foiled": removed, "threat.recruit_interval": 240.0, "layers.waiting.hazard": 0.0}
    values |= {"exposure.private_meeting": 1.0, "run.warmup": 2.0, "run.horizon": 4.0}
    x = table(scenario(values, ONE_ROAD), 10, seed=96)
    cycle = 60 + 15 + 10 + 1.1 + (240 if removed else 20)
    assert abs(z_of_mean(x["opportunities"], 100 * 4 * 365 / cycle)) < Z


@pytest.mark.parametrize("grievance", [0.1, 0.6])
def test_recruitment_goes_with_the_exponential_of_grievance(grievance):
    """The mean time that a slot is empty is the reference's over exp(b (G - Gref))."""
    values = {**HELD, **QUICK, **MANY, **UNBURDENED, **only("private"), "threat.removed_if_engaged": 1.0}
    values |= {"threat.removed_if_foiled": 1.0, "threat.recruit_interval": 240.0, "layers.waiting.hazard": 0.0}
    values |= {"exposure.private_meeting": 1.0, "run.warmup": 2.0, "run.horizon": 4.0}
    values |= {"community.G0": grievance, "community.Gref": 0.3, "community.recruit_exponent": 3.0}
    x = table(scenario(values, ONE_ROAD), 10, seed=99)
    cycle = 60 + 15 + 10 + 1.1 + 240 / np.exp(3.0 * (grievance - 0.3))
    assert abs(z_of_mean(x["opportunities"], 100 * 4 * 365 / cycle)) < Z


@pytest.mark.parametrize("values", [{}, only("private")], ids=["nothing may be chosen", "something always is"])
def test_slots_start_in_their_stationary_law(values):
    common = {**HELD, **MANY, "threat.rationality": 0.0, "run.warmup": 0.0, "run.horizon": 4.0}
    rows = simulate(scenario(common | values, ONE_ROAD), 60, 97)
    first, last = (rows[rows["year"] == year] for year in (0, 3))
    start, end = first["in_progress_start"], last["in_progress_end"]
    error = np.hypot(start.std(), end.std()) / np.sqrt(len(start))
    assert abs(start.mean() - end.mean()) < Z * error

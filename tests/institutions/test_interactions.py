"""How the institutions act together, and what pushes back: each interaction exists at some setting of the facts.

Whether it does at the likely setting is a question for the experiments. Pairs of replicates on common random numbers,
fixed seeds; a difference counts when its one-sided 95 % bound has the right sign.
"""

import numpy as np
import pytest
from scipy import stats

from sim import load_scenario, replicates, simulate
from sim.outcome import INCIDENT, SITE, WATCHED
from sim.runs.replicate import Replicate
from sim.runs.totals import of_point
from tests.institutions.test_directions import steps
from tests.small import tables

RUNS = 120
ONE_SIDED = stats.t.ppf(0.95, RUNS - 1)
# Twice the cells, so that a small effect needs few replicates; everything else as it is.
MORE = {"threat.cells_per_group": 24}
CLOSED = {"policy.closures.per_week": 8.0, "policy.closures.elsewhere": 8.0}
OPEN = {"policy.closures.per_week": 0.0}


def pair(before, after, common, runs=RUNS, seed=71):
    """Steps by which incidents, expected, differ."""
    points = [load_scenario("baseline", {**MORE, **common, **values}) for values in (before, after)]
    low, high = tables(points, runs, seed)
    return steps(low["expected_incidents"], high["expected_incidents"])


def test_closures_help_where_grievance_is_light_and_hurt_where_it_is_heavy():
    assert pair(OPEN, CLOSED, {"community.w_closure": 0.0, "community.recruit_exponent": 0.0}) < -ONE_SIDED
    assert pair(OPEN, CLOSED, {"community.w_closure": 0.3, "community.recruit_exponent": 5.0}) > ONE_SIDED


def test_strict_screening_of_low_specificity_can_cost_safety():
    lax = {"policy.screening.sensitivity": 0.3, "policy.screening.specificity": 1.0}
    strict = {"policy.screening.sensitivity": 0.9, "policy.screening.specificity": 0.85}
    paid = {"policy.budget.reading": "construction", "insider.prevalence": 0.003}
    assert pair(lax, strict, {**paid, "community.w_refusal": 0.0}) < -ONE_SIDED
    assert pair(lax, strict, {**paid, "community.w_refusal": 0.2}) > ONE_SIDED


def test_an_offensive_gains_now_and_can_lose_later():
    raid = {"state.offensive.campaigns": 1, "state.offensive.first_day": 0}
    facts = {**MORE, "campaign.rho": 3.0, "community.w_displacement": 0.3, "community.recruit_exponent": 5.0}
    facts["threat.recruit_interval"] = 700.0
    rows = simulate([load_scenario("baseline", facts | raid), load_scenario("baseline", facts)], RUNS, seed=72)
    first, later = (replicates(rows[chosen]) for chosen in (rows["year"] == 0, rows["year"] >= 3))
    for table, sign in ((first, -1.0), (later, 1.0)):
        raided, spared = of_point(table, 0), of_point(table, 1)
        assert sign * steps(spared["expected_incidents"], raided["expected_incidents"]) > ONE_SIDED


def test_hardening_convoys_moves_attacks_to_unprotected_people():
    items = ("escort", "armour", "route", "time", "need_to_know", "no_stop")
    soft, hard = ({f"policy.adherence.items.{item}": value for item in items} for value in (-6.0, 6.0))
    minds = {"policy.adherence.hold": True, "threat.visible_protection": 0.8, "threat.rationality": 10.0}
    points = [load_scenario("baseline", {**MORE, **minds, **values}) for values in (soft, hard)]
    low, high = tables(points, RUNS, seed=73)
    others = [table["incidents_outing"] + table["incidents_private"] for table in (low, high)]
    assert steps(low["incidents_convoy"], high["incidents_convoy"]) < -ONE_SIDED
    assert steps(*others) > ONE_SIDED


@pytest.mark.slow
def test_insiders_make_layers_fail_together():
    """Among attacks on sites: with an insider both watch and defence fail more often than their product."""
    facts = {"insider.prevalence": 0.005, "insider.activation": 0.5, "policy.adherence.level": 0.9}
    facts |= {"threat.value.site": 3.0, "policy.budget.reading": "construction", "run.horizon": 2.0}
    scenario = load_scenario("baseline", {**facts, "threat.cells_per_group": 60, "threat.plot_interval": 60.0})
    log = [Replicate(scenario, 74, number) for number in range(40)]
    for run in log:
        run.advance(run.horizon)
    rows = np.concatenate([run.world.events[: run.world.log["logged"][0]] for run in log])
    at_site = rows[(rows["target_class"] == SITE) & np.isin(rows["stage"], (WATCHED, INCIDENT))]
    through = (at_site["stage"] == INCIDENT) & (at_site["breached"] == 1)
    alone, helped = (at_site["insider"] == flag for flag in (0, 1))
    seen = [np.mean(at_site["stage"][mask] == WATCHED) for mask in (alone, helped)]
    past = [np.mean(through[mask]) for mask in (alone, helped)]
    assert helped.sum() > 200
    assert seen[1] < 0.6 * seen[0]
    assert past[1] > 1.5 * past[0]

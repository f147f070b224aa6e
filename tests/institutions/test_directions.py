"""What each lever does to the outcome nearest to it, at the lever's bounds, choice frozen and feedbacks off.

Pairs of replicates on common random numbers; a difference counts when its one-sided 95 % bound has the right sign.
With fixed seeds and effects that are far larger than their errors, a right model would not fail for chance.
"""

import numpy as np
import pytest
from scipy import stats

from sim import load_scenario
from sim.outcome import OUTCOME
from tests.small import FROZEN, tables

RUNS = 60
ONE_SIDED = stats.t.ppf(0.95, RUNS - 1)
# Many attackers in the corridor, so that few replicates show what a lever does.
COMMON = {
    **FROZEN,
    "run.horizon": 1.0,
    "run.warmup": 0.25,
    "run.start": "steady",
    "policy.budget.lead_time": 0.0,
    "threat.cells_per_group": 60,
    "threat.plot_interval": 60.0,
    "threat.watch_mean": 15.0,
    "threat.prepare_mean": 10.0,
    "insider.prevalence": 0.005,
    "insider.activation": 0.7,
}
ADHERENCE = ("policy.adherence.level", 0.0, 1.0)
SENSITIVITY = ("policy.screening.sensitivity", 0.0, 0.95)
SPECIFICITY = ("policy.screening.specificity", 0.85, 1.0)
BUDGET = ("policy.budget.share", 0.05, 5.0)
ARMOUR = ("policy.adherence.items.armour", -6.0, 6.0)
SITE_LAYERS = ("layers.site.dmax", 0.3, 0.8)
COMMON_CAUSE = ("policy.adherence.common_cause", 0.0, 1.0)

# Lever -> outcomes that rise with it, outcomes that fall with it.
DIRECTIONS = {
    ADHERENCE: (
        "foiled_checkpoint foiled_watch trips_escorted trips_armoured",
        "deviations trips_with_deviation incidents incidents_convoy incidents_outing deaths_foreign breached",
    ),
    SENSITIVITY: ("foiled_watch", "insider_days insiders_hired incidents_with_insider breached"),
    SPECIFICITY: ("", "honest_refused refusal_cost"),
    BUDGET: (
        "foiled_checkpoint foiled_watch trips_escorted trips_armoured project_spent",
        "incidents incidents_site incidents_convoy breached deaths_foreign",
    ),
    ARMOUR: ("trips_armoured", "deaths_foreign fatal deviations"),
    SITE_LAYERS: ("", "breached deaths_foreign"),
    COMMON_CAUSE: ("breached mean_deaths_foreign", ""),
}
# What acts on an attack once it is an incident.
DEFENCES = [ARMOUR, SITE_LAYERS, COMMON_CAUSE]
COUNTED = ("incidents", "foiled_", "plots", "gave_up", "opportunities", "cv_")
MOVED = ("incidents_with_deviation", "cv_deaths", "cv_deaths_project")
FUNNEL = [name for name in OUTCOME.names if name.startswith(COUNTED) and name not in MOVED]


@pytest.fixture(scope="module")
def ends():
    """Columns at the two ends of a lever, each run once."""
    known = {}

    def at_ends(lever):
        if lever not in known:
            path, *bounds = lever
            points = [load_scenario("baseline", {**COMMON, path: bound}) for bound in bounds]
            known[lever] = tables(points, RUNS, seed=41)
        return known[lever]

    return at_ends


def steps(low, high):
    """Standard errors by which an outcome differs between the two ends, over pairs."""
    difference = np.asarray(high, float) - low
    return difference.mean() / (difference.std(ddof=1) / np.sqrt(len(difference)) or 1e-9)


def named(lever):
    return lever[0].removeprefix("policy.")


@pytest.mark.parametrize("lever", DIRECTIONS, ids=named)
def test_a_lever_moves_the_outcomes_nearest_to_it(ends, lever):
    low, high = ends(lever)
    rising, falling = (names.split() for names in DIRECTIONS[lever])
    wrong = {name: steps(low[name], high[name]) for name in rising if steps(low[name], high[name]) < ONE_SIDED}
    wrong |= {name: steps(low[name], high[name]) for name in falling if steps(low[name], high[name]) > -ONE_SIDED}
    assert wrong == {}


@pytest.mark.parametrize("lever", DEFENCES, ids=named)
def test_what_acts_after_execution_changes_no_incident(ends, lever):
    low, high = ends(lever)
    assert [name for name in FUNNEL if not np.array_equal(low[name], high[name])] == []


@pytest.mark.parametrize("lever", [SENSITIVITY, SPECIFICITY], ids=named)
def test_screening_moves_no_convoy_and_no_trip(ends, lever):
    low, high = ends(lever)
    for name in ("trips_planned", "hires", "audits", "project_budget"):
        assert np.array_equal(low[name], high[name])


def test_more_adherence_gives_fewer_incidents_at_every_step():
    levels = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    points = [load_scenario("baseline", {**COMMON, "policy.adherence.level": level}) for level in levels]
    rates = [x["expected_incidents"].mean() for x in tables(points, 30, seed=42)]
    assert rates == sorted(rates, reverse=True)


def test_stated_adherence_is_above_actual_adherence():
    low, high = (load_scenario("baseline", {**COMMON, "policy.adherence.level": level}) for level in (0.2, 1.0))
    lapsed, perfect = tables([low, high], 2, seed=43)
    assert (lapsed["stated_days"] > lapsed["adherence_days"]).all()
    assert perfect["stated_days"] == pytest.approx(perfect["adherence_days"])


# Line of the split -> what rises and what falls when half of the money goes there, and not all into the sink.
LINES = {
    "escort": ("foiled_watch trips_escorted", "incidents incidents_convoy incidents_site breached"),
    "checkpoint": ("foiled_checkpoint", "incidents"),
    "site": ("", "breached deaths_foreign"),
    "screening": ("", "insider_days incidents_with_insider"),
    "training": ("", "breached deaths_foreign"),
    "armour": ("trips_armoured", "deaths_foreign"),
}
UNCHANGED_INCIDENTS = ("site", "training", "armour")


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_budget_moves_the_outcomes_nearest_to_it(line):
    """The sink is armour, which neither foils nor stops an attack; for armour itself, audits and training."""
    sink = "training" if line == "armour" else "armour"
    points = []
    for share in (0.0, 0.5):
        split = dict.fromkeys(LINES, 0.0) | {sink: 1.0 - share, line: share}
        values = {f"policy.budget.split.{name}": value for name, value in split.items()}
        values |= {"policy.adherence.audit_interval": 0.0, "policy.movement.escort_notice": 4.0}
        points.append(load_scenario("baseline", COMMON | values))
    low, high = tables(points, RUNS, seed=44)
    rising, falling = (names.split() for names in LINES[line])
    moved = {name: steps(low[name], high[name]) for name in (*rising, *falling)}
    assert {name: z for name, z in moved.items() if (z if name in rising else -z) < ONE_SIDED} == {}
    if line in UNCHANGED_INCIDENTS:
        assert np.array_equal(low["incidents"], high["incidents"])

"""Known limits: each test asks for what one would want and fails today, for the reason that sim/ODD.md gives (8).

A limit that is lifted makes its test pass, which is an error until the mark and the sentence go. What a test takes for
granted stands in `given`, which raises another error than the one that is expected.
"""

import numpy as np
import pytest

from sim.agents.threat.slots import EMPTY
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.history.patterns import BURST_DAYS
from sim.history.traces import short_gaps, traces
from sim.outcome import PLOT
from tests.small import CROSSING, FROZEN, ONE_ROAD, QUICK, RICH, divided, only, scenario, table

YEAR = {"run.horizon": 1.0, "run.warmup": 0.1}


def limit(sentence):
    """A limit, in the words of sim/ODD.md."""
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=sentence)


def given(condition):
    """What must hold for the test to say anything."""
    if not condition:
        raise RuntimeError("the test's own premise does not hold")


@limit(
    "An escort that is lost at a border drives home from there; the convoy goes on alone, and this counts as no "
    "deviation."
)
def test_a_movement_that_loses_its_escort_counts_as_a_deviation():
    lost = {"policy.adherence.level": 1.0, "policy.movement.cancel_share": 1.0, "state.coordination_gap": 0.6}
    values = {**FROZEN, **RICH, **lost, **YEAR, "threat.cells_per_group": 0}
    x = table(scenario(values, divided(45)), 2, seed=1)
    given(x["handovers_failed"].sum() > 100)
    assert x["trips_with_deviation"].sum() >= x["handovers_failed"].sum()


@limit("A fatal incident on an outing stops no work.")
def test_work_stops_after_a_fatal_incident_on_an_outing():
    quick = {**QUICK, **only("outing"), **YEAR, "harm.outing.p_fatal": 0.9}
    x = table(scenario(quick, ONE_ROAD), 10, seed=1)
    given(x["fatal_project"].sum() > 20)
    assert x["stops"].sum() > 0


@limit("The control variate leaves what groups learn uncompensated: noise, no bias.")
def test_what_a_group_learns_from_an_outcome_is_booked_on_the_control_variate(replicate):
    quick = {**FROZEN, "threat.learning": True, "threat.rationality": 4.0, "threat.plot_interval": 60.0}
    quick |= {"threat.cells_per_group": 12, "run.horizon": 1.0, "run.warmup": 0.0}
    learned, booked = [], []
    for eta in (0.0, 0.5):
        run, day = replicate(scenario(quick | {"threat.eta": eta}, CROSSING)), 0
        while np.all(run.events["stage"] == PLOT):
            day += 1
            run.to(day)
        learned.append(run.world.stance["perceived"].tolist())
        booked.append([run.world.outcome[0][name] for name in ("cv_convoy", "cv_site", "cv_outing", "cv_private")])
    given(learned[0] != learned[1])
    assert booked[0] != booked[1]


@limit("A cell that is recruited counts by the day: it can take up an opportunity that came earlier that day.")
def test_a_cell_takes_up_no_opportunity_that_came_before_it_was_recruited(replicate):
    run = replicate(scenario({**FROZEN, **YEAR, "threat.cells_per_group": 200}, ONE_ROAD)).to(10)
    before, today = len(run.events), EPOCH_DAYS + 10
    run.world.slots["state"] = EMPTY
    run.world.slots["when"] = today + 0.1
    run.world.slots["recruit_when"] = today + 0.9
    run.to(11)
    given(np.any(run.world.slots["state"] != EMPTY))
    plots = run.events[before:][run.events[before:]["stage"] == PLOT]
    assert not np.any(plots["tick"] < (today + 0.9) * TICKS_A_DAY)


@limit("No rule makes incidents cluster.")
def test_incidents_follow_one_another_more_often_than_by_chance(baseline):
    """Gaps of three weeks at most, against as many incidents thrown at random over the same time."""
    seen = traces(baseline, 11, 60)
    counts = np.array([len(trace.days) for trace in seen])
    days = baseline.run.horizon * DAYS_A_YEAR
    chance = np.maximum(0, counts - 1) * (1 - (1 - BURST_DAYS / days) ** counts)
    given(chance.sum() > 50)
    assert sum(short_gaps(trace, BURST_DAYS) for trace in seen) > 1.2 * chance.sum()

"""Known limits: each test asks for what one would want and fails today, for the reason that sim/ODD.md gives (8).

A limit that is lifted makes its test pass, which is an error until the mark and the sentence go. What a test takes for
granted stands in `given`, which raises another error than the one that is expected.
"""

import numpy as np
import pytest

from sim import with_values
from sim.agents.detectors import FIRST_SHIFT_HOUR
from sim.agents.threat.slots import EMPTY
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY, TICKS_AN_HOUR
from sim.history.patterns import BURST_DAYS
from sim.history.traces import short_gaps, traces
from sim.outcome import INCIDENT, PLOT, WATCHED
from tests.small import CROSSING, FROZEN, ONE_ROAD, QUICK, RICH, UNPAID, divided, only, scenario, site, table, tables

YEAR = {"run.horizon": 1.0, "run.warmup": 0.1}
SECOND = 1  # jurisdiction of `divided`


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


@limit("Grievance of a jurisdiction is the plain mean of its towns, whatever their size.")
def test_a_town_of_many_people_weighs_more_in_its_jurisdictions_grievance_than_one_of_few(replicate):
    towns = [ONE_ROAD["towns"][0], {"name": "hamlet", "cell": [45, 5], "private_share": 0.0}]
    world = {**ONE_ROAD, "towns": towns, "sites": [site("works", [5, 5], foreign_staff=10_000)]}
    run = replicate(scenario({**FROZEN, **YEAR, "threat.cells_per_group": 0}, world)).to(0)
    given(run.world.sites["local_staff"][0] > 50_000)  # who live in the town
    run.world.residents["grievance"] = [0.9, 0.1]
    run.to(1)
    assert run.world.mood["grievance"][0] > run.world.residents["grievance"].mean() + 0.05


@limit("The loop gain is stated at the baseline's incidents.")
def test_the_loop_gain_rises_with_the_threat(baseline):
    often = with_values(baseline, {"threat.plot_interval": 100.0})
    assert often.community.loop_gain > baseline.community.loop_gain


@limit("The loop gain leaves insiders out.")
def test_the_loop_gain_rises_with_what_grievance_does_to_insiders(baseline):
    many = with_values(baseline, {"insider.grievance_exponent": 5.0, "insider.prevalence": 0.005})
    assert many.community.loop_gain > baseline.community.loop_gain


@limit("Patrols and watch act with the jurisdiction of the target, wherever on the route the team stands.")
def test_a_team_is_noticed_by_the_patrols_of_the_jurisdiction_that_it_waits_in(replicate):
    quick = {**FROZEN, **QUICK, **only("convoy"), **YEAR, "threat.cells_per_group": 60, "threat.wait_at_ends": 0.0}
    run = replicate(scenario(quick, divided(45))).to(0)
    given(set(run.world.lines["jurisdiction"]) == {0, SECOND})
    run.world.presence["patrols"][SECOND] = 1e6  # nobody waits there for a day
    run.to(150)
    given(run.world.presence["patrols"][SECOND] == 1e6)
    where = dict(zip(run.world.nodes["cell"].tolist(), run.world.nodes["jurisdiction"].tolist(), strict=True))
    incidents = run.events[run.events["stage"] == INCIDENT]
    given(len(incidents) > 20)
    assert not [cell for cell in incidents["cell"].tolist() if where[cell] == SECOND]


@limit("Drones see neither the approach nor an attack on a site.")
def test_drones_over_the_road_to_a_site_prevent_attacks_on_it():
    quick = {**FROZEN, **QUICK, **only("site"), **YEAR, "threat.cells_per_group": 20}
    drones = {"policy.drones.crews": 12, "layers.drone.d": 0.9, "layers.drone.stretch": 200.0}
    without, watched = tables([scenario(quick, ONE_ROAD), scenario(quick | drones, ONE_ROAD)], 20, seed=1)
    given(without["incidents_site"].sum() > 500)
    given(watched["state_spent"].sum() > without["state_spent"].sum())
    assert watched["incidents_site"].sum() < without["incidents_site"].sum()


@limit("Cameras, towers and drones know no fatigue.")
def test_cameras_see_less_at_the_end_of_a_shift_than_at_its_beginning(replicate):
    tired = {"policy.checkpoints.shift_hours": 24.0, "policy.adherence.fatigue": 0.03}
    cameras = {"policy.cameras.count": 3000, "policy.cameras.monitored": 1.0, "layers.camera.dmax": 0.6}
    quick = {**FROZEN, **QUICK, **UNPAID, **only("site"), **YEAR, "threat.cells_per_group": 60}
    runs = [replicate(scenario(quick | tired | cameras, ONE_ROAD), number).finish() for number in range(8)]
    log = np.concatenate([run.events for run in runs])
    log = log[np.isin(log["stage"], (WATCHED, INCIDENT))]
    hours = (log["tick"] % TICKS_A_DAY / TICKS_AN_HOUR - FIRST_SHIFT_HOUR) % 24
    rested, tired_out = (log["stage"][part] == WATCHED for part in (hours < 8, hours >= 16))
    given(min(len(rested), len(tired_out)) > 400)
    assert np.mean(rested) > np.mean(tired_out) + 0.1


@limit("A fatal incident on an outing stops no work.")
def test_work_stops_after_a_fatal_incident_on_an_outing():
    quick = {**QUICK, **only("outing"), **YEAR, "harm.outing.p_fatal": 0.9}
    x = table(scenario(quick, ONE_ROAD), 10, seed=1)
    given(x["fatal_project"].sum() > 20)
    assert x["stops"].sum() > 0


@limit("A stopped site keeps its people, and can be attacked.")
def test_fewer_people_are_at_a_site_whose_work_has_stopped(replicate):
    quick = {**FROZEN, **QUICK, **only("site"), **YEAR, "threat.cells_per_group": 20}
    run = replicate(scenario(quick, ONE_ROAD)).to(0)
    run.world.stoppages["stopped_until"] = EPOCH_DAYS + DAYS_A_YEAR
    run.to(100)
    incidents = run.events[run.events["stage"] == INCIDENT]
    given(run.world.outcome[0].trips == 0)
    assert np.all(incidents["present"] < run.world.sites["foreign_staff"][0])


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

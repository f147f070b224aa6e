"""What holds in every run, whatever the scenario: nothing is lost, nothing is counted twice, no bound is passed."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import outcome, with_values
from sim.agents import convoys, escorts
from sim.agents.threat import slots
from sim.agents.threat.engagement import GUARDS_AT_SITE, RESIDENTS_NEAR
from sim.clock import DAYS_A_YEAR
from sim.outcome import OUTCOME
from sim.scenario.schema import fields
from sim.state import LOCATED, locate

REPLICATES = 2
SHORTEST = 0.00274  # years: a day
STOPS = 4
SIGNED = [name for name in OUTCOME.names if name.startswith("cv_")]  # the rest is 0 or more
FOILED = [f"foiled_{name}" for name in outcome.FOILED]
ON_THE_ROAD = (convoys.PLANNED, convoys.CALLING)

LINES = ("escort", "armour", "checkpoint", "site", "screening", "training")

LEVERS = {
    "policy.adherence.level": st.just(0.0) | st.just(1.0) | st.floats(0, 1),
    "policy.adherence.hold": st.booleans(),
    "policy.adherence.items.escort": st.floats(-6, 6),
    "policy.adherence.audit_interval": st.just(0.0) | st.floats(20, 730),
    "policy.movement.varied_window": st.floats(0, 10),
    "policy.movement.escort_patience": st.floats(0, 12),
    "policy.movement.escort_notice": st.floats(0, 4),
    "policy.movement.cancel_share": st.floats(0, 1),
    "policy.closures.per_week": st.floats(0, 14),
    "policy.screening.sensitivity": st.floats(0, 0.95),
    "policy.screening.specificity": st.floats(0.85, 1),
    "policy.screening.recheck_interval": st.just(0.0) | st.floats(30, 1825),
    "policy.budget.share": st.just(0.0) | st.floats(0, 5),
    "policy.budget.reading": st.sampled_from(["life", "construction", "yearly"]),
    "policy.budget.lead_time": st.floats(0, 200),
    "state.special_police.teams": st.integers(0, 12),
}


def numbers(field):
    """Any value of a numeric field; an interval of 0 means never, and one below a day is refused."""
    if field.type == "integer":
        return st.integers(int(field.low), int(field.high))
    least = 1.0 if field.path.endswith("interval") else field.low
    return st.just(field.low) | st.floats(least, field.high)


# Every other lever, in so far as it is a number or a choice.
for lever in fields():
    if lever.kind == "lever" and lever.path not in LEVERS and ".split." not in lever.path:
        if lever.choices:
            LEVERS[lever.path] = st.sampled_from(lever.choices)
        elif lever.type in ("number", "integer"):
            LEVERS[lever.path] = numbers(lever)
FACTS = {
    "campaign.rho": st.floats(-2, 3),
    "community.recruit_exponent": st.floats(0, 6),
    "community.protest_rate": st.floats(0, 1),
    "confidence.contagion": st.floats(0, 1),
    "confidence.stoppage": st.floats(0, 90),
    "insider.grievance_exponent": st.floats(0, 5),
    "state.coordination_gap": st.floats(0, 0.6),
    "state.equipment.delay": st.floats(0, 200),
    "threat.wait_at_ends": st.floats(0, 1),
    "exposure.trips_per_week": st.floats(2, 6),
    "exposure.departure": st.floats(0, 14),
    "exposure.return_departure": st.floats(14.5, 23),
    "harm.tail_alpha": st.sampled_from([0.0, 1.5, 2.0]),
    "insider.prevalence": st.sampled_from([0.0, 0.001, 0.005]),
    "insider.activation": st.floats(0.05, 0.7),
    **{f"insider.{name}": st.floats(0, 1) for name in ("turned", "passes", "draws", "watch_left", "betrayal")},
    "insider.offers": st.floats(0, 3),
    "threat.cells_per_group": st.sampled_from([0, 1, 6, 40]),
    "threat.plot_interval": st.floats(60, 1500),
    "threat.watch_mean": st.floats(15, 200),
    "threat.prepare_mean": st.floats(10, 200),
    "threat.rationality": st.just(0.0) | st.just(60.0) | st.floats(0, 60),
    "threat.learning": st.booleans(),
    "threat.eta": st.floats(0, 0.5),
    "threat.wait_patience": st.integers(1, 20),
    "threat.wait_window": st.floats(20, 180),
    "threat.level_sd": st.floats(0, 0.9),
    "threat.declined": st.floats(0, 0.95),
    "threat.nest": st.floats(0.1, 1),
    "threat.near_repeat": st.floats(0, 0.8),
    "confidence.away": st.floats(0, 1),
}
RUNS = {
    "run.horizon": st.integers(1, 400).map(lambda days: max(SHORTEST, days / DAYS_A_YEAR)),
    "run.warmup": st.sampled_from([0.0, 0.1, 1.0]),
    "run.start": st.sampled_from(["today", "steady"]),
}


def split(weights):
    """Shares of the budget's lines; a line may get nothing."""
    total = sum(weights)
    return {f"policy.budget.split.{line}": weight / total for line, weight in zip(LINES, weights, strict=True)}


SHARES = st.lists(st.just(0.0) | st.floats(0.01, 1), min_size=6, max_size=6).filter(any)
VALUES = st.builds(lambda values, shares: values | split(shares), st.fixed_dictionaries(LEVERS | FACTS | RUNS), SHARES)
# Much going on: incidents of all classes in most runs.
ATTACKED = {
    "threat.cells_per_group": st.just(40),
    "threat.plot_interval": st.just(60.0),
    "threat.watch_mean": st.just(15.0),
    "threat.prepare_mean": st.just(10.0),
    "threat.rationality": st.floats(0, 2),
    "run.horizon": st.just(200 / DAYS_A_YEAR),
    "run.warmup": st.just(0.1),
}
ATTACKS = st.builds(
    lambda values, shares: values | split(shares), st.fixed_dictionaries(LEVERS | FACTS | RUNS | ATTACKED), SHARES
)


def whatever(values, examples=30):
    """Run a test on many scenarios, the same ones each time."""
    return lambda test: given(values=values)(settings(max_examples=examples, deadline=None, derandomize=True)(test))


@pytest.fixture(scope="module")
def start(baseline, replicate):
    """Replicates of the baseline with other values, at t = 0."""

    def started(values):
        scenario = with_values(baseline, values)
        return [replicate(scenario, number).to(0) for number in range(REPLICATES)]

    return started


@pytest.fixture(scope="module")
def finish(start):
    """Replicates of the baseline with other values, at their end."""
    return lambda values: [run.finish() for run in start(values)]


def stops(run):
    """Go on to some moments of the run, in the middle of a day."""
    for k in range(1, STOPS):
        yield run.to(run.days * k // STOPS, 340 + 97 * k)
    yield run.finish()


# Counts.


@whatever(VALUES)
def test_every_run_is_sound_and_every_number_finite(finish, values):
    for run in finish(values):
        assert (run.rows["status"] == 0).all()
        assert run.world.agenda[0].overflow == 0
        for name in OUTCOME.names:
            assert np.isfinite(run.rows[name]).all(), name
            assert name in SIGNED or (run.rows[name] >= 0).all(), name


@whatever(VALUES)
def test_rows_are_the_years_and_their_days_are_the_horizon(finish, values):
    for run in finish(values):
        assert run.rows["year"].tolist() == list(range(len(run.rows)))
        assert run.rows["days"].sum() == run.days
        assert (run.rows["days"][:-1] == DAYS_A_YEAR).all()


@whatever(ATTACKS)
def test_every_opportunity_is_a_plot_or_nothing(finish, values):
    for run in finish(values):
        rows = run.rows
        assert (rows["opportunities"] + rows["offers"] == rows["nothing_chosen"] + rows["plots"]).all()


@whatever(ATTACKS)
def test_every_plot_is_foiled_given_up_an_incident_or_in_progress(finish, values):
    for run in finish(values):
        rows = run.rows
        ended = sum(rows[name] for name in (*FOILED, "gave_up", "incidents"))
        assert (rows["in_progress_start"] + rows["plots"] == ended + rows["in_progress_end"]).all()
        assert (rows["in_progress_start"][1:] == rows["in_progress_end"][:-1]).all()


@whatever(ATTACKS)
def test_incidents_are_the_sum_of_their_classes_and_what_is_said_of_them_is_a_part(finish, values):
    for run in finish(values):
        rows = run.rows
        assert (rows["incidents"] == sum(rows[f"incidents_{name}"] for name in outcome.CLASSES)).all()
        assert (rows["incidents_with_deviation"] <= rows["incidents_convoy"]).all()
        sited = rows["incidents_convoy"] + rows["incidents_site"]
        assert (rows["incidents_with_insider"] <= rows["incidents_inside"]).all()
        assert (rows["incidents_inside"] == rows["incidents_inside_project"]).all()
        assert (rows["incidents_inside"] <= sited).all() and (rows["incidents_begun_with"] <= sited).all()
        assert (rows["plots_offered"] <= np.minimum(rows["offers"], rows["plots_with_insider"])).all()
        assert (rows["plots_with_insider"] <= rows["plots_sited"]).all()
        assert (rows["plots_sited"] <= rows["plots"]).all()
        outside = rows["incidents_convoy"] + rows["incidents_outing"]
        assert (outside <= rows["incidents_en_route"]).all()
        assert (rows["incidents_en_route"] <= outside + rows["incidents_private"]).all()
        assert (rows["fatal"] <= rows["breached"]).all() and (rows["breached"] <= rows["incidents"]).all()
        assert (rows["fatal_project"] <= rows["fatal"]).all()


@whatever(VALUES)
def test_every_movement_on_the_timetable_leaves_is_left_out_cancelled_or_stopped_or_is_still_to_leave(start, values):
    for run in start(values):
        before = np.isin(run.world.convoys["state"], ON_THE_ROAD).sum()
        rows = run.finish().rows
        after = np.isin(run.world.convoys["state"], ON_THE_ROAD).sum()
        ended = sum(rows[f"trips{end}"].sum() for end in ("", "_cancelled", "_stopped", "_left_out"))
        assert rows["trips_planned"].sum() + before == ended + after


@whatever(VALUES)
def test_movements_are_counted_once(finish, values):
    for run in finish(values):
        rows = run.rows
        for part in ("trips_with_deviation", "trips_escorted", "trips_armoured"):
            assert (rows[part] <= rows["trips"]).all()
        assert (rows["trips_with_deviation"] <= rows["deviations"]).all()
        assert (rows["deviations"] <= len(convoys.ITEMS) * rows["trips_with_deviation"]).all()


# Harm.


@whatever(ATTACKS)
def test_deaths_never_exceed_the_people_present(finish, values):
    for run in finish(values):
        events = run.events
        assert (events["deaths_foreign"] <= events["present"]).all()
        guards = GUARDS_AT_SITE + values["policy.site.extra_guards"]
        assert (events["deaths_security"] <= guards).all()
        assert (events["deaths_residents"] <= RESIDENTS_NEAR).all()
        convoy = events["target_class"] == outcome.CONVOY
        assert (events["deaths_security"][convoy] <= escorts.TEAM_SIZE).all()
        assert (events["deaths_security"][events["target_class"] >= outcome.OUTING] == 0).all()


@whatever(ATTACKS)
def test_foreign_nationals_die_in_breaches_only(finish, values):
    for run in finish(values):
        events = run.events
        assert (events["deaths_foreign"][events["breached"] == 0] == 0).all()


@whatever(ATTACKS)
def test_the_log_holds_what_the_rows_count(finish, values):
    for run in finish(values):
        events, rows = run.events, run.rows
        if rows["events_lost"].sum() > 0:
            continue
        assert (events["stage"] == outcome.INCIDENT).sum() == rows["incidents"].sum()
        assert (events["stage"] == outcome.PLOT).sum() == rows["plots"].sum()
        assert (events["stage"] == outcome.GAVE_UP).sum() == rows["gave_up"].sum()
        for stage, name in enumerate(FOILED, start=outcome.INTERDICTED):
            assert (events["stage"] == stage).sum() == rows[name].sum()
        for name in ("deaths_foreign", "deaths_security", "deaths_residents", "breached"):
            assert events[name].sum() == rows[name].sum()


@whatever(ATTACKS)
def test_mean_deaths_are_the_sum_of_their_tail(finish, values):
    for run in finish(values):
        tail = [run.rows[f"at_least_{k}"] for k in outcome.FN_LEVELS]
        assert all((more <= fewer).all() for fewer, more in itertools.pairwise(tail))
        assert (tail[0] <= run.rows["incidents"]).all()
        assert (run.rows["mean_deaths_foreign"] >= sum(tail[:3]) - 1e-9).all()
        assert (run.rows["mean_deaths_foreign_project"] <= run.rows["mean_deaths_foreign"] + 1e-9).all()


# Bounds, in the middle of a run.


@whatever(VALUES)
def test_escorts_in_use_never_exceed_the_pool(start, values):
    for run in start(values):
        before = run.world.forces["teams"].copy()
        for at in stops(run):
            forces, teams = at.world.forces, at.world.teams
            pool = np.maximum(before, forces["teams"])
            out = teams["state"] != escorts.AT_BASE
            assert at.world.duty[0].busy_teams == out.sum()
            rank = np.arange(len(teams)) - forces["first_team"][teams["force"]]
            assert (rank[out] < pool[teams["force"][out]]).all()
            assert (at.rows["teams_busy_most"] <= pool.sum()).all()


@whatever(VALUES)
def test_a_team_serves_one_convoy_and_a_convoy_has_one_team(start, values):
    for run in start(values):
        for at in stops(run):
            teams, lines = at.world.teams, at.world.convoys
            with_team = np.flatnonzero(lines["team"] >= 0)
            assert len(np.unique(lines["team"][with_team])) == len(with_team)
            assert (teams["convoy"][lines["team"][with_team]] == with_team).all()
            serving = np.isin(teams["state"], (escorts.TO_CONVOY, escorts.WITH_CONVOY))
            assert serving.sum() == len(with_team)


@whatever(VALUES)
def test_armoured_vehicles_on_the_road_are_those_of_the_armoured_convoys(start, values):
    for run in start(values):
        before = run.world.fleets["vehicles"].copy()
        for at in stops(run):
            fleets = at.world.fleets
            armoured = at.world.convoys["armoured"] == 1
            out = np.bincount(at.world.lines["site"][armoured], minlength=len(fleets))
            assert (fleets["vehicles_out"] == out).all()
            assert (out <= np.maximum(before, fleets["vehicles"])).all()


@whatever(ATTACKS)
def test_whoever_waits_is_counted(start, values):
    for run in start(values):
        for at in stops(run):
            world = at.world
            calling = (world.convoys["state"] == convoys.CALLING) & (world.convoys["team"] < 0)
            places = world.lines["jurisdiction"][calling]
            assert (world.queues["length"] == np.bincount(places, minlength=len(world.jurisdictions))).all()
            waits = (world.slots["state"] == slots.WAITING) & (world.slots["target_class"] == outcome.CONVOY)
            lines = world.targets["place"][world.slots["target"][waits]]
            assert (world.lookouts["teams"] == np.bincount(lines, minlength=len(world.convoys))).all()


def cells_of_all(run):
    """Grid cells of every row that has a place, at the present tick."""
    world = run.world
    cells = np.full(sum(len(getattr(world, name)) for name in LOCATED), -1)
    locate(world, run.params, world.clock[0].tick, cells)
    return cells


@whatever(ATTACKS, examples=20)
def test_every_agent_stays_on_the_roads_of_the_grid(start, baseline, values):
    grid = baseline.world_file.grid
    for run in start(values):
        for at in stops(run):
            nodes = at.world.nodes
            assert np.isin(cells_of_all(at), nodes["cell"]).all()
            assert np.isin(at.events["cell"], nodes["cell"]).all()
            assert ((nodes["cell"] >= 0) & (nodes["cell"] < grid.width * grid.height)).all()
            for name in ("node", "station"):
                assert ((at.world.slots[name] >= 0) & (at.world.slots[name] < len(nodes))).all()


@whatever(VALUES, examples=10)
def test_a_convoy_moves_one_cell_a_tick_at_most(start, baseline, values):
    width = baseline.world_file.grid.width
    for run in start(values):
        before, day = None, run.days // 2
        for tick in range(8 * 30, 9 * 30):
            here = cells_of_all(run.to(day, tick))[: len(run.world.convoys)]
            moving = run.world.convoys["state"] == convoys.MOVING
            if before is not None:
                both = moving & before[1]
                x, y = here % width - before[0] % width, here // width - before[0] // width
                assert (np.maximum(abs(x), abs(y))[both] <= 1).all()
            before = here, moving


@whatever(VALUES)
def test_adherence_stays_between_0_and_1(start, values):
    for run in start(values):
        for at in stops(run):
            adherence = at.world.protocol["adherence"]
            assert ((adherence >= 0) & (adherence <= 1)).all()
        days = run.rows["days"] * (1 + 1e-12)
        assert (run.rows["adherence_days"] <= run.rows["stated_days"] * (1 + 1e-12)).all()
        assert (run.rows["stated_days"] <= days).all()


@whatever(VALUES)
def test_held_adherence_stays_where_it_is_held(finish, values):
    level = values["policy.adherence.level"]
    free = {
        "policy.adherence.hold": True,
        "policy.adherence.paid_from": "nobody",
    }  # whoever pays may not have the money
    for run in finish(values | free):
        assert (run.world.protocol["adherence"] == level).all()
        assert run.rows["adherence_days"] == pytest.approx(level * run.rows["days"])


@whatever(VALUES)
def test_money_spent_never_exceeds_the_budget(finish, values):
    for run in finish(values):
        assert (run.rows["project_spent"] <= run.rows["project_budget"] * (1 + 1e-9)).all()


@whatever(VALUES)
def test_what_money_buys_are_probabilities_and_never_better_screening_than_the_policys(start, values):
    for run in start(values):
        for at in stops(run):
            bought, checks = at.world.delivered[0], at.world.checks[0]
            shares = ("checkpoint", "route_watch", "site_layer", "readiness", "audits_funded")
            assert all(0 <= bought[name] <= 1 for name in shares)
            assert all(0 <= checks[name] <= 1 for name in ("checked", "sensitivity", "refused"))
            assert checks.sensitivity <= values["policy.screening.sensitivity"]


@whatever(VALUES)
def test_insiders_in_post_are_few_and_in_their_time(start, values):
    for run in start(values):
        for at in stops(run):
            today = at.world.clock[0].day
            active = at.world.insiders[at.world.insiders["active"] == 1]
            assert (active["hired"] < today + 1).all() and (active["leaves"] >= today).all()
            numbers = list(zip(active["post"].tolist(), active["number"].tolist(), strict=True))
            assert len(set(numbers)) == len(numbers)
        assert (run.rows["insiders_hired"] <= run.rows["insiders_applied"]).all()


# Common random numbers.


@whatever(st.tuples(st.floats(0, 1), st.floats(0, 1)), examples=10)
def test_what_is_followed_at_a_low_adherence_is_followed_at_a_higher_one(baseline, replicate, values):
    @functools.cache
    def planned_items(level):
        settings = {
            "policy.adherence.level": level,
            "policy.adherence.hold": True,
            "threat.cells_per_group": 0,
            "run.horizon": 30 / DAYS_A_YEAR,
            "run.warmup": 0.0,
        }
        run = replicate(with_values(baseline, settings))
        masks = []
        for day in range(30):
            run.to(day, 1)
            today = run.world.convoys["state"] != convoys.RESTING
            masks += [(i, day, int(run.world.convoys["followed"][i])) for i in np.flatnonzero(today)]
        return {(i, day): mask for i, day, mask in masks}

    low, high = sorted(values)
    followed_low, followed_high = planned_items(low), planned_items(high)
    common = followed_low.keys() & followed_high.keys()
    assert len(common) > 300
    assert all(followed_low[key] & ~followed_high[key] == 0 for key in common)

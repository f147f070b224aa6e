"""The course of a run: what it says of any moment is what the model has there, and no more than has happened."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import TICKS_A_DAY
from sim.institutions import protocol
from sim.model import SecurityModel
from sim.outcome import FOILED, STAGES
from sim.runs.simulate import simulate
from sim.scenario.build import params_rows
from sim.scenario.load import load_scenario
from sim.view.page.course import COLUMNS, SAMPLES, UNSEEN, Course
from tests.busy import BUSY_THREAT

SEED, REPLICATE = 3, 1
DAYS = 60
BUSY = BUSY_THREAT | {
    "threat.delta0": 0.01,
    "policy.adherence.level": 0.3,
    "run.horizon": DAYS / 365,
    "run.warmup": 0.1,
}
STAGE_OF = {"plots": "plot", "gave_up": "gave up", "incidents": "incident"}
STAGE_OF |= {f"foiled_{how}": next(stage for stage in STAGES if stage.startswith(f"foiled: {how}")) for how in FOILED}
CASES = {"busy": ("baseline", BUSY), "years": ("all-measures", {"run.horizon": 2.3, "run.warmup": 0.5})}


@pytest.fixture(scope="module", params=CASES)
def run(request):
    """A scenario, its course, and a model of it that was never looked at, at the horizon."""
    scenario = load_scenario(*CASES[request.param])
    model = SecurityModel(scenario, SEED, REPLICATE)
    model.run_days(1e6)
    return scenario, Course(scenario, SEED, REPLICATE), model


@pytest.fixture(scope="module")
def busy():
    return Course(load_scenario(*CASES["busy"]), SEED, REPLICATE)


def any_tick(test):
    """Run a test at many ticks, those of events and beside them among them; the same ones each time."""
    return settings(max_examples=60, deadline=None, derandomize=True)(
        given(place=st.integers(0, 10**6), shift=st.sampled_from([-1, 0, 1]), at_event=st.booleans())(test)
    )


def tick_of(course, place, shift, at_event):
    """A tick of the run: beside an event, or anywhere."""
    if at_event:
        return course.events[place % len(course.events)]["time"] + shift
    return place % (course.times[-1] + 1)


# The same run.


def test_its_totals_at_the_horizon_are_those_of_the_rows_and_of_the_model(run):
    scenario, course, model = run
    rows = simulate(scenario, 1, seed=SEED, first=REPLICATE, threads=1)
    for name in COLUMNS:
        assert course.totals[name][-1] == model.total(name) == rows[name].sum(), name


def test_each_sample_is_the_model_at_its_tick(run):
    scenario, course, _ = run
    model = SecurityModel(scenario, SEED, REPLICATE)
    for k, tick in enumerate(course.times.tolist()):
        if tick:
            model.run_days((tick - model.time) / TICKS_A_DAY)
        assert model.time == tick
        assert [course.totals[name][k] for name in COLUMNS] == [model.total(name) for name in COLUMNS]
        assert course.adherence[k].tolist() == model.world.protocol["adherence"].tolist()
        assert course.grievance[k].tolist() == model.world.mood["grievance"].tolist()


def test_samples_begin_at_0_end_at_the_horizon_and_are_evenly_spaced(run):
    _, course, model = run
    steps = np.diff(course.times)
    assert course.times[0] == 0 and course.times[-1] == model.horizon
    assert (steps > 0).all() and len(set(steps[:-1].tolist())) <= 1 and steps[-1] <= steps[0]
    assert len(course.times) <= SAMPLES + 1
    for values in (*course.totals.values(), course.adherence, course.grievance, course.stated):
        assert len(values) == len(course.times) and np.isfinite(values).all()


@pytest.mark.parametrize("years", [0.00274, 8, 30])
def test_a_run_of_any_length_has_a_few_hundred_samples_at_most(years):
    course = Course(load_scenario("baseline", {"run.horizon": years, "run.warmup": 0.0}), SEED, 0)
    assert course.times[-1] == round(years * 365) * TICKS_A_DAY
    assert 2 <= len(course.times) <= SAMPLES + 1
    assert (np.diff(course.times) > 0).all()


def test_what_adds_up_never_falls_and_shares_stay_shares(run):
    _, course, _ = run
    for name, values in course.totals.items():
        assert values[0] == 0 and (np.diff(values) >= 0).all(), name
    for values in (course.adherence, course.stated, course.grievance):
        assert ((values >= 0) & (values <= 1)).all()
        assert values.shape == (len(course.times), len(course.jurisdictions))


def test_what_is_stated_is_the_engine_s_law_of_what_is_done(run):
    scenario, course, _ = run
    bias = scenario.policy.adherence.reporting_bias
    claimed = course.adherence + bias * (1 - course.adherence)
    assert claimed == pytest.approx(protocol.stated(params_rows([scenario])[0], course.adherence, 0.0))
    show = (course.stated - claimed) / (1 - claimed)  # what audits add to statements alone
    assert (show >= -1e-9).all() and (show < 1).all() and show.max() > 0


def test_its_log_is_the_model_s_and_holds_what_the_rows_count(run):
    _, course, model = run
    assert course.events == [{str(k): v for k, v in entry.items()} for entry in model.events.to_dict("records")]
    assert model.total("events_lost") == 0
    stages = [event["stage"] for event in course.events]
    for column, stage in STAGE_OF.items():
        assert stages.count(stage) == model.total(column), column
    for column in ("deaths_foreign", "deaths_security", "deaths_residents", "breached"):
        assert sum(event[column] for event in course.events) == model.total(column), column
    assert set(stages) <= set(STAGES)


def test_at_each_sample_as_much_has_happened_as_the_model_counts_then(run):
    scenario, course, _ = run
    model = SecurityModel(scenario, SEED, REPLICATE)
    for tick in course.times[1:].tolist():
        model.run_days((tick - model.time) / TICKS_A_DAY)
        stages = [event["stage"] for event in course.so_far(tick)]
        assert all(stages.count(stage) == model.total(column) for column, stage in STAGE_OF.items())


def test_events_are_plain_values_in_order_of_time(run):
    _, course, model = run
    times = [event["time"] for event in course.events]
    assert times == sorted(times) and times[0] >= 0 and times[-1] < model.horizon
    assert json.loads(json.dumps(course.events)) == [
        {key: list(value) if isinstance(value, tuple) else value for key, value in event.items()}
        for event in course.events
    ]


def test_another_replicate_is_another_course(busy):
    scenario = load_scenario(*CASES["busy"])
    assert Course(scenario, SEED, REPLICATE).events == busy.events
    assert Course(scenario, SEED, REPLICATE + 1).events != busy.events
    assert Course(scenario, SEED + 1, REPLICATE).events != busy.events


# What has happened at a moment.


@any_tick
def test_what_is_so_far_and_what_is_to_come_make_up_the_log(busy, place, shift, at_event):
    tick = tick_of(busy, place, shift, at_event)
    past = busy.so_far(tick)
    rest = busy.events[len(past) :]
    assert past == busy.events[: len(past)]
    assert all(event["time"] < tick for event in past) and all(event["time"] >= tick for event in rest)
    assert busy.next_event(tick, True) == (rest[0]["time"] if rest else None)
    known = [event["time"] for event in rest if event["stage"] not in UNSEEN]
    assert busy.next_event(tick, False) == (known[0] if known else None)


def test_nothing_has_happened_at_0_and_all_of_it_at_the_horizon(run):
    _, course, model = run
    assert course.so_far(0) == []
    assert course.so_far(model.horizon) == course.events
    assert course.next_event(model.horizon, True) is None


def test_an_event_happens_once_time_is_past_its_tick(busy):
    for event in busy.events:
        tick = event["time"]
        assert event not in busy.so_far(tick) and event in busy.so_far(tick + 1)
        assert busy.next_event(tick, True) == tick
        following = busy.next_event(tick + 1, True)
        assert following is None or following > tick


def test_going_from_event_to_event_meets_each_tick_of_the_log_once(busy):
    for unseen in (True, False):
        tick, met = 0, []
        while (found := busy.next_event(tick, unseen)) is not None:
            met.append(found)
            tick = found + 1
        times = [event["time"] for event in busy.events if unseen or event["stage"] not in UNSEEN]
        assert met == [time for time, _ in itertools.groupby(times)]
    assert set(UNSEEN) <= {event["stage"] for event in busy.events}

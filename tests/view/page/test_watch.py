"""Watching on one clock: nothing that looks on changes a run, and two policies share every tick."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAYS_A_YEAR, TICKS_A_DAY, TICKS_AN_HOUR
from sim.errors import InputError
from sim.model import Attacker, Convoy, EscortTeam, SecurityModel
from sim.runs.simulate import simulate
from sim.scenario.load import load_scenario
from sim.state import LOCATED
from sim.view.page.charts import charts
from sim.view.page.course import UNSEEN
from sim.view.page.map import Map, differing
from sim.view.page.setup import Setup
from sim.view.page.watch import BEFORE, LONGEST_FRAME, SPEEDS, STEPS, Lane, Watch, in_words
from tests.busy import BUSY_THREAT

SLOW = 1 / 6  # simulated hours a second: the slowest of the page's speeds
A_FRAME = 0.1  # seconds: half a tick at that speed
BUSY = BUSY_THREAT | {
    "policy.adherence.level": 0.3,
    "run.horizon": 40 / 365,
    "run.warmup": 0.1,
}
DAYS = 40
ONE = Setup("baseline", BUSY)
OTHER = Setup("full-protocol", {path: value for path, value in BUSY.items() if path != "policy.adherence.level"})
SEED, REPLICATE = 5, 2

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("go_to"), st.integers(-3, DAYS * TICKS_A_DAY + 3)),
        st.tuples(st.just("step"), st.sampled_from(sorted(STEPS))),
        st.tuples(st.just("play"), st.sampled_from(sorted(SPEEDS.values()))),
        st.tuples(st.just("event"), st.booleans()),
    ),
    max_size=12,
)


def a_few(examples, **strategies):
    """Run a test on some examples, the same ones each time."""
    return lambda test: settings(max_examples=examples, deadline=None, derandomize=True)(given(**strategies)(test))


def straight(scenario, tick):
    """The model at a tick, run there in one go and never looked at."""
    model = SecurityModel(scenario, rng=SEED, replicate=REPLICATE)
    if tick > 0:
        model.run_days(tick / TICKS_A_DAY)
    return model


def state(model):
    """Everything of a run."""
    return model.world.memory.tobytes(), model.rows.tobytes()


def move(watch, how, value):
    """Let time pass, or go back."""
    if how == "go_to":
        watch.go_to(value)
    elif how == "step":
        watch.step(value)
    elif how == "play":
        watch.play(0.2, value)
    else:
        watch.step_to_event(value)


def look(watch, maps):
    """All that the page draws."""
    signs = [drawn.signs(lane.model, True) for drawn, lane in zip(maps, watch.lanes, strict=True)]
    cells = differing(*signs) if len(signs) == 2 else set()
    for drawn, lane, some in zip(maps, watch.lanes, signs, strict=True):
        drawn.signs(lane.model, False)
        drawn.moving(lane.model, some, cells)
        drawn.layers(lane.model, True, True)
        drawn.marks([event for event in watch.events(True) if event["time"] < watch.tick])
        lane.is_idle()
    charts(watch)


@pytest.fixture(scope="module")
def ends():
    """The two policies at their horizon, run straight through."""
    return [straight(setup.scenario(), DAYS * TICKS_A_DAY) for setup in (ONE, OTHER)]


@pytest.fixture(scope="module")
def seen():
    """A watch of two policies at the horizon, looked at only by tests that change nothing."""
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    watch.go_to(watch.horizon)
    return watch


# Observing changes nothing.


@a_few(12, moves=MOVES)
def test_a_run_that_was_played_stepped_and_sent_back_and_forth_ends_as_one_that_nobody_saw(ends, moves):
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    maps = [Map(lane.scenario) for lane in watch.lanes]
    for how, value in moves:
        move(watch, how, value)
        look(watch, maps)
    watch.go_to(watch.horizon)
    look(watch, maps)
    for lane, unseen in zip(watch.lanes, ends, strict=True):
        assert state(lane.model) == state(unseen)
        assert lane.model.events.equals(unseen.events)


def test_the_rows_of_a_watched_run_are_those_of_simulate(seen):
    for lane in seen.lanes:
        rows = simulate(lane.scenario, 1, seed=SEED, first=REPLICATE, threads=1)
        assert lane.model.rows.tobytes() == rows.tobytes()
        assert rows["incidents"].sum() > 0


def test_watching_changes_nothing_in_a_run_of_years_either():
    setup = Setup("all-measures", {"run.horizon": 2.3, "run.warmup": 0.5})
    watch = Watch([setup], SEED, REPLICATE)
    maps = [Map(watch.lanes[0].scenario)]
    for day in (1, 400, 399.5, 30, 840, 839):
        watch.go_to(int(day * TICKS_A_DAY))
        look(watch, maps)
    while watch.step_to_event(True):
        look(watch, maps)
    watch.go_to(watch.horizon)
    rows = simulate(watch.lanes[0].scenario, 1, seed=SEED, first=REPLICATE, threads=1)
    assert len(rows) == 3
    assert watch.lanes[0].model.rows.tobytes() == rows.tobytes()


@a_few(12, moves=MOVES)
def test_at_each_tick_the_state_is_the_one_that_every_way_there_leads_to(moves):
    watch = Watch([ONE], SEED, REPLICATE)
    lane, known = watch.lanes[0], {}
    for how, value in [*moves, ("go_to", 0), *moves[::-1]]:
        move(watch, how, value)
        known.setdefault(watch.tick, straight(lane.scenario, watch.tick))
        assert state(lane.model) == state(known[watch.tick])
        assert lane.model.cells.tobytes() == known[watch.tick].cells.tobytes()


def test_the_course_and_the_model_of_a_lane_are_the_same_run(seen):
    for lane in seen.lanes:
        assert lane.course.events == [
            {str(key): value for key, value in event.items()} for event in lane.model.events.to_dict("records")
        ]


# One clock.


@a_few(10, moves=MOVES)
def test_two_policies_stand_at_the_same_tick_always(moves):
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    for how, value in moves:
        before = watch.tick
        move(watch, how, value)
        assert [lane.model.time for lane in watch.lanes] == [watch.tick] * 2
        assert [lane.model.replicate.tick for lane in watch.lanes] == [watch.tick] * 2
        assert 0 <= watch.tick <= watch.seen <= watch.horizon
        assert how == "go_to" or watch.tick >= before


@pytest.mark.parametrize("tick", [-1, -(10**9), DAYS * TICKS_A_DAY + 1, 10**12])
def test_time_stays_between_the_start_and_the_horizon(tick):
    watch = Watch([ONE], SEED, REPLICATE)
    watch.go_to(300)
    watch.go_to(tick)
    assert watch.tick == watch.lanes[0].model.time == (0 if tick < 0 else watch.horizon)
    assert watch.over == (tick > 0)


def test_at_the_horizon_nothing_goes_on(ends):
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    watch.go_to(watch.horizon)
    for length in STEPS:
        watch.step(length)
    watch.play(1.0, 24.0)
    assert not watch.step_to_event(True)
    assert watch.over and watch.tick == watch.horizon
    assert [state(lane.model) for lane in watch.lanes] == [state(end) for end in ends]


@pytest.mark.parametrize("length, ticks", [("tick", 1), ("hour", 30), ("day", 720)])
def test_a_step_is_a_tick_an_hour_or_a_day_and_the_last_one_ends_at_the_horizon(length, ticks):
    watch = Watch([ONE], SEED, REPLICATE)
    watch.step(length)
    assert watch.tick == ticks
    watch.go_to(watch.horizon - 1)
    watch.step(length)
    assert watch.tick == watch.horizon


def test_policies_of_other_lengths_can_not_stand_side_by_side():
    with pytest.raises(InputError, match=r"run\.horizon"):
        Watch([ONE, Setup("baseline")])


@pytest.mark.parametrize("replicate", [2**63, 10**25])
def test_a_replicate_s_number_that_no_row_can_hold_is_refused(replicate):
    with pytest.raises((ValueError, InputError), match="replicate"):
        Watch([ONE], SEED, replicate)


@given(tick=st.integers(0, 30 * 365 * TICKS_A_DAY))
@settings(deadline=None, derandomize=True)
def test_the_clock_says_the_moment_in_words(tick):
    year, day, hour, minute = map(int, re.fullmatch(r"year (\d+), day (\d+), (\d\d):(\d\d)", in_words(tick)).groups())
    assert 1 <= day <= 365 and hour < 24 and minute < 60
    assert (((year - 1) * 365 + day - 1) * 24 + hour) * TICKS_AN_HOUR + minute // 2 == tick


def test_the_clock_begins_with_the_first_hour_of_the_first_day():
    assert Watch([ONE], SEED).clock == "year 1, day 1, 00:00"
    assert in_words(365 * TICKS_A_DAY + 721) == "year 2, day 2, 00:02"


# Two policies.


def test_identical_policies_have_no_difference_at_any_time():
    named = Setup("baseline", BUSY | {"name": "another name", "description": "the same"})
    watch = Watch([ONE, named], SEED, REPLICATE)
    maps = [Map(lane.scenario) for lane in watch.lanes]
    while True:
        signs = [drawn.signs(lane.model, True) for drawn, lane in zip(maps, watch.lanes, strict=True)]
        assert signs[0] == signs[1] and differing(*signs) == set()
        assert set(watch.difference().values()) == {0}
        assert watch.parting(True) is None
        events = watch.events(True)
        assert not any(event["alone"] for event in events)
        assert [event | {"lane": 0} for event in events[1::2]] == events[::2]
        assert state(watch.lanes[0].model) == state(watch.lanes[1].model)
        if watch.over:
            break
        watch.go_to(watch.tick + TICKS_A_DAY + 251)
    assert events


def test_a_lever_that_has_nothing_to_act_on_makes_no_difference():
    watch = Watch([ONE, Setup("baseline", BUSY | {"policy.cameras.start": 300})], SEED, REPLICATE)
    watch.go_to(watch.horizon)
    assert set(watch.difference().values()) == {0} and watch.parting(True) is None


def test_distant_policies_differ_in_events_and_sums(seen):
    difference = seen.difference()
    totals = [[lane.model.total(column) for lane in seen.lanes] for column in difference if column != "foiled"]
    assert [difference[column] for column in difference if column != "foiled"] == [b - a for a, b in totals]
    assert difference["foiled"] == seen.lanes[1].model.foiled - seen.lanes[0].model.foiled
    assert difference["trips"] != 0 and difference["foiled"] != 0
    alone = [event for event in seen.events(True) if event["alone"]]
    assert {event["lane"] for event in alone} == {0, 1}
    assert seen.parting(True) == alone[0]["time"]


def test_distant_policies_soon_differ_in_what_is_on_the_road():
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    maps = [Map(lane.scenario) for lane in watch.lanes]
    found = set()
    for day in range(1, 8):
        watch.go_to(day * TICKS_A_DAY + 9 * TICKS_AN_HOUR)
        found |= differing(*(drawn.signs(lane.model, False) for drawn, lane in zip(maps, watch.lanes, strict=True)))
    assert found


def test_nothing_differs_before_the_policies_begin():
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    assert set(watch.difference().values()) == {0} and watch.events(True) == [] and watch.parting(True) is None
    first, second = (lane.model.rows.tobytes() for lane in watch.lanes)
    assert first == second


def test_an_event_is_alone_if_the_other_log_has_not_the_same_plot_at_the_same_end_and_time(seen):
    def key(event):
        return event["time"], event["stage"], event["attacker"], event["plot"], event["target"]

    logs = [[key(event) for event in lane.course.events] for lane in seen.lanes]
    events = seen.events(True)
    assert len(events) == len(logs[0]) + len(logs[1])
    for event in events:
        assert event["alone"] == (key(event) not in logs[1 - event["lane"]])
    assert any(event["alone"] for event in events) and not all(event["alone"] for event in events)


@pytest.mark.parametrize("field", ["stage", "attacker", "plot", "target"])
def test_another_plot_or_another_end_at_the_same_tick_is_another_event(field):
    watch = Watch([ONE, ONE], SEED, REPLICATE)
    watch.go_to(watch.horizon)
    changed = watch.lanes[1].course.events[5]
    changed[field] = -1 if field == "plot" else "another"
    alone = [event for event in watch.events(True) if event["alone"]]
    assert [event["lane"] for event in alone] == [0, 1]
    assert {event["time"] for event in alone} == {changed["time"]} == {watch.parting(True)}


# The event log.


def test_events_stand_in_order_of_time_and_keep_their_place_as_time_goes_on():
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    before = {True: [], False: []}
    for tick in range(0, watch.horizon + 1, 1571):
        watch.go_to(tick)
        for analyst in (True, False):
            events = watch.events(analyst)
            assert events[: len(before[analyst])] == before[analyst]
            assert [event["time"] for event in events] == sorted(event["time"] for event in events)
            assert all(event["when"] == in_words(event["time"]) for event in events)
            before[analyst] = events
    assert len(before[True]) > len(before[False]) > 10


@a_few(10, moves=MOVES)
def test_no_event_is_handed_over_before_its_moment_was_seen(moves):
    watch, latest = Watch([ONE, OTHER], SEED, REPLICATE), 0
    for how, value in moves:
        move(watch, how, value)
        latest = max(latest, watch.tick)
        assert watch.seen == latest
        expected = sum(event["time"] < latest for lane in watch.lanes for event in lane.course.events)
        assert len(watch.events(True)) == expected
        parting = watch.parting(True)
        assert parting is None or parting < latest


def test_what_the_defenders_never_learn_of_is_the_analyst_s(seen):
    everything, known = seen.events(True), seen.events(False)
    assert {event["stage"] for event in everything} >= set(UNSEEN)
    assert known == [event for event in everything if event["stage"] not in UNSEEN]


def test_what_the_difference_counts_stands_in_the_event_log():
    found_out = Setup("baseline", BUSY | {"threat.delta0": 0.02})  # most plots are, at any hour of the day
    watch = Watch([ONE, found_out], SEED, REPLICATE)
    for tick in range(0, watch.horizon + 1, 97):
        watch.go_to(tick)
        logs, difference = [lane.course.so_far(tick) for lane in watch.lanes], watch.difference()
        for name, stage in (("foiled", "foiled"), ("incidents", "incident")):
            first, second = (sum(event["stage"].startswith(stage) for event in log) for log in logs)
            assert difference[name] == second - first, watch.clock
        first, second = (sum(event["deaths_foreign"] for event in log) for log in logs)
        assert difference["deaths_foreign"] == second - first


@pytest.mark.parametrize("analyst", [True, False])
def test_steps_to_the_next_event_go_past_each_one_of_either_policy_and_end(analyst):
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    ticks = []
    while watch.step_to_event(analyst):
        ticks.append(watch.tick)
        assert watch.events(analyst)[-1]["time"] == watch.tick - 1
    stages = [event for lane in watch.lanes for event in lane.course.events if analyst or event["stage"] not in UNSEEN]
    assert ticks == sorted({event["time"] + 1 for event in stages})
    assert ticks and watch.tick == ticks[-1]


# Idle time. With fewer plots: at the busy rate a team waits somewhere at any hour.

FEWER = {"threat.plot_interval": 400.0, "threat.cells_per_group": 20}
AT_TIMES, AT_TIMES_TOO = (Setup(setup.source, setup.values | FEWER) for setup in (ONE, OTHER))


def on_the_road(model):
    """Whether somebody is there to be seen, as the model's own agents say."""
    states = {Convoy: {"waiting for its escort", "moving"}, Attacker: {"approaching", "waiting"}}
    found = any(agent.state_name in names for kind, names in states.items() for agent in model.agents_by_type[kind])
    return found or any(team.state_name != "at base" for team in model.agents_by_type[EscortTeam])


def places(model):
    """Where all that move are; drone crews on patrol do not count."""
    sizes = [len(getattr(model.world, name)) for name in LOCATED]
    cells = dict(zip(LOCATED, np.split(model.cells, np.cumsum(sizes)[:-1]), strict=True))
    return [cells[name].tobytes() for name in ("convoys", "teams", "slots")]


def played(watch, days):
    """The ticks that a watch shows at the slowest speed."""
    shown = [watch.tick]
    while watch.tick < days * TICKS_A_DAY:
        watch.play(A_FRAME, SLOW)
        if watch.tick != shown[-1]:
            shown.append(watch.tick)
    return shown


# All ask for an escort and wait for one in vain.
NO_TEAMS = Setup(
    "baseline",
    {"policy.adherence.level": 1.0, "policy.adherence.hold": True, "run.horizon": 0.1, "run.warmup": 0.1}
    | {"state.special_police.teams": 0, "policy.budget.share": 0.0},
)


@pytest.mark.parametrize("setups", [[AT_TIMES], [AT_TIMES, AT_TIMES_TOO], [NO_TEAMS]])
def test_slow_play_skips_idle_time_and_nobody_who_moves(setups):
    watch = Watch(setups, SEED, REPLICATE)
    shown = played(watch, 4)
    unseen = [straight(lane.scenario, 0) for lane in watch.lanes]
    skipped, before = 0, None
    for tick in range(shown[-1]):
        if tick:
            for model in unseen:
                model.step()
        now = [places(model) for model in unseen]
        if tick not in shown:
            skipped += 1
            assert not any(on_the_road(model) for model in unseen), in_words(tick)
            assert now == before, in_words(tick)
        before = now
    assert skipped > TICKS_A_DAY / 4


def test_a_jump_over_idle_time_ends_where_something_happens_first_in_either_policy():
    watch = Watch([AT_TIMES, AT_TIMES_TOO], SEED, REPLICATE)
    jumps = 0
    while watch.tick < 4 * TICKS_A_DAY:
        before, idle = watch.tick, all(lane.is_idle() for lane in watch.lanes)
        due = min(lane.model.replicate.due for lane in watch.lanes)
        watch.play(A_FRAME, SLOW)
        if watch.tick > before + 1:
            jumps += 1
            assert idle and watch.tick == due + 1
    assert jumps > 2


@pytest.mark.parametrize("setup", [AT_TIMES, NO_TEAMS], ids=["teams", "no teams"])
def test_a_lane_is_idle_if_and_only_if_nobody_is_on_the_road(setup):
    lane, found = Lane(setup, SEED, REPLICATE), set()
    for tick in range(0, 6 * TICKS_A_DAY, 41):
        lane.go_to(tick)
        found.add(lane.is_idle())
        assert lane.is_idle() == (not on_the_road(lane.model))
    assert found == {True, False}


@a_few(30, frames=st.lists(st.floats(0, LONGEST_FRAME), max_size=60), speed=st.sampled_from(sorted(SPEEDS.values())))
def test_where_nothing_is_skipped_time_passes_at_the_speed_that_was_asked_for(frames, speed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lane, "is_idle", lambda _: False)
        watch = Watch([ONE], SEED, REPLICATE)
        for seconds in frames:
            watch.play(seconds, speed)
        asked = min(sum(frames) * speed * TICKS_AN_HOUR, watch.horizon)
    assert asked - 1.001 < watch.tick < asked + 0.001


def test_a_frame_that_took_long_makes_up_for_a_part_of_it_only(monkeypatch):
    monkeypatch.setattr(Lane, "is_idle", lambda _: False)
    watch = Watch([ONE], SEED, REPLICATE)
    watch.play(3600.0, 24.0)
    assert watch.tick == LONGEST_FRAME * 24 * TICKS_AN_HOUR


def test_eight_years_pass_in_under_a_minute_at_the_highest_speed():
    hours = 8 * DAYS_A_YEAR * 24
    assert 20 < hours / max(SPEEDS.values()) < 60


def test_a_run_begins_shortly_before_the_first_incident_of_either_policy_and_starts_over_with_nothing_seen():
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    watch.begin()
    first = min(e["time"] for lane in watch.lanes for e in lane.course.events if e["stage"] == "incident")
    assert watch.tick == watch.seen == max(0, first - BEFORE)
    watch.go_to(watch.horizon)
    watch.start_over()
    assert (watch.tick, watch.seen, watch.events(True)) == (0, 0, [])


def test_a_run_can_be_played_to_its_end(ends):
    watch = Watch([ONE, OTHER], SEED, REPLICATE)
    while not watch.over:
        watch.play(0.25, 24.0)
    assert [state(lane.model) for lane in watch.lanes] == [state(end) for end in ends]


# What is kept.


def test_a_model_that_is_watched_collects_nothing_and_grows_by_nothing():
    watch = Watch([ONE], SEED, REPLICATE)
    lane = watch.lanes[0]
    collector, sizes, pickled = lane.model.datacollector, set(), []
    for _ in range(40):
        watch.play(0.25, 4.0)
        watch.step("hour")
        lane.model.step()
        watch.go_to(watch.tick + 1)
        sizes.add((len(lane.model.__dict__), len(lane.course.events), len(lane.course.times), len(watch.lanes)))
        pickled.append(len(pickle.dumps(lane.model)))
    assert lane.model.datacollector is collector
    assert not collector.model_vars and not collector.tables and not collector._agent_records
    assert len(sizes) == 1
    assert max(pickled) - min(pickled) < 64  # numbers that need a byte more as they rise


def test_a_lane_runs_on_what_it_read_though_its_file_is_gone(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("extends: baseline\nrun: {horizon: 0.1, warmup: 0.1}\n")
    watch = Watch([Setup(str(file))], SEED, REPLICATE)
    file.unlink()
    watch.go_to(9 * TICKS_A_DAY)
    watch.go_to(3 * TICKS_A_DAY)
    model = SecurityModel(load_scenario("baseline", {"run.horizon": 0.1, "run.warmup": 0.1}), SEED, REPLICATE)
    model.run_days(3)
    assert np.array_equal(model.world.memory, watch.lanes[0].model.world.memory)

"""The panels: what has been seen and nothing beyond it, the same whichever way somebody came."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import TICKS_A_DAY
from sim.outcome import FOILED
from sim.view.page.charts import QUARTER, REPORTED, YEAR, charts
from sim.view.page.setup import Setup
from sim.view.page.watch import Watch
from tests.busy import BUSY_THREAT

DAYS = 120
BUSY = BUSY_THREAT | {
    "threat.delta0": 0.01,
    "policy.adherence.level": 0.3,
    "run.horizon": DAYS / 365,
    "run.warmup": 0.1,
}
ONE, OTHER = Setup("baseline", BUSY), Setup("full-protocol", BUSY)
LINES = ("Incidents", "Protocol", "Grievance", "Movements", "Ledgers")
TICKS = st.integers(0, DAYS * TICKS_A_DAY)
ROUNDED = 1e-4  # of a year


def panel(watch, word):
    """The panel whose title begins with a word."""
    (found,) = (option for title, option in charts(watch).items() if title.startswith(word))
    return found


def curves(watch, word):
    """Name of each line of a panel, policy by policy -> its points."""
    series = panel(watch, word)["series"]
    half = len(series) // len(watch.lanes)
    return [{one["name"]: one["data"] for one in series[k * half : (k + 1) * half]} for k in range(len(watch.lanes))]


def bars(watch, number=0):
    """The funnel's stages -> counts."""
    option = panel(watch, "The funnel")
    return dict(zip(option["yAxis"]["data"], option["series"][number]["data"], strict=True))


@pytest.fixture(scope="module")
def watch():
    """Two policies on one clock: tests move it, and begin wherever it stands."""
    return Watch([ONE, OTHER], 5, 2)


@pytest.fixture
def fresh(watch):
    """The same, as if nobody had seen any of it yet."""
    watch.go_to(0)
    watch.seen = 0
    return watch


def some_ticks(examples=10):
    return lambda test: settings(max_examples=examples, deadline=None, derandomize=True)(given(ticks=TRAVELS)(test))


TRAVELS = st.lists(TICKS, min_size=1, max_size=4)


def travelled(watch, ticks):
    """The watch after going from moment to moment, begun anew."""
    watch.go_to(0)
    watch.seen = 0
    for tick in ticks:
        watch.go_to(tick)
    return watch


# What they are.


@pytest.mark.parametrize("names", [["baseline"], ["all-measures"], ["baseline", "offensive"]])
def test_all_panels_are_plain_data_at_the_start_on_the_way_and_at_the_end(names):
    shown = Watch([Setup(name) for name in names], 5, 2)
    for tick in (0, 1, 40 * TICKS_A_DAY + 77, shown.horizon):
        shown.go_to(tick)
        options = charts(shown)
        assert len(options) == len(LINES) + 1
        json.dumps(options, allow_nan=False)
        for option in options.values():
            assert all(math.isfinite(x) for one in option["series"] for point in one["data"] for x in np.ravel(point))


def test_two_policies_have_the_same_lines_one_whole_and_one_dashed(watch):
    for word in LINES:
        series = panel(watch, word)["series"]
        half = len(series) // 2
        assert [one["name"] for one in series[:half]] == [one["name"] for one in series[half:]]
        assert {one["lineStyle"]["type"] for one in series[:half]} == {"solid"}
        assert {one["lineStyle"]["type"] for one in series[half:]} == {"dashed"}
        assert [one["itemStyle"] for one in series[:half]] == [one["itemStyle"] for one in series[half:]]
    assert all("A whole, B dashed" in title for title in charts(watch) if not title.startswith("The funnel"))
    assert not any("dashed" in title for title in charts(Watch([ONE])))


def test_the_lines_of_a_policy_can_be_told_apart(watch):
    for word in LINES:
        for lane in range(2):
            series = panel(watch, word)["series"]
            mine = series[lane * len(series) // 2 : (lane + 1) * len(series) // 2]
            looks = {(one["itemStyle"]["color"], one["lineStyle"]["width"], one["yAxisIndex"]) for one in mine}
            assert len(looks) == len({one["name"] for one in mine}) == len(mine)


# Nothing beyond what was seen.


@some_ticks()
def test_no_line_reaches_beyond_the_latest_moment_seen(watch, ticks):
    travelled(watch, ticks)
    for word in LINES:
        option = panel(watch, word)
        for lane in curves(watch, word):
            for name, points in lane.items():
                years = [year for year, _ in points]
                assert years == sorted(years), name
                assert all(0 <= year <= max(ticks) / YEAR + ROUNDED for year in years), name
                assert all(year <= option["xAxis"]["max"] + ROUNDED for year in years)
        assert option["xAxis"]["max"] <= watch.horizon / YEAR


@some_ticks()
def test_the_panels_depend_on_what_was_seen_not_on_the_way_there(watch, ticks):
    once = charts(travelled(watch, [max(ticks), ticks[-1]]))
    assert charts(travelled(watch, ticks)) == once


@some_ticks()
def test_a_dotted_line_stands_at_the_present(watch, ticks):
    travelled(watch, ticks)
    for word in LINES:
        (mark,) = (one["markLine"] for one in panel(watch, word)["series"] if "markLine" in one)
        assert mark["data"] == [{"xAxis": pytest.approx(ticks[-1] / YEAR, abs=ROUNDED)}]


@some_ticks(20)
def test_incidents_and_foiled_plots_are_those_that_have_happened(watch, ticks):
    travelled(watch, ticks)
    for lane, found in zip(watch.lanes, curves(watch, "Incidents"), strict=True):
        stages = [event["stage"] for event in lane.course.so_far(watch.seen)]
        assert found["incidents"][-1][1] == stages.count("incident")
        assert found["foiled plots"][-1][1] == sum(stage.startswith("foiled") for stage in stages)


def test_at_the_tick_of_an_event_it_has_not_happened_yet(fresh):
    for lane, shown in enumerate(fresh.lanes):
        for name, stage in (("incidents", "incident"), ("foiled plots", "foiled")):
            times = [event["time"] for event in shown.course.events if event["stage"].startswith(stage)]
            for tick in [time + later for time in times[:3] for later in (0, 1)]:
                travelled(fresh, [tick])
                assert curves(fresh, "Incidents")[lane][name][-1][1] == sum(time < tick for time in times)


def test_each_step_of_the_incidents_stands_at_its_moment(fresh):
    fresh.go_to(fresh.horizon)
    for lane, found in zip(fresh.lanes, curves(fresh, "Incidents"), strict=True):
        points = found["incidents"]
        steps = [
            year for (year, n), (_, before) in zip(points[1:], points, strict=False) for _ in range(int(n - before))
        ]
        times = [event["time"] / YEAR for event in lane.course.events if event["stage"] == "incident"]
        assert steps == pytest.approx(times, abs=ROUNDED)


# The figures.


def test_at_the_horizon_the_panels_end_with_the_model_s_totals(fresh):
    fresh.go_to(fresh.horizon)
    for k, lane in enumerate(fresh.lanes):
        model = lane.model
        found = {name: points[-1][1] for word in LINES for name, points in curves(fresh, word)[k].items()}
        assert found["incidents"] == model.total("incidents")
        assert found["foiled plots"] == model.foiled
        for name, column in (("projects: spent", "project_spent"), ("projects: budget", "project_budget")):
            assert found[name] == pytest.approx(model.total(column) / 1e6, abs=1e-4)
        for ledger in ("state", "partner"):
            assert found[f"{ledger}: spent"] == pytest.approx(model.total(f"{ledger}_spent") / 1e6, abs=1e-4)
        shown = curves(fresh, "Protocol")[k]
        for name, keeping in zip(model.names["jurisdictions"], model.world.protocol, strict=True):
            share = keeping.adherence
            assert shown[name][-1][1] == pytest.approx(100 * share, abs=1e-4)
            bias = lane.scenario.policy.adherence.reporting_bias
            claimed = share + bias * (1 - share)
            assert shown[name + REPORTED][-1][1] == pytest.approx(
                100 * (claimed + keeping.show * (1 - claimed)), abs=1e-4
            )
        for name, level in zip(model.names["jurisdictions"], model.world.mood["grievance"], strict=True):
            assert curves(fresh, "Grievance")[k][name][-1][1] == pytest.approx(level, abs=1e-4)


def test_what_incidents_there_were_is_shown_though_the_log_is_full():
    shown = Watch([Setup("baseline", BUSY | {"run.horizon": 6.0})])
    shown.go_to(shown.horizon)
    model = shown.lanes[0].model
    assert model.total("events_lost") > 0
    assert curves(shown, "Incidents")[0]["incidents"][-1][1] == model.total("incidents")


def test_the_share_with_an_escort_is_that_of_the_samples_before():
    shown = Watch([Setup("baseline", {"run.horizon": 1.0, "run.warmup": 0.2})], 5)
    shown.go_to(shown.horizon)
    totals = shown.lanes[0].course.totals
    points = dict(enumerate(share for _, share in curves(shown, "Movements")[0]["with an escort"]))
    for k in (1, QUARTER - 1, QUARTER, QUARTER + 1, len(totals["trips"]) - 1):
        first = max(0, k - QUARTER)
        share = (totals["trips_escorted"][k] - totals["trips_escorted"][first]) / (
            totals["trips"][k] - totals["trips"][first]
        )
        assert points[k - 1] == pytest.approx(100 * share, abs=1e-4)  # at t = 0 there is none


def test_shares_have_an_axis_to_100_and_stay_below(fresh):
    fresh.go_to(fresh.horizon)
    for word in ("Protocol", "Movements"):
        assert panel(fresh, word)["yAxis"][0]["max"] == 100
        for lane in curves(fresh, word):
            assert all(0 <= share <= 100 for points in lane.values() for _, share in points)


@some_ticks()
def test_the_funnel_counts_what_has_happened_by_now(watch, ticks):
    travelled(watch, ticks)
    for number, lane in enumerate(watch.lanes):
        found = bars(watch, number)
        stages = [event["stage"] for event in lane.course.so_far(watch.tick)]
        for bar, stage in (("incidents", "incident"), ("plots", "plot"), ("gave up", "gave up")):
            assert found[bar] == stages.count(stage), bar
        assert found["fatal"] == sum(event["deaths_foreign"] > 0 for event in lane.course.so_far(watch.tick))
        for how in FOILED:
            assert found[f"foiled: {how}"] == sum(stage.startswith(f"foiled: {how}") for stage in stages), how


def test_the_funnel_at_the_horizon_is_the_model_s(fresh):
    fresh.go_to(fresh.horizon)
    for number, lane in enumerate(fresh.lanes):
        for stage, count in bars(fresh, number).items():
            column = stage.replace(": ", "_").replace(" ", "_")
            assert count == lane.model.total(column), stage
        assert bars(fresh, number)["incidents"] > 0


def test_the_funnel_goes_back_with_the_clock(fresh):
    fresh.go_to(fresh.horizon)
    fresh.go_to(0)
    assert set(bars(fresh, 0).values()) == set(bars(fresh, 1).values()) == {0}

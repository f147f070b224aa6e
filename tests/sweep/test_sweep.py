"""Sweeps: the design, the folder, resuming."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.compare import paired
from sim.analysis.tables import sweep_table
from sim.errors import InputError
from sim.outcome import OUTCOME
from sim.runs.collect import Done
from sim.runs.simulate import simulate
from sim.runs.totals import of_point, replicates
from sim.sweep import store
from sim.sweep.design import design_points
from sim.sweep.file import load_sweep
from sim.sweep.precision import looks
from sim.sweep.query import query
from sim.sweep.result import design_point, read_sweep
from sim.sweep.store import OpenStore, parts_in
from sim.sweep.sweep import plan_sweep, run_sweep
from sim.sweep.versions import point_id

ROOT = Path(__file__).parents[2]
MAIN_JOB = ROOT / "scenarios" / "sweeps" / "adherence-vetting-budget.yaml"
SMALL = """
name: small
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.5, policy.adherence.hold: true}
replicates: 3
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 1.0]}
  screening:
    label: checks
    levels: {none: {policy.screening.sensitivity: 0.0}, today: {}}
grids: [[adherence, screening], [adherence]]
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_the_main_job_has_at_least_60_points_100_replicates_and_3_years():
    file = load_sweep(MAIN_JOB)
    points = design_points(file, MAIN_JOB)
    assert len(points) >= 60
    assert file.replicates >= 100
    assert {(p.scenario.run.horizon, p.scenario.run.start) for p in points} == {(3.0, "steady")}
    assert {p.scenario.policy.adherence.hold for p in points} == {True}


def test_a_point_that_two_grids_share_is_run_once_and_stands_in_both(small):
    points = design_points(load_sweep(small), small)
    assert len(points) == 6 and len({point_id(point.scenario, 1) for point in points}) == 4


def test_the_same_command_again_runs_nothing_and_gives_the_same_rows(small, tmp_path):
    first = run_sweep(small, tmp_path / "out")
    again = run_sweep(small, tmp_path / "out")
    assert first.years_run > 0
    assert again.years_run == 0
    assert np.array_equal(first.rows, again.rows)


def test_more_replicates_run_only_what_is_missing_and_change_nothing_that_was_there(small, tmp_path):
    first = run_sweep(small, tmp_path / "out", replicates=2)
    parts = {p: p.read_bytes() for p in (tmp_path / "out" / "rows").glob("*.parquet")}
    more = run_sweep(small, tmp_path / "out", replicates=5)
    fresh = run_sweep(small, tmp_path / "fresh", replicates=5)
    assert np.array_equal(more.rows, fresh.rows)
    assert np.array_equal(more.rows[more.rows["replicate"] < 2], first.rows)
    assert all(p.read_bytes() == content for p, content in parts.items())


def test_the_table_has_one_row_a_point_with_its_levels_and_intervals(small, tmp_path):
    table = sweep_table(run_sweep(small, tmp_path / "out"))
    assert [(row["adherence"], row["screening"]) for row in table] == [
        (0.4, "none"),
        (0.4, "today"),
        (1.0, "none"),
        (1.0, "today"),
        (0.4, None),
        (1.0, None),
    ]
    assert all(row["incidents_per_year_low"] <= row["incidents_per_year"] for row in table)


@pytest.mark.parametrize(
    "old, new, parts",
    [
        ("grids: [[adherence, screening]", "grids: [[adherence, vetting]", ["vetting", "adherence, screening"]),
        ("replicates: 3", "replicates: 0", ["replicates", "0", "1"]),
        ("values: [0.4, 1.0]", "values: [0.4, 1.7]", ["policy.adherence.level", "1.7"]),
        ("scenario: baseline", "scenario: nowhere.yaml", ["nowhere.yaml"]),
        ("name: small", "name: small\ncolour: red", ["colour"]),
    ],
)
def test_a_wrong_sweep_file_is_refused_and_nothing_is_written(small, tmp_path, old, new, parts):
    small.write_text(SMALL.replace(old, new))
    with pytest.raises(InputError) as error:
        run_sweep(small, tmp_path / "out")
    assert all(part in str(error.value) for part in parts)
    assert not (tmp_path / "out").exists()


# What it will take.

PRECISE = SMALL.replace("replicates: 3", "precision: {relative: 6%, maximum: 400}")


def test_the_plan_says_what_there_is_to_run_and_writes_nothing(small, tmp_path):
    found = plan_sweep(small, tmp_path / "out")
    assert (found.points, found.replicates, found.most, found.done) == (6, 12, 3, 0)
    assert found.years == pytest.approx(4 * 3 * 1.0 + 3 * 0.5)
    assert found.pace > 0
    assert found.megabytes > 0
    assert not (tmp_path / "out").exists()


def test_the_plan_leaves_out_what_is_there(small, tmp_path):
    run_sweep(small, tmp_path / "out", replicates=2)
    found = plan_sweep(small, tmp_path / "out")
    assert (found.replicates, found.done) == (12, 8)
    assert found.years == pytest.approx(4 * 1.0 + 0.5)


def test_the_forecast_of_disk_is_near_what_it_takes(small, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "SECONDS_A_PART", 1e9)  # no part because its time has come: the next test
    found = plan_sweep(small, tmp_path / "out", replicates=400)
    run_sweep(small, tmp_path / "out", replicates=400)
    took = sum(part.stat().st_size for part in (tmp_path / "out" / "rows").glob("*.parquet"))
    assert 0.5 < found.megabytes * 1e6 / took < 2


@pytest.mark.parametrize("seconds", [10, 50, 200])
def test_parts_that_are_written_because_their_time_has_come_are_as_many_as_forecast(tmp_path, monkeypatch, seconds):
    clock = 0.0
    monkeypatch.setattr(store, "time", SimpleNamespace(monotonic=lambda: clock))
    with OpenStore(tmp_path) as opened:
        opened.ids = ["0" * 16]
        for number in range(4 * seconds):
            rows, clock = OUTCOME.rows(1), number / 4
            rows["replicate"] = number
            opened.add(Done(rows, [], 1.0))
    assert len(opened.parts) == pytest.approx(parts_in(seconds), rel=0.1, abs=1)


@pytest.mark.parametrize("what", ["small", "precise"])
def test_a_sweep_that_is_whole_needs_no_engine_runs_no_pilot_and_says_so(what, small, tmp_path, monkeypatch, capsys):
    if what == "precise":
        small.write_text(PRECISE)
    first = run_sweep(small, tmp_path / "out")
    before = logged(tmp_path / "out")
    monkeypatch.setattr("sim.sweep.sweep.pilot", lambda *_: pytest.fail("a pilot was run"))
    monkeypatch.setattr("sim.sweep.sweep.compile_engine", lambda _: pytest.fail("the engine was loaded"))
    again = run_sweep(small, tmp_path / "out", quiet=False)
    count = len(query(tmp_path / "out", "select distinct run_id from rows"))
    told = f"nothing to run: all {count:,} replicates of 6 points are there"
    assert capsys.readouterr().err == f"{told}\n"
    assert [line for line in logged(tmp_path / "out")[len(before) :] if not line.startswith("look at")][1:-1] == [told]
    assert again.rows.tobytes() == first.rows.tobytes()


def logged(folder):
    """Lines of its log, without their time."""
    return [line.split(" ", 1)[1] for line in (folder / "log.txt").read_text().splitlines()]


def test_the_forecast_stands_in_the_log_before_the_work(small, tmp_path):
    run_sweep(small, tmp_path / "out")
    words = [line.split(":")[0] for line in logged(tmp_path / "out")]
    assert words == ["began", "forecast", "ended"]


# Precision.


def test_each_point_is_run_until_it_is_precise_and_not_further(small, tmp_path):
    small.write_text(PRECISE)
    result = run_sweep(small, tmp_path / "out")
    for number in range(len(result.points)):
        interval = result.tally.own.interval(number, "incidents_per_year")
        assert (interval.high - interval.low) / 2 <= 0.06 * interval.estimate
        mine = result.rows[result.rows["point"] == number]
        assert set(mine["replicate"]) == set(range(result.looks.upto[number]))
    assert set(result.looks.upto) <= set(looks(50, 400))
    assert len(set(result.looks.upto)) > 1
    assert sum(result.store.count(result.store.ids)) == sum(result.looks.upto)


def test_a_sweep_that_has_more_than_its_precision_needs_stops_at_the_same_looks(small, tmp_path):
    small.write_text(PRECISE)
    plain = run_sweep(small, tmp_path / "plain")
    run_sweep(small, tmp_path / "rich", replicates=300)
    rich = run_sweep(small, tmp_path / "rich")
    assert rich.years_run == 0
    assert rich.looks.upto.tolist() == plain.looks.upto.tolist()
    assert sweep_table(rich) == sweep_table(plain)


def test_the_table_does_not_depend_on_the_order_in_which_runs_came_in(small, tmp_path, monkeypatch):
    once = run_sweep(small, tmp_path / "once", replicates=40, threads=2)
    monkeypatch.setattr(store, "SECONDS_A_PART", 1e-6)
    for count in (33, 7, 21, 40):
        bits = run_sweep(small, tmp_path / "bits", replicates=count, threads=1)
    assert len(list((tmp_path / "bits" / "rows").iterdir())) > len(list((tmp_path / "once" / "rows").iterdir()))
    assert sweep_table(bits) == sweep_table(once)


# From the folder alone.


def test_a_sweep_is_read_from_its_folder_as_it_was_run(small, tmp_path):
    small.write_text(SMALL + "sample: {size: 2, priors: [insider]}\nreference: {adherence: 1.0}\n")
    run = run_sweep(small, tmp_path / "out", seed=5, replicates=4)
    small.unlink()
    read = read_sweep(tmp_path / "out")
    assert read.file == run.file
    assert [(p.levels, p.draw, p.drawn) for p in read.points] == [(p.levels, p.draw, p.drawn) for p in run.points]
    assert [p.scenario for p in read.points] == [p.scenario for p in run.points]
    assert [p.scenario.warmup for p in read.points] == [p.scenario.warmup for p in run.points]
    assert np.array_equal(read.rows, run.rows)
    assert repr(sweep_table(read)) == repr(sweep_table(run))


def test_what_the_command_said_is_written_down(small, tmp_path):
    run_sweep(small, tmp_path / "out", seed=5, sets={"policy.budget.share": "2"})
    last = json.loads((tmp_path / "out" / "versions.json").read_text())["made"][-1]
    assert last["command"] == f"sitesec sweep {small} --seed 5 --set policy.budget.share=2"
    assert {"code", "numba", "numpy", "platform", "model"} <= set(last["versions"])


# Statistics.


def test_differences_are_those_of_paired_replicates(small, tmp_path):
    small.write_text(SMALL + "reference: {adherence: 1.0, screening: today}\n")
    result = run_sweep(small, tmp_path / "out", replicates=30)
    reference = result.looks.references[0]
    table = replicates(result.rows)
    for number in range(len(result.points)):
        a, b = of_point(table, reference), of_point(table, number)
        found = paired(a, b)["incidents_per_year"]["expected"]
        mine = result.tally.gap.interval(number, "incidents_per_year")
        assert [mine.estimate, mine.low, mine.high] == pytest.approx([found[k] for k in ("difference", "low", "high")])
        if number != reference:
            assert result.tally.crn_factor(number, "incidents_per_year") == pytest.approx(found["crn_factor"])


def test_points_without_a_reference_are_run_to_their_precision_all_the_same(small, tmp_path):
    small.write_text(
        "name: years\nset: {run.warmup: 0.2}\nprecision: {relative: 20%}\n"
        "axes: {years: {label: years, key: run.horizon, values: [1, 2]}}\n"
    )
    result = run_sweep(small, tmp_path / "out")
    assert result.looks.references == [0, -1]
    assert result.looks.precise.all()
    assert np.isnan(sweep_table(result)[1]["incidents_per_year_difference"])
    assert plan_sweep(small, tmp_path / "plan").points == 2


def test_a_single_replicate_has_no_interval_and_no_error(small, tmp_path):
    table = sweep_table(run_sweep(small, tmp_path / "out", replicates=1))
    assert all(np.isnan(row["incidents_per_year_low"]) for row in table)
    assert all(np.isfinite(row["incidents_per_year"]) for row in table)


OWN = """
name: own
set: {run.horizon: 1, run.warmup: 0.2}
replicates: 2
axes: {budget: {label: budget, key: policy.budget.share, values: [1, 2]}}
sample: {table: draws.csv, own_seeds: true}
"""


def test_draws_with_seeds_of_their_own_share_no_random_numbers_and_each_point_can_be_run_again(tmp_path):
    (tmp_path / "draws.csv").write_text("threat.plot_interval\n60\n90\n")
    (tmp_path / "own.yaml").write_text(OWN)
    out = tmp_path / "out"
    rows = run_sweep(tmp_path / "own.yaml", out, threads=1).rows
    seeds = [set(rows["seed"][rows["point"] == n].tolist()) for n in range(4)]
    assert seeds[0] == seeds[1] and seeds[2] == seeds[3] and seeds[0].isdisjoint(seeds[2])
    for n in range(4):
        again = simulate(*_points_of(out, n), threads=1)
        mine, own = rows[rows["point"] == n], [name for name in OUTCOME.names if name != "point"]
        assert all(np.array_equal(again[name], mine[name]) for name in own)
    assert run_sweep(tmp_path / "own.yaml", out, threads=1).years_run == 0
    assert plan_sweep(tmp_path / "own.yaml", out, threads=1).years == 0


def _points_of(out, number):
    scenario, seed = design_point(out, number)
    return scenario, 2, seed

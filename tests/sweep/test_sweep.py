"""Sweeps: the design, the folder, resuming."""

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.tables import sweep_table
from sim.scenario.schema import ScenarioError
from sim.sweep.design import design_points
from sim.sweep.file import load_sweep
from sim.sweep.sweep import run_sweep

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


def test_a_point_that_two_grids_share_is_run_once(small):
    assert len(design_points(load_sweep(small), small)) == 4


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
    with pytest.raises(ScenarioError) as error:
        run_sweep(small, tmp_path / "out")
    assert all(part in str(error.value) for part in parts)
    assert not (tmp_path / "out").exists()

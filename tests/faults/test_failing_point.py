"""A design point that raises: the others are run, its failures are rows, and the next call tries them again."""

import pytest

from sim.rng import replicate_seed
from sim.sweep.diff import diff
from sim.sweep.parts import read_parquet
from tests.faults.drivers import MAIN, parts, rows_in

pytestmark = pytest.mark.slow
REPLICATES = 20
BROKEN = 4  # the design point that raises, in most of its replicates
SCRIPT = f"""
import sim.runs.collect as run
real = run.run_chunk
def failing(chunk):
    if any(chunk.points[job.point] == {BROKEN} and job.replicate >= 3 for job in chunk.jobs):
        raise ZeroDivisionError("as it was told")
    return real(chunk)
run.run_chunk = failing
"""


def test_a_point_that_raises_leaves_the_others_sound_and_is_run_when_it_no_longer_does(drivers, equal, tmp_path):
    folder, options = tmp_path / "failing", ("--reps", REPLICATES)
    sentence = drivers.run(folder, *options, script=SCRIPT + MAIN).sentence()
    failed = REPLICATES - 3
    assert all(word in sentence for word in (f"{failed} runs failed", "ZeroDivisionError", "as it was told"))
    failures = read_parquet(folder / "failures.parquet").to_pandas().sort_values("replicate")
    design = read_parquet(folder / "design.parquet").to_pandas().set_index("number")
    assert failures["replicate"].tolist() == list(range(3, REPLICATES))
    assert failures["seed"].tolist() == [replicate_seed(1, replicate) for replicate in range(3, REPLICATES)]
    assert set(failures["point_id"]) == {design.loc[BROKEN, "point_id"]}
    assert set(zip(failures["origin"], failures["type"], failures["message"], strict=True)) == {
        ("running", "ZeroDivisionError", "as it was told")
    }
    assert rows_in(folder) == 6 * REPLICATES - failed
    there = parts(folder)
    assert drivers.run(folder, *options).code == 0
    assert there.items() <= parts(folder).items()
    assert rows_in(folder) == 6 * REPLICATES
    equal(folder, REPLICATES)


def test_failed_runs_make_two_folders_differ(drivers, uninterrupted, tmp_path):
    folder = tmp_path / "all failing"
    script = SCRIPT.replace(f"== {BROKEN} and job.replicate >= 3", ">= 0")
    assert f"{6 * REPLICATES} runs failed" in drivers.run(folder, "--reps", REPLICATES, script=script + MAIN).sentence()
    assert rows_in(folder) == 0
    assert not diff(folder, uninterrupted(REPLICATES)).same

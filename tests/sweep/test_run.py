"""Runs on threads: the same rows whatever the threads, the chunks and the company of other design points."""

import math
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim import engine, with_values
from sim.agenda import DAYS_A_YEAR, TICKS_A_DAY
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.scenario import build
from sim.scenario.build import structure
from sim.sweep import run
from sim.sweep.run import RunError, plan_chunks, run_chunks, simulate

SHORT = {"run.horizon": 1.5, "run.warmup": 0.25}
REPLICATES = 8


@pytest.fixture(scope="module")
def short(baseline):
    return with_values(baseline, SHORT)


@pytest.fixture(scope="module")
def points(short, busy):
    """Points of two structures, two warm-ups and two horizons, out of order."""
    return [
        with_values(short, {"policy.adherence.level": 0.9}),
        busy,
        short,
        with_values(short, {"run.warmup": 0.5}),
        with_values(short, {"threat.opportunity_interval": 100.0}),
        with_values(busy, {"policy.screening.sensitivity": 0.9, "run.start": "steady"}),
        with_values(short, {"run.horizon": 0.5, "policy.budget.share": 3.0}),
    ]


@pytest.fixture(scope="module")
def rows(points):
    return simulate(points, REPLICATES, threads=1)


def without_point(rows):
    """Bytes of rows but for the number of their design point."""
    rows = rows.copy()
    rows["point"] = 0
    return rows.tobytes()


# The same bytes.


@pytest.mark.parametrize("threads", [2, 4])
def test_any_number_of_threads_gives_the_same_bytes(points, rows, threads):
    assert simulate(points, REPLICATES, threads=threads).tobytes() == rows.tobytes()


@pytest.mark.parametrize("years", [0.001, 5.0, 40.0, 1e6])
def test_any_size_of_chunks_gives_the_same_bytes(points, rows, years, monkeypatch):
    monkeypatch.setattr(run, "YEARS_A_CHUNK", years)
    assert simulate(points, REPLICATES, threads=2).tobytes() == rows.tobytes()


@pytest.mark.parametrize("cores", [1, 3, 64])
def test_any_number_of_cores_gives_the_same_bytes(points, rows, cores, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert simulate(points, REPLICATES, threads=1).tobytes() == rows.tobytes()


def test_a_point_gives_the_same_bytes_alone_as_beside_others_after_a_kept_warm_up(points, rows):
    for number, point in enumerate(points):
        alone = simulate(point, REPLICATES, threads=1)
        assert without_point(alone) == without_point(rows[rows["point"] == number])


def test_the_order_of_points_changes_nothing_but_their_numbers(points, rows):
    turned = simulate(points[::-1], REPLICATES, threads=2)
    for number in range(len(points)):
        other = len(points) - 1 - number
        assert without_point(turned[turned["point"] == other]) == without_point(rows[rows["point"] == number])


def test_more_replicates_leave_the_first_ones_as_they_were(short, points, rows):
    mine = rows[rows["point"] == points.index(short)]
    fewer = simulate(short, 3, threads=1)
    assert without_point(fewer) == without_point(mine[mine["replicate"] < 3])


def test_replicates_can_be_run_in_parts(short, points, rows):
    parts = [simulate(short, 5, first=0, threads=1), simulate(short, 3, first=5, threads=1)]
    assert without_point(np.concatenate(parts)) == without_point(rows[rows["point"] == points.index(short)])


def test_a_space_that_was_used_before_leaves_no_trace(points, rows):
    chunks = plan_chunks(points, range(REPLICATES), 1)
    with ThreadPoolExecutor(1) as executor:
        twice = [np.concatenate(list(run_chunks(chunks, executor, None))) for _ in range(2)]
    for found in twice:
        assert np.sort(found, order=("point", "replicate", "year")).tobytes() == rows.tobytes()


# Common random numbers and seeds.


def test_all_points_of_a_replicate_have_its_seed(rows):
    for replicate in range(REPLICATES):
        assert set(rows[rows["replicate"] == replicate]["seed"]) == {replicate_seed(1, replicate)}


def test_another_root_seed_gives_other_replicates(short, rows):
    other = simulate(short, REPLICATES, seed=2, threads=1)
    assert not set(other["seed"]) & set(rows["seed"])


def test_the_seed_of_a_row_is_that_of_the_run_it_came_from(short, points, rows, replicate):
    mine = rows[(rows["point"] == points.index(short)) & (rows["replicate"] == 3)]
    by_hand = replicate(short, 3, root=1).finish().rows
    assert without_point(by_hand) == without_point(mine)


# Rows.


def test_there_is_a_row_for_each_point_replicate_and_year_in_order(points, rows):
    wanted = [
        (point, replicate, year)
        for point, scenario in enumerate(points)
        for replicate in range(REPLICATES)
        for year in range(math.ceil(scenario.run.horizon - 1e-9))
    ]
    assert [tuple(row) for row in rows[["point", "replicate", "year"]].tolist()] == wanted


def test_jobs_of_a_replicate_stay_together_and_warm_up_once_for_each_base(points):
    for chunk in plan_chunks(points, range(REPLICATES), 1):
        jobs = chunk.jobs.reshape(-1, len(chunk.points))
        assert all(len(set(replicate["replicate"])) == 1 for replicate in jobs)
        bases = {(chunk.base[p].tobytes(), int(jobs[0]["warmup"][p])) for p in range(len(chunk.points))}
        assert ((jobs["begin"] == engine.FRESH).sum(axis=1) == len(bases)).all()
        assert (jobs["begin"][:, 0] == engine.FRESH).all()


def test_a_chunk_holds_points_of_one_structure(points):
    for chunk in plan_chunks(points, range(REPLICATES), 1):
        assert len({structure(points[p]) for p in chunk.points}) == 1


def test_chunks_count_their_simulated_years(points):
    done = []
    simulate(points, 3, threads=2, progress=done.append)
    days = 0
    for chunk in plan_chunks(points, range(3), 1):
        days += (chunk.jobs["until"] // TICKS_A_DAY - chunk.jobs["policy_day"]).sum()
        days += chunk.jobs["warmup"][chunk.jobs["begin"] == engine.FRESH].sum()
    assert sum(done) == pytest.approx(days / DAYS_A_YEAR)
    assert sum(done) >= 3 * sum(point.run.horizon for point in points)


# What goes wrong.


@pytest.mark.parametrize("replicates", [0, -1])
def test_no_replicates_are_refused(short, replicates):
    with pytest.raises(ValueError, match=f"replicates: read {replicates}, allowed 1 or more"):
        simulate(short, replicates)


def test_a_negative_seed_is_refused(short):
    with pytest.raises(ValueError, match="seed: read -3, allowed 0 or more"):
        simulate(short, 1, seed=-3)


def test_a_full_array_stops_the_run_and_the_message_names_replicate_and_point(short, monkeypatch):
    crowded = with_values(short, {"insider.prevalence": 0.005})
    monkeypatch.setattr(build._Builder, "_insiders_capacity", lambda builder, posts: 2)
    with pytest.raises(RunError, match="an array of the engine was full in replicate 0 of design point 0"):
        simulate(crowded, 1, threads=1)


def test_the_row_that_must_not_be_used_is_the_one_that_is_named():
    rows = OUTCOME.rows(2)
    rows["replicate"], rows["point"] = [4, 5], [0, 1]
    assert run._checked(rows) is rows
    rows["status"][1] = 3
    with pytest.raises(RunError, match="replicate 5 of design point 1"):
        run._checked(rows)


def test_after_a_failure_nothing_more_is_begun(short, monkeypatch):
    begun = []
    one_at_a_time = plan_chunks([short], [0], 1) * 50

    def failing(chunk, spaces):
        begun.append(chunk)
        time.sleep(0.02)
        if len(begun) > 1:
            raise RunError("full")
        return OUTCOME.rows(1)

    monkeypatch.setattr(run, "_run_chunk", failing)
    with ThreadPoolExecutor(1) as executor, pytest.raises(RunError):
        list(run_chunks(one_at_a_time, executor, None))
    assert len(begun) < 50


def test_a_thread_never_waits_for_another_ones_space(short):
    class OneIsFaster(run.SimpleQueue):
        """A queue whose last entry another thread takes just after it was seen."""

        def empty(self):
            return False

    blank = plan_chunks([short], [0], 1)[0].blank
    taker = threading.Thread(target=run._take_space, args=(blank, OneIsFaster()), daemon=True)
    taker.start()
    taker.join(timeout=2)
    assert not taker.is_alive()

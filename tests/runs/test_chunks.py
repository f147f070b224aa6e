"""Runs on threads: the same rows whatever the threads, the chunks and the company of other design points."""

import dataclasses
import math
import multiprocessing
import os
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from sim import engine, with_values
from sim.clock import DAYS_A_YEAR, TICKS_A_DAY
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.runs.chunks import plan_chunks
from sim.runs.collect import run_chunks
from sim.runs.executors import Serial
from sim.runs.simulate import simulate
from sim.runs.worker import OtherCode, RunError
from sim.scenario import build
from sim.scenario.build import content, structure

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
    monkeypatch.setattr(chunks, "YEARS_A_CHUNK", years)
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
    chunks = list(plan_chunks(points, range(REPLICATES), 1))
    with ThreadPoolExecutor(1) as executor:
        twice = [np.concatenate([done.rows for done in run_chunks(chunks, executor)]) for _ in range(2)]
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


def test_jobs_of_a_replicate_stay_together_and_warm_up_once(points):
    for chunk in plan_chunks(points, range(REPLICATES), 1):
        jobs = chunk.jobs.reshape(-1, len(chunk.points))
        assert all(len(set(replicate["replicate"])) == 1 for replicate in jobs)
        assert (jobs["begin"][:, 0] == engine.FRESH).all()
        assert (jobs["begin"][:, 1:] == engine.FROM_KEPT).all()
        assert len({content(points[p].warmup) for p in chunk.points}) == 1


def test_points_that_differ_in_policy_only_share_a_warm_up(short):
    policies = [with_values(short, {"policy.adherence.level": level}) for level in (0.2, 0.6, 1.0)]
    jobs = np.concatenate([chunk.jobs for chunk in plan_chunks(policies, range(REPLICATES), 1)])
    assert (jobs["begin"] == engine.FRESH).sum() == REPLICATES


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


def test_a_run_whose_array_was_full_is_a_failure_and_the_others_keep_their_rows(short):
    chunk = next(plan_chunks([short], range(2), 1))
    rows = OUTCOME.rows(4)
    rows["replicate"], rows["year"], rows["seed"] = [4, 4, 5, 5], [0, 1, 0, 1], [40, 40, 50, 50]
    assert collect._sound(chunk, rows).rows is rows
    rows["status"][1] = 3
    done = collect._sound(chunk, rows)
    assert set(done.rows["replicate"]) == {5}
    assert [(f.point, f.replicate, f.seed, f.origin) for f in done.failures] == [(0, 4, 40, "engine")]


def test_a_chunk_that_raises_is_tried_run_by_run_so_that_only_the_runs_that_raise_are_failures(short, monkeypatch):
    pair = [short, with_values(short, {"policy.adherence.level": 0.9})]
    sound = simulate(pair, 4, threads=1)
    real = collect.run_chunk

    def failing(chunk):
        for job in chunk.jobs:
            if (chunk.points[job.point], job.replicate) == (1, 2):
                raise ZeroDivisionError("at once")
        return real(chunk)

    monkeypatch.setattr(collect, "run_chunk", failing)
    with ThreadPoolExecutor(2) as executor:
        back = list(run_chunks(plan_chunks(pair, range(4), 1), executor))
    failures = [failure for done in back for failure in done.failures]
    assert [(f.point, f.replicate, f.type, f.message) for f in failures] == [(1, 2, "ZeroDivisionError", "at once")]
    assert failures[0].seed == replicate_seed(1, 2)
    rows = np.sort(np.concatenate([done.rows for done in back]), order=("point", "replicate", "year"))
    assert rows.tobytes() == sound[(sound["point"] != 1) | (sound["replicate"] != 2)].tobytes()


def test_in_memory_a_failed_run_is_an_error_that_names_it(short, monkeypatch):
    def failing(chunk):
        raise ZeroDivisionError("at once")

    monkeypatch.setattr(collect, "run_chunk", failing)
    with pytest.raises(RunError, match=r"at once in replicate \d of design point 0"):
        simulate(short, 3, threads=2)


def test_a_worker_with_other_code_ends_the_work(short, monkeypatch):
    chunks = [dataclasses.replace(chunk, code="other") for chunk in plan_chunks([short], range(2), 1)]
    with ThreadPoolExecutor(1) as executor, pytest.raises(OtherCode, match="install the same"):
        list(run_chunks(chunks, executor))


def test_an_interrupt_leaves_the_rest_undone(short, monkeypatch):
    begun = []

    def slow(chunk):
        begun.append(chunk)
        time.sleep(0.02)
        return OUTCOME.rows(1)

    monkeypatch.setattr(collect, "run_chunk", slow)
    chunks = list(plan_chunks([short], [0], 1)) * 50
    with ThreadPoolExecutor(1) as executor:
        back = run_chunks(chunks, executor)
        next(back)
        back.close()
    assert len(begun) < 5


def test_no_more_chunks_wait_than_keep_the_workers_busy(short, monkeypatch):
    taken = []

    def counted():
        for chunk in list(plan_chunks([short], [0], 1)) * 100:
            taken.append(chunk)
            yield chunk

    monkeypatch.setattr(collect, "run_chunk", lambda chunk: OUTCOME.rows(1))
    with ThreadPoolExecutor(2) as executor:
        back = run_chunks(counted(), executor)
        next(back)
        assert len(taken) <= 2 * collect.WAITING
        back.close()


# Executors.


def test_any_executor_gives_the_same_bytes(points, rows):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        for executor in (Serial(), processes):
            back = list(run_chunks(plan_chunks(points, range(REPLICATES), 1), executor))
            found = np.sort(np.concatenate([done.rows for done in back]), order=("point", "replicate", "year"))
            assert found.tobytes() == rows.tobytes()


def test_a_pool_whose_worker_died_ends_the_work_and_says_so(short):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        processes.submit(os._exit, 1)
        with pytest.raises(BrokenExecutor):
            list(run_chunks(plan_chunks([short], range(2), 1), processes))

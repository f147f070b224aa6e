"""How fast the engine, the plain-Mesa twin and the C floor are, in the same minutes, by CPU time."""

from __future__ import annotations

import itertools
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
import numba
import numpy as np

from experiments.benchmarks.floor.floor import CORE, Floor, seeds_of
from experiments.benchmarks.tables import Figure, interleaved
from experiments.benchmarks.twin.model import TICKS_A_DAY, Twin
from sim import Scenario, engine, load_scenario, rng, run_sweep
from sim.kernel import OPTIONS
from sim.outcome import OUTCOME
from sim.runs.chunks import plan_chunks
from sim.runs.cluster import cluster
from sim.scenario.build import build_world
from sim.state import clone

TWIN_DAYS = (3, 63)  # the twin's pace is the slope between them: its world is built once, whatever the horizon
DAYS_A_YEAR = 365
DRAWS = 2_000_000
DASK_ROUNDS = 3


def engine_pace(scenario: Scenario, replicates: int) -> Callable[[], float]:
    """Seconds a simulated year of the compiled call on one thread, warm-up counted: what to call to measure it."""
    chunk = next(plan_chunks([scenario], range(replicates), 1))
    world, kept, blank = (clone(build_world(scenario)) for _ in range(3))
    rows = OUTCOME.rows(chunk.rows)
    years = len(chunk.jobs) * (scenario.run.warmup + scenario.run.horizon)

    def pace() -> float:
        began = time.thread_time()
        engine.advance(world, kept, blank, chunk.base, chunk.params, chunk.jobs, rows)
        return (time.thread_time() - began) / years

    pace()
    return pace


def floor_pace(scenario: Scenario, replicates: int) -> Callable[[], float]:
    """The same of the C floor."""
    floor, seeds = Floor(scenario), seeds_of(1, replicates)
    years = replicates * (scenario.run.warmup + scenario.run.horizon)

    def pace() -> float:
        began = time.thread_time()
        floor.run(seeds)
        return (time.thread_time() - began) / years

    pace()
    return pace


def twin_pace() -> tuple[float, float]:
    """Seconds a simulated year of the twin through `mesa.batch_run`, scaled up from days, and its moves a year."""
    first, last = (_twin_run(days) for days in TWIN_DAYS)
    days = TWIN_DAYS[1] - TWIN_DAYS[0]
    return tuple((b - a) / days * DAYS_A_YEAR for a, b in zip(first, last, strict=True))  # type: ignore[return-value]


def _twin_run(days: int) -> tuple[float, float]:
    parameters = {"file": str(CORE), "horizon_days": days, "run.warmup": 0}
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Mesa will have changed in its next version
        rows = mesa.batch_run(
            Twin, parameters, number_processes=1, max_steps=days * TICKS_A_DAY + 1, display_progress=False, rng=[1]
        )
    return time.process_time() - began, float(rows[-1]["moves"])


def race(rounds: int) -> list[Figure]:
    """Engine, twin and floor side by side."""
    core = load_scenario(CORE, {"run.horizon": 1.0})
    long_core = load_scenario(CORE, {"run.horizon": 8.0})
    baseline = load_scenario("baseline", {"run.horizon": 1.0})
    moves: list[float] = []
    _twin_run(1)  # reads and keeps the country

    def twin() -> float:
        seconds, moved = twin_pace()
        moves.append(moved)
        return seconds

    works = [
        twin,
        engine_pace(baseline, 100),
        engine_pace(core, 100),
        floor_pace(core, 100),
        engine_pace(long_core, 30),
        floor_pace(long_core, 30),
    ]
    slow, today, ours, theirs, ours_long, theirs_long = (np.array(column) for column in interleaved(works, rounds))
    year = float(np.median(moves))
    scaled = f"the twin over {TWIN_DAYS[1] - TWIN_DAYS[0]} days, scaled to a year"
    same = "the same counts for the same seeds (tests/docking/test_floor.py)"
    return [
        Figure("engine over twin, baseline year", slow / today, "times", at_least=1000, note=scaled),
        Figure("engine over twin, core year", slow / ours, "times", note="feedbacks off in both"),
        Figure("engine's time over the C floor's, 1 year", ours / theirs, "times", at_most=2.0, note=same),
        Figure("engine's time over the C floor's, 8 years", ours_long / theirs_long, "times", at_most=2.0, note=same),
        Figure("engine, baseline", 1 / today, "simulated years a second"),
        Figure("engine, core", 1 / ours, "simulated years a second"),
        Figure("C floor, core", 1 / theirs, "simulated years a second"),
        Figure("twin, core", slow, "seconds a simulated year"),
        Figure("engine, baseline: moves", year / today / 1e6, "million cells a second", note="as many as the twin's"),
        Figure("twin: moves", year / slow / 1e6, "million cells a second"),
    ]


uniform, fill = rng.uniform, rng.fill


@numba.njit(**OPTIONS)
def _draw_one_by_one(seed, count):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(count):
        total += uniform(seed, rng.TRIP, 7, k, 0)
    return total


@numba.njit(**OPTIONS)
def _draw_at_once(seed, draws, lanes, count):  # type: ignore[no-untyped-def]
    for k in range(count):
        fill(draws, 0, lanes, seed, 7, k)


def draws_a_second(rounds: int) -> list[Figure]:
    """Addresses drawn a second, one by one and those of a movement at once."""
    world = build_world(load_scenario("baseline"))
    lanes = world.lanes.shape[1]
    seed = np.uint64(12345)

    def one_by_one() -> float:
        began = time.thread_time()
        _draw_one_by_one(seed, DRAWS)
        return DRAWS / (time.thread_time() - began) / 1e6

    def at_once() -> float:
        began = time.thread_time()
        _draw_at_once(seed, world.draws, world.lanes, DRAWS // lanes)
        return DRAWS / (time.thread_time() - began) / 1e6

    one_by_one(), at_once()
    singly, together = interleaved([one_by_one, at_once], rounds)
    return [
        Figure("draws, one by one", singly, "million addresses a second"),
        Figure("draws, a movement's at once", together, "million addresses a second"),
    ]


SWEEP = """
name: pace
set: {run.horizon: 3, policy.adherence.hold: true}
replicates: 100
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 0.6, 0.8, 1.0]}
  budget: {label: budget, key: policy.budget.share, values: [0.5, 1.0, 2.0]}
"""


def side_by_side(rounds: int) -> list[Figure]:
    """Two threads over one, and two Dask workers over one: the same sweep, into a new store each time."""
    from distributed import LocalCluster

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pace.yaml")
        file.write_text(SWEEP, encoding="utf-8")
        stores = map(str, map(Path(folder).joinpath, map(str, itertools.count())))

        def pace(**where: Any) -> float:
            began = time.perf_counter()
            return run_sweep(file, next(stores), **where).years_run / (time.perf_counter() - began)

        one, two = interleaved([lambda: pace(threads=1), lambda: pace(threads=2)], rounds)
        workers = []
        for count in (1, 2):
            place = LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None)
            with place, cluster(place.scheduler_address) as executor:
                pace(executor=executor)
                workers.append([pace(executor=executor) for _ in range(DASK_ROUNDS)])
    return [
        Figure("two threads over one", np.array(two) / one, "times", at_least=1.8),
        Figure("two Dask workers over one", np.array(workers[1]) / workers[0], "times"),
    ]

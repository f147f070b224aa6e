"""Run replicates of scenarios on threads: the same rows whatever the number of threads.

Scenarios that share a structure share one World. A job is one replicate of one design point; jobs travel in chunks
of about a second, all points of a replicate together, so that a warm-up is run once and comparisons are complete.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import numpy as np

from sim import engine
from sim.agenda import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.scenario.build import build_world, params_rows, structure
from sim.scenario.schema import Scenario
from sim.state import World, clone

YEARS_A_CHUNK = 300.0  # simulated years: about a second of one core

Progress = Callable[[float], None]


class RunError(RuntimeError):
    """A run could not be finished; the message says which."""


@dataclass(frozen=True)
class Chunk:
    """Jobs that one worker does in one call; rows of `params` belong to `points`."""

    blank: World
    base: np.ndarray
    params: np.ndarray
    points: np.ndarray
    jobs: np.ndarray
    rows: int
    years: float


def simulate(
    scenarios: Scenario | Sequence[Scenario],
    replicates: int,
    seed: int = 1,
    *,
    first: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Run replicates of one or more scenarios with common random numbers.

    Parameters
    ----------
    scenarios : Scenario or sequence of Scenario
        The design points; the column `point` of the rows is their position here.
    replicates : int
        Replicates of each, 1 or more.
    seed : int
        The root seed, 0 or more; a replicate's own seed is hashed from it and the replicate's number.
    first : int
        Number of the first replicate.
    threads : int, optional
        Threads; all cores by default.
    progress : callable, optional
        Called with the simulated years (warm-up included) that were just finished.

    Returns
    -------
    ndarray of outcome rows
        One row a (point, replicate, year), sorted by these. See `sim.outcome.OUTCOME`.

    Raises
    ------
    ValueError
        If `replicates` is below 1 or `seed` is negative.
    ScenarioError
        If a world can't be built.
    RunError
        If an array of the engine was full.
    """
    points = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    if not points:
        raise ValueError("scenarios: read none, allowed one or more")
    if replicates < 1:
        raise ValueError(f"replicates: read {replicates}, allowed 1 or more")
    if seed < 0:
        raise ValueError(f"seed: read {seed}, allowed 0 or more")
    compile_engine(points[0])
    chunks = plan_chunks(points, range(first, first + replicates), seed)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as executor:
        parts = list(run_chunks(chunks, executor, progress))
    return np.sort(np.concatenate(parts), order=("point", "replicate", "year"))


def compile_engine(scenario: Scenario) -> None:
    """Compile the engine, or load it, before anything is timed or given to threads."""
    blank = build_world(scenario)
    params = params_rows([scenario])
    engine.advance.prepare(blank, blank, blank, params, params, engine.JOB.rows(0), OUTCOME.rows(0))


def plan_chunks(points: Sequence[Scenario], replicates: Sequence[int], seed: int) -> list[Chunk]:
    """Split the jobs of all points and replicates into chunks, points of a replicate together."""
    groups: dict[tuple, list[int]] = {}
    for number, scenario in enumerate(points):
        groups.setdefault(structure(scenario), []).append(number)
    chunks: list[Chunk] = []
    for numbers in groups.values():
        chunks += _chunks_of_group([points[n] for n in numbers], np.array(numbers), replicates, seed)
    return chunks


def _chunks_of_group(
    points: list[Scenario], numbers: np.ndarray, replicates: Sequence[int], seed: int
) -> Iterator[Chunk]:
    """Chunks of points that share a structure; those with the same warm-up stand together."""
    base = params_rows([p.warmup for p in points])
    order = sorted(range(len(points)), key=lambda k: (base[k].tobytes(), points[k].run.warmup, k))
    points, numbers, base = [points[k] for k in order], numbers[order], base[order]
    params = params_rows(points)
    blank = build_world(points[0])
    template = _jobs_of_replicate(points, base)
    years = float((template["until"] / TICKS_A_DAY - EPOCH_DAYS).sum() / DAYS_A_YEAR)
    years += float(template["warmup"][template["begin"] == engine.FRESH].sum() / DAYS_A_YEAR)
    share = math.ceil(len(replicates) / (4 * (os.cpu_count() or 1)))
    step = max(1, min(share, int(YEARS_A_CHUNK / years)))
    for at in range(0, len(replicates), step):
        some = replicates[at : at + step]
        jobs, rows = _jobs(template, some, seed)
        yield Chunk(blank, base, params, numbers, jobs, rows, years * len(some))


def _jobs_of_replicate(points: list[Scenario], base: np.ndarray) -> np.ndarray:
    """One replicate's jobs; `first_row` counts from the replicate's own first row."""
    jobs = engine.JOB.rows(len(points))
    row = 0
    for k, (job, scenario) in enumerate(zip(jobs, points, strict=True)):
        days = max(1, round(scenario.run.horizon * DAYS_A_YEAR))
        same = k > 0 and base[k].tobytes() == base[k - 1].tobytes()
        same = same and scenario.run.warmup == points[k - 1].run.warmup
        job.point = k
        job.begin = engine.FROM_KEPT if same else engine.FRESH
        job.warmup = round(scenario.run.warmup * DAYS_A_YEAR)
        job.policy_day = EPOCH_DAYS
        job.until = (EPOCH_DAYS + days) * TICKS_A_DAY
        job.finish = 1
        job.steady = int(scenario.run.start == "steady")
        job.first_row = row
        row += math.ceil(days / DAYS_A_YEAR)
    return jobs


def _jobs(template: np.ndarray, replicates: Sequence[int], seed: int) -> tuple[np.ndarray, int]:
    """The template once for each replicate, with its seed and rows of its own; and the number of rows."""
    last = template[-1]
    rows = int(last.first_row + math.ceil((last.until // TICKS_A_DAY - EPOCH_DAYS) / DAYS_A_YEAR))
    jobs = np.tile(template, len(replicates))
    for k, replicate in enumerate(replicates):
        mine = jobs[k * len(template) : (k + 1) * len(template)]
        mine["replicate"] = replicate
        mine["seed"] = replicate_seed(seed, replicate)
        mine["first_row"] += k * rows
    return jobs, rows * len(replicates)


def run_chunks(chunks: Sequence[Chunk], executor: Executor, progress: Progress | None) -> Iterator[np.ndarray]:
    """Rows of each chunk as it is finished; a failure or an interrupt leaves the rest undone."""
    spaces: SimpleQueue[tuple[World, World]] = SimpleQueue()
    waiting: dict[Future, Chunk] = {executor.submit(_run_chunk, chunk, spaces): chunk for chunk in chunks}
    try:
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = waiting.pop(future)
                yield _checked(future.result())
                if progress:
                    progress(chunk.years)
    finally:
        for future in waiting:
            future.cancel()


def _run_chunk(chunk: Chunk, spaces: SimpleQueue[tuple[World, World]]) -> np.ndarray:
    """Do a chunk's jobs on a pair of worlds that no other thread uses; rows with the points' own numbers."""
    world, kept = _take_space(chunk.blank, spaces)
    rows = OUTCOME.rows(chunk.rows)
    engine.advance(world, kept, chunk.blank, chunk.base, chunk.params, chunk.jobs, rows)
    spaces.put((world, kept))
    rows["point"] = chunk.points[rows["point"]]
    return rows


def _take_space(blank: World, spaces: SimpleQueue[tuple[World, World]]) -> tuple[World, World]:
    """A free pair of worlds of this structure, or a new one."""
    try:
        world, kept = spaces.get_nowait()
    except Empty:
        return clone(blank), clone(blank)
    return (world, kept) if world.nodes is blank.nodes else (clone(blank), clone(blank))


def _checked(rows: np.ndarray) -> np.ndarray:
    if rows["status"].any():
        bad = rows[rows["status"] != 0][0]
        raise RunError(f"an array of the engine was full in replicate {bad.replicate} of design point {bad.point}")
    return rows

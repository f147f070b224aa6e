"""Which runs there are, and in which chunks they travel.

Scenarios that share a structure share one World. A job is one replicate of one design point; jobs travel in chunks
of about half a second, all points of a replicate together, so that a warm-up is run once and comparisons are complete.
A chunk is parameters and seeds; the worker builds the World, and keeps it for the next chunk.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim import engine
from sim.clock import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.rng import replicate_seed
from sim.runs.code import code_hash
from sim.runs.executors import cores
from sim.scenario.build import params_rows, structure
from sim.scenario.content import content
from sim.scenario.schema import Scenario

YEARS_A_CHUNK = 150.0  # simulated years: half a second or so of one core, so that threads end together
ROWS_A_CHUNK = 1000  # outcome rows: 1 MB of memory


@dataclass(frozen=True)
class Chunk:
    """Jobs that one worker does in one call; rows of `base` and `params` belong to `points`.

    `scenario` is one of the points': what the World is built from, which is the same for all of them.
    """

    scenario: Scenario
    base: np.ndarray
    params: np.ndarray
    points: np.ndarray
    jobs: np.ndarray
    rows: int
    years: float
    code: str

    def singles(self) -> Iterator[Chunk]:
        """The same runs, each by itself, with its own warm-up."""
        for k in range(len(self.jobs)):
            job = self.jobs[k : k + 1].copy()
            job["begin"], job["first_row"] = engine.FRESH, 0
            yield replace(self, jobs=job, rows=_rows_of(job[0]), years=_years_of(job))


def plan_chunks(points: Sequence[Scenario], replicates: Sequence[int] | np.ndarray, seed: int) -> Iterator[Chunk]:
    """Split the jobs of all points and replicates into chunks, one by one.

    Points with the same World and warm-up are a family; all of a family's points in a replicate go together, as far
    as a chunk holds them.
    """
    found = families(points)
    total = len(replicates) * float(years_a_run(points).sum())
    size = min(YEARS_A_CHUNK, total / (4 * cores()))
    for numbers in found:
        yield from _chunks_of_family([points[n] for n in numbers], np.array(numbers), replicates, seed, size)


def families(points: Sequence[Scenario]) -> list[list[int]]:
    """Numbers of the points that share a World and a warm-up, family by family."""
    found: dict[tuple, list[int]] = {}
    for number, scenario in enumerate(points):
        found.setdefault((structure(scenario), content(scenario.warmup)), []).append(number)
    return list(found.values())


def years_a_run(points: Sequence[Scenario]) -> np.ndarray:
    """Simulated years of a run of each point, with its share of its family's warm-up. Shape (points,)."""
    years = np.zeros(len(points))
    for numbers in families(points):
        for number in numbers:
            run = points[number].run
            years[number] = run.horizon + run.warmup / len(numbers)
    return years


def _chunks_of_family(
    points: list[Scenario], numbers: np.ndarray, replicates: Sequence[int] | np.ndarray, seed: int, size: float
) -> Iterator[Chunk]:
    """Chunks of about `size` years of points that share a World and a warm-up."""
    base, params = np.repeat(params_rows([points[0].warmup]), len(points)), params_rows(points)
    years = sum(p.run.horizon for p in points) + points[0].run.warmup
    blocks = min(len(points), math.ceil(years / YEARS_A_CHUNK))
    templates = [(some, _jobs_of_replicate(points, some)) for some in np.array_split(np.arange(len(points)), blocks)]
    rows = max(int(jobs[-1].first_row) + _rows_of(jobs[-1]) for _, jobs in templates)
    step = max(1, min(int(size * blocks / years), ROWS_A_CHUNK // rows))
    for at in range(0, len(replicates), step):
        for some, template in templates:
            jobs = _jobs(template, replicates[at : at + step], seed)
            count = int(jobs[-1].first_row) + _rows_of(jobs[-1])
            yield Chunk(points[0], base[some], params[some], numbers[some], jobs, count, _years_of(jobs), code_hash())


def _years_of(jobs: np.ndarray) -> float:
    """Simulated years of jobs, warm-ups included."""
    days = (jobs["until"] / TICKS_A_DAY - EPOCH_DAYS).sum() + jobs["warmup"][jobs["begin"] == engine.FRESH].sum()
    return float(days / DAYS_A_YEAR)


def _rows_of(job: np.record) -> int:
    """Outcome rows of a job: one a year, begun ones too."""
    return math.ceil((int(job.until) // TICKS_A_DAY - EPOCH_DAYS) / DAYS_A_YEAR)


def _jobs_of_replicate(points: list[Scenario], some: np.ndarray) -> np.ndarray:
    """One replicate's jobs of some points: the first runs the warm-up, the others go on from where it ended."""
    jobs = engine.JOB.rows(len(some))
    row = 0
    for k, job in enumerate(jobs):
        run = points[some[k]].run
        job.point = k
        job.begin = engine.FRESH if k == 0 else engine.FROM_KEPT
        job.warmup = round(run.warmup * DAYS_A_YEAR)
        job.policy_day = EPOCH_DAYS
        job.horizon_day = EPOCH_DAYS + max(1, round(run.horizon * DAYS_A_YEAR))
        job.until = job.horizon_day * TICKS_A_DAY
        job.finish = 1
        job.steady = int(run.start == "steady")
        job.first_row = row
        row += _rows_of(job)
    return jobs


def _jobs(template: np.ndarray, replicates: Sequence[int] | np.ndarray, seed: int) -> np.ndarray:
    """The template once for each replicate, with its seed and its own rows."""
    rows = int(template[-1].first_row) + _rows_of(template[-1])
    jobs = np.tile(template, len(replicates))
    for k, replicate in enumerate(replicates):
        mine = jobs[k * len(template) : (k + 1) * len(template)]
        mine["replicate"] = replicate
        mine["seed"] = replicate_seed(seed, int(replicate))
        mine["first_row"] += k * rows
    return jobs

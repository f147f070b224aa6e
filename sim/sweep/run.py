"""Run replicates of scenarios on any executor: the same rows whatever it is.

Scenarios that share a structure share one World. A job is one replicate of one design point; jobs travel in chunks
of about half a second, all points of a replicate together, so that a warm-up is run once and comparisons are complete.
A chunk is parameters and seeds; the worker builds the World, and keeps it for the next chunk.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import math
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from sim import engine
from sim.agenda import DAYS_A_YEAR, EPOCH_DAYS, TICKS_A_DAY
from sim.kernel import import_closure
from sim.outcome import OUTCOME
from sim.rng import replicate_seed
from sim.scenario.build import build_world, content, params_rows, structure
from sim.scenario.schema import Scenario
from sim.state import World, clone
from sim.sweep.executors import local_executor, width

YEARS_A_CHUNK = 150.0  # simulated years: half a second or so of one core, so that threads end together
ROWS_A_CHUNK = 1000  # outcome rows: 1 MB of memory
WAITING = 4  # chunks that wait or run for each worker: enough to keep it busy, few enough to keep memory flat

Progress = Callable[[float], None]


class RunError(RuntimeError):
    """A run could not be finished; the message says which."""


class OtherCode(RuntimeError):
    """A worker has another version of this package."""


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


@dataclass(frozen=True)
class Failure:
    """A run that could not be finished."""

    point: int
    replicate: int
    seed: int
    origin: str
    type: str
    message: str


@dataclass(frozen=True)
class Done:
    """What came back for a chunk: rows of the runs that are sound, and the runs that are not."""

    rows: np.ndarray
    failures: list[Failure]
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
    parts = []
    with local_executor(threads) as executor:
        chunks = plan_chunks(points, range(first, first + replicates), seed)
        with contextlib.closing(run_chunks(chunks, executor)) as back:
            for done in back:
                _refuse(done.failures)
                parts.append(done.rows)
                if progress:
                    progress(done.years)
    return np.sort(np.concatenate(parts), order=("point", "replicate", "year"))


def _refuse(failures: Sequence[Failure]) -> None:
    for failure in failures:
        raise RunError(f"{failure.message} in replicate {failure.replicate} of design point {failure.point}")


def compile_engine(scenario: Scenario) -> None:
    """Compile the engine, or load it, before anything is timed or given to threads."""
    blank = build_world(scenario)
    params = params_rows([scenario])
    engine.advance.prepare(blank, blank, blank, params, params, engine.JOB.rows(0), OUTCOME.rows(0))


def plan_chunks(points: Sequence[Scenario], replicates: Sequence[int] | np.ndarray, seed: int) -> Iterator[Chunk]:
    """Split the jobs of all points and replicates into chunks, one by one.

    Points with the same World and warm-up are a family; all of a family's points in a replicate go together, as far
    as a chunk holds them.
    """
    found = families(points)
    total = len(replicates) * float(years_a_run(points).sum())
    size = min(YEARS_A_CHUNK, total / (4 * (os.cpu_count() or 1)))
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


@cache
def code_hash() -> str:
    """Name of the code that rows come from: all of this package that running them imports."""
    digest = hashlib.sha256()
    for path in import_closure(Path(__file__)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def run_chunks(chunks: Iterable[Chunk], executor: Executor) -> Generator[Done]:
    """What comes back for each chunk, as it is finished; closed or interrupted, it leaves the rest undone.

    A chunk that raises is tried again run by run, so that only the runs that do raise are failures.

    Raises
    ------
    OtherCode
        If a worker has another version of this package.
    BrokenExecutor
        If the executor itself has come to its end.
    """
    source, again = iter(chunks), deque[Chunk]()
    waiting: dict[Future, Chunk] = {}

    def pull() -> Chunk | None:
        return again.popleft() if again else next(source, None)

    try:
        while True:
            for chunk in itertools.islice(iter(pull, None), max(0, WAITING * width(executor) - len(waiting))):
                waiting[executor.submit(run_chunk, chunk)] = chunk
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = waiting.pop(future)
                error = _error_of(future)
                if error is None:
                    yield _sound(chunk, future.result())
                elif isinstance(error, BrokenExecutor | OtherCode) or not isinstance(error, Exception):
                    raise error
                elif len(chunk.jobs) > 1:
                    again.extend(chunk.singles())
                else:
                    yield Done(OUTCOME.rows(0), [_failure(chunk, chunk.jobs[0], error)], chunk.years)
    finally:
        for future in waiting:
            future.cancel()


def _error_of(future: Future) -> BaseException | None:
    """What a chunk raised; a cluster that is lost cancels what it was given."""
    try:
        return future.exception()
    except CancelledError:
        return BrokenExecutor("the executor gave the work up: its workers or its scheduler are gone")


def _failure(chunk: Chunk, job: np.record, error: Exception) -> Failure:
    """The failure of a job by what it raised."""
    facts = int(chunk.points[job.point]), int(job.replicate), int(job.seed)
    return Failure(*facts, "running", type(error).__name__, str(error) or repr(error))


def _sound(chunk: Chunk, rows: np.ndarray) -> Done:
    """Rows of the runs that are sound, and for the others what the engine said."""
    full = {(int(row.point), int(row.replicate)): int(row.seed) for row in rows[rows["status"] != 0]}
    if not full:
        return Done(rows, [], chunk.years)
    keep = np.array([(int(row.point), int(row.replicate)) not in full for row in rows])
    message = "an array of the engine was full"
    failures = [Failure(*run, seed, "engine", "RunError", message) for run, seed in full.items()]
    return Done(rows[keep], failures, chunk.years)


_mine = threading.local()


def run_chunk(chunk: Chunk) -> np.ndarray:
    """Do a chunk's jobs, on a worker of any kind; rows with the points' own numbers."""
    if chunk.code != code_hash():
        raise OtherCode(f"a worker has other code ({code_hash()}) than this process ({chunk.code}): install the same")
    world, kept, blank = _space(chunk.scenario)
    rows = OUTCOME.rows(chunk.rows)
    engine.advance.prepare(world, kept, blank, chunk.base, chunk.params, chunk.jobs, rows)
    engine.advance(world, kept, blank, chunk.base, chunk.params, chunk.jobs, rows)
    rows["point"] = chunk.points[rows["point"]]
    return rows


def _space(scenario: Scenario) -> tuple[World, World, World]:
    """The thread's own pair of worlds of a scenario's structure, kept from chunk to chunk, and the blank one."""
    blank = build_world(scenario)
    pair = getattr(_mine, "pair", None)
    if pair is None or pair[0].nodes is not blank.nodes:
        pair = _mine.pair = clone(blank), clone(blank)
    return *pair, blank

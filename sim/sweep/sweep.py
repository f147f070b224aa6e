"""Run a sweep file into its folder: list all jobs, drop what the store has, run the rest, until all is known."""

from __future__ import annotations

import contextlib
import itertools
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.outcome import OUTCOME
from sim.runs.chunks import Chunk, plan_chunks
from sim.runs.collect import Done, run_chunks
from sim.runs.executors import local_executor
from sim.runs.progress import Bar, bar
from sim.runs.tally import Tally
from sim.runs.worker import compile_engine
from sim.sweep.design import Point, checked_design, references
from sim.sweep.file import Precision, SweepFile
from sim.sweep.forecast import Forecast, first_of_each, forecast, pilot, years_of
from sim.sweep.precision import replicates_needed, shown_width, worst
from sim.sweep.result import Looks, SweepResult, design_table
from sim.sweep.store import OpenStore, Store
from sim.sweep.versions import check_ours, forked, point_id
from sim.terminal import say

SHOWN = Precision(relative=0.05)  # what the bar says of a sweep that asks for replicates: shares of the rate
CELLS_AT_ONCE = 100_000  # of the table of points x replicates that says what is missing
Step = tuple[list[int], int, int]  # numbers of points, and the replicates (from, to below) that each of them needs


def run_sweep(
    path: str | Path,
    out: str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    sets: Mapping[str, object] | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
    fork: bool = False,
    quiet: bool = True,
) -> SweepResult:
    """Run what a sweep's folder does not hold yet; run, resume and expand are this same call.

    Parameters
    ----------
    path : path
        The sweep file.
    out : path
        The folder of its results.
    replicates, seed : int, optional
        In place of the file's; replicates in place of its precision too.
    sets : mapping, optional
        Dotted path -> value for all points, over what the file sets.
    threads : int, optional
        Threads; all cores by default, 0 for none (a debugger).
    executor : concurrent.futures.Executor, optional
        In place of threads: of processes, of a cluster.
    fork : bool
        Whether to start a new folder beside one that is refused, since another version made it.
    quiet : bool
        Whether to leave out the progress bar, the forecast, and the word that there is nothing to run.

    Raises
    ------
    InputError
        If anything in the input is wrong; nothing is written then.
    Held
        If another process writes to the folder.
    """
    file, points = checked_design(path, replicates, seed, sets)
    folder = _folder(Path(out), fork)
    if not folder.exists():
        compile_engine(points[0].scenario)  # a minute may pass, in which nothing has begun
    with _workers(executor, threads) as workers, OpenStore(folder) as store:
        store.begin(Path(path), design_table(points, file), _command(path, replicates, seed, sets))
        try:
            return _Session(file, points, store, workers).run(quiet)
        except KeyboardInterrupt:
            store.log("interrupted")
            raise


class Stepwise:
    """A sweep that is run as far as its user asks, step by step; what is there is not run again.

    Attributes
    ----------
    points : list of Point
        Draw by draw, in each every policy.
    """

    def __init__(self, session: _Session, quiet: bool) -> None:
        self._session, self._quiet = session, quiet
        self.points = session.points

    def expect(self, replicates: int) -> Forecast:
        """What so many replicates of all points would take, by a pilot that is kept."""
        with bar(f"{self._session.file.name}: pilot", 0.0, self._quiet) as shown:
            return self._session.pilot(shown, replicates)

    def run(self, numbers: Sequence[int], low: int, high: int, name: str) -> None:
        """Run what is missing of some points' replicates, from `low` to below `high`, with a bar of that name."""
        if self._session.lacks(numbers, low, high):
            with bar(name, 0.0, self._quiet) as shown:
                shown.expect(self._session.years_lacking(numbers, low, high))
                self._session.work(numbers, low, high, shown)

    def years_lacking(self, numbers: Sequence[int], low: int, high: int) -> float:
        """Simulated years of what is missing of some points' replicates."""
        return self._session.years_lacking(numbers, low, high)

    def rows(self, numbers: Sequence[int], low: int, high: int) -> np.ndarray:
        """Outcome rows of some points that have been run."""
        return self._session.store.rows(numbers, low, high)

    @property
    def years_run(self) -> float:
        """Simulated years that were run so far."""
        return self._session.years_run


@contextlib.contextmanager
def open_sweep(
    path: str | Path,
    out: str | Path,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    quiet: bool = True,
) -> Iterator[Stepwise]:
    """A sweep whose steps are decided by what they show; arguments and errors are those of `run_sweep`.

    The file's `replicates` are the most that any point may come to have.
    """
    file, points = checked_design(path)
    compile_engine(points[0].scenario)
    with _workers(executor, threads) as workers, OpenStore(_folder(Path(out), fork=False)) as store:
        store.begin(Path(path), design_table(points, file), _command(path, None, None, None))
        session = _Session(file, points, store, workers)
        most = [file.replicates] * len(points)
        store.settle(most)
        store.recall(most)
        try:
            yield Stepwise(session, quiet)
        except KeyboardInterrupt:
            store.log("interrupted")
            raise


def plan_sweep(
    path: str | Path,
    out: str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    sets: Mapping[str, object] | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
    fork: bool = False,
) -> Forecast:
    """What `run_sweep` with the same arguments would take, by a pilot in memory; nothing is written."""
    file, points = checked_design(path, replicates, seed, sets)
    folder = _folder(Path(out), fork)
    compile_engine(points[0].scenario)
    scenarios = [point.scenario for point in points]
    matches = references(points, file)
    chosen, count = pilot(file, matches)
    chunks = _chunks(file, points, chosen, range(count))
    began, years, parts = time.perf_counter(), 0.0, [OUTCOME.rows(0)]
    with _workers(executor, threads) as workers:
        for done in run_chunks(chunks, workers):
            parts.append(done.rows)
            years += done.years
    pace = years / (time.perf_counter() - began)
    rows = np.sort(np.concatenate(parts), order=("point", "replicate", "year"))
    names = [point_id(point.scenario, file.root_seed(point.draw)) for point in points]
    there = Store(folder).count(names)
    return forecast(file, scenarios, matches, rows, pace, there, names)


def _folder(out: Path, fork: bool) -> Path:
    """The folder to write to: one beside it where another version made it, and that was asked for."""
    try:
        check_ours(out)
    except InputError:
        if not fork:
            raise
        return forked(out)
    return out


def _chunks(
    file: SweepFile, points: Sequence[Point], numbers: Sequence[int], replicates: Sequence[int] | np.ndarray
) -> Iterator[Chunk]:
    """Chunks of some of the points, with the numbers that these have in the whole design."""
    by_seed: dict[int, list[int]] = {}
    for number in numbers:
        by_seed.setdefault(file.root_seed(points[number].draw), []).append(number)
    for seed, mine in by_seed.items():
        own = np.array(mine)
        for chunk in plan_chunks([points[n].scenario for n in mine], replicates, seed):
            yield replace(chunk, points=own[chunk.points])


class _Session:
    """One call's work on a folder."""

    def __init__(self, file: SweepFile, points: list[Point], store: OpenStore, workers: Executor) -> None:
        self.file, self.points, self.store, self.workers = file, points, store, workers
        self.scenarios = [point.scenario for point in points]
        self.looks = Looks(file, points, store)
        self.years_a_run = years_of(self.scenarios, store.ids)
        self.years_run = 0.0
        self._precision = file.precision or SHOWN
        self.so_far = Tally(self.looks.references)  # for the eye: in the order in which chunks come back

    def run(self, quiet: bool) -> SweepResult:
        """Look after look, with the engine and the pilot first; neither where all is there."""
        most = [self._most()] * len(self.points)
        self.store.settle(most)
        steps = self._steps()
        first = next((step for step in steps if self.lacks(*step)), None)
        if first is not None:
            self.store.recall(most)
            self._run_rest(itertools.chain([first], steps), quiet)
        self.store.settle(self.looks.upto.tolist())
        failures = self.store.failures
        runs = int((self.looks.tally.own.count * first_of_each(self.store.ids)).sum())
        if first is None:
            points = f"{len(self.points):,} {'point' if len(self.points) == 1 else 'points'}"
            self.store.log(f"nothing to run: all {runs:,} replicates of {points} are there", show=not quiet)
        vague = int((~self.looks.precise).sum())
        self.store.log(f"ended: {runs} runs, {len(failures)} failed, {vague} points less precise than asked for")
        return SweepResult(self.file, self.points, self.looks, failures, self.years_run, self.store)

    def _steps(self) -> Iterator[Step]:
        """What must be there next, look after look; the log has what each look showed."""
        for numbers, low, high in self.looks:
            if self.file.precision is not None and low > 0:
                self._log_look(self.file.precision, low)
            yield numbers, low, high

    def lacks(self, numbers: Sequence[int], low: int, high: int) -> bool:
        """Whether anything is missing of some points' replicates."""
        return next(self._missing(numbers, low, high), None) is not None

    def years_lacking(self, numbers: Sequence[int], low: int, high: int) -> float:
        """Simulated years of what is missing of some points' replicates."""
        lacking = np.array([np.count_nonzero(~self.store.done(self.store.ids[n], high, low)) for n in numbers])
        return float((lacking * self.years_a_run[list(numbers)]).sum())

    def _run_rest(self, steps: Iterable[Step], quiet: bool) -> None:
        """The pilot, and what is missing at each step."""
        compile_engine(self.scenarios[0])
        with bar(f"{self.file.name}: pilot", 0.0, quiet) as shown:
            found = self.pilot(shown)
        if not quiet:
            say(str(found))
        with bar(self.file.name, 0.0, quiet) as shown:
            if shown.visible:
                self._recall()
            for numbers, low, high in steps:
                self._expect(low, shown)
                self.work(numbers, low, high, shown)

    def pilot(self, shown: Bar, replicates: int | None = None) -> Forecast:
        """Run a few replicates of some points, which say what all of it will take, or so many replicates."""
        chosen, count = pilot(self.file, self.looks.references)
        count = count if replicates is None else min(count, replicates)
        began = time.perf_counter()
        self.work(chosen, 0, count, shown)
        pace = self.years_run / (time.perf_counter() - began) if self.years_run else np.nan
        rows, there = self.store.rows(chosen, 0, count), self.store.count(self.store.ids)
        file = self.file if replicates is None else self.file.model_copy(update={"replicates": replicates})
        found = forecast(file, self.scenarios, self.looks.references, rows, pace, there, self.store.ids)
        self.store.log(f"forecast: {found}")
        return found

    def _recall(self) -> None:
        """Take what is there into what the bar says."""
        for rows in self.store.blocks(self.looks.by_draw(range(len(self.points))), 0, self._most(), self.looks.years):
            self.so_far.add(rows)

    def _most(self) -> int:
        return self.file.replicates if self.file.precision is None else self.file.precision.maximum

    def _expect(self, low: int, shown: Bar) -> None:
        """How much is left, by what is known at a look."""
        wanted, needed = self.file.precision, np.full(len(self.points), self.file.replicates)
        if wanted is not None:
            needed = replicates_needed(self.looks.tally, wanted) if low else np.full_like(needed, wanted.minimum)
        left = np.maximum(0, needed - self.store.count(self.store.ids))
        shown.expect(float((left * self.years_a_run).sum()))

    def _log_look(self, wanted: Precision, high: int) -> None:
        width = shown_width(worst(self.looks.tally, wanted), wanted)
        precise = f"{int(self.looks.precise.sum())} of {len(self.points)} points precise"
        self.store.log(f"look at {high} replicates: worst {width}, {precise}")

    def work(self, numbers: Sequence[int], low: int, high: int, shown: Bar) -> None:
        """Run what is missing of some points' replicates, and write it down."""
        with contextlib.closing(run_chunks(self._missing(numbers, low, high), self.workers)) as back:
            for done in back:
                self.store.add(done)
                self.years_run += done.years
                self._show(done, shown)
        self.store.flush()

    def _show(self, done: Done, shown: Bar) -> None:
        shown(done.years)
        if shown.visible:
            self.so_far.add(done.rows)
            shown.note(f"worst {shown_width(worst(self.so_far, self._precision), self._precision)}")

    def _missing(self, numbers: Sequence[int], low: int, high: int) -> Iterator[Chunk]:
        """Chunks of what is not there: replicates that lack the same points go together."""
        numbers = list({self.store.ids[n]: n for n in reversed(numbers)}.values())[::-1]  # each name once
        step = max(1, CELLS_AT_ONCE // max(1, len(numbers)))
        for at in range(low, high, step):
            upto = min(at + step, high)
            lacking = np.stack([~self.store.done(self.store.ids[n], upto, at) for n in numbers])
            patterns, which = np.unique(lacking, axis=1, return_inverse=True)
            for k in range(patterns.shape[1]):
                some = [n for n, missing in zip(numbers, patterns[:, k], strict=True) if missing]
                replicates = at + np.flatnonzero(which == k)
                yield from _chunks(self.file, self.points, some, replicates)


@contextlib.contextmanager
def _workers(executor: Executor | None, threads: int | None) -> Iterator[Executor]:
    """The executor that was brought, which stays open, or one of threads."""
    if executor is not None:
        yield executor
        return
    with local_executor(threads) as made:
        yield made


def _command(
    path: str | Path, replicates: int | None, seed: int | None, sets: Mapping[str, object] | None
) -> dict[str, Any]:
    """What reproduces the sweep."""
    words = ["sitesec", "sweep", str(path)]
    words += [] if replicates is None else ["--reps", str(replicates)]
    words += [] if seed is None else ["--seed", str(seed)]
    for key, value in (sets or {}).items():
        words += ["--set", f"{key}={value}"]
    return {"command": shlex.join(words), "replicates": replicates, "seed": seed}

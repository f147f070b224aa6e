"""Replicates of scenarios, in memory: for one command, one cell of a notebook, one test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.runs.chunks import plan_chunks
from sim.runs.collect import Failure, run_chunks
from sim.runs.executors import local_executor
from sim.runs.worker import RunError, compile_engine
from sim.scenario.load import Readable, as_scenario
from sim.scenario.schema import Scenario

Progress = Callable[[float], None]


def simulate(
    scenarios: Scenario | Readable | Sequence[Scenario | Readable],
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
    scenarios : Scenario, str, Path or mapping, or a sequence of them
        The design points, or what `load_scenario` takes; the column `point` of the rows is their position here.
    replicates : int
        Replicates of each, 1 or more.
    seed : int
        The root seed, 0 or more; a replicate's own seed is hashed from it and the replicate's number.
    first : int
        Number of the first replicate.
    threads : int, optional
        Threads; all cores by default, 0 for none (a debugger).
    progress : callable, optional
        Called with the simulated years (warm-up included) that were just finished.

    Returns
    -------
    ndarray of outcome rows
        One row per (point, replicate, year), sorted by these. See `sim.outcome.OUTCOME`.

    Raises
    ------
    ValueError
        If a number isn't whole, `replicates` is below 1, or another one negative.
    InputError
        If a scenario can't be read or a world can't be built.
    RunError
        If an array of the engine was full.
    """
    several: Any = scenarios if isinstance(scenarios, Sequence) and not isinstance(scenarios, str) else [scenarios]
    points = [as_scenario(source) for source in several]
    if not points:
        raise ValueError("scenarios: read none, allowed one or more")
    replicates, seed, first = whole("replicates", replicates, 1), whole("seed", seed), whole("first", first)
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


def whole(name: str, value: object, least: int = 0) -> int:
    """A whole number from a number or its digits."""
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        hint = "; in mesa.batch_run: rng=[1, 2]" if value is None else ""
        raise ValueError(f"{name}: read {value!r}, allowed a whole number of {least} or more{hint}")
    return int(number)

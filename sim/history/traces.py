"""What outcome rows have no dates for: when the incidents of a replicate came, and adherence before and after each.

A trace is one replicate run twice: once for the dates, and once more with stops at the days that these ask for.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from sim.clock import TICKS_A_DAY
from sim.outcome import INCIDENT
from sim.runs.executors import local_executor
from sim.runs.replicate import Replicate
from sim.runs.simulate import Progress
from sim.runs.worker import RunError, compile_engine
from sim.scenario.schema import Scenario

SOON, LATE = 7, 180  # days after an incident at which adherence is looked at: when it has risen, when it has decayed
STOPS = (0, SOON, LATE)


@dataclass(frozen=True)
class Trace:
    """The incidents of one replicate.

    Attributes
    ----------
    days : ndarray, shape (incidents,)
        When they came, in days since t = 0, in order.
    adherence : ndarray, shape (incidents, 3)
        Actual adherence in the jurisdiction of each: when its day begins, before anybody can react, and 7 and 180 days
        after that; nan beyond the horizon. Audits and further incidents leave their mark too, as in a record.
    """

    days: np.ndarray
    adherence: np.ndarray


def traces(
    scenario: Scenario, seed: int, count: int, *, threads: int | None = None, progress: Progress | None = None
) -> list[Trace]:
    """Traces of replicates 0 to count - 1.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        The root seed, 0 or more.
    count : int
        Replicates, 1 or more.
    threads : int, optional
        Threads; all cores by default, 0 for none (a debugger).
    progress : callable, optional
        Called with the years (warm-up included) of each replicate that was just finished.

    Raises
    ------
    RunError
        If an array of the engine or the event log was full.
    """
    compile_engine(scenario)
    years = scenario.run.horizon + scenario.run.warmup
    found = []
    with local_executor(threads) as executor:
        for trace in executor.map(lambda number: _trace(scenario, seed, number), range(count)):
            found.append(trace)
            if progress:
                progress(years)
    return found


def _trace(scenario: Scenario, seed: int, number: int) -> Trace:
    """Run a replicate for its incidents, then its copy as far as each day that they ask for."""
    run = Replicate(scenario, seed, number)
    again = copy.deepcopy(run)
    run.advance(run.horizon)
    incidents = _incidents(run)
    days = (incidents["tick"] - run.origin) / TICKS_A_DAY
    began = days.astype(np.int64)
    wanted = {int(day) + stop for day in began for stop in STOPS}
    levels = _levels(again, sorted(day for day in wanted if day * TICKS_A_DAY <= run.horizon))
    beyond = np.full(len(run.world.jurisdictions), np.nan)
    where = dict(zip(run.world.nodes["cell"].tolist(), run.world.nodes["jurisdiction"].tolist(), strict=True))
    rows = [
        [levels.get(day + stop, beyond)[where[cell]] for stop in STOPS]
        for day, cell in zip(began.tolist(), incidents["cell"].tolist(), strict=True)
    ]
    return Trace(days, np.array(rows, dtype=np.float64).reshape(-1, len(STOPS)))


def _incidents(run: Replicate) -> np.ndarray:
    """Incidents in the event log, in order of time."""
    if run.total("events_lost"):
        raise RunError(f"the event log was full in replicate {run.number}")
    log = run.world.events[: run.world.log["logged"][0]]
    return np.sort(log[log["stage"] == INCIDENT], order="tick")


def _levels(run: Replicate, days: list[int]) -> dict[int, np.ndarray]:
    """Adherence of every jurisdiction when each of these days begins."""
    levels = {}
    for day in days:
        run.advance(day * TICKS_A_DAY)
        levels[day] = run.world.protocol["adherence"].copy()
    return levels


def short_gaps(trace: Trace, most: float) -> int:
    """Number of incidents that came at most so many days after the one before."""
    return int((np.diff(trace.days) <= most).sum())


def adherence_changes(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """Changes of adherence until 7 days after each incident, and from then until 180 days after it, where seen."""
    changes = np.diff(trace.adherence, axis=1)
    return changes[np.isfinite(changes[:, 0]), 0], changes[np.isfinite(changes[:, 1]), 1]

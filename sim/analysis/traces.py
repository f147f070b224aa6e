"""Replicates looked at day by day, for what outcome rows have no dates for: when incidents came, adherence around them.

They are the first replicates of a run with the same root seed, run once more.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim.agenda import TICKS_A_DAY
from sim.outcome import INCIDENT
from sim.scenario.schema import Scenario
from sim.sweep.replicate import Replicate
from sim.sweep.run import Progress, RunError, compile_engine


@dataclass(frozen=True)
class Trace:
    """What one replicate shows day by day.

    Attributes
    ----------
    days : ndarray, shape (incidents,)
        When its incidents came, in days since t = 0, in order.
    jurisdictions : ndarray, shape (incidents,)
        Row of the jurisdiction in which each came.
    adherence : ndarray, shape (days + 1, jurisdictions)
        Actual adherence when a day begins; the last row is the end of the last day.
    """

    days: np.ndarray
    jurisdictions: np.ndarray
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
        Threads; all cores by default.
    progress : callable, optional
        Called with the simulated years (warm-up included) that were just finished.

    Raises
    ------
    RunError
        If an array of the engine or the event log was full.
    """
    compile_engine(scenario)
    years = scenario.run.horizon + scenario.run.warmup
    found = []
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as executor:
        for trace in executor.map(lambda number: _trace(scenario, seed, number), range(count)):
            found.append(trace)
            if progress:
                progress(years)
    return found


def _trace(scenario: Scenario, seed: int, number: int) -> Trace:
    """Run a replicate a day at a time and keep what a trace holds."""
    run = Replicate(scenario, seed, number)
    adherence = [run.world.jurisdictions["adherence"].copy()]
    for day in range(1, run.horizon // TICKS_A_DAY + 1):
        run.advance(day * TICKS_A_DAY)
        adherence.append(run.world.jurisdictions["adherence"].copy())
    if run.total("events_lost"):
        raise RunError(f"the event log was full in replicate {number}")
    log = run.world.events[: run.world.clock["logged"][0]]
    log = np.sort(log[log["stage"] == INCIDENT], order="tick")
    where = dict(zip(run.world.nodes["cell"].tolist(), run.world.nodes["jurisdiction"].tolist(), strict=True))
    rows = np.array([where[cell] for cell in log["cell"].tolist()], dtype=np.int64)
    return Trace((log["tick"] - run.origin) / TICKS_A_DAY, rows, np.array(adherence))


def short_gaps(trace: Trace, most: float) -> int:
    """Number of incidents that came at most so many days after the one before."""
    return int((np.diff(trace.days) <= most).sum())


def adherence_changes(trace: Trace, soon: int, late: int) -> tuple[np.ndarray, np.ndarray]:
    """Change of adherence where an incident came: until `soon` days after it, and from then until `late` days after it.

    The first counts from the beginning of the incident's day, before anybody can react. An incident too near to the
    horizon for one of them is left out of that one. Audits and further incidents fall into both, as in a record.
    """
    began, last = trace.days.astype(np.int64), len(trace.adherence) - 1
    changes = []
    for start, end in ((0, soon), (soon, late)):
        seen = began + end <= last
        day, row = began[seen], trace.jurisdictions[seen]
        changes.append(trace.adherence[day + end, row] - trace.adherence[day + start, row])
    return changes[0], changes[1]

"""The course of a run: what the page's panels show, sampled from a run of its own to the horizon.

The page may jump back and forth; what its panels draw must not depend on where somebody has been. So the same
replicate runs once more, to its end, and leaves a sample every few days and the whole event log; the page shows what
lies behind the present.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import TICKS_A_DAY
from sim.institutions import protocol
from sim.runs.replicate import Replicate
from sim.scenario.build import params_rows
from sim.scenario.schema import Scenario

SAMPLES = 420  # at most; a week apart in a run of eight years
COLUMNS = (
    "incidents",
    "events_lost",
    "trips",
    "trips_escorted",
    "project_budget",
    "project_spent",
    "state_spent",
    "partner_spent",
)
UNSEEN = ("plot", "gave up")  # what the defenders never learn of


class Course:
    """A replicate, seen from its end.

    Parameters
    ----------
    scenario : Scenario
    root : int
        The root seed.
    number : int
        Number of the replicate.

    Attributes
    ----------
    every : int
        Ticks between two samples.
    times : ndarray of int64, shape (samples,)
        Ticks since t = 0 of the samples, from 0 to the horizon.
    totals : dict of ndarray, each of shape (samples,)
        Sums since t = 0 of some columns of the outcome row, and plots `foiled`.
    adherence, stated, grievance : ndarray, shape (samples, jurisdictions)
        Shares of protocol items: followed, and as reported; mean grievance of the towns.
    jurisdictions : list of str
    events : list of dict
        The event log to the horizon, in words, in order of time.
    """

    def __init__(self, scenario: Scenario, root: int, number: int) -> None:
        run = Replicate(scenario, root, number)
        self.every = max(7, -(-run.horizon // (SAMPLES * TICKS_A_DAY))) * TICKS_A_DAY
        self.times = np.append(np.arange(0, run.horizon, self.every), run.horizon)
        samples = []
        for tick in self.times.tolist():
            run.advance(tick)
            samples.append(_sample(run))
        self.totals = {name: np.array([sample[name] for sample in samples]) for name in (*COLUMNS, "foiled")}
        self.adherence = np.array([sample["adherence"] for sample in samples])
        show = np.array([sample["show"] for sample in samples])
        self.stated = protocol.stated(params_rows([scenario])[0], self.adherence, show)
        self.grievance = np.array([sample["grievance"] for sample in samples])
        self.jurisdictions = run.names["jurisdictions"]
        self.events = [{str(k): v for k, v in event.items()} for event in run.events.to_dict("records")]

    def so_far(self, tick: int) -> list[dict[str, Any]]:
        """Events that have happened once time has come to a tick."""
        return [event for event in self.events if event["time"] < tick]

    def next_event(self, tick: int, unseen: bool) -> int | None:
        """Tick of the first event that has not happened yet, those included or not that no defender learns of."""
        later = (e["time"] for e in self.events if e["time"] >= tick and (unseen or e["stage"] not in UNSEEN))
        return next(later, None)


def _sample(run: Replicate) -> dict[str, Any]:
    sample: dict[str, Any] = {name: run.total(name) for name in COLUMNS}
    return sample | {
        "foiled": run.foiled,
        "adherence": run.world.protocol["adherence"].copy(),
        "show": run.world.protocol["show"].copy(),
        "grievance": run.world.mood["grievance"].copy(),
    }

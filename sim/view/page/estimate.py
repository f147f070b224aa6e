"""The estimate beside a single run: replicates in the background, so that nobody takes one run for an answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.analysis.compare import paired
from sim.analysis.summary import summarise
from sim.runs.chunks import years_a_run
from sim.runs.executors import cores
from sim.runs.simulate import simulate
from sim.runs.totals import of_point, replicates
from sim.scenario.schema import Scenario

FIRST_LOOK = 40  # replicates after which a first answer stands there, where many more are to come
FIGURES = ("incidents_per_year", "project_incidents_per_year", "deaths_foreign_per_year")


class _Stopped(Exception):
    """Somebody wants no more of it."""


class Estimate:
    """Runs replicates of one policy or two on a thread of its own; the engine leaves the page its turn.

    Parameters
    ----------
    scenarios : sequence of Scenario
        One, or two to compare.
    count : int
        Replicates of each.
    seed : int
        The root seed; the run on the page is one of the same family of replicates.

    Attributes
    ----------
    share : float
        How much is done, 0 to 1.
    ran : int
        Replicates that the result rests on.
    result : dict or None
        `policies`: for each one its `FIGURES`, by expected counts, with their intervals (estimate, low, high);
        `difference`: the same of the second less the first, paired, with the correlation.
    error : str
        Why it failed; empty where it did not.
    """

    def __init__(self, scenarios: Sequence[Scenario], count: int, seed: int) -> None:
        self.scenarios, self.count, self.seed = list(scenarios), count, seed
        self.result: dict[str, Any] | None = None
        self.ran = 0
        self.error = ""
        self._done, self._total = 0.0, float(years_a_run(self.scenarios).sum()) * count
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Estimate:
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End it soon; what was done is lost."""
        self._stop = True

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return 1.0 if self.ran == self.count else min(1.0, self._done / self._total)

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            rows = [self._rows(0, FIRST_LOOK)] if self.count >= 2 * FIRST_LOOK else []
            if rows:
                self._give(rows[0], FIRST_LOOK)
            rows.append(self._rows(self.ran, self.count - self.ran))
            self._give(np.concatenate(rows), self.count)
        except _Stopped:
            pass
        except Exception as error:  # whatever it is, the page stays alive and says so
            self.error = str(error) or type(error).__name__

    def _rows(self, first: int, count: int) -> np.ndarray:
        threads = max(1, cores() - 1)  # one is left for the page
        return simulate(self.scenarios, count, self.seed, first=first, threads=threads, progress=self._progress)

    def _give(self, rows: np.ndarray, ran: int) -> None:
        self.result, self.ran = _result(rows, len(self.scenarios)), ran

    def _progress(self, years: float) -> None:
        self._done += years
        if self._stop:
            raise _Stopped


def _result(rows: np.ndarray, policies: int) -> dict[str, Any]:
    table = replicates(rows)
    points = [of_point(table, k) for k in range(policies)]
    found: dict[str, Any] = {"policies": [_figures(summarise(point)) for point in points]}
    if policies == 2:
        pair = paired(points[0], points[1])
        found["difference"] = {name: _difference(pair[name]["expected"]) for name in FIGURES}
    return found


def _figures(summary: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Expected counts per year with their intervals."""
    entries = summary["rates"] | summary["deaths"]
    return {name: {"estimate": entries[name]["expected"], **_interval(entries[name], "expected_")} for name in FIGURES}


def _difference(entry: dict[str, Any]) -> dict[str, float]:
    return {"estimate": entry["difference"], **_interval(entry), "correlation": entry["correlation"]}


def _interval(entry: dict[str, Any], prefix: str = "") -> dict[str, float]:
    return {end: entry[f"{prefix}{end}"] for end in ("low", "high")}

"""What a sweep will take: a few replicates of some points, run first, say how long, how many and how much disk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.runs.chunks import years_a_run
from sim.runs.tally import Tally
from sim.scenario.schema import Scenario
from sim.sweep.file import SweepFile
from sim.sweep.parts import bytes_of
from sim.sweep.precision import replicates_needed
from sim.sweep.store import ROWS_A_PART, parts_in

REPLICATES = 16  # of a pilot's point: its spread is known to a fifth or so
POINTS = 24  # of a pilot, spread over the design


@dataclass(frozen=True)
class Forecast:
    """What a sweep will take, by its pilot.

    Attributes
    ----------
    points : int
        Design points.
    replicates : int
        Of all points together.
    most : int
        Of the point with the most.
    done : int
        Of these, replicates that the store has already.
    years : float
        Simulated years still to run, warm-ups included.
    pace : float
        Simulated years a second, measured.
    megabytes : float
        Disk that is still to be filled.
    """

    points: int
    replicates: int
    most: int
    done: int
    years: float
    pace: float
    megabytes: float

    @property
    def minutes(self) -> float:
        """Time that is still needed."""
        return self.years / self.pace / 60.0

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers by name."""
        return asdict(self) | {"minutes": self.minutes}

    def __str__(self) -> str:
        pace = "" if math.isnan(self.pace) else f" at {self.pace:,.0f} a second, about {in_words(self.minutes)}"
        work = f"{self.years:,.0f} simulated years{pace}, about {self.megabytes:,.1f} MB of disk"
        return (
            f"{self.points:,} design points, {self.replicates:,} replicates in all (at most {self.most:,} a point), "
            f"{self.done:,} of them there; to run: {work if self.years else 'nothing'}"
        )


def pilot(file: SweepFile, references: Sequence[int]) -> tuple[list[int], int]:
    """Numbers of the points that a pilot runs, spread over the design, and how many replicates of each."""
    points = len(references)
    chosen = set(np.linspace(0, points - 1, min(points, POINTS)).round().astype(int).tolist())
    if file.precision is None:
        return sorted(chosen), min(REPLICATES, file.replicates)
    if file.precision.of == "difference":
        chosen |= {references[number] for number in chosen}
    return sorted(chosen), REPLICATES


def forecast(
    file: SweepFile,
    scenarios: Sequence[Scenario],
    references: Sequence[int],
    rows: np.ndarray,
    pace: float,
    done: np.ndarray,
    names: Sequence[str],
) -> Forecast:
    """What the sweep will take.

    Parameters
    ----------
    references : sequence of int
        For each point the one that it is compared with.
    rows : ndarray of outcome rows
        Of the pilot.
    pace : float
        Simulated years a second; nan where no pilot was left to run.
    done : ndarray of int, shape (points,)
        Replicates of each point that are there already.
    names : sequence of str
        Of the points in the store: those of one name are run once.
    """
    needed = _needed(file, references, rows) * first_of_each(names)
    left = np.maximum(0, needed - done)
    years = float((left * years_of(scenarios, names)).sum())
    count = float((left * np.ceil([scenario.run.horizon for scenario in scenarios])).sum())
    return Forecast(
        points=len(scenarios),
        replicates=int(needed.sum()),
        most=int(needed.max()),
        done=int(np.minimum(done, needed).sum()),
        years=years,
        pace=pace,
        megabytes=_bytes_of(count, years / pace, rows) / 1e6,
    )


def years_of(scenarios: Sequence[Scenario], names: Sequence[str]) -> np.ndarray:
    """Simulated years of a run of each point; none of those whose name is there before. Shape (points,)."""
    years = np.zeros(len(names))
    first = np.flatnonzero(first_of_each(names)).tolist()
    years[first] = years_a_run([scenarios[n] for n in first])
    return years


def first_of_each(names: Sequence[str]) -> np.ndarray:
    """1 where a name stands first, 0 where it is there again. Shape (names,)."""
    mask = np.zeros(len(names), np.int64)
    mask[np.unique(np.array(names), return_index=True)[1]] = 1
    return mask


def _needed(file: SweepFile, references: Sequence[int], rows: np.ndarray) -> np.ndarray:
    """Replicates of each point: those of the file, or by the spread of the pilot's point that is nearest."""
    if file.precision is None:
        return np.full(len(references), file.replicates)
    tally = Tally(references)
    tally.add(rows)
    needed = replicates_needed(tally, file.precision)
    others = [n for n in np.unique(rows["point"]) if file.precision.of == "rate" or references[n] != n]
    for number in range(len(references)):
        if others and number not in others:
            needed[number] = needed[min(others, key=lambda other: abs(other - number))]
    for number, reference in enumerate(references):
        if file.precision.of == "difference" and reference >= 0:
            needed[reference] = max(needed[reference], needed[number])
    return needed


def _bytes_of(count: float, seconds: float, rows: np.ndarray) -> float:
    """Disk for so many rows, written over so long, by trial: what a part takes by itself, and each further row."""
    if count == 0 or len(rows) < 2:
        return 0.0 if count == 0 else math.nan
    alone, all_of_them = bytes_of(rows[:1]), bytes_of(rows)
    parts = count / ROWS_A_PART + (0.0 if math.isnan(seconds) else min(count, parts_in(seconds)))
    return alone * max(1.0, parts) + (all_of_them - alone) / (len(rows) - 1) * count


def in_words(minutes: float) -> str:
    """How long something takes."""
    if minutes < 2:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:,.0f} min" if minutes < 180 else f"{minutes / 60:,.1f} h"

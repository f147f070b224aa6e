"""Running means and spreads of a sweep's figures: as much memory for a million replicates as for ten."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim import rates
from sim.runs.totals import METRICS, Columns, replicates

COUNTED = tuple(f"{metric}_counted" for metric in METRICS)
FIGURES = (*METRICS, *COUNTED, "usd_per_site_year")


def figures(table: Columns) -> np.ndarray:
    """What a sweep keeps track of, for each run. Shape (runs, figures): a year by expected counts, by counts; USD."""
    expected = [table[metric.expected] / table["years"] for metric in METRICS.values()]
    counted = [table[metric.column] / table["years"] for metric in METRICS.values()]
    return np.column_stack([*expected, *counted, table["project_budget"] / table["site_years"]])


class Moments:
    """Number, mean and variance of figures, one row per point; batches are merged (Chan, Golub, LeVeque 1983)."""

    def __init__(self, points: int) -> None:
        self.count = np.zeros(points, np.int64)
        self.mean = np.zeros((points, len(FIGURES)))
        self._squares = np.zeros((points, len(FIGURES)))

    def add(self, points: np.ndarray, values: np.ndarray) -> None:
        """Take in a batch of runs, sorted by point: their points, shape (runs,), and figures, shape (runs, figures)."""
        if len(points) == 0:
            return
        first = np.concatenate([[0], np.flatnonzero(np.diff(points)) + 1])
        at, count = points[first], np.diff(np.append(first, len(points)))
        mean = np.add.reduceat(values, first) / count[:, None]
        squares = np.add.reduceat((values - np.repeat(mean, count, axis=0)) ** 2, first)
        gap, both = mean - self.mean[at], (self.count[at] + count)[:, None]
        self._squares[at] += squares + gap**2 * (self.count[at] * count)[:, None] / both
        self.mean[at] += gap * count[:, None] / both
        self.count[at] += count

    @property
    def variance(self) -> np.ndarray:
        """Over count - 1; nan below two runs. Shape (points, figures)."""
        freedom = (self.count - 1)[:, None].astype(float)
        return np.divide(self._squares, freedom, out=np.full_like(self._squares, np.nan), where=freedom > 0)

    def interval(self, point: int, figure: str, confidence: float = 0.95) -> rates.Interval:
        """The t interval of a figure of a point; nan where it has no run."""
        k, count = FIGURES.index(figure), int(self.count[point])
        if count == 0:
            return rates.Interval(np.nan, np.nan, np.nan, confidence, "t")
        return rates.interval_of_mean(count, self.mean[point, k], self.variance[point, k], confidence)


class Tally:
    """Moments of each point's own figures, and of their paired differences to the point's reference.

    Parameters
    ----------
    references : sequence of int
        For each point the number of the one that it is compared with, -1 where there is none.
    """

    def __init__(self, references: Sequence[int]) -> None:
        self.references = np.array(references, np.int64)
        self.own = Moments(len(references))
        self.gap = Moments(len(references))

    def add(self, rows: np.ndarray) -> None:
        """Take in outcome rows of whole runs; a difference counts where both runs of the replicate are among them."""
        if len(rows) == 0:
            return
        table = replicates(rows)
        points, values = table["point"], figures(table)
        self.own.add(points, values)
        span = int(table["replicate"].max()) + 1
        keys = points * span + table["replicate"]
        reference = self.references[points]
        at = np.searchsorted(keys, reference * span + table["replicate"])
        paired = (reference >= 0) & (keys[np.minimum(at, len(keys) - 1)] == reference * span + table["replicate"])
        self.gap.add(points[paired], values[paired] - values[at[paired]])

    def crn_factor(self, point: int, figure: str) -> float:
        """(Var a + Var b) / Var(b - a) of a point and its reference; nan where there is nothing to compare."""
        reference, k = self.references[point], FIGURES.index(figure)
        if reference < 0 or reference == point or self.gap.count[point] < 2:
            return np.nan
        both = self.own.variance[point, k] + self.own.variance[reference, k]
        gap = self.gap.variance[point, k]
        return float(both / gap) if gap > 0 else (np.inf if both > 0 else np.nan)

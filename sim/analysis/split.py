"""What is not known about parameters, kept apart from Monte Carlo noise: the variance over draws, split in two.

All draws of a policy are run on the same random numbers, so a part of the noise is the same in each of them: it shows
nowhere between draws, and must not be taken off there. With y the figure of a run, m a draw's mean over n replicates,

    Var over draws of m  =  Var between draws  +  mean of (Var y - Cov of y between draws) / n,

as in an analysis of variance of draws crossed with replicates (Searle, Casella and McCulloch 1992).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from sim import rates
from sim.runs.tally import FIGURES, figures
from sim.runs.totals import METRICS, Columns

RANGE = (0.05, 0.95)  # of the draws


@dataclass(frozen=True)
class Split:
    """A policy's figure over the draws of a sweep, in the figure's own unit.

    Attributes
    ----------
    draws : int
        Draws with at least one run.
    replicates : float
        Runs of a draw, mean over draws.
    mean : Interval
        Mean over draws; its interval says how sure the mean is, by draws and by noise.
    between : float
        Standard deviation between draws: what is not known about the parameters.
    noise : float
        Monte Carlo standard deviation of one draw's mean.
    shared : float
        Share of the noise's variance that is the same in all draws, by common random numbers.
    low, high : float
        5 % and 95 % of the draws' means.
    """

    draws: int
    replicates: float
    mean: rates.Interval
    between: float
    noise: float
    shared: float
    low: float
    high: float


def split(values: np.ndarray, confidence: float = 0.95) -> Split:
    """Split the variance of a figure over draws and replicates.

    Parameters
    ----------
    values : ndarray, shape (draws, replicates)
        nan where a run is missing; entries of a column share their random numbers.
    confidence : float
        Of the mean's interval.

    Notes
    -----
    With fewer than two draws, or two replicates, what can't be told apart is nan. A variance between draws that comes
    out below 0 is given as 0.
    """
    values = values[~np.isnan(values).all(axis=1)]
    if not values.size:
        nothing = rates.Interval(math.nan, math.nan, math.nan, confidence, "t")
        return Split(0, 0.0, nothing, math.nan, math.nan, math.nan, math.nan, math.nan)
    count = (~np.isnan(values)).sum(axis=1)
    means, shared = np.nansum(values, axis=1) / count, _shared(values)
    noise = float(np.mean(_variances(values, count) / count))
    observed = float(means.var(ddof=1)) if len(means) > 1 else math.nan
    between = float(np.maximum(0.0, observed - (1.0 - shared) * noise))  # NumPy's maximum keeps nan
    mean = _mean(means, observed, shared * noise, confidence)
    low, high = (float(end) for end in np.quantile(means, RANGE))
    return Split(len(means), float(count.mean()), mean, math.sqrt(between), math.sqrt(noise), shared, low, high)


def better(values: np.ndarray, confidence: float = 0.95) -> dict[str, float | int]:
    """In how many draws a difference is below 0, in how many for sure, and in how many surely not.

    Parameters
    ----------
    values : ndarray, shape (draws, replicates)
        Paired differences to the reference; nan where one of the two runs is missing.
    confidence : float
        Of the share's Wilson interval, and of each draw's own t interval, which says what is sure.
    """
    draws = [mine[~np.isnan(mine)] for mine in values]
    found = [rates.mean_rate(mine, 1.0, confidence) for mine in draws if len(mine)]
    share = rates.proportion(sum(gap.estimate < 0 for gap in found), len(found), confidence)
    return {
        "draws_better": sum(gap.estimate < 0 for gap in found),
        "share_better": share.estimate,
        "share_better_low": share.low,
        "share_better_high": share.high,
        "draws_surely_better": sum(gap.high < 0 for gap in found),
        "draws_surely_worse": sum(gap.low > 0 for gap in found),
    }


class Draws:
    """The rates of all runs, and their differences to the reference, by policy and draw: six numbers per run."""

    def __init__(self) -> None:
        self._own: dict[str, list[_Runs]] = {}
        self._gap: dict[str, list[_Runs]] = {}

    def add(self, policy: str, mine: Columns, pair: tuple[Columns, Columns] | None) -> None:
        """Take in the runs of a policy under one draw, and the reference's beside them as `in_both` gives the two."""
        self._own.setdefault(policy, []).append((mine["replicate"], figures(mine)[:, _COLUMNS]))
        if pair is not None:
            gap = figures(pair[1]) - figures(pair[0])
            self._gap.setdefault(policy, []).append((pair[0]["replicate"], gap[:, _COLUMNS]))

    def table(self, confidence: float = 0.95) -> list[dict[str, Any]]:
        """One line per policy, a metric, and whether it is of the rate or of its difference to the reference."""
        lines = []
        for (policy, own), (k, metric) in itertools.product(self._own.items(), enumerate(METRICS)):
            start = {"policy": policy, "figure": metric}
            lines.append({**start, "of": "rate", **_line(split(_matrix(own, k), confidence))})
            if policy in self._gap:
                gaps = _matrix(self._gap[policy], k)
                entry = _line(split(gaps, confidence)) | better(gaps, confidence)
                lines.append({**start, "of": "difference", **entry})
        return lines


_Runs = tuple[np.ndarray, np.ndarray]  # numbers of replicates, and a row of figures for each
_COLUMNS = [FIGURES.index(metric) for metric in METRICS]


def in_both(a: Columns, b: Columns) -> tuple[Columns, Columns]:
    """The replicates that two points both have: a run that failed leaves its pair out."""
    _, at_a, at_b = np.intersect1d(a["replicate"], b["replicate"], assume_unique=True, return_indices=True)
    return {name: column[at_a] for name, column in a.items()}, {name: column[at_b] for name, column in b.items()}


def _matrix(draws: list[_Runs], k: int) -> np.ndarray:
    """One figure, a row per draw and a column per replicate; nan where a run is missing."""
    width = 1 + max((int(numbers.max(initial=-1)) for numbers, _ in draws), default=-1)
    values = np.full((len(draws), width), np.nan)
    for row, (numbers, mine) in zip(values, draws, strict=True):
        row[numbers] = mine[:, k]
    return values


def _line(found: Split) -> dict[str, Any]:
    """A split, flat."""
    return {
        "draws": found.draws,
        "replicates_a_draw": found.replicates,
        "mean": found.mean.estimate,
        "mean_low": found.mean.low,
        "mean_high": found.mean.high,
        "sd_between_draws": found.between,
        "sd_monte_carlo": found.noise,
        "noise_shared_by_draws": found.shared,
        "range_5": found.low,
        "range_95": found.high,
    }


def _variances(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Variance over the replicates of each draw, over count - 1; nan for a single one."""
    squares = np.nansum((values - (np.nansum(values, axis=1) / count)[:, None]) ** 2, axis=1)
    return np.divide(squares, count - 1.0, out=np.full(len(values), np.nan), where=count > 1)


def _shared(values: np.ndarray) -> float:
    """Mean covariance between draws over mean variance, from the replicates that all draws have; 0 without two."""
    whole = values[:, ~np.isnan(values).any(axis=0)]
    draws, replicates = whole.shape
    if draws < 2 or replicates < 2:
        return 0.0
    own = float(whole.var(axis=1, ddof=1).mean())
    together = (draws * float(whole.mean(axis=0).var(ddof=1)) - own) / (draws - 1)
    return min(1.0, max(0.0, together / own)) if own > 0 else 0.0


def _mean(means: np.ndarray, observed: float, common: float, confidence: float) -> rates.Interval:
    """The mean over draws: it errs by the draws that were taken, and by the noise that all of them share."""
    centre, half = float(means.mean()), math.nan
    if len(means) > 1:
        half = float(stdtrit(len(means) - 1, 0.5 + confidence / 2)) * math.sqrt(observed / len(means) + common)
    return rates.Interval(centre, centre - half, centre + half, confidence, "t")

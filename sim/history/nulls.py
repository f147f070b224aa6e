"""Null models of the public record: what a process without any of the model's rules shows of its patterns.

A constant-rate Poisson process has bursts, quiet years and no trend by itself; a pattern that it shows says nothing
for a model that shows it too. The record's figures come from its files.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import permutations

import numpy as np
from scipy.special import pdtr

from sim.clock import DAYS_A_YEAR
from sim.history.record import read_record

YEARS = 8  # of the record, 2017 to 2024

DRAWS = 20_000  # standard error of a probability below .004
_SEED = 0x6E756C6C73  # "nulls": the same figures at every call


def national() -> tuple[int, ...]:
    """Attacks of all kinds in the country in each of the record's years (PICSS)."""
    return tuple(line.picss for line in read_record().national)


def rate_between(rate: float, low: float, high: float) -> float:
    """P that a Poisson process counts low to high a year over the record's years."""
    mean = rate * YEARS
    # A hair of room, since 8 x 3.4 is not a whole number in binary either.
    most, least = math.floor(high * YEARS + 1e-9), math.ceil(low * YEARS - 1e-9)
    return float(pdtr(most, mean) - (pdtr(least - 1, mean) if least > 0 else 0.0))


def quiet_year(rate: float) -> float:
    """P that a Poisson process leaves at least one of the record's years without incident."""
    return float(1 - (1 - math.exp(-rate)) ** YEARS)


def burst(rate: float, days: float) -> float:
    """P that a Poisson process puts at least two incidents within so many days, over the record's years.

    Of n incidents, uniform over a time T, all n - 1 gaps are longer than d with probability (1 - (n - 1) d / T)^n.
    """
    mean, gap = rate * YEARS, days / (YEARS * DAYS_A_YEAR)
    none, weight = 0.0, math.exp(-mean)
    for n in range(int(mean + 20 * math.sqrt(mean + 1)) + 20):
        none += weight * max(0.0, 1 - max(0, n - 1) * gap) ** n
        weight *= mean / (n + 1)
    return 1 - none


def correlation(counts: np.ndarray) -> np.ndarray:
    """Correlation of yearly counts with the national series.

    Parameters
    ----------
    counts : array_like, shape (..., 8)
        Incidents of each year.

    Returns
    -------
    ndarray, shape (...)
        nan where no year differs from another.
    """
    series = np.array(national(), dtype=np.float64)
    series = (series - series.mean()) / series.std()
    away = counts - np.mean(counts, axis=-1, keepdims=True)
    spread = away.std(axis=-1)
    varies = spread > 0
    return np.where(varies, (away * series).mean(axis=-1) / np.where(varies, spread, 1.0), math.nan)


@cache
def untracked_band(confidence: float = 0.95) -> tuple[float, float]:
    """Correlations that the record's own yearly counts have with the national series in any order of the years.

    Returns
    -------
    tuple of float
        Ends of the central part of all 40,320 orders.
    """
    orders = correlation(np.array(list(permutations(read_record().yearly())), dtype=np.float64))
    tail = (1 - confidence) / 2
    low, high = np.quantile(orders, (tail, 1 - tail))
    return float(low), float(high)


def correlation_between(rate: float, low: float, high: float, *, tracking: bool) -> float:
    """P that a Poisson process's correlation with the national series lies in a band.

    Parameters
    ----------
    rate : float
        Incidents a year, mean over the years.
    low, high : float
        The band; years that are all alike have no correlation and lie outside.
    tracking : bool
        Whether the rate follows the national series, or is the same in all years.
    """
    series = np.array(national()) / np.mean(national()) if tracking else np.ones(YEARS)
    found = correlation(np.random.default_rng(_SEED).poisson(rate * series, (DRAWS, YEARS)))
    return float(np.mean((found >= low) & (found <= high)))

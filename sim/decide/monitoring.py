"""When to decide again: a rule on counts that come in month by month, with its false-alarm rate and months to signal.

Breaches found by audits are binomial, incidents Poisson. The count so far is held every month against a boundary. All
figures are exact: the law of the count while the rule is silent is carried from month to month.

Months are taken as independent, with one rate. Incidents that come in clusters give more false alarms than stated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy
from scipy.stats import binom, poisson

NEVER = np.iinfo(np.int64).max  # a boundary that no count reaches
TAIL = 1e-13  # of a month's counts that is left out
HALVINGS = 50


@dataclass(frozen=True)
class Watch:
    """Months to watch, and what is counted.

    Attributes
    ----------
    months : int
        1 or more.
    audits : int, optional
        A month, each a breach or none. Without it events are counted, as many as come.
    """

    months: int
    audits: int | None = None

    def law(self, rate: float) -> np.ndarray:
        """Probabilities of 0, 1, 2 ... in a month: `rate` is the chance of a breach, or the events a month."""
        if self.audits is not None:
            return np.asarray(binom.pmf(np.arange(self.audits + 1), self.audits, rate))
        return np.asarray(poisson.pmf(np.arange(int(poisson.isf(TAIL, rate)) + 2), rate))

    def excess(self, rate: float, counts: np.ndarray, month: int) -> np.ndarray:
        """Log likelihood ratio of the best higher rate against `rate`, of counts so far; 0 where they are low."""
        if self.audits is None:
            mean = rate * month
            ratio = xlogy(counts, counts / mean) - (counts - mean)
            return np.where(counts > mean, ratio, 0.0)
        trials = self.audits * month
        share = np.minimum(counts / trials, 1.0)
        ratio = xlogy(counts, share / rate) + xlogy(np.maximum(trials - counts, 0), (1 - share) / (1 - rate))
        return np.where((share > rate) & (counts <= trials), ratio, 0.0)


@dataclass(frozen=True)
class Rule:
    """Decide again as soon as the count so far reaches the month's boundary.

    Attributes
    ----------
    watch : Watch
    rate : float
        Under which an alarm is false: the chance of a breach, or events a month.
    boundary : ndarray of int, shape (months,)
        `NEVER` where no count is enough.
    false_alarms : float
        Probability that the rule speaks within the months though the rate is this one; exact.
    """

    watch: Watch
    rate: float
    boundary: np.ndarray
    false_alarms: float

    def by_month(self) -> list[tuple[int, int]]:
        """The rule in words: (k, t), "k by month t", each k with the last month in which it is enough."""
        finite = [int(k) for k in self.boundary if k < NEVER]
        return [(k, int(np.flatnonzero(self.boundary <= k)[-1]) + 1) for k in sorted(set(finite))]


@dataclass(frozen=True)
class Signal:
    """How soon a rule speaks at some rate.

    Attributes
    ----------
    by_month : ndarray, shape (months,)
        Probability that it has spoken by the end of each month.
    median : int or None
        First month by which it has with probability one half; None if that isn't within the months.
    mean : float
        Months, where it speaks at all; nan where it never does.
    """

    by_month: np.ndarray
    median: int | None
    mean: float


def sequential(watch: Watch, rate: float, alpha: float = 0.05) -> Rule:
    """The maximised sequential probability ratio test (Kulldorff et al. 2011), looked at once a month.

    Parameters
    ----------
    watch : Watch
    rate : float
        Under which an alarm is false. Above 0; a chance also below 1.
    alpha : float
        Most that the probability of a false alarm over all months may be, in (0, 1).

    Returns
    -------
    Rule
        Of all boundaries that the test has at some critical value, the lowest that keeps to alpha.

    Raises
    ------
    ValueError
        For a rate or an alpha out of range, and where nothing is watched.
    """
    _check(watch, rate, alpha)
    counts = np.arange(_most(watch, rate))
    excess = np.array([watch.excess(rate, counts, month) for month in range(1, watch.months + 1)])
    return _lowest(watch, rate, alpha, lambda critical: _boundary(excess >= critical), float(excess.max()) + 1)


def _lowest(watch: Watch, rate: float, alpha: float, boundary: Callable[[float], np.ndarray], high: float) -> Rule:
    """The rule of the least critical value that keeps to alpha; at `high` no count is enough."""
    low = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        fits = signal(watch, boundary(middle), rate).by_month[-1] <= alpha
        low, high = (low, middle) if fits else (middle, high)
    limit = boundary(high)
    return Rule(watch, rate, limit, float(signal(watch, limit, rate).by_month[-1]))


def _boundary(enough: np.ndarray) -> np.ndarray:
    """First count that is enough in each month."""
    return np.where(enough.any(axis=1), enough.argmax(axis=1), NEVER)


def one_count(watch: Watch, rate: float, alpha: float = 0.05) -> Rule:
    """The plainest rule: the least k such that "k by the last month" keeps to alpha; it speaks as soon as k is reached.

    Parameters
    ----------
    watch, rate, alpha
        As in `sequential`.

    Raises
    ------
    ValueError
        For a rate or an alpha out of range, and where nothing is watched.
    """
    _check(watch, rate, alpha)
    total = poisson(rate * watch.months) if watch.audits is None else binom(watch.audits * watch.months, rate)
    k = int(total.isf(alpha)) + 1
    reached = watch.audits is None or k <= watch.audits * watch.months
    boundary = np.full(watch.months, k if reached else NEVER)
    return Rule(watch, rate, boundary, float(signal(watch, boundary, rate).by_month[-1]))


def signal(watch: Watch, boundary: np.ndarray, rate: float) -> Signal:
    """How soon a boundary is reached at this rate, exactly.

    Parameters
    ----------
    watch : Watch
    boundary : ndarray of int, shape (months,)
    rate : float
        The chance of a breach, or events a month.

    Notes
    -----
    The law of the count while the rule is silent is convolved with a month's and cut at the boundary.
    """
    law, silent, left = watch.law(rate), np.ones(1), []
    for limit in boundary:
        silent = np.convolve(silent, law)[:limit]
        left.append(float(silent.sum()))
    spoken = np.maximum.accumulate(np.clip(1 - np.array(left), 0.0, 1.0))
    return Signal(spoken, _median(spoken), _mean(spoken))


def _median(spoken: np.ndarray) -> int | None:
    return int(np.argmax(spoken >= 0.5)) + 1 if spoken[-1] >= 0.5 else None


def _mean(spoken: np.ndarray) -> float:
    """Mean month in which the rule speaks, where it does."""
    steps = np.diff(spoken, prepend=0.0)
    return float(steps @ np.arange(1, len(spoken) + 1) / spoken[-1]) if spoken[-1] > 0 else math.nan


def _most(watch: Watch, rate: float) -> int:
    """One more than any count so far that matters: all of them, or those that the rate can reach."""
    if watch.audits is not None:
        return watch.audits * watch.months + 1
    mean = rate * watch.months
    return int(mean + 12 * math.sqrt(mean) + 30)


def _check(watch: Watch, rate: float, alpha: float) -> None:
    if watch.months < 1 or watch.audits == 0:
        raise ValueError(
            "Nothing is watched: there must be a month or more, and where audits are counted, one a month."
        )
    if not (0 < alpha < 1 and 0 < rate < (math.inf if watch.audits is None else 1)):
        raise ValueError(f"The rate {rate:g} or alpha {alpha:g} is out of range.")

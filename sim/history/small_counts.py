"""Statistics of small counts of one history: exact intervals and tests, what power they have, likelihood.

All of it is about chance alone. The interval of a rate is `rates.count_rate`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import bdtr, betainc, betaincinv, betaln, chdtrc, chdtri, gammaln, pdtr

from sim import rates

LEVEL, POWER = 0.05, 0.8  # of the tests: two-sided level, and the chance to see what is there
_NO_SPREAD = 1e-9  # smaller, and the law is as without any


def exact_share(hits: int, trials: int, confidence: float = 0.95) -> rates.Interval:
    """A share with the interval of Clopper and Pearson (1934), which never covers less than stated.

    Parameters
    ----------
    hits, trials : int
        0 <= hits <= trials, and a trial at least.
    confidence : float
        In (0, 1).
    """
    tail, misses = (1 - confidence) / 2, trials - hits
    low = float(betaincinv(hits, misses + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, misses, 1 - tail)) if misses else 1.0
    return rates.Interval(hits / trials, low, high, confidence, "Clopper-Pearson")


def exact_ratio(a: int, b: int, exposure_a: float, exposure_b: float, confidence: float = 0.95) -> rates.Interval:
    """The rate of b over that of a, two Poisson counts, given their sum: which is binomial.

    Parameters
    ----------
    a, b : int
        Counts, not both 0.
    exposure_a, exposure_b : float
        Above 0.
    confidence : float
        In (0, 1).
    """
    share = exact_share(b, a + b, confidence)
    times = exposure_a / exposure_b
    ends = [times * p / (1 - p) if p < 1 else math.inf for p in (share.estimate, share.low, share.high)]
    return rates.Interval(ends[0], ends[1], ends[2], confidence, "conditional binomial")


def equal_rates_p(a: int, b: int, exposure_a: float = 1.0, exposure_b: float = 1.0) -> float:
    """Two-sided p of the same test: twice the smaller tail, so that it agrees with the interval."""
    share = exposure_b / (exposure_a + exposure_b)
    below = float(bdtr(b, a + b, share))
    above = 1 - float(bdtr(b - 1, a + b, share)) if b else 1.0
    return min(1.0, 2 * min(below, above))


def count_p(count: int, mean: float, spread: float = 0.0) -> float:
    """Two-sided p of a count, twice the smaller tail: Poisson, with a rate that is gamma distributed.

    Parameters
    ----------
    count : int
    mean : float
        Expected, 0 or more.
    spread : float
        Variance of the rate over its squared mean; with 0 the count is Poisson, else negative binomial.
    """
    below, above = _count_below(count, mean, spread), 1 - _count_below(count - 1, mean, spread)
    return min(1.0, 2 * min(below, above))


def _count_below(count: int, mean: float, spread: float) -> float:
    """P that so many are counted or fewer."""
    if count < 0:
        return 0.0
    if spread * mean <= _NO_SPREAD:
        return float(pdtr(count, mean))
    return float(betainc(1 / spread, count + 1, 1 / (1 + spread * mean)))


def share_p(hits: int, trials: int, share: float, correlation: float = 0.0) -> float:
    """Two-sided p of hits, twice the smaller tail: binomial, with a share that is beta distributed.

    Parameters
    ----------
    hits, trials : int
        0 <= hits <= trials.
    share : float
        Expected, in [0, 1].
    correlation : float
        Between two trials, in [0, 1); with 0 the hits are binomial, else beta-binomial.
    """
    law = _hits_law(trials, share, correlation)
    return min(1.0, 2 * min(float(law[: hits + 1].sum()), float(law[hits:].sum())))


def _hits_law(trials: int, share: float, correlation: float) -> np.ndarray:
    """P of 0, 1 ... hits. Shape (trials + 1,)."""
    hits = np.arange(trials + 1)
    if correlation <= _NO_SPREAD or not 0 < share < 1:
        return np.diff(bdtr(hits, trials, share), prepend=0.0)
    a, b = (part * (1 - correlation) / correlation for part in (share, 1 - share))
    ways = gammaln(trials + 1) - gammaln(hits + 1) - gammaln(trials - hits + 1)
    return np.exp(ways + betaln(hits + a, trials - hits + b) - betaln(a, b))


def deaths_interval(deaths: Sequence[int], exposure: float) -> rates.Interval:
    """Deaths per exposure, with the 95 % percentiles of a bootstrap by incident.

    Parameters
    ----------
    deaths : sequence of int
        Of each incident.
    exposure : float
        Of all incidents together.

    Notes
    -----
    How often each incident occurs in a resample is Poisson with mean 1, so that the number of incidents varies too, as
    that of independent ones does. The total is then compound Poisson; its law is computed (Panjer 1981), not drawn.
    """
    law = np.cumsum(_compound_poisson(Counter(deaths)))
    low, high = (int(np.searchsorted(law, p)) for p in (0.025, 0.975))
    return rates.Interval(sum(deaths) / exposure, low / exposure, high / exposure, 0.95, "bootstrap by incident")


def _compound_poisson(sizes: Mapping[int, int]) -> np.ndarray:
    """P(total) of 0, 1, 2 ..., where each size comes Poisson often, with its count as the mean."""
    some = {size: mean for size, mean in sizes.items() if size > 0}
    mean, variance = (sum(size**power * n for size, n in some.items()) for power in (1, 2))
    law = np.zeros(int(mean + 12 * math.sqrt(variance) + 12))
    law[0] = math.exp(-sum(some.values()))
    for total in range(1, len(law)):
        law[total] = sum(size * n * law[total - size] for size, n in some.items() if size <= total) / total
    return law


def dispersion_p(dispersion: float, counts: int) -> float:
    """One-sided p of the index test: P that so many Poisson counts have this variance over mean, or more."""
    return float(chdtrc(counts - 1, (counts - 1) * dispersion))


def power_of_dispersion(dispersion: float, counts: int) -> float:
    """P that this test sees that counts are dispersed so much, as negative binomial ones are."""
    return float(chdtrc(counts - 1, chdtri(counts - 1, LEVEL) / dispersion))


def power_to_tell(events: float, reduction: float) -> float:
    """P that the exact conditional test sees that the rate fell, or rose, between two periods of equal length.

    Parameters
    ----------
    events : float
        Expected in the period before.
    reduction : float
        True share by which the rate fell, in [0, 1).

    Notes
    -----
    Summed over all pairs of Poisson counts. The test is two-sided at 5 %: given n events in all, those of the period
    after are binomial (n, 1/2) where nothing changed.
    """
    left = 1 - reduction
    mean = events * (1 + left)
    most = int(mean + 10 * math.sqrt(mean + 1) + 10)
    totals, few = np.arange(most), _few(most)
    seen = few >= 0
    n, edge, share = totals[seen], few[seen], left / (1 + left)
    tails = bdtr(edge, n, share) + 1 - bdtr(n - edge - 1, n, share)
    return float(np.exp(n * math.log(mean) - mean - gammaln(n + 1)) @ tails)


def _few(most: int) -> np.ndarray:
    """For each total below `most`, the largest count that is significantly less than half; -1 where none is."""
    found, largest = [], -1
    for total in range(most):
        largest += int(bdtr(largest + 1, total, 0.5) <= LEVEL / 2)  # one event more makes it larger by one at most
        found.append(largest)
    return np.array(found)


def events_needed(reduction: float) -> int:
    """Fewest expected events of the period before with which the test sees a reduction with power `POWER`."""
    enough = 2
    while power_to_tell(enough, reduction) < POWER:
        enough *= 2
    return bisect_left(range(enough), POWER, lo=1, key=lambda events: power_to_tell(events, reduction))


def log_likelihood(counts: Sequence[int], weights: Sequence[float]) -> float:
    """Of Poisson counts whose rates are in the proportion of the weights, at the best total rate."""
    k, share = np.array(counts, dtype=np.float64), np.array(weights, dtype=np.float64)
    means = k.sum() * share / share.sum()
    return float((k * np.log(means) - means - gammaln(k + 1)).sum())

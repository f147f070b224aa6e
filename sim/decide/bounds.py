"""Simultaneous bounds on the differences between alternatives, by three criteria, from paired replicates.

Outcomes stand in an array (alternatives, draws, replicates); less is better. A draw is a possible truth about the
parameters, so draws are no sample: the criteria are functions of the true means over replicates, a number for each
alternative and draw, and only the noise of the replicates is bounded here.

mean     of an alternative's draws
worst    of an alternative's draws (Fan, Hong and Zhang, Management Science 66:190, 2020)
regret   the most by which an alternative is worse than the best one in a draw (Savage 1951)

All bounds rest on t intervals of paired differences, whose variance is that of the pair itself: replicate i of all
alternatives has the same random numbers, and what they share cancels. A maximum of noisy means is too high by itself;
bounds on the pairs give bounds on it that hold at the level stated, since they hold for all pairs together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

WORST_DRAWS = 16  # of an alternative, that may stand for its worst case


class Bounds(NamedTuple):
    """What a look says about a criterion f.

    Attributes
    ----------
    low, high : ndarray, shape (alternatives, alternatives)
        Bounds on f(row) - f(column); 0 on the diagonal.
    estimates : ndarray, shape (alternatives,)
        Of f. A maximum is chosen on one half of the replicates and measured on the other, so that noise does not
        raise it.
    draws : ndarray of int, shape (alternatives,)
        Draw that decides f as it looks now; -1 where all draws do.
    needed : ndarray of bool, shape (alternatives,)
        Whether f of the others may depend on the alternative: it may be the best one in some draw.
    """

    low: np.ndarray
    high: np.ndarray
    estimates: np.ndarray
    draws: np.ndarray
    needed: np.ndarray


class Criterion(NamedTuple):
    """A criterion: its bounds at a look, and how many one-sided bounds must hold for all that is concluded from them.

    Attributes
    ----------
    bounds : callable
        (values, tail, shared) -> Bounds; values of shape (alternatives, draws, replicates), the probability left in
        each tail, and whether the draws of a replicate share their noise.
    bounds_used : callable
        (alternatives, draws) -> int, at one look.
    """

    bounds: Callable[[np.ndarray, float, bool], Bounds]
    bounds_used: Callable[[int, int], int]


def paired_variance(own: np.ndarray, other: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Variance of the difference between each of some outcomes and each of some others.

    Parameters
    ----------
    own, other : ndarray, shape (..., n) and (..., m)
        Variances of both.
    covariance : ndarray, shape (..., n, m)
        Between them: replicate i of one has the random numbers of replicate i of the other.
    """
    return np.maximum(0.0, own[..., :, None] + other[..., None, :] - 2.0 * covariance)


def by_mean(values: np.ndarray, tail: float, shared: bool) -> Bounds:
    """Bounds on differences between means over the draws.

    Notes
    -----
    Where the draws of a replicate share their noise, the replicate's mean over the draws is one observation. Where they
    don't, each draw is a stratum of its own: the variance of the mean is added up over draws, with Satterthwaite's
    degrees of freedom (1946), so that few replicates of many draws say much.
    """
    count = values.shape[2]
    if shared:
        variance = _of_pairs(values.mean(axis=1))
        freedom = np.full_like(variance, count - 1.0)
    else:
        variance, freedom = _stratified(values)
    means, width = values.mean(axis=(1, 2)), _quantile(freedom, tail) * np.sqrt(variance / count)
    gap, everyone = means[:, None] - means, len(values)
    return Bounds(gap - width, gap + width, means, np.full(everyone, -1), np.zeros(everyone, bool))


def by_worst(values: np.ndarray, tail: float, shared: bool) -> Bounds:
    """Bounds on differences between worst cases over the draws.

    Notes
    -----
    A difference of two maxima is the least over the second's draws of the most over the first's draws of the
    differences between them; the same of their lower bounds is a lower bound. The pairs include two draws of different
    number, paired by replicate too. A lower bound stays one with fewer draws of the first, so its worst ones will do.
    """
    count, means = values.shape[2], values.mean(axis=2)
    centred = (values - means[:, :, None]).reshape(means.size, count)
    own, width = (centred**2).sum(axis=1) / (count - 1), _quantile(count - 1, tail) / math.sqrt(count)
    numbers, low = np.arange(means.size).reshape(means.shape), np.zeros((len(values), len(values)))
    for a in range(len(values)):
        worst = numbers[a, np.argsort(-means[a], kind="stable")[:WORST_DRAWS]]
        spread = np.sqrt(paired_variance(own[worst], own, centred[worst] @ centred.T / (count - 1)))
        ends = means.ravel()[worst, None] - means.ravel() - width * spread
        low[a] = ends.max(axis=0).reshape(means.shape).min(axis=1)
    np.fill_diagonal(low, 0.0)
    return Bounds(low, -low.T, _worst(values), means.argmax(axis=1), np.zeros(len(values), bool))


def by_regret(values: np.ndarray, tail: float, shared: bool) -> Bounds:
    """Bounds on differences between the largest regrets over the draws.

    Notes
    -----
    Of two bounds the tighter one: that from the bounds on each regret, and the one that says that no regret is larger
    than another by more than the alternative itself is worse in some draw.
    """
    low, high = _in_each_draw(values, tail)
    least, most = low.max(axis=(0, 2)), high.max(axis=(0, 2))
    means = values.mean(axis=2)
    lower = np.maximum(least[:, None] - most, low.min(axis=0))
    np.fill_diagonal(lower, 0.0)
    needed = (low <= 0.0).all(axis=2).any(axis=0)
    return Bounds(lower, -lower.T, _regrets(values), (means - means.min(axis=0)).argmax(axis=1), needed)


CRITERIA = {
    "mean": Criterion(by_mean, lambda alternatives, draws: 2 * (alternatives - 1)),
    "worst": Criterion(by_worst, lambda alternatives, draws: 2 * (alternatives - 1) * draws),
    "regret": Criterion(by_regret, lambda alternatives, draws: alternatives * (alternatives - 1) * draws),
}


def _of_pairs(observed: np.ndarray) -> np.ndarray:
    """Variance of the differences between alternatives. From (..., alternatives, replicates)."""
    centred = observed - observed.mean(axis=-1, keepdims=True)
    covariance = centred @ centred.swapaxes(-1, -2) / (observed.shape[-1] - 1)
    own = np.diagonal(covariance, axis1=-2, axis2=-1)
    return paired_variance(own, own, covariance)


def _quantile(freedom: np.ndarray | float, tail: float) -> np.ndarray:
    """The t quantile that leaves the tail, by the lower end, where it is exact for small tails."""
    return -np.asarray(stdtrit(freedom, tail))


def _stratified(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance of one replicate's mean over draws without common noise, and its degrees of freedom, for each pair."""
    _, draws, count = values.shape
    each = _of_pairs(values.swapaxes(0, 1))
    total, squares = each.sum(axis=0), (each**2).sum(axis=0)
    strata = np.divide(total**2, squares, out=np.ones_like(total), where=squares > 0)
    return total / draws**2, (count - 1) * strata


def _in_each_draw(values: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Bounds on the differences between alternatives in each draw. Shape (draws, alternatives, alternatives)."""
    count, means = values.shape[2], values.mean(axis=2).T
    variance = _of_pairs(values.swapaxes(0, 1))
    gap, width = means[:, :, None] - means[:, None, :], _quantile(count - 1, tail) * np.sqrt(variance / count)
    return gap - width, gap + width


def _halves(values: np.ndarray) -> list[np.ndarray]:
    """Means over the even replicates, and over the odd ones. Shape (alternatives, draws) each."""
    return [values[:, :, half::2].mean(axis=2) for half in (0, 1)]


def _worst(values: np.ndarray) -> np.ndarray:
    """Worst case of each alternative: the draw is chosen on one half and measured on the other."""
    halves, rows = _halves(values), np.arange(len(values))
    return np.mean([test[rows, pick.argmax(axis=1)] for pick, test in (halves, reversed(halves))], axis=0)


def _regrets(values: np.ndarray) -> np.ndarray:
    """Largest regret of each alternative: draw and best one are chosen on one half and measured on the other."""
    found, halves, rows = [], _halves(values), np.arange(len(values))
    for pick, test in (halves, reversed(halves)):
        draw, best = (pick - pick.min(axis=0)).argmax(axis=1), pick.argmin(axis=0)
        found.append(test[rows, draw] - test[best[draw], draw])
    return np.mean(found, axis=0)

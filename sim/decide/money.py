"""What safety costs: options that are dominated, what each further incident averted costs, and when it pays.

Costs and incidents of an option are for the same time, say USD and incidents a year. An option is dominated where
another one has no more of either and less of one, and extendedly dominated where a mix of two others has: somewhere
between them the same safety costs less (Cantor 1994). What is left is the frontier, along which each incident averted
costs no less than the one before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from sim import rates


@dataclass(frozen=True)
class Place:
    """Where an option stands in cost and safety.

    Attributes
    ----------
    option : int
        Its number.
    verdict : str
        "frontier", "dominated", or "extendedly dominated".
    by : tuple of int
        The option that dominates it, or the two whose mix does; for one on the frontier the next cheaper one on it, if
        there is one, to which the figures below refer.
    cost, averted : float
        What it costs more than that one, and incidents that it averts beside it; nan unless it has one.
    ratio : float
        Cost per incident averted; nan likewise.
    """

    option: int
    verdict: Literal["frontier", "dominated", "extendedly dominated"]
    by: tuple[int, ...]
    cost: float = math.nan
    averted: float = math.nan
    ratio: float = math.nan


def frontier(costs: ArrayLike, incidents: ArrayLike) -> tuple[Place, ...]:
    """Strike out dominated options, and give what each step along the rest costs.

    Parameters
    ----------
    costs, incidents : array_like, shape (options,)
        Means of each option.

    Returns
    -------
    tuple of Place
        One for each option, in order.

    Raises
    ------
    ValueError
        For no options, unequal lengths, and numbers that are not finite.

    Notes
    -----
    Of options that are alike in both, all but the first are dominated by it.
    """
    cost, harm = _means(costs, incidents)
    places = {
        a: Place(a, "dominated", (by,)) for a in range(len(cost)) if (by := _dominator(cost, harm, a)) is not None
    }
    efficient = sorted(set(range(len(cost))) - set(places), key=lambda a: cost[a])
    hull = _hull(cost, harm, efficient)
    places |= {a: _beside(cost, harm, hull, a) for a in efficient}
    return tuple(places[a] for a in range(len(cost)))


def cost_per_averted(
    costs: ArrayLike,
    incidents: ArrayLike,
    costs_before: ArrayLike,
    incidents_before: ArrayLike,
    confidence: float = 0.95,
) -> rates.Interval:
    """What an incident averted costs, one option instead of another, with Fieller's interval (1954) over the pairs.

    Parameters
    ----------
    costs, incidents : array_like, shape (replicates,)
        Of the option.
    costs_before, incidents_before : array_like, shape (replicates,)
        Of what it is held against; entry i has the same seed.
    confidence : float
        In (0, 1).

    Returns
    -------
    Interval
        Cost per incident; below 0 where it costs less and averts, or costs more and averts less than nothing. Where it
        may avert nothing the interval has no upper end: it is that of the cost of an incident averted if any is,
        from -inf too where the cost may be either way.

    Raises
    ------
    ValueError
        For fewer than two replicates, unequal lengths, and numbers that are not finite.
    """
    dearer, averted = _gaps(costs, costs_before), _gaps(incidents_before, incidents)
    if not len(dearer) == len(averted) > 1:
        raise ValueError(
            f"costs and incidents must have the same two replicates or more, not {len(dearer)} and {len(averted)}."
        )
    t = float(stdtrit(len(dearer) - 1, 0.5 + confidence / 2))
    low, high = _fieller(dearer.mean(), averted.mean(), np.cov(dearer, averted) * t**2 / len(dearer))
    return rates.Interval(_ratio(dearer.mean(), averted.mean()), low, high, confidence, "Fieller")


def break_even(
    costs: ArrayLike, costs_before: ArrayLike, price: float, confidence: float = 0.95
) -> rates.PairedDifference:
    """How many incidents an option must avert to be worth what it costs more, with a paired t interval.

    Parameters
    ----------
    costs, costs_before : array_like, shape (replicates,)
        Of the option and of what it is held against; entry i has the same seed.
    price : float
        What it is worth to avert an incident, in the unit of the costs; above 0.
    confidence : float
        In (0, 1).

    Returns
    -------
    PairedDifference
        Incidents in the unit of time of the costs; below 0 where it saves money.

    Raises
    ------
    ValueError
        For a price not above 0, no replicates, unequal lengths, and numbers that are not finite.

    Notes
    -----
    Mueller and Stewart (Terror, Security, and Money, 2011) ask for this number first, since it needs no estimate of
    what the measure averts.
    """
    if not (math.isfinite(price) and price > 0):
        raise ValueError(f"price must be above 0, not {price}.")
    dear, cheap = (np.asarray(each, dtype=np.float64) / price for each in (costs, costs_before))
    return rates.paired_difference(cheap, dear, 1.0, confidence)


def _means(costs: ArrayLike, incidents: ArrayLike) -> tuple[list[float], list[float]]:
    cost, harm = np.asarray(costs, dtype=np.float64), np.asarray(incidents, dtype=np.float64)
    if cost.ndim != 1 or cost.shape != harm.shape or not cost.size:
        raise ValueError(
            f"costs and incidents must be lists of the same length, not of shapes {cost.shape} and {harm.shape}."
        )
    if not np.isfinite([cost, harm]).all():
        raise ValueError("costs and incidents must be finite numbers.")
    return cost.tolist(), harm.tolist()


def _dominator(cost: Sequence[float], harm: Sequence[float], a: int) -> int | None:
    """The cheapest of the safest options that dominate one, the first among those alike; None if none does."""
    others = [
        b
        for b in range(len(cost))
        if cost[b] <= cost[a] and harm[b] <= harm[a] and (cost[b], harm[b], b) < (cost[a], harm[a], a)
    ]
    return min(others, key=lambda b: (harm[b], cost[b], b), default=None)


def _hull(cost: Sequence[float], harm: Sequence[float], efficient: Sequence[int]) -> list[int]:
    """Of options in order of cost, each safer than the one before, those that no mix of two others dominates."""
    hull: list[int] = []
    for a in efficient:
        while len(hull) > 1 and _price(cost, harm, hull[-2], hull[-1]) > _price(cost, harm, hull[-1], a):
            hull.pop()
        hull.append(a)
    return hull


def _price(cost: Sequence[float], harm: Sequence[float], a: int, b: int) -> float:
    """Cost of an incident averted by b instead of a."""
    return (cost[b] - cost[a]) / (harm[a] - harm[b])


def _beside(cost: Sequence[float], harm: Sequence[float], hull: Sequence[int], a: int) -> Place:
    """An option that no other one dominates, held against those of the frontier beside it."""
    n = next(n for n, b in enumerate(hull) if cost[b] >= cost[a])  # the dearest such option is on the frontier
    if hull[n] != a:
        return Place(a, "extendedly dominated", (hull[n - 1], hull[n]))
    if n == 0:
        return Place(a, "frontier", ())
    b = hull[n - 1]
    return Place(a, "frontier", (b,), cost[a] - cost[b], harm[b] - harm[a], _price(cost, harm, b, a))


def _gaps(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Differences a - b over the pairs."""
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or not np.isfinite([x, y]).all():
        raise ValueError(f"pairs must be finite numbers of the same length, not of shapes {x.shape} and {y.shape}.")
    return x - y


def _fieller(top: float, bottom: float, squares: np.ndarray) -> tuple[float, float]:
    """Both ends of top / bottom: where (top - r bottom)^2 is not above t^2 times its variance.

    `squares` is t^2 times the covariance matrix of both means.
    """
    a, b, c = bottom**2 - squares[1, 1], top * bottom - squares[0, 1], top**2 - squares[0, 0]
    root = math.sqrt(max(0.0, b**2 - a * c))
    if a > 0:
        return (b - root) / a, (b + root) / a
    if c <= 0:
        return -math.inf, math.inf
    return (_ratio(c, b + root), math.inf) if top > 0 else (-math.inf, _ratio(c, b - root))


def _ratio(top: float, bottom: float) -> float:
    """Division by 0 gives inf with the sign of the numerator, and nan for 0 / 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(top, bottom))

"""A box in words: ranges of a few numbers in which the other alternative mostly wins (scenario discovery).

Found by the patient rule induction method, PRIM (Friedman and Fisher 1999): thin slices are peeled off the whole, each
time the one without which the share rises most, and pasted back where that costs nothing. Figures are those of draws
that the search hasn't seen (Bryant and Lempert 2010 give coverage, density and a p for each number).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import binom

from sim import rates

FEWEST_DRAWS = 2000  # with 128 draws, trees of depth 2 reach a balanced accuracy of .55 to .65
PEEL = 0.05  # of the draws in the box, a slice
LEAST = 0.02  # of the draws, a box
MOST_NUMBERS, SCREENED = 3, 6  # numbers in a box, and those among which they are sought
LEVEL = 0.05  # of a number's p: above it the number is left out


@dataclass(frozen=True)
class Range:
    """A number's range in a box, in quantiles, and the chance that it is there by luck."""

    number: int
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Box:
    """A box, with its figures on draws that the search hasn't seen.

    Attributes
    ----------
    ranges : tuple of Range
        Of the numbers that are restricted; 0 and 1 where an end is free.
    coverage : Interval
        Of all draws where the other alternative wins, the share that lies in the box.
    density : Interval
        Of the draws in the box, the share where it wins.
    everywhere : float
        That share among all draws.
    """

    ranges: tuple[Range, ...]
    coverage: rates.Interval
    density: rates.Interval
    everywhere: float


@dataclass(frozen=True)
class BoxSearch:
    """A box, or in a few words why there is none."""

    box: Box | None
    why_not: str = ""


def find_box(quantiles: np.ndarray, beyond: np.ndarray) -> BoxSearch:
    """Search a box with three numbers at most.

    Parameters
    ----------
    quantiles : ndarray, shape (draws, numbers)
        In (0, 1).
    beyond : ndarray of bool, shape (draws,)
        Where the other alternative wins.

    Notes
    -----
    The box is sought in half of the draws, and judged by the other half. Of all boxes that are passed on the way the
    one with the highest harmonic mean of coverage and density is taken. A number's p is that of as many wins in the
    box, or more, if its range made no difference: binomial, with the share of the box without that range. It is honest
    since the draws are new.
    """
    if len(beyond) < FEWEST_DRAWS:
        return BoxSearch(None, f"a box in words needs {FEWEST_DRAWS:,} draws, and there are {len(beyond):,}")
    order = np.random.default_rng([len(beyond)]).permutation(len(beyond))
    mine, fresh = order[::2], order[1::2]
    if not beyond[mine].any() or beyond[mine].all() or not beyond[fresh].any():
        return BoxSearch(None, "the same alternative wins at all draws, or at all but a few")
    ends = _best(quantiles[mine], beyond[mine])
    ranges = tuple(_tested(ends, quantiles[fresh], beyond[fresh]))
    while ranges and max(one.p for one in ranges) > LEVEL:
        luck = max(ranges, key=lambda one: one.p).number
        ends = {number: pair for number, pair in ends.items() if number != luck}
        ranges = tuple(_tested(ends, quantiles[fresh], beyond[fresh]))
    if not ranges:
        return BoxSearch(None, "no range of any number tells where the other alternative wins")
    return BoxSearch(_judged(ranges, ends, quantiles[fresh], beyond[fresh]))


Ends = dict[int, tuple[float, float]]


def _inside(ends: Ends, quantiles: np.ndarray) -> np.ndarray:
    inside = np.ones(len(quantiles), dtype=bool)
    for number, (low, high) in ends.items():
        inside &= (low <= quantiles[:, number]) & (quantiles[:, number] <= high)
    return inside


def _tested(ends: Ends, quantiles: np.ndarray, beyond: np.ndarray) -> Iterator[Range]:
    """Each range with its p on these draws."""
    inside = _inside(ends, quantiles)
    trials, hits = int(inside.sum()), int(beyond[inside].sum())
    for number, (low, high) in ends.items():
        without = _inside({k: pair for k, pair in ends.items() if k != number}, quantiles)
        share = float(beyond[without].mean()) if without.any() else 1.0
        yield Range(number, low, high, float(binom.sf(hits - 1, trials, share)))


def _judged(ranges: tuple[Range, ...], ends: Ends, quantiles: np.ndarray, beyond: np.ndarray) -> Box:
    inside = _inside(ends, quantiles)
    hits = int(beyond[inside].sum())
    coverage, density = rates.proportion(hits, int(beyond.sum())), rates.proportion(hits, int(inside.sum()))
    return Box(ranges, coverage, density, float(beyond.mean()))


def _best(quantiles: np.ndarray, beyond: np.ndarray) -> Ends:
    """The best box of any few of the numbers that tell most by themselves."""
    order = np.argsort(-_told(quantiles, beyond), kind="stable")[:SCREENED]
    few = [list(numbers) for numbers in combinations(order.tolist(), min(MOST_NUMBERS, len(order)))]
    return max(
        (_peeled(quantiles, beyond, numbers) for numbers in few), key=lambda ends: _merit(ends, quantiles, beyond)
    )


def _told(quantiles: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """Largest distance between a number's laws where the other alternative wins and where it doesn't."""
    order = np.argsort(quantiles, axis=0)
    wins = beyond[order]
    return np.abs(np.cumsum(wins, axis=0) / wins.sum(axis=0) - np.cumsum(~wins, axis=0) / (~wins).sum(axis=0)).max(
        axis=0
    )


def _merit(ends: Ends, quantiles: np.ndarray, beyond: np.ndarray) -> float:
    """Harmonic mean of coverage and density."""
    inside = _inside(ends, quantiles)
    return 2 * float(beyond[inside].sum()) / float(inside.sum() + beyond.sum())


def _peeled(quantiles: np.ndarray, beyond: np.ndarray, numbers: list[int]) -> Ends:
    """Peel slices off these numbers until little is left, take the best box on the way, and paste."""
    ends: Ends = {}
    best, merit, left, wins = ends, _merit(ends, quantiles, beyond), quantiles, beyond
    while len(left) * (1 - PEEL) >= LEAST * len(beyond) and (rests := list(_rests(left, numbers))):
        number, low, high, kept = max(rests, key=lambda rest: wins[rest[3]].mean())
        before = ends.get(number, (0.0, 1.0))
        ends, left, wins = ends | {number: (max(before[0], low), min(before[1], high))}, left[kept], wins[kept]
        if (found := 2 * float(wins.sum()) / float(len(wins) + beyond.sum())) > merit:
            best, merit = ends, found
    return _pasted(best, quantiles, beyond)


def _rests(left: np.ndarray, numbers: list[int]) -> Iterator[tuple[int, float, float, np.ndarray]]:
    """What stays without a slice at either end of each number, where there is one to be had: number, ends, draws."""
    cuts = np.quantile(left[:, numbers], (PEEL, 1 - PEEL), axis=0).T
    for number, (low, high) in zip(numbers, cuts.tolist(), strict=True):
        for ends in ((low, 1.0), (0.0, high)):
            kept = (ends[0] <= left[:, number]) & (left[:, number] <= ends[1])
            if not kept.all():
                yield number, *ends, kept


def _pasted(ends: Ends, quantiles: np.ndarray, beyond: np.ndarray) -> Ends:
    """Widen the box again, an end at a time, while that makes it better."""
    merit = _merit(ends, quantiles, beyond)
    while True:
        wider = max(_wider(ends), key=lambda one: _merit(one, quantiles, beyond), default=ends)
        if (found := _merit(wider, quantiles, beyond)) <= merit:
            return {number: pair for number, pair in ends.items() if pair != (0.0, 1.0)}
        ends, merit = wider, found


def _wider(ends: Ends) -> Iterator[Ends]:
    for number, (low, high) in ends.items():
        more = PEEL * (high - low)
        yield ends | {number: (max(0.0, low - more), high)}
        yield ends | {number: (low, min(1.0, high + more))}

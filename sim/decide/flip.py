"""Where the other alternative wins: how large a share of the draws, and the nearest point at which it does.

Numbers stand in quantiles of their priors, .5 for the median; all medians together are the centre. A difference is the
outcome of b less that of a, on the same seeds. Distances are sums over the numbers moved of how far each is from its
median, in quantiles: .49 at most for one number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from sim import rates
from sim.decide.regression import fit, folds, scores, terms

LIMIT = 0.49  # how far a number is moved: to the quantiles .01 and .99
SINGLES, IN_PAIRS, IN_TRIPLES, INTERACTIONS = 8, 5, 4, 3  # numbers that are tried, and further pairs
STEPS = (LIMIT / 3, LIMIT * 2 / 3, LIMIT)  # looked at along a number
TOLERANCE = 0.004  # of a crossing, in quantiles
SURE = 1.959964  # standard errors on either side of a 95 % interval
EARLY, ROUNDS = 4, 12  # fresh blocks of seeds before an interval may speak, and at most
LAST = 4  # further blocks, taken together, that show the signs on both sides
GROUPS, SEED = 10, 0x666C6970  # of the jackknife: the same interval at every call

Sampler = Callable[[np.ndarray, int], tuple[float, float]]
"""Mean difference and its standard error at a point of quantiles, on a numbered block of seeds.

Within a block all points have the same seeds; blocks have none in common.
"""


def share_beyond(quantiles: np.ndarray, difference: np.ndarray, error: np.ndarray) -> rates.Interval:
    """Share of the draws at which the difference is below 0, with the noise of each taken out.

    Parameters
    ----------
    quantiles : ndarray, shape (draws, numbers)
        In (0, 1), or anything else whose order is theirs; 50 draws or more.
    difference, error : ndarray, shape (draws,)
        Mean difference over replicates and its standard error.

    Returns
    -------
    Interval
        In [0, 1], at 95 % by a jackknife that leaves out a tenth of the draws at a time (Quenouille 1956).

    Notes
    -----
    Counting signs takes noise for spread, and gives a share too close to one half. The share is the mean of
    `chances_beyond`.
    """
    share = float(chances_beyond(quantiles, difference, error).mean())
    shuffled = np.random.default_rng([SEED, len(error)]).permutation(len(error))
    others = [np.delete(shuffled, np.s_[n::GROUPS]) for n in range(GROUPS)]
    without = np.array([chances_beyond(quantiles[some], difference[some], error[some]).mean() for some in others])
    half = float(stdtrit(GROUPS - 1, 0.975)) * math.sqrt((GROUPS - 1) * without.var())
    return rates.Interval(share, max(0.0, share - half), min(1.0, share + half), 0.95, "jackknife over draws")


def chances_beyond(quantiles: np.ndarray, difference: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Probability at each draw that its difference is below 0, given its figure and what its numbers predict.

    Parameters
    ----------
    quantiles, difference, error
        As in `share_beyond`.

    Notes
    -----
    Each figure is drawn towards a prediction made without it, as far as its noise asks for (Fay and Herriot 1979; with
    folds as in Ignatiadis and Wager 2019). What is left over is taken as normal.
    """
    known, guess = terms(scores(quantiles)), np.empty_like(difference)
    for others, mine in folds(len(difference)):
        guess[mine] = fit(known[others], difference[others, None]).at(known[mine])[:, 0]
    spread = max(0.0, float(((difference - guess) ** 2 - error**2).mean()))
    own = np.divide(spread, spread + error**2, out=np.ones_like(error), where=error > 0)
    mean, sd = guess + own * (difference - guess), np.sqrt(own) * error
    sure = (mean < 0).astype(float)
    return np.where(sd > 0, ndtr(-mean / np.where(sd > 0, sd, 1.0)), sure)


@dataclass(frozen=True)
class Flip:
    """A point at which the two alternatives are level, confirmed on seeds that the search hadn't seen.

    Attributes
    ----------
    numbers : tuple of int
        Those that are moved; all others stand at their medians.
    quantiles : tuple of float
        Where to.
    distance : float
        Sum of their distances from .5.
    level : Interval
        The difference there; it covers 0 unless `jump`.
    nearer, farther : Interval
        The difference on the way there and beyond, of opposite signs.
    jump : bool
        The difference jumps from one sign to the other within `TOLERANCE`, and has no point at which it is 0.
    """

    numbers: tuple[int, ...]
    quantiles: tuple[float, ...]
    distance: float
    level: rates.Interval
    nearer: rates.Interval
    farther: rates.Interval
    jump: bool


@dataclass(frozen=True)
class Search:
    """What a search has found, and where it has looked.

    Attributes
    ----------
    flip : Flip or None
        The nearest one; None where none was found or confirmed.
    centre : Interval
        The difference at the centre.
    level_at_centre : bool
        Neither wins at the centre: there is nothing to flip.
    numbers : tuple of int
        Those that were moved alone, from the quantile .01 to .99.
    together : tuple of tuple of int
        Pairs and triples that were moved together, towards the corner that looked best.
    crossings : int
        Changes of sign that the search has met. With these and without a flip, fresh seeds have confirmed none of them.
    best : float
        The difference met that is farthest on the other side, or nearest to it.
    calls : int
        Of the sampler.
    """

    flip: Flip | None
    centre: rates.Interval
    level_at_centre: bool
    numbers: tuple[int, ...]
    together: tuple[tuple[int, ...], ...]
    crossings: int
    best: float
    calls: int


@dataclass(frozen=True)
class _Path:
    """A line from `start`, with t from 0 to `LIMIT`; both as offsets from the centre."""

    start: np.ndarray
    step: np.ndarray

    def point(self, t: float) -> np.ndarray:
        return np.asarray(0.5 + self.start + t * self.step)

    def distance(self, t: float) -> float:
        return float(np.abs(self.start + t * self.step).sum())


class _Crossing(NamedTuple):
    """Where the sign changes along a path, between two places that were looked at."""

    path: _Path
    t: float
    low: float
    high: float

    @property
    def distance(self) -> float:
        return self.path.distance(self.t)


def nearest_flip(sampler: Sampler, quantiles: np.ndarray, difference: np.ndarray) -> Search:
    """Search the nearest point at which the difference changes its sign, with three numbers moved at most.

    Parameters
    ----------
    sampler : Sampler
        Block 0 is for the search; from 1 on they confirm.
    quantiles : ndarray, shape (draws, numbers)
        Of the draws, in (0, 1).
    difference : ndarray, shape (draws,)
        Mean difference at each: they say which numbers to try first.

    Returns
    -------
    Search

    Notes
    -----
    The side to be left is the one that wins at the centre. Where another one wins over the draws, the centre itself is
    a flip, and the nearest one.

    Numbers are screened by a spline of the difference on each, pairs by the product that explains most of the rest. The
    best few are moved alone, in pairs and in threes until the sign has changed on the sampler itself, then the crossing
    is bisected. The nearest crossing is corrected on fresh blocks of seeds (Robbins and Monro 1951), until the interval
    of a fresh one covers 0; further blocks must show both signs beyond noise on its two sides, halfway to the path's
    ends or at these. Where that fails the next one takes its place. Between the points that are looked at a difference
    may turn twice unseen. Distance knows priors alone: whether the record allows a point is another question.
    """
    return _Hunt(sampler, quantiles, difference).search()


def most_calls(numbers: int) -> int:
    """Calls of the sampler that a search among so many numbers may come to; few searches come near it."""
    alone, halvings = 2 * min(SINGLES, numbers), math.ceil(math.log2(LIMIT / TOLERANCE))
    calls, crossings = 1 + alone * (len(STEPS) + halvings), alone
    for moved, corners in ((2, math.comb(IN_PAIRS, 2) + INTERACTIONS), (3, math.comb(IN_TRIPLES, 3))):
        ways = 1 + 2 * moved
        calls, crossings = calls + corners * (1 + ways * (1 + halvings)), crossings + corners * ways
    return calls + crossings * (2 + ROUNDS + 6 * LAST)


class _Hunt:
    """A search under way: the sampler turned so that the centre is above 0, and crossings found so far."""

    def __init__(self, sampler: Sampler, quantiles: np.ndarray, difference: np.ndarray) -> None:
        self.sampler, self.size, self.calls, self.side, self.best = sampler, quantiles.shape[1], 0, 1.0, math.inf
        self.centre = self._ask(np.full(self.size, 0.5), 0)
        self.side = -1.0 if self.centre[0] < 0 else 1.0
        self.best = abs(self.centre[0])
        self.screen = _Screen(quantiles, self.side * difference)
        self.crossings: list[_Crossing] = []
        self.together: list[tuple[int, ...]] = []

    def search(self) -> Search:
        """Singles, pairs, threes; then the nearest that fresh seeds confirm."""
        level = abs(self.centre[0]) <= SURE * self.centre[1]
        singles = () if level else self.screen.singles()
        for number in singles:
            for sign in (-1.0, 1.0):
                self._along(_Path(np.zeros(self.size), sign * np.eye(self.size)[number]), STEPS)
        for moved in () if level else self.screen.together():
            self._corner(moved)
        ordered = sorted(self.crossings, key=lambda crossing: crossing.distance)
        flip = next((flip for crossing in ordered if (flip := self._confirmed(crossing))), None)
        best, together = self.side * self.best, tuple(self.together)
        return Search(flip, _interval(self.centre, 1.0), level, singles, together, len(ordered), best, self.calls)

    def _ask(self, point: np.ndarray, block: int) -> tuple[float, float]:
        """Mean and standard error, above 0 where the centre's alternative wins."""
        self.calls += 1
        mean, error = self.sampler(point, block)
        if block == 0:
            self.best = min(self.best, self.side * mean)
        return self.side * mean, error

    def _beyond(self, path: _Path, t: float) -> bool:
        return self._ask(path.point(t), 0)[0] < 0

    def _along(self, path: _Path, steps: tuple[float, ...]) -> None:
        """Note the crossing before the first step that is beyond, unless one that is known is nearer."""
        nearest = min((crossing.distance for crossing in self.crossings), default=math.inf)
        low = 0.0
        for high in steps:
            if path.distance(low) >= nearest:
                return
            if self._beyond(path, high):
                self.crossings.append(_Crossing(path, self._bisected(path, low, high), low, high))
                return
            low = high

    def _bisected(self, path: _Path, low: float, high: float) -> float:
        while high - low > TOLERANCE:
            middle = (low + high) / 2
            low, high = (middle, high) if self._ask(path.point(middle), 0)[0] > 0 else (low, middle)
        return (low + high) / 2

    def _corner(self, moved: dict[int, float]) -> None:
        """Numbers moved together: several ways to their corner, if the sign is another one there."""
        self.together.append(tuple(moved))
        corner = np.zeros(self.size)
        corner[list(moved)] = list(moved.values())
        if self._beyond(_Path(np.zeros(self.size), corner), LIMIT):
            for path in _ways(corner):
                self._along(path, (LIMIT,))

    def _confirmed(self, crossing: _Crossing) -> Flip | None:
        """The crossing, corrected on fresh seeds, if further blocks show both signs."""
        path, (t, level) = crossing.path, self._corrected(crossing)
        nearer, farther = self._signed(path, (t / 2, 0.0), 1.0), self._signed(path, ((t + LIMIT) / 2, LIMIT), -1.0)
        jump = level is None and self._jumps(path, t)
        if nearer is None or farther is None or (level is None and not jump):
            return None
        point = path.point(t)
        numbers = tuple(int(k) for k in np.flatnonzero(np.abs(path.start) + np.abs(path.step)))
        figures = (level or self._last(point), nearer, farther)
        there, before, after = (_interval(figure, self.side) for figure in figures)
        return Flip(numbers, tuple(float(point[k]) for k in numbers), path.distance(t), there, before, after, jump)

    def _corrected(self, crossing: _Crossing) -> tuple[float, tuple[float, float] | None]:
        """Where the difference is 0 on fresh blocks, and the figure there; none if it isn't 0 anywhere."""
        path, t, low, high = crossing
        before, after = (self._ask(path.point(end), 0)[0] for end in (low, high))
        if after >= before:  # the path begins beyond, with some numbers at their ends: it crosses nothing
            return t, None
        slope = (after - before) / (high - low)
        for block in range(1, ROUNDS + 1):
            figure = self._ask(path.point(t), block)
            if block >= EARLY and abs(figure[0]) <= SURE * figure[1]:
                return t, figure
            t = min(LIMIT, max(0.0, t - figure[0] / slope / (block + 1)))
        return crossing.t, None

    def _signed(self, path: _Path, places: tuple[float, ...], sign: float) -> tuple[float, float] | None:
        """The figure at the first of these places at which it has this sign beyond noise."""
        figures = (self._last(path.point(t)) for t in places)
        return next((figure for figure in figures if sign * figure[0] > SURE * figure[1]), None)

    def _jumps(self, path: _Path, t: float) -> bool:
        """Whether both signs are there a hair before and after."""
        before, after = max(0.0, t - TOLERANCE), min(LIMIT, t + TOLERANCE)
        return self._signed(path, (before,), 1.0) is not None and self._signed(path, (after,), -1.0) is not None

    def _last(self, point: np.ndarray) -> tuple[float, float]:
        """The figure of the last blocks together."""
        means, errors = np.transpose([self._ask(point, ROUNDS + 1 + n) for n in range(LAST)])
        return float(means.mean()), float(np.sqrt((errors**2).sum()) / LAST)


def _ways(corner: np.ndarray) -> Iterator[_Path]:
    """Ways to a corner: all numbers at once, one at half the pace of the others, and one after another."""
    moved, still = np.flatnonzero(corner), np.zeros(len(corner))
    yield _Path(still, corner)
    for slow in moved:
        pace = corner.copy()
        pace[slow] /= 2
        yield _Path(still, pace)
    for last in moved:
        step = np.zeros(len(corner))
        step[last] = corner[last]
        yield _Path(LIMIT * (corner - step), step)


class _Screen:
    """What the draws say of each number: by how much the difference falls where it is moved to either end."""

    def __init__(self, quantiles: np.ndarray, difference: np.ndarray) -> None:
        score, end = scores(quantiles), float(ndtri(0.5 + LIMIT))
        ends = terms(np.array([[-end], [0.0], [end]]))
        rest, effects = difference - difference.mean(), []
        for k in range(score.shape[1]):
            known = terms(score[:, [k]])
            found = fit(known, difference[:, None])
            below, middle, above = found.at(ends)[:, 0]
            effects.append((below - middle, above - middle))
            rest = rest - (found.at(known)[:, 0] - difference.mean())
        self.effects = np.array(effects)
        self.products = end**2 * np.triu((score * rest[:, None]).T @ score / len(score), 1)
        self.ranked = np.argsort(self.effects.min(axis=1), kind="stable")

    def singles(self) -> tuple[int, ...]:
        """Numbers to be moved alone, the most promising first."""
        return tuple(int(k) for k in self.ranked[:SINGLES])

    def together(self) -> Iterator[dict[int, float]]:
        """Pairs and threes of numbers that act alone, and pairs that act jointly, each with its directions."""
        pairs = list(combinations(sorted(self.ranked[:IN_PAIRS].tolist()), 2))
        flat = np.argsort(-np.abs(self.products), axis=None, kind="stable")[:INTERACTIONS]
        joint = [(int(i), int(j)) for i, j in zip(*np.unravel_index(flat, self.products.shape), strict=True) if i < j]
        triples = list(combinations(sorted(self.ranked[:IN_TRIPLES].tolist()), 3))
        for numbers in dict.fromkeys([*pairs, *joint, *triples]):
            yield dict(zip(numbers, self._corner(numbers), strict=True))

    def _corner(self, numbers: tuple[int, ...]) -> tuple[float, ...]:
        """Directions in which the difference falls most."""
        return min(product((-1.0, 1.0), repeat=len(numbers)), key=lambda signs: self._change(numbers, signs))

    def _change(self, numbers: tuple[int, ...], signs: tuple[float, ...]) -> float:
        alone = sum(self.effects[k, int(sign > 0)] for k, sign in zip(numbers, signs, strict=True))
        pairs = combinations(zip(numbers, signs, strict=True), 2)
        return float(alone + sum(self.products[i, j] * a * b for (i, a), (j, b) in pairs))


def _interval(figure: tuple[float, float], side: float) -> rates.Interval:
    """A figure as the sampler has it, with its 95 % interval."""
    mean, half = float(side * figure[0]), float(SURE * figure[1])
    return rates.Interval(mean, mean - half, mean + half, 0.95, "normal")

"""The best of several alternatives, with a stated probability that it is: stages, and fewer alternatives at each.

At each of a fixed number of looks all bounds of `bounds` hold together with the share of the error that the look has
(Bonferroni), and so all of them at all looks. An alternative goes when another one is surely better. The race ends when
one is surely worse than none that is left by delta or more. Then, with the probability asked for, all of this holds:
none that went is the best; the chosen one is within delta of the best; and every interval that is given covers.

Intervals are about the best alternative, whichever that is (multiple comparisons with the best, Hsu 1984), so that only
pairs with the best must hold, one for each other alternative; stopping within delta follows Fan, Hong and Nelson
(Winter Simulation Conference 2016). The variances are estimated anew at each look, and each is that of its own pair.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from sim.decide.bounds import CRITERIA, Bounds
from sim.sweep.precision import looks


class Sampler(Protocol):
    """Outcomes on demand, on common random numbers."""

    def __call__(self, alternatives: Sequence[int], low: int, high: int) -> np.ndarray:
        """Outcomes of replicates low to high - 1 of some alternatives, in all draws; less is better.

        Returns
        -------
        ndarray, shape (alternatives asked for, draws, high - low)
            The same numbers whenever they are asked for, and whatever stands beside them.
        """


@dataclass(frozen=True)
class Rule:
    """What is asked of a selection.

    Attributes
    ----------
    delta : float
        The smallest difference that matters, in the unit of the outcome; above 0.
    confidence : float
        Probability with which all that a selection says holds, in (0, 1).
    first, most : int
        Replicates of each draw at the first look (2 or more), and at the last.
    shared_noise : bool
        Whether the draws of a replicate have the same random numbers, as in a sweep. Where they don't, the mean over
        draws is known with fewer replicates.
    """

    delta: float
    confidence: float = 0.95
    first: int = 10
    most: int = 1000
    shared_noise: bool = True

    def __post_init__(self) -> None:
        if not (math.isfinite(self.delta) and self.delta > 0):
            raise ValueError(f"delta must be above 0, not {self.delta}.")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence must lie between 0 and 1, not {self.confidence}.")
        if not 2 <= self.first <= self.most:
            raise ValueError(f"first must lie between 2 and most = {self.most}, not be {self.first}.")


@dataclass(frozen=True)
class Standing:
    """How an alternative came out.

    Attributes
    ----------
    estimate : float
        Of the criterion, without the upward bias of a maximum.
    low, high : float
        By how much it is worse than the best alternative, at least and at most; 0 where it may be the best.
    draw : int or None
        Draw that decides the criterion by what was seen; None for the mean.
    replicates : int
        Seen, of each draw.
    gone : int or None
        Stage at which it went, from 0; None if it cannot be told apart from the chosen one, or is the chosen one.
    """

    estimate: float
    low: float
    high: float
    draw: int | None
    replicates: int
    gone: int | None


@dataclass(frozen=True)
class Stage:
    """A look: replicates of each draw so far, alternatives that were run for it, and those that went."""

    replicates: int
    run: tuple[int, ...]
    gone: tuple[int, ...]


@dataclass(frozen=True)
class Selection:
    """What was chosen by a criterion, and everything that it was chosen from.

    Attributes
    ----------
    criterion : str
        "mean", "worst" or "regret".
    chosen : int
        The alternative of which most is guaranteed: the one whose `high` is least.
    margin : float
        It is better than every other one by this much at least; below 0, worse than the best by so much at most.
    settled : bool
        Whether it is surely within delta of the best; else the replicates allowed were too few.
    alike : tuple of int
        The others that cannot be told apart from it: none of them is surely worse than any other alternative.
    standings : tuple of Standing
        One for each alternative.
    stages : tuple of Stage
        In order.
    runs : int
        Replicates of all alternatives and draws that were run.
    """

    criterion: str
    chosen: int
    margin: float
    settled: bool
    alike: tuple[int, ...]
    standings: tuple[Standing, ...]
    stages: tuple[Stage, ...]
    runs: int


def select(
    sample: Sampler, alternatives: int, rule: Rule, criterion: Literal["mean", "worst", "regret"] = "mean"
) -> Selection:
    """Choose the best of several alternatives.

    Parameters
    ----------
    sample : Sampler
        Is asked for ranges of replicates that follow each other, of fewer and fewer alternatives.
    alternatives : int
        2 or more, called 0, 1, ...
    rule : Rule
        What is asked.
    criterion : str
        What less is better of: the mean over draws, the worst draw, or the largest regret over draws.

    Returns
    -------
    Selection
        The same for the same sampler and rule.

    Raises
    ------
    ValueError
        For fewer than two alternatives, and samples of another shape or not finite.

    Notes
    -----
    For normal noise the probability is at least what is asked for, whatever the correlations and variances. Measured
    at .95, the best one of 3, 10 or 50 exactly delta better than all others, which are alike: .994 to 1 of 300 to 1,000
    problems each, with normal noise of equal and unequal variance, correlated or not, skewed counts and skewed harm;
    .999 and 1 by worst case and by regret. A procedure that only selects (Kim and Nelson, ACM TOMACS 11:251, 2001) was
    right in .967 to 1 of such problems with .5 to 1 times the replicates; but it looks after each one, and gives no
    intervals.

    Where two alternatives differ in rare events only, none of the first replicates may show it, and their interval has
    no width: right in .73 where events are one in 30 replicates, a single draw each, .97 with a first look at 200.
    Expected counts and many draws keep that from happening too.
    """
    if alternatives < 2:
        raise ValueError(f"alternatives must be at least 2, not {alternatives}.")
    ends = tuple(looks(rule.first, rule.most))
    race = _Race(sample, alternatives, rule, criterion, len(ends))
    for end in ends:
        race.run(end)
        if race.settled:
            break
    return race.selection()


class _Race:
    """Who is in it, what was seen of them, and the bounds on each pair at the last look at which both were there."""

    def __init__(self, sample: Sampler, alternatives: int, rule: Rule, criterion: str, stages: int) -> None:
        self._sample, self._rule, self._name, self._looks = sample, rule, criterion, stages
        self._alive, self._run = np.ones(alternatives, bool), np.ones(alternatives, bool)
        self._values = np.empty((alternatives, 0, 0))
        self._low, self._high = np.zeros((2, alternatives, alternatives))
        self._estimates, self._draws = np.zeros(alternatives), np.full(alternatives, -1)
        self._seen, self._gone = np.zeros(alternatives, int), np.full(alternatives, -1)
        self._stages: list[Stage] = []

    @property
    def settled(self) -> bool:
        """Whether one is surely worse than none that is left by delta or more."""
        return bool(self._at_most()[self._alive].min() < self._rule.delta)

    def run(self, end: int) -> None:
        """Run those that are in it on to a number of replicates, look, and let go who is surely not the best."""
        rows = np.flatnonzero(self._run)
        self._values = self._extended(rows, end)
        self._note(rows, self._bounds(), end)

    def selection(self) -> Selection:
        """Who is chosen, and how everyone came out."""
        least, most = self._at_least(), self._at_most()
        left = np.flatnonzero(self._alive).tolist()
        chosen = min(left, key=lambda a: (most[a], self._estimates[a]))
        return Selection(
            criterion=self._name,
            chosen=chosen,
            margin=self._margin(chosen),
            settled=self.settled,
            alike=tuple(a for a in left if a != chosen),
            standings=tuple(
                self._standing(a, low, high) for a, (low, high) in enumerate(zip(least, most, strict=True))
            ),
            stages=tuple(self._stages),
            runs=int(self._seen.sum()) * self._values.shape[1],
        )

    def _extended(self, rows: np.ndarray, end: int) -> np.ndarray:
        """Outcomes of those that are run, up to a number of replicates."""
        low = self._stages[-1].replicates if self._stages else 0
        new = np.asarray(self._sample(rows.tolist(), low, end), dtype=np.float64)
        draws = self._values.shape[1] if low else (new.shape[1] if new.ndim == 3 else 0)
        if new.shape != (len(rows), draws, end - low) or not draws:
            raise ValueError(f"outcomes must have the shape ({len(rows)}, draws, {end - low}), not {new.shape}.")
        if not np.isfinite(new).all():
            raise ValueError(f"outcomes of replicates {low} to {end - 1} must be finite numbers.")
        return np.concatenate([self._values, new], axis=2) if low else new

    def _bounds(self) -> Bounds:
        """The bounds of this look, at its share of the error."""
        criterion = CRITERIA[self._name]
        used = criterion.bounds_used(len(self._alive), self._values.shape[1]) * self._looks
        return criterion.bounds(self._values, (1.0 - self._rule.confidence) / used, self._rule.shared_noise)

    def _note(self, rows: np.ndarray, found: Bounds, end: int) -> None:
        """Write a look down, and keep the outcomes of those that are run on."""
        pairs = np.ix_(rows, rows)
        self._low[pairs], self._high[pairs] = found.low, found.high
        self._estimates[rows], self._draws[rows], self._seen[rows] = found.estimates, found.draws, end
        gone = rows[self._alive[rows] & (found.low[:, self._alive[rows]] > 0).any(axis=1)]
        self._alive[gone], self._gone[gone] = False, len(self._stages)
        self._stages.append(Stage(end, tuple(rows.tolist()), tuple(gone.tolist())))
        self._run[rows] = self._alive[rows] | found.needed
        self._values = self._values[self._run[rows]]

    def _others(self, a: int) -> np.ndarray:
        """Those left that may be better than an alternative."""
        others = self._alive.copy()
        others[a] = False
        return others

    def _at_least(self) -> np.ndarray:
        """By how much each alternative is worse than the best, whichever of those left that is, at least."""
        least = [min(row[self._others(a)], default=0.0) for a, row in enumerate(self._low)]
        return np.maximum(0.0, least)

    def _at_most(self) -> np.ndarray:
        """By how much each alternative is worse than the best, at most."""
        most = [max(row[self._others(a)], default=0.0) for a, row in enumerate(self._high)]
        return np.maximum(0.0, most)

    def _margin(self, chosen: int) -> float:
        """How much better the chosen one is than all others, at least: of those left, or, if it is alone, of all."""
        others = self._others(chosen)
        if others.any():
            return -float(self._high[chosen, others].max())
        others = np.arange(len(others)) != chosen
        return max(0.0, float(self._low[others, chosen].min()))

    def _standing(self, a: int, low: float, high: float) -> Standing:
        draw, gone = int(self._draws[a]), int(self._gone[a])
        return Standing(
            estimate=float(self._estimates[a]),
            low=float(low),
            high=float(high),
            draw=None if draw < 0 else draw,
            replicates=int(self._seen[a]),
            gone=None if gone < 0 else gone,
        )

"""Smooth functions of uncertain numbers, fitted to noisy draws: natural splines, products, and a ridge.

How strongly the ridge pulls is chosen by how well other draws would be predicted; where nothing predicts, only a
constant is left. So what is fitted to noise alone stays close to no function at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

KNOTS = ndtri([0.05, 0.275, 0.5, 0.725, 0.95])  # of five, in normal scores (Harrell 2015, table 2.3)
MOST_PRODUCTS = 200  # pairs of numbers that get a term of their own; with more of them none does
PENALTIES = np.append(np.logspace(-4, 3, 22), np.inf)  # of a standardised term, per draw; the last leaves a constant

ROUNDING = 1e-9  # a direction in which standardised terms vary less than this, per draw, is none
FOLDS, SEED = 5, 0x666F6C64  # the same folds at every call


class Fit(NamedTuple):
    """A fitted function of terms, for several outcomes at once: the lowest penalised sum of squares."""

    centre: np.ndarray
    scale: np.ndarray
    level: np.ndarray
    weights: np.ndarray

    def at(self, terms: np.ndarray) -> np.ndarray:
        """Fitted outcomes, shape (points, outcomes), of terms of shape (points, terms)."""
        return np.asarray(self.level + (terms - self.centre) / self.scale @ self.weights)


def scores(values: np.ndarray) -> np.ndarray:
    """Normal scores of each column's ranks: whatever a number's law and unit, they are about standard normal.

    Parameters
    ----------
    values : ndarray, shape (draws, numbers)
    """
    return np.asarray(ndtri((rankdata(values, axis=0) - 0.5) / len(values)))


def terms(scores: np.ndarray) -> np.ndarray:
    """A natural cubic spline of each number, and the products of all pairs where these are few.

    Parameters
    ----------
    scores : ndarray, shape (draws, numbers)
        Each about standard normal.

    Returns
    -------
    ndarray, shape (draws, terms)
        Four terms a number, its score first.
    """
    numbers = scores.shape[1]
    bends = np.concatenate([_bends(scores[:, k]) for k in range(numbers)], axis=1)
    first, second = np.triu_indices(numbers, 1)
    if len(first) > MOST_PRODUCTS:
        return bends
    return np.concatenate([bends, scores[:, first] * scores[:, second]], axis=1)


def _bends(score: np.ndarray) -> np.ndarray:
    """The restricted cubic spline of Stone and Koo (1985): linear beyond the outer knots."""
    cubes = np.maximum(score[:, None] - KNOTS, 0.0) ** 3
    slopes = (cubes - cubes[:, -1:])[:, :-1] / (KNOTS[-1] - KNOTS[:-1])
    return np.column_stack([score, slopes[:, :-1] - slopes[:, -1:]])


def fit(terms: np.ndarray, outcomes: np.ndarray) -> Fit:
    """Ridge regression, with the penalty of each outcome chosen by generalised cross-validation (Golub et al. 1979).

    Parameters
    ----------
    terms : ndarray, shape (draws, terms)
    outcomes : ndarray, shape (draws, outcomes)
    """
    draws, centre, scale, level = len(terms), terms.mean(axis=0), terms.std(axis=0), outcomes.mean(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    known, away = (terms - centre) / scale, outcomes - level
    squares, turn = _axes(known)
    some = squares > ROUNDING * draws
    squares, turn = squares[some], turn[:, some] / np.sqrt(squares[some])
    along = turn.T @ (known.T @ away)
    kept = squares / (squares + draws * PENALTIES[:, None])
    left = (away**2).sum(axis=0) - kept * (2 - kept) @ along**2
    error = left / (1 - (1 + kept.sum(axis=1, keepdims=True)) / draws) ** 2
    return Fit(centre, scale, level, turn @ (kept[error.argmin(axis=0)].T * along))


def _axes(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Squared lengths along principal axes, and the axes; by way of the draws where these are fewer than the terms."""
    if len(known) >= known.shape[1]:
        squares, turn = np.linalg.eigh(known.T @ known)
        return squares, turn
    squares, across = np.linalg.eigh(known @ known.T)
    return squares, known.T @ across / np.sqrt(np.where(squares > 0, squares, 1.0))


def folds(draws: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draws to fit to, and draws to judge by, in turns: each is judged by once.

    Shuffled, since draws of a low-discrepancy design have an order.
    """
    shuffled = np.random.default_rng([SEED, draws]).permutation(draws)
    return [(np.delete(shuffled, np.s_[n::FOLDS]), shuffled[n::FOLDS]) for n in range(FOLDS)]

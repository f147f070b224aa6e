"""Schedules against minds that adapt: what mixing them is worth, and two meanings of the worst response.

A game has the defender's options as rows and an attacker class's choices as columns; several classes act beside each
other, each by its own choice, and their incidents add up. Choices are those of classes and rates: when to act, what
kind of target to prefer; never a site, a road or an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDING = 1e-9  # the solver's, beside the largest number of the game


@dataclass(frozen=True)
class Mix:
    """The defender's best mixture of options against the worst that each class can do.

    Attributes
    ----------
    value : float
        Expected incidents at most, whatever the classes choose.
    weights : ndarray, shape (options,)
        Probability of each option.
    pure : int
        The best single option against the worst.
    pure_value : float
        Expected incidents at most under it.
    """

    value: float
    weights: np.ndarray
    pure: int
    pure_value: float

    @property
    def gap(self) -> float:
        """Incidents that mixing spares; 0 or more."""
        return self.pure_value - self.value


def mix(losses: np.ndarray) -> Mix:
    """Minimax by a linear programme (von Neumann 1928; Dantzig 1951), with each class as a player of its own.

    Parameters
    ----------
    losses : ndarray, shape (classes, options, choices)
        Expected incidents of each class under each option and choice.

    Returns
    -------
    Mix
        The gap is never negative: a single option is a mixture too.

    Raises
    ------
    ValueError
        If a number isn't finite.

    Notes
    -----
    Numbers with Monte Carlo noise make a gap where there is none, since mixing goes after what is low by chance. Judge
    weights and single option by `worst_case` on fresh seeds.
    """
    if not np.isfinite(losses).all():
        raise ValueError("A game has finite numbers only.")
    single = losses.max(axis=2).sum(axis=0)
    pure = int(single.argmin())
    weights = _least_weights(losses)
    if worst_case(losses, weights) >= single[pure]:
        weights = np.eye(len(single))[pure]
    return Mix(worst_case(losses, weights), weights, pure, float(single[pure]))


def _least_weights(losses: np.ndarray) -> np.ndarray:
    """Weights of the options that keep the sum of the classes' largest losses least."""
    from scipy.optimize import linprog  # slow to import, so only where a game is solved

    classes, options, choices = losses.shape
    size = max(float(np.abs(losses).max()), np.finfo(float).tiny)
    against = np.kron(np.eye(classes), np.ones((choices, 1)))
    found = linprog(
        np.append(np.zeros(options), np.ones(classes)),
        A_ub=np.hstack([losses.transpose(0, 2, 1).reshape(-1, options) / size, -against]),
        b_ub=np.zeros(classes * choices),
        A_eq=[[1.0] * options + [0.0] * classes],
        b_eq=[1.0],
        bounds=[(0, 1)] * options + [(None, None)] * classes,
        method="highs",
    )
    weights = np.array(found.x, dtype=np.float64)[:options]
    weights[weights < ROUNDING] = 0.0
    return np.asarray(weights / weights.sum())


def worst_case(losses: np.ndarray, weights: np.ndarray) -> float:
    """Expected incidents at most under these weights of the options, whatever each class chooses."""
    return float(np.tensordot(losses, weights, axes=(1, 0)).max(axis=1).sum())

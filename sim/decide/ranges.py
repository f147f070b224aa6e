"""A figure with two ranges: what the simulation leaves open, and what the draws leave open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

BAND = (0.05, 0.95)  # of the draws


@dataclass(frozen=True)
class Ranged:
    """The mean of a figure over draws.

    Attributes
    ----------
    estimate : float
    low, high : float
        Its interval: what more replicates of the same draws would narrow.
    band_low, band_high : float
        Between which nine of ten draws have it: what only knowledge would narrow.
    """

    estimate: float
    low: float
    high: float
    band_low: float
    band_high: float


def ranged(values: np.ndarray, confidence: float = 0.95) -> Ranged:
    """The mean over draws and both of its ranges.

    Parameters
    ----------
    values : ndarray, shape (draws, replicates)
        Two replicates or more; draws have random numbers of their own.
    confidence : float
        Of the interval, in (0, 1).

    Notes
    -----
    Each draw is a stratum: the variance of the mean is added up over draws, with Satterthwaite's degrees of freedom
    (1946). The band is that of the draws' means, drawn together until their variance is that between draws alone, since
    noise in each of them would widen it.
    """
    draws, count = values.shape
    means, own = values.mean(axis=1), values.var(axis=1, ddof=1) / count
    estimate, total = float(means.mean()), float(own.sum())
    freedom = (count - 1) * total**2 / float((own**2).sum()) if total > 0 else count - 1.0
    width = -float(stdtrit(freedom, (1.0 - confidence) / 2)) * math.sqrt(total) / draws
    low, high = np.quantile(estimate + (means - estimate) * _drawn_together(means, own), BAND).tolist()
    return Ranged(estimate, estimate - width, estimate + width, low, high)


def standard_errors(values: np.ndarray) -> np.ndarray:
    """Of means over draws, draws being strata. From (..., draws, replicates)."""
    own = values.var(axis=-1, ddof=1) / values.shape[-1]
    return np.sqrt(own.sum(axis=-1)) / values.shape[-2]


def _drawn_together(means: np.ndarray, own: np.ndarray) -> float:
    """The factor by which the spread of draws' means is what it would be without noise."""
    observed = float(means.var(ddof=1)) if len(means) > 1 else 0.0
    return math.sqrt(max(0.0, 1.0 - float(own.mean()) / observed)) if observed > 0 else 0.0

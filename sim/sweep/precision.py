"""When a sweep may stop: looks at fixed numbers of replicates, and at each whether a point is known well enough.

A rule that stops as soon as an interval looks narrow stops too early too often, since it prefers samples whose spread
was underestimated. Three things hold that down: no look before `minimum` replicates, looks a quarter apart, and t
quantiles. Measured on Poisson counts the intervals cover what they state to within a point
(tests/sweep/test_precision.py). The looks follow from the file, not from the data, so a sweep that was interrupted
stops where one that was not does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import stdtrit

from sim.runs.tally import FIGURES, Tally
from sim.sweep.file import Precision

GROWTH = 1.25  # of the replicates from look to look


def looks(minimum: int, maximum: int) -> Iterator[int]:
    """Numbers of replicates at which a sweep looks, the last one `maximum`."""
    at = minimum
    while at < maximum:
        yield at
        at = math.ceil(at * GROWTH)
    yield maximum


def half_widths(tally: Tally, precision: Precision) -> np.ndarray:
    """Half the width of each point's interval, in the metric's unit. Shape (points,); nan below two replicates."""
    moments = tally.own if precision.of == "rate" else tally.gap
    count = np.maximum(moments.count, 1)
    variance = moments.variance[:, FIGURES.index(precision.metric)]
    return stdtrit(np.maximum(count - 1, 1), 0.5 + precision.confidence / 2) * np.sqrt(variance / count)


def widths_wanted(tally: Tally, precision: Precision) -> np.ndarray:
    """What they should be at most. Shape (points,); 0 where a rate of 0 leaves a share without meaning."""
    if precision.absolute is not None:
        return np.full(len(tally.references), precision.absolute)
    assert precision.relative is not None
    mean = tally.own.mean[:, FIGURES.index(precision.metric)]
    return precision.relative * np.maximum(0.0, mean if precision.of == "rate" else mean[tally.references])


def reached(tally: Tally, precision: Precision) -> np.ndarray:
    """Whether each point is known well enough. Shape (points,)."""
    wanted = widths_wanted(tally, precision)
    return (half_widths(tally, precision) <= wanted) & (wanted > 0)


def replicates_needed(tally: Tally, precision: Precision) -> np.ndarray:
    """The look at which each point is likely to end, by its spread so far. Shape (points,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = half_widths(tally, precision) / widths_wanted(tally, precision)
    count = (tally.own if precision.of == "rate" else tally.gap).count
    needed = np.where(ratio == 0, 0.0, count * ratio**2)
    steps = np.array(list(looks(precision.minimum, precision.maximum)))
    at = np.searchsorted(steps, np.nan_to_num(needed, nan=np.inf, posinf=np.inf))
    return steps[np.minimum(at, len(steps) - 1)]


def worst(tally: Tally, precision: Precision) -> float:
    """The widest half-width: as a share where a share is asked for, else in the metric's unit; nan while unknown."""
    unit = np.array(1.0) if precision.relative is None else widths_wanted(tally, precision) / precision.relative
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = half_widths(tally, precision) / unit
    known = shares[~np.isnan(shares)]
    return float(known.max()) if len(known) else math.nan


def shown_width(width: float, precision: Precision) -> str:
    """A half-width in words, such as "+-4.2%"."""
    if math.isnan(width):
        return "unknown"
    return f"+-{width:.1%}" if precision.relative is not None else f"+-{width:.3g}"

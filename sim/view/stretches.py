"""Roads as straight lines on paper: ends that meet, what lies near, points along them. Lengths are cells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.world.grid import Grid, Point, polyline_cells

APART = 0.75  # cells between what the rules see as joined, and straight lines may leave open


def joined(grid: Grid, roads: Sequence[Sequence[Point]]) -> list[np.ndarray]:
    """Roads as lines through the middles of cells, whose ends reach what they lead to.

    Roads meet in a cell, in which straight lines may pass each other: an end there is moved onto the other line.
    """
    shared = Counter(cell for road in roads for cell in set(polyline_cells(grid, road)))
    lines = [np.array(road) + 0.5 for road in roads]
    stretches = Stretches(lines)
    for road, line in zip(roads, lines, strict=True):
        for end in (0, -1):
            if shared[grid.cell(*road[end])] > 1:
                line[end] = stretches.nearest(line[end])
    return lines


class Stretches:
    """Straight stretches of lines."""

    def __init__(self, lines: list[np.ndarray]) -> None:
        self.starts, self.ends = (
            np.concatenate([line[part] for line in lines]) for part in (slice(-1), slice(1, None))
        )

    def nearest(self, point: np.ndarray) -> np.ndarray:
        """The nearest point of other stretches than one that ends there; the point itself if two do, or all are far."""
        touching = np.all((self.starts == point) | (self.ends == point), axis=1)
        if touching.sum() > 1:
            return point
        along = self.ends - self.starts
        share = ((point - self.starts) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
        feet = self.starts + np.clip(share, 0.0, 1.0)[:, None] * along
        apart = np.where(touching, np.inf, np.hypot(*(feet - point).T))
        best = int(np.argmin(apart))
        return feet[best] if apart[best] <= APART else point


def points_along(lines: Sequence[np.ndarray], step: float) -> np.ndarray:
    """Points along lines, no farther apart than a step. Shape (points, 2)."""
    return np.concatenate([_between(*ends, step) for line in lines for ends in pairwise(line)])


def _between(start: np.ndarray, end: np.ndarray, step: float) -> np.ndarray:
    count = max(2, math.ceil(float(np.hypot(*(end - start))) / step) + 1)
    return start + np.linspace(0.0, 1.0, count)[:, None] * (end - start)

"""Where names stand on a printed map: beside their places, on nothing else, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

NEAR, FAR = 1.0, 2.2  # times the gap between a place and its name
MUST, SHOULD = 1e6, 30.0  # what it costs a name to leave its area, and to lie near a sign, in cells of road covered


class Box(NamedTuple):
    """A rectangle: x to the right, y downwards."""

    left: float
    top: float
    right: float
    bottom: float


class Sheet:
    """A sheet of paper, on which boxes are taken one after the other.

    Parameters
    ----------
    width, height : float
        Its size, in any unit.
    ink : ndarray, shape (points, 2)
        What names had better not cover, such as points along roads.
    """

    def __init__(self, width: float, height: float, ink: np.ndarray) -> None:
        self.width, self.height = width, height
        self._ink = ink
        self._taken = np.empty((0, 4))

    def take(self, box: Box) -> None:
        """Keep others off a box."""
        self._taken = np.vstack([self._taken, box])

    def free(self, box: Box) -> bool:
        """Whether a box lies on the sheet and on no other."""
        if box.left < 0 or box.top < 0 or box.right > self.width or box.bottom > self.height:
            return False
        left, top, right, bottom = self._taken.T
        return not bool(np.any((box.left < right) & (left < box.right) & (box.top < bottom) & (top < box.bottom)))

    def beside(self, x: float, y: float, width: float, height: float, gap: float) -> Box | None:
        """Take a free box of a size near a point, the one with least ink below it; None where none is free.

        Parameters
        ----------
        gap : float
            From the point to the nearest side of the box.
        """
        near = self._ink[np.abs(self._ink - (x, y)).max(axis=1) <= width + height + FAR * gap]
        boxes = (Box(left, top, left + width, top + height) for left, top in _corners(x, y, width, height, gap))
        best = min(filter(self.free, boxes), key=lambda box: _covered(near, box), default=None)
        if best is not None:
            self.take(best)
        return best


def _covered(points: np.ndarray, box: Box) -> int:
    """How many points lie below a box."""
    return int(np.all((points >= box[:2]) & (points <= box[2:]), axis=1).sum())


def _corners(x: float, y: float, width: float, height: float, gap: float) -> Iterator[tuple[float, float]]:
    """Left and top of boxes around a point, the best places first: right, left, below, above, at the corners."""
    for far in (NEAR, FAR):
        off = far * gap
        for top in (y - height / 2, y + 0.4 * off, y - height - 0.4 * off):
            yield x + off, top
            yield x - off - width, top
        for left in (x - width / 2, x - 0.15 * width, x - 0.85 * width):
            yield left, y + off
            yield left, y - off - height


def in_area(area: np.ndarray, roads: np.ndarray, near: np.ndarray, width: int, height: int) -> tuple[int, int] | None:
    """Left and top cell of a box within an area, off signs and with little road below; None if the map is smaller.

    Parameters
    ----------
    area, roads, near : ndarray of bool, shape (y, x)
        Cells of the area, of roads, and with a sign on them or near.
    width, height : int
        Of the box, in cells.
    """
    if height > area.shape[0] or width > area.shape[1]:
        return None
    cost = MUST * _sums(~area, width, height) + SHOULD * _sums(near, width, height) + _sums(roads, width, height)
    y, x = np.nonzero(area)
    tops, lefts = np.ogrid[: cost.shape[0], : cost.shape[1]]
    off = np.hypot(lefts + width / 2 - x.mean(), tops + height / 2 - y.mean())  # from the middle of the area
    top, left = divmod(int(np.argmin(cost + off / off.max(initial=1.0))), cost.shape[1])
    return left, top


def _sums(cells: np.ndarray, width: int, height: int) -> np.ndarray:
    """Cells that are true within each box, by its top and left."""
    total = np.pad(cells.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0))).astype(np.float64)
    return total[height:, width:] - total[:-height, width:] - total[height:, :-width] + total[:-height, :-width]

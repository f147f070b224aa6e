"""Figures with their ranges, for a terminal: no more digits than say something."""

from __future__ import annotations

import math


def figure(value: float) -> str:
    """Three digits or so: large ones whole, small ones with two, what is no number blank."""
    if math.isnan(value):
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.3g}"


def between(low: float, high: float) -> str:
    """A range; blank where one of its ends is no number."""
    return "" if math.isnan(low) or math.isnan(high) else f"{figure(low)} to {figure(high)}"

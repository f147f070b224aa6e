"""Every split of a budget over its lines, in whole steps: how many there are, and which.

Shares are multiples of the step and add up to 1 exactly, as floats do with `sum` or `math.fsum`. Six lines in steps of
5 % have C(25, 5) = 53,130 splits, so floors and caps matter: the count is known before anything is listed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

_ROUNDING = 1e-9  # of a share in steps: .15 / .05 is 3


def count_splits(
    lines: Sequence[str],
    step: float,
    floors: Mapping[str, float] | None = None,
    caps: Mapping[str, float] | None = None,
) -> int:
    """How many splits `splits` gives, without listing them.

    Parameters
    ----------
    lines, step, floors, caps
        As in `splits`.

    Notes
    -----
    The coefficient of x^(1 / step) in the product of each line's polynomial, the sum of x^units over what it may have.
    """
    steps, ranges = _ranges(lines, step, floors or {}, caps or {})
    ways = np.zeros(steps + 1, dtype=object)
    ways[0] = 1
    for low, high in ranges:
        ways = sum((_shifted(ways, units) for units in range(low, high + 1)), start=np.zeros_like(ways))
    return int(ways[steps])


def splits(
    lines: Sequence[str],
    step: float,
    floors: Mapping[str, float] | None = None,
    caps: Mapping[str, float] | None = None,
) -> Iterator[dict[str, float]]:
    """Every split of 1 over the lines.

    Parameters
    ----------
    lines : sequence of str
        Names, each once.
    step : float
        In (0, 1]; 1 is a whole number of it.
    floors, caps : mapping of str to float, optional
        Least and largest share of a line, in [0, 1]; what lies between two steps is taken to the next one inward.

    Yields
    ------
    dict of str to float
        Share of each line, in the order of the lines; the last lines vary fastest, from their least share up.

    Raises
    ------
    ValueError
        For no line, a name that stands twice or is no line, a step that 1 is no multiple of, and shares outside [0, 1].
    """
    steps, ranges = _ranges(lines, step, floors or {}, caps or {})
    return (_shares(lines, units, steps) for units in _units(steps, ranges))


def _ranges(
    lines: Sequence[str], step: float, floors: Mapping[str, float], caps: Mapping[str, float]
) -> tuple[int, list[tuple[int, int]]]:
    """How many steps 1 has, and the least and the most of them that each line may have."""
    steps = round(1 / step) if 0 < step <= 1 else 0
    if not steps or abs(steps * step - 1) > _ROUNDING:
        raise ValueError(f"step must be 1 or a whole part of it (.5, .1, .05), not {step}.")
    if not lines or len(set(lines)) < len(lines):
        raise ValueError(f"lines must be one name or more, each once, not {list(lines)}.")
    for name, share in (*floors.items(), *caps.items()):
        if name not in lines or not 0 <= share <= 1:
            raise ValueError(f"floors and caps must be shares in 0..1 of the lines, not {share} of {name}.")
    return steps, [
        (math.ceil(floors.get(name, 0) * steps - _ROUNDING), math.floor(caps.get(name, 1) * steps + _ROUNDING))
        for name in lines
    ]


def _shifted(ways: np.ndarray, units: int) -> np.ndarray:
    """Ways to spend so many units more."""
    return np.concatenate([np.zeros(units, dtype=object), ways[: len(ways) - units]])


def _units(left: int, ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Every way to spend what is left on the lines, in whole steps within their ranges."""
    if not ranges:
        yield from [()] if left == 0 else []
        return
    (low, high), rest = ranges[0], ranges[1:]
    least, most = sum(low for low, _ in rest), sum(high for _, high in rest)
    for units in range(max(low, left - most), min(high, left - least) + 1):
        for others in _units(left - units, rest):
            yield units, *others


def _shares(lines: Sequence[str], units: Sequence[int], steps: int) -> dict[str, float]:
    """The shares of a split; the largest one takes the rounding of all."""
    shares = [each / steps for each in units]
    shares[shares.index(max(shares))] += 1.0 - math.fsum(shares)
    return dict(zip(lines, shares, strict=True))

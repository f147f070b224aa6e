"""What each lever of a sweep moves first: the outcome nearest to it, where that lever departs from the reference."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any, NamedTuple

from sim.analysis.policies import level_in_words, policy
from sim.outcome import COLUMNS, Column
from sim.scenario.fields import FieldRow
from sim.scenario.natural import shown
from sim.scenario.schema import Scenario, fields
from sim.sweep.result import SweepResult


class Move(NamedTuple):
    """A lever that a policy moves: the policy, in full and by what sets it apart, and the lever, from and to what."""

    policy: str
    apart: str
    words: str
    nearest: Column


def moves(result: SweepResult) -> list[Move]:
    """Every lever of the policies that differ from the reference on one axis, in the order of the design."""
    found: dict[str, list[Move]] = {}
    for point, number in zip(result.points, result.looks.references, strict=True):
        name = policy(result.file, point.levels)
        if number < 0 or name in found:
            continue
        home = result.points[number]
        axes = [axis for axis, level in point.levels.items() if home.levels.get(axis) != level]
        if len(axes) == 1:
            (axis,) = axes
            level = level_in_words(point.levels[axis])
            apart = level if len(result.file.axes) == 1 else f"{axis} {level}"
            changes = _changes(home.scenario, point.scenario)
            found[name] = [Move(name, apart, *change) for change in changes]
    place = {column: n for n, column in enumerate(COLUMNS.values())}
    return [move for moved in found.values() for move in sorted(moved, key=lambda move: place[move.nearest])]


def _changes(home: Scenario, other: Scenario) -> Iterator[tuple[str, Column]]:
    for row in fields():
        if row.kind == "lever":
            before, after = _value(home, row), _value(other, row)
            if before != after:
                title = row.title.removesuffix(" \N{HORIZONTAL ELLIPSIS}")
                words = f"{title}: {shown(row, before)} \N{RIGHTWARDS ARROW} {shown(row, after)}"
                yield words, COLUMNS[row.nearest]


def _value(scenario: Scenario, row: FieldRow) -> Any:
    return reduce(getattr, row.path.split("."), scenario)

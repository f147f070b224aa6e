"""Design points of a sweep: every policy of its grids, met by every draw of its sample."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.scenario.build import build_world, params_rows, value_at
from sim.scenario.load import lever_paths, load_scenario, values_of, with_values
from sim.scenario.schema import Scenario, fields
from sim.sweep.file import ONE, SweepFile, load_sweep, with_overrides
from sim.sweep.sample import MOST_REFUSED, Draw, draws, number_of_draws, table_columns
from sim.sweep.versions import original

MOST_POINTS = 200_000  # planning so many takes minutes, and a gigabyte


@dataclass(frozen=True)
class Point:
    """A design point: its level on each axis of its grid, what was drawn for it, and its scenario.

    Points whose scenarios are the same have the same name in the store: they are run once. From t = 0 on no draw
    touches the paths in `held`, which a folder's design table doesn't keep.
    """

    levels: Mapping[str, Any]
    scenario: Scenario
    draw: int | None = None
    drawn: Mapping[str, Any] = field(default_factory=dict)
    held: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class _Policy:
    """A policy of the grids: its scenario, what its axes set, and the paths at which no draw may touch it."""

    levels: Mapping[str, Any]
    base: Scenario
    values: Mapping[str, Any]
    own: frozenset[str]


def checked_design(
    path: str | Path,
    replicates: int | None = None,
    seed: int | None = None,
    sets: Mapping[str, object] | None = None,
) -> tuple[SweepFile, list[Point]]:
    """The file, with what the command says in its place, and its design points, all checked.

    Raises
    ------
    InputError
        If anything in the input is wrong.
    """
    if (replicates is not None and replicates < 1) or (seed is not None and seed < 0):
        raise ValueError(f"replicates: read {replicates}, seed: read {seed}, allowed 1 or more and 0 or more")
    file = with_overrides(load_sweep(path), replicates, seed)
    points = design_points(file, path, sets)
    scenarios = [point.scenario for point in points]
    for scenario in {s.world_file.text: s for s in scenarios}.values():
        build_world(scenario)
    params_rows(scenarios)
    if file.precision is not None and file.precision.of == "difference" and -1 in references(points, file):
        raise InputError(f"{path}: reference: allowed only a point of every draw, with the horizon of all others")
    return file, points


def size(file: SweepFile, path: str | Path) -> int:
    """Number of design points, before any of them is made.

    Raises
    ------
    InputError
        If there are more than anybody can wait for.
    """
    policies = sum(math.prod(len(file.axes[axis].settings()) for axis in grid) for grid in file.crossed)
    count = policies * (1 if file.sample is None else number_of_draws(file.sample, path))
    if count > MOST_POINTS:
        raise InputError(f"{path}: read {count:,} design points, allowed {MOST_POINTS:,} at most")
    return count


def design_points(file: SweepFile, path: str | Path, sets: Mapping[str, object] | None = None) -> list[Point]:
    """All design points in order: draw by draw, in each every policy of the grids, those of equal levels once.

    Parameters
    ----------
    path : path
        The sweep's own file: scenarios and priors are looked up beside it.
    sets : mapping, optional
        Dotted path -> value, laid over the file's own `set`; text is read as YAML.

    Notes
    -----
    From the lowest to the uppermost: the scenario's files, `set`, `sets`, the draw, and the axes of the grid. A draw
    leaves alone what a policy sets itself: by `set` or `sets`, by an axis, or where a named scenario differs from the
    base. What no point would have is refused.

    Raises
    ------
    InputError
        For whatever is wrong, and where hardly any draw is accepted by the schema.
    """
    size(file, path)
    given = values_of(sets or {})
    _check_held(file, path, given)
    policies = list(_policies(file, path, sets or {}))
    if file.sample is None:
        return [Point(p.levels, _with(p.base, p.values, path)) for p in policies]
    for policy in policies:  # what is wrong without any draw is not the draws' fault
        _with(policy.base, policy.values, path)
    found: list[Point] = []
    accepted, refused, table = 0, 0, file.sample.table
    for draw in draws(file.sample, path, file.seed):
        if accepted == file.sample.size and table is None:
            break
        try:
            points = [_drawn(policy, draw, accepted, draw.place or path) for policy in policies]
        except InputError as error:
            refused += 1
            if table is not None:
                raise
            if refused > MOST_REFUSED * file.sample.size:
                raise InputError(f"{path}: sample: {refused} draws were refused, the last one so: {error}") from None
            continue
        found += points
        accepted += 1
    return found


def _check_held(file: SweepFile, path: str | Path, given: Mapping[str, Any]) -> None:
    """Refuse what no point would have, of what stands outside the file's own text."""
    for key in given:
        if axis := file.holder(key):
            raise InputError(f"--set: {key}: the axis {axis} of {path} sets it in every point; {ONE}")
    if file.sample is None:
        return
    columns = [] if file.sample.table is None else table_columns(file.sample.table, path)
    facts = [key for key in (*columns, *file.sample.priors) if key not in lever_paths()]
    for key in (*facts, *file.sample.levers):
        if key in given:
            raise InputError(f"--set: {key}: the sample of {path} draws it; {ONE}")
        if key in columns and (key in file.set or file.holder(key)):
            held = "`set`" if key in file.set else f"the axis {file.holder(key)}"
            raise InputError(f"{path}: sample.table: its column {key} is held by {held}; {ONE}")


def _policies(file: SweepFile, path: str | Path, sets: Mapping[str, object]) -> Iterator[_Policy]:
    """Every policy of the grids; one that stands in two grids once."""
    scenarios: dict[str, Scenario] = {}

    def based(name: str) -> Scenario:
        if name not in scenarios:
            scenarios[name] = _based(name, file, path, sets)
        return scenarios[name]

    own = cache(lambda name: _differing(based(name), based(file.scenario)))
    named = {label: name for axis in file.axes.values() for label, name in axis.files().items()}
    always, seen = {*file.set, *values_of(sets)}, set()
    for grid in file.crossed:
        settings = [file.axes[name].settings() for name in grid]
        for labels in itertools.product(*settings):
            levels = dict(zip(grid, labels, strict=True))
            if frozenset(levels.items()) in seen:
                continue
            seen.add(frozenset(levels.items()))
            values: dict[str, Any] = {}
            for options, label in zip(settings, labels, strict=True):
                values.update(options[label])
            name = next((named[levels[a]] for a in grid if file.axes[a].scenarios), file.scenario)
            yield _Policy(levels, based(name), values, frozenset({*always, *values, *own(name)}))


def _based(name: str, file: SweepFile, path: str | Path, sets: Mapping[str, object]) -> Scenario:
    """A scenario by name, with what the file and then the command set for all points."""
    scenario = load_scenario(name, sets, original(path).parent)
    given = values_of(sets)
    return _with(scenario, {key: value for key, value in file.set.items() if key not in given}, path)


def _with(scenario: Scenario, values: Mapping[str, Any], path: str | Path) -> Scenario:
    return with_values(scenario, values, str(path))


def _differing(scenario: Scenario, base: Scenario) -> list[str]:
    """Paths at which a scenario is not as its base."""
    if scenario is base:
        return []
    paths = [row.path for row in fields() if "[]" not in row.path]
    return [path for path in paths if value_at(scenario, path) != value_at(base, path)]


def _drawn(policy: _Policy, draw: Draw, number: int, path: str | Path) -> Point:
    """A policy under a draw: facts of the warm-up too, levers from t = 0 on, the policy's own values uppermost."""
    facts = {key: value for key, value in draw.facts.items() if key not in policy.own}
    ranges = {key: value for key, value in draw.levers.items() if key not in policy.own}
    scenario = with_values(policy.base, facts | ranges | dict(policy.values), str(path), today=draw.facts)
    ran = {key: value_at(scenario.warmup if key in draw.facts else scenario, key) for key in draw.values}
    return Point(policy.levels, scenario, number, ran, policy.own)


def redrawn(point: Point, facts: Mapping[str, Any], place: str = "--set") -> Scenario:
    """The scenario of a point with other values in place of all that were drawn from priors or a table.

    Raises
    ------
    InputError
        If the schema refuses them.
    """
    values = {key: value for key, value in facts.items() if key not in point.held}
    return with_values(point.scenario, values, place, today=facts)


def references(points: Sequence[Point], file: SweepFile) -> list[int]:
    """For each point the number of the one that it is compared with: the reference's levels, the same draw.

    Without `reference` it is each draw's first point. -1 where there is none of the same horizon.
    """
    first: dict[int | None, int] = {}
    for number, point in enumerate(points):
        if file.reference.items() <= point.levels.items():
            first.setdefault(point.draw, number)
    found = [first.get(point.draw, -1) for point in points]
    horizons = [point.scenario.run.horizon for point in points]
    return [n if n >= 0 and horizons[n] == own else -1 for n, own in zip(found, horizons, strict=True)]

"""Design points of a sweep: every policy of its grids, met by every draw of its sample."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.scenario.build import build_world, params_rows, value_at
from sim.scenario.content import whole_content
from sim.scenario.load import find_file, load_scenario, with_values
from sim.scenario.schema import Scenario, fields
from sim.sweep.file import SweepFile, load_sweep, with_overrides
from sim.sweep.sample import MOST_REFUSED, Draw, draws


@dataclass(frozen=True)
class Point:
    """A design point: its level on each axis of its grid, what was drawn for it, and its scenario.

    `also` are the levels of further policies that come to the same scenario: it is run once.
    """

    levels: Mapping[str, Any]
    scenario: Scenario
    draw: int | None = None
    drawn: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[Mapping[str, Any], ...] = ()


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
    for scenario in {s.world_file.model_dump_json(): s for s in scenarios}.values():
        build_world(scenario)
    params_rows(scenarios)
    if file.precision is not None and file.precision.of == "difference" and -1 in references(points, file):
        raise InputError(f"{path}: reference: allowed only a point of every draw, with the horizon of all others")
    return file, points


def design_points(file: SweepFile, path: str | Path, sets: Mapping[str, object] | None = None) -> list[Point]:
    """All design points in order, each scenario once: draw by draw, in each every policy of the grids.

    Parameters
    ----------
    path : path
        The sweep's own file: scenarios and priors are looked up beside it.
    sets : mapping, optional
        Dotted path -> value, laid over the file's own `set`; text is read as YAML.

    Notes
    -----
    What a policy sets itself (by an axis, by `set`, or where a named scenario differs from the base) is not drawn.

    Raises
    ------
    InputError
        For whatever is wrong, and where hardly any draw is accepted by the schema.
    """
    policies = list(_policies(file, path, sets or {}))
    if file.sample is None:
        return _each_once(Point(p.levels, _with(p.base, p.values, path)) for p in policies)
    for policy in policies:  # what is wrong without any draw is not the draws' fault
        _with(policy.base, policy.values, path)
    found: list[Point] = []
    accepted, refused, table = 0, 0, file.sample.table
    for draw in draws(file.sample, path, file.seed):
        if accepted == file.sample.size and table is None:
            break
        try:
            points = [_drawn(policy, draw, accepted, path) for policy in policies]
        except InputError as error:
            refused += 1
            if table is not None:
                raise InputError(f"{path}: sample.table: row {accepted + 1} was refused: {error}") from None
            if refused > MOST_REFUSED * file.sample.size:
                raise InputError(f"{path}: sample: {refused} draws were refused, the last one so: {error}") from None
            continue
        found += points
        accepted += 1
    return _each_once(found)


def _policies(file: SweepFile, path: str | Path, sets: Mapping[str, object]) -> Iterator[_Policy]:
    """Every policy of the grids."""
    base = _based(file.scenario, file, path, sets)
    always = {*file.set, *sets}
    for grid in file.crossed:
        settings = [file.axes[name].settings() for name in grid]
        for labels in itertools.product(*settings):
            levels = dict(zip(grid, labels, strict=True))
            values: dict[str, Any] = {}
            for options, label in zip(settings, labels, strict=True):
                values.update(options[label])
            named = _named(file, levels)
            mine = base if named is None else _based(named, file, path, sets)
            yield _Policy(levels, mine, values, frozenset({*always, *values, *_differing(mine, base)}))


def _named(file: SweepFile, levels: Mapping[str, Any]) -> str | None:
    """The scenario that a policy's levels name, as the file has it."""
    for axis, label in levels.items():
        for name in file.axes[axis].scenarios or []:
            if Path(name).stem == label:
                return name
    return None


def _based(name: str, file: SweepFile, path: str | Path, sets: Mapping[str, object]) -> Scenario:
    """A scenario by name, with what the file and then the command set for all points."""
    scenario = load_scenario(find_file(name, Path(path).parent) or name, sets)
    return _with(scenario, {key: value for key, value in file.set.items() if key not in sets}, path)


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
    levers = {key: value for key, value in draw.levers.items() if key not in policy.own}
    values = facts | levers | dict(policy.values)
    scenario = with_values(policy.base, values, str(path), today=draw.facts)
    return Point(policy.levels, scenario, number, draw.values)


def _each_once(points: Iterable[Point]) -> list[Point]:
    """The points; one whose scenario was there before only adds its levels to that one."""
    found: dict[tuple, Point] = {}
    for point in points:
        key = point.draw, *whole_content(point.scenario)
        first = found.get(key)
        found[key] = point if first is None else replace(first, also=(*first.also, point.levels))
    return list(found.values())


def references(points: Sequence[Point], file: SweepFile) -> list[int]:
    """For each point the number of the one that it is compared with: the reference's levels, the same draw.

    Without `reference` it is each draw's first point. -1 where there is none of the same horizon.
    """
    first: dict[int | None, int] = {}
    for number, point in enumerate(points):
        if any(file.reference.items() <= levels.items() for levels in (point.levels, *point.also)):
            first.setdefault(point.draw, number)
    found = [first.get(point.draw, -1) for point in points]
    horizons = [point.scenario.run.horizon for point in points]
    return [n if n >= 0 and horizons[n] == own else -1 for n, own in zip(found, horizons, strict=True)]

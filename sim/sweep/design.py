"""A sweep file: the base scenario, what varies, how many replicates, what is drawn; and its design points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.scenario.fields import Section, fixed
from sim.scenario.load import load_scenario, read_model, with_values
from sim.scenario.schema import Scenario

Level = Mapping[str, Any]


class Axis(Section):
    """One thing that varies: values of a key, or named levels that set several keys."""

    label: str = Field(description="what stands at the axis, with its unit")
    key: str | None = Field(None, description="dotted path of the scenario")
    values: list[float] | None = Field(None, min_length=1, description="values of the key")
    levels: dict[str, dict[str, Any]] | None = Field(None, min_length=1, description="name: {path: value}")

    def problems(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """An axis has one way to say what varies."""
        if (self.levels is None) == (self.values is None) or (self.key is None) != (self.values is None):
            yield (), "allowed either `key` and `values`, or `levels`"

    def settings(self) -> dict[Any, Level]:
        """Each level's label (a number or a name) and what it sets."""
        if self.levels is not None:
            return dict(self.levels)
        return {value: {str(self.key): value} for value in self.values or []}


class Plot(Section):
    """One picture of the sweep."""

    name: str = Field(description="file name without its ending")
    kind: Literal["lines", "spending"] = Field(description="rate against an axis, or against USD a site-year")
    x: str | None = Field(None, description="axis along x, for `lines`")
    lines: str = Field(description="axis with one line a level")
    panels: str | None = Field(None, description="axis with one panel a level, for `lines`")
    where: dict[str, Any] = Field(default_factory=dict, description="axis: level, to draw these points only")


class SweepFile(Section):
    """The whole sweep, checked as a whole."""

    name: str
    description: str = ""
    scenario: str = Field(description="base scenario, relative to this file, or the name of a shipped one")
    set: dict[str, Any] = Field(default_factory=dict, description="path: value, for all points")
    seed: int = fixed(1, "-", (0, 2**63), "root seed")
    replicates: int = fixed(100, "replicate", (1, 1_000_000), "replicates of each design point")
    axes: dict[str, Axis] = Field(min_length=1)
    grids: list[list[str]] = Field(min_length=1, description="each a list of axes: the grid of all their levels")
    plots: list[Plot] = Field(default_factory=list)

    def problems(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Grids and plots name axes that are there."""
        known = f"allowed an axis: {', '.join(self.axes)}"
        for i, grid in enumerate(self.grids):
            yield from ((("grids", i), f"read {axis!r}, {known}") for axis in grid if axis not in self.axes)
        for i, plot in enumerate(self.plots):
            named = [axis for axis in (plot.x, plot.lines, plot.panels, *plot.where) if axis is not None]
            yield from ((("plots", i), f"read {axis!r}, {known}") for axis in named if axis not in self.axes)


@dataclass(frozen=True)
class Point:
    """A design point: its level on each axis of its grid, and its scenario."""

    levels: Mapping[str, Any]
    scenario: Scenario


def load_sweep(path: str | Path) -> SweepFile:
    """Read and check a sweep file.

    Raises
    ------
    ScenarioError
        With file, line, key, what was read and what is allowed.
    """
    return read_model(SweepFile, path)


def design_points(sweep: SweepFile, path: str | Path, sets: Mapping[str, object] | None = None) -> list[Point]:
    """All design points of all grids, in order, each scenario once.

    Parameters
    ----------
    path : path
        The sweep's own file: its base scenario is looked up beside it.
    sets : mapping, optional
        Dotted path -> value, laid over the file's own `set`; text is read as YAML.
    """
    beside = Path(path).parent / sweep.scenario
    source = beside if beside.exists() else sweep.scenario
    base = load_scenario(source, sets)
    own = {key: value for key, value in sweep.set.items() if key not in (sets or {})}
    base = with_values(base, own, str(path))
    found: dict[str, Point] = {}
    for grid in sweep.grids:
        settings = [sweep.axes[name].settings() for name in grid]
        for labels in itertools.product(*settings):
            values: dict[str, Any] = {}
            for options, label in zip(settings, labels, strict=True):
                values.update(options[label])
            scenario = with_values(base, values, str(path))
            point = Point(dict(zip(grid, labels, strict=True)), scenario)
            found.setdefault(scenario.model_dump_json(), point)
    return list(found.values())

"""A sweep as far as it has been run: its points, tallies and rows, from its folder alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import InputError
from sim.runs.tally import Tally
from sim.scenario.build import value_at
from sim.scenario.load import lever_paths, read_json
from sim.scenario.schema import Scenario
from sim.scenario.worldfile import WorldFile
from sim.sweep.design import Point, references
from sim.sweep.file import SweepFile, load_sweep, with_overrides
from sim.sweep.parts import hash_of, read_parquet
from sim.sweep.precision import looks, reached
from sim.sweep.store import Store
from sim.sweep.versions import DESIGN, point_id

if TYPE_CHECKING:
    import pandas as pd

BEFORE = "warmup."  # before a lever's path: its column of the design table
NOT_ITS_OWN = {"extends"}  # all of it is in the row


class Looks:
    """The looks at a sweep: iterate over what must be there next; between two steps it is taken in from the store.

    Attributes
    ----------
    tally : Tally
        Of all that was taken in, in an order that no interruption changes.
    upto : ndarray of int, shape (points,)
        The look at which each point ended, or has come to: its replicates below that number count.
    precise : ndarray of bool, shape (points,)
        Whether each point was as precise as was asked for when it ended; all, where replicates were.
    """

    def __init__(self, file: SweepFile, points: Sequence[Point], store: Store) -> None:
        self.file, self.points, self.store = file, points, store
        self.references = references(points, file)
        self.tally = Tally(self.references)
        self.upto = np.zeros(len(points), np.int64)
        self.precise = np.zeros(len(points), bool)
        self.years = max(point.scenario.run.horizon for point in points)

    def __iter__(self) -> Iterator[tuple[list[int], int, int]]:
        """Numbers of points, and the replicates (from, to below) that each of them needs next."""
        wanted, low = self.file.precision, 0
        steps = [self.file.replicates] if wanted is None else looks(wanted.minimum, wanted.maximum)
        for high in steps:
            active = self._active()
            if not active:
                return
            yield active, low, high
            for rows in self.store.blocks(self.by_draw(active), low, high, self.years):
                self.tally.add(rows)
            self.upto[active], low = high, high
            self.precise |= True if wanted is None else reached(self.tally, wanted)  # its reference may go on and move

    def _active(self) -> list[int]:
        """Points that are not known well enough, and those that they are compared with."""
        active = ~self.precise
        if self.file.precision is not None and self.file.precision.of == "difference":
            active[[self.references[n] for n in np.flatnonzero(active) if self.references[n] >= 0]] = True
        return np.flatnonzero(active).tolist()

    def by_draw(self, numbers: Sequence[int]) -> list[list[int]]:
        """Points that are compared with each other stand together."""
        groups: dict[int | None, list[int]] = {}
        for number in numbers:
            groups.setdefault(self.points[number].draw, []).append(number)
        return list(groups.values())


@dataclass(frozen=True)
class SweepResult:
    """A sweep that has been run.

    Attributes
    ----------
    file : SweepFile
        With what the command said in its place.
    points : list of Point
    looks : Looks
        With the tally of what is reported, and where each point ended.
    failures : list of dict
        Runs that failed.
    years_run : float
        Simulated years that this call ran.
    store : Store
    """

    file: SweepFile
    points: list[Point]
    looks: Looks
    failures: list[dict[str, Any]]
    years_run: float
    store: Store

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.store.folder

    @property
    def tally(self) -> Tally:
        """Means and spreads of what is reported, and of the differences to each point's reference."""
        return self.looks.tally

    @cached_property
    def rows(self) -> np.ndarray:
        """All outcome rows that count, in memory: one per (point, replicate, year), sorted."""
        upto = self.looks.upto
        rows = self.store.rows(range(len(self.points)), 0, int(upto.max()))
        return rows[rows["replicate"] < upto[rows["point"]]]


def read_sweep(folder: str | Path) -> SweepResult:
    """A sweep from its folder alone, as far as it has been run.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or of another version's.
    """
    store = Store(Path(folder))
    file, table = _design(store)
    store.ids, points = table["point_id"].tolist(), points_of(table, str(store.folder / DESIGN))
    found = Looks(file, points, store)
    for _ in found:
        pass
    return SweepResult(file, points, found, store.failures, 0.0, store)


def design_point(folder: Path, number: int) -> tuple[Scenario, int]:
    """The scenario of a design point by its number, and the root seed that it is run with.

    Raises
    ------
    InputError
        If the folder is none of a sweep's, or has no such point.
    """
    store = Store(folder)
    file, table = _design(store)
    if not 0 <= number < len(table):
        raise InputError(f"--point: read {number}, allowed 0 to {len(table) - 1}, a number of {folder / DESIGN}")
    row = table.iloc[number].to_dict()
    draw = json.loads(row["point_json"])["draw"]
    return scenario_of(row, str(folder / DESIGN)), file.root_seed(draw)


def _design(store: Store) -> tuple[SweepFile, pd.DataFrame]:
    """The file as the last command ran it, and its table of points in their order."""
    made, design = store.provenance(), store.folder / DESIGN
    last = made["made"][-1]
    file = with_overrides(load_sweep(store.folder / "sweep.yaml"), last["replicates"], last["seed"])
    if not design.is_file() or hash_of(design.read_bytes()) != made["design"]:
        raise InputError(f"{design}: damaged; the sweep's own command mends it")
    return file, read_parquet(design).to_pandas()


def design_table(points: Sequence[Point], file: SweepFile) -> list[dict[str, Any]]:
    """One row per point: its name in the store, levels, values of what is drawn, and all of its scenario as JSON.

    A lever has two columns, with its value from the policy's start and, as `warmup.KEY`, before.
    """
    return [_line(number, point, file.root_seed(point.draw)) for number, point in enumerate(points)]


def _line(number: int, point: Point, seed: int) -> dict[str, Any]:
    scenario = point.scenario
    plain = {"levels": point.levels, "draw": point.draw, "drawn": point.drawn}
    facts = {"point_id": point_id(scenario, seed), "number": number, "name": scenario.name}
    facts |= {} if point.draw is None else {"draw": point.draw}
    levers = [path for path in lever_paths() if path in point.drawn]
    return (
        facts
        | dict(point.levels)
        | {path: value_at(scenario, path) for path in point.drawn}
        | {f"{BEFORE}{path}": value_at(scenario.warmup, path) for path in levers}
        | {
            "point_json": json.dumps(plain),
            "scenario_json": scenario.model_dump_json(exclude=NOT_ITS_OWN),
            "warmup_json": scenario.warmup.model_dump_json(exclude=NOT_ITS_OWN),
            "world_json": scenario.world_file.text,
        }
    )


def points_of(table: pd.DataFrame, place: str) -> list[Point]:
    """The points of a design table, as they were; `place` is what messages name."""
    points = []
    for row in table.to_dict("records"):
        plain = json.loads(row["point_json"])
        scenario = scenario_of(row, place)
        points.append(Point(plain["levels"], scenario, plain["draw"], plain["drawn"]))
    return points


def scenario_of(row: Mapping[Any, Any], place: str) -> Scenario:
    """The scenario of a row of a design table, with its world and its warm-up.

    Raises
    ------
    InputError
        If the schema has no longer a field of it, or no longer allows a value.
    """
    world = _world_of(row["world_json"], place)
    warmup = read_json(Scenario, row["warmup_json"], place).attach(world, None)
    return read_json(Scenario, row["scenario_json"], place).attach(world, warmup)


@lru_cache(maxsize=16)
def _world_of(text: str, place: str) -> WorldFile:
    """A world of a design table, where most points have the same one."""
    return read_json(WorldFile, text, place)

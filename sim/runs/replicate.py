"""One replicate, run as far as somebody wants to see it: the same rows as a sweep's, tick by tick or in jumps.

It only calls the engine and looks at the arrays; whatever is asked of it leaves the run as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import engine
from sim.agenda import next_tick
from sim.agents.convoys import ITEMS
from sim.agents.threat import slots
from sim.clock import TICKS_A_DAY
from sim.outcome import CLASSES, COLUMNS, EVENT, FOILED, OUTCOME, STAGES
from sim.runs.chunks import plan_chunks
from sim.runs.worker import RunError
from sim.scenario.build import build_world
from sim.scenario.names import row_names
from sim.scenario.schema import Scenario
from sim.state import LOCATED, World, clone, locate

if TYPE_CHECKING:
    import pandas as pd

_next_tick = getattr(next_tick, "py_func", next_tick)


class Replicate:
    """A replicate of a scenario, warmed up, at t = 0 of its policy.

    Parameters
    ----------
    scenario : Scenario
    root : int
        The root seed, 0 or more.
    number : int
        Number of the replicate.

    Attributes
    ----------
    seed : int
        Its own seed.
    world : World
        The arrays, as they are when all that comes before `tick` has happened.
    tick, horizon, due : int
        Ticks since t = 0: now; the end; the next one at which anything happens.
    names : dict
        Names of the rows of each array whose rows have names.

    Raises
    ------
    InputError
        If the world can't be built.
    RunError
        If an array of the engine is full.
    """

    def __init__(self, scenario: Scenario, root: int, number: int) -> None:
        chunk = next(plan_chunks([scenario], [number], root))
        blank = build_world(scenario)
        self.number, self.seed = number, int(chunk.jobs["seed"][0])
        self._base, self._params, self._job = chunk.base, chunk.params, chunk.jobs
        self._rows = OUTCOME.rows(chunk.rows)
        self.origin = int(self._job["policy_day"][0]) * TICKS_A_DAY
        self.horizon = int(self._job["until"][0]) - self.origin
        self.world = clone(blank)
        self.width = scenario.world_file.grid.width
        self.names = row_names(scenario, self.world)
        self._run(0, blank)
        self._job["begin"] = engine.CONTINUE
        self._cells = np.zeros(sum(len(getattr(self.world, array)) for array in LOCATED), np.int64)
        self._cells_tick = -1

    def _run(self, tick: int, blank: World) -> None:
        """Call the engine; at the horizon it closes the last year's row."""
        world = self.world
        self._job["until"], self._job["finish"] = self.origin + tick, tick == self.horizon
        engine.advance(world, world, blank, self._base, self._params, self._job, self._rows)
        if engine.overflow(world) > 0:
            raise RunError(f"an array of the engine was full in replicate {self.number}")
        dawn = (int(world.clock["day"][0]) + 1) * TICKS_A_DAY
        self.tick, self.due = tick, min(dawn, int(_next_tick(world))) - self.origin

    def advance(self, tick: int) -> None:
        """Run to a tick, at most to the horizon; the engine is called only if something was due before it."""
        tick = min(tick, self.horizon)
        if tick <= self.tick:
            return
        if self.due < tick or tick == self.horizon:
            self._run(tick, self.world)
        self.tick = tick
        self.world.clock["tick"] = self.origin + tick

    def touch(self) -> None:
        """Take note that somebody changed the arrays."""
        self._cells_tick = -1
        self.world.stock["due"] = 0.0

    @property
    def rows(self) -> np.ndarray:
        """Outcome rows of the finished years."""
        return self._rows[self._rows["days"] > 0].copy()

    @property
    def row(self) -> dict[str, int | float]:
        """Outcome row of the year in progress, with the plots now in progress; at the horizon that of the last year."""
        if self.tick == self.horizon:
            return dict(zip(OUTCOME.names, self._rows[-1].item(), strict=True))
        year = len(self.rows)
        now = {"replicate": self.number, "seed": self.seed, "year": year, "in_progress_end": self.plots_in_progress}
        return dict(zip(OUTCOME.names, self.world.outcome[0].item(), strict=True)) | now

    def total(self, column: str) -> int | float:
        """Sum of a column of the outcome row from t = 0 to now."""
        if column not in COLUMNS or not COLUMNS[column].adds_up:
            raise ValueError(f"column: read {column!r}, allowed a column of the outcome row that adds up over years")
        return (self._rows[column].sum() + self.world.outcome[column][0]).item()

    @property
    def day(self) -> float:
        """Days since t = 0."""
        return self.tick / TICKS_A_DAY

    @property
    def plots_in_progress(self) -> int:
        """Plots in progress."""
        return int(slots.count_plots(self.world))

    @property
    def foiled(self) -> int | float:
        """Plots foiled since t = 0, at any stage."""
        return sum(self.total(f"foiled_{how}") for how in FOILED)

    @property
    def adherence(self) -> float:
        """Share of protocol items that is followed, mean over jurisdictions."""
        return float(self.world.protocol["adherence"].mean())

    @property
    def insiders_in_post(self) -> int:
        """Would-be insiders in post."""
        return int(self.world.insiders["active"].sum())

    @property
    def busy_teams(self) -> int:
        """Escort teams in use."""
        return int(self.world.duty["busy_teams"][0])

    @property
    def cells(self) -> np.ndarray:
        """Grid cell of every row of the arrays in LOCATED, end to end. Worked out once a tick, when asked for."""
        if self._cells_tick != self.tick:
            locate(self.world, self._params, self.origin + self.tick, self._cells)
            self._cells_tick = self.tick
        return self._cells

    def xy(self, cell: int) -> tuple[int, int]:
        """Coordinates of a grid cell; y counts downwards."""
        y, x = divmod(cell, self.width)
        return x, y

    @property
    def events(self) -> pd.DataFrame:
        """The event log since t = 0 in words, in order of time.

        What a day's beginning decides stands there at once, with its hour, which may still be to come that day.
        """
        import pandas as pd  # slow to import, and nothing else here needs it

        log = self.world.events[: self.world.log["logged"][0]]
        log = log[np.argsort(log["tick"], kind="stable")]
        columns: dict[str, Any] = {name: log[name].tolist() for name in EVENT.names}
        ticks = columns.pop("tick")
        time = {"time": [tick - self.origin for tick in ticks]}
        time["day"] = [tick / TICKS_A_DAY for tick in time["time"]]
        words = {
            "stage": [STAGES[code] for code in columns["stage"]],
            "slot": [self.names["slots"][row] for row in columns["slot"]],
            "target_class": [CLASSES[code] for code in columns["target_class"]],
            "target": [self.names["targets"][row] for row in columns["target"]],
            "cell": [self.xy(cell) for cell in columns["cell"]],
            "deviations": [_items(mask) for mask in columns["deviations"]],
            "insider": [flag == 1 for flag in columns["insider"]],
            "breached": [flag == 1 for flag in columns["breached"]],
        }
        return pd.DataFrame(time | columns | words).rename(columns={"slot": "attacker"})

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The arrays that move are views of one block of memory; pickled or copied they are not."""
        self.__dict__.update(state)
        self.world = clone(self.world)


def _items(mask: int) -> tuple[str, ...]:
    """Protocol items whose bits are set."""
    return tuple(item for bit, item in enumerate(ITEMS) if mask >> bit & 1)

"""Watch: one policy, or two on the same random numbers, and the clock that drives them. No browser is needed for it.

Each policy has a `Lane`: the Mesa model at the present, and its course to the horizon. All lanes stand at the same
tick. To go back is to begin again from the seed and run to that moment, which takes some hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from sim.agents import convoys, escorts
from sim.agents.threat import slots
from sim.analysis.compare import check_pair
from sim.clock import DAYS_A_YEAR, TICKS_A_DAY, TICKS_AN_HOUR
from sim.model import SecurityModel
from sim.outcome import FOILED
from sim.view.page.course import UNSEEN, Course
from sim.view.page.setup import Setup

# Play speeds in words, and simulated hours a second.
SPEEDS = {
    "10 minutes per second": 1 / 6,
    "1 hour per second": 1.0,
    "4 hours per second": 4.0,
    "1 day per second": 24.0,
    "1 week per second": 7 * 24.0,
    "3 months per second": 90 * 24.0,  # eight years in half a minute
}
MOST_REPLICATE = 2**63 - 1  # what a row can hold
LONGEST_FRAME = 0.25  # seconds of real time that one frame makes up for at most
# Columns of the outcome row that count what the log's stages stand for, in their order.
BY_STAGE = ("plots", *(f"foiled_{how}" for how in FOILED), "gave_up", "incidents")
STEPS = {"tick": 1, "hour": TICKS_AN_HOUR, "day": TICKS_A_DAY, "month": 30 * TICKS_A_DAY}
BEFORE = 3 * TICKS_AN_HOUR  # from where the page opens to the first incident


class Lane:
    """A policy: its model now, and its course.

    Parameters
    ----------
    setup : Setup
    seed, replicate : int
        As in `sitesec run --seed` and the number of the replicate.

    Attributes
    ----------
    model : SecurityModel
    course : Course
    """

    def __init__(self, setup: Setup, seed: int, replicate: int) -> None:
        self.setup, self.seed, self.number = setup, seed, replicate
        self.scenario = setup.scenario()
        self.course = Course(self.scenario, seed, replicate)
        self.restart()

    def restart(self) -> None:
        """Put the model back to t = 0."""
        self.model = SecurityModel(self.scenario, rng=self.seed, replicate=self.number)
        self.model.datacollector = mesa.DataCollector()  # the course has the figures; a row a frame would pile up

    def go_to(self, tick: int) -> None:
        """Bring the model to a tick, from t = 0 if it lies behind."""
        if tick < self.model.time:
            self.restart()
        if tick > self.model.time:
            self.model.run_days((tick - int(self.model.time)) / TICKS_A_DAY)

    def so_far(self, column: str) -> int | float:
        """Sum of a column of the outcome row since t = 0, or of all that were `foiled`.

        What the beginning of a day decides is counted at once in the row; here it waits for its hour, as in the log.
        """
        if column == "foiled":
            return sum(self.so_far(f"foiled_{how}") for how in FOILED)
        log = self.model.world.events[: self.model.world.log["logged"][0]]
        ahead = log[log["tick"] >= self.model.replicate.origin + int(self.model.time)]
        less: int | float = 0
        if column in BY_STAGE:
            less = np.sum(ahead["stage"] == BY_STAGE.index(column)).item()
        elif column == "deaths_foreign":
            less = ahead["deaths_foreign"].sum().item()
        elif column == "fatal":
            less = np.sum(ahead["deaths_foreign"] > 0).item()
        return self.model.total(column) - less

    def is_idle(self) -> bool:
        """Whether nobody is on the road or at an attack."""
        world = self.model.world
        moving = np.any(world.convoys["state"] >= convoys.CALLING) or np.any(world.teams["state"] != escorts.AT_BASE)
        return not (moving or np.any(np.isin(world.slots["state"], (slots.APPROACHING, slots.WAITING))))


class Watch:
    """What a browser tab watches.

    Parameters
    ----------
    setups : sequence of Setup
        One policy, or two to compare.
    seed, replicate : int
        The same for both.

    Attributes
    ----------
    lanes : list of Lane
    tick : int
        Ticks since t = 0.
    seen : int
        The latest tick that was ever shown: the panels and the event log reach up to there.

    Raises
    ------
    InputError, RunError, ValueError
        If a scenario is wrong, can't be built, or overruns the engine; if the two can't run on one clock.
    """

    def __init__(self, setups: Sequence[Setup], seed: int = 1, replicate: int = 0) -> None:
        if not 0 <= replicate <= MOST_REPLICATE:
            raise ValueError(f"replicate: read {replicate}, allowed a whole number from 0 to {MOST_REPLICATE}")
        self.seed, self.replicate = seed, replicate
        self.lanes = [Lane(setup, seed, replicate) for setup in setups]
        if len(self.lanes) == 2:
            check_pair(*(lane.scenario for lane in self.lanes))
        self.tick = self.seen = 0
        self._rest = 0.0

    @property
    def horizon(self) -> int:
        """Ticks from t = 0 to the end."""
        return self.lanes[0].model.horizon

    @property
    def over(self) -> bool:
        """Whether the horizon has been reached."""
        return self.tick >= self.horizon

    @property
    def setups(self) -> list[Setup]:
        """What runs."""
        return [lane.setup for lane in self.lanes]

    def go_to(self, tick: int) -> None:
        """Show another moment; one that lies behind is replayed from the seed."""
        self.tick = min(max(0, tick), self.horizon)
        self.seen = max(self.seen, self.tick)
        for lane in self.lanes:
            lane.go_to(self.tick)

    def begin(self) -> None:
        """Go to shortly before the first incident of either policy; where there is none, stay."""
        ticks = [event["time"] for lane in self.lanes for event in lane.course.events if event["stage"] == "incident"]
        if ticks:
            self.go_to(min(ticks) - BEFORE)

    def start_over(self) -> None:
        """Back to t = 0, as if nothing had been seen."""
        self.go_to(0)
        self.seen = 0

    def step(self, length: str) -> None:
        """Advance by a tick, an hour, a day or a month."""
        self.go_to(self.tick + STEPS[length])

    def step_to_event(self, analyst: bool) -> bool:
        """Advance past the next event of either policy; False where none is left.

        Parameters
        ----------
        analyst : bool
            Whether plots that nobody knows of count: those that begin and those that are given up.
        """
        found = [lane.course.next_event(self.tick, analyst) for lane in self.lanes]
        ticks = [tick for tick in found if tick is not None]
        if ticks:
            self.go_to(min(ticks) + 1)
        return bool(ticks)

    def play(self, seconds: float, hours_a_second: float) -> None:
        """Advance by so much real time; where nobody is on the road the idle time is skipped."""
        self._rest += min(seconds, LONGEST_FRAME) * hours_a_second * TICKS_AN_HOUR
        ticks, self._rest = int(self._rest), self._rest % 1.0
        if ticks == 0:
            return
        target = self.tick + ticks
        if all(lane.is_idle() for lane in self.lanes):
            target = max(target, min(lane.model.replicate.due for lane in self.lanes) + 1)
        self.go_to(target)

    @property
    def clock(self) -> str:
        """The present in words."""
        return in_words(self.tick)

    def events(self, analyst: bool) -> list[dict[str, Any]]:
        """The event logs so far seen, one after the other in time; each entry says whose it is, and if only that one's.

        Two policies share an entry where the same plot of the same attacker met the same end at the same tick.
        """
        found = []
        keys = [{_key(event) for event in lane.course.so_far(self.seen)} for lane in self.lanes]
        for number, lane in enumerate(self.lanes):
            for event in lane.course.so_far(self.seen):
                if analyst or event["stage"] not in UNSEEN:
                    alone = len(keys) == 2 and _key(event) not in keys[1 - number]
                    found.append(event | {"lane": number, "alone": alone, "when": in_words(event["time"])})
        return sorted(found, key=lambda event: (event["time"], event["lane"]))

    def difference(self) -> dict[str, float]:
        """What the second policy has more of than the first one, now."""
        first, second = self.lanes
        columns = ("incidents", "foiled", "deaths_foreign", "trips", "project_spent", "state_spent")
        return {column: second.so_far(column) - first.so_far(column) for column in columns}

    def parting(self, analyst: bool) -> int | None:
        """Tick of the first event so far that only one of the two policies has; None where there is none."""
        return next((event["time"] for event in self.events(analyst) if event["alone"]), None)


def _key(event: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two entries of two logs the same."""
    return event["time"], event["stage"], event["attacker"], event["plot"], event["target"]


def in_words(tick: int) -> str:
    """A moment since t = 0: year, day of the year, hour."""
    day, within = divmod(int(tick), TICKS_A_DAY)
    year, day = divmod(day, DAYS_A_YEAR)
    hour, rest = divmod(within, TICKS_AN_HOUR)
    return f"year {year + 1}, day {day + 1}, {hour:02d}:{rest * 60 // TICKS_AN_HOUR:02d}"

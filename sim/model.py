"""SecurityModel: the compiled model as a Mesa model. All contact with Mesa is here and in `view`.

The engine owns the run; the model calls it and looks. Agents are views of rows of the engine's arrays, made when
somebody asks for them, so an idle step costs nothing and watching changes nothing. A step is a tick of 2 minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar

import mesa
import numpy as np
from mesa.agentset import AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid

from sim import outcome
from sim.agents import convoys, detectors, escorts, insiders
from sim.agents.threat import slots
from sim.clock import TICKS_A_DAY
from sim.record import Field
from sim.runs.replicate import Replicate
from sim.runs.simulate import whole
from sim.scenario.load import load_scenario, with_values
from sim.scenario.schema import Scenario
from sim.state import LOCATED, MOVES, RECORDS, World

# Units of what the engine steers by, its references, codes and clocks: a view shows such a field but can't set it.
ENGINES_OWN = ("", "row", "code", "mask", "tick", "cell", "day")


class RowAgent(mesa.Agent):
    """A live view of one row: each field of its record is a property, and what it shows is always now.

    Fields that only measure something can be set, and the run goes on from there; those that the engine steers by
    can't. A row may be taken over: an insider who leaves makes room for another one in the same row.
    """

    arrays: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, arrays: Iterable[str] = (), words: Mapping[str, Any] | None = None, **rest: Any) -> None:
        """Make the properties from the records of some arrays; `words` says what the codes of a field stand for."""
        super().__init_subclass__(**rest)
        cls.arrays = tuple(arrays) or cls.arrays
        for array in arrays:
            for field in RECORDS[array].fields:
                if hasattr(RowAgent, field.name):
                    raise TypeError(f"{cls.__name__}: a view has the name {field.name!r} already")
                setattr(cls, field.name, _field(array, field))
        for name, table in (words or {}).items():
            setattr(cls, f"{name}_name", _in_words(name, table))

    def __init__(self, model: SecurityModel, row: int) -> None:
        self.row = row
        super().__init__(model)

    @classmethod
    def rows_in_use(cls, world: World) -> np.ndarray:
        """Rows that stand for somebody now: those that are `active`, or all where the record has no such flag."""
        rows = getattr(world, cls.arrays[0])
        return np.flatnonzero(rows["active"]) if "active" in rows.dtype.names else np.arange(len(rows))

    @property
    def name(self) -> str:
        """Its name in the world file, or one made from those of what it belongs to, or a number."""
        names = self.model.names.get(self.arrays[0])
        return names[self.row] if names else f"{RECORDS[self.arrays[0]].name} {self.row + 1}"

    @property
    def pos(self) -> tuple[int, int]:
        """Grid cell (x, y) where it is now; y counts downwards."""
        return self.model.replicate.xy(self.model.cells.item(self.unique_id - 1))

    @pos.setter
    def pos(self, value: object) -> None:
        """Refused, but for the None of Mesa's own constructor: the run decides where agents are."""
        if value is not None:
            raise AttributeError(f"{self!r}: where it is follows from the run and can't be set")

    def remove(self) -> None:
        """Take it out of the run: clears its record's `active` flag, ValueError where there is none."""
        array = getattr(self.model.world, self.arrays[0])
        if "active" not in array.dtype.names:
            raise ValueError(f"{self!r} can't be removed: its record has no `active` flag")
        array["active"][self.row] = 0
        super().remove()

    def __repr__(self) -> str:
        state = f", {self.state_name}" if hasattr(self, "state_name") else ""
        return f"<{type(self).__name__} {self.name}{state} at {self.pos}>"


def _field(array: str, field: Field) -> property:
    """The property that shows a field, and sets it unless it is the engine's own."""

    def get(view: Any) -> int | float:
        return getattr(view.model.world, array)[field.name].item(view.row)

    def put(view: Any, value: float) -> None:
        getattr(view.model.world, array)[field.name][view.row] = value
        view.model.replicate.touch()

    unit = f" ({field.unit})" if field.unit else ""
    own = field.unit in ENGINES_OWN or field.name == "active" or array not in MOVES
    return property(get, None if own else put, doc=field.meaning + unit)


def _in_words(name: str, table: tuple[str, ...]) -> property:
    """The property that says a code in words."""

    def get(view: Any) -> str:
        code = getattr(view, name)
        return table[code] if code >= 0 else "none"

    return property(get, doc=f"`{name}` in words: {', '.join(table)}")


class Convoy(RowAgent, arrays=("convoys", "lines"), words={"state": convoys.STATES}):
    """A line between a site and its hub in one direction, and the convoy that serves it."""


class EscortTeam(RowAgent, arrays=("teams",), words={"state": escorts.STATES}):
    """A team of a force: those that serve now, and those that are still under way."""

    @classmethod
    def rows_in_use(cls, world: World) -> np.ndarray:
        """Rows of teams that serve or are not at their base."""
        force = world.forces[world.teams["force"]]
        serves = np.arange(len(world.teams)) < force["first_team"] + force["teams"]
        return np.flatnonzero(serves | (world.teams["state"] != escorts.AT_BASE))


class Attacker(RowAgent, arrays=("slots",), words={"state": slots.STATES}):
    """A slot of a group: empty, idle, with a plot or lying low. Without a plot it is at its hideout."""

    @property
    def target_name(self) -> str:
        """Class and name of the plot's target; "none" where no plot is in progress."""
        if not slots.in_plot(self.state):
            return "none"
        return f"{outcome.CLASSES[self.target_class]}: {self.model.names['targets'][self.target]}"


class Insider(RowAgent, arrays=("insiders",), words={"access": insiders.POSTS}):
    """A would-be facilitator in a post, at his site; no personal attributes."""

    @property
    def name(self) -> str:
        """Name of the post, and the number on its clock."""
        return f"{self.model.names['posts'][self.post]} {self.number}"

    def remove(self) -> None:
        """Take him out of the run: he leaves his post."""
        insiders.leave(self.model.world, self.row)
        super().remove()


class Detector(RowAgent, arrays=("detectors",), words={"kind": detectors.KINDS}):
    """What sees teams before they act, where it works: cameras and watchtowers of a place, a drone crew."""

    @classmethod
    def rows_in_use(cls, world: World) -> np.ndarray:
        """Rows of those that work, checkpoints apart."""
        return np.flatnonzero((world.detectors["kind"] != detectors.CHECKPOINT) & (world.detectors["working"] == 1))


class Checkpoint(Detector):
    """A post on a road cell, where the policy's placement has one."""

    @classmethod
    def rows_in_use(cls, world: World) -> np.ndarray:
        """Rows of checkpoints, staffed or not."""
        return np.flatnonzero((world.detectors["kind"] == detectors.CHECKPOINT) & (world.detectors["placed"] == 1))


class Site(RowAgent, arrays=("sites", "fleets", "stoppages")):
    """A project site."""


class Town(RowAgent, arrays=("towns", "residents")):
    """A town and its residents."""


OWN: tuple[type[RowAgent], ...] = (Convoy, EscortTeam, Attacker, Insider, Checkpoint, Detector, Site, Town)


def _from_record(array: str) -> type[RowAgent]:
    """A kind that needs no more than its record, and is named after it."""
    record = RECORDS[array]
    name = "".join(word.capitalize() for word in record.name.split())
    return type(name, (RowAgent,), {"__doc__": f"{record.name}: its record."}, arrays=(array,))


# All that has a place in the World: the kinds above, and one for each further array.
KINDS = (*OWN, *(_from_record(array) for array in LOCATED if not any(array in kind.arrays for kind in OWN)))


class MapGrid(OrthogonalMooreGrid):
    """What Mesa's renderers need of a grid: its size and its agents. It builds no cells."""

    def __init__(self, model: SecurityModel) -> None:
        self.model = model
        size = model.spec.world_file.grid
        self.dimensions = (size.width, size.height)
        self.torus, self.capacity, self.random, self.cell_klass, self._ndims = False, None, model.random, Cell, 2
        self._cells: dict[tuple[int, int], Cell] = {}
        self._celllist: list[Cell] = []
        self._mesa_property_layers: dict[str, Any] = {}

    @property
    def agents(self) -> AgentSet:
        """All agents of the model."""
        return self.model.agents


def _seen(name: str, doc: str) -> property:
    """A property that shows what the run has under a name, at Mesa's time."""
    return property(lambda model: getattr(model._catch_up(), name), doc=doc)


def _total(model: SecurityModel, column: str) -> float:
    return model.total(column)


# Attribute names and partials: a lambda here would make the model impossible to pickle.
REPORTERS = {
    "day": "day",
    "incidents": partial(_total, column="incidents"),
    "foiled": "foiled",
    "plots_in_progress": "plots_in_progress",
    "deaths_foreign": partial(_total, column="deaths_foreign"),
    "trips": partial(_total, column="trips"),
    "trips_with_deviation": partial(_total, column="trips_with_deviation"),
    "adherence": "adherence",
    "insiders_in_post": "insiders_in_post",
    "busy_teams": "busy_teams",
}


class SecurityModel(mesa.Model):
    """One replicate of a scenario, from t = 0 of its policy on: the same rows as `sitesec run SCENARIO --seed RNG`.

    `time` counts ticks of 2 minutes since t = 0; what happens at a tick has happened once `time` is past it. At the
    horizon the last year's row is closed and `running` is False. Time does not pass the horizon: to step or run on
    from there does nothing.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Name of a shipped scenario, file, or scenario; never handed to Mesa's parameter of the same name.
    rng : int or str
        The root seed, as in `--seed`: a whole number of 0 or more, or its digits. The run draws nothing from Mesa's
        `random` and `rng`, which have the replicate's seed and are free for whatever is built on the model.
    replicate : int or str
        Number of the replicate.
    sets : mapping, optional
        Dotted path -> value, as in `--set`: {"policy.adherence.level": 0.9}. In `mesa.batch_run` a list of these.
    collect_every : int
        Ticks between two collections by `datacollector` while stepping; a day by default.

    Attributes
    ----------
    spec : Scenario
        What runs.
    replicate : Replicate
        The run itself, without Mesa.
    grid : MapGrid
        For Mesa's renderers.
    datacollector : mesa.DataCollector
        Model columns by the day. For agents put another one in its place, with functions instead of strings if the
        model is to be pickled: `DataCollector(agenttype_reporters={Site: {"staff": attrgetter("foreign_staff")}})`.

    Raises
    ------
    ValueError, InputError, RunError
        If a number or the scenario is wrong, or an array of the engine is full; the last also in a step.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        rng: int | str = 1,
        replicate: int | str = 0,
        sets: Mapping[str, object] | None = None,
        collect_every: int = TICKS_A_DAY,
    ) -> None:
        root, number = whole("rng", rng), whole("replicate", replicate)
        self.collect_every = whole("collect_every", collect_every, least=1)
        if isinstance(scenario, Scenario):
            self.spec = with_values(scenario, sets or {})
        else:
            self.spec = load_scenario(scenario, sets)
        self.replicate = Replicate(self.spec, root, number)
        super().__init__(rng=self.replicate.seed)
        self._views: dict[tuple[type[RowAgent], int], RowAgent] = {}
        ids = accumulate((len(getattr(self.world, array)) for array in LOCATED), initial=1)
        self._first_id = dict(zip((*LOCATED, ""), ids, strict=True))
        self.agent_id_counter = self._first_id[""]  # for agents that are no rows
        self.grid = MapGrid(self)
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)
        self.datacollector.collect(self)

    def step(self) -> None:
        """Advance by one tick of 2 minutes."""
        if self._catch_up().tick % self.collect_every == 0 or self.time == self.horizon:
            self.datacollector.collect(self)

    def run_days(self, days: float) -> None:
        """Jump days ahead in one call of the engine, or to the horizon; `datacollector` collects once, at the end.

        What was scheduled with `schedule_event` happens on the way and sees the arrays of its moment.
        """
        if not days > 0:
            raise ValueError(f"days: read {days}, allowed more than 0")
        self._jump(int(self.time) + max(1, round(days * TICKS_A_DAY)))

    def run_until_next_event(self) -> None:
        """Jump past the next tick at which anything happens in the run, if only a day's beginning."""
        self._jump(self._catch_up().due + 1)

    def _jump(self, tick: int) -> None:
        before = int(self.time)
        self._default_schedule.pause()
        try:
            self._advance_time(tick)
        finally:
            self._default_schedule.resume()
        self.steps += int(self.time) - before
        if self._catch_up().tick > before:
            self.datacollector.collect(self)

    def _advance_time(self, until: float) -> None:
        """Mesa's clock, which stops at the horizon."""
        if self.time < self.horizon:
            super()._advance_time(min(float(until), float(self.horizon)))

    def _catch_up(self) -> Replicate:
        """The run, brought to Mesa's time."""
        self.replicate.advance(int(self.time))
        if self.time >= self.replicate.horizon:
            self.running = False
        return self.replicate

    @property
    def scenario(self) -> None:
        """Mesa's own, not used: SolaraViz would hand it to our parameter `scenario` on Reset. Ours is `spec`."""
        return None

    @scenario.setter
    def scenario(self, _: object) -> None: ...

    @property
    def agents(self) -> AgentSet:
        """Views of all rows in use, kind after kind."""
        views = [view for kind in KINDS for view in self._views_of(kind)]
        return AgentSet([*views, *self._all_agents], random=self.random)

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], AgentSet]:
        """The same by kind; every kind has its key."""
        views = {kind: AgentSet(self._views_of(kind), random=self.random) for kind in KINDS}
        return {**views, **self._agents_by_type}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """All kinds."""
        return [*KINDS, *self._agents_by_type]

    def _views_of(self, kind: type[RowAgent]) -> list[RowAgent]:
        """Views of a kind's rows in use; the same ones each time."""
        return [self._views.get((kind, row)) or kind(self, row) for row in kind.rows_in_use(self.world).tolist()]

    def register_agent(self, agent: mesa.Agent) -> None:
        """Keep a view, with an id that goes with its row; other agents are Mesa's business."""
        if not isinstance(agent, RowAgent):
            super().register_agent(agent)
            return
        agent.unique_id = self._first_id[agent.arrays[0]] + agent.row
        self._views[type(agent), agent.row] = agent

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Forget a view."""
        if isinstance(agent, RowAgent):
            self._views.pop((type(agent), agent.row), None)
        else:
            super().deregister_agent(agent)

    world = _seen("world", "The arrays.")
    cells = _seen("cells", "Grid cell of every row of every kind; an agent's stands at its `unique_id` - 1.")
    seed = _seen("seed", "The replicate's own seed, hashed from `rng` and its number.")
    names = _seen("names", "Names of the rows of each array.")
    day = _seen("day", "Days since t = 0.")
    horizon = _seen("horizon", "Ticks from t = 0 to the end.")
    rows = _seen("rows", "Outcome rows of the finished years.")
    outcome = _seen("row", "Outcome row of the year in progress; at the horizon that of the last year.")
    events = _seen("events", "The event log since t = 0 in words, a DataFrame; see `Replicate.events`.")
    foiled = _seen("foiled", "Plots foiled since t = 0, at any stage.")
    plots_in_progress = _seen("plots_in_progress", "Plots in progress.")
    adherence = _seen("adherence", "Share of protocol items that is followed, mean over jurisdictions.")
    insiders_in_post = _seen("insiders_in_post", "Would-be insiders in post.")
    busy_teams = _seen("busy_teams", "Escort teams in use.")

    def total(self, column: str) -> int | float:
        """Sum of a column of the outcome row since t = 0."""
        return self._catch_up().total(column)

    def __getstate__(self) -> dict[str, Any]:
        """All but the views and the grid, which are made anew."""
        return {k: v for k, v in self.__dict__.items() if k != "grid"} | {"_views": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Pick up a pickled or copied model; its agents are asked for again."""
        self.__dict__.update(state)
        self.grid = MapGrid(self)

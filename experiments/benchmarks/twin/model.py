"""The core of the model once more, as an ordinary Mesa model: the twin that the engine has to agree with.

Written from sim/ODD.md, with ordinary random numbers and one Python object an agent; it shares no rule with the
engine. Feedbacks are off and institutions stand at today's constants: country.py refuses any other scenario.

A step is a tick of 2 minutes. At the beginning of a day everybody who decides by the day does so; within it only
those act who are on the road.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import mesa
from mesa.agentset import AgentSet
from mesa.discrete_space import OrthogonalMooreGrid

from experiments.benchmarks.twin.agents import MOST_DELAY, Attacker, Checkpoint, Convoy, Escort, Insider
from experiments.benchmarks.twin.country import DAYS_A_YEAR, EPOCH_DAY, TICKS_A_DAY, read, turn_of

CORE = Path(__file__).parents[1] / "core.yaml"
DAYS_A_MONTH, MONTHS_OF_MEMORY = DAYS_A_YEAR / 12, 12  # of the threat level
DAYS_OF_HIRES = 30 * DAYS_A_YEAR  # after which nobody is still in post

CLASSES = ("convoy", "site", "outing", "private")
FOILED = ("interdiction", "checkpoint", "noticed", "watch", "closure")
COLUMNS = (
    *("opportunities", "nothing_chosen", "plots", "plots_sited", "in_progress_start", "in_progress_end"),
    *(f"foiled_{layer}" for layer in FOILED),
    *("gave_up", "incidents", *(f"incidents_{kind}" for kind in CLASSES)),
    *("incidents_en_route", "incidents_with_deviation", "incidents_with_insider", "incidents_past_checkpoint"),
    *("breached", "fatal", "deaths_foreign", "deaths_security", "deaths_residents"),
    *("trips_planned", "trips", "trips_cancelled", "trips_escorted", "trips_armoured", "deviations"),
    *("passenger_trips", "handovers_failed"),
    *("insiders_applied", "insiders_hired", "insiders_found", "insider_days", "slot_days"),
)


class Twin(mesa.Model):
    """The core in plain Mesa.

    Parameters
    ----------
    file : str or Path
        Scenario file.
    horizon_days : int, optional
        Days after t = 0; by default the scenario's horizon.
    rng : int, optional
        Seed.
    **values : object
        Dotted path -> value, laid over the file; they hold from the start, levers too.
    """

    def __init__(
        self, file: str | Path = CORE, horizon_days: int | None = None, rng: int | None = None, **values: Any
    ) -> None:
        super().__init__(rng=rng)
        self.facts, self.country = read(str(file), tuple(sorted(values.items())))
        days = horizon_days or max(1, round(self.facts.run.horizon * DAYS_A_YEAR))
        self.day = EPOCH_DAY - round(self.facts.run.warmup * DAYS_A_YEAR)
        self.now = self.day * TICKS_A_DAY
        self.end = (EPOCH_DAY + days) * TICKS_A_DAY
        self.counts: Counter[str] = Counter()
        self.moves = 0
        size = self.country.world.grid
        self.grid = OrthogonalMooreGrid((size.width, size.height), torus=False, random=self.random)
        # Who acts within a tick: escorts, convoys and attackers' teams that are out.
        self.driving, self.on_road, self.prowling = (AgentSet([], random=self.random) for _ in range(3))
        self._populate()
        reporters = {name: lambda model, name=name: model.counts[name] for name in COLUMNS}
        self.datacollector = mesa.DataCollector(model_reporters={**reporters, "moves": "moves"})

    def _populate(self) -> None:
        """Everybody at t = 0 less the warm-up: movements and escorts at rest, insiders and attackers in their law."""
        facts, country = self.facts, self.country
        self.month = int(self.day / DAYS_A_MONTH)
        self.level = self.random.gauss(0, facts.threat.level_sd)
        self.checkpoints = {}
        for place in country.world.checkpoints:
            staffed = turn_of(f"checkpoint/{place.name}") < facts.policy.checkpoints.staffed_share
            self.checkpoints[place.cell] = Checkpoint(self, self.grid[place.cell], staffed)
        most = MOST_DELAY * facts.policy.checkpoints.thoroughness
        self.mean_delay = sum(max(0.0, 1 - k / (most + 1)) for k in range(1, int(most) + 1))
        self.convoys = {line: Convoy(self, line) for line in country.lines}
        each, more = divmod(country.vehicles, len(country.sites))
        self.vehicles = {site.name: each + (k < more) for k, site in enumerate(country.sites)}
        self._muster()
        for _ in range(self.rng.poisson(country.applicants_a_day * DAYS_OF_HIRES)):
            self._apply(self.day - self.random.random() * DAYS_OF_HIRES)
        self._hide()
        self.counts.clear()

    def _hide(self) -> None:
        """Every group's slots, over its hideouts in turn."""
        hideouts = {hideout.name: hideout.cell for hideout in self.country.world.hideouts}
        for group in self.country.world.groups:
            homes = [hideouts[name] for name in group.hideouts]
            choices = [self.country.choices(group, home) for home in homes]
            for k in range(self.facts.threat.cells_per_group):
                Attacker(self, homes[k % len(homes)], choices[k % len(homes)])

    def _muster(self) -> None:
        """Special police, and the project's teams, shared out in turn: most lines first."""
        country, police = self.country, self.facts.state.special_police.teams
        lines = Counter(line.jurisdiction for line in country.lines)
        ranked = sorted(country.world.jurisdictions, key=lambda place: -lines[place.name])
        self.queues: dict[str, list[Convoy]] = {}
        self.teams: dict[str, list[Escort]] = {}
        each, more = divmod(country.project_teams, len(ranked))
        for rank, place in enumerate(ranked):
            bases = [base.cell for base in country.world.bases if base.jurisdiction == place.name]
            strong = [min(1, country.readiness * place.police_strength)] * police
            self.teams[place.name] = [
                Escort(self, bases[k % len(bases)], place.name, strength)
                for force in (strong, [country.readiness] * (each + (rank < more)))
                for k, strength in enumerate(force)
            ]
            self.queues[place.name] = []

    def step(self) -> None:
        """One tick."""
        if self.now % TICKS_A_DAY == 0:
            self._dawn()
        self.driving.shuffle_do("step")
        self.on_road.shuffle_do("step")
        self.prowling.shuffle_do("step")
        self.now += 1
        if self.now == self.end:
            self.counts["in_progress_end"] = self._plots_in_progress()
            self.datacollector.collect(self)
            self.running = False

    def _dawn(self) -> None:
        """The beginning of a day."""
        self.day = self.now // TICKS_A_DAY
        if self.day == EPOCH_DAY:
            self.counts.clear()
            self.moves = 0
            self.counts["in_progress_start"] = self._plots_in_progress()
        self._turn_threat()
        self.counts["slot_days"] += sum(attacker.state != "empty" for attacker in self.attackers)
        for _ in range(self.rng.poisson(self.country.applicants_a_day)):
            self.counts["insiders_applied"] += 1
            self._apply(self.day + self.random.random())
        self.insiders.do("stay_or_go")
        self.attackers.shuffle_do("scheme")
        self.agents_by_type[Convoy].shuffle_do("plan")
        self.attackers.select(lambda attacker: attacker.state == "waiting").shuffle_do("stand")

    def _turn_threat(self) -> None:
        """The world's threat level: an AR(1) series by the month."""
        kept = math.exp(-1 / MONTHS_OF_MEMORY)
        while self.month < int(self.day / DAYS_A_MONTH):
            self.month += 1
            self.level = kept * self.level
            self.level += self.random.gauss(0, self.facts.threat.level_sd * math.sqrt(1 - kept**2))

    def _apply(self, time: float) -> None:
        """A would-be insider applies; unless the check finds him he is hired, and here if he has not left since."""
        (site, post), *_ = self.random.choices(self.country.posts, self.country.post_weights)
        if self.random.random() < self.country.sensitivity:
            return
        self.counts["insiders_hired"] += 1
        insider = Insider(self, site.name, post, time)
        if insider.leaves < self.day or insider.found_by_recheck(self.day):
            insider.remove()

    @property
    def attackers(self) -> AgentSet:
        """All slots of all groups."""
        return self.agents_by_type.get(Attacker, AgentSet([], random=self.random))

    @property
    def insiders(self) -> AgentSet:
        """All would-be facilitators in post."""
        return self.agents_by_type.get(Insider, AgentSet([], random=self.random))

    def insiders_at(self, site: str | None) -> list[Insider]:
        """Those in post at a site."""
        return [insider for insider in self.insiders if insider.site == site]

    def nearest_free(self, jurisdiction: str, cell: Any) -> Escort | None:
        """The free team of a jurisdiction whose base is nearest to a cell; chance breaks ties."""
        free = [team for team in self.teams[jurisdiction] if team.state == "at base"]
        return min(free, key=lambda team: (team.distance(cell), self.random.random()), default=None)

    def _plots_in_progress(self) -> int:
        phases = ("watching", "preparing", "approaching", "waiting")
        return sum(attacker.state in phases for attacker in self.attackers)

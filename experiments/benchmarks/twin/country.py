"""What stands still: roads, lines, targets, what constant spending buys, what attackers make of it.

Roads and cells are read with the package's own reader, since they are data; every figure that follows from the
scenario is worked out here anew, from sim/ODD.md.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim import Scenario, load_scenario
from sim.world.grid import Grid, jurisdiction_of_cells
from sim.world.roads import RoadNetwork

TICKS_A_DAY, TICKS_AN_HOUR, MINUTES_A_TICK = 720, 30, 2
DAYS_A_YEAR = 365
EPOCH_DAY = 3650  # day of t = 0: the timetable and the months count from ten years before it
Cell = tuple[int, int]

# Assumed figures of the model that no scenario changes (ODD 7).
YEARS_OF_READING = {"life": 25, "construction": 5, "yearly": 1}
REFERENCE = {"escort": 0.35, "checkpoint": 0.10, "site": 0.20, "training": 0.10}  # shares at which s0 is stated
POSTS = {"site worker": 0.85, "driver": 0.07, "police": 0.05, "record keeper": 0.03}
OPENS_SITE = ("site worker", "police")
LAYERS = ("perimeter", "gate", "guards")
CLOSURES_A_WEEK, SHOP_HOURS, REFUSED, ARMY_BURDEN = 2.5, 5.5 * 40 * 1.5, 0.02, 1.3  # reference doses of burdens
NAVAL_TEAMS = 2  # at which patrols on the coast are stated
# At which the values of the classes are stated: people exposed, and the protection that is seen.
PEOPLE = {"convoy": 992, "site": 3060, "outing": 3060, "private": 6000}
SEEN = {"convoy": 0.6, "site": 0.25, "outing": 0, "private": 0}

# The twin holds the core only: whatever is beyond it must be off, or as it is today.
OFF = {
    "policy.adherence.hold": True,
    "policy.adherence.training_interval": 0,
    "policy.adherence.by_jurisdiction": {},
    "policy.adherence.paid_from": "nobody",
    "policy.movement.trips": 1,
    "policy.movement.people": 1,
    "policy.movement.curfew": 0,
    "policy.movement.sight": 0,
    "policy.closures.ranked": False,
    "policy.checkpoints.placement": "world",
    "exposure.outing_tie": 1,
    "layers.presence.needed": 0,
    "harm.tail_alpha": 0,
    "threat.learning": False,
    "threat.posts_known": 0,
    "threat.deterrence": 0,
    "threat.near_repeat": 0,
    "community.recruit_exponent": 0,
    "community.w_harm": 0,
    "community.protest_rate": 0,
    "insider.grievance_exponent": 0,
    "insider.turned": 0,
    "insider.offers": 0,
    "insider.passes": 0,
    "insider.draws": 0,
    "insider.watch_left": 1,
    "insider.betrayal": 0,
    "confidence.stoppage": 0,
    "state.special_police.patrol_share": 0,
    "state.special_police.capital_founded": -EPOCH_DAY,
}
TODAYS_POLICY = ("site", "cameras", "watchtowers", "drones", "records", "community", "partner", "consultation")
TODAYS_STATE = ("army_division", "equipment", "offensive", "intelligence")


@lru_cache(maxsize=16)
def read(file: str, values: tuple[tuple[str, Any], ...]) -> tuple[Scenario, Country]:
    """A scenario file with some values laid over it, and its country; read once."""
    plain, scenario = load_scenario(file), load_scenario(file, dict(values))
    if (plain.policy, plain.state) != (plain.warmup.policy, plain.warmup.state):
        raise ValueError(f"{file}: the twin has one policy throughout: name the file in its run.warmup_policy")
    refuse_what_is_beyond(scenario)
    return scenario, Country(scenario)


def refuse_what_is_beyond(scenario: Scenario) -> None:
    """ValueError for a scenario with a feedback or an institution that the twin does not hold."""
    wrong = [path for path, value in OFF.items() if value_at(scenario, path) != value]
    sections = [(f"policy.{name}", getattr(scenario.policy, name)) for name in TODAYS_POLICY]
    sections += [(f"state.{name}", getattr(scenario.state, name)) for name in TODAYS_STATE]
    wrong += [path for path, section in sections if section != type(section)()]
    wrong += [f"a timetable of {x.name}" for x in scenario.world_file.sites if x.trips_per_week or x.people_a_trip]
    if wrong:
        raise ValueError(f"{scenario.name}: the twin holds the core only, not {', '.join(wrong)}")


def value_at(scenario: Scenario, path: str) -> Any:
    """The value of a scenario at a dotted path."""
    value: Any = scenario
    for part in path.split("."):
        value = getattr(value, part)
    return value


def turn_of(name: str) -> float:
    """Number in 0..1 that a thing's name gives it: where a timetable begins, which checkpoints are staffed first."""
    return zlib.crc32(name.encode()) / 2**32


def saturating(low: float, high: float, spent: float, scale: float) -> float:
    """d(s) = d0 + (dmax - d0) (1 - exp(-s / s0))."""
    return low + (high - low) * (1 - math.exp(-spent / scale))


@dataclass(frozen=True, eq=False)
class Line:
    """One direction of a site's convoys."""

    site: Any
    inbound: bool
    routes: list  # of cells, the habitual one first
    jurisdiction: str  # of its start
    phase: float
    drive: int  # from the nearest base to its start


@dataclass(frozen=True, eq=False)
class Target:
    """What attackers choose: a line, a site, or a town's outings or private nationals."""

    kind: str
    place: Any
    cell: tuple[int, int]
    jurisdiction: str
    site: str | None  # whose insiders can help


class Country:
    """A world file under a scenario in which nothing moves but agents."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.world = scenario.world_file
        self._read_roads()
        self.sites = sorted(self.world.sites, key=lambda site: (-site.foreign_staff, site.name))
        self.lines = [self._line(site, inbound) for site in self.sites for inbound in (False, True)]
        self._spend()
        self._police()
        self._patrol()
        self.opportunity_interval = scenario.threat.plot_interval * (1 - scenario.threat.declined)
        self.targets = self._targets()

    # Roads.

    def _read_roads(self) -> None:
        world = self.world
        self.grid = Grid(world.grid.width, world.grid.height, world.grid.cell_km)
        self.roads = RoadNetwork(self.grid, [road.points for road in world.roads])
        owner = jurisdiction_of_cells(self.grid, [each.area for each in world.jurisdictions])
        self.jurisdiction = {self.grid.xy(c): world.jurisdictions[owner[c]].name for c in self.roads.cells}
        sources = [*world.bases, *world.hideouts]
        reached = self.roads.reach([self.grid.cell(*source.cell) for source in sources])
        self._from = {s.cell: (reached[0][k], reached[1][k]) for k, s in enumerate(sources)}
        self._paths: dict[tuple, list[tuple[int, int]]] = {}

    def distance(self, source: tuple[int, int], cell: tuple[int, int]) -> int:
        """Road cells between a base or hideout and a road cell."""
        return int(self._from[source][0][self.roads.node(self.grid.cell(*cell))])

    def path(self, source: tuple[int, int], cell: tuple[int, int]) -> list[tuple[int, int]]:
        """The shortest way from a base or hideout to a road cell, both included."""
        if (source, cell) not in self._paths:
            toward = self._from[source][1]
            way = [self.roads.node(self.grid.cell(*cell))]
            while toward[way[-1]] != way[-1]:
                way.append(toward[way[-1]])
            self._paths[source, cell] = [self.grid.xy(self.roads.cells[node]) for node in reversed(way)]
        return self._paths[source, cell]

    def _line(self, site: Any, inbound: bool) -> Line:
        hub = next(hub for hub in self.world.hubs if hub.name == site.hub)
        start, end = (hub.cell, site.cell) if inbound else (site.cell, hub.cell)
        found = self.roads.routes(
            self.grid.cell(*start), self.grid.cell(*end), self.world.routes.count, self.world.routes.penalty
        )
        routes = [[self.grid.xy(cell) for cell in route] for route in found]
        jurisdiction = self.jurisdiction[start]
        drive = min(self.distance(b.cell, start) for b in self.world.bases if b.jurisdiction == jurisdiction)
        phase = turn_of(f"line/{site.name}/{'in' if inbound else 'out'}")
        return Line(site, inbound, routes, jurisdiction, phase, drive)

    # What the constant policy buys.

    def _spend(self) -> None:
        s, policy, layers = self.scenario, self.scenario.policy, self.scenario.layers
        budget, split, sites = policy.budget, policy.budget.split, len(self.sites)
        cost = sum(site.cost_bn_usd for site in self.sites) / sites * 1e3
        self.spent = budget.share / 100 * cost / YEARS_OF_READING[budget.reading] * budget.execution_rate  # m USD
        watch_share = 1 - budget.team_share
        self.route_watch = saturating(
            layers.route_watch.d0,
            layers.route_watch.dmax,
            self.spent * split.escort * watch_share,
            budget.s0 * REFERENCE["escort"] * watch_share,
        )
        looked = saturating(
            layers.checkpoint.d0,
            layers.checkpoint.dmax,
            self.spent * split.checkpoint,
            budget.s0 * REFERENCE["checkpoint"],
        )
        self.checkpoint = 1 - (1 - looked) ** policy.checkpoints.thoroughness
        self.site_layer = saturating(
            layers.site.d0, layers.site.dmax, self.spent * split.site, budget.s0 * REFERENCE["site"]
        )
        audits = DAYS_A_YEAR / policy.adherence.audit_interval if policy.adherence.audit_interval > 0 else 0
        audited = audits * s.cost.audit * len(self.world.jurisdictions) / sites / 1e6
        training = max(0, self.spent * split.training - audited)
        self.readiness = saturating(layers.readiness0, 1, training, budget.s0 * REFERENCE["training"])
        self.vehicles = self._whole(split.armour, s.cost.armoured_vehicle_year)
        self.project_teams = self._whole(split.escort * budget.team_share, s.cost.escort_team_year)
        self._screen()

    def _whole(self, share: float, unit_cost: float) -> int:
        """Whole teams or vehicles that a share of the spending of all sites buys."""
        return math.floor(self.spent * 1e6 * len(self.sites) * share / unit_cost)

    def _screen(self) -> None:
        """Background checks, as far as they are paid for."""
        s, screening = self.scenario, self.scenario.policy.screening
        staff = sum(site.foreign_staff for site in self.sites) * s.exposure.local_per_foreign
        checks = staff * s.insider.turnover / max(0.5, screening.specificity)
        if screening.recheck_interval > 0:
            checks += s.cost.recheck_share * staff * DAYS_A_YEAR / screening.recheck_interval
        money = self.spent * 1e6 * len(self.sites) * s.policy.budget.split.screening
        held = screening.sensitivity > 0
        checked = min(1, money / (s.cost.background_check * checks)) if held else 0
        self.sensitivity = screening.sensitivity * checked
        self.refused = (1 - screening.specificity) * checked
        prevalence = s.insider.prevalence
        accepted = prevalence * (1 - self.sensitivity) + (1 - prevalence) * (1 - self.refused)
        self.applicants_a_day = staff * s.insider.turnover * prevalence / accepted / DAYS_A_YEAR
        self.posts = [(site, post) for site in self.sites for post in POSTS]
        self.post_weights = [site.foreign_staff * POSTS[post] for site, post in self.posts]

    # The police and the residents.

    def _police(self) -> None:
        """Hazard of interdiction of a plot, a jurisdiction."""
        s = self.scenario
        self.interdiction = {}
        for jurisdiction in self.world.jurisdictions:
            tips = s.threat.tip_coef * (1 - self._grievance(jurisdiction.name)) * s.community.trust
            self.interdiction[jurisdiction.name] = s.threat.delta0 + tips
        self.gap = s.state.coordination_gap * (1 - s.state.coordination.cell)

    def _patrol(self) -> None:
        """Chance a day that a team which waits in a jurisdiction is noticed: more patrols on the coast, more often."""
        s = self.scenario
        at_sea = 1 - s.layers.patrols.naval * (1 - s.state.naval.teams / NAVAL_TEAMS)
        self.noticed = {
            jurisdiction.name: 1 - math.exp(-s.layers.waiting.hazard * (at_sea if jurisdiction.coast else 1))
            for jurisdiction in self.world.jurisdictions
        }

    def hazard(self, home: str, jurisdiction: str) -> float:
        """Hazard of a plot: its trail may be lost where it crosses a border."""
        return self.interdiction[jurisdiction] * (1 if home == jurisdiction else 1 - self.gap)

    def _grievance(self, jurisdiction: str) -> float:
        """Grievance at rest: mean of the people in the towns there, in all towns where there is none."""
        towns = [town for town in self.world.towns if self.jurisdiction[town.cell] == jurisdiction]
        people = {town.name: self._locals(town) for town in towns or self.world.towns}
        felt = [people[town.name] * self._grievance_of_town(town) for town in towns or self.world.towns]
        return sum(felt) / sum(people.values())

    def _locals(self, town: Any) -> float:
        """Residents of a town, and the local staff of its sites."""
        exposure = self.scenario.exposure
        return exposure.residents + exposure.local_per_foreign * self._staff(town)

    def _staff(self, town: Any) -> int:
        """Foreign staff of a town's sites."""
        return sum(site.foreign_staff for site in self.sites if site.town == town.name)

    def _grievance_of_town(self, town: Any) -> float:
        s, community, policy = self.scenario, self.scenario.community, self.scenario.policy
        level = community.G0
        if self.world.checkpoints:
            burden = ARMY_BURDEN if policy.checkpoints.staffed_by == "army" else 1
            level += (
                community.w_checkpoint * policy.checkpoints.staffed_share * policy.checkpoints.thoroughness * burden
            )
        here = [site for site in self.sites if site.town == town.name]
        if here:
            level += community.w_refusal * self.refused / REFUSED
            asked = sum(min(2 * s.exposure.trips_per_week, self.closures_a_week(site)) for site in here) / len(here)
            closures = policy.closures
            size = closures.length * closures.shops_per_km * closures.duration / SHOP_HOURS
            level += community.w_closure * asked * self.followed("closure") * size / CLOSURES_A_WEEK
        return min(1, max(0, level))

    def closures_a_week(self, site: Any) -> float:
        """Closures that the policy asks for at a site."""
        closures = self.scenario.policy.closures
        return closures.per_week if site.closures else closures.elsewhere

    def followed(self, item: str) -> float:
        """Chance that an item of the protocol is followed."""
        adherence = self.scenario.policy.adherence
        if adherence.level in (0, 1):
            return adherence.level
        return 1 / (1 + math.exp(-getattr(adherence.items, item)) * (1 - adherence.level) / adherence.level)

    # Targets and their choice.

    def _targets(self) -> list[Target]:
        found = [("convoy", line, line.routes[0][0], line.site.name) for line in self.lines]
        found += [("site", site, site.cell, site.name) for site in self.sites]
        found += [(kind, town, town.cell, None) for kind in ("outing", "private") for town in self.world.towns]
        return [Target(kind, place, cell, self.jurisdiction[cell], site) for kind, place, cell, site in found]

    def choices(self, group: Any, home: Cell) -> tuple[dict[str, float], dict[str, tuple[list[Target], list[float]]]]:
        """Pulls of the classes and of "nothing" on a group at a hideout, and of the targets within each class."""
        classes = {"nothing": self._nothing()}
        targets: dict[str, tuple[list[Target], list[float]]] = {}
        for kind in PEOPLE:
            shares = self._shares(group, kind)
            pulls = [share * self._pull(group, home, target) for target, share in shares.items()]
            if pulls:
                targets[kind] = list(shares), pulls
                classes[kind] = sum(pulls) ** self.scenario.threat.nest
        return classes, targets

    def _shares(self, group: Any, kind: str) -> dict[Target, float]:
        """Targets of a class that a group goes for: shares by people and region, which sum to the size of the class."""
        people = {target: self._people(target) for target in self.targets if target.kind == kind}
        weights = {target: group.regions.get(target.jurisdiction, 0) * count for target, count in people.items()}
        size = sum(people.values()) / PEOPLE[kind] if self.scenario.threat.exposure_counts else 1
        return {target: size * x / sum(weights.values()) for target, x in weights.items() if x > 0}

    def _people(self, target: Target) -> float:
        """Who is exposed: passengers a week, staff, staff who go out, nationals; or lines and sites count alike."""
        exposure, counts = self.scenario.exposure, self.scenario.threat.exposure_counts
        if target.kind == "outing":
            return self._staff(target.place)
        if target.kind == "private":
            return target.place.private_share * exposure.private_nationals
        if not counts:
            return 1
        if target.kind == "site":
            return target.place.foreign_staff
        mean = (exposure.passengers_min + exposure.passengers_mode + exposure.passengers_max) / 3
        return exposure.trips_per_week * min(mean, target.place.site.foreign_staff)

    def _pull(self, group: Any, home: Cell, target: Target) -> float:
        """Pull of a target on a group at a hideout, for each of the people there."""
        threat = self.scenario.threat
        return math.exp(threat.rationality * self._utility(group, target) / threat.nest) * self._nearness(home, target)

    def _nearness(self, home: Cell, target: Target) -> float:
        """What the way by road leaves of a target's pull; a line is as near as the nearest cell of its usual route."""
        threat = self.scenario.threat
        if threat.distance_scale == 0:
            return 1
        cells = target.place.routes[0] if target.kind == "convoy" else [target.cell]
        way = min(self.distance(home, cell) for cell in cells) * self.grid.cell_km
        return math.exp((threat.distance_ref - way) / threat.distance_scale)

    def _utility(self, group: Any, target: Target) -> float:
        seen = 0.0
        if target.kind == "convoy":
            seen = (self.followed("escort") + self.followed("armour")) / 2
        elif target.kind == "site":
            seen = self.scenario.policy.adherence.level * self.site_layer
        return self._worth(group, target.kind, seen)

    def _worth(self, group: Any, kind: str, seen: float) -> float:
        """Utility of a class where so much protection is seen."""
        threat = self.scenario.threat
        value = getattr(threat.value, kind) * getattr(group.weights, kind) * getattr(threat.x0, kind)
        return value * (1 - threat.visible_protection * seen) - getattr(threat.cost, kind)

    def _nothing(self) -> float:
        """Pull of "nothing": at the reference a share of the opportunities, mean over groups, is declined."""
        threat, groups = self.scenario.threat, self.world.groups
        worths = [self._worth(group, kind, seen) for group in groups for kind, seen in SEEN.items()]
        classes = sum(math.exp(threat.rationality * worth) for worth in worths) / len(groups)
        return classes * threat.declined / (1 - threat.declined)

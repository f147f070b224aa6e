"""From a scenario to what the engine runs on: a World of arrays and a record of parameters."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import outcome
from sim.agents import convoys, detectors, escorts, insiders
from sim.agents.items import ITEMS
from sim.agents.queue import QUEUE
from sim.agents.threat.engagement import SEVERITIES
from sim.agents.threat.slots import SLOT
from sim.agents.threat.targets import GROUP, STANCE, VANTAGE
from sim.clock import TICKS_A_DAY
from sim.errors import InputError
from sim.rng import identity
from sim.scenario.fields import FieldRow
from sim.scenario.posts import PLACEMENTS, detour_of, placements_of, posts_of, ways_known
from sim.scenario.schema import Scenario, fields
from sim.scenario.worldfile import MOST_JURISDICTIONS, WorldFile
from sim.state import World, assemble
from sim.world.grid import Grid, jurisdiction_of_cells
from sim.world.roads import RoadNetwork
from sim.world.sites import CROSSING, JURISDICTION, NODE, REACH, ROUTE, SETTING, SITE, TARGET, TOWN

if TYPE_CHECKING:
    from sim.scenario.worldfile import Group, Site

YEARS_OF_READING = {"life": 25.0, "construction": 5.0, "yearly": 1.0}
COLUMN_TYPES = {"number": "f8", "integer": "i8", "switch": "i8", "choice": "i8"}
# Sections whose numbers rules loop over: among the parameters each is one array, in the order of its members' codes.
VECTORS = {
    "adherence_items": ITEMS,
    "threat_value": outcome.CLASSES,
    "threat_cost": outcome.CLASSES,
    "threat_x0": outcome.CLASSES,
}
TEAMS_CAPACITY = 12  # rows of each force that escorts, in a jurisdiction; the project's has one per site more
CREWS_CAPACITY = 12
FARTHEST = (
    4 * TICKS_A_DAY
)  # ticks to the farthest entry of the agenda, drives left out: the latest departure, every delay
LEDGER_OF = {escorts.PROJECT_TEAMS: escorts.PROJECT_LEDGER, escorts.PARTNER_TEAMS: escorts.PARTNER_LEDGER}
BILLION = 1e9


def params_dtype() -> np.dtype:
    """The type of a row of parameters: every number, switch and choice of the schema, by its path."""
    columns: list[tuple] = [(leaf.param, COLUMN_TYPES[leaf.type]) for leaf in _scalars()]
    columns += [(name, "f8", (len(members),)) for name, members in VECTORS.items()]
    columns += [("harm_severity", "i8", (SEVERITIES,)), ("budget_years", "f8"), ("offensive_districts", "i8")]
    columns += [("adherence_offsets", "f8", (MOST_JURISDICTIONS,))]
    return np.dtype((np.record, np.dtype(columns, align=True)))


def _scalars() -> Iterator[FieldRow]:
    """Leaves of the schema that are one number among the parameters."""
    vectors = {f"{name}_{member}" for name, members in VECTORS.items() for member in members}
    return (leaf for leaf in fields() if leaf.type in COLUMN_TYPES and leaf.param not in vectors)


def params_rows(scenarios: list[Scenario]) -> np.ndarray:
    """One row of parameters for each scenario. Shape (scenarios,)."""
    rows = np.zeros(len(scenarios), params_dtype())
    for row, scenario in zip(rows, scenarios, strict=True):
        _fill(row, scenario)
    return rows


@cache
def _read() -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]], dict[str, tuple[str, ...]]]:
    """Names of the parameters that are one number, what reads them all off a scenario, and the choices of some."""
    scalars = tuple(_scalars())
    choices = {leaf.param: leaf.choices for leaf in scalars if leaf.choices}
    return tuple(leaf.param for leaf in scalars), attrgetter(*(leaf.path for leaf in scalars)), choices


@cache
def _vectors() -> dict[str, attrgetter[tuple[Any, ...]]]:
    """What reads the numbers of each array off a scenario."""
    paths = {leaf.param: leaf.path for leaf in fields()}
    return {name: attrgetter(*(paths[f"{name}_{m}"] for m in members)) for name, members in VECTORS.items()}


def _fill(row: np.record, scenario: Scenario) -> None:
    names, values, choices = _read()
    for name, value in zip(names, values(scenario), strict=True):
        row[name] = choices[name].index(value) if name in choices else value
    for name, members in _vectors().items():
        row[name] = members(scenario)
    row["harm_severity"] = scenario.harm.severity
    row["budget_years"] = YEARS_OF_READING[scenario.policy.budget.reading]
    row["offensive_districts"] = sum(1 << j for j in set(_named(scenario, "state.offensive.districts")))
    row["adherence_offsets"] = _offsets(scenario)


def _offsets(scenario: Scenario) -> np.ndarray:
    """How much better or worse each jurisdiction keeps the protocol, in log odds; nought where none says so."""
    offsets = np.zeros(MOST_JURISDICTIONS)
    given = scenario.policy.adherence.by_jurisdiction
    offsets[_named(scenario, "policy.adherence.by_jurisdiction")] = list(given.values())
    return offsets


def _named(scenario: Scenario, path: str) -> list[int]:
    """Rows of the jurisdictions that a list or a mapping names."""
    names = [jurisdiction.name for jurisdiction in scenario.world_file.jurisdictions]
    named = list(value_at(scenario, path))
    for name in named:
        if name not in names:
            raise InputError(f"{scenario.name}: {path}: read {name!r}, allowed {', '.join(names)}")
    return [names.index(name) for name in named]


def value_at(scenario: Scenario, path: str) -> Any:
    """The value of a scenario at a dotted path."""
    value: Any = scenario
    for part in path.split("."):
        value = getattr(value, part)
    return value


def structure(scenario: Scenario) -> tuple:
    """What decides the shapes and the standing arrays of a World: scenarios that agree here can share one."""
    return (
        scenario.world_file.text,
        scenario.threat.cells_per_group,
        scenario.exposure.local_per_foreign,
        scenario.insider.prevalence,
        _clock_rate_of_posts(scenario),
        placements_of(scenario),
        ways_known(scenario),
        detour_of(scenario),
    )


def _clock_rate_of_posts(scenario: Scenario) -> float:
    return insiders.clock_rate(scenario.insider.grievance_exponent, scenario.community.Gref)


_built: dict[tuple, World] = {}
_building = threading.Lock()
WORLDS_KEPT = 16  # 0.6 MB each


def build_world(scenario: Scenario) -> World:
    """All arrays of a World before its first day; the same one again for the same structure, so clone it to run.

    Raises
    ------
    InputError
        If no road joins two places that a convoy, an escort or an attacker travels between, or two names share an id.
    """
    key = structure(scenario)
    with _building:  # worker threads ask for the same one at once
        if key not in _built:
            try:
                world = _Builder(scenario).world()
            except ValueError as error:
                raise InputError(f"{scenario.world_file.name}: {error}") from None
            while len(_built) >= WORLDS_KEPT:
                _built.pop(next(iter(_built)))
            _built[key] = world
        return _built[key]


@lru_cache(maxsize=WORLDS_KEPT)
def roads_of(world: str) -> RoadNetwork:
    """The roads of a world in JSON; they remember routes, whose search takes most of the time of building."""
    file = WorldFile.model_validate_json(world)
    grid = Grid(file.grid.width, file.grid.height, file.grid.cell_km)
    places: list[Any] = [*file.sites, *file.towns, *file.hubs, *file.bases, *file.hideouts, *file.checkpoints]
    names = {grid.cell(*place.cell): place.name for place in places}
    return RoadNetwork(grid, [road.points for road in file.roads], names)


class _Builder:
    """Turns the places of a world file into rows, room by room."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.file: WorldFile = scenario.world_file
        self.grid = Grid(self.file.grid.width, self.file.grid.height, self.file.grid.cell_km)
        self.names = [jurisdiction.name for jurisdiction in self.file.jurisdictions]
        areas = [jurisdiction.area for jurisdiction in self.file.jurisdictions]
        self.cell_jurisdiction = jurisdiction_of_cells(self.grid, areas)
        self.roads = roads_of(self.file.text)
        self.seen: dict[int, str] = {}

    def world(self) -> World:
        """Build every room; lines before targets, routes before lines, checkpoints before all that pass them."""
        self.checkpoints = posts_of(self.scenario, self.roads)
        ways, self.reach = self._ways()
        self.sites = sorted(self.file.sites, key=lambda site: (-site.foreign_staff, site.name))
        path, routes, crossings, lines = self._lines()
        watching = self._detectors()
        targets = self._targets(lines)
        forces, teams = self._forces()
        given = {
            "setting": self._setting(watching),
            "nodes": self._nodes(),
            "reach": self.reach,
            "ways": ways,
            "path": path,
            "routes": routes,
            "crossings": crossings,
            "lines": lines,
            "lanes": convoys.lanes(int(routes["crossings"].max())),
            "targets": targets,
            "groups": self._groups(),
            "vantages": self._vantages(),
            "regions": np.array([[g.regions.get(name, 0.0) for name in self.names] for g in self.file.groups]),
            "road_km": self._road_km(targets, path, routes, lines),
            "jurisdictions": self._jurisdictions(lines),
            "sites": self._site_rows(),
            "towns": self._town_rows(),
            "forces": forces,
            "teams": teams,
            "queues": self._queues(lines),
            "detectors": watching,
            "posts": self._posts(),
            "slots": self._slots(),
            "stance": self._stance(),
        }
        return assemble(given, self._capacities(given))

    def _capacities(self, given: dict[str, np.ndarray]) -> dict[str, int]:
        """Rows that suffice whatever happens, and the ring of ticks, a power of 2."""
        lines, teams, slots = (len(given[name]) for name in ("lines", "teams", "slots"))
        farthest = FARTHEST + 2 * int(self.reach["distance"].max()) + 2 * int(given["routes"]["length"].max())
        ring = 1 << farthest.bit_length()
        return {
            "agenda_capacity": 4 * lines + 2 * teams + 2 * slots + 64,
            "ring": ring,
            "ring_words": ring // 32,
            "lanes_at_once": given["lanes"].shape[1],
            "insiders_capacity": self._insiders_capacity(given["posts"]),
        }

    def _sources(self) -> list:
        """Bases, then hideouts: the rows of the road distances."""
        return [*self.file.bases, *self.file.hideouts]

    def _hideout(self, name: str) -> int:
        return len(self.file.bases) + [h.name for h in self.file.hideouts].index(name)

    def _id(self, name: str) -> int:
        number = identity(name)
        if self.seen.setdefault(number, name) != name:
            raise ValueError(f"the names {name!r} and {self.seen[number]!r} have the same id; rename one")
        return number

    def _node(self, cell: tuple[int, int]) -> int:
        return self.roads.node(self.grid.cell(*cell))

    def _jurisdiction(self, cell: tuple[int, int]) -> int:
        return int(self.cell_jurisdiction[self.grid.cell(*cell)])

    def _jurisdictions(self, lines: np.ndarray) -> np.ndarray:
        rows = JURISDICTION.rows(len(self.names))
        for row, jurisdiction in zip(rows, self.file.jurisdictions, strict=True):
            row.id = self._id(f"jurisdiction/{jurisdiction.name}")
            row.capital, row.coast = int(jurisdiction.capital), int(jurisdiction.coast)
            row.police_strength = jurisdiction.police_strength
        for town in self.file.towns:
            rows[self._jurisdiction(town.cell)].towns += 1
        rows["lines"] = np.bincount(lines["jurisdiction"], minlength=len(rows))
        for rank, j in enumerate(np.argsort(-rows["lines"], kind="stable")):
            rows[j].rank = rank
        return rows

    def _queues(self, lines: np.ndarray) -> np.ndarray:
        """Heaps end to end, each with room for all lines of its jurisdiction."""
        rows = QUEUE.rows(len(self.names))
        count = np.bincount(lines["jurisdiction"], minlength=len(rows))
        rows["first"] = np.cumsum(count) - count
        return rows

    def _site_rows(self) -> np.ndarray:
        rows = SITE.rows(len(self.sites))
        for row, site in zip(rows, self.sites, strict=True):
            row.id = self._id(f"site/{site.name}")
            row.node = self._node(site.cell)
            row.jurisdiction = self._jurisdiction(site.cell)
            row.town = [town.name for town in self.file.towns].index(site.town)
            row.foreign_staff = site.foreign_staff
            row.local_staff = site.locals(self.scenario.exposure.local_per_foreign)
        return rows

    def _town_rows(self) -> np.ndarray:
        rows = TOWN.rows(len(self.file.towns))
        for row, town in zip(rows, self.file.towns, strict=True):
            row.id = self._id(f"town/{town.name}")
            row.node = self._node(town.cell)
            row.jurisdiction = self._jurisdiction(town.cell)
            here = [site for site in self.sites if site.town == town.name]
            row.sites, row.closable = len(here), sum(site.closures for site in here)
            row.foreign_staff, row.private_share = sum(site.foreign_staff for site in here), town.private_share
            row.local_staff = sum(site.locals(self.scenario.exposure.local_per_foreign) for site in here)
        return rows

    def _camera_places(self) -> list[Any]:
        return [*self.file.hubs, *self.file.towns, *self.sites]

    def _detectors(self) -> np.ndarray:
        """Checkpoints, cameras a place, watchtowers a site, drone crews: in this order."""
        found = [(detectors.CHECKPOINT, post.key, self.grid.xy(post.cell)) for post in self.checkpoints]
        found += [(detectors.CAMERAS, f"cameras/{k}/{x.name}", x.cell) for k, x in enumerate(self._camera_places())]
        found += [(detectors.WATCHTOWERS, f"watchtowers/{x.name}", x.cell) for x in self.sites]
        crews = [self.file.bases[k % len(self.file.bases)].cell for k in range(CREWS_CAPACITY)]
        found += [(detectors.DRONE, f"drone/{k}", cell) for k, cell in enumerate(crews)]
        kinds, names, cells = zip(*found, strict=True)
        rows = detectors.DETECTOR.rows(len(found))
        rows["id"], rows["kind"] = [self._id(name) for name in names], kinds
        rows["node"] = [self._node(cell) for cell in cells]
        rows["jurisdiction"] = [self._jurisdiction(cell) for cell in cells]
        rows["rank"] = rows["id"] / 2.0**32
        rows["placements"][: len(self.checkpoints)] = [post.placements for post in self.checkpoints]
        rows["placed"] = rows["placements"] >> PLACEMENTS.index(self.scenario.warmup.policy.checkpoints.placement) & 1
        for k in range(CREWS_CAPACITY):
            crew = rows[len(rows) - CREWS_CAPACITY + k]
            crew.rank, crew.jurisdiction = k, k % len(self.names)
        return rows

    def _setting(self, watching: np.ndarray) -> np.ndarray:
        rows = SETTING.rows(1)
        rows[0].cell_km = self.grid.cell_km
        rows[0].project_cost = np.mean([site.cost_bn_usd for site in self.sites]) * BILLION
        rows[0].width = self.grid.width
        rows[0].foreign_staff = sum(site.foreign_staff for site in self.sites)
        rows[0].state_share = self.file.state_share
        rows[0].camera_places = len(self._camera_places())
        rows[0].first_cameras = len(self.checkpoints)
        rows[0].first_drone = len(watching) - CREWS_CAPACITY
        return rows

    def _nodes(self) -> np.ndarray:
        rows = NODE.rows(len(self.roads.cells))
        rows["cell"] = self.roads.cells
        rows["jurisdiction"] = self.cell_jurisdiction[self.roads.cells]
        rows["checkpoint"] = -1
        for k, post in enumerate(self.checkpoints):
            rows[self.roads.node(post.cell)].checkpoint = k
        rows["town"][[self._node(town.cell) for town in self.file.towns]] = 1
        return rows

    def _ways(self) -> tuple[np.ndarray, np.ndarray]:
        """The straight ways, and behind them those from the hideouts round each placement's checkpoints."""
        ways = np.zeros(len(PLACEMENTS), dtype=np.int64)
        found = [self.roads.reach([self.grid.cell(*source.cell) for source in self._sources()])]
        hideouts = [self.grid.cell(*hideout.cell) for hideout in self.file.hideouts]
        for placement in placements_of(self.scenario) if ways_known(self.scenario) else ():
            code = PLACEMENTS.index(placement)
            posts = [post.cell for post in self.checkpoints if post.placements >> code & 1]
            ways[code] = len(found) * len(hideouts)
            found.append(self.roads.round_posts(hideouts, posts, self.scenario.threat.detour))
        distance, toward = map(np.concatenate, zip(*found, strict=True))
        return ways, self._reach(distance, toward)

    def _reach(self, distance: np.ndarray, toward: np.ndarray) -> np.ndarray:
        rows = np.zeros(distance.shape, REACH.dtype)
        rows["distance"], rows["toward"] = distance, toward
        staffed = self._nodes()["checkpoint"] >= 0
        post = rows["post"]
        post[:] = np.where(staffed, np.arange(len(staffed)), -1)
        for steps in range(1, int(distance.max()) + 1):  # a node's post is its own, or that of the next node toward
            source, node = np.nonzero((distance == steps) & ~staffed)
            post[source, node] = post[source, toward[source, node]]
        return rows

    def _groups(self) -> np.ndarray:
        rows = GROUP.rows(len(self.file.groups))
        for row, group in zip(rows, self.file.groups, strict=True):
            row.id, row.vantage = self._id(f"group/{group.name}"), self._vantage(group, 0)
        return rows

    def _vantage(self, group: Group, hideout: int) -> int:
        """Row of a group at the n-th of its hideouts."""
        before = self.file.groups[: self.file.groups.index(group)]
        return sum(len(other.hideouts) for other in before) + hideout

    def _vantages(self) -> np.ndarray:
        rows = VANTAGE.rows(sum(len(group.hideouts) for group in self.file.groups))
        for g, group in enumerate(self.file.groups):
            for k, name in enumerate(group.hideouts):
                row = rows[self._vantage(group, k)]
                row.group, row.home = g, self._hideout(name)
                row.jurisdiction = self._jurisdiction(self._sources()[row.home].cell)
        return rows

    def _road_km(self, targets: np.ndarray, path: np.ndarray, routes: np.ndarray, lines: np.ndarray) -> np.ndarray:
        """Road from each vantage to each target; of a line to the nearest cell of its habitual route."""
        steps = self.reach["distance"][self._vantages()["home"]]
        cells = steps[:, targets["node"]].astype(np.float64)
        for t in np.flatnonzero(targets["target_class"] == outcome.CONVOY):
            route = routes[lines["first_route"][targets["place"][t]]]
            cells[:, t] = steps[:, path[route["first"] : route["first"] + route["length"]]].min(axis=1)
        return np.ascontiguousarray(cells * self.grid.cell_km)  # picked columns lie in another order

    def _stance(self) -> np.ndarray:
        rows = np.zeros((len(self.file.groups), len(outcome.CLASSES)), STANCE.dtype)
        rows["weight"] = [[getattr(group.weights, name) for name in outcome.CLASSES] for group in self.file.groups]
        return rows

    def _lines(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Two lines per site, out to its hub and back, each with its penalised shortest routes."""
        hubs = {hub.name: hub.cell for hub in self.file.hubs}
        self.path: list[int] = []
        self.routes: list[tuple] = []
        self.crossings: list[tuple[int, int]] = []
        self.at = self._nodes()["checkpoint"]
        lines = [
            self._line(s, site, inbound, ends)
            for s, site in enumerate(self.sites)
            for inbound, ends in enumerate(((site.cell, hubs[site.hub]), (hubs[site.hub], site.cell)))
        ]
        rows = convoys.LINE.rows(len(lines))
        for name in convoys.LINE.names:
            rows[name] = [line[name] for line in lines]
        routes = ROUTE.rows(len(self.routes))
        crossings = CROSSING.rows(max(1, len(self.crossings)))
        routes[:] = self.routes
        crossings[: len(self.crossings)] = np.array(self.crossings, CROSSING.dtype)
        return np.array(self.path, dtype=np.int64), routes, crossings, rows

    def _line(self, s: int, site: Site, inbound: int, ends: tuple) -> dict[str, Any]:
        number = self._id(f"line/{site.name}/{'in' if inbound else 'out'}")
        jurisdiction, first = self._jurisdiction(ends[0]), len(self.routes)
        start, end = (self.grid.cell(*cell) for cell in ends)
        for cells in self.roads.routes(start, end, self.file.routes.count, self.file.routes.penalty):
            self._add_route(self.roads.node_of_cell[cells])
        return {
            "id": number,
            "site": s,
            "inbound": inbound,
            "origin": self._node(ends[0]),
            "destination": self._node(ends[1]),
            "jurisdiction": jurisdiction,
            "first_route": first,
            "routes": len(self.routes) - first,
            "phase": number / 2.0**32,
            "drive": self._drive(ends[0], jurisdiction),
            "closable": int(site.closures),
            "trips": site.trips_per_week or 0.0,
            "people": site.people_a_trip or 0.0,
        }

    def _drive(self, cell: tuple[int, int], jurisdiction: int) -> int:
        """Road cells from the nearest base of a jurisdiction; 0 where it has none, which is refused elsewhere."""
        name, node = self.names[jurisdiction], self._node(cell)
        bases = [b for b, base in enumerate(self.file.bases) if base.jurisdiction == name]
        return min((int(self.reach["distance"][b, node]) for b in bases), default=0)

    def _add_route(self, nodes: np.ndarray) -> None:
        posts, police = self.at[nodes], self.cell_jurisdiction[self.roads.cells[nodes]]
        passed = [(place, int(posts[place])) for place in np.flatnonzero(posts >= 0).tolist()]
        borders = [(place, -1) for place in (np.flatnonzero(police[1:] != police[:-1]) + 1).tolist()]
        first = len(self.crossings)
        self.routes.append((len(self.path), len(nodes), first, len(passed), first + len(passed), len(borders)))
        self.path.extend(nodes.tolist())
        self.crossings.extend([*passed, *borders])

    def _targets(self, lines: np.ndarray) -> np.ndarray:
        """Lines, sites, and towns twice: as places of outings and of private nationals."""
        towns = [town.name for town in self.file.towns]
        names = [f"line/{self.sites[int(row['site'])].name}/{'in' if row['inbound'] else 'out'}" for row in lines]
        rows = [(names[i], outcome.CONVOY, i, row["site"], row["origin"]) for i, row in enumerate(lines)]
        rows += [(f"site/{x.name}", outcome.SITE, s, s, self._node(x.cell)) for s, x in enumerate(self.sites)]
        for label, code in (("outing", outcome.OUTING), ("private", outcome.PRIVATE)):
            cells = [town.cell for town in self.file.towns]
            rows += [(f"{label}/{x}", code, k, -1, self._node(cells[k])) for k, x in enumerate(towns)]
        named, codes, places, sites, nodes = zip(*rows, strict=True)
        targets = TARGET.rows(len(rows))
        targets["id"] = [identity(name) for name in named]
        targets["target_class"], targets["place"], targets["site"], targets["node"] = codes, places, sites, nodes
        targets["jurisdiction"] = self.cell_jurisdiction[self.roads.cells[targets["node"]]]
        return targets

    def _forces(self) -> tuple[np.ndarray, np.ndarray]:
        """Every kind of force in each jurisdiction; those that escort have rows for teams, over the bases in turn."""
        capacities = [self._capacity(kind) for kind in range(escorts.KINDS)] * len(self.names)
        forces = escorts.FORCE.rows(len(capacities))
        teams = escorts.TEAM.rows(sum(capacities))
        first = 0
        for f, (force, capacity) in enumerate(zip(forces, capacities, strict=True)):
            force.jurisdiction, force.kind = divmod(f, escorts.KINDS)
            force.ledger = LEDGER_OF.get(int(force.kind), escorts.STATE_LEDGER)
            force.first_team, force.capacity = first, capacity
            self._fill_teams(teams[first : first + capacity], f, force)
            first += capacity
        return forces, teams

    def _capacity(self, kind: int) -> int:
        """Rows for the teams of a kind of force in a jurisdiction."""
        if kind in (escorts.ARMY, escorts.NAVAL):
            return 0
        return TEAMS_CAPACITY + (len(self.sites) if kind == escorts.PROJECT_TEAMS else 0)

    def _fill_teams(self, teams: np.ndarray, f: int, force: np.record) -> None:
        name = self.names[force.jurisdiction]
        bases = [b for b, base in enumerate(self.file.bases) if base.jurisdiction == name]
        if not bases:
            raise ValueError(f"jurisdiction {name!r} has no base for escort teams")
        teams["id"] = [self._id(f"team/{name}/{force.kind}/{k}") for k in range(len(teams))]
        teams["force"], teams["home"], teams["convoy"] = f, np.resize(bases, len(teams)), -1
        teams["node"] = np.array([self._node(base.cell) for base in self.file.bases])[teams["home"]]

    def _posts(self) -> np.ndarray:
        rows = insiders.POST.rows(len(self.sites) * len(insiders.POSTS))
        for p, row in enumerate(rows):
            s, access = divmod(p, len(insiders.POSTS))
            site = self.sites[s]
            staff = site.locals(self.scenario.exposure.local_per_foreign)
            row.id = self._id(f"post/{site.name}/{insiders.POSTS[access]}")
            row.site, row.access, row.headcount = s, access, staff * insiders.POST_SHARES[access]
        return rows

    def _insiders_capacity(self, posts: np.ndarray) -> int:
        """Rows for would-be insiders who all get in, at their clocks' full rate and eight standard deviations."""
        rate = _clock_rate_of_posts(self.scenario) / insiders.LEAST_ACCEPTED
        mean = float(posts["headcount"].sum()) * self.scenario.insider.prevalence * rate
        return 16 + math.ceil(mean + 8 * math.sqrt(mean))

    def _slots(self) -> np.ndarray:
        count = self.scenario.threat.cells_per_group
        rows = SLOT.rows(count * len(self.file.groups))
        for s, row in enumerate(rows):
            g, k = divmod(s, max(1, count))
            group = self.file.groups[g]
            row.id = self._id(f"attacker/{group.name}/{k}")
            row.group, row.vantage = g, self._vantage(group, k % len(group.hideouts))
            row.home = self._hideout(group.hideouts[k % len(group.hideouts)])
            row.way = row.home
            cell = self._sources()[row.home].cell
            row.node, row.jurisdiction = self._node(cell), self._jurisdiction(cell)
        return rows

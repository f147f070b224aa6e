"""The lie of the land, as far as a formula without a grid must be told of it: posts, overlap of routes, borders.

All else that the mean field uses of a world stands in its file as numbers: people, money, weights. Posts are measured
where the file puts them, not where a policy does: the formula can't know that, which is what it is there to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from sim.agents.attackers.field import END_CELLS
from sim.outcome import CLASSES
from sim.scenario.schema import Scenario
from sim.scenario.worldfile import Group, WorldFile
from sim.world.grid import Grid, jurisdiction_of_cells
from sim.world.roads import RoadNetwork

WORLDS_KEPT = 16
Cell = tuple[int, int]
Ways = dict[str, np.ndarray]  # posts between a hideout and every road cell


@dataclass(frozen=True)
class Lie:
    """What is given to the mean field of a world's roads.

    Attributes
    ----------
    posts : float
        Checkpoints on a team's way to where it acts.
    overlap : float
        Chance that a line's route, drawn at random, passes the cell where a team waits.
    abroad : float
        Share of plots against a target in another jurisdiction than the team's hideout.
    """

    posts: float
    overlap: float
    abroad: float


class Place(NamedTuple):
    """A place where teams may go: its class of target, where teams stand, and how much it counts in its class."""

    kind: str
    cell: Cell
    people: float


def lie_of(scenario: Scenario) -> Lie:
    """The lie of a scenario's world: means over hideouts and targets, those by the groups' regions.

    A share `threat.posts_known` of teams goes round posts where that is worth it; all others go the shortest way.
    """
    threat = scenario.threat
    around = threat.detour if threat.posts_known > 0.0 else 0.0
    world = scenario.world_file.text
    direct, known, overlap, abroad = _measured(world, threat.wait_at_ends, around)
    return Lie((1.0 - threat.posts_known) * direct + threat.posts_known * known, overlap, abroad)


@lru_cache(maxsize=WORLDS_KEPT)
def _measured(world: str, ends: float, detour: float) -> tuple[float, float, float, float]:
    survey = _Survey(WorldFile.model_validate_json(world), ends)
    return survey.posts(0.0), survey.posts(detour), survey.overlap(), survey.abroad()


class _Survey:
    """Measures a world file; `ends` is the share of teams that wait near the site, where all routes meet."""

    def __init__(self, file: WorldFile, ends: float) -> None:
        self.file, self.ends = file, ends
        self.grid = Grid(file.grid.width, file.grid.height, file.grid.cell_km)
        self.roads = RoadNetwork(self.grid, [road.points for road in file.roads])
        self.owner = jurisdiction_of_cells(self.grid, [place.area for place in file.jurisdictions])
        hubs = {hub.name: hub.cell for hub in file.hubs}
        self.routes = [self._routes(site.cell, hubs[site.hub]) for site in file.sites]
        self.places = list(self._places())

    def _routes(self, site: Cell, hub: Cell) -> list[np.ndarray]:
        ends = self.grid.cell(*site), self.grid.cell(*hub)
        return self.roads.routes(*ends, self.file.routes.count, self.file.routes.penalty)

    def _places(self) -> Iterator[Place]:
        """Middles of habitual routes and sites, which count alike; towns by their staff and by private nationals."""
        for site, routes in zip(self.file.sites, self.routes, strict=True):
            yield Place("convoy", self.grid.xy(routes[0][len(routes[0]) // 2]), 1.0)
            yield Place("site", site.cell, 1.0)
        for town in self.file.towns:
            staff = sum(site.foreign_staff for site in self.file.sites if site.town == town.name)
            yield Place("outing", town.cell, float(staff))
            yield Place("private", town.cell, town.private_share)

    def overlap(self) -> float:
        """Share of a line's routes that pass a cell where a team waits: near the site, or in the middle 80 %."""
        return float(np.mean([self._overlap(routes) for routes in self.routes]))

    def _overlap(self, routes: list[np.ndarray]) -> float:
        habitual, last = routes[0], len(routes[0]) - 1
        passed = np.mean([np.isin(habitual, route) for route in routes], axis=0)
        middle = passed[int(0.1 * last) : int(0.9 * last) + 1].mean()
        return float(self.ends * passed[: max(1, min(last, END_CELLS))].mean() + (1.0 - self.ends) * middle)

    def posts(self, price: float) -> float:
        """Checkpoints on the ways from hideouts, where passing one is as bad as so many cells more."""
        ways = {hideout.name: self._way(hideout.cell, price) for hideout in self.file.hideouts}
        return self._mean(lambda hideout, cell: float(ways[hideout][self._node(cell)]))

    def _way(self, hideout: Cell, price: float) -> np.ndarray:
        """Checkpoints between a hideout and every road cell."""
        post = np.zeros(len(self.roads.cells))
        post[[self._node(place.cell) for place in self.file.checkpoints]] = 1.0
        edges = np.array(self.roads.graph.edges)
        a, b = np.concatenate([edges, edges[:, ::-1]]).T
        lengths = csr_array((1.0 + price * post[b], (a, b)), shape=(len(post), len(post)))
        cost, before = dijkstra(lengths, indices=self._node(hideout), return_predecessors=True)
        passed = np.zeros(len(post))
        for node in np.argsort(cost)[1:]:
            passed[node] = passed[before[node]] + post[node]
        return passed

    def abroad(self) -> float:
        """Share of pairs of hideout and target that a border lies between."""
        hideouts = {hideout.name: self._jurisdiction(hideout.cell) for hideout in self.file.hideouts}
        return self._mean(lambda hideout, cell: float(hideouts[hideout] != self._jurisdiction(cell)))

    def _mean(self, figure: Callable[[str, Cell], float]) -> float:
        """Mean of a figure over groups, their hideouts and the targets, every class alike."""
        found = [
            np.average([figure(hideout, place.cell) for place in places], weights=weights)
            for group in self.file.groups
            for hideout in group.hideouts
            for places, weights in self._wanted(group)
        ]
        return float(np.mean(found))

    def _wanted(self, group: Group) -> Iterator[tuple[list[Place], list[float]]]:
        """The places of each class, with a group's weight on each; classes of which it wants none are left out."""
        for kind in CLASSES:
            places = [place for place in self.places if place.kind == kind]
            weights = [place.people * group.regions.get(self._jurisdiction(place.cell), 0.0) for place in places]
            if sum(weights) > 0.0:
                yield places, weights

    def _node(self, cell: Cell) -> int:
        return self.roads.node(self.grid.cell(*cell))

    def _jurisdiction(self, cell: Cell) -> str:
        return self.file.jurisdictions[self.owner[self.grid.cell(*cell)]].name

"""The world of a scenario in figures: its sites with their staff, movements and roads, its jurisdictions, its exposure.

Movements, passengers and checkpoints are those of the scenario's policy, by the rules that the engine runs.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.agents import detectors
from sim.agents.convoys import mean_passengers, trips_a_week
from sim.agents.threat.exposure import REFERENCE_PRIVATE, REFERENCE_STAFF, REFERENCE_TRIPS
from sim.institutions.forces import special_police
from sim.scenario.build import build_world, params_rows, roads_of
from sim.scenario.names import row_names
from sim.scenario.schema import Scenario
from sim.scenario.worldfile import WorldFile
from sim.words import number_of
from sim.world.roads import RoadNetwork

Rows = list[dict[str, Any]]

CLOSING = (
    "Places are invented: this is no map of anywhere, and no real map, name or coordinate is wanted. Of a world the "
    "model uses how many people work where and travel how often, how long roads are and where they part and meet, in "
    "which jurisdiction a place lies, and where checkpoints, bases, towns and hideouts (never shown here) are. "
    "What it doesn't know: terrain, buildings, the state of a road, who lives where beside the towns; names only tell "
    "draws of random numbers apart. How large the threat is, how many cells it has and how often they find an "
    "opportunity, is the country's and stands in the scenario, not here."
)


class Exposure(NamedTuple):
    """How many people a world exposes in a way, and how many it is at the reference."""

    what: str
    people: float
    reference: float

    @property
    def times(self) -> float:
        """As a multiple of the reference."""
        return self.people / self.reference


class Described:
    """The world of a scenario, built, under the scenario's policy.

    Parameters
    ----------
    scenario : Scenario

    Raises
    ------
    InputError
        If the world can't be built.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.file: WorldFile = scenario.world_file
        self.world = build_world(scenario)
        self.params = params_rows([scenario])[0]
        self.cell_km = self.file.grid.cell_km

    @cached_property
    def roads(self) -> RoadNetwork:
        """The roads."""
        return roads_of(self.file.text)

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """Names of rows."""
        return row_names(self.scenario, self.world)

    @property
    def road_km(self) -> float:
        """All roads, as the model counts them: a step to the next cell, a diagonal one too, is a cell's side."""
        return len(self.roads.graph.edges) * self.cell_km

    @cached_property
    def movements(self) -> np.ndarray:
        """Movements a week of each line. Shape (lines,)."""
        return np.array([trips_a_week(self.world, self.params, i) for i in range(len(self.world.lines))])

    @cached_property
    def passengers(self) -> np.ndarray:
        """Foreign nationals on a movement of each line, on average. Shape (lines,)."""
        return np.array([mean_passengers(self.world, self.params, i) for i in range(len(self.world.lines))])

    @cached_property
    def posts(self) -> np.ndarray:
        """Rows of the checkpoints that stand under the policy."""
        found = self.world.detectors
        here = found["placements"] >> self.params.checkpoints_placement & 1 == 1
        return np.flatnonzero(here & (found["kind"] == detectors.CHECKPOINT))

    @cached_property
    def exposures(self) -> list[Exposure]:
        """What draws attackers: passengers a week, staff, private nationals, beside the threat's reference."""
        staff = float(self.world.sites["foreign_staff"].sum())
        return [
            Exposure("passenger-trips", float(self.movements @ self.passengers), REFERENCE_TRIPS),
            Exposure("foreign staff", staff, REFERENCE_STAFF),
            Exposure("private nationals", float(self.params.exposure_private_nationals), REFERENCE_PRIVATE),
        ]


def site_table(described: Described) -> Rows:
    """One line a site, the largest staff first.

    Returns
    -------
    list of dict
        Names of the site, its jurisdiction, hub and town; staff; round trips a week and foreign nationals on one way
        of them; km to the hub on the habitual route, checkpoints on that, number of routes; km to the town by road.
    """
    places = {site.name: site for site in described.file.sites}
    outward = np.flatnonzero(described.world.lines["inbound"] == 0)
    by_site = dict(zip(described.world.lines["site"][outward].tolist(), outward.tolist(), strict=True))
    return [_site(described, places[name], row, by_site[row]) for row, name in enumerate(described.names["sites"])]


def _site(described: Described, place: Any, row: int, line: int) -> dict[str, Any]:
    world = described.world
    site, service = world.sites[row], world.lines[line]
    return {
        "site": place.name,
        "jurisdiction": described.names["jurisdictions"][site.jurisdiction],
        "foreign_staff": int(site.foreign_staff),
        "local_staff": round(float(site.local_staff)),
        "trips_a_week": float(described.movements[line]),
        "people_a_trip": round(float(described.passengers[line]), 1),
        "hub": place.hub,
        "km_to_hub": (int(world.routes["length"][service.first_route]) - 1) * described.cell_km,
        "checkpoints": _passed(described, int(service.first_route)),
        "routes": int(service.routes),
        "town": place.town,
        "km_to_town": _km(described, int(site.node), int(world.towns["node"][site.town])),
    }


def _passed(described: Described, route: int) -> int:
    """Checkpoints on a route that stand under the policy."""
    row = described.world.routes[route]
    crossings = described.world.crossings[row.first_crossing : row.first_crossing + row.crossings]
    return int(np.isin(crossings["checkpoint"], described.posts).sum())


def _km(described: Described, node: int, other: int) -> float:
    """By road from one node to another, on a shortest way: rings around the one, until the other is in them."""
    around, steps = described.roads.graph.around, 0
    ring = reached = {node}
    while other not in reached:
        ring = {next_one for at in ring for next_one, _ in around[at]} - reached
        reached = reached | ring
        steps += 1
    return steps * described.cell_km


def jurisdiction_table(described: Described) -> Rows:
    """One line a jurisdiction: its sites, towns, bases, teams of the special police at t = 0, and checkpoints."""
    world, names = described.world, [place.name for place in described.file.jurisdictions]
    sites = np.bincount(world.sites["jurisdiction"], minlength=len(names))
    posts = np.bincount(world.detectors["jurisdiction"][described.posts], minlength=len(names))
    bases = [base.jurisdiction for base in described.file.bases]
    return [
        {
            "jurisdiction": name,
            "sites": int(sites[j]),
            "towns": int(world.jurisdictions["towns"][j]),
            "bases": bases.count(name),
            "police_teams": int(special_police(world, described.params, j)),
            "checkpoints": int(posts[j]),
        }
        for j, name in enumerate(names)
    ]


def headline(described: Described) -> str:
    """What the world is and how many people it exposes, in three sentences."""
    world = described.world
    local = float(world.sites["local_staff"].sum())
    passengers, staff, private = described.exposures
    beside = [f"{_times(each.times)} times the {each.what} ({each.reference:,.0f})" for each in described.exposures]
    areas = number_of(len(world.jurisdictions), "jurisdiction")
    return (
        f"{described.file.name}: {number_of(len(world.sites), 'site')} with {staff.people:,.0f} foreign and "
        f"{local:,.0f} local staff in {areas}, on {described.road_km:,.0f} km of road. "
        f"{number_of(float(described.movements.sum()), 'movement')} a week make {passengers.people:,.0f} "
        f"passenger-trips; {private.people:,.0f} private nationals live in the towns. Beside the corridor, for which "
        f"the threat is stated, that is {beside[0]}, {beside[1]} and {beside[2]}."
    )


def _times(factor: float) -> str:
    return f"{factor:.2f}" if factor >= 0.1 else f"{factor:.2g}"


def world_summary(described: Described) -> dict[str, Any]:
    """All of it, as JSON has it."""
    exposures = [{**exposure._asdict(), "times": exposure.times} for exposure in described.exposures]
    return {
        "world": described.file.name,
        "description": described.file.description,
        "scenario": described.scenario.name,
        "headline": headline(described),
        "road_km": described.road_km,
        "movements_a_week": float(described.movements.sum()),
        "exposure": exposures,
        "sites": site_table(described),
        "jurisdictions": jurisdiction_table(described),
        "closing": CLOSING,
    }

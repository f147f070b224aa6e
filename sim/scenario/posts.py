"""Checkpoints of a World: all that its scenario's placement and its warm-up's need, each with those it belongs to."""

from __future__ import annotations

from typing import NamedTuple

from sim.scenario.schema import Scenario, fields
from sim.scenario.worldfile import WorldFile
from sim.world.grid import Grid
from sim.world.placement import Land, placed
from sim.world.roads import RoadNetwork

PLACEMENTS = next(leaf.choices for leaf in fields() if leaf.path == "policy.checkpoints.placement")


class Post(NamedTuple):
    """A checkpoint: what its id is made from, its cell, and a bit for each placement, at its code, that has it."""

    key: str
    cell: int
    placements: int


def placements_of(scenario: Scenario) -> tuple[str, ...]:
    """Placements that checkpoints have in the warm-up and under the policy, in the order of their codes."""
    used = {some.policy.checkpoints.placement for some in (scenario.warmup, scenario)}
    return tuple(placement for placement in PLACEMENTS if placement in used)


def ways_known(scenario: Scenario) -> bool:
    """Whether teams may know the checkpoints, and a World needs the ways round them."""
    return scenario.threat.posts_known > 0


def detour_of(scenario: Scenario) -> float | None:
    """The detour that a World's ways or checkpoints depend on, if any do."""
    needed = ways_known(scenario) or "no_way_round" in placements_of(scenario)
    return scenario.threat.detour if needed else None


def posts_of(scenario: Scenario, roads: RoadNetwork) -> list[Post]:
    """Checkpoints, one a cell: the world file's own first, in its order, where any placement is that."""
    own = {roads.grid.cell(*post.cell): f"checkpoint/{post.name}" for post in scenario.world_file.checkpoints}
    bits: dict[int, int] = {}
    for placement in placements_of(scenario):
        cells = own if placement == "world" else _placed(placement, scenario, roads)
        bits |= {cell: bits.get(cell, 0) | 1 << PLACEMENTS.index(placement) for cell in cells}
    return [Post(own.get(cell) or key_of(roads.grid, cell), cell, mask) for cell, mask in bits.items()]


def _placed(placement: str, scenario: Scenario, roads: RoadNetwork) -> list[int]:
    file = scenario.world_file
    return placed(placement, land_of(file, roads), len(file.checkpoints), scenario.threat.detour)


def key_of(grid: Grid, cell: int) -> str:
    """What the id of a checkpoint is made from that a placement has put on a cell."""
    return "checkpoint at {}-{}".format(*grid.xy(cell))


def land_of(file: WorldFile, roads: RoadNetwork) -> Land:
    """What placements go by: a world's places, and its sites, middles of habitual routes and towns with their staff."""
    hubs = {hub.name: roads.grid.cell(*hub.cell) for hub in file.hubs}
    sites = sorted(file.sites, key=lambda site: (-site.foreign_staff, site.name))
    towns = {town.name: roads.grid.cell(*town.cell) for town in file.towns}
    cells = [roads.grid.cell(*site.cell) for site in sites]
    targets: dict[int, float] = {}
    for site, cell in zip(sites, cells, strict=True):
        middles = (_middle(file, roads, *ends) for ends in ((cell, hubs[site.hub]), (hubs[site.hub], cell)))
        for target, share in ((cell, 1.0), (towns[site.town], 1.0), *((middle, 0.5) for middle in middles)):
            targets[target] = targets.get(target, 0.0) + share * site.foreign_staff
    return Land(file.name, roads, [*hubs.values(), *towns.values(), *cells], targets)


def _middle(file: WorldFile, roads: RoadNetwork, start: int, end: int) -> int:
    habitual = roads.routes(start, end, file.routes.count, file.routes.penalty)[0]
    return int(habitual[len(habitual) // 2])

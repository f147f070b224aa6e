"""What rows are called: names from the world file, in the order of the World's rows."""

from __future__ import annotations

from collections.abc import Iterator

from sim.agents import escorts, insiders
from sim.rng import identity
from sim.scenario.build import CREWS_CAPACITY
from sim.scenario.posts import key_of
from sim.scenario.schema import Scenario
from sim.state import World
from sim.world.grid import Grid

NAMED = ("jurisdictions", "sites", "towns", "detectors", "slots", "posts", "targets")

Names = dict[str, list[str]]


def row_names(scenario: Scenario, world: World) -> Names:
    """Names of the rows of each array whose rows have names, convoys by their line and teams by their force.

    Parameters
    ----------
    scenario : Scenario
        As it was built into `world`.
    """
    by_id = {identity(key): name for key, name in (*_named(scenario), *_placed(scenario, world))}
    names = {array: [by_id[number] for number in getattr(world, array)["id"].tolist()] for array in NAMED}
    names["convoys"] = [by_id[number] for number in world.lines["id"].tolist()]
    forces = [
        f"{names['jurisdictions'][j]}, {escorts.FORCES[kind]}"
        for j, kind in zip(world.forces["jurisdiction"].tolist(), world.forces["kind"].tolist(), strict=True)
    ]
    first = world.forces["first_team"].tolist()
    names["teams"] = [f"{forces[f]} {t - first[f] + 1}" for t, f in enumerate(world.teams["force"].tolist())]
    return names


def _named(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What ids are made from (see `sim.scenario.build`), and what to call it."""
    file = scenario.world_file
    for kind, places in (("jurisdiction", file.jurisdictions), ("site", file.sites), ("checkpoint", file.checkpoints)):
        yield from ((f"{kind}/{place.name}", place.name) for place in places)
    for site in file.sites:
        yield from ((f"line/{site.name}/{way}", f"{site.name}, {way}") for way in ("out", "in"))
        yield from ((f"post/{site.name}/{post}", f"{site.name}, {post}") for post in insiders.POSTS)
    sites = sorted(file.sites, key=lambda site: (-site.foreign_staff, site.name))
    around = [*(hub.name for hub in file.hubs), *(town.name for town in file.towns), *(site.name for site in sites)]
    yield from ((f"cameras/{k}/{name}", f"cameras of {name}") for k, name in enumerate(around))
    yield from ((f"watchtowers/{site.name}", f"watchtowers of {site.name}") for site in file.sites)
    yield from ((f"drone/{k}", f"drone crew {k + 1}") for k in range(CREWS_CAPACITY))
    for town in file.towns:
        yield from ((f"{kind}/{town.name}", town.name) for kind in ("town", "outing", "private"))
    for group in file.groups:
        count = range(scenario.threat.cells_per_group)
        yield from ((f"attacker/{group.name}/{k}", f"{group.name} {k + 1}") for k in count)


def _placed(scenario: Scenario, world: World) -> Iterator[tuple[str, str]]:
    """The same of checkpoints that a placement has put on their cells."""
    grid = Grid(**scenario.world_file.grid.model_dump())
    nodes = world.detectors["node"][: int(world.setting["first_cameras"][0])]
    yield from ((key_of(grid, cell), "post {}-{}".format(*grid.xy(cell))) for cell in world.nodes["cell"][nodes])

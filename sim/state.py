"""World: all arrays of a run. What stands still is shared between runs, the rest is copied row by row.

Made from the record tables of the rooms. Params, the numbers of one policy and threat, is one record whose fields
come from the scenario schema (sim/scenario/build.py); rules read `params.<field>` and nothing here depends on it.
"""

from typing import NamedTuple

import numpy as np

from sim.agenda import CLOCK, ENTRY
from sim.agents.convoys import CONVOY, LINE
from sim.agents.detectors import DETECTOR
from sim.agents.escorts import FORCE, TEAM
from sim.agents.insiders import INSIDER, POST
from sim.agents.plots import SLOT
from sim.agents.targets import GROUP, PROSPECT, STANCE
from sim.institutions.budget import DELIVERED
from sim.institutions.calendar import CALENDAR
from sim.kernel import kernel
from sim.outcome import EVENT, OUTCOME
from sim.world.sites import CROSSING, JURISDICTION, NODE, REACH, ROUTE, SETTING, SITE, TARGET, TOWN


class World(NamedTuple):
    """All arrays; shapes in rows. Fields before `clock` stand still during a run."""

    setting: np.ndarray  # SETTING (1,)
    nodes: np.ndarray  # NODE
    reach: np.ndarray  # REACH (sources, nodes): from each base, then each hideout
    path: np.ndarray  # i8: the routes' nodes, end to end
    routes: np.ndarray  # ROUTE
    crossings: np.ndarray  # CROSSING
    lines: np.ndarray  # LINE
    lanes: np.ndarray  # i8 (2, lanes): stream and index of the draws that every movement makes at once
    targets: np.ndarray  # TARGET
    groups: np.ndarray  # GROUP
    appeal: np.ndarray  # f8 (groups, targets): share of a target within its class, 0 outside the group's regions
    clock: np.ndarray  # CLOCK (1,)
    agenda: np.ndarray  # ENTRY (capacity,)
    ticks: np.ndarray  # i8 (a power of 2,): first entry of each tick to come, 1 more than its row; 0 where none
    marks: np.ndarray  # i8: a bit a tick, 32 a word, set where there is an entry
    calendar: np.ndarray  # CALENDAR, one a kind
    delivered: np.ndarray  # DELIVERED (1,)
    jurisdictions: np.ndarray  # JURISDICTION
    odds: np.ndarray  # f8 (items,): factor of each protocol item on the odds that it is not followed
    chances: np.ndarray  # f8 (jurisdictions, items): chance that an item is followed
    sites: np.ndarray  # SITE
    towns: np.ndarray  # TOWN
    detectors: np.ndarray  # DETECTOR
    forces: np.ndarray  # FORCE
    teams: np.ndarray  # TEAM
    convoys: np.ndarray  # CONVOY, one a line
    queue: np.ndarray  # i8 (lines,): convoys that wait for a team, a heap a jurisdiction
    draws: np.ndarray  # f8 (2, lines, lanes): the pairs of a movement's draws
    posts: np.ndarray  # POST
    insiders: np.ndarray  # INSIDER (capacity,)
    slots: np.ndarray  # SLOT
    stance: np.ndarray  # STANCE (groups, 4)
    prospects: np.ndarray  # PROSPECT (groups, targets)
    outcome: np.ndarray  # OUTCOME (2,): the year in progress; an empty row
    events: np.ndarray  # EVENT (capacity,)
    memory: np.ndarray  # i8: the words of all that moves, of which the arrays from `clock` on are views


MOVING = World._fields[World._fields.index("clock") : -1]
RECORDS = {
    "setting": SETTING,
    "nodes": NODE,
    "reach": REACH,
    "routes": ROUTE,
    "crossings": CROSSING,
    "lines": LINE,
    "targets": TARGET,
    "groups": GROUP,
    "clock": CLOCK,
    "agenda": ENTRY,
    "calendar": CALENDAR,
    "delivered": DELIVERED,
    "jurisdictions": JURISDICTION,
    "sites": SITE,
    "towns": TOWN,
    "detectors": DETECTOR,
    "forces": FORCE,
    "teams": TEAM,
    "convoys": CONVOY,
    "posts": POST,
    "insiders": INSIDER,
    "stance": STANCE,
    "prospects": PROSPECT,
    "slots": SLOT,
    "outcome": OUTCOME,
    "events": EVENT,
}


def assemble(**arrays: np.ndarray) -> World:
    """A World of these arrays; what moves is laid end to end in one block of memory."""
    memory = np.concatenate([arrays[name].reshape(-1).view(np.int64) for name in MOVING])
    return _on_memory(World(**arrays, memory=memory), memory)


def clone(world: World) -> World:
    """A World of its own for a thread: what stands still is shared, the rest copied."""
    return _on_memory(world, world.memory.copy())


def _on_memory(world: World, memory: np.ndarray) -> World:
    views = {}
    first = 0
    for name in MOVING:
        array = getattr(world, name)
        words = array.size * array.dtype.itemsize // memory.itemsize
        views[name] = memory[first : first + words].view(array.dtype).reshape(array.shape)
        first += words
    return world._replace(**views, memory=memory)


@kernel
def copy(to, source):
    """Copy all that moves from one World to another of the same shape."""
    for i in range(len(source.memory)):
        to.memory[i] = source.memory[i]

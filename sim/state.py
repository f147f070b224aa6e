"""World: all arrays of a run, each declared once, in the two tables below.

A line gives an array its name, what its rows are, how many there are, and where they are on the road where they are
anywhere; everything else follows from it: the World itself, its zero rows, its memory, the table in ODD.md, the views
of the Mesa model. What stands still is shared between runs, the rest is copied row by row.

Params, the numbers of one policy and threat, is one record whose fields come from the scenario schema
(sim/scenario/build.py); rules read `params.<field>` and nothing here depends on it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.agenda import AGENDA, ENTRY
from sim.agents import convoys, detectors, insiders
from sim.agents.convoys import CONVOY, FLEET, LINE
from sim.agents.detectors import DETECTOR
from sim.agents.escorts import DUTY, FORCE, TEAM
from sim.agents.expected.gates import APPRAISAL
from sim.agents.expected.outlook import OUTLOOK, PROSPECT
from sim.agents.insiders import INSIDER, POST, STAFFED, STOCK
from sim.agents.items import ITEMS
from sim.agents.queue import PLACE, QUEUE
from sim.agents.threat import slots
from sim.agents.threat.slots import LOOKOUT, SLOT
from sim.agents.threat.targets import GROUP, PULL, STANCE, VANTAGE
from sim.agents.threat.threat_level import LEVEL
from sim.clock import CLOCK
from sim.institutions.budget import DELIVERED
from sim.institutions.calendar import CALENDAR, KINDS
from sim.institutions.campaign import DISPLACED, PROGRAMME
from sim.institutions.community import MOOD, RESIDENTS
from sim.institutions.confidence import CONFIDENCE, STOPPAGE
from sim.institutions.forces import PRESENCE
from sim.institutions.intelligence import INTELLIGENCE
from sim.institutions.protocol import KEEPING
from sim.institutions.screening import CHECKS
from sim.kernel import Entry, kernel
from sim.outcome import CLASS_COUNT, EVENT, LOG, OUTCOME
from sim.record import Record
from sim.world import sites
from sim.world.sites import CROSSING, JURISDICTION, NODE, REACH, ROUTE, SETTING, SITE, TARGET, TOWN

EVENTS_CAPACITY = 1024


class Array(NamedTuple):
    """One array of the World.

    Attributes
    ----------
    name : str
        What rules call it: `world.<name>`.
    of : Record or str
        Its rows, or the type of its plain numbers.
    shape : tuple of int or str
        How many rows: a number, as many as another array has, or a capacity that the builder knows.
    meaning : str
        What a plain number stands for; a record says so itself.
    place : rule, optional
        The road node of a row at a tick, for what has a place.
    """

    name: str
    of: Record | str
    shape: tuple[int | str, ...] = ()
    meaning: str = ""
    place: Callable | None = None

    @property
    def dtype(self) -> np.dtype:
        """Type of an entry."""
        return np.dtype(self.of) if isinstance(self.of, str) else self.of.dtype


STANDING = (
    Array("setting", SETTING),
    Array("nodes", NODE),
    Array("reach", REACH),  # (sources, nodes): from each base, each hideout, then each hideout round checkpoints
    Array("ways", "i8", meaning="(placements,): rows from a hideout's reach to that round a placement's checkpoints"),
    Array("path", "i8", meaning="the routes' nodes, end to end"),
    Array("routes", ROUTE),
    Array("crossings", CROSSING),
    Array("lines", LINE),
    Array("lanes", "i8", meaning="(2, lanes): stream and index of the draws that every movement makes at once"),
    Array("targets", TARGET),
    Array("groups", GROUP),
    Array("vantages", VANTAGE),
    Array("regions", "f8", meaning="(groups, jurisdictions): how much a group looks for targets there"),
    Array(
        "road_km", "f8", meaning="(vantages, targets): road from a hideout to a target, of a line to its nearest cell"
    ),
)
MOVING = (
    Array("clock", CLOCK, (1,)),
    Array("agenda", AGENDA, (1,)),
    Array("entries", ENTRY, ("agenda_capacity",)),
    Array("ticks", "i8", ("ring",), "first entry of each tick to come, 1 more than its row; 0 where none"),
    Array("marks", "i8", ("ring_words",), "one bit per tick, 32 per word, set where there is an entry"),
    Array("calendar", CALENDAR, (len(KINDS),)),
    Array("threat", LEVEL, (1,)),
    Array("odds", "f8", (len(ITEMS),), "factor of each protocol item on the odds that it is not followed"),
    Array("chances", "f8", ("jurisdictions", len(ITEMS)), "chance that an item is followed in a jurisdiction"),
    Array("delivered", DELIVERED, (1,)),
    Array("checks", CHECKS, (1,)),
    Array("programmes", PROGRAMME, (1,)),
    Array("confidence", CONFIDENCE, (1,)),
    Array("protocol", KEEPING, ("jurisdictions",)),
    Array("presence", PRESENCE, ("jurisdictions",)),
    Array("intelligence", INTELLIGENCE, ("jurisdictions",)),
    Array("mood", MOOD, ("jurisdictions",)),
    Array("displaced", DISPLACED, ("jurisdictions",)),
    Array("residents", RESIDENTS, ("towns",)),
    Array("stoppages", STOPPAGE, ("sites",)),
    # No rule writes to these three, but whoever looks at a run as a Mesa model may, for this run alone.
    Array("jurisdictions", JURISDICTION),
    Array("sites", SITE, place=sites.node_of_site),
    Array("towns", TOWN, place=sites.node_of_town),
    Array("forces", FORCE),
    Array("teams", TEAM, place=convoys.node_of_team),
    Array("duty", DUTY, (1,)),
    Array("fleets", FLEET, ("sites",)),
    Array("convoys", CONVOY, ("lines",), place=convoys.node_of),
    Array("queues", QUEUE),
    Array("waiting", PLACE, ("lines",)),
    Array("draws", "f8", (2, "lines", "lanes_at_once"), "the pairs of a movement's draws"),
    Array("detectors", DETECTOR, place=detectors.node_of),
    Array("posts", POST),
    Array("insiders", INSIDER, ("insiders_capacity",), place=insiders.node_of),
    Array("staffed", STAFFED, ("sites",)),
    Array("stock", STOCK, (1,)),
    Array("slots", SLOT, place=slots.node_of),
    Array("lookouts", LOOKOUT, ("lines",)),
    Array("stance", STANCE),
    Array("exposed", "f8", ("targets",), "people exposed at a target"),
    Array(
        "appeal", "f8", ("vantages", "targets"), "weight of a target in its class's pull, 0 outside a group's regions"
    ),
    Array("pulls", PULL, ("groups", CLASS_COUNT + 1)),
    Array("heat", "f8", ("groups",), "rise of a group's opportunities after its incidents, of the usual rate"),
    Array("appraisals", APPRAISAL, ("slots",)),
    Array("outlook", OUTLOOK, ("groups", CLASS_COUNT)),
    Array("prospects", PROSPECT, ("groups", "targets")),
    Array("outcome", OUTCOME, (2,)),  # the year in progress; an empty row
    Array("log", LOG, (1,)),
    Array("events", EVENT, (EVENTS_CAPACITY,)),
)
ARRAYS = (*STANDING, *MOVING)
RECORDS = {array.name: array.of for array in ARRAYS if isinstance(array.of, Record)}
MOVES = frozenset(array.name for array in MOVING)
LOCATED = {array.name: array.place for array in ARRAYS if array.place is not None}


class World(namedtuple("World", [*(array.name for array in ARRAYS), "memory"])):  # type: ignore[misc]
    """The arrays by name; `memory`, i8, holds the words of all that moves, of which these arrays are views."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> np.ndarray: ...


def assemble(given: Mapping[str, np.ndarray], capacities: Mapping[str, int]) -> World:
    """A World of these arrays, and of zero rows where none is given; what moves is laid in one block of memory.

    Parameters
    ----------
    given : mapping
        Arrays by name: all that stand still, and those that move whose first rows aren't all zero.
    capacities : mapping
        Numbers of rows that no other array says.
    """
    known = {**capacities, **{name: len(array) for name, array in given.items()}}
    arrays = {array.name: _zeros(array, known) if array.name not in given else given[array.name] for array in ARRAYS}
    memory = np.concatenate([arrays[array.name].reshape(-1).view(np.int64) for array in MOVING])
    return _on_memory(World(*arrays.values(), memory), memory)  # type: ignore[call-arg]


def _zeros(array: Array, known: Mapping[str, int]) -> np.ndarray:
    return np.zeros([n if isinstance(n, int) else known[n] for n in array.shape], array.dtype)


def clone(world: World) -> World:
    """A World of its own for a thread: what stands still is shared, the rest copied."""
    return _on_memory(world, world.memory.copy())


def _on_memory(world: World, memory: np.ndarray) -> World:
    views = {}
    first = 0
    for moving in MOVING:
        array = getattr(world, moving.name)
        words = array.size * array.dtype.itemsize // memory.itemsize
        views[moving.name] = memory[first : first + words].view(array.dtype).reshape(array.shape)
        first += words
    return world._replace(**views, memory=memory)  # type: ignore[call-arg]


@kernel
def copy(to, source):
    """Copy all that moves from one World to another of the same shape."""
    for i in range(len(source.memory)):
        to.memory[i] = source.memory[i]


def _locator() -> Callable:
    """`locate`, written out from the declarations: a loop for each array whose rows have a place."""
    lines = ["def locate(world, params, tick, cells):", "    at = 0"]
    for name in LOCATED:
        lines += [f"    for row in range(len(world.{name})):"]
        lines += [
            f"        cells[at] = world.nodes[place_of_{name}(world, params[0], row, tick)].cell",
            "        at += 1",
        ]
    names: dict[str, Any] = {"__name__": __name__, **{f"place_of_{name}": place for name, place in LOCATED.items()}}
    exec(compile("\n".join(lines), __file__, "exec"), names)
    return names["locate"]


# Fills `cells` with the grid cell of every row of each array in LOCATED at a tick, array after array. It only looks.
locate = Entry(_locator())

"""Slots: the attackers' cells, each empty, idle, with a plot in some state, or lying low.

Here stand what a slot is and what it is exposed to; what it does stands in `sim.agents.attackers`.
"""

import math

from sim import rng
from sim.agents import insiders
from sim.kernel import kernel
from sim.record import Record
from sim.world.sites import node_toward

EMPTY, IDLE, WATCHING, PREPARING, APPROACHING, WAITING, LYING_LOW = 0, 1, 2, 3, 4, 5, 6
STATES = ("empty", "idle", "watching", "preparing", "approaching", "waiting", "lying low")

# Indices of a plot's marks, drawn whether used or not.
WATCH_DAYS, PREPARE_DAYS, STATION, REMOVED, LOW_DAYS, HELP, WHICH, VEHICLE, AT_END, FOUND = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
WHO_OFFERS, KNOWS = 10, 11
SERVED, OFFERED = 1, 2  # how an insider came to a plot as it began

SLOT = Record(
    "attacker",
    ("id", "i8", "", "from its group's name and its number"),
    ("group", "i8", "row", "group"),
    ("vantage", "i8", "row", "its group at its hideout"),
    ("home", "i8", "row", "hideout, a row of the road distances"),
    ("way", "i8", "row", "its plot's way there, a row of the road distances: straight or round checkpoints"),
    ("jurisdiction", "i8", "row", "jurisdiction of its hideout"),
    ("state", "i8", "code", "empty, idle, watching, preparing, approaching, waiting, lying low"),
    ("number", "i8", "count", "number of the next candidate on the clock of opportunities"),
    ("when", "f8", "day", "when it comes, since the epoch"),
    ("recruit_number", "i8", "count", "number of the next candidate on the clock of recruitment"),
    ("recruit_when", "f8", "day", "when it comes"),
    ("plot", "i8", "count", "number of the plot: its opportunity's"),
    ("target_class", "i8", "code", "convoy, site, outing, private"),
    ("target", "i8", "row", "target"),
    ("insider", "i8", "flag", "an insider serves the plot"),
    ("access", "i8", "code", "his access class, -1 where none"),
    ("begun", "i8", "code", "whether an insider served it when it began: 1 so, 2 by his own offer"),
    ("insider_post", "i8", "row", "his post"),
    ("insider_number", "i8", "count", "his number on its clock"),
    ("due", "f8", "day", "end of the phase or of lying low"),
    ("prepare_days", "f8", "day", "length of the second phase"),
    ("done", "f8", "day", "time up to which the hazard was added up"),
    ("hazard", "f8", "", "hazard gathered in this phase"),
    ("threshold", "f8", "", "hazard at which it is stopped"),
    ("station", "i8", "row", "road node where it means to wait"),
    ("node", "i8", "row", "road node where it waits today"),
    ("since", "i8", "tick", "when the approach began"),
    ("place", "i8", "cell", "cells of the approach behind it"),
    ("halt", "i8", "cell", "cells of the approach at the next checkpoint or the end"),
    ("entry", "i8", "tick", "its entry on the agenda"),
    ("passed", "i8", "count", "staffed checkpoints that missed it on the approach"),
    ("tries", "i8", "count", "tries left"),
    ("day", "i8", "day", "day of the last try"),
    ("from_tick", "i8", "tick", "begin of today's window"),
    ("to_tick", "i8", "tick", "end of it"),
)


LOOKOUT = Record(
    "lookout for a line",
    ("teams", "i8", "team", "attacker teams that wait for this line's convoys"),
)


@kernel
def in_plot(state):
    """Whether a state belongs to a plot in progress."""
    return WATCHING <= state <= WAITING


@kernel
def in_preparation(state):
    """Whether a plot is watched or prepared, and can be interdicted."""
    return WATCHING <= state <= PREPARING


@kernel
def count_plots(world):
    """Plots in progress."""
    count = 0
    for s in range(len(world.slots)):
        count += int(in_plot(world.slots[s].state))
    return count


@kernel
def count_of_group(world, group):
    """Cells that a group can have."""
    count = 0
    for s in range(len(world.slots)):
        count += int(world.slots[s].group == group)
    return count


@kernel
def interdiction(world, params, home, jurisdiction):
    """Hazard of a plot against a target in a jurisdiction; a trail gets lost at the border of another one's."""
    hazard = world.intelligence[jurisdiction].interdiction
    if home != jurisdiction:
        hazard *= 1.0 - params.state_coordination_gap * (1.0 - params.state_coordination_cell)
    return hazard


@kernel
def interdiction_with(world, params, slot, target_row, access):
    """The same of a slot's plot that an insider of this access serves (-1: none): who hears of it betrays it."""
    hazard = interdiction(world, params, slot.jurisdiction, world.targets[target_row].jurisdiction)
    if access >= 0 and insiders.BETRAYS[access] == 1:
        hazard *= 1.0 - params.insider_betrayal
    return hazard


@kernel
def own_interdiction(world, params, slot):
    """Hazard of a slot's plot as it stands."""
    return interdiction_with(world, params, slot, slot.target, slot.access)


@kernel
def mean_watch(params, access):
    """Mean time of watching: less where an insider serves the plot."""
    return params.threat_watch_mean * (params.insider_watch_left if access >= 0 else 1.0)


@kernel
def with_presence(world, params, jurisdiction):
    """Factor on what the state does of which a share needs its presence in a jurisdiction, today's = 1."""
    return 1.0 + params.layers_presence_needed * (world.presence[jurisdiction].state - 1.0)


@kernel
def lost_by_attack(world, params, jurisdiction):
    """Chance that a cell is lost by its attack in a jurisdiction."""
    return min(1.0, params.threat_removed_if_engaged * with_presence(world, params, jurisdiction))


@kernel
def keenness(world, params, jurisdiction):
    """Recruitment for cells that hide in a jurisdiction, at reference grievance = 1: exp(b (G - Gref))."""
    grievance = world.mood[jurisdiction].grievance
    return math.exp(params.community_recruit_exponent * (grievance - params.community_Gref))


@kernel
def way_of(world, params, seed, slot):
    """The way that a team takes as things are: round the policy's checkpoints if it knows them, staffed or not."""
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, KNOWS) < params.threat_posts_known:
        return slot.home + world.ways[params.checkpoints_placement]
    return slot.home


@kernel
def node_of(world, params, slot_row, tick):
    """Road node of an attacker team: where it waits, on its approach, else its hideout."""
    slot = world.slots[slot_row]
    if slot.state == WAITING:
        return slot.node
    distance = world.reach[slot.way, slot.node].distance
    if slot.state == APPROACHING:
        return node_toward(world, slot.way, slot.node, distance - min(distance, max(0, tick - slot.since)))
    return node_toward(world, slot.way, slot.node, distance)

"""A plot: the attacker slot that carries it, its states, and how it ends.

Every plot ends as foiled, given up or an incident; its slot then lies low, is lost, or is idle again.
"""

from sim import outcome, rng
from sim.agenda import TICKS_A_DAY
from sim.kernel import kernel
from sim.outcome import CONVOY
from sim.record import Record

EMPTY, IDLE, WATCHING, PREPARING, APPROACHING, WAITING, LYING_LOW = 0, 1, 2, 3, 4, 5, 6
STATES = ("empty", "idle", "watching", "preparing", "approaching", "waiting", "lying low")

# Indices of a plot's marks, drawn whether used or not.
WATCH_DAYS, PREPARE_DAYS, STATION, REMOVED, LOW_DAYS, HELP, WHICH, VEHICLE, AT_END = 0, 1, 2, 3, 4, 5, 6, 7, 8

SLOT = Record(
    "attacker",
    ("id", "i8", "", "from its group's name and its number"),
    ("group", "i8", "row", "group"),
    ("home", "i8", "row", "hideout, a row of the road distances"),
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
    ("worth", "f8", "probability", "worth once in the field, for the control variate"),
)


@kernel
def in_plot(state):
    """Whether a state belongs to a plot in progress."""
    return WATCHING <= state <= WAITING


@kernel
def count_plots(world):
    """Plots in progress."""
    count = 0
    for s in range(len(world.slots)):
        count += int(in_plot(world.slots[s].state))
    return count


@kernel
def interdiction(world, params, home, jurisdiction):
    """Hazard of a plot against a target in a jurisdiction; a trail gets lost at the border of another one's."""
    hazard = world.jurisdictions[jurisdiction].interdiction
    if home != jurisdiction:
        hazard *= 1.0 - params.state_coordination_gap * (1.0 - params.state_coordination_cell)
    return hazard


@kernel
def watch_out(world, s, change):
    """Keep count of the teams that wait for a line, so that convoys nobody waits for cost nothing."""
    slot = world.slots[s]
    if slot.target_class == CONVOY:
        world.convoys[world.targets[slot.target].place].waited_for += change


@kernel
def learn(world, params, s, success):
    """Perceived success of the class moves toward what the group saw, once an outcome."""
    slot = world.slots[s]
    if params.threat_learning != 0:
        seen = world.stance[slot.group, slot.target_class].perceived
        world.stance[slot.group, slot.target_class].perceived = seen + params.threat_eta * (success - seen)


@kernel
def foil(world, params, seed, time, s, stage):
    """A plot is stopped before execution."""
    outcome.log(world, int(time * TICKS_A_DAY), stage, s)
    learn(world, params, s, 0.0)
    end(world, params, seed, time, s, params.threat_removed_if_foiled)


@kernel
def end(world, params, seed, time, s, removed):
    """The slot is lost, or lies low."""
    slot = world.slots[s]
    if slot.state == WAITING:
        watch_out(world, s, -1)
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, REMOVED) < removed:
        slot.state = EMPTY
        return
    slot.state = LYING_LOW
    days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, LOW_DAYS)
    slot.due = time + days * params.threat_lie_low_mean

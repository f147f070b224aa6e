"""A plot: the attacker slot that carries it, its states, and how it ends.

Every plot ends as foiled, given up or an incident; its slot then lies low, is lost, or is idle again.
"""

import math

from sim import outcome, rng
from sim.agenda import TICKS_A_DAY
from sim.kernel import kernel
from sim.outcome import CLASS_COUNT, CONVOY
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
    ("lethality", "f8", "person", "foreign deaths expected of its incident, for the same"),
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
    low = params.threat_lie_low_mean
    empty = params.threat_recruit_interval / keenness(world, params, slot.jurisdiction)
    mean = removed * empty + (1.0 - removed) * low
    if rng.uniform(seed, rng.PLOT, slot.id, slot.plot, REMOVED) < removed:
        slot.state = EMPTY
        book_idle(world, params, slot, time, mean, mean - empty)
        return
    slot.state = LYING_LOW
    days = rng.exponential(seed, rng.PLOT, slot.id, slot.plot, LOW_DAYS) * low
    slot.due = time + days
    book_idle(world, params, slot, time, mean, mean - days)


@kernel
def book_idle(world, params, slot, time, mean, days):
    """Gate of a cell's time: it will be idle so many days more than was expected, within `mean` days or so."""
    days *= share_counted(world, params, world.jurisdictions[slot.jurisdiction].interdiction, time + 0.5 * mean)
    for c in range(CLASS_COUNT):
        gate_of_class(world, slot.group, c, days * world.stance[slot.group, c].flow)


@kernel
def gate(world, slot, gain):
    """Book a gate of a plot: what was drawn less the mean, in incidents; its deaths go along."""
    outcome.gate(world, slot.target_class, gain)
    outcome.gate_of_deaths(world, slot.target_class, gain * slot.lethality)


@kernel
def gate_in_field(world, slot, gain):
    """Book a gate of a team in the field; before t = 0 its strike would not count, so nothing hangs on it."""
    if world.clock[0].day >= world.clock[0].policy_day:
        gate(world, slot, gain)


@kernel
def gate_of_class(world, group, c, gain):
    """Book a gate on all plots of a class that a group has or will have."""
    outcome.gate(world, c, gain)
    outcome.gate_of_deaths(world, c, gain * world.stance[group, c].lethality)


@kernel
def keenness(world, params, jurisdiction):
    """Recruitment for cells that hide in a jurisdiction, at reference grievance = 1: exp(b (G - Gref))."""
    grievance = world.jurisdictions[jurisdiction].grievance
    return math.exp(params.community_recruit_exponent * (grievance - params.community_Gref))


@kernel
def in_time(params, hazard, days):
    """P(both phases of preparation end within so many days | no interdiction): the sum of two exponential times."""
    if days <= 0.0:
        return 0.0
    first = 1.0 / params.threat_watch_mean + hazard
    second = 1.0 / params.threat_prepare_mean + hazard
    if abs(first - second) < 1e-6:
        return 1.0 - (1.0 + first * days) * math.exp(-first * days)
    return 1.0 - (second * math.exp(-first * days) - first * math.exp(-second * days)) / (second - first)


@kernel
def share_counted(world, params, hazard, time):
    """P(a plot begun at a time strikes from t = 0 to the horizon | no interdiction); days in the field left out."""
    clock = world.clock[0]
    before = in_time(params, hazard, clock.policy_day - time)
    return in_time(params, hazard, clock.horizon_day - time) - before


@kernel
def counts(world, time):
    """1 where a strike at a time counts: between t = 0 and the horizon."""
    return 1.0 if world.clock[0].policy_day <= time < world.clock[0].horizon_day else 0.0

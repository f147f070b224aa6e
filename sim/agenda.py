"""What happens next: a binary heap of (tick, kind, agent), so that idle time costs nothing.

A day has 720 ticks of 2 minutes. Ticks count from the epoch, 10 years before the policy starts at t = 0, so that
another warm-up or horizon moves no clock. At equal ticks the smaller kind comes first, then the smaller agent row.
An entry that is out of date (a convoy that left earlier, a team that was caught) is skipped by the rule it calls.
"""

from sim.kernel import kernel
from sim.record import Record

TICKS_A_DAY = 720
TICKS_AN_HOUR = 30
DAYS_A_YEAR = 365
EPOCH_DAYS = 3650
NEVER = 1 << 60

# Kinds, in the order in which they happen within a tick.
TEAM_HOME = 0
CONVOY_CALLS = 1
CONVOY_GIVES_UP = 2
CONVOY_LEAVES = 3
CONVOY_LOSES_ESCORT = 4
PLOT_MOVES = 5
PLOT_STRIKES = 6
CONVOY_ARRIVES = 7  # after a strike: a team may wait at the end of the way

_AGENT_BITS = 24
_KIND_BITS = 4
_TICK_SHIFT = _AGENT_BITS + _KIND_BITS

CLOCK = Record(
    "clock",
    ("tick", "i8", "tick", "now, since the epoch"),
    ("day", "i8", "day", "the day that was last begun, since the epoch"),
    ("pending", "i8", "count", "entries on the agenda"),
    ("overflow", "i8", "count", "entries that found the agenda full: an error"),
    ("logged", "i8", "count", "rows of the event log in use"),
    ("busy_teams", "i8", "team", "escort teams in use"),
    ("policy_day", "i8", "day", "day on which the scenario's policy starts"),
    ("horizon_day", "i8", "day", "day on which the run ends, as its scenario has it"),
    ("delivery_day", "i8", "day", "day on which what it pays for is delivered"),
    ("month", "i8", "month", "month whose threat level holds, since the epoch"),
    ("level", "f8", "log", "threat level of the world: AR(1), the same for all policies"),
    ("former_level", "f8", "log", "that of the month before, until its change has been booked"),
)


@kernel(inline=True)
def push(world, tick, kind, agent):
    """Put (tick, kind, agent) on the agenda."""
    clock = world.clock[0]
    heap = world.agenda
    hole = clock.pending
    if hole >= len(heap):
        clock.overflow += 1
        return
    clock.pending += 1
    key = (tick << _TICK_SHIFT) | (kind << _AGENT_BITS) | agent
    while hole > 0:
        above = (hole - 1) >> 1
        if heap[above] <= key:
            break
        heap[hole] = heap[above]
        hole = above
    heap[hole] = key


@kernel(inline=True)
def pop(world):
    """Take the first entry off the agenda: its key."""
    clock = world.clock[0]
    heap = world.agenda
    first = heap[0]
    clock.pending -= 1
    count = clock.pending
    key = heap[count]
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= count:
            break
        if below + 1 < count and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= key:
            break
        heap[hole] = heap[below]
        hole = below
    heap[hole] = key
    return first


@kernel(inline=True)
def next_tick(world):
    """Tick of the first entry, or NEVER."""
    return world.agenda[0] >> _TICK_SHIFT if world.clock[0].pending > 0 else NEVER


@kernel(inline=True)
def kind_of(key):
    """Kind of an entry."""
    return (key >> _AGENT_BITS) & ((1 << _KIND_BITS) - 1)


@kernel(inline=True)
def agent_of(key):
    """Row of the agent of an entry."""
    return key & ((1 << _AGENT_BITS) - 1)

"""What happens next: entries of (tick, kind, agent), so that idle time costs nothing.

A ring of ticks holds the entries of each tick as a chain, in order, and marks the ticks that have any: to put an entry
on or take one off costs the same however many there are. A day has 720 ticks of 2 minutes. Ticks count from the epoch,
10 years before the policy starts at t = 0, so that another warm-up or horizon moves no clock. At equal ticks the
smaller kind comes first, then the smaller agent row. An entry that is out of date (a convoy that left earlier, a team
that was caught) is skipped by the rule it calls.
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

_FIRST_BITS = "0 1 28 2 29 14 24 3 30 22 20 15 25 17 4 8 31 27 13 23 21 19 16 7 26 12 18 6 11 5 10 9"
_BIT_OF = tuple(int(bit) for bit in _FIRST_BITS.split())

ENTRY = Record(
    "entry of the agenda",
    ("key", "i8", "", "tick, kind and agent, one above the other"),
    ("after", "i8", "row", "the next entry of its tick, -1 where none; of a free one, the next free one"),
)

CLOCK = Record(
    "clock",
    ("tick", "i8", "tick", "now, since the epoch"),
    ("day", "i8", "day", "the day that was last begun, since the epoch"),
    ("pending", "i8", "count", "entries on the agenda"),
    ("next", "i8", "tick", "tick of the first of them"),
    ("free", "i8", "row", "the first entry that is free"),
    ("overflow", "i8", "count", "entries that found the agenda full or too short: an error"),
    ("logged", "i8", "count", "rows of the event log in use"),
    ("insiders", "i8", "person", "insiders in post, as last counted"),
    ("insiders_due", "f8", "day", "before it no insider leaves or is checked again; 0: to be counted anew"),
    ("applicants_due", "f8", "day", "when the next would-be insider applies"),
    ("busy_teams", "i8", "team", "escort teams in use"),
    ("policy_day", "i8", "day", "day on which the scenario's policy starts"),
    ("horizon_day", "i8", "day", "day on which the run ends, as its scenario has it"),
    ("delivery_day", "i8", "day", "day on which what it pays for is delivered"),
    ("month", "i8", "month", "month whose threat level holds, since the epoch"),
    ("level", "f8", "log", "threat level of the world: AR(1), the same for all policies"),
    ("former_level", "f8", "log", "that of the month before, until its change has been booked"),
)


@kernel
def begin(world):
    """An empty agenda: all entries are free."""
    clock = world.clock[0]
    clock.pending = 0
    clock.next = NEVER
    clock.free = 0
    for row in range(len(world.agenda)):
        world.agenda[row].after = row + 1


@kernel(inline=True)
def push(world, tick, kind, agent):
    """Put (tick, kind, agent) on the agenda, where it belongs among the entries of its tick."""
    clock = world.clock[0]
    row = clock.free
    if row >= len(world.agenda) or tick - clock.tick >= len(world.ticks):
        clock.overflow += 1
        return
    key = (tick << _TICK_SHIFT) | (kind << _AGENT_BITS) | agent
    entry = world.agenda[row]
    clock.free = entry.after
    clock.pending += 1
    place = tick & (len(world.ticks) - 1)
    before = -1
    after = world.ticks[place] - 1
    while after >= 0 and world.agenda[after].key < key:
        before = after
        after = world.agenda[after].after
    entry.key = key
    entry.after = after
    if before < 0:
        world.ticks[place] = row + 1
    else:
        world.agenda[before].after = row
    world.marks[place >> 5] |= 1 << (place & 31)
    clock.next = min(clock.next, tick)


@kernel(inline=True)
def pop(world):
    """Take the first entry off the agenda: its key."""
    clock = world.clock[0]
    place = clock.next & (len(world.ticks) - 1)
    row = world.ticks[place] - 1
    entry = world.agenda[row]
    after = entry.after
    world.ticks[place] = after + 1
    entry.after = clock.free
    clock.free = row
    clock.pending -= 1
    if after < 0:
        world.marks[place >> 5] &= ~(1 << (place & 31))
        clock.next = _first_from(world, clock.next) if clock.pending > 0 else NEVER
    return entry.key


@kernel(inline=True)
def _first_from(world, tick):
    """The first tick with an entry, at a tick or after it; there is one."""
    place = tick & (len(world.ticks) - 1)
    word = place >> 5
    marks = world.marks[word] >> (place & 31)
    if marks == 0:
        tick += 32 - (place & 31)
        word = (word + 1) & (len(world.marks) - 1)
        while world.marks[word] == 0:
            tick += 32
            word = (word + 1) & (len(world.marks) - 1)
        marks = world.marks[word]
    return tick + lowest_bit(marks)


@kernel(inline=True)
def lowest_bit(word):
    """Number of the lowest of 32 bits that is set, by de Bruijn's sequence."""
    return _BIT_OF[(((word & -word) * 0x077CB531) & 0xFFFFFFFF) >> 27]


@kernel(inline=True)
def next_tick(world):
    """Tick of the first entry, or NEVER."""
    return world.clock[0].next


@kernel(inline=True)
def kind_of(key):
    """Kind of an entry."""
    return (key >> _AGENT_BITS) & ((1 << _KIND_BITS) - 1)


@kernel(inline=True)
def agent_of(key):
    """Row of the agent of an entry."""
    return key & ((1 << _AGENT_BITS) - 1)

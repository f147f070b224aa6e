"""What happens next: entries of (tick, kind, agent), so that idle time costs nothing.

A ring of ticks holds the entries of each tick as a chain, in order, and marks the ticks that have any: to put an entry
on or take one off costs the same however many there are. At equal ticks the smaller kind comes first, then the smaller
agent row. An entry that is out of date (a convoy that left earlier, a team that was caught) is skipped by the rule it
calls.
"""

from sim.clock import NEVER
from sim.kernel import kernel
from sim.record import Record

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

AGENDA = Record(
    "agenda",
    ("pending", "i8", "count", "entries on it"),
    ("next", "i8", "tick", "tick of the first of them"),
    ("free", "i8", "row", "the first entry that is free"),
    ("overflow", "i8", "count", "entries that found it full or too short: an error"),
)


@kernel
def begin(world):
    """An empty agenda: all entries are free."""
    agenda = world.agenda[0]
    agenda.pending = 0
    agenda.next = NEVER
    agenda.free = 0
    for row in range(len(world.entries)):
        world.entries[row].after = row + 1


@kernel(inline=True)
def push(world, tick, kind, agent):
    """Put (tick, kind, agent) on the agenda, where it belongs among the entries of its tick."""
    agenda = world.agenda[0]
    row = agenda.free
    if row >= len(world.entries) or tick - world.clock[0].tick >= len(world.ticks):
        agenda.overflow += 1
        return
    key = (tick << _TICK_SHIFT) | (kind << _AGENT_BITS) | agent
    entry = world.entries[row]
    agenda.free = entry.after
    agenda.pending += 1
    place = tick & (len(world.ticks) - 1)
    before = -1
    after = world.ticks[place] - 1
    while after >= 0 and world.entries[after].key < key:
        before = after
        after = world.entries[after].after
    entry.key = key
    entry.after = after
    if before < 0:
        world.ticks[place] = row + 1
    else:
        world.entries[before].after = row
    world.marks[place >> 5] |= 1 << (place & 31)
    agenda.next = min(agenda.next, tick)


@kernel(inline=True)
def pop(world):
    """Take the first entry off the agenda: its key."""
    agenda = world.agenda[0]
    place = agenda.next & (len(world.ticks) - 1)
    row = world.ticks[place] - 1
    entry = world.entries[row]
    after = entry.after
    world.ticks[place] = after + 1
    entry.after = agenda.free
    agenda.free = row
    agenda.pending -= 1
    if after < 0:
        world.marks[place >> 5] &= ~(1 << (place & 31))
        agenda.next = _first_from(world, agenda.next) if agenda.pending > 0 else NEVER
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
    return world.agenda[0].next


@kernel(inline=True)
def kind_of(key):
    """Kind of an entry."""
    return (key >> _AGENT_BITS) & ((1 << _KIND_BITS) - 1)


@kernel(inline=True)
def agent_of(key):
    """Row of the agent of an entry."""
    return key & ((1 << _AGENT_BITS) - 1)

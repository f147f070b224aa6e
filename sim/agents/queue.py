"""Convoys that wait for an escort team: a heap for each jurisdiction, the smallest priority first.

The heaps lie end to end in `world.waiting`, each with room for all lines of its jurisdiction; a convoy's place in its
heap stands in its own row.
"""

from sim.kernel import kernel
from sim.record import Record

QUEUE = Record(
    "queue of a jurisdiction",
    ("first", "i8", "row", "where its heap begins in `waiting`"),
    ("length", "i8", "count", "convoys that wait for an escort"),
)

PLACE = Record(
    "place in a queue",
    ("convoy", "i8", "row", "the convoy at this place of the heaps"),
    ("turn", "i8", "count", "where in its heap this row's own convoy is"),
)


@kernel
def first(world, j):
    """The convoy of a jurisdiction whose turn it is; somebody waits."""
    return world.waiting[world.queues[j].first].convoy


@kernel
def join(world, j, i):
    """One more convoy waits."""
    queue = world.queues[j]
    queue.length += 1
    _rise(world, queue.first, queue.length - 1, i)


@kernel
def leave(world, j, i):
    """A convoy waits no longer: the last of the heap takes its place, and sinks or rises from there."""
    queue = world.queues[j]
    queue.length -= 1
    count = queue.length
    root = queue.first
    last = _at(world, root, count)
    if last == i:
        return
    place = world.waiting[i].turn
    below = 2 * place + 1
    while below < count:
        if below + 1 < count and _before(
            world, world.waiting[root + below + 1].convoy, world.waiting[root + below].convoy
        ):
            below += 1
        if _before(world, last, world.waiting[root + below].convoy):
            break
        _put(world, root, place, world.waiting[root + below].convoy)
        place = below
        below = 2 * place + 1
    _rise(world, root, place, last)


@kernel
def _rise(world, root, place, i):
    while place > 0:
        above = _at(world, root, (place - 1) // 2)
        if _before(world, above, i):
            break
        _put(world, root, place, above)
        place = (place - 1) // 2
    _put(world, root, place, i)


@kernel(inline=True)
def _at(world, root, place):
    """The convoy at a place of a heap."""
    return world.waiting[root + place].convoy


@kernel
def _put(world, root, place, i):
    world.waiting[root + place].convoy = i
    world.waiting[i].turn = place


@kernel
def _before(world, i, other):
    """Whether a convoy's turn comes before another one's; of equal ones the smaller row's."""
    a = world.convoys[i].priority
    b = world.convoys[other].priority
    return a < b or (a == b and i < other)

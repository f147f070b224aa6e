"""Convoys that wait for an escort team: a heap for each jurisdiction, the smallest priority first.

The heaps lie end to end in `world.queue`, each with room for all lines of its jurisdiction; a convoy knows its place.
"""

from sim.kernel import kernel


@kernel
def first(world, j):
    """The convoy of a jurisdiction whose turn it is; somebody waits."""
    return world.queue[world.jurisdictions[j].first_waiting]


@kernel
def join(world, j, i):
    """One more convoy waits."""
    jurisdiction = world.jurisdictions[j]
    jurisdiction.waiting += 1
    _rise(world, jurisdiction.first_waiting, jurisdiction.waiting - 1, i)


@kernel
def leave(world, j, i):
    """A convoy waits no longer: the last of the heap takes its place, and sinks or rises from there."""
    jurisdiction = world.jurisdictions[j]
    jurisdiction.waiting -= 1
    count = jurisdiction.waiting
    root = jurisdiction.first_waiting
    last = world.queue[root + count]
    if last == i:
        return
    place = world.convoys[i].turn
    below = 2 * place + 1
    while below < count:
        if below + 1 < count and _before(world, world.queue[root + below + 1], world.queue[root + below]):
            below += 1
        if _before(world, last, world.queue[root + below]):
            break
        _put(world, root, place, world.queue[root + below])
        place = below
        below = 2 * place + 1
    _rise(world, root, place, last)


@kernel
def _rise(world, root, place, i):
    while place > 0:
        above = world.queue[root + (place - 1) // 2]
        if _before(world, above, i):
            break
        _put(world, root, place, above)
        place = (place - 1) // 2
    _put(world, root, place, i)


@kernel
def _put(world, root, place, i):
    world.queue[root + place] = i
    world.convoys[i].turn = place


@kernel
def _before(world, i, other):
    """Whether a convoy's turn comes before another one's; of equal ones the smaller row's."""
    a = world.convoys[i].priority
    b = world.convoys[other].priority
    return a < b or (a == b and i < other)

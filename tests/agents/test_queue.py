"""Convoys that wait for a team: whose turn it is, whoever joins or leaves in between."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.agents import queue
from sim.agents.convoys import CONVOY

LINES = 20
# A line and its priority; few priorities, so that some are equal. Who waits already leaves; None: the first is served.
STEPS = st.lists(st.none() | st.tuples(st.integers(0, LINES - 1), st.sampled_from([0.1, 0.2, 0.5, 0.9])), max_size=80)


class Waiting(NamedTuple):
    """The part of a World that the queue needs."""

    queues: np.ndarray
    convoys: np.ndarray
    waiting: np.ndarray


@pytest.fixture(scope="module")
def rules(compiled):
    first, join, leave = queue.first, queue.join, queue.leave
    return (
        compiled(lambda world, j: first(world, j)),
        compiled(lambda world, j, i: join(world, j, i)),
        compiled(lambda world, j, i: leave(world, j, i)),
    )


@given(STEPS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_smallest_priority_is_first_then_the_smallest_row(rules, steps):
    first, join, leave = rules
    world = Waiting(queue.QUEUE.rows(2), CONVOY.rows(2 * LINES), queue.PLACE.rows(2 * LINES))
    world.queues["first"] = [0, LINES]
    waiting = set()
    for step in steps:
        if step is None and waiting:
            i = min(waiting)[1]
            waiting.remove(min(waiting))
            leave(world, 1, i)
        elif step is not None and any(i == LINES + step[0] for _, i in waiting):
            waiting = {(priority, i) for priority, i in waiting if i != LINES + step[0]}
            leave(world, 1, LINES + step[0])
        elif step is not None:
            world.convoys["priority"][LINES + step[0]] = step[1]
            waiting.add((step[1], LINES + step[0]))
            join(world, 1, LINES + step[0])
        assert world.queues["length"].tolist() == [0, len(waiting)]
        assert not waiting or first(world, 1) == min(waiting)[1]

"""The agenda: what comes first, and what happens when it is full."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import agenda
from sim.clock import CLOCK, NEVER, TICKS_A_DAY

CAPACITY = 12
KINDS = (
    agenda.TEAM_HOME,
    agenda.CONVOY_CALLS,
    agenda.CONVOY_GIVES_UP,
    agenda.CONVOY_LEAVES,
    agenda.CONVOY_LOSES_ESCORT,
    agenda.PLOT_MOVES,
    agenda.PLOT_STRIKES,
    agenda.CONVOY_ARRIVES,
)
LAST_TICK = 40 * 365 * TICKS_A_DAY  # warm-up and horizon at their longest
LAST_AGENT = 2**24 - 1
RING = 1 << 10  # how far ahead an entry may lie
# Ticks from now, kind, agent.
ENTRIES = st.tuples(st.integers(0, RING - 1), st.sampled_from(KINDS), st.integers(0, LAST_AGENT))
CLOSE = st.tuples(st.integers(0, 2), st.sampled_from(KINDS), st.integers(0, 2))  # many at equal ticks
BEGINNINGS = st.integers(0, LAST_TICK)
STEPS = st.lists(st.none() | ENTRIES | CLOSE, max_size=60)  # None: take one off


class Calendar(NamedTuple):
    """The part of a World that the agenda needs."""

    clock: np.ndarray
    agenda: np.ndarray
    entries: np.ndarray
    ticks: np.ndarray
    marks: np.ndarray


@pytest.fixture(scope="module")
def rules(compiled):
    """push, pop and next_tick as the engine runs them."""
    push, pop, next_tick = agenda.push, agenda.pop, agenda.next_tick
    return (
        compiled(lambda world, tick, kind, agent: push(world, tick, kind, agent)),
        compiled(lambda world: pop(world)),
        compiled(lambda world: next_tick(world)),
    )


@pytest.fixture
def calendar():
    return empty()


def empty(capacity=CAPACITY, now=0):
    marks = np.zeros(RING // 32, dtype=np.int64)
    head, entries = agenda.AGENDA.rows(1), agenda.ENTRY.rows(capacity)
    calendar = Calendar(CLOCK.rows(1), head, entries, np.zeros(RING, dtype=np.int64), marks)
    agenda.begin(calendar)
    calendar.clock["tick"] = now
    return calendar


def parts(key):
    return int(key) >> 28, int(agenda.kind_of(int(key))), int(agenda.agent_of(int(key)))


@given(STEPS, BEGINNINGS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_first_entry_is_the_smallest_of_tick_kind_and_agent(rules, steps, now):
    push, pop, next_tick = rules
    calendar, waiting = empty(60, now), []
    for entry in steps:
        if entry is not None:
            waiting.append((now + entry[0], *entry[1:]))
            push(calendar, *waiting[-1])
        elif waiting:
            waiting.sort()
            now = waiting[0][0]
            assert parts(pop(calendar)) == waiting.pop(0)
            calendar.clock["tick"] = now
        assert calendar.agenda[0].pending == len(waiting)
        assert next_tick(calendar) == (min(waiting)[0] if waiting else NEVER)
    assert calendar.agenda[0].overflow == 0


@given(st.lists(ENTRIES | CLOSE, max_size=60), BEGINNINGS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_all_entries_come_off_in_order(rules, entries, now):
    push, pop, _ = rules
    calendar = empty(60, now)
    entries = [(now + ahead, kind, agent) for ahead, kind, agent in entries]
    for entry in entries:
        push(calendar, *entry)
    assert [parts(pop(calendar)) for _ in entries] == sorted(entries)


@given(st.lists(ENTRIES, max_size=3 * CAPACITY))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_what_finds_the_agenda_full_is_counted_and_leaves_the_rest_as_it_was(rules, entries):
    push, pop, _ = rules
    calendar = empty()
    for entry in entries:
        push(calendar, *entry)
    assert calendar.agenda[0].overflow == max(0, len(entries) - CAPACITY)
    kept = entries[:CAPACITY]
    assert [parts(pop(calendar)) for _ in kept] == sorted(kept)


@pytest.mark.parametrize("ahead", [RING, RING + 1, 5 * RING])
def test_what_lies_too_far_ahead_is_counted_and_leaves_the_rest_as_it_was(rules, ahead):
    push, pop, next_tick = rules
    calendar = empty(now=700)
    push(calendar, 700 + RING - 1, agenda.TEAM_HOME, 1)
    push(calendar, 700 + ahead, agenda.TEAM_HOME, 2)
    assert (calendar.agenda[0].overflow, calendar.agenda[0].pending) == (1, 1)
    assert parts(pop(calendar)) == (700 + RING - 1, agenda.TEAM_HOME, 1)
    assert next_tick(calendar) == NEVER


def test_the_lowest_bit_is_found_in_any_word():
    words = [1 << k for k in range(32)] + [(1 << 32) - (1 << k) for k in range(32)]
    assert [agenda.lowest_bit(word) for word in words] == [*range(32), *range(32)]


def test_at_equal_ticks_teams_come_home_then_convoys_leave_then_plots_strike_then_convoys_arrive(rules, calendar):
    push, pop, _ = rules
    for kind in reversed(KINDS):
        push(calendar, 5, kind, 0)
    assert [parts(pop(calendar))[1] for _ in KINDS] == list(KINDS) == sorted(KINDS)


def test_an_empty_agenda_has_no_next_tick(rules, calendar):
    _, _, next_tick = rules
    assert next_tick(calendar) == NEVER > LAST_TICK


def test_an_entry_fits_into_a_signed_64_bit_key(rules, calendar):
    push, pop, _ = rules
    calendar.clock["tick"] = LAST_TICK
    push(calendar, LAST_TICK, max(KINDS), LAST_AGENT)
    key = pop(calendar)
    assert 0 < key < 2**63
    assert parts(key) == (LAST_TICK, max(KINDS), LAST_AGENT)

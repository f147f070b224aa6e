"""The World: what moves is copied, what stands still is shared, and another policy changes no array's shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import state, with_values
from sim.scenario.build import build_world, structure
from sim.state import ARRAYS, RECORDS, World, clone
from sim.world.generate import generate

STANDING, MOVING = ([array.name for array in arrays] for arrays in (state.STANDING, state.MOVING))
# A value of every kind that may differ between scenarios of one structure.
OTHER_VALUES = st.fixed_dictionaries(
    {
        "policy.adherence.level": st.floats(0, 1),
        "policy.budget.share": st.floats(0, 5),
        "policy.budget.reading": st.sampled_from(["life", "construction", "yearly"]),
        "policy.screening.sensitivity": st.floats(0, 0.95),
        "policy.closures.per_week": st.floats(0, 14),
        "state.special_police.teams": st.integers(0, 12),
        "exposure.trips_per_week": st.floats(2, 6),
        "exposure.private_nationals": st.floats(0, 17_000),
        "threat.rationality": st.floats(0, 60),
        "threat.plot_interval": st.floats(60, 1500),
        "threat.value.site": st.floats(0, 3),
        "insider.turnover": st.floats(0.1, 1),
        "run.horizon": st.floats(0.01, 30),
    }
)


@pytest.fixture(scope="module")
def blank(baseline):
    return build_world(baseline)


def arrays(world, names):
    return {name: getattr(world, name) for name in names}


def test_what_moves_lies_in_one_block_of_memory_end_to_end(blank):
    moving = arrays(blank, MOVING)
    assert all(np.shares_memory(array, blank.memory) for array in moving.values() if array.size)
    assert b"".join(array.tobytes() for array in moving.values()) == blank.memory.tobytes()


def test_what_stands_still_lies_elsewhere(blank):
    assert not any(np.shares_memory(array, blank.memory) for array in arrays(blank, STANDING).values())


def test_every_array_is_as_it_was_declared(blank):
    assert [*(array.name for array in ARRAYS), "memory"] == list(World._fields)
    for array in ARRAYS:
        built = getattr(blank, array.name)
        assert built.dtype == array.dtype, array.name
        rows = [n if isinstance(n, int) else len(getattr(blank, n, built)) for n in array.shape[:1]]
        assert list(built.shape[:1]) == rows or not rows, array.name


def test_an_array_without_a_record_says_what_its_numbers_are():
    assert not [array.name for array in ARRAYS if array.name not in RECORDS and not array.meaning]


def test_arrays_can_be_written_and_have_no_gaps(blank):
    for name, array in blank._asdict().items():
        assert array.flags.writeable and array.flags.c_contiguous and array.flags.aligned, name


def test_a_clone_shares_what_stands_still(blank):
    copied = clone(blank)
    assert all(getattr(copied, name) is getattr(blank, name) for name in STANDING)


def test_a_clone_has_what_moves_for_itself(blank):
    copied = clone(blank)
    assert copied.memory.tobytes() == blank.memory.tobytes()
    before = blank.memory.tobytes()
    copied.convoys["trip"] = 5
    copied.clock[0].tick = 9
    assert blank.memory.tobytes() == before != copied.memory.tobytes()


def test_a_clones_arrays_are_views_of_its_own_memory(blank):
    copied = clone(blank)
    for name in MOVING:
        array, original = getattr(copied, name), getattr(blank, name)
        assert array.shape == original.shape and array.dtype == original.dtype
        assert not array.size or np.shares_memory(array, copied.memory)


def test_copy_carries_over_all_that_moves(blank, compiled):
    copy = state.copy
    here, there = clone(blank), clone(blank)
    here.memory[:] = np.arange(len(here.memory))
    compiled(lambda to, source: copy(to, source))(there, here)
    assert there.memory.tobytes() == here.memory.tobytes()
    assert there.slots.tobytes() == here.slots.tobytes()


def test_a_run_changes_nothing_that_stands_still(busy, replicate):
    run = replicate(busy)
    before = {name: array.tobytes() for name, array in arrays(run.blank, STANDING).items()}
    blank = run.blank.memory.tobytes()
    run.finish()
    assert {name: array.tobytes() for name, array in arrays(run.world, STANDING).items()} == before
    assert run.blank.memory.tobytes() == blank


@given(OTHER_VALUES)
@settings(max_examples=5, deadline=None, derandomize=True)
def test_scenarios_of_one_structure_share_one_world(baseline, blank, values):
    other = with_values(baseline, values)
    assert structure(other) == structure(baseline)
    built = build_world(other)
    assert all(getattr(built, name).tobytes() == getattr(blank, name).tobytes() for name in World._fields)


@pytest.mark.parametrize(
    "values",
    [
        {"threat.cells_per_group": 7},
        {"exposure.local_per_foreign": 9.0},
        {"insider.prevalence": 0.002},
    ],
    ids=lambda values: next(iter(values)),
)
def test_scenarios_whose_worlds_differ_differ_in_structure(baseline, blank, values):
    other = with_values(baseline, values)
    assert structure(other) != structure(baseline)
    assert build_world(other).memory.tobytes() != blank.memory.tobytes()


def test_worlds_of_other_shapes_have_the_same_types(baseline, blank, in_world):
    import numba

    other = build_world(in_world(with_values(baseline, {"threat.cells_per_group": 0}), generate(3)))
    assert len(other.slots) == 0 and len(other.nodes) != len(blank.nodes)
    assert numba.typeof(other) == numba.typeof(blank)

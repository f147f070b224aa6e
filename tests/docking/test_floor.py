"""The C floor gives the same event counts as the engine for the same seeds, on the core without feedbacks."""

import shutil

import numpy as np
import pytest

from experiments.benchmarks.floor import floor
from sim import load_scenario
from sim.kernel import COMPILED
from tests.conftest import BUSY as BUSY_DAYS
from tests.small import CROSSING, FROZEN, scenario

pytestmark = [
    pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler"),
    pytest.mark.skipif(not COMPILED, reason="the engine takes minutes as plain Python"),
]

# Short plots, many cells and insiders, few vehicles and teams to spare: every rule happens, often at once.
BUSY = {**BUSY_DAYS, "run.warmup": 0.3, "run.horizon": 2.2, "exposure.trips_per_week": 6.0}

RARE = {"foiled_closure", "candidates_capped", "trips_cancelled"}


def test_counts_are_the_engines():
    core = load_scenario(floor.CORE, {"run.horizon": 1.0})
    assert floor.differences(core, 60, root=31) == {}


@pytest.mark.parametrize("world", [None, CROSSING], ids=["corridor", "crossing"])
@pytest.mark.parametrize("level", [0.3, 0.9])
def test_counts_are_the_engines_where_much_happens(level, world):
    busy = scenario({**FROZEN, **BUSY, "policy.adherence.level": level}, world)
    assert floor.differences(busy, 6, root=32) == {}
    counts = floor.Floor(busy).run(floor.seeds_of(32, 6))
    assert {name for name in counts.dtype.names if not counts[name].any()} <= RARE


def test_a_replicate_does_not_depend_on_the_ones_before_it():
    one = floor.Floor(load_scenario(floor.CORE, {"run.horizon": 1.0}))
    seeds = floor.seeds_of(33, 5)
    assert np.array_equal(one.run(seeds)[::-1], one.run(seeds[::-1]))


def test_a_scenario_that_feeds_back_is_refused():
    with pytest.raises(floor.NotCore, match="learning"):
        floor.Floor(load_scenario(floor.CORE, {"threat.learning": True}))
    with pytest.raises(floor.NotCore):
        floor.Floor(load_scenario("baseline"))

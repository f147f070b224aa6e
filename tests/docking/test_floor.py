"""The C floor gives the same event counts as the engine for the same seeds, on the core without feedbacks."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim import load_scenario
from sim.kernel import COMPILED
from tests.small import CROSSING, FROZEN, scenario

FOLDER = Path(__file__).parents[2] / "experiments" / "benchmarks"
SPEC = importlib.util.spec_from_file_location("floor", FOLDER / "floor" / "floor.py")
floor = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(floor)

pytestmark = [
    pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler"),
    pytest.mark.skipif(not COMPILED, reason="the engine takes minutes as plain Python"),
]

# Short plots, many cells and insiders, few vehicles and teams to spare: every rule happens, often at once.
BUSY = {
    "run.warmup": 0.3,
    "run.horizon": 2.2,
    "threat.cells_per_group": 60,
    "threat.opportunity_interval": 60.0,
    "threat.watch_mean": 15.0,
    "threat.prepare_mean": 10.0,
    "threat.lie_low_mean": 20.0,
    "threat.recruit_interval": 60.0,
    "threat.rationality": 0.5,
    "threat.delta0": 0.002,
    "insider.prevalence": 0.005,
    "exposure.trips_per_week": 6.0,
}

RARE = {"foiled_closure", "candidates_capped", "trips_cancelled"}


def test_counts_are_the_engines():
    core = load_scenario(FOLDER / "core.yaml", {"run.horizon": 1.0})
    assert floor.differences(core, 60, root=31) == {}


@pytest.mark.parametrize("world", [None, CROSSING], ids=["corridor", "crossing"])
@pytest.mark.parametrize("level", [0.3, 0.9])
def test_counts_are_the_engines_where_much_happens(level, world):
    busy = scenario({**FROZEN, **BUSY, "policy.adherence.level": level}, world)
    assert floor.differences(busy, 6, root=32) == {}
    counts = floor.Floor(busy).run(floor.seeds_of(32, 6))
    assert {name for name in counts.dtype.names if not counts[name].any()} <= RARE


def test_a_replicate_does_not_depend_on_the_ones_before_it():
    one = floor.Floor(load_scenario(FOLDER / "core.yaml", {"run.horizon": 1.0}))
    seeds = floor.seeds_of(33, 5)
    assert np.array_equal(one.run(seeds)[::-1], one.run(seeds[::-1]))


def test_a_scenario_that_feeds_back_is_refused():
    with pytest.raises(floor.NotCore, match="learning"):
        floor.Floor(load_scenario(FOLDER / "core.yaml", {"threat.learning": True}))
    with pytest.raises(floor.NotCore):
        floor.Floor(load_scenario("baseline"))

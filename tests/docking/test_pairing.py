"""Common random numbers: two policies meet the same world, so their difference has far less noise than each.

(VarA + VarB) / VarDiff is the number of unpaired replicates that one pair is worth. Seeds are fixed; the bounds lie at
a third of what was measured or below.
"""

import pytest

from sim import load_scenario
from sim.analysis.compare import paired
from tests.small import tables

HELD = {"run.horizon": 1.0, "run.warmup": 0.2, "policy.adherence.hold": True}
# Levels of adherence -> bounds on the factors of counts and of expected counts. Measured: 39 and 184; 2.6 and 3.0.
PAIRS = {"close": (0.6, 0.65, 8, 40), "distant": (0.4, 1.0, 1.3, 1.3)}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_of_replicates_is_worth_many(pair):
    low, high, counted, expected = PAIRS[pair]
    points = [load_scenario("baseline", {**HELD, "policy.adherence.level": level}) for level in (low, high)]
    found = paired(*tables(points, 400, seed=31))["incidents_per_year"]
    assert found["counted"]["crn_factor"] > counted
    assert found["expected"]["crn_factor"] > expected

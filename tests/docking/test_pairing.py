"""Common random numbers: two policies meet the same world, so their difference has far less noise than each.

(VarA + VarB) / VarDiff is the number of replicates without pairing that one pair is worth.
"""

import numpy as np
import pytest

from sim import load_scenario, simulate
from sim.analysis.compare import paired
from tests.small import tables

YEAR = {"run.horizon": 1.0, "run.warmup": 0.5}


def factors(a, b):
    found = paired(a, b)["incidents_per_year"]
    return found["counted"]["crn_factor"], found["expected"]["crn_factor"]


def test_pairing_close_policies_is_worth_many_replicates():
    """Adherence held at .60 and .65. Measured: CLOSE_MEASURED."""
    held = {**YEAR, "policy.adherence.hold": True}
    points = [load_scenario("baseline", {**held, "policy.adherence.level": level}) for level in (0.6, 0.65)]
    counted, expected = factors(*tables(points, 600, seed=31))
    assert counted > 4
    assert expected > 4 * counted


def test_pairing_distant_policies_is_worth_some():
    """Adherence held at .4 and 1. Measured: DISTANT_MEASURED."""
    held = {**YEAR, "policy.adherence.hold": True}
    points = [load_scenario("baseline", {**held, "policy.adherence.level": level}) for level in (0.4, 1.0)]
    counted, expected = factors(*tables(points, 600, seed=32))
    assert counted > 1.3
    assert expected > counted


@pytest.mark.parametrize("lever", ["policy.movement.escort_patience", "policy.screening.delay", "exposure.shop"])
def test_a(lever):
    pass

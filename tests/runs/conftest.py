"""What several tests of runs need: design points of several kinds, and their rows."""

import pytest

from sim import simulate, with_values
from tests.runs.made import REPLICATES


@pytest.fixture(scope="session")
def short(baseline):
    return with_values(baseline, {"run.horizon": 1.5, "run.warmup": 0.25})


@pytest.fixture(scope="session")
def points(short, busy):
    """Points of two structures, two warm-ups and two horizons, out of order."""
    return [
        with_values(short, {"policy.adherence.level": 0.9}),
        busy,
        short,
        with_values(short, {"run.warmup": 0.5}),
        with_values(short, {"threat.plot_interval": 100.0}),
        with_values(busy, {"policy.screening.sensitivity": 0.9, "run.start": "steady"}),
        with_values(short, {"run.horizon": 0.5, "policy.budget.share": 3.0}),
    ]


@pytest.fixture(scope="session")
def rows(points):
    return simulate(points, REPLICATES, threads=1)

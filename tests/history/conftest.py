"""What several tests of the public record need."""

import pytest

from sim.history.figures import intervals
from sim.history.record import read_record


@pytest.fixture(scope="module")
def record():
    return read_record()


@pytest.fixture(scope="module")
def recorded(record):
    """Its figures' intervals, by key."""
    return intervals(record)

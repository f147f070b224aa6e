"""What several tests of the public record need."""

import pytest

from sim.analysis.public_record import read_record
from sim.analysis.record_figures import intervals


@pytest.fixture(scope="module")
def record():
    return read_record()


@pytest.fixture(scope="module")
def recorded(record):
    """Its figures' intervals, by key."""
    return intervals(record)

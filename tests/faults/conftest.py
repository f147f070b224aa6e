"""What tests of faults share: a sweep's file, what it gives where nothing happens, and processes that run it."""

import pytest

from sim.sweep.diff import diff
from sim.sweep.sweep import run_sweep
from tests.faults.drivers import REPLICATES, SWEEP, Drivers


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "faulty.yaml"
    path.write_text(SWEEP)
    return path


@pytest.fixture
def drivers(file):
    made = Drivers(file)
    yield made
    made.close()


@pytest.fixture(scope="session")
def uninterrupted(file, tmp_path_factory):
    """Folders of sweeps to which nothing happened, by their replicates."""
    known = {}

    def of(replicates=REPLICATES):
        if replicates not in known:
            known[replicates] = tmp_path_factory.mktemp("whole") / str(replicates)
            run_sweep(file, known[replicates], replicates=replicates)
        return known[replicates]

    return of


@pytest.fixture
def equal(uninterrupted):
    """Check that a folder holds what an uninterrupted sweep does: row for row, nothing twice, failed or half-done."""

    def check(folder, replicates=REPLICATES):
        found = diff(folder, uninterrupted(replicates))
        assert found.same, found
        assert found.failed == (0, 0)
        assert not list(folder.rglob("*.part"))

    return check

"""A Dask cluster on this machine: the same rows, whichever of its processes dies."""

import socket
import sys
from pathlib import Path

import pytest

from tests.faults.drivers import ended, kill, parts, rows_in, until

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
DASK = Path(sys.executable).with_name("dask")


@pytest.fixture
def cluster(drivers):
    """A scheduler and two workers: its address, and the processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, quiet = f"tcp://127.0.0.1:{port}", ("--no-dashboard",)
    scheduler = drivers.begin(DASK, "scheduler", "--host", "127.0.0.1", "--port", port, *quiet)
    until(lambda: answers(port), "Dask's scheduler")
    worker = DASK, "worker", address, "--nthreads", 1, "--no-nanny", *quiet
    return address, scheduler, [drivers.begin(*worker) for _ in range(2)]


def answers(port):
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_worker_that_is_killed_costs_no_row(drivers, equal, cluster, tmp_path):
    address, _, workers = cluster
    driver = drivers.at_work(tmp_path / "cluster", "--cluster", address, rows=300)
    kill(workers[0])
    assert driver.poll() is None
    result = ended(driver)
    assert result.code == 0, result.errors
    equal(tmp_path / "cluster")


def test_without_its_scheduler_the_sweep_ends_in_a_sentence_and_threads_finish_it(drivers, equal, cluster, tmp_path):
    address, scheduler, _ = cluster
    folder = tmp_path / "lost"
    driver = drivers.at_work(folder, "--cluster", address, rows=300)
    kill(scheduler)
    sentence = ended(driver).sentence()
    assert "scheduler" in sentence and str(folder) in sentence
    there = parts(folder)
    assert rows_in(folder) >= 300
    assert drivers.run(folder, "--threads", "2").code == 0
    assert there.items() <= parts(folder).items()
    equal(folder)


def test_a_cluster_of_its_own_gives_the_same_rows(drivers, equal, tmp_path):
    result = drivers.run(tmp_path / "local", "--cluster", "local")
    assert result.code == 0, result.errors
    equal(tmp_path / "local")


def test_an_address_where_nobody_listens_is_wrong_input(drivers, tmp_path):
    drivers.surroundings["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "3s"  # half a minute by default
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))  # it does not listen
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        sentence = drivers.run(tmp_path / "nobody", "--cluster", address).sentence(code=2)
    assert address in sentence and "no scheduler answers" in sentence
    assert not (tmp_path / "nobody").exists()

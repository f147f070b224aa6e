"""Drivers that are killed, told to end, or interrupted: nothing is lost, nothing is there twice."""

import os
import random
import shlex
import signal
import socket
import sys
import time

import pytest

from sim.sweep.store import OpenStore
from tests.faults.drivers import MAIN, REPLICATES, ended, kill, logged, parts, rows_in

pytestmark = pytest.mark.slow
KILLS = 30
# A shell hides Ctrl-C from what it runs in the background, and that is passed on to the driver.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "


def test_thirty_kills_at_any_moment_change_no_row_and_no_part(drivers, equal, tmp_path):
    moments, folder, replicates = random.Random(20), tmp_path / "killed", REPLICATES
    there, progress = {}, [0]
    for number in range(KILLS):
        if progress[-1] > 6 * replicates / 2:
            replicates += REPLICATES  # so that the work never ends before the kills do
        options = "--threads", "1", "--reps", replicates
        if number % 6 == 5:
            process = drivers.start(folder, *options)
            time.sleep(moments.uniform(0.0, 5.0))  # it may not have begun yet
        else:
            process = drivers.at_work(folder, *options)
            time.sleep(moments.uniform(0.0, 3.0))
        kill(process)
        assert there.items() <= parts(folder).items()
        there = parts(folder)
        progress.append(rows_in(folder))
    assert len(set(progress)) > 5, f"hardly a kill fell into the work: {progress}"
    assert drivers.run(folder, "--reps", replicates).code == 0
    assert there.items() <= parts(folder).items()
    equal(folder, replicates)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_keeps_what_is_finished_and_says_the_command_that_goes_on(told, drivers, equal, tmp_path):
    folder = tmp_path / "told to end"
    process = drivers.at_work(folder, "--threads", "1", script=HEEDING + MAIN, rows=200)
    there = parts(folder)
    process.send_signal(told)
    sentence = ended(process).sentence()
    assert there.items() <= parts(folder).items()
    assert "interrupted" in logged(folder).splitlines()[-1]
    assert 200 <= rows_in(folder) < 6 * REPLICATES
    assert "interrupted" in sentence and str(folder) in sentence
    words = shlex.split(sentence.partition("goes on: ")[2])
    assert words[:2] == ["sitesec", "sweep"]
    there = parts(folder)
    assert ended(drivers.sitesec(*words[1:])).code == 0
    assert there.items() <= parts(folder).items()
    equal(folder)


@pytest.mark.parametrize("told", ["SIGTERM", "SIGINT"])
def test_told_to_end_before_the_work_begins_it_says_so_too(told, drivers, tmp_path):
    script = f"import os, sim.sweep.sweep as s; s.compile_engine = lambda _: os.kill(os.getpid(), signal.{told}); "
    sentence = drivers.run(tmp_path / "not begun", script=HEEDING + script + MAIN).sentence()
    assert "interrupted" in sentence and "goes on" in sentence
    assert not (tmp_path / "not begun").exists()


def test_of_two_drivers_the_second_says_who_holds_the_folder_and_the_first_goes_on(drivers, equal, tmp_path):
    folder = tmp_path / "shared"
    first = drivers.at_work(folder, "--threads", "1")
    first.send_signal(signal.SIGSTOP)  # so that it can't be done before the second has asked
    there, log = parts(folder), logged(folder)
    sentence = drivers.run(folder).sentence()
    first.send_signal(signal.SIGCONT)
    assert f"process {first.pid} on {socket.gethostname()}" in sentence
    assert str(folder) in sentence
    assert there.items() <= parts(folder).items()
    assert logged(folder).startswith(log) and logged(folder).count("began:") == 1
    assert ended(first).code == 0
    equal(folder)


# The driver opens its folder, as `run_sweep` does, starts a process by fork, as pools of processes do, and is killed.
ORPHANED = """
import os, signal, sys, time
from pathlib import Path
from sim.sweep.store import OpenStore
opened = OpenStore(Path(sys.argv[1]))
if child := os.fork():
    print(child, file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
os.close(2)
time.sleep(600)
"""


def test_processes_of_a_driver_that_was_killed_don_t_hold_its_folder(drivers, tmp_path):
    orphan = int(ended(drivers.begin(sys.executable, "-c", ORPHANED, tmp_path / "out")).errors.split()[-1])
    try:
        with OpenStore(tmp_path / "out"):
            pass
    finally:
        os.kill(orphan, signal.SIGKILL)

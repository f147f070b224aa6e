"""`sitesec sweep` as processes of their own, to be killed, interrupted and cut off."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
MAIN = "from sim.cli import main; main()"
PATIENCE = 300.0  # seconds for whatever must happen: the machine may be slow and busy
REPLICATES = 500  # of six points: about 8 s of one thread
SWEEP = """
name: faulty
scenario: baseline
set: {run.horizon: 1, run.warmup: 0.2, policy.adherence.hold: true}
replicates: 500
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 0.7, 1.0]}
  screening:
    label: checks
    levels: {none: {policy.screening.sensitivity: 0.0}, today: {}}
"""


class Ended(NamedTuple):
    """How a driver ended."""

    code: int
    errors: str

    def sentence(self, code=1):
        """The one line that says why it ended; there is no traceback."""
        assert self.code == code, self.errors
        assert "Traceback" not in self.errors
        lines = [line for line in self.errors.splitlines() if line.startswith("error: ")]
        assert len(lines) == 1, self.errors
        return lines[0]


class Drivers:
    """Starts processes, and ends what still runs of them when the test is over."""

    def __init__(self, file):
        self.file, self.processes = file, []
        self.surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}

    def begin(self, *command):
        """Start any process, with this tree's package."""
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen([*map(str, command)], cwd=ROOT, env=self.surroundings, **pipes)
        self.processes.append(process)
        return process

    def start(self, folder, *options, script=MAIN):
        """Start `sitesec sweep` into a folder; come back at once."""
        return self.sitesec("sweep", self.file, "--out", folder, "--quiet", *options, script=script)

    def sitesec(self, *words, script=MAIN):
        """Start any of its commands."""
        return self.begin(sys.executable, "-c", script, *words)

    def at_work(self, folder, *options, script=MAIN, rows=0):
        """Start it; come back when its log says that it began, and so many rows more than before are there."""
        begun, wanted = logged(folder).count("began:"), rows_in(folder) + rows
        process = self.start(folder, *options, script=script)

        def worked():
            return logged(folder).count("began:") > begun and rows_in(folder) >= wanted

        until(lambda: worked() or process.poll() is not None, "a driver to begin")
        assert process.poll() is None, f"it ended before its time: {ended(process)}"
        return process

    def run(self, folder, *options, script=MAIN):
        """Run it to its end."""
        return ended(self.start(folder, *options, script=script))

    def close(self):
        """End what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()


def ended(process):
    """Wait for a driver's end."""
    errors = process.communicate(timeout=2 * PATIENCE)[1]
    return Ended(process.returncode, errors)


def kill(process):
    """Kill a process, which must still be running."""
    assert process.poll() is None, "it was finished before it could be killed: the sweep is too short"
    process.kill()
    assert ended(process).code == -signal.SIGKILL


def until(happened, what):
    """Wait until something has happened."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"waited {PATIENCE:g} s for {what}"
        time.sleep(0.02)


def logged(folder):
    """The store's log so far."""
    path = folder / "log.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def parts(folder):
    """What each part holds, by its path."""
    return {path: path.read_bytes() for path in (folder / "rows").glob("part-*.parquet")}


def rows_in(folder):
    """Number of rows, here of runs too: their horizon is a year."""
    return sum(pq.read_metadata(path).num_rows for path in (folder / "rows").glob("part-*.parquet"))

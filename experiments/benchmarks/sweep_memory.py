"""Peak memory of a sweep of 5,000 and of 200,000 replicates of a day: it should hardly grow with their number.

    python experiments/benchmarks/sweep_memory.py

Each sweep is a process of its own; the figure is its largest resident set.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SWEEP = "name: memory\nset: {run.horizon: 0.00274, run.warmup: 0}\n"
SITESEC = [sys.executable, "-c", "from sim.cli import main; main()"]


def peak_megabytes(replicates: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "memory.yaml")
        file.write_text(SWEEP)
        command = [*SITESEC, "sweep", str(file), "--reps", str(replicates), "--out", f"{folder}/out", "--quiet"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, status
        return usage.ru_maxrss / 1024


few, many = peak_megabytes(5_000), peak_megabytes(200_000)
print(f"peak memory: {few:.0f} MB for 5,000 replicates, {many:.0f} MB for 200,000: {many / few:.2f} times (goal 1.2)")

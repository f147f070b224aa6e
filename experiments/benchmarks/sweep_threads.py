"""How much faster two threads run a sweep than one does, on idle cores.

    python experiments/benchmarks/sweep_threads.py

Rounds of one and two threads take turns, so that a machine that slows down slows both; the figure is the median ratio.
"""

import statistics
import tempfile
import time
from pathlib import Path

from sim import run_sweep

SWEEP = """
name: threads
set: {run.horizon: 3, policy.adherence.hold: true}
replicates: 200
axes:
  adherence: {label: adherence, key: policy.adherence.level, values: [0.4, 0.6, 0.8, 1.0]}
  budget: {label: budget, key: policy.budget.share, values: [0.5, 1.0, 2.0]}
"""
ROUNDS = 5


def years_a_second(threads: int, file: Path, out: Path) -> float:
    began = time.perf_counter()
    result = run_sweep(file, out, threads=threads)
    return result.years_run / (time.perf_counter() - began)


with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "threads.yaml")
    file.write_text(SWEEP)
    years_a_second(1, file, Path(folder, "warm"))
    paces = [[years_a_second(n, file, Path(folder, f"{n}-{k}")) for n in (1, 2)] for k in range(ROUNDS)]
one, two = (statistics.median(pace) for pace in zip(*paces, strict=True))
ratio = statistics.median(pair[1] / pair[0] for pair in paces)
print(f"simulated years a second: {one:.0f} on one thread, {two:.0f} on two: {ratio:.2f} times (goal, idle: 1.8)")

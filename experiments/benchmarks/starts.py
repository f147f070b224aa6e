"""What it costs to begin: compiling, importing, the first word of the command line; and the memory of a run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

from experiments.benchmarks.tables import Figure

IMPORT_ALL = "import sim.cli, sim.view.report.write"
COMPILE = "from sim import load_scenario; from sim.runs.worker import compile_engine; compile_engine(load_scenario('baseline'))"
SITESEC = (sys.executable, "-c", "from sim.cli import main; main()")


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[float, float]:
    """Seconds and peak megabytes of a process."""
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(list(command), env={**os.environ, **(environment or {})}, **quiet)  # type: ignore[call-overload]
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)}: status {status}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def starts(rounds: int) -> list[Figure]:
    """Compile time once, the others warm and several times."""
    python = (sys.executable, "-c")
    _run((*python, COMPILE))
    warm = [_run((*python, COMPILE))[0] for _ in range(rounds)]
    with tempfile.TemporaryDirectory() as folder:
        cold, memory = _run((*python, COMPILE), {"XDG_CACHE_HOME": folder})
    run = (*SITESEC, "run", "baseline", "--reps", "200", "--quiet")
    return [
        Figure("compiling, once a version", [cold], "s", note="imports included"),
        Figure("loading what was compiled", warm, "s", note="imports included"),
        Figure("import sim", [_run((*python, "import sim"))[0] for _ in range(rounds)], "s"),
        Figure("import all of it", [_run((*python, IMPORT_ALL))[0] for _ in range(rounds)], "s"),
        Figure("`sitesec schedule`", [_run((*SITESEC, "schedule"))[0] for _ in range(rounds)], "s"),
        Figure("`sitesec check baseline`", [_run((*SITESEC, "check", "baseline"))[0] for _ in range(rounds)], "s"),
        Figure("peak memory of `sitesec run --reps 200`", [_run(run)[1] for _ in range(rounds)], "MB"),
        Figure("peak memory of compiling", [memory], "MB"),
    ]

"""How long it takes to begin: CPU of whole commands against goals; and what compiling costs.

    python -m experiments.benchmarks.starts

All is warm and byte-compiled, as `make setup` leaves it, the engine is compiled, and the sweep has nothing left to run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from experiments.benchmarks import tables
from experiments.benchmarks.tables import Figure

ROUNDS = 5
SWEEP = "scenarios/sweeps/adherence-vetting-budget.yaml"
SITESEC = "from sim.cli import main; main()"
PAGE = "import sim.view.page.app"
COMPILE = (
    "from sim import load_scenario; from sim.runs.worker import compile_engine; "
    "compile_engine(load_scenario('baseline'))"
)
BUILD = """
import json, time
from sim import load_scenario, with_values
from sim.scenario.build import build_world
from sim.scenario.worldfile import WorldFile
from sim.world.generate import generate
scenario = with_values(load_scenario("baseline"), {})
world = WorldFile.model_validate(generate(1, 1200, 160, 120))
scenario = scenario.attach(world, scenario.warmup.attach(world, None))
cpu, wall = time.process_time(), time.perf_counter()
build_world(scenario)
print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall]))
"""
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\w+)")


@dataclass(frozen=True)
class Taken:
    """Seconds of CPU, user and system, and by the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Start:
    """What begins, the round that took the least CPU, the CPU that it may take, and where it goes if that is more."""

    name: str
    best: Taken
    goal: float
    verdict: str

    @property
    def row(self) -> list[str]:
        """Its line of the table."""
        return [self.name, f"{self.best.cpu:.2f}", f"{self.best.wall:.2f}", f"{self.goal:g}", self.verdict]


def judged(name: str, best: Taken, goal: float, cause: Callable[[], str]) -> Start:
    """A start against its goal; the cause of a miss is looked for at once, while all is as it was measured."""
    return Start(name, best, goal, "met" if best.cpu <= goal else f"missed: {cause()}")


def command(name: str, goal: float, *words: str) -> Start:
    """A command from its beginning to its end."""
    once = [sys.executable, "-c", SITESEC, *words]
    best = _least([_run(once)[0] for _ in range(1 + ROUNDS)])
    return judged(f"`{name}`", best, goal, lambda: _imports(SITESEC, *words))


def watching() -> list[Start]:
    """`watch`: to its first line, and until its page is ready."""
    rounds = [_watched() for _ in range(1 + ROUNDS)]
    first, ready = (_least(taken) for taken in zip(*rounds, strict=True))
    return [
        judged("`watch`, first line", first, 0.5, lambda: _imports(PAGE)),
        judged("`watch`, page ready", ready, 6.0, lambda: _imports(PAGE)),
    ]


def building() -> Start:
    """A generated world, its description left out."""
    rounds = [_output([sys.executable, "-c", BUILD]) for _ in range(ROUNDS)]
    best = _least([Taken(*json.loads(text)) for text in rounds])
    return judged("a world of 1,200 sites", best, 3.0, lambda: "routes")


def starts() -> list[Start]:
    """All of them."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            command("--help", 0.3, "--help"),
            command("check baseline", 1.0, "check", "baseline"),
            command("levers", 1.0, "levers"),
            command("schedule", 1.0, "schedule"),
            command("record", 1.0, "record"),
            command("run baseline --reps 20", 2.5, "run", "baseline", "--reps", "20", "--quiet"),
            command("sweep, nothing to do", 2.0, "sweep", SWEEP, "--out", f"{folder}/sweep", "--quiet"),
            *watching(),
            building(),
        ]


def report() -> None:
    """Measure, write the table and its CSV."""
    rows = [start.row for start in starts()]
    header = ("start", "CPU, s", "wall, s", "goal, CPU s", "")
    about = f"Best of {ROUNDS} rounds, warm: CPU (user and system) of the whole process.\n\n{tables.machine()}"
    tables.write("starts", f"# Starts\n\n{tables.markdown(header, rows)}\n\n{about}", header, rows)


def compiling(rounds: int) -> list[Figure]:
    """Compile time once, the others warm and several times."""
    python, run = [sys.executable, "-c"], ["run", "baseline", "--reps", "200", "--quiet"]
    warm = [_run([*python, COMPILE])[0].wall for _ in range(1 + rounds)][1:]
    with tempfile.TemporaryDirectory() as folder:
        cold, memory = _run([*python, COMPILE], {"XDG_CACHE_HOME": folder})
    return [
        Figure("compiling, once a version", [cold.wall], "s", note="imports included"),
        Figure("loading what was compiled", warm, "s", note="imports included"),
        Figure(
            "peak memory of `sitesec run --reps 200`", [_run([*python, SITESEC, *run])[1] for _ in range(rounds)], "MB"
        ),
        Figure("peak memory of compiling", [memory], "MB"),
    ]


def _least(taken: Sequence[Taken]) -> Taken:
    return min(taken, key=lambda each: each.cpu)


def _run(words: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[Taken, float]:
    """What a process took, and its peak memory in MB."""
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(list(words), env={**os.environ, **(environment or {})}, **quiet)  # type: ignore[call-overload]
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(words)}: status {status}")
    return Taken(usage.ru_utime + usage.ru_stime, time.perf_counter() - began), usage.ru_maxrss / 1024


def _output(words: Sequence[str]) -> str:
    return subprocess.run(list(words), check=True, capture_output=True, text=True).stdout


def _watched() -> tuple[Taken, Taken]:
    """`watch` at its first line, and when its page is ready."""
    began, environment = time.perf_counter(), {**os.environ, "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-c", SITESEC, "watch", "--port", "0"]
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            first = Taken(_cpu(process.pid), time.perf_counter() - began)
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", line)):
                if not line:
                    raise RuntimeError("watch: ended before its page was ready")
                line = process.stdout.readline()
            while not _answers(f"{found[0]}/readyz"):
                time.sleep(0.02)
            return first, Taken(_cpu(process.pid), time.perf_counter() - began)
        finally:
            process.terminate()


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has taken so far."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as handle:
        user, system = handle.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


def _imports(script: str, *words: str) -> str:
    """Which packages take the most time to import."""
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", script, *words], capture_output=True, text=True)
    spent: Counter[str] = Counter()
    for microseconds, package in IMPORT.findall(done.stderr):
        spent[package] += int(microseconds)
    most = ", ".join(f"{package} {microseconds * 1e-6:.2f}" for package, microseconds in spent.most_common(4))
    return f"imports {spent.total() * 1e-6:.2f} s: {most}"


if __name__ == "__main__":
    report()

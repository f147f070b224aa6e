"""Time of each entry of the schedule: the engine's own source with a cycle counter around each call.

    python -m experiments.benchmarks.schedule_time [SCENARIO]

The timed engine is made from sim/engine.py as it stands, so it cannot fall behind it; it is compiled anew each time.
"""

from __future__ import annotations

import ast
import collections
import inspect
import sys
import time
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from sim import Scenario, engine, load_scenario
from sim.kernel import OPTIONS
from sim.outcome import OUTCOME
from sim.scenario.build import build_world
from sim.state import World, clone
from sim.sweep.run import plan_chunks

TimedWorld = collections.namedtuple("TimedWorld", (*World._fields, "cycles", "calls"))
FIRST_OF_TICK = 64  # rows of the counters: the day's calls, then the tick's


@intrinsic
def cycles(typing: Any) -> Any:
    """The processor's cycle counter."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.call(
            builder.module.declare_intrinsic("llvm.readcyclecounter", (), ir.FunctionType(ir.IntType(64), ())), []
        )

    return numba.types.int64(), emit


class Timed(ast.NodeTransformer):
    """Wrap each statement of `day` and each branch of `tick`, and name what they call."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}

    def visit_FunctionDef(self, function: ast.FunctionDef) -> ast.FunctionDef:
        """Wrap the calls of the two kernels of the schedule."""
        if function.name == "day":
            function.body = self._wrap_each(function.body, 0)
        elif function.name == "tick":
            before, branches = function.body[:-1], function.body[-1]
            self._wrap_branches(branches, FIRST_OF_TICK)
            function.body = [*before, branches]
        return function

    def _wrap_branches(self, branch: Any, row: int) -> None:
        branch.body = self._wrap(branch.body, row)
        if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
            self._wrap_branches(branch.orelse[0], row + 1)
        else:
            branch.orelse = self._wrap(branch.orelse, row + 1)

    def _wrap_each(self, body: list[ast.stmt], first: int) -> list[ast.stmt]:
        calls = [statement for statement in body if isinstance(getattr(statement, "value", None), ast.Call)]
        return [wrapped for k, call in enumerate(calls) for wrapped in self._wrap([call], first + k)]

    def _wrap(self, body: list[ast.stmt], row: int) -> list[ast.stmt]:
        first = next(node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call))
        self.names[row] = ast.unparse(first.func)
        begin = ast.parse("began = cycles()").body
        end = ast.parse(f"world.cycles[{row}] += cycles() - began; world.calls[{row}] += 1").body
        return [*begin, *body, *end]


def timed_engine() -> tuple[Any, dict[int, str]]:
    """The engine with counters, and the name of each counter's call."""
    tree = ast.parse(inspect.getsource(engine))
    tree.body = [node for node in tree.body if "Entry" not in ast.unparse(node) or isinstance(node, ast.ImportFrom)]
    timed = Timed()
    source = ast.fix_missing_locations(timed.visit(tree))
    rooms: dict[str, Any] = {"cycles": cycles, "__name__": "timed"}
    exec(compile(source, "timed engine", "exec"), rooms)  # noqa: S102
    return numba.njit(**OPTIONS)(rooms["_advance"]), timed.names


def measure(scenario: Scenario, replicates: int = 20) -> list[tuple[str, int, float]]:
    """Calls and microseconds of each entry of the schedule, a simulated year with its share of the warm-up."""
    advance, names = timed_engine()
    chunk = next(plan_chunks([scenario], range(replicates), 1))
    blank = build_world(scenario)
    counters = {"cycles": np.zeros(128, np.int64), "calls": np.zeros(128, np.int64)}
    worlds = [TimedWorld(*clone(blank), **counters) for _ in range(3)]
    rows = OUTCOME.rows(chunk.rows)
    best, took = None, 1e9
    for _ in range(12):  # the first call compiles
        counters["cycles"][:] = counters["calls"][:] = 0
        began = time.perf_counter()
        advance(*worlds, chunk.base, chunk.params, chunk.jobs, rows)
        took = min(took, time.perf_counter() - began)
        if best is None or counters["cycles"].sum() < best["cycles"].sum():
            best = {k: v.copy() for k, v in counters.items()}
    counters = best
    years = len(chunk.jobs) * (scenario.run.horizon + scenario.run.warmup)
    return took / years, names, counters, years


if __name__ == "__main__":
    scenario = load_scenario(sys.argv[1] if len(sys.argv) > 1 else "baseline")
    took, names, counters, years = measure(scenario)
    total = counters["cycles"].sum()
    print(f"{took * 1e3:.3f} ms a simulated year = {1 / took:.0f} y/s; cycles a year {total / years:.0f}")
    for row, name in names.items():
        print(
            f"{name:28} {counters['calls'][row] / years:10.1f} {counters['cycles'][row] / years / 1000:10.1f} kcyc  {counters['cycles'][row] / max(1, counters['calls'][row]):8.0f} cyc/call"
        )

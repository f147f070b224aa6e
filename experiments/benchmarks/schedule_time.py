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

from experiments.benchmarks import tables
from sim import Scenario, engine, load_scenario
from sim.kernel import OPTIONS
from sim.outcome import OUTCOME
from sim.runs.chunks import plan_chunks
from sim.scenario.build import build_world
from sim.state import World, clone

ENTRIES = 128  # room for the counters
FIRST_OF_TICK = 64  # rows of the counters: the day's calls, then the tick's
ROUNDS, REPLICATES = 8, 20
TimedWorld = collections.namedtuple("TimedWorld", (*World._fields, "cycles", "calls"))


@intrinsic
def cycles(typing: Any) -> Any:
    """The processor's cycle counter."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counter = ir.FunctionType(ir.IntType(64), ())
        return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", (), counter), [])

    return numba.types.int64(), emit


class Timed(ast.NodeTransformer):
    """Wrap each call of `day` and each branch of `tick` in counters, and name what it calls."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}

    def visit_FunctionDef(self, function: ast.FunctionDef) -> ast.FunctionDef:
        """Of all functions, only the two kernels of the schedule change."""
        if function.name == "day":
            calls = [part for part in function.body if isinstance(getattr(part, "value", None), ast.Call)]
            function.body = [part for row, call in enumerate(calls) for part in self._wrap([call], row)]
        elif function.name == "tick":
            self._wrap_branches(function.body[-1], FIRST_OF_TICK)
        return function

    def _wrap_branches(self, branch: Any, row: int) -> None:
        branch.body = self._wrap(branch.body, row)
        if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
            self._wrap_branches(branch.orelse[0], row + 1)
        else:
            branch.orelse = self._wrap(branch.orelse, row + 1)

    def _wrap(self, body: list[ast.stmt], row: int) -> list[ast.stmt]:
        first = next(node for part in body for node in ast.walk(part) if isinstance(node, ast.Call))
        self.names[row] = ast.unparse(first.func)
        begin = ast.parse("began = cycles()").body
        end = ast.parse(f"world.cycles[{row}] += cycles() - began; world.calls[{row}] += 1").body
        return [*begin, *body, *end]


def timed_engine() -> tuple[Any, dict[int, str]]:
    """The engine with counters, and the name of each counter's call."""
    tree = ast.parse(inspect.getsource(engine))
    tree.body = [part for part in tree.body if not ast.unparse(part).startswith("advance = Entry(")]
    timed = Timed()
    source = ast.fix_missing_locations(timed.visit(tree))
    names: dict[str, Any] = {"cycles": cycles, "__name__": "timed"}
    exec(compile(source, "timed engine", "exec"), names)
    return numba.njit(**OPTIONS)(names["_advance"]), timed.names


def measure(scenario: Scenario) -> tuple[list[tuple[str, str, float, float]], float]:
    """Of each entry: when, name, calls and microseconds a simulated year; and those of the whole run.

    The counters are those of the quickest of several rounds; each takes about 10 ns a call itself.
    """
    advance, names = timed_engine()
    chunk = next(plan_chunks([scenario], range(REPLICATES), 1))
    counters = {"cycles": np.zeros(ENTRIES, np.int64), "calls": np.zeros(ENTRIES, np.int64)}
    worlds = [TimedWorld(*clone(build_world(scenario)), **counters) for _ in range(3)]
    rows = OUTCOME.rows(chunk.rows)
    years = len(chunk.jobs) * (scenario.run.horizon + scenario.run.warmup)
    best, counted = float("inf"), counters["cycles"]
    for _ in range(ROUNDS):
        counters["cycles"][:] = counters["calls"][:] = 0
        began = time.perf_counter()
        advance(*worlds, chunk.base, chunk.params, chunk.jobs, rows)
        took = time.perf_counter() - began
        if took < best:
            best, counted = took, counters["cycles"].copy()
    pace = _cycles_a_second()
    entries = [
        (
            "tick" if row >= FIRST_OF_TICK else "day",
            name,
            counters["calls"][row] / years,
            1e6 * counted[row] / pace / years,
        )
        for row, name in names.items()
    ]
    return entries, 1e6 * best / years


def _cycles_a_second() -> float:
    count = numba.njit(lambda: cycles())
    first, began = count(), time.perf_counter()
    first, began = count(), time.perf_counter()
    time.sleep(0.2)
    return (count() - first) / (time.perf_counter() - began)


def report(scenario: Scenario) -> None:
    """Measure, print and write the table."""
    entries, whole = measure(scenario)
    header = ("when", "entry", "calls a year", "microseconds a year", "nanoseconds a call", "share")
    rows = [
        (when, name, f"{calls:,.1f}", f"{spent:,.1f}", f"{1e3 * spent / max(calls, 1e-9):,.0f}", f"{spent / whole:.1%}")
        for when, name, calls, spent in entries
    ]
    rest = whole - sum(entry[3] for entry in entries)
    rows.append(("", "agenda, warm-up's start, counters", "", f"{rest:,.1f}", "", f"{rest / whole:.1%}"))
    title = f"Time of each entry of the schedule in `{scenario.name}`, a simulated year\n\n"
    tables.write("schedule", title + tables.markdown(header, rows), header, rows)


if __name__ == "__main__":
    report(load_scenario(sys.argv[1] if len(sys.argv) > 1 else "baseline"))

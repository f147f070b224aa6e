"""Replicates that a comparison needs: counts against expected counts; independent, same-seed and addressed draws.

    python -m experiments.benchmarks.variance

Same-seed draws are what a generator with a state gives: an engine made from the same source, in which every draw takes
the next number, seeded alike for both policies of a pair at the warm-up's start and at t = 0. It is compiled in a
process of its own.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np

from experiments.benchmarks import tables
from experiments.benchmarks.tables import number
from sim import Scenario, load_scenario, replicates, simulate
from sim.runs.totals import of_point

HELD, LEVEL = "policy.adherence.hold", "policy.adherence.level"
RARE = {"threat.plot_interval": 1500.0, HELD: True}
SENSITIVITY = {"run.start": "steady"}
# Kind, what differs, the two policies; a kind's goal is the least number of times fewer replicates.
PAIRS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("close", "adherence .60 to .65", {LEVEL: 0.6, HELD: True}, {LEVEL: 0.65, HELD: True}),
    ("close", "1 % of cost to 1.1 %", {}, {"policy.budget.share": 1.1}),
    ("distant", "adherence .4 to 1", {LEVEL: 0.4, HELD: True}, {LEVEL: 1.0, HELD: True}),
    ("distant", ".25 % of cost to 3 %", {"policy.budget.share": 0.25}, {"policy.budget.share": 3.0}),
    ("rare", "adherence .8 to .9, few opportunities", RARE | {LEVEL: 0.8}, RARE | {LEVEL: 0.9}),
)
GOALS = {"close": 100.0, "distant": 10.0}
OUTCOMES = (("incidents", "incidents", "expected_incidents"), ("deaths", "deaths_foreign", "expected_deaths_foreign"))
HORIZONS, RUNS, SEED = {1.0: 3000, 8.0: 600}, 2000, 11
Z, PRECISION = 1.96, 0.1  # 95 %, of the effect


def pairs() -> list[list[Scenario]]:
    """The two policies of each pair, over a year."""
    return [[load_scenario("baseline", {"run.horizon": 1.0, **ends}) for ends in pair[2:]] for pair in PAIRS]


def spreads(columns: dict[str, np.ndarray]) -> dict[str, list[float]]:
    """Of each outcome: effect of the expected counts, then variances for independent and for paired draws.

    In order: effect; counts independent, counts paired; expected independent, expected paired.
    """
    a, b = of_point(columns, 0), of_point(columns, 1)
    found = {}
    for name, count, expected in OUTCOMES:
        found[name] = [float((b[expected] - a[expected]).mean())]
        for column in (count, expected):
            found[name] += [float(a[column].var() + b[column].var()), float((b[column] - a[column]).var())]
    return found


def stateful_spreads() -> list[dict[str, list[float]]]:
    """The same with a generator that has a state; only to be called in a process where nothing is compiled yet."""
    _give_draws_a_state()
    return [spreads(replicates(simulate(pair, RUNS, SEED))) for pair in pairs()]


def _give_draws_a_state() -> None:
    from sim import engine, rng
    from sim.kernel import Entry, kernel

    def next_pair(seed, stream, agent, time, index):  # type: ignore[no-untyped-def]
        return np.random.random(), np.random.random()

    @kernel
    def set_seed(seed):  # type: ignore[no-untyped-def]
        np.random.seed(int(seed & np.uint64(0x7FFFFFFF)))

    rng._pair = kernel(next_pair, inline=True)
    tree = ast.parse(inspect.getsource(engine))
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name in ("start", "start_policy"):
            part.body.insert(1, ast.parse("set_seed(seed)").body[0])
    names: dict[str, Any] = {"set_seed": set_seed, "__name__": "stateful"}
    exec(compile(ast.fix_missing_locations(tree), __file__, "exec"), engine.__dict__ | names, names)
    engine.advance = Entry(names["_advance"])


def gains() -> list[tuple[str, float, float, float]]:
    """Outcome, horizon, variance of counts over that of expected counts, and z of their difference, in the baseline."""
    found = []
    for horizon, runs in HORIZONS.items():
        columns = replicates(simulate(load_scenario("baseline", {"run.horizon": horizon}), runs, SEED))
        for name, count, expected in OUTCOMES:
            gap = columns[count] - columns[expected]
            z = gap.mean() / gap.std(ddof=1) * np.sqrt(runs)
            found.append((name, horizon, float(columns[count].var() / columns[expected].var()), float(z)))
    return found


def report() -> None:
    """Measure, print and write both tables."""
    command = [sys.executable, "-m", "experiments.benchmarks.variance", "--stateful"]
    with tempfile.TemporaryDirectory() as folder:  # its compiled code is nobody else's
        quiet = {"env": {**os.environ, "XDG_CACHE_HOME": folder}, "capture_output": True, "text": True}
        stateful = json.loads(subprocess.run(command, check=True, **quiet).stdout.splitlines()[-1])
    header = (
        *("pair", "kind", "outcome", "effect a year", "independent", "same seed", "addressed"),
        *("expected, independent", "expected, same seed", "expected, addressed", "times fewer", "goal", ""),
    )
    rows = [
        row
        for pair, ends, seeded in zip(PAIRS, pairs(), stateful, strict=True)
        for row in _rows(pair, spreads(replicates(simulate(ends, RUNS, SEED))), seeded)
    ]
    won = [(name, f"{years:g} y", number(ratio), f"{z:+.2f}") for name, years, ratio, z in gains()]
    text = "\n\n".join(
        (
            f"Replicates of a year for +-{PRECISION:.0%} of the effect at 95 %, by how policies are compared "
            f"({RUNS:,} replicates a policy); times fewer: independent counts over addressed expected counts",
            tables.markdown(header, rows),
            "Variance of counts over that of expected counts in the baseline, and their difference in standard errors",
            tables.markdown(("outcome", "horizon", "ratio", "z"), won),
        )
    )
    tables.write("variance", text, header, rows)


def _rows(pair: tuple, ours: dict[str, list[float]], seeded: dict[str, list[float]]) -> list[tuple]:
    kind, name = pair[:2]
    rows = []
    for outcome, (effect, apart, paired, expected_apart, expected_paired) in ours.items():
        variances = (apart, seeded[outcome][2], paired, expected_apart, seeded[outcome][4], expected_paired)
        needed = [number((Z / PRECISION) ** 2 * variance / effect**2) for variance in variances]
        ratio, goal = apart / expected_paired, GOALS.get(kind) if outcome == "incidents" else None
        verdict = "" if goal is None else "met" if ratio >= goal else "missed"
        goal_text = "" if goal is None else f">= {goal:g}"
        rows.append((name, kind, outcome, f"{effect:+.3f}", *needed, number(ratio), goal_text, verdict))
    return rows


if __name__ == "__main__":
    if sys.argv[1:] == ["--stateful"]:
        print(json.dumps(stateful_spreads()))
    else:
        report()

"""The benchmark: engine, plain-Mesa twin and C floor side by side, what a run and a start cost, replicates needed.

    make bench

Ratios come first: they hold from machine to machine. Each round measures all rivals in turn. Idle cores are needed.
"""

from __future__ import annotations

from experiments.benchmarks import schedule_time, starts, tables, variance
from experiments.benchmarks.paces import draws_a_second, race, side_by_side
from sim import load_scenario

ROUNDS = 5


def main() -> None:
    """Run all of it."""
    figures = [*race(ROUNDS), *side_by_side(ROUNDS), *draws_a_second(ROUNDS), *starts.compiling(3)]
    text = f"{tables.machine()}\n\n{tables.of_figures(figures)}"
    header = ("figure", "median", "lowest", "highest", "unit", "goal", "verdict", "note")
    rows = [(f.name, f.median, min(f.rounds), max(f.rounds), f.unit, f.goal, f.verdict, f.note) for f in figures]
    tables.write("bench", text, header, rows)
    starts.report()
    schedule_time.report(load_scenario("baseline"))
    variance.report()


if __name__ == "__main__":
    main()

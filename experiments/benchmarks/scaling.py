"""How the engine's cost grows, one axis at a time: fitted exponents, a table, and log-log plots.

    python -m experiments.benchmarks.scaling

Cost is CPU time of the compiled call on one thread; building a World is no part of it and has a column of its own.
All points of an axis take turns, so that a machine that slows down slows all; each point's best round is fitted.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from experiments.benchmarks.tables import RESULTS, interleaved, machine, markdown, number, write
from sim import Scenario, engine, load_scenario
from sim.outcome import OUTCOME
from sim.runs.chunks import plan_chunks
from sim.scenario.build import build_world
from sim.scenario.worldfile import WorldFile
from sim.state import clone
from sim.view.colours import COLOURS
from sim.view.pictures import save
from sim.world.generate import generate

FEW_ROUNDS, ROUNDS = 5, 12  # few where a round is long and steady
STEEPEST = 1.05  # goal of an exponent where cost should grow no faster than what grows
FLATTEST = 0.05  # goal where cost should not grow
GRID = (160, 120)  # cells of the generated worlds: room for the most sites that are asked for
GROUPS = 2  # in the corridor
LINES_A_SITE = 2
MOVEMENTS_A_TRIP = 2  # a round trip is two movements
WEEKS_A_YEAR = 365 / 7
ORANGE, BLUE, GREY = COLOURS[3], COLOURS[4], "0.55"


@dataclass(frozen=True)
class Point:
    """A scenario on an axis: `value` is what grows, `replicates` are as many as make a call long enough to time."""

    value: float
    scenario: Scenario
    replicates: int

    @property
    def years(self) -> float:
        """Simulated years of all replicates, warm-up counted."""
        return self.replicates * (self.scenario.run.warmup + self.scenario.run.horizon)


@dataclass(frozen=True)
class Axis:
    """What grows, in the table's words; cost is counted a simulated year, a replicate, or in all."""

    name: str
    label: str
    points: Sequence[Point]
    counted: str = "ms a simulated year"
    rounds: int = ROUNDS
    flat: bool = False
    same_rows: bool = False

    @property
    def values(self) -> list[float]:
        """What grows, point by point."""
        return [point.value for point in self.points]

    def cost(self, point: Point, seconds: float) -> float:
        """Milliseconds of what is counted."""
        shares = {"ms a simulated year": point.years, "ms a replicate": point.replicates, "ms": 1}
        return 1e3 * seconds / shares[self.counted]


@dataclass
class Measured:
    """An axis with the costs of all rounds, point by point, and the seconds that building each World took."""

    axis: Axis
    costs: list[list[float]]
    building: list[float]
    exponents: tuple[Fit, Fit] = field(init=False)

    def __post_init__(self) -> None:
        half = len(self.axis.points) // 2
        self.exponents = self._fit(0), self._fit(half)

    @cached_property
    def best(self) -> list[float]:
        """Cost of the best round of each point: what the machine's other work added least to."""
        return [min(rounds) for rounds in self.costs]

    def _fit(self, first: int) -> Fit:
        """Fit of the best rounds from a point on, and where the middle half of single rounds' exponents lies."""
        single = [_line(self.axis.values[first:], column)[0] for column in zip(*self.costs[first:], strict=True)]
        slope, height = _line(self.axis.values[first:], self.best[first:])
        return Fit(slope, height, first, *(float(q) for q in np.quantile(single, (0.25, 0.75))))

    @property
    def met(self) -> bool:
        """Whether the exponents keep to the goal: over all points, and over the upper half."""
        if self.axis.flat:
            return all(abs(fit.exponent) <= FLATTEST for fit in self.exponents)
        return all(fit.exponent <= STEEPEST for fit in self.exponents)


@dataclass(frozen=True)
class Fit:
    """cost = e^height x value^exponent from the point `first` on; the middle half of single rounds' exponents."""

    exponent: float
    height: float
    first: int
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.exponent:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


def _line(values: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """Slope and height of the least-squares line through the logarithms."""
    slope, height = np.polyfit(np.log(values), np.log(costs), 1)
    return float(slope), float(height)


def corridor(**values: float) -> Scenario:
    """The baseline with other values; two underscores in a name stand for a dot."""
    return load_scenario("baseline", {key.replace("__", "."): value for key, value in values.items()})


def elsewhere(world: dict) -> Scenario:
    """The baseline in another world; in its warm-up too."""
    scenario, file = load_scenario("baseline"), WorldFile.model_validate(world)
    return scenario.attach(file, scenario.warmup.attach(file, None))


def on_larger_grid(factor: int) -> dict:
    """The corridor with empty cells added in the east and the south.

    The last jurisdiction has every cell that no earlier one has, so it can reach as far as the grid does.
    """
    world = load_scenario("baseline").world_file.model_dump()
    width, height = (factor * world["grid"][side] for side in ("width", "height"))
    world["grid"] |= {"width": width, "height": height}
    world["jurisdictions"][-1]["area"] = [[0, 0], [width, 0], [width, height], [0, height]]
    return world


def axes() -> list[Axis]:
    """All axes; what isn't named is the baseline: 12 sites, 8 years after 2 of warm-up."""
    sites = ((12, 8), (36, 4), (120, 2), (360, 1), (1200, 1))
    attackers = ((6, 10), (20, 10), (60, 6), (200, 3), (600, 1), (1200, 1))
    small = load_scenario("baseline").world_file.grid
    return [
        Axis(
            "sites and convoys",
            "convoys (2 a site)",
            [Point(LINES_A_SITE * n, elsewhere(generate(1, n, *GRID)), runs) for n, runs in sites],
            rounds=FEW_ROUNDS,
        ),
        Axis(
            "movements",
            "movements a site and year",
            [
                Point(n * MOVEMENTS_A_TRIP * WEEKS_A_YEAR, corridor(exposure__trips_per_week=n), 10)
                for n in (2, 3, 4, 5, 6)
            ],
        ),
        Axis(
            "attackers",
            "attackers (2 groups)",
            [Point(GROUPS * n, corridor(threat__cells_per_group=n), runs) for n, runs in attackers],
        ),
        Axis(
            "idle grid area",
            "grid cells",
            [Point(small.width * small.height * k * k, elsewhere(on_larger_grid(k)), 10) for k in (1, 2, 3, 4, 6, 8)],
            flat=True,
            same_rows=True,
        ),
        Axis(
            "horizon",
            "simulated years, 2 of warm-up",
            [Point(2 + n, corridor(run__horizon=n), max(4, 32 // n)) for n in (1, 2, 4, 8, 16, 30)],
            counted="ms a replicate",
        ),
        Axis(
            "replicates",
            "replicates",
            [Point(n, corridor(run__horizon=1), n) for n in (10, 30, 100, 300, 1000)],
            counted="ms",
            rounds=FEW_ROUNDS,
        ),
    ]


class Call:
    """The compiled calls of a point, ready to be timed."""

    def __init__(self, point: Point) -> None:
        began = time.perf_counter()
        blank = build_world(point.scenario)
        self.building = time.perf_counter() - began
        self.worlds = [clone(blank) for _ in range(3)]
        self.chunks = list(plan_chunks([point.scenario], range(point.replicates), 1))
        self.rows = [OUTCOME.rows(chunk.rows) for chunk in self.chunks]
        self()  # compiles, and touches all memory
        if any(rows["status"].any() for rows in self.rows):
            raise RuntimeError(f"an array of the engine was full at {point.value}")

    def __call__(self) -> float:
        """Seconds of CPU of this thread."""
        began = time.thread_time()
        for chunk, rows in zip(self.chunks, self.rows, strict=True):
            engine.advance(*self.worlds, chunk.base, chunk.params, chunk.jobs, rows)
        return time.thread_time() - began


def measure(axis: Axis) -> Measured:
    """Time all points of an axis in turn, several rounds."""
    calls = [Call(point) for point in axis.points]
    if axis.same_rows:
        _check_same(calls)
    works: list[Callable[[], float]] = list(calls)
    taken = interleaved(works, axis.rounds)
    costs = [[axis.cost(point, s) for s in rounds] for point, rounds in zip(axis.points, taken, strict=True)]
    return Measured(axis, costs, [call.building for call in calls])


def _check_same(calls: Sequence[Call]) -> None:
    """What is idle must not change a result."""
    first, *others = (np.concatenate(call.rows).tobytes() for call in calls)
    if any(rows != first for rows in others):
        raise RuntimeError("the rows differ from the first point's")


HEADER = ("axis", "from", "to", "counted", "exponent, all points", "upper half", "goal", "", "longest building, s")
CSV_HEADER = (
    "axis",
    "unit",
    "value",
    "replicates",
    "simulated_years",
    "counted",
    "cost_min",
    "cost_median",
    "cost_max",
    "ms_a_simulated_year",
    "building_s",
)


def table_row(measured: Measured) -> list[str]:
    """An axis in the table."""
    axis = measured.axis
    whole, upper = measured.exponents
    goal = f"about 0 (within {FLATTEST})" if axis.flat else f"<= {STEEPEST}"
    ends = [f"{number(round(axis.values[k]))}" for k in (0, -1)]
    verdict = "met" if measured.met else "missed"
    building = f"{max(measured.building):.1f}"
    return [f"{axis.name}: {axis.label}", *ends, axis.counted, str(whole), str(upper), goal, verdict, building]


def csv_rows(measured: Measured) -> list[list[object]]:
    """A line a point."""
    axis = measured.axis
    lines: list[list[object]] = []
    for point, rounds, seconds in zip(axis.points, measured.costs, measured.building, strict=True):
        spread = [f"{f(rounds):.4f}" for f in (min, statistics.median, max)]
        a_year = 1e3 * min(rounds) / axis.cost(point, 1) / point.years
        about = [axis.name, axis.label, round(point.value), point.replicates, round(point.years), axis.counted]
        lines.append([*about, *spread, f"{a_year:.4f}", f"{seconds:.2f}"])
    return lines


def page(all_measured: Sequence[Measured]) -> str:
    """The table and what it says."""
    return f"""# How the cost of a run grows

{markdown(HEADER, [table_row(measured) for measured in all_measured])}

An exponent of 1 means that twice as much takes twice as long. Exponents are slopes of least-squares lines through the
logarithms of each point's best of {FEW_ROUNDS} to {ROUNDS} rounds; in brackets, the middle half of single rounds'. The
upper half of an axis comes nearest to how it goes on. Cost is CPU time of the compiled call on one thread; building a
World is no part of it (last column: the longest of the axis; it is built once, whatever the number of replicates).

- Sites and convoys: generated worlds on one grid of {GRID[0]} x {GRID[1]} cells. A site brings 2 convoy lines, and with
  it grow targets, posts, insiders, spurs of road, and the escort teams and vehicles that its share of the budget pays
  for; towns, checkpoints, attackers and the state's teams stay as they are. So this is the exponent of convoys and that
  of sites.
- Movements: more round trips of the corridor's 24 lines, over the whole range that the schema allows.
- Attackers: more cells in the corridor's 2 groups, each with the same clock, so incidents grow with them.
- Idle grid area: the corridor with empty cells added; the rows are the same to the last byte, which is checked.
- Horizon: whole replicates against their simulated years, 2 years of warm-up counted.
- Replicates: of 1 year after 2 of warm-up, one after the other.

{machine()}"""


def draw(all_measured: Sequence[Measured]) -> None:
    """One figure, a panel an axis."""
    figure, grid = plt.subplots(2, 3, figsize=(11, 6.6), layout="constrained")
    for axes_of_panel, measured in zip(grid.flat, all_measured, strict=True):
        _panel(axes_of_panel, measured)
    note = (
        f"Points: best of {FEW_ROUNDS} to {ROUNDS} rounds; bars: up to the median round. "
        "Dashed: fit over all points; solid: over the upper half. CPU time of the compiled call on one thread."
    )
    save(figure, RESULTS / "scaling.png", note)


def _panel(axes: Axes, measured: Measured) -> None:
    axis, best = measured.axis, np.array(measured.best)
    above = np.array([statistics.median(rounds) for rounds in measured.costs]) - best
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.errorbar(axis.values, best, yerr=[0 * best, above], fmt="o", color=BLUE, markersize=5, capsize=2, zorder=3)
    for fit, style, color in zip(measured.exponents, ("--", "-"), (GREY, ORANGE), strict=True):
        over = np.array(axis.values[fit.first :], dtype=float)
        axes.plot(over, np.exp(fit.height) * over**fit.exponent, style, color=color, linewidth=1.5)
    _frame(axes, axis, best)
    whole, upper = measured.exponents
    axes.set_title(f"{axis.name}: exponent {upper.exponent:.2f} (all: {whole.exponent:.2f})", fontsize=10)


def _frame(axes: Axes, axis: Axis, best: np.ndarray) -> None:
    """Labels, and at least a decade of cost, so that what does not grow looks flat."""
    axes.set_xlabel(axis.label)
    axes.set_ylabel(axis.counted)
    middle = np.sqrt(best.min() * best.max())
    axes.set_ylim(min(best.min() / 1.5, middle / 3.2), max(best.max() * 1.5, middle * 3.2))
    axes.set_xlim(min(axis.values) / 1.3, max(axis.values) * 1.3)
    for side, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        side.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,)))
        side.set_major_formatter(lambda value, _: number(value))
        side.set_minor_formatter(NullFormatter())
    axes.grid(color="0.9", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Measure, write the table, its CSV and the figure."""
    all_measured = [measure(axis) for axis in axes()]
    draw(all_measured)
    write("scaling", page(all_measured), CSV_HEADER, [row for measured in all_measured for row in csv_rows(measured)])


if __name__ == "__main__":
    main()

"""What the benchmarks write: a figure with its spread and its goal, as a table in Markdown and as CSV."""

from __future__ import annotations

import csv
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """The median of several rounds with their lowest and highest; `goal` is a bound, from below or from above."""

    name: str
    rounds: Sequence[float]
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    @property
    def goal(self) -> str:
        if self.at_least is not None:
            return f">= {number(self.at_least)}"
        return "" if self.at_most is None else f"<= {number(self.at_most)}"

    @property
    def verdict(self) -> str:
        if not self.goal:
            return ""
        met = self.median >= self.at_least if self.at_least is not None else self.median <= (self.at_most or 0.0)
        return "met" if met else "missed"


def number(value: float) -> str:
    """Three digits that count, thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; all columns but the first are set to the right."""
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])


def of_figures(figures: Iterable[Figure]) -> str:
    """Figures as a table."""
    header = ("figure", "median", "lowest", "highest", "unit", "goal", "", "")
    rows = [
        (f.name, number(f.median), number(min(f.rounds)), number(max(f.rounds)), f.unit, f.goal, f.verdict, f.note)
        for f in figures
    ]
    return markdown(header, rows)


def write(name: str, text: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a page and its CSV into `results`, and print the page."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text + "\n", encoding="utf-8")
    with open(RESULTS / f"{name}.csv", "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([header, *rows])
    print(text, flush=True)


def machine() -> str:
    """What the figures were taken on, in a line."""
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}"
    return f"{_processor()}, {len(os.sched_getaffinity(0))} cores; {versions}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def interleaved(works: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """Each work's figure in each round; the works take turns, so that a machine that slows down slows all."""
    taken = [[work() for work in works] for _ in range(rounds)]
    return [list(column) for column in zip(*taken, strict=True)]

"""A policy's answer on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.columns import EVERY_COLUMN, under_groups
from sim.analysis.tables import Rows, below_zero, expected_in
from sim.view.console import print_paragraph, print_table
from sim.view.ranges import between, figure

RANGES = ("estimate", "simulation", "assumptions")


def print_run(answer: Rows, said: Mapping[str, str], title: str) -> None:
    """Print headline, main figures, what their ranges are, and what isn't known."""
    print_paragraph(said["headline"])
    print()
    lines = [_line(line) for line in answer]
    if not any(line[RANGES[2]] for line in lines):
        lines = [{name: cell for name, cell in line.items() if name != RANGES[2]} for line in lines]
    print_table(lines, title, RANGES)
    print()
    print_paragraph(said["two_ranges"], 2)
    print_paragraph(said["run"], 2)
    print()
    print_paragraph(said["closing"])
    print_paragraph(below_zero(line["estimate"] for line in answer))


def _line(line: Mapping[str, Any]) -> dict[str, str]:
    cells = (
        figure(line["estimate"]),
        between(line["low"], line["high"]),
        between(line["assumed_low"], line["assumed_high"]),
    )
    return {"a year": line["figure"], **dict(zip(RANGES, cells, strict=True))}


def _with_ends(line: Mapping[str, Any]) -> str:
    estimate = f"{line['estimate']:,.4g}" if isinstance(line["estimate"], float) else f"{line['estimate']:,}"
    return estimate if line["low"] is None else f"{estimate} ({line['low']:.4g} to {line['high']:.4g})"


def print_all(table: Rows, columns: Rows) -> None:
    """Print every figure by its name in files, and every column of the outcome by group."""
    print()
    print_paragraph("Every figure by its name in summary.json and table.csv, with its 95 % interval where it has one")
    print()
    for line in table:
        print_paragraph(f"{line['figure']}: {_with_ends(line)}", 4)
    print()
    print_table(under_groups(columns), EVERY_COLUMN, banner=False)
    print_paragraph(below_zero(expected_in(columns)))

"""A calibration, and two policies under the draws that it kept, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.history.kept_report import closing, headline, number_table, rate_table, weight
from sim.history.own_calibration import Calibration
from sim.view.console import print_paragraph, print_table


def print_calibration(found: Calibration, numbers: pd.DataFrame, folder: Path) -> None:
    """Print headline, rates, numbers, what the public record counts for, and what is not known."""
    print_paragraph(headline(found, numbers))
    print()
    rates = [
        {name: f"{cell:.2f}" if isinstance(cell, float) else cell for name, cell in line.items()}
        for line in rate_table(found)
    ]
    print_table(rates, "Project incidents a year", ("5 %", "middle", "95 %"))
    print_paragraph(weight(found), 2)
    print()
    informed = number_table(numbers)
    if informed:
        print_table(informed, "Numbers that the record informs: 5 to 95 %", ("number", "prior", "kept"), banner=False)
        print()
    print_paragraph(closing(found, numbers))
    print_paragraph(
        f"{folder / 'table.csv'} has the kept draws, {folder / 'numbers.csv'} all numbers, {folder / 'centre.yaml'} is "
        f"the scenario at their centre; `sitesec compare A B --draws {folder}` runs two policies under each draw."
    )


def print_pair(table: Sequence[Mapping[str, Any]], said: Mapping[str, str], title: str) -> None:
    """Print two policies under the kept draws: headline, table, and what it doesn't know."""
    print_paragraph(said["headline"])
    print()
    shown = [
        {
            "a year": line["label"].partition(" per year")[0],
            "A": f"{line['a']:.2f}",
            "B": f"{line['b']:.2f}",
            "B less A": f"{line['difference']:.2f}",
            "95 %": f"{line['low']:.2f} to {line['high']:.2f}",
            "90 % of set": f"{line['range_5']:.2f} to {line['range_95']:.2f}",
            "B fewer": f"{100 * line['share_fewer']:.0f} %",
        }
        for line in table
    ]
    print_table(shown, title, ("A", "B", "B less A", "95 %", "90 % of set", "B fewer"))
    print()
    print_paragraph(said["closing"])

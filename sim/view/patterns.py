"""How a scenario stands to the patterns of the public record, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.tables import Rows, below_zero
from sim.history.beside import reading_table
from sim.terminal import console
from sim.view.console import print_paragraph, print_table

WIDE = 92  # columns of a terminal in which the table has one for the null model


def print_patterns(table: Rows, said: Mapping[str, Any], null: Mapping[str, Any], title: str) -> None:
    """Print headline, patterns, how to read them, the mean field beside, and what isn't known."""
    print_paragraph(said["headline"])
    print()
    dropped = () if console().width >= WIDE else ("P_Poisson",)
    lines = [{key: cell for key, cell in line.items() if key not in dropped} for line in table]
    print_table(lines, title, ("no", "figure", "band", "P", "result"))
    print()
    for note in said["notes"]:
        print_paragraph(note, 2)
    print()
    whole = ("incidents_a_year", "simulation", "mean_field", "ratio")
    print_table(reading_table(null["table"]), "Incidents a year, and the mean field's", whole, banner=False)
    print_paragraph(null["note"], 2)
    print()
    print_paragraph(said["closing"])
    print_paragraph(below_zero(line["simulation"] for line in null["table"]))

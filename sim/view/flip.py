"""What would flip a choice, on a terminal."""

from __future__ import annotations

from sim.decide.flip_report import closing, headline, notes, table
from sim.decide.flips import Flips
from sim.view.console import print_paragraph, print_table


def print_flips(found: Flips) -> None:
    """Print headline, the numbers that were moved, what they are, and what is not known."""
    print_paragraph(headline(found))
    print()
    lines = [
        {
            "number": line["number"],
            "at .01": line["low"],
            "median": line["median"],
            "at .99": line["high"],
            "flips at": line["flips_at"],
            "quantile": line["quantile"],
        }
        for line in table(found)
    ]
    if lines:
        print_table(lines, "Numbers that were moved, the most telling first", ("number",))
        for note in notes(found):
            print_paragraph(note, 3)
        print()
    print_paragraph(closing(found))

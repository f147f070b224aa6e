"""What would flip a choice, on a terminal."""

from __future__ import annotations

from sim.decide.flip_report import closing, headline, notes, table
from sim.decide.flips import Flips
from sim.view.console import print_paragraph, print_table


def print_flips(found: Flips) -> None:
    """Print headline, the numbers that were moved, what they are, and what is not known."""
    print_paragraph(headline(found))
    print()
    lines = table(found)
    columns = {"at .01": "low", "median": "median", "at .99": "high"}
    if any(line["flips_at"] is not None for line in lines):
        columns |= {"flips at": "flips_at", "quantile": "quantile"}
    shown = [{"number": line["number"], **{name: _short(line[key]) for name, key in columns.items()}} for line in lines]
    if lines:
        print_table(shown, "Numbers that were moved, the most telling first", ("number", *columns))
        for note in notes(found):
            print_paragraph(note, 3)
        print()
    print_paragraph(closing(found))


def _short(value: float | None) -> str:
    """A number in three digits; nothing where there is none."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

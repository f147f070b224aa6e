"""The public record on a terminal: its incidents, what their counts support, tallies that conflict, what follows."""

from __future__ import annotations

from sim.history import notes as said
from sim.history import report as its
from sim.history.record import Record
from sim.terminal import console
from sim.view.console import print_paragraph, print_table

WIDE = 104  # columns of a terminal in which the table has one for methods


def print_record(record: Record) -> None:
    """Print it all, in lines no wider than the terminal."""
    title, *years = its.incident_lines(record)
    _paragraphs([title])
    _paragraphs(years, its.WHICH)
    whole = ("value", "95 % interval", "method", "note")
    table = its.reading_table(record, methods=console().width >= WIDE)
    print_table(table, "What these counts support", whole, banner=False)
    print()
    _paragraphs([said.METHODS, *said.reading_notes(record)], 3)
    print_table(its.reading_tallies(record), "What others have counted, and this list in the same months")
    print()
    print_paragraph(said.conclusions(record))


def _paragraphs(lines: list[str], indent: int = 0) -> None:
    for line in lines:
        print_paragraph(line, indent)
    print()

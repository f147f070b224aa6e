"""Records on a terminal: of the public one incidents, figures, tallies and what follows; a project's own count."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.analysis.tables import below_zero
from sim.history import notes as said
from sim.history import report as its
from sim.history.own import Own, own_closing, own_headline, own_table
from sim.history.own_patterns import Held, held_table, reading_table
from sim.history.record import Record
from sim.terminal import console
from sim.view.console import print_paragraph, print_table

LEAST = 0.001  # shown as a number
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


def print_own(record: Own) -> None:
    """Print what a project's own count supports: headline, table, and what it doesn't say."""
    _paragraphs([own_headline(record)])
    table = [
        {"figure": line["figure"], "value": _shown(line["estimate"]), "95 % interval": _ends(line)}
        for line in own_table(record)
    ]
    print_table(table, "What this count supports", ("value", "95 % interval"))
    print()
    print_paragraph(own_closing(record))


def print_held(held: list[Held], summary: Mapping[str, Any], title: str) -> None:
    """Print how a scenario stands to a project's record: headline, table, how to read it, what it doesn't say."""
    _paragraphs([summary["headline"]])
    print_table(reading_table(held_table(held)), title, ("record", "scenario", "chance", "verdict"))
    print()
    _paragraphs(summary["notes"], 2)
    print_paragraph(summary["closing"])
    print_paragraph(below_zero(one.scenario.estimate for one in held))


def _ends(line: Mapping[str, float]) -> str:
    return "" if math.isnan(line["low"]) else f"{_shown(line['low'])} to {_shown(line['high'])}"


def _shown(value: float) -> str:
    """Two figures; how long it takes to see nothing change is no number."""
    if math.isnan(value) or math.isinf(value):
        return "never" if value > 0 else ""
    if 0 < value < LEAST:
        return f"< {LEAST:g}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"

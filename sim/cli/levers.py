"""`sitesec levers`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Json
from sim.terminal import console

LEAST_WIDE = 160  # columns of a terminal in which the table has a column for everything


def levers(
    everything: Annotated[bool, typer.Option("--all", help="Uncertain and fixed values too.")] = False,
    as_json: Json = False,
) -> None:
    """List what a policy can vary: unit, default, bounds, meaning, where its effect shows, imposed signs, source.

    sitesec levers
    """
    from sim.describe.levers import SIGNS, lever_entries, narrow_table, wide_table
    from sim.view.console import print_paragraph, print_table

    entries = lever_entries(everything)

    def show() -> None:
        table = narrow_table(entries) if console().width < LEAST_WIDE else wide_table(entries)
        print_table(table, "values of a scenario", whole=("key", "unit", "default", "nearest outcome", "direction"))
        print_paragraph(SIGNS)

    give({"levers": entries}, show, as_json)

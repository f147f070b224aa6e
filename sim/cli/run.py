"""`sitesec run`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source

All = Annotated[bool, typer.Option("--all", help="Every column of the outcome too, by group.")]


@with_batch(reps=200)
def run(scenario: Source, batch: Batch, everything: All = False) -> None:
    """Run one scenario and print its rates with intervals."""
    checked, folder = batch.scenario(scenario), batch.folder()
    batch.say("loading the engine")
    from sim.analysis.columns import EVERY_COLUMN, column_table, under_groups
    from sim.analysis.summary import summarise
    from sim.analysis.tables import below_zero, expected_in, run_table, what_is_left
    from sim.runs.totals import replicates
    from sim.view.console import print_paragraph, print_table

    runs = replicates(batch.rows([checked]))
    found = summarise(runs)
    table, left = run_table(found), what_is_left(found)
    columns = column_table(runs) if everything else []

    def show() -> None:
        print_table(table, f"{checked.name}: {batch.reps} replicates, seed {batch.seed}", banner=not columns)
        if columns:
            print_table(under_groups(columns), EVERY_COLUMN)
        print_paragraph(left)
        print_paragraph(below_zero([*(line["estimate"] for line in table), *expected_in(columns)]))

    further = {"columns": columns} if everything else {}
    summary = {"scenario": checked.name, "seed": batch.seed, **found, **further, "what_is_left": left}
    give(summary, show, batch.as_json, folder, {"table.csv": table, "columns.csv": columns})

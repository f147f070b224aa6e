"""`sitesec run`."""

from __future__ import annotations

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source


@with_batch(reps=200)
def run(scenario: Source, batch: Batch) -> None:
    """Run one scenario and print its rates with intervals."""
    checked, folder = batch.scenario(scenario), batch.folder()
    batch.say("loading the engine")
    from sim.analysis.summary import summarise
    from sim.analysis.tables import run_table, what_is_left
    from sim.runs.totals import replicates
    from sim.view.console import print_paragraph, print_table

    found = summarise(replicates(batch.rows([checked])))
    table, left = run_table(found), what_is_left(found)

    def show() -> None:
        print_table(table, f"{checked.name}: {batch.reps} replicates, seed {batch.seed}")
        print_paragraph(left)

    summary = {"scenario": checked.name, "seed": batch.seed, **found, "what_is_left": left}
    give(summary, show, batch.as_json, folder, {"table.csv": table})

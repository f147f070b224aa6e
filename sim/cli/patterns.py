"""`sitesec patterns`."""

from __future__ import annotations

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source


@with_batch(reps=400)
def patterns(scenario: Source, batch: Batch) -> None:
    """Hold a scenario against the thirteen patterns of the public record, with null models beside them."""
    checked = batch.scenario(scenario)
    batch.say("loading the engine")
    from sim.analysis.tables import below_zero, with_intervals
    from sim.history.beside import beside, reading_table
    from sim.history.patterns import check_horizon, pattern_table, patterns_of, report
    from sim.history.traces import traces
    from sim.runs.progress import bar
    from sim.view.console import print_paragraph, print_table

    check_horizon(checked)
    folder = batch.folder()
    rows = batch.rows([checked])
    with bar("dates", batch.reps * (checked.run.horizon + checked.run.warmup), batch.quiet) as progress:
        seen = traces(checked, batch.seed, batch.reps, threads=batch.threads, progress=progress)
    found = patterns_of(checked, rows, seen)
    table, said = with_intervals(pattern_table(found)), report(found)
    null = beside(checked, rows)

    def show() -> None:
        years = f"{batch.reps} replicates of 8 years, seed {batch.seed}"
        print_table(table, f"Patterns of the public record in {checked.name}: {years}")
        for note in said["notes"]:
            print_paragraph(note, 2)
        print_table(reading_table(null["table"]), "Incidents a year, and the mean field's", banner=False)
        print_paragraph(null["note"], 2)
        print_paragraph(below_zero(line["simulation"] for line in null["table"]))

    summary = {"scenario": checked.name, "replicates": batch.reps, "seed": batch.seed, **said, "mean_field": null}
    give(summary, show, batch.as_json, folder, {"table.csv": table, "mean_field.csv": null["table"]})

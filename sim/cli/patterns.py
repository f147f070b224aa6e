"""`sitesec patterns`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Incidents, Record, Since, Source, Until, Years
from sim.cli.own import own_of

if TYPE_CHECKING:
    from sim.history.own import Own
    from sim.scenario.schema import Scenario


@with_batch(reps=400)
def patterns(
    scenario: Source,
    batch: Batch,
    record: Record = None,
    incidents: Incidents = None,
    years: Years = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Hold a scenario against the public record's thirteen patterns, with null models; or against a project's own.

    sitesec patterns baseline

    sitesec patterns baseline --record incidents.csv --since 2023-01 --until 2025-12
    """
    own = own_of(record, incidents, years, since, until)
    checked = batch.scenario(scenario)
    batch.say("loading the engine")
    if own is not None:
        _own(own, checked, batch)
        return
    from sim.analysis.tables import with_intervals
    from sim.history.beside import beside
    from sim.history.pattern_words import CLOSING, pattern_headline
    from sim.history.patterns import LEAST, check_horizon, pattern_table, patterns_of, report
    from sim.history.traces import traces
    from sim.runs.progress import bar
    from sim.view.patterns import print_patterns

    check_horizon(checked)
    folder = batch.folder()
    rows = batch.rows([checked])
    with bar("dates", batch.reps * (checked.run.horizon + checked.run.warmup), batch.quiet) as progress:
        seen = traces(checked, batch.seed, batch.reps, threads=batch.threads, progress=progress)
    found = patterns_of(checked, rows, seen)
    words = {"headline": pattern_headline(checked.name, found, LEAST), "closing": CLOSING}
    table, said = with_intervals(pattern_table(found)), {**report(found), **words}
    null = beside(checked, rows)

    def show() -> None:
        years = f"{batch.reps} replicates of 8 years, seed {batch.seed}"
        print_patterns(table, said, null, f"Patterns of the public record in {checked.name}: {years}")

    summary = {"scenario": checked.name, "replicates": batch.reps, "seed": batch.seed, **said, "mean_field": null}
    give(summary, show, batch.as_json, folder, {"table.csv": table, "mean_field.csv": null["table"]})


def _own(own: Own, scenario: Scenario, batch: Batch) -> None:
    """Hold it against a project's own record."""
    from sim.history.own_patterns import held_summary, held_table, own_patterns
    from sim.view.record import print_held
    from sim.words import number_of

    folder = batch.folder()
    held = own_patterns(own, batch.rows([scenario]))
    summary = {"scenario": scenario.name, "replicates": batch.reps, "seed": batch.seed}
    summary |= held_summary(own, scenario, held)
    years = f"{number_of(batch.reps, 'replicate')} of {number_of(scenario.run.horizon, 'year')}, seed {batch.seed}"

    def show() -> None:
        print_held(held, summary, f"{scenario.name} against this record: {years}")

    give(summary, show, batch.as_json, folder, {"table.csv": held_table(held)})

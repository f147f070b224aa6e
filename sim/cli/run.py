"""`sitesec run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source, at_least
from sim.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from sim.scenario.schema import Scenario

All = Annotated[bool, typer.Option("--all", help="Every column of the outcome too, by group.")]
Number = Annotated[int | None, typer.Option("--point", help="Of a sweep's folder in place of a scenario: its point.")]
Replicate = Annotated[int | None, typer.Option("--replicate", help="Only this one, in place of --reps.")]


@with_batch(reps=200)
def run(
    scenario: Source, batch: Batch, everything: All = False, point: Number = None, replicate: Replicate = None
) -> None:
    """Run one scenario, or a design point of a sweep again, and print its rates with intervals."""
    at_least(0, replicate, "--replicate")
    if point is None:
        checked = batch.scenario(scenario)
    else:
        checked, batch = _design_point(scenario, point, batch)
    batch = batch if replicate is None else replace(batch, reps=1)
    folder = batch.folder()
    batch.say("loading the engine")
    from sim.analysis.columns import EVERY_COLUMN, column_table, under_groups
    from sim.analysis.summary import summarise
    from sim.analysis.tables import below_zero, expected_in, run_table, what_is_left
    from sim.runs.totals import replicates
    from sim.view.console import print_paragraph, print_table

    rows = batch.rows([checked], first=replicate or 0)
    runs = replicates(rows)
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
    give(summary, show, batch.as_json, folder, {"table.csv": table, "columns.csv": columns, "rows.csv": _lines(rows)})


def _design_point(folder: str, number: int, batch: Batch) -> tuple[Scenario, Batch]:
    """A point of a sweep, and the batch with the sweep's seed: its replicates are those of the folder."""
    from sim.sweep.result import design_point

    if batch.sets:
        raise InputError("--set: allowed only with a scenario: a design point is as its sweep has it")
    checked, seed = design_point(Path(folder), number)
    if batch.seed not in (1, seed):
        raise InputError(f"--seed: read {batch.seed}, allowed with --point only the sweep's own, {seed}")
    return checked, replace(batch, seed=seed)


def _lines(rows: np.ndarray) -> list[dict[str, Any]]:
    """Outcome rows, one per replicate and year."""
    names = [name for name in rows.dtype.names or () if name != "point"]
    return [dict(zip(names, line, strict=True)) for line in rows[names].tolist()]

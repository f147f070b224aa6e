"""`sitesec run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source, at_least, by_path
from sim.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from sim.history.band import Bands
    from sim.scenario.schema import Scenario

All = Annotated[bool, typer.Option("--all", help="Every figure by its name in files too, and every column by group.")]
Number = Annotated[int | None, typer.Option("--point", help="Of a sweep's folder in place of a scenario: its point.")]
Replicate = Annotated[int | None, typer.Option("--replicate", help="Only this one, in place of --reps.")]


@with_batch(reps=200)
def run(
    scenario: Source, batch: Batch, everything: All = False, point: Number = None, replicate: Replicate = None
) -> None:
    """Say how many incidents a year a policy has: run a scenario, or a design point of a sweep again.

    sitesec run baseline

    sitesec run baseline --set policy.adherence.level=0.9 --out results/kept-to

    sitesec run results/named-policies --point 3 --replicate 12
    """
    at_least(0, replicate, "--replicate")
    if point is None:
        checked = batch.scenario(scenario)
    else:
        checked, batch = _design_point(scenario, point, batch)
    batch = batch if replicate is None else replace(batch, reps=1)
    folder = batch.folder()
    batch.say("loading the engine")
    from sim.analysis.columns import column_table
    from sim.analysis.run_words import answer_table, run_words
    from sim.analysis.summary import summarise
    from sim.analysis.tables import run_table, what_is_left
    from sim.history.band import about_bands
    from sim.runs.totals import replicates
    from sim.view.run import print_all, print_run

    rows = batch.rows([checked], first=replicate or 0)
    runs = replicates(rows)
    found = summarise(runs)
    bands = _bands(scenario, checked, batch, point)
    answer = answer_table(found, bands)
    said = run_words(checked.name, checked.run, found, bands, about_bands(bands, checked.run))
    table, columns = run_table(found), column_table(runs) if everything else []

    def show() -> None:
        print_run(answer, said, _title(checked, batch))
        if columns:
            print_all(table, columns)

    further = {"columns": columns} if everything else {}
    summary = {"scenario": checked.name, "seed": batch.seed, **found, **further, "what_is_left": what_is_left(found)}
    summary |= {"answer": answer, **said}
    tables = {"table.csv": table, "answer.csv": answer, "columns.csv": columns, "rows.csv": _lines(rows)}
    give(summary, show, batch.as_json, folder, tables)


def _title(scenario: Scenario, batch: Batch) -> str:
    """What was run."""
    from sim.analysis.run_words import years_of
    from sim.words import number_of

    return (
        f"{scenario.name}: {number_of(batch.reps, 'replicate')} of {years_of(scenario.run.horizon)}, seed {batch.seed}"
    )


def _bands(source: str, scenario: Scenario, batch: Batch, point: int | None) -> Bands:
    """What the assumptions leave open: by a calibration beside the scenario, else as the package has it."""
    from sim.history.band import band_of, kept_band

    changed = any(not path.startswith("run.") for path in by_path(batch.sets))
    own = {} if changed or point is not None else kept_band(source)
    return own or band_of(scenario)


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

"""`sitesec compare`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source, by_path
from sim.cli.sweep import end_if_failed, run_into
from sim.errors import InputError

REPS_A_DRAW = 8
Draws = Annotated[
    Path | None,
    typer.Option(
        "--draws",
        help=f"Folder of `sitesec calibrate`: under each draw kept there, {REPS_A_DRAW} replicates by default.",
    ),
]


All = Annotated[bool, typer.Option("--all", help="Every column that differs, and what pairing has saved.")]


@with_batch(reps=200)
def compare(
    context: typer.Context, a: Source, b: Source, batch: Batch, draws: Draws = None, everything: All = False
) -> None:
    """Compare two policies on the same random numbers: the differences are B less A.

    sitesec compare baseline full-protocol

    sitesec compare baseline full-protocol --draws kept
    """
    if draws is not None:
        source = context.get_parameter_source("reps")
        asked = source is not None and source.name != "DEFAULT"
        _under_draws(a, b, batch if asked else replace(batch, reps=REPS_A_DRAW), draws)
        return
    pair = [batch.scenario(a), batch.scenario(b)]
    names = dict(zip("ab", _apart([scenario.name for scenario in pair], [a, b]), strict=True))
    batch.say("loading the engine")
    from sim.analysis.compare import check_pair, differing, paired
    from sim.analysis.pair_words import pair_table, pair_words
    from sim.analysis.run_words import years_of
    from sim.analysis.tables import below_zero, columns_table, compare_table, expected_in, how_many_alike
    from sim.history.band import about_difference, band_between
    from sim.runs.totals import of_point, replicates
    from sim.view.console import print_paragraph
    from sim.view.pair import print_differing, print_pair, print_pairing
    from sim.words import number_of

    check_pair(*pair)
    folder = batch.folder()
    table = replicates(batch.rows(pair))
    points = of_point(table, 0), of_point(table, 1)
    found, further = paired(*points), differing(*points)
    bands = band_between(*pair)
    answer = pair_table(found, bands)
    said = pair_words(answer, **names, about=about_difference(bands, a, b))
    differences, columns = compare_table(found), columns_table(further)

    def show() -> None:
        how = f"{number_of(batch.reps, 'replicate')} of {years_of(pair[0].run.horizon)}, seed {batch.seed}"
        print_pair(answer, said, f"A year; A is {names['a']}, B {names['b']}: {how}, same random numbers")
        print_differing(further, names, everything)
        if everything:
            print_pairing(differences)
        print_paragraph(how_many_alike(further))
        print()
        print_paragraph(said["closing"])
        rates = [line[side] for line in differences for side in ("a", "b")]
        print_paragraph(below_zero([*rates, *expected_in(further["lines"])]))

    summary = {**names, "replicates": batch.reps, "seed": batch.seed, "differences": found, "columns": further}
    summary |= {"answer": answer, **said}
    tables = {"table.csv": differences, "answer.csv": answer, "columns.csv": columns}
    give(summary, show, batch.as_json, folder, tables)


def _under_draws(a: str, b: str, batch: Batch, draws: Path) -> None:
    """The pair under each draw that a calibration kept: how much of the answer hangs on what nobody knows."""
    if a == b:
        raise InputError(f"{b}: read as A and as B, allowed with --draws two different scenarios")
    scenarios = [batch.scenario(a), batch.scenario(b)]
    batch.say("loading the engine")
    from sim.analysis.compare import check_pair
    from sim.analysis.over_draws import pair_in_words, pair_over_draws
    from sim.history.kept import write_pair
    from sim.view.calibration import print_pair

    check_pair(*scenarios)
    folder, file = batch.folder(), write_pair(draws, a, b, batch.seed, batch.reps)
    how = {"threads": batch.threads, "sets": by_path(batch.sets)}
    result = run_into(file, file.with_suffix(""), batch.quiet, how)
    end_if_failed(result)
    names = dict(zip("ab", _apart([scenario.name for scenario in scenarios], [a, b]), strict=True))
    table = pair_over_draws(result)
    said = pair_in_words(table, **names)
    title = (
        f"A is {names['a']}, B {names['b']}: {table[0]['draws']} draws, {batch.reps} replicates each, seed {batch.seed}"
    )
    summary = {**names, "draws": str(draws), "replicates": batch.reps, "seed": batch.seed, **said, "differences": table}
    give(summary, lambda: print_pair(table, said, title), batch.as_json, folder, {"table.csv": table})


def _apart(names: list[str], sources: list[str]) -> list[str]:
    """Names by which two scenarios are told apart: those of one name by their files, one and the same by its sides."""
    if names[0] != names[1]:
        return names
    marks = sources if sources[0] != sources[1] else ["A", "B"]
    return [f"{name} ({mark})" for name, mark in zip(names, marks, strict=True)]

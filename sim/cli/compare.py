"""`sitesec compare`."""

from __future__ import annotations

from sim.cli.answers import give
from sim.cli.batch import Batch, with_batch
from sim.cli.options import Source


@with_batch(reps=200)
def compare(a: Source, b: Source, batch: Batch) -> None:
    """Compare two scenarios on the same random numbers: the differences are B less A."""
    pair = [batch.scenario(a), batch.scenario(b)]
    names = dict(zip("ab", _apart([scenario.name for scenario in pair], [a, b]), strict=True))
    batch.say("loading the engine")
    from sim.analysis.compare import check_pair, differing, paired
    from sim.analysis.tables import below_zero, columns_table, compare_table, expected_in, how_many_alike
    from sim.runs.totals import of_point, replicates
    from sim.view.console import print_paragraph, print_table

    check_pair(*pair)
    folder = batch.folder()
    table = replicates(batch.rows(pair))
    points = of_point(table, 0), of_point(table, 1)
    found, further = paired(*points), differing(*points)
    differences, columns = compare_table(found), columns_table(further)

    def show() -> None:
        title = f"{names['b']} less {names['a']}: {batch.reps} replicates, seed {batch.seed}, same random numbers"
        print_table(differences, title, banner=not columns)
        if columns:
            print_table(columns, f"What else differs; A is {names['a']}, B {names['b']}")
        print_paragraph(how_many_alike(further))
        rates = [line[side] for line in differences for side in ("a", "b")]
        print_paragraph(below_zero([*rates, *expected_in(further["lines"])]))

    summary = {**names, "replicates": batch.reps, "seed": batch.seed, "differences": found, "columns": further}
    give(summary, show, batch.as_json, folder, {"table.csv": differences, "columns.csv": columns})


def _apart(names: list[str], sources: list[str]) -> list[str]:
    """Names by which two scenarios are told apart: those of one name by their files, one and the same by its sides."""
    if names[0] != names[1]:
        return names
    marks = sources if sources[0] != sources[1] else ["A", "B"]
    return [f"{name} ({mark})" for name, mark in zip(names, marks, strict=True)]

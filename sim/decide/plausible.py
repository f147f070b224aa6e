"""Whether the public record contradicts numbers: today's policy is run under them, over the years of the record."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from sim.files import write_whole
from sim.history.calibration import ensembles, implausibilities, targets
from sim.history.nulls import YEARS
from sim.sweep.sweep import run_sweep

RECORD, TABLE, FILE = "record", "record.csv", "record.yaml"  # in a decision's folder
REPLICATES = 60


def against_record(
    points: Sequence[Mapping[str, float | int]], folder: Path, threads: int | None = None
) -> list[dict[str, float]]:
    """The implausibility of the shipped scenario under each of several sets of values, by the patterns' numbers.

    Parameters
    ----------
    points : sequence of mappings
        Path -> value, of the same paths.
    folder : Path
        The decision's: the runs are kept there.

    Returns
    -------
    list of dict
        Above `calibration.CUT` the record contradicts.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(points[0]), *(list(point.values()) for point in points)])
    tree = {"name": "record", "set": {"run.horizon": YEARS}, "replicates": REPLICATES, "sample": {"table": TABLE}}
    write_whole(folder / TABLE, text.getvalue())
    write_whole(folder / FILE, f"# Written by `sitesec`.\n{yaml.safe_dump(tree, sort_keys=False)}")
    result = run_sweep(folder / FILE, folder / RECORD, threads=threads)
    table = implausibilities(ensembles(result), targets(result))
    return [{str(number): float(value) for number, value in row.items()} for row in table.to_dict("records")]

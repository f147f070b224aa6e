"""Run the long sweeps and write their small summaries, which notebooks 00 and 11 and all bands read: `make summaries`.

It takes a while (summaries/README.md says how long); the sweeps resume where they stopped.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import sem

import sim
from experiments import sensitivity
from sim.files import write_whole
from sim.history import calibration
from sim.history.band import FILE, REFERENCE, Line
from sim.scenario.load import shipped
from sim.scenario.priors import load_priors
from sim.sweep.parts import read_parquet
from sim.sweep.result import SweepResult

HERE = Path(__file__).parent
SUMMARIES = HERE / "summaries"
STORES = HERE.parent / "results" / "experiments"
KEPT, MEMBERS = HERE.parent / "scenarios" / "decisions" / "kept.csv", 512  # of the set, for bands and for decisions
# Figures of each policy under each draw: a year, by expected counts where there are some.
COLUMNS = (
    "incidents",
    "project_incidents",
    *(f"incidents_{name}" for name in ("convoy", "site", "outing", "private")),
    "deaths_foreign",
    "deaths_foreign_project",
    "deaths_security",
    "deaths_residents",
    "breached",
    "plots",
    "honest_refused",
    "project_spent",
    "state_spent",
)
BANDED = COLUMNS[:8]  # of which the package says what the assumptions leave open
ENDS = (0.05, 0.5, 0.95)


def run(name: str) -> SweepResult:
    """Run experiments/NAME.yaml, or go on with it."""
    return sim.run_sweep(HERE / f"{name}.yaml", STORES / name, quiet=False)


def calibrate() -> None:
    """All draws under today's policy: their values and figures; and the set that the record does not contradict."""
    result = run("00")
    found = calibration.ensembles(result)
    values = pd.DataFrame([dict(point.drawn) for point in result.points])
    write("calibration", pd.concat([values, found], axis=1))
    chosen = calibration.kept(found, calibration.targets(result))
    values[chosen].head(MEMBERS).to_csv(KEPT, index=False, float_format="%.8g", lineterminator="\n")


def band() -> None:
    """The shipped scenarios over the set, and assumptions about what people do."""
    both = pd.concat([policies_of(run("00-band")), policies_of(run("00-assumptions"))])
    write("band", both.drop_duplicates(["draw", "policy"], ignore_index=True))
    write_whole(FILE, band_text(read_parquet(SUMMARIES / "band.parquet").to_pandas()))


def band_text(table: pd.DataFrame) -> str:
    """What the package has of it, as CSV: of shipped scenarios each rate's band, and of the difference to today's."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Line._fields)
    for figure in BANDED:
        values = table.pivot(index="draw", columns="policy", values=figure).astype(np.float64)
        for scenario in shipped():
            kinds = {"rate": values[scenario], "difference": values[scenario] - values[REFERENCE]}
            for kind, found in kinds.items():
                if kind == "rate" or scenario != REFERENCE:
                    writer.writerow([scenario, figure, kind, *(f"{end:.4g}" for end in np.quantile(found, ENDS))])
    return text.getvalue()


def morris() -> None:
    """Trajectories through all priors, under two policies."""
    sensitivity.write_table(SUMMARIES / "morris.csv", list(load_priors()), sensitivity.morris_design())
    write("morris", policies_of(run("11-morris")))


def sobol() -> None:
    """Variance shares of the parameters that the screening found."""
    paths = sensitivity.chosen(sensitivity.screened(read_parquet(SUMMARIES / "morris.parquet").to_pandas()))
    sensitivity.write_table(SUMMARIES / "sobol.csv", paths, sensitivity.sobol_design(paths))
    write("sobol", policies_of(run("11-sobol")))


def policies_of(result: SweepResult) -> pd.DataFrame:
    """A row a (draw, policy): figures a year, with standard errors of those that notebook 11 asks about.

    `error_` is a figure's own, as a share of it; `paired_` that of its logarithm less the reference's on the same
    random numbers.
    """
    table = sim.replicates(result.rows)
    found: dict[str, np.ndarray] = {"point": np.arange(len(result.points))}
    for name in COLUMNS:
        found[name] = _by_point(table.get(f"expected_{name}", table[name]), result).sum(axis=1)
        found[name] = found[name] / _by_point(table["years"], result).sum(axis=1)
    for name in sensitivity.FIGURES:
        runs = _by_point(table[f"expected_{name}"], result)
        shares = runs / np.maximum(runs.mean(axis=1, keepdims=True), sensitivity.LEAST)
        found[f"error_{name}"] = sem(shares, axis=1)
        found[f"paired_{name}"] = sem(shares - shares[result.tally.references], axis=1)
    levels = [
        {"draw": point.draw, "policy": point.levels["policy"], "point": number}
        for number, point in enumerate(result.points)
    ]
    return pd.DataFrame(levels).merge(pd.DataFrame(found), on="point").drop(columns="point")


def _by_point(column: np.ndarray, result: SweepResult) -> np.ndarray:
    """A column of the replicates, a row a point; all have the same number of them."""
    return column.reshape(len(result.points), -1)


def write(name: str, table: pd.DataFrame) -> None:
    """A summary, in single precision, and the version of the model that made it."""
    single = {column: np.float32 for column in table.columns if table[column].dtype == np.float64}
    frame = pa.Table.from_pandas(table.astype(single), preserve_index=False)
    pq.write_table(
        frame.replace_schema_metadata({"model_version": str(sim.MODEL_VERSION)}),
        SUMMARIES / f"{name}.parquet",
        compression="zstd",
    )


MAKERS: Mapping[str, Callable[[], None]] = {
    "calibration": calibrate,
    "band": band,
    "morris": morris,
    "sobol": sobol,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m experiments.summaries", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*MAKERS, []], help="by default all, in this order")
    for name in parser.parse_args().names or MAKERS:
        began = time.perf_counter()
        MAKERS[name]()
        print(f"{name}: {timedelta(seconds=round(time.perf_counter() - began))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

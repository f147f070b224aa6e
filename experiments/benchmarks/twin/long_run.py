"""Many replicates of the twin in busy worlds, kept in long_run.json for tests/docking/test_twin.py.

    python -m experiments.benchmarks.twin.long_run

To be run again whenever the twin, one of its worlds or the baseline changes: about a quarter of an hour on one core.
"""

import json
import platform
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import mesa
import numpy as np

import sim
from experiments.benchmarks.twin.model import CLASSES, COLUMNS, FOILED, Twin

FOLDER = Path(__file__).parent
STORED = FOLDER / "long_run.json"
CASES = ("busy", "insiders", "lapsed")
FIRST_SEED, REPLICATES = 1000, 400

# What engine and twin are compared by; a share is taken in each replicate.
FIGURES = (
    *("opportunities", "nothing_chosen", "plots", "plots_sited", "in_progress_start", "in_progress_end"),
    *(f"foiled_{layer}" for layer in FOILED),
    *("gave_up", "incidents", *(f"incidents_{kind}" for kind in CLASSES)),
    *("incidents_en_route", "incidents_with_deviation", "incidents_with_insider", "incidents_past_checkpoint"),
    *("breached", "fatal", "deaths_foreign", "deaths_security", "deaths_residents"),
    *("trips", "trips_cancelled", "trips_escorted", "trips_armoured", "deviations", "handovers_failed"),
    *("passenger_trips", "insiders_applied", "insiders_found", "insider_days", "slot_days"),
)
SHARES = {
    "convoy_share": ("incidents_convoy", "incidents"),
    "en_route_share": ("incidents_en_route", "incidents"),
    "breached_share": ("breached", "incidents"),
    "fatal_share": ("fatal", "incidents"),
    "escort_coverage": ("trips_escorted", "trips"),
}
SAMPLES = ("incidents", "incidents_convoy", "trips_escorted")  # kept whole, to compare how they vary


def file_of(case: str) -> Path:
    """Scenario file of a case."""
    return FOLDER / f"{case}.yaml"


def settings(case: str) -> dict[str, Any]:
    """All values of a case that are not the schema's defaults, and its world."""
    scenario = sim.load_scenario(file_of(case))
    run = scenario.model_dump(mode="json", exclude_defaults=True, exclude={"extends", "world", "run"})
    return run | {"horizon": scenario.run.horizon, "world": scenario.world_file.model_dump(mode="json")["name"]}


def replicate(case: str, seed: int) -> dict[str, float]:
    """Columns of one replicate."""
    model = Twin(file_of(case), rng=seed)
    model.run_for(model.end - model.now)
    return {name: model.counts[name] for name in COLUMNS}


def columns(case: str, seeds: Iterable[int]) -> dict[str, np.ndarray]:
    """Columns of replicates, an entry a seed."""
    rows = [replicate(case, seed) for seed in seeds]
    return {name: np.array([row[name] for row in rows]) for name in COLUMNS}


def figures(table: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is compared, an entry a replicate, from columns of the twin or of the engine."""
    shares = {name: table[part] / table[whole] for name, (part, whole) in SHARES.items()}
    return {name: np.asarray(table[name], dtype=float) for name in FIGURES} | shares


def versions() -> dict[str, str]:
    """What the twin's random numbers hang on."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, "mesa": mesa.__version__, "numpy": np.__version__}


def run(case: str) -> dict[str, Any]:
    """Run a case, and sum it up: mean and standard deviation of every figure, some columns whole."""
    began = time.perf_counter()
    seeds = range(FIRST_SEED, FIRST_SEED + REPLICATES)
    table = columns(case, seeds)
    found = figures(table)
    return {
        "settings": settings(case),
        "seeds": [seeds.start, seeds.stop],
        "seconds": round(time.perf_counter() - began),
        "first": {name: float(column[0]) for name, column in table.items()},
        "figures": {name: {"mean": statistics.fmean(x), "sd": statistics.stdev(x)} for name, x in found.items()},
        "samples": {name: " ".join(map(str, table[name])) for name in SAMPLES},
    }


def main() -> None:
    """Run all cases and write the file."""
    command = f"python -m {__spec__.name}" if __spec__ else " ".join(sys.argv)
    cases = {case: run(case) for case in CASES}
    stored = {"command": command, "model": sim.MODEL_VERSION, "versions": versions(), "cases": cases}
    STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

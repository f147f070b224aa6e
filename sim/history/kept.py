"""The folder of a calibration: its sweeps' files, the kept draws, and a scenario that sits at their centre.

    undrawn.yaml, undrawn/    the scenario as it stands: a sweep of one point
    draws.yaml, draws/        the sweep of all draws
    kept.parquet, table.csv   the kept draws, with their figures; their values alone, as `sample.table` takes them
    numbers.csv               each uncertain number: its prior, and what the kept draws have
    centre.yaml               the scenario with each number at the median of the kept draws
    compare-A-B.yaml, ...     sweeps of pairs of policies under the kept draws

The centre is made of medians: what is always in order stays in order, and its rate lies near the set's own median. The
kept draw that is nearest to them is no centre: with so many numbers every draw is about as far off, and its rate is any
draw's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml

from sim.errors import InputError
from sim.files import write_changed, write_whole
from sim.history.calibration import learned
from sim.history.own_calibration import Calibration
from sim.scenario.build import value_at
from sim.scenario.load import FOLDERS, JOIN, find_file, lever_paths
from sim.scenario.schema import Scenario
from sim.sweep.file import SweepFile, load_sweep
from sim.sweep.parts import parquet
from sim.sweep.result import SweepResult

DRAWN = ["all"]  # paths and sections that are drawn, as `sample.priors` has them
UNDRAWN_REPLICATES = 100
TABLE, DRAWS, UNDRAWN, CENTRE = "table.csv", "draws.yaml", "undrawn.yaml", "centre.yaml"
WARMUP = "centre-warmup.yaml"  # the centre under the warm-up's levers, where these are others


# Sweeps.


def write_undrawn(folder: Path, source: str, horizon: int, seed: int) -> Path:
    """Write the sweep file of a scenario as it stands."""
    tree = {"scenario": named_from(source, folder), "set": {"run.horizon": horizon}, "seed": seed}
    return _write(folder / UNDRAWN, {"name": "undrawn", **tree, "replicates": UNDRAWN_REPLICATES})


def write_draws(folder: Path, source: str, horizon: int, seed: int, draws: int, replicates: int) -> Path:
    """Write the sweep file of a scenario under draws of its uncertain numbers."""
    tree = {"scenario": named_from(source, folder), "set": {"run.horizon": horizon}, "seed": seed}
    sample = {"method": "sobol", "size": draws, "priors": DRAWN}
    return _write(folder / DRAWS, {"name": "draws", **tree, "replicates": replicates, "sample": sample})


def write_pair(folder: Path, a: str, b: str, seed: int, replicates: int) -> Path:
    """Write the sweep file of two policies under the kept draws of a folder.

    Notes
    -----
    Its base is the scenario that was calibrated: a draw leaves alone what a policy has otherwise than that.

    Raises
    ------
    InputError
        If no calibration is there.
    """
    names = [named_from(source, folder) for source in (a, b)]
    tree = {"scenario": calibrated(folder).scenario, "seed": seed, "replicates": replicates}
    axes = {"policy": {"label": "policy", "scenarios": names}}
    tree |= {"axes": axes, "sample": {"table": TABLE}, "reference": {"policy": _labels(names)[0]}}
    name = "-".join(["compare", *(re.sub(r"[^\w.+-]", "_", label) for label in _labels(names))])
    return _write(folder / f"{name}.yaml", {"name": name, **tree})


def calibrated(folder: Path) -> SweepFile:
    """The sweep file of a folder's draws.

    Raises
    ------
    InputError
        If no calibration is there.
    """
    if not all((folder / name).is_file() for name in (DRAWS, TABLE)):
        raise InputError(f"{folder}: no calibration is there, allowed a folder that `sitesec calibrate` made")
    return load_sweep(folder / DRAWS)


def _labels(names: Sequence[str]) -> list[str]:
    """By which names a sweep calls two scenarios."""
    file = SweepFile.model_validate({"name": "", "axes": {"policy": {"label": "", "scenarios": names}}})
    return list(file.axes["policy"].files())


def named_from(source: str, folder: Path, beside: str | Path = "") -> str:
    """A scenario as a file in a folder names it: what is no file or folder, as it is; each part of what is joined.

    Parameters
    ----------
    beside : str or Path
        Where the source is looked up; the working folder by default.
    """
    there = Path(beside) / source
    if JOIN in source and not there.exists():
        return JOIN.join(named_from(part, folder, beside) for part in source.split(JOIN))
    return _relative(there, folder) if there.exists() else source


def _relative(there: Path, folder: Path) -> str:
    """A path from a folder that ends in its name, also where it leads up to it."""
    path = PurePath(os.path.relpath(there, folder))
    return str(path) if path.name not in ("", "..") else str(path / ".." / there.resolve().name)


def default_folder(source: str) -> Path:
    """Where a calibration goes: beside a scenario that has a folder of its own, else into the working folder.

    Raises
    ------
    InputError
        If another scenario's is there.
    """
    file = find_file(source) or find_file(source.split(JOIN)[0]) or Path()
    own = file.resolve().parent not in (Path.cwd(), *FOLDERS)
    folder = (file.parent if own else Path()) / "kept"
    there = load_sweep(folder / DRAWS).scenario if (folder / DRAWS).is_file() else None
    if there not in (None, named_from(source, folder)):
        raise InputError(f"{folder}: holds the calibration of {there}; allowed for {source} is another folder (--out)")
    return folder


def _write(path: Path, tree: Mapping[str, Any]) -> Path:
    """Write a sweep file; one that says the same is let be."""
    return write_changed(path, f"# Written by `sitesec`.\n{_yaml(tree)}")


def _yaml(tree: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(tree), sort_keys=False, allow_unicode=True)


# What is kept.


def values_of(result: SweepResult) -> pd.DataFrame:
    """What was drawn: a row per draw, a column per path."""
    return pd.DataFrame([dict(point.drawn) for point in result.points])


def kept_figures(found: Calibration) -> pd.DataFrame:
    """Of each kept draw its number, its rate, its shares, and what it says of the record."""
    mine = found.found
    table = pd.DataFrame({"draw": np.arange(len(found.kept)), "rate": mine.rate, "rate_error": mine.error})
    with np.errstate(invalid="ignore"):
        table["share_en_route"], table["share_fatal"] = mine.en_route / mine.incidents, mine.fatal / mine.incidents
    table["log_likelihood"] = found.log_likelihood
    return table[found.kept]


def write_kept(folder: Path, found: Calibration, values: pd.DataFrame) -> None:
    """Write the kept draws with their figures."""
    table = pd.concat([kept_figures(found), values[found.kept]], axis=1)
    arrays = {str(name): pa.array(table[name].to_numpy()) for name in table}
    write_whole(folder / "kept.parquet", parquet(pa.table(arrays)))


def numbers(values: pd.DataFrame, kept: np.ndarray) -> pd.DataFrame:
    """Prior beside posterior of each number, as `learned` has it, the most informed first; and the kept median."""
    table = learned(values, kept).sort_values("p", ignore_index=True)
    said = np.where(table["informed"], "informed", "not informed")
    middle = table["parameter"].map(centre(values[kept]))
    return table.drop(columns="informed").assign(centre=middle, record=said)


def centre(kept: pd.DataFrame) -> dict[str, float | int]:
    """The median of each number; whole numbers stay whole."""
    middle = {str(path): float(kept[path].median()) for path in kept}
    return {path: round(value) if kept[path].dtype.kind == "i" else value for path, value in middle.items()}


def lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows, by column."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def write_centre(folder: Path, source: str, scenario: Scenario, values: Mapping[str, float | int]) -> None:
    """Write the scenario at the centre: each value holds in the warm-up too, as it does in a draw.

    The warm-up takes its levers from a file, the same one where they are the same.
    """
    others = {
        path: value_at(scenario.warmup, path)
        for path in lever_paths()
        if path not in values and value_at(scenario.warmup, path) != value_at(scenario, path)
    }
    about = f"{scenario.name} with each uncertain number at the median of the draws kept for an own record"
    head = {"extends": named_from(source, folder), "name": f"{scenario.name}-centre", "description": about}
    run = {"run": {"warmup_policy": WARMUP if others else CENTRE}}
    write_whole(folder / CENTRE, _yaml({**head, **run, **_nested(values)}))
    if others:
        write_whole(folder / WARMUP, _yaml({"extends": CENTRE, **_nested(_plain(others))}))
    else:
        (folder / WARMUP).unlink(missing_ok=True)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a scenario as YAML holds them."""
    return {path: value.model_dump() if hasattr(value, "model_dump") else value for path, value in values.items()}


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Sections within sections, of values by dotted path."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *sections, name = path.split(".")
        inner = tree
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[name] = value
    return tree

"""Run a sweep file into its folder: list all jobs, drop what the store has, run the rest, summarise."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.scenario.build import build_world, structure
from sim.scenario.schema import Scenario
from sim.sweep.design import Point, SweepFile, design_points, load_sweep
from sim.sweep.progress import bar
from sim.sweep.run import Chunk, compile_engine, plan_chunks, run_chunks
from sim.sweep.store import Store


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep: its file, points and rows (one a point, replicate, year), and what was run just now."""

    file: SweepFile
    points: list[Point]
    rows: np.ndarray
    years_run: float
    folder: Path


def run_sweep(
    path: str | Path,
    out: str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    sets: Mapping[str, object] | None = None,
    threads: int | None = None,
    quiet: bool = True,
) -> SweepResult:
    """Run what a sweep's folder does not hold yet.

    Parameters
    ----------
    path : path
        The sweep file.
    out : path
        The folder of its results; the same command again goes on where it stopped.
    replicates, seed : int, optional
        In place of the file's.
    sets : mapping, optional
        Dotted path -> value for all points, over what the file sets.
    threads : int, optional
        Threads; all cores by default.
    quiet : bool
        Whether to leave out the progress bar.

    Raises
    ------
    ScenarioError
        If anything in the input is wrong; nothing is written then.
    """
    file = load_sweep(path)
    points = design_points(file, path, sets)
    replicates = file.replicates if replicates is None else replicates
    scenarios = [point.scenario for point in points]
    root = file.seed if seed is None else seed
    if not scenarios or replicates < 1 or root < 0:
        raise ValueError(f"replicates: read {replicates}, seed: read {root}, allowed 1 or more and 0 or more")
    _check_worlds(scenarios)
    compile_engine(scenarios[0])
    store = Store(Path(out), scenarios, root)
    store.freeze(Path(path))
    chunks = _missing(store, scenarios, replicates, root)
    years = sum(chunk.years for chunk in chunks)
    with bar(file.name, years, quiet) as report, ThreadPoolExecutor(threads or os.cpu_count() or 1) as executor:
        try:
            for rows in run_chunks(chunks, executor, report):
                store.add(rows)
        finally:
            store.flush()
    return SweepResult(file, points, store.read(replicates), years, Path(out))


def _check_worlds(scenarios: Sequence[Scenario]) -> None:
    """Build each world once before anything is written, so that an impossible one is refused."""
    seen = {structure(scenario): scenario for scenario in scenarios}
    for scenario in seen.values():
        build_world(scenario)


def _missing(store: Store, scenarios: list[Scenario], replicates: int, seed: int) -> list[Chunk]:
    """Chunks of what is not there: replicates that lack the same points go together."""
    done = store.done()
    lacking: dict[tuple[int, ...], list[int]] = {}
    for replicate in range(replicates):
        points = tuple(p for p, key in enumerate(store.ids) if (key, replicate) not in done)
        if points:
            lacking.setdefault(points, []).append(replicate)
    chunks: list[Chunk] = []
    for points, some in lacking.items():
        numbers = np.array(points)
        planned = plan_chunks([scenarios[p] for p in points], some, seed)
        chunks += [replace(chunk, points=numbers[chunk.points]) for chunk in planned]
    return chunks

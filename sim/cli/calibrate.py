"""`sitesec calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Incidents, Json, Quiet, Record, Seed, Since, Source, Threads, Until, Years, at_least
from sim.cli.own import own_of
from sim.cli.sweep import end_if_failed, run_into
from sim.errors import InputError
from sim.files import writable_folder
from sim.terminal import say

if TYPE_CHECKING:
    from sim.history.own import Own
    from sim.sweep.result import SweepResult

LEAST_DRAWS, MOST_DRAWS = 16, 100_000
LEAST_REPS, MOST_REPS = 2, 1000  # their spread is asked for

Draws = Annotated[int, typer.Option("--draws", help="Draws of all uncertain numbers.")]
Reps = Annotated[int, typer.Option("--reps", help="Replicates of each draw.")]
Weight = Annotated[float, typer.Option("--public", help="Incidents that the public record counts for; 0: none.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder; `kept`, beside the scenario, by default.")]


def calibrate(
    scenario: Source,
    record: Record = None,
    incidents: Incidents = None,
    years: Years = None,
    since: Since = None,
    until: Until = None,
    draws: Draws = 512,
    reps: Reps = 8,
    public: Weight = 1.0,
    seed: Seed = 1,
    as_json: Json = False,
    out: Out = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Keep the draws of what nobody knows that agree with your own record of incidents.

    sitesec calibrate demo --incidents 2 --years 1
    """
    _within(LEAST_DRAWS, draws, MOST_DRAWS, "--draws")
    _within(LEAST_REPS, reps, MOST_REPS, "--reps")
    at_least(0, seed, "--seed")
    at_least(0, threads, "--threads")
    say("loading the engine", quiet)
    from sim.history.kept import default_folder, write_draws, write_undrawn
    from sim.history.own_calibration import horizon_for, most_public
    from sim.scenario.load import load_scenario

    _within(0, public, most_public(), "--public")
    own = own_of(record, incidents, years, since, until)
    if own is None:
        raise InputError("missing --record with a file, or --incidents and --years: what your project has seen")
    load_scenario(scenario)
    folder = writable_folder(default_folder(scenario) if out is None else out)
    horizon = horizon_for(own.years)
    undrawn = _run(write_undrawn(folder, scenario, horizon, seed), True, threads)
    drawn = _run(write_draws(folder, scenario, horizon, seed, draws, reps), quiet, threads)
    _answer(folder, scenario, own, public, undrawn, drawn, as_json)


def _within(least: float, value: float, most: float, option: str) -> None:
    if not least <= value <= most:
        raise InputError(f"{option}: read {value:g}, allowed {least:g} to {most:,}")


def _run(file: Path, quiet: bool, threads: int | None) -> SweepResult:
    """Run a sweep file into the folder of its name beside it; a draw without all of its runs would be no draw."""
    result = run_into(file, file.with_suffix(""), quiet, {"threads": threads})
    end_if_failed(result)
    return result


def _answer(
    folder: Path,
    scenario: str,
    record: Own,
    public: float,
    undrawn: SweepResult,
    drawn: SweepResult,
    as_json: bool,
) -> None:
    """Hold the draws against the record; write what is kept, and say what that is."""
    from sim.history.kept import centre, lines, numbers, values_of, write_centre, write_kept
    from sim.history.kept_report import report
    from sim.history.own_calibration import Public, calibrate, ensembles, rate_of
    from sim.scenario.load import load_scenario
    from sim.view.calibration import print_calibration

    found = calibrate(ensembles(drawn, record.years), record, Public(public, rate_of(undrawn)))
    values = values_of(drawn)
    learned, kept = numbers(values, found.kept), values[found.kept]
    write_kept(folder, found, values)
    write_centre(folder, scenario, load_scenario(scenario), centre(kept))
    tables = {"table.csv": lines(kept), "numbers.csv": lines(learned)}
    summary = {"scenario": scenario, **report(found, learned)}
    give(summary, lambda: print_calibration(found, learned, folder), as_json, folder, tables)

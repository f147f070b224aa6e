"""`sitesec sweep`."""

from __future__ import annotations

import shlex
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.about import BANNER
from sim.cli.answers import give
from sim.cli.notices import compiled_here, end, say_speed
from sim.cli.options import Json, Quiet, Sets, Threads, at_least, by_path
from sim.errors import InputError
from sim.terminal import say
from sim.words import number_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.sweep.forecast import Forecast
    from sim.sweep.result import SweepResult

MANY = 5_000  # design points that are run without asking


def sweep(
    file: Annotated[Path, typer.Argument(help="A sweep file.")],
    reps: Annotated[int | None, typer.Option("--reps", help="Replicates, in place of the file's.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Root seed, in place of the file's.")] = None,
    sets: Sets = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what it will take; nothing is written.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help=f"Go on without asking where points are over {MANY:,}.")] = False,
    fork: Annotated[bool, typer.Option("--fork", help="Start anew beside a folder of another version.")] = False,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask scheduler's address, or `local`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every design point in the table.")] = False,
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; results/NAME by default.")] = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Run a sweep into a folder, or go on with it; print its answer, write its table and plots.

    sitesec sweep scenarios/sweeps/named-policies.yaml

    sitesec sweep scenarios/sweeps/adherence-vetting-budget.yaml --plan
    """
    at_least(1, reps, "--reps")
    at_least(0, seed, "--seed")
    at_least(0, threads, "--threads")
    values = by_path(sets)
    say(f"planning {file}", quiet)
    folder = out or _default_folder(file)
    from sim.sweep.design import size
    from sim.sweep.file import load_sweep

    count = size(load_sweep(file), file)
    say(number_of(count, "design point"), quiet)
    if count > MANY and not (plan or yes):
        _ask(count)
    from sim.sweep.sweep import plan_sweep

    with _executor(cluster) as executor:
        how: dict[str, Any] = {"replicates": reps, "seed": seed, "sets": values, "threads": threads}
        how |= {"executor": executor, "fork": fork}
        if plan:
            _print_plan(plan_sweep(file, folder, **how), as_json)
            return
        result = run_into(file, folder, quiet, how)
    _print_sweep(result, everything, as_json, quiet)


def _ask(count: int) -> None:
    """Ask whether so many points are meant; without a terminal nobody can say so but by --yes."""
    if not sys.stdin.isatty():
        raise InputError(f"read {count:,} design points, allowed without --yes {MANY:,} at most")
    if not typer.confirm(f"{count:,} design points: go on?", err=True):
        end(1, "nothing was run or written")


def _default_folder(file: Path) -> Path:
    """results/NAME, which holds the results of one file."""
    from sim.sweep.versions import original

    folder = Path("results") / file.stem
    copy = folder / "sweep.yaml"
    other = original(copy)  # the copy itself where nothing says whose it is
    if other != copy and other.resolve() != original(file).resolve():
        raise InputError(
            f"{folder}: holds the sweep of {other.resolve()}; allowed for {file} is another folder (--out)"
        )
    return folder


def _executor(cluster: str | None) -> AbstractContextManager[Executor | None]:
    """The Dask cluster that was asked for, in a context; None there where none was."""
    if cluster is None:
        return nullcontext()
    from sim.runs.cluster import cluster as on_cluster

    return on_cluster(cluster)


def _print_plan(forecast: Forecast, as_json: bool) -> None:
    from sim.view.console import print_paragraph

    def show() -> None:
        print_paragraph(str(forecast))
        print_paragraph(BANNER)

    give({"plan": forecast.as_dict()}, show, as_json)


def run_into(file: Path, folder: Path, quiet: bool, how: dict[str, Any]) -> SweepResult:
    """Run a sweep file into a folder, and say how fast it was; where it ends early, say how to go on.

    Parameters
    ----------
    how : dict
        Further arguments of `run_sweep`.
    """
    from sim.runs.executors import width
    from sim.sweep.sweep import run_sweep

    began, before = time.perf_counter(), compiled_here()
    try:
        result = run_sweep(file, folder, **how, quiet=quiet)
    except KeyboardInterrupt:
        end(1, f"interrupted; {_go_on(folder)}")
    except OSError as error:
        end(1, f"{error.filename or folder}: {error.strerror or error}; {_go_on(folder)}")
    except (RuntimeError, MemoryError) as error:
        end(1, f"{error or type(error).__name__}; {_go_on(folder)}")
    if result.years_run:
        executor = how.get("executor")
        threads = how.get("threads") if executor is None else width(executor)
        compiled = compiled_here() and not before
        say_speed(result.years_run, time.perf_counter() - began, threads, compiled=compiled)
    return result


def _go_on(folder: Path) -> str:
    """How to go on with a sweep that ended early."""
    command = shlex.join(["sitesec", *sys.argv[1:]])
    return f"what was finished is kept in {folder}, and the same command goes on: {command}"


def _print_sweep(result: SweepResult, everything: bool, as_json: bool, quiet: bool) -> None:
    """A sweep's answer and plots; failed runs are told last, and make the exit code 1."""
    from sim.analysis.sweep_words import effects, sweep_words
    from sim.analysis.tables import sweep_table
    from sim.files import write_whole
    from sim.history.band import about_sweep
    from sim.view.console import csv_text
    from sim.view.sweep import print_sweep

    table = sweep_table(result)
    write_whole(result.folder / "summary.csv", csv_text(table))
    for path in [result.folder / "summary.csv", *_plots(result, table, quiet)]:
        say(f"wrote {path}")
    said = sweep_words(result, table, about_sweep(result))
    summary = {"sweep": result.file.name, "points": table, "failures": result.failures}
    summary |= {**said, "headline": " ".join(said["headline"]), "effects": effects(result, table)}
    give(summary, lambda: print_sweep(result, table, said, everything), as_json)
    end_if_failed(result)


def end_if_failed(result: SweepResult) -> None:
    """End with the first of the runs that failed, if any did."""
    if result.failures:
        first = result.failures[0]
        end(
            1,
            f"{len(result.failures)} runs failed, the first one with {first['type']}: {first['message']}; "
            f"{result.folder / 'failures.parquet'} has them all, and the same command tries them again",
        )


def _plots(result: SweepResult, table: list[dict[str, Any]], quiet: bool) -> list[Path]:
    """Write the plots that the sweep's file asks for."""
    if not result.file.plots:
        return []
    say("writing plots", quiet)
    from sim.history.band import with_bands
    from sim.scenario.build import build_world
    from sim.view.redraw import sweep_plots

    cost = float(build_world(result.points[0].scenario).setting[0].project_cost)
    return sweep_plots(result.file, with_bands(result, table), cost / 100.0, result.folder)

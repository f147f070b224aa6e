"""`sitesec`: run, compare, patterns, record, sweep, report, watch, query, diff, check, schema, levers, schedule.

Exit codes: 0 done, 1 the work failed, 2 the input was wrong. Imports stand in the commands, so that `--help` is quick.
"""

from __future__ import annotations

import json
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sim.about import BANNER
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

app = typer.Typer(
    name="sitesec",
    help="Compare security policies for project sites by simulation, on a fictional corridor.",
    epilog=BANNER,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

LEAST_WIDE = 160  # columns of a terminal in which the levers' table has a column for everything
Rows = list[dict[str, Any]]
Source = Annotated[str, typer.Argument(help="A scenario file, or the name of a shipped one.")]
Reps = Annotated[int, typer.Option("--reps", help="Replicates.")]
Seed = Annotated[int, typer.Option("--seed", help="Root seed, 0 or more.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE, dotted; may be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the table (CSV) and the summary (JSON).")]
Threads = Annotated[int | None, typer.Option("--threads", help="Threads; all cores by default.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar.")]


@app.command()
def run(
    scenario: Source,
    reps: Reps = 200,
    seed: Seed = 1,
    set_: Sets = None,
    as_json: Json = False,
    out: Out = None,
    threads: Threads = None,
    quiet: Quiet = False,
    everything: Annotated[bool, typer.Option("--all", help="Every column of the outcome too, by group.")] = False,
) -> None:
    """Run one scenario and print its rates with intervals."""
    from sim.analysis.columns import EVERY_COLUMN, column_table, under_groups
    from sim.analysis.summary import summarise
    from sim.analysis.tables import run_table, what_is_left
    from sim.runs.totals import replicates

    checked = _scenario(scenario, set_)
    folder = _folder(out)
    rows = _simulate([checked], reps, seed, threads, quiet)
    table = replicates(rows)
    found = summarise(table)
    left = what_is_left(found)
    columns = column_table(table) if everything else []
    further = {"columns": columns} if everything else {}
    summary = {"scenario": checked.name, "seed": seed, **found, **further, "what_is_left": left, "banner": BANNER}
    title = f"{checked.name}: {reps} replicates, seed {seed}"
    more = EVERY_COLUMN, under_groups(columns), columns
    _show(summary, run_table(found), as_json, folder, title, more=more, closing=left)


@app.command()
def compare(
    a: Source,
    b: Source,
    reps: Reps = 200,
    seed: Seed = 1,
    set_: Sets = None,
    as_json: Json = False,
    out: Out = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Compare two scenarios on the same random numbers: the differences are B less A."""
    from sim.analysis.compare import check_pair, differing, paired
    from sim.analysis.tables import columns_table, compare_table, how_many_alike
    from sim.runs.totals import of_point, replicates

    pair = [_scenario(a, set_), _scenario(b, set_)]
    check_pair(*pair)
    folder = _folder(out)
    table = replicates(_simulate(pair, reps, seed, threads, quiet))
    points = of_point(table, 0), of_point(table, 1)
    found, further = paired(*points), differing(*points)
    names = {"a": pair[0].name, "b": pair[1].name}
    results = {"differences": found, "columns": further}
    summary = {**names, "replicates": reps, "seed": seed, **results, "banner": BANNER}
    title = f"{names['b']} less {names['a']}: {reps} replicates, seed {seed}, same random numbers"
    lines = columns_table(further)
    more = f"What else differs; A is {names['a']}, B {names['b']}", lines, lines
    _show(summary, compare_table(found), as_json, folder, title, more=more, closing=how_many_alike(further))


@app.command()
def patterns(
    scenario: Source,
    reps: Reps = 400,
    seed: Seed = 1,
    set_: Sets = None,
    as_json: Json = False,
    out: Out = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Hold a scenario against the eleven patterns of the public record, with null models beside them."""
    import textwrap

    from sim.analysis.tables import with_intervals
    from sim.history.patterns import check_horizon, pattern_table, patterns_of, report
    from sim.history.traces import traces
    from sim.runs.progress import bar

    checked = _scenario(scenario, set_)
    check_horizon(checked)
    folder = _folder(out)
    rows = _simulate([checked], reps, seed, threads, quiet)
    with bar("dates", reps * (checked.run.horizon + checked.run.warmup), quiet) as progress:
        seen = traces(checked, seed, reps, threads=threads, progress=progress)
    found = patterns_of(checked, rows, seen)
    summary = {"scenario": checked.name, "replicates": reps, "seed": seed, **report(found), "banner": BANNER}
    title = f"Patterns of the public record in {checked.name}: {reps} replicates of 8 years, seed {seed}"
    _show(summary, with_intervals(pattern_table(found)), as_json, folder, title)
    if not as_json:
        print("\n".join(textwrap.fill(note, 118, subsequent_indent="  ") for note in summary["notes"]))


@app.command()
def record(as_json: Json = False, out: Out = None) -> None:
    """Print the public record: its incidents, what their counts support, tallies that conflict, and what follows."""
    from sim.history.record import read_record
    from sim.history.report import report
    from sim.view.console import plain
    from sim.view.record import print_record

    found = read_record()
    folder = _folder(out)
    summary = {**report(found), "banner": BANNER}
    text = json.dumps(plain(summary), indent=2)
    if as_json:
        print(text)
    else:
        print_record(found)
    if folder is not None:
        _write(folder, text, {"table.csv": summary["figures"], "tallies.csv": summary["tallies"]})


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(help="A sweep file.")],
    reps: Annotated[int | None, typer.Option("--reps", help="Replicates, in place of the file's.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Root seed, in place of the file's.")] = None,
    set_: Sets = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what it will take; nothing is written.")] = False,
    fork: Annotated[bool, typer.Option("--fork", help="Start anew beside a folder of another version.")] = False,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask scheduler's address, or `local`.")] = None,
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; results/NAME by default.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", help="Threads; all cores by default, 0: none.")] = None,
    quiet: Quiet = False,
) -> None:
    """Run a sweep into a folder, or go on with it; print its table and write its plots."""
    from sim.sweep.sweep import plan_sweep, run_sweep

    _positive(reps, "--reps")
    _positive(seed, "--seed", 0)
    _positive(threads, "--threads", 0)
    folder = out or Path("results") / file.stem
    with _executor(cluster) as executor:
        how: dict[str, Any] = {"replicates": reps, "seed": seed, "sets": _sets(set_)}
        how |= {"threads": threads, "executor": executor, "fork": fork}
        if plan:
            _print_plan(plan_sweep(file, folder, **how), as_json)
            return
        began = time.perf_counter()
        try:
            result = run_sweep(file, folder, **how, quiet=quiet)
        except KeyboardInterrupt:
            _end(1, f"interrupted; {_go_on(folder)}")
        except OSError as error:
            _end(1, f"{error.filename or folder}: {error.strerror or error}; {_go_on(folder)}")
        except (RuntimeError, MemoryError) as error:
            _end(1, f"{error or type(error).__name__}; {_go_on(folder)}")
        _say_speed(result.years_run, time.perf_counter() - began, _workers(executor, threads))
    _print_sweep(result, as_json)


def _go_on(folder: Path) -> str:
    """How to go on with a sweep that ended early."""
    return (
        f"what was finished is kept in {folder}, and the same command goes on: {shlex.join(['sitesec', *sys.argv[1:]])}"
    )


def _workers(executor: Any, threads: int | None) -> int:
    """How many workers a sweep had."""
    from sim.runs.executors import width

    return width(executor) if executor is not None else max(1, threads) if threads is not None else 0


def _executor(cluster: str | None) -> Any:
    """The Dask cluster that was asked for, in a context; None there where none was."""
    from contextlib import nullcontext

    if cluster is None:
        return nullcontext()
    from sim.runs.cluster import cluster as on_cluster

    return on_cluster(cluster)


def _print_plan(forecast: Any, as_json: bool) -> None:
    from sim.view.console import plain

    text = json.dumps(plain({"plan": forecast.as_dict(), "banner": BANNER}), indent=2)
    print(text if as_json else f"{forecast}\n{BANNER}")


def _print_sweep(result: Any, as_json: bool) -> None:
    """A sweep's table and plots; failed runs are told last, and make the exit code 1."""
    from sim.analysis.tables import for_reading, sweep_table
    from sim.files import write_whole
    from sim.scenario.build import build_world
    from sim.view.console import csv_text, plain, print_table
    from sim.view.redraw import sweep_plots

    folder, table = result.folder, sweep_table(result)
    write_whole(folder / "summary.csv", csv_text(table))
    cost = float(build_world(result.points[0].scenario).setting[0].project_cost)
    plots = sweep_plots(result.file, table, cost / 100.0, folder)
    summary = {"sweep": result.file.name, "points": table, "failures": result.failures, "banner": BANNER}
    if as_json:
        print(json.dumps(plain(summary), indent=2))
    else:
        whole = ("draw", *result.file.axes)
        print_table(for_reading(result, table), f"{result.file.name}: {len(table)} design points", whole)
    for path in [folder / "summary.csv", *plots]:
        print(f"wrote {path}", file=sys.stderr)
    if result.failures:
        first = result.failures[0]
        _end(
            1,
            f"{len(result.failures)} runs failed, the first one with {first['type']}: {first['message']}; "
            f"{folder / 'failures.parquet'} has them all, and the same command tries them again",
        )


Folder = Annotated[Path, typer.Argument(help="A sweep's folder.")]


@app.command()
def report(
    folder: Folder, out: Annotated[Path | None, typer.Option("--out", help="DIR/report by default.")] = None
) -> None:
    """Write a sweep's tables (CSV), plots (PNG, SVG) and one self-contained page (HTML)."""
    from sim.view.report.write import write_report

    for path in write_report(folder, out):
        print(f"wrote {path}", file=sys.stderr)


@app.command()
def watch(
    scenario: Source = "baseline",
    other: Annotated[str | None, typer.Argument(help="A second one, to stand beside it.")] = None,
    seed: Seed = 1,
    replicate: Annotated[int, typer.Option("--replicate", help="Number of the replicate, 0 or more.")] = 0,
    set_: Sets = None,
    set_other: Annotated[list[str] | None, typer.Option("--set-other", help="The same, for OTHER only.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of this machine; 0: any free one.")] = 8765,
) -> None:
    """Show a run in the browser, or two policies side by side on the same random numbers."""
    from sim.view.page.setup import Setup

    _positive(seed, "--seed", 0)
    _positive(replicate, "--replicate", 0)
    if other is None and set_other:
        _end(2, "--set-other: read without OTHER, allowed only where a second scenario is given")
    setups = [Setup.read(scenario, _sets(set_))]
    if other is not None:
        setups.append(Setup.read(other, _sets(set_) | _sets(set_other, "--set-other")))

    from sim.view.page.desk import Opening
    from sim.view.page.server import serve
    from sim.view.page.watch import Watch

    Watch(setups, seed, replicate)  # what is wrong is said here, and the engine is compiled before a page waits for it
    try:
        serve(Opening(tuple(setups), seed, replicate), port)
    except KeyboardInterrupt:
        return  # that is how one ends it
    except OSError as error:
        _end(1, f"--port {port}: {error.strerror or error}; choose another one, 0 takes any that is free")


@app.command()
def query(
    folder: Folder,
    sql: Annotated[str, typer.Argument(help="About the tables rows, design, failures and columns.")],
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the table (CSV) and the answer (JSON).")] = None,
) -> None:
    """Ask a sweep's folder in SQL (DuckDB): its outcome rows, design points and failed runs, and what the columns are.

    `select * from columns` lists the columns of rows: name, label, unit, "group" and meaning.
    """
    from sim.sweep.query import query as ask

    answer = ask(folder, sql)
    place = _folder(out)
    if not answer and not as_json:
        print("no rows")
        return
    _show({"rows": answer, "banner": BANNER}, answer, as_json, place, " ".join(sql.split()))


@app.command()
def diff(a: Folder, b: Folder, as_json: Json = False) -> None:
    """Say whether two sweeps hold the same rows, to the last bit: exit code 0 if so, else 1."""
    from dataclasses import asdict

    from sim.sweep.diff import diff as compared

    found = compared(a, b)
    if as_json:
        print(json.dumps({**asdict(found), "same": found.same, "banner": BANNER}, indent=2))
    else:
        print("\n".join(found.sentences(a, b)))
    raise typer.Exit(0 if found.same else 1)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Files, or names of shipped scenarios.")],
    as_json: Json = False,
) -> None:
    """Validate scenario files, sweep files and priors."""
    problems = {source: _problem(source) for source in files}
    if as_json:
        found = [{"file": source, "sound": not error, "error": error} for source, error in problems.items()]
        print(json.dumps({"files": found, "banner": BANNER}, indent=2))
    else:
        for source, error in problems.items():
            print(f"error: {error}" if error else f"{source}: sound", file=sys.stderr if error else sys.stdout)
    if any(problems.values()):
        raise typer.Exit(2)


def _problem(source: str) -> str | None:
    """What is wrong with a file, None where nothing is."""
    from sim.scenario.build import build_world, params_rows
    from sim.scenario.load import PRIORS, load_scenario
    from sim.sweep.file import is_sweep

    try:
        if Path(source).stem == PRIORS:
            from sim.scenario.priors import load_priors

            load_priors(source)
        elif is_sweep(source):
            from sim.sweep.design import checked_design

            checked_design(source)
        else:
            scenario = load_scenario(source)
            build_world(scenario)
            params_rows([scenario])
    except InputError as error:
        return str(error)
    return None


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.schema import json_schema

    print(json.dumps({**json_schema(), "$comment": BANNER}, indent=2))


@app.command()
def levers(
    everything: Annotated[bool, typer.Option("--all", help="Uncertain and fixed values too.")] = False,
    as_json: Json = False,
) -> None:
    """List what a policy can vary: unit, default, bounds, meaning, where one sees it act, source."""
    from sim.describe.levers import lever_entries, narrow_table, wide_table
    from sim.view.console import console, plain, print_table

    entries = lever_entries(everything)
    if as_json:
        print(json.dumps({"levers": plain(entries), "banner": BANNER}, indent=2))
        return
    table = narrow_table(entries) if console().width < LEAST_WIDE else wide_table(entries)
    print_table(table, "values of a scenario", whole=("key", "unit", "default", "nearest outcome", "direction"))


@app.command()
def schedule() -> None:
    """Print what happens in a day and in a tick, in order."""
    from sim.describe.schedule import schedule_lines

    print("\n".join(schedule_lines()))


def main() -> None:
    """Entry of the command line: wrong input ends with one sentence and exit code 2, failed work with 1."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except InputError as error:
        _end(2, str(error))
    except KeyboardInterrupt:
        _end(1, "interrupted; what was finished is kept, the same command goes on")
    except OSError as error:
        _end(1, f"{error.filename or 'writing'}: {error.strerror or error}")
    except (RuntimeError, MemoryError) as error:
        _end(1, str(error) or type(error).__name__)


def _interrupt(*_: object) -> NoReturn:
    """Being told to end is like Ctrl-C: what is finished is kept."""
    raise KeyboardInterrupt


def _end(code: int, sentence: str) -> NoReturn:
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(code)


def _scenario(source: str, sets: list[str] | None) -> Scenario:
    """Read a scenario with the --set options laid over it; say where grievance feeds on itself."""
    from sim.scenario.load import load_scenario
    from sim.scenario.schema import GAIN_TO_WARN

    checked = load_scenario(source, _sets(sets))
    gain = checked.community.loop_gain
    if gain > GAIN_TO_WARN:
        print(f"warning: {checked.name}: community: loop gain {gain:.2f}, above {GAIN_TO_WARN:g}", file=sys.stderr)
    return checked


def _sets(pairs: list[str] | None, option: str = "--set") -> dict[str, object]:
    """The --set options as path -> text."""
    values: dict[str, object] = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InputError(f"{option}: read {pair!r}, allowed KEY=VALUE")
        values[key] = value
    return values


def _positive(value: int | None, option: str, least: int = 1) -> None:
    if value is not None and value < least:
        raise InputError(f"{option}: read {value}, allowed {least} or more")


def _folder(out: Path | None) -> Path | None:
    from sim.files import writable_folder

    return None if out is None else writable_folder(out)


def _simulate(scenarios: list[Scenario], reps: int, seed: int, threads: int | None, quiet: bool) -> Any:
    """Run with a progress bar; the last line on stderr says how fast it was."""
    from sim.runs.progress import bar
    from sim.runs.simulate import simulate
    from sim.runs.worker import compile_engine

    _positive(reps, "--reps")
    _positive(seed, "--seed", 0)
    _positive(threads, "--threads")
    compile_engine(scenarios[0])
    years = reps * sum(s.run.horizon for s in scenarios) + reps * scenarios[0].run.warmup
    began = time.perf_counter()
    with bar(" and ".join(s.name for s in scenarios), years, quiet) as report:
        rows = simulate(scenarios, reps, seed, threads=threads, progress=report)
    _say_speed(years, time.perf_counter() - began, threads)
    return rows


def _say_speed(years: float, seconds: float, threads: int | None) -> None:
    import os

    used = threads or os.cpu_count() or 1
    pace = years / seconds if seconds > 0 else 0.0
    shown = f"{years:,.0f}" if years >= 10 else f"{years:.2f}"
    print(
        f"{shown} simulated years (warm-up included) in {seconds:.1f} s: {pace:,.0f} a second, "
        f"{pace / used:,.0f} a thread on {used}",
        file=sys.stderr,
    )


def _show(
    summary: dict[str, Any],
    table: Rows,
    as_json: bool,
    folder: Path | None,
    title: str,
    *,
    more: tuple[str, Rows, Rows] = ("", [], []),
    closing: str = "",
) -> None:
    """Print the tables and a closing line, or the JSON, and write all where a folder is given.

    `more` is the title of a second table, its rows to be read, and those of its file, where there are any.
    """
    from sim.view.console import plain, print_table

    text = json.dumps(plain(summary), indent=2)
    if as_json:
        print(text)
    else:
        print_table(table, title, banner=not more[1])
        if more[1]:
            print_table(more[1], more[0])
        if closing:
            print(closing)
    if folder is not None:
        _write(folder, text, {"table.csv": table, "columns.csv": more[2]})


def _write(folder: Path, text: str, tables: dict[str, Rows]) -> None:
    from sim.files import write_whole
    from sim.view.console import csv_text

    written = {name: csv_text(table) for name, table in tables.items() if table}
    for name, content in {"summary.json": text + "\n", **written}.items():
        write_whole(folder / name, content)
    print(f"wrote {' and '.join(str(folder / name) for name in ('summary.json', *written))}", file=sys.stderr)

"""`sitesec`, a file per command; what they share: options, own, batch, answers, notices.

Exit codes: 0 done, 1 the work failed, 2 the input was wrong. Heavy imports stand in the functions, so that `--help` is
quick.
"""

from __future__ import annotations

import os
import signal
from typing import Annotated, NoReturn

import typer

from sim.about import BANNER, MODEL_VERSION, __version__
from sim.cli import (
    brief,
    calibrate,
    check,
    choose,
    compare,
    demo,
    diff,
    flip,
    levers,
    new,
    patterns,
    query,
    record,
    report,
    run,
    schedule,
    schema,
    stress,
    sweep,
    watch,
    world,
    worth_knowing,
)
from sim.cli.notices import end
from sim.errors import InputError
from sim.terminal import hush, lenient_streams

COMMANDS = (
    demo.demo,
    new.new,
    run.run,
    compare.compare,
    patterns.patterns,
    record.record,
    calibrate.calibrate,
    sweep.sweep,
    choose.choose,
    flip.flip,
    worth_knowing.worth_knowing,
    stress.stress,
    brief.brief,
    report.report,
    watch.watch,
    query.query,
    diff.diff,
    check.check,
    schema.schema,
    world.world,
    levers.levers,
    schedule.schedule,
)  # in the order of `--help`

INTERRUPTED = 130  # Typer's exit code after Ctrl-C

EPILOG = f"""
Answers stand on stdout, in as many columns as the terminal has; in a pipe 80, or what COLUMNS says. --json prints all
of an answer for programs, --out FOLDER writes it as summary.json and its tables as CSV. What is being done is said on
stderr.

Exit codes: 0 done, 1 the work failed or was interrupted (`diff`: the rows differ), 2 the input was wrong.

{BANNER}
"""

app = typer.Typer(
    name="sitesec",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
for command in COMMANDS:
    app.command(short_help=(command.__doc__ or "").partition("\n")[0])(command)


def _version(asked: bool) -> None:
    if asked:
        print(f"sitesec {__version__}, model version {MODEL_VERSION}")
        raise typer.Exit


@app.callback()
def sitesec(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Compare security policies for project sites by simulation, on a fictional corridor.

    sitesec run baseline

    sitesec compare baseline full-protocol

    Each command's --help has an example of it.
    """


def main() -> None:
    """Entry of the command line: wrong input ends with one sentence and exit code 2, failed work with 1."""
    signal.signal(signal.SIGTERM, _interrupt)
    lenient_streams()
    if not os.path.isabs(os.path.expanduser("~")):
        os.environ["HOME"] = os.devnull  # some libraries can do with a home that can't be written, but not without any
    try:
        app(prog_name="sitesec")
    except InputError as error:
        end(2, str(error))
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            end(1, "interrupted")
        raise
    except OSError as error:
        hush()
        code = getattr(error.__context__, "exit_code", 1)  # Typer's, where it couldn't say what is wrong with the input
        end(code, f"{error.filename or 'writing'}: {error.strerror or error}")
    except (RuntimeError, MemoryError) as error:
        end(1, str(error) or type(error).__name__)


def _interrupt(*_: object) -> NoReturn:
    """Being told to end is like Ctrl-C: what is finished is kept."""
    raise KeyboardInterrupt

"""`sitesec flip`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.choose import keep_answer, studied
from sim.cli.options import Json, Out, Quiet, Threads, at_least
from sim.errors import InputError
from sim.files import writable_folder
from sim.terminal import say

File = Annotated[str, typer.Argument(help="A decision's file; or with another scenario beside it, a scenario.")]
Other = Annotated[str | None, typer.Argument(help="Another scenario.")]
Name = Annotated[str | None, typer.Option(help="An alternative of the file, by its name.")]


def flip(
    file: File,
    other: Other = None,
    a: Name = None,
    b: Name = None,
    as_json: Json = False,
    out: Out = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Find the nearest plausible numbers at which the other one of two policies wins.

    A is the policy that `sitesec choose` names, B is today's, or the next best where that is the chosen one.

    sitesec flip scenarios/decisions/policies.yaml

    sitesec flip baseline full-protocol
    """
    at_least(0, threads, "--threads")
    if other is not None and (a is not None or b is not None):
        raise InputError("--a and --b: read beside two scenarios, allowed only with a decision's file")
    say("loading the engine", quiet)
    from sim.decide.flip_report import summary, table
    from sim.decide.flips import flip as flips
    from sim.decide.pair import write_pair
    from sim.view.flip import print_flips

    folder = None if out is None else writable_folder(out)
    decision = Path(file) if other is None else write_pair(file, other, Path("results") / "decisions")
    with studied(decision, threads, quiet) as study:
        found = flips(study, *((a, b) if other is None else study.names), threads=threads, quiet=quiet)
        if other is None and a is None and b is None:
            keep_answer(decision, study.folder, "flip", summary(found))
        give(summary(found), lambda: print_flips(found), as_json, folder, {"table.csv": table(found)})

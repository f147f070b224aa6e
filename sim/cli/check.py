"""`sitesec check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Json
from sim.errors import InputError
from sim.terminal import say


def check(
    files: Annotated[list[str], typer.Argument(help="Files, or names of shipped scenarios.")],
    as_json: Json = False,
) -> None:
    """Validate scenario files, sweep files and priors."""
    problems = {source: _problem(source) for source in files}

    def show() -> None:
        for source, error in problems.items():
            if error:
                say(f"error: {error}")
            else:
                print(f"{source}: sound", flush=True)  # in the order of the files, whichever stream they go to

    found = [{"file": source, "sound": not error, "error": error} for source, error in problems.items()]
    give({"files": found}, show, as_json)
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

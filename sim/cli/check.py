"""`sitesec check`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer

from sim.cli.answers import give
from sim.cli.options import Json
from sim.errors import InputError
from sim.terminal import say
from sim.words import number_of

MANY = 1_000  # design points of a sweep, which take a second or so, are said first
CLOSING = (
    "Sound: keys, types and bounds are right, and the world can be built. What this doesn't know: whether the numbers "
    "are true."
)


class Checked(NamedTuple):
    """A file, the kind that it was taken for (None if it couldn't be read), and what is wrong with it, if anything."""

    file: str
    kind: str | None
    error: str | None


def check(
    files: Annotated[list[str], typer.Argument(help="Files, or names of shipped scenarios.")],
    as_json: Json = False,
) -> None:
    """Validate scenarios, projects, worlds, sweeps, decisions, studies and priors, each known by its keys.

    sitesec check baseline my-policy.yaml my-sweep.yaml
    """
    from sim.view.console import print_paragraph

    checked = [_checked(source) for source in files]

    def show() -> None:
        for file, kind, error in checked:
            if error:
                say(f"error: {error}{_taken_for(kind)}")
            else:
                print(f"{file}: sound ({kind})", flush=True)  # in the order of the files, whichever stream they go to
        if not all(error for _, _, error in checked):
            print()
            print_paragraph(CLOSING)

    found = [{"file": file, "kind": kind, "sound": not error, "error": error} for file, kind, error in checked]
    give({"files": found}, show, as_json)
    if any(one.error for one in checked):
        raise typer.Exit(2)


def _taken_for(kind: str | None) -> str:
    return f" (taken for {kind if kind in ('priors', 'studies') else f'a {kind}'})" if kind else ""


def _checked(source: str) -> Checked:
    """A file, read and checked as what it is."""
    from sim.scenario.kinds import kind_of
    from sim.scenario.load import find_file, read_yaml

    kind = None
    try:
        path = find_file(source)
        if path is not None:
            kind = kind_of(read_yaml(path)[0])
        _check(kind or "scenario", str(path or source))
    except InputError as error:
        return Checked(source, kind, str(error))
    return Checked(source, kind or "scenario", None)


def _check(kind: str, source: str) -> None:
    """Refuse what isn't a sound file of a kind."""
    if kind == "priors":
        from sim.scenario.priors import load_priors

        load_priors(source)
    elif kind == "sweep":
        from sim.sweep.design import checked_design, size
        from sim.sweep.file import load_sweep

        if (count := size(load_sweep(source), source)) >= MANY:
            say(f"{source}: {number_of(count, 'design point')}")
        checked_design(source)
    elif kind == "studies":
        from sim.decide.plans import Plans
        from sim.scenario.load import read_model

        read_model(Plans, source)
    elif kind == "decision":
        from sim.decide.decision import read_decision, table_of

        table_of(read_decision(source), source)
    else:
        from sim.scenario.build import build_world, params_rows
        from sim.scenario.load import load_in, load_scenario

        scenario = load_in(source) if kind == "world" else load_scenario(source)
        build_world(scenario)
        params_rows([scenario])

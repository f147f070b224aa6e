"""`sitesec new`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import InputError
from sim.terminal import put

if TYPE_CHECKING:
    from collections.abc import Callable

Name = Annotated[str, typer.Argument(help="The project's name: of the folder that is made, and in tables.")]
Sites = Annotated[int | None, typer.Option("--sites", help="Number of sites, among which totals are shared out.")]
Foreign = Annotated[int | None, typer.Option("--foreign-staff", help="Foreign nationals at all sites.")]
Local = Annotated[int | None, typer.Option("--local-staff", help="Local people at all sites.")]
Trips = Annotated[float | None, typer.Option("--trips", help="Round trips a week, of all sites.")]
Distance = Annotated[float | None, typer.Option("--distance", help="Km by road from a site to its airport or port.")]
Cost = Annotated[float | None, typer.Option("--cost", help="Capital cost of all sites, million USD.")]
Town = Annotated[float, typer.Option("--town", help="Km by road from a site to its town.")]
Budget = Annotated[float, typer.Option("--budget", help="% of the capital cost that is spent on security.")]
Table = Annotated[
    Path | None,
    typer.Option("--from", help="CSV with a row a site and the columns of a site in the file, in place of totals."),
]
Keep = Annotated[bool, typer.Option("--keep-names", help="Keep the names of --from; else A, B, C stand for them.")]

QUESTIONS: dict[str, tuple[str, type]] = {
    "sites": ("How many sites", int),
    "foreign_staff": ("Foreign nationals at all sites", int),
    "local_staff": ("Local people at all sites", int),
    "trips": ("Round trips a week, of all sites", float),
    "distance": ("Km by road from a site to its airport or port", float),
    "cost": ("Capital cost of all sites, million USD", float),
}


def new(
    name: Name,
    sites: Sites = None,
    foreign_staff: Foreign = None,
    local_staff: Local = None,
    trips: Trips = None,
    distance: Distance = None,
    town: Town = 10.0,
    cost: Cost = None,
    budget: Budget = 1.0,
    table: Table = None,
    keep_names: Keep = False,
) -> None:
    """Write a project's file from its counts and distances; a terminal is asked for those that are missing.

    sitesec new demo --sites 3 --foreign-staff 400 --local-staff 1800 --trips 40 --distance 60 --cost 900 --budget 0.9
    """
    from sim.scenario.newproject import from_table, from_totals, write_project

    given = {
        "sites": sites,
        "foreign_staff": foreign_staff,
        "local_staff": local_staff,
        "trips": trips,
        "distance": distance,
        "cost": cost,
    }
    if table is not None:
        _only_table(given)
        entries = from_table(table, keep_names)
    else:
        if keep_names:
            raise InputError("--keep-names: allowed with --from only: without it there are no names to keep")
        entries = from_totals(**_asked(given), town=town)
    file = write_project(Path(name), entries, budget)
    put(lambda: print(_next(name, file), end=""))


def _only_table(given: dict[str, Any]) -> None:
    named = [_option(key) for key, value in given.items() if value is not None]
    if named:
        raise InputError(f"--from: read {', '.join(named)} too, allowed one or the other: a table has all of them")


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _asked(given: dict[str, Any], ask: Callable[..., Any] = typer.prompt) -> dict[str, Any]:
    """The main numbers, asked for where they are missing and somebody can answer."""
    missing = [key for key, value in given.items() if value is None]
    if missing and not sys.stdin.isatty():
        raise InputError(f"missing {', '.join(map(_option, missing))}; or --from with a table of sites")
    return given | {key: ask(QUESTIONS[key][0], type=QUESTIONS[key][1]) for key in missing}


def _next(name: str, file: Path) -> str:
    """What to do next."""
    steps = {
        f"sitesec world {name}": "what was laid out, and a map",
        f"sitesec run {name}": "incidents a year today",
        f"sitesec compare {name} {name}+full-protocol": "what a policy changes",
        "sitesec record --incidents 2 --years 1": "what a count says by itself",
        f"sitesec calibrate {name} --incidents 2 --years 1": "what that teaches",
        f"sitesec watch {name}": "one run, in a browser",
    }
    wide = max(map(len, steps))
    lines = "".join(f"    {command:<{wide}}  {what}\n" for command, what in steps.items())
    return f"Wrote {file}: counts and distances. Read it through, then:\n\n{lines}"

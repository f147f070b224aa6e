"""Options and arguments that several commands have, and what is allowed in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import InputError

Source = Annotated[str, typer.Argument(help="A scenario file, or the name of a shipped one.")]
Folder = Annotated[Path, typer.Argument(help="A sweep's folder.")]
Reps = Annotated[int, typer.Option("--reps", help="Replicates.")]
Seed = Annotated[int, typer.Option("--seed", help="Root seed, 0 or more.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A value of the file by its dotted name; may be repeated."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the table (CSV) and the summary (JSON).")]
Threads = Annotated[int | None, typer.Option("--threads", help="Threads; all cores by default, 0: none.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar, and no word on what is being done.")]

# A project's own record; `sim.cli.own` reads it.
OWN_COLUMNS = "CSV of a project's incidents: month, class, target, deaths (of foreign nationals)."
Record = Annotated[list[Path] | None, typer.Option("--record", help=f"{OWN_COLUMNS} May be repeated.")]
Incidents = Annotated[int | None, typer.Option("--incidents", help="A project's own, in place of such a file.")]
Years = Annotated[float | None, typer.Option("--years", help="In how many years.")]
Since = Annotated[str | None, typer.Option("--since", help="First month that the file covers, such as 2023-01.")]
Until = Annotated[str | None, typer.Option("--until", help="Last month that it covers.")]


def at_least(least: int, value: int | None, option: str) -> None:
    """Refuse a number that is too small."""
    if value is not None and value < least:
        raise InputError(f"{option}: read {value}, allowed {least} or more")


def by_path(pairs: Sequence[str] | None, option: str = "--set") -> dict[str, object]:
    """The --set options as path -> text."""
    values: dict[str, object] = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InputError(f"{option}: read {pair!r}, allowed KEY=VALUE")
        if key in values:
            raise InputError(f"{option}: {key}: read twice, allowed once")
        values[key] = value
    return values

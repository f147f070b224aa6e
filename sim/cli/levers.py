"""`sitesec levers`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import give
from sim.cli.options import Json
from sim.errors import InputError

Subject = Annotated[list[str] | None, typer.Argument(metavar="WORD", help="Words that name a subject.")]
All = Annotated[bool, typer.Option("--all", help="Uncertain and fixed values too, each with unit, bounds and source.")]


def levers(words: Subject = None, everything: All = False, as_json: Json = False) -> None:
    """List what a policy can vary under headings, or explain the levers that some words find.

    sitesec levers

    sitesec levers cctv
    """
    from sim.describe.levers import entry_of
    from sim.describe.search import levers, search
    from sim.scenario.schema import fields
    from sim.view.levers import print_everything, print_found, print_levers

    rows = list(fields()) if everything else levers()
    if words:
        rows = search(words, rows)
        if not rows:
            raise InputError(_nothing(words))
    entries = [entry_of(row) for row in rows]

    def show() -> None:
        if everything:
            print_everything(entries)
        elif words:
            print_found(rows, words)
        else:
            print_levers()

    give({"levers": entries}, show, as_json)


def _nothing(words: list[str]) -> str:
    """What to say where no lever is found."""
    from sim.describe.search import close

    near = close(words)
    allowed = f"allowed words such as {', '.join(near)}" if near else "`sitesec levers` lists them all"
    return f"levers: read {' '.join(words)!r}, which finds none: {allowed}"

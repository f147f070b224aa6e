"""`sitesec diff`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from sim.cli.answers import give
from sim.cli.options import Folder, Json


def diff(a: Folder, b: Folder, as_json: Json = False) -> None:
    """Say whether two sweeps hold the same rows, to the last bit: exit code 0 if so, else 1."""
    from sim.sweep.diff import diff as compared

    found = compared(a, b)
    give({**asdict(found), "same": found.same}, lambda: print("\n".join(found.sentences(a, b))), as_json)
    raise typer.Exit(0 if found.same else 1)

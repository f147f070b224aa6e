"""`sitesec diff`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from sim.cli.answers import give
from sim.cli.options import Folder, Json


def diff(a: Folder, b: Folder, as_json: Json = False) -> None:
    """Say whether two sweeps hold the same rows, to the last bit: exit code 0 if so, else 1."""
    from sim.sweep.query import diff as compared

    found = compared(a, b)

    def show() -> None:
        if found.same:
            print(f"the same: {found.rows[0]:,} rows, {found.failed[0]:,} failed runs")
            return
        for folder, rows, only, failed in zip((a, b), found.rows, found.only, found.failed, strict=True):
            print(f"{folder}: {rows:,} rows, {only:,} of them not so in the other, {failed:,} failed runs")
        for example in found.examples:
            print(f"differs: {example}")

    give({**asdict(found), "same": found.same}, show, as_json)
    raise typer.Exit(0 if found.same else 1)
